"""Kill -9 at random moments: what a crashed or killed recorder leaves."""

import random
import struct
import subprocess
import sys
import warnings
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest

from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import SKIP

KILLS = 200
RATE = 1000

NURSERY = """
# Forks a writer, kills it at a random moment after a random number of samples, and again. A writer
# notes in a shared page how many it has handed over, so that the loss is known to the sample.
import mmap, os, random, signal, struct, sys, time
import numpy as np
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo

folder, kills, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
labels = ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R", "OOR_L", "OOR_R", "FRO_L", "FRO_R")
info = StreamInfo(float(rate), tuple(Channel.from_label(n, full_scale=187500.0) for n in labels))
ramp = np.arange(10.0)[:, None] + np.zeros(8)

def write(path, page):
    writer, start = BdfWriter(path, info), 0
    page[:16] = struct.pack("<qq", 1, 0)
    while True:
        writer.write(Chunk(start, start % 100_000 + ramp))
        page[8:16] = struct.pack("<q", start + 10)
        start += 10
        if start % 700 == 0:
            writer.annotate(Annotation(start / rate, 0, f"at {start}"))
        if start % 330 == 0:
            start += 30

rng = random.Random(1)
for i in range(kills):
    page = mmap.mmap(-1, 16)
    child = os.fork()
    if child == 0:
        try:
            write(f"{folder}/{i}.bdf", page)
        finally:
            os._exit(1)
    enough = rng.randrange(6 * rate)
    while page[0] == 0 or struct.unpack("<q", page[8:16])[0] < enough:
        time.sleep(0.0002)
    time.sleep(rng.uniform(0, 0.002))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    open(f"{folder}/{i}.written", "wb").write(page[8:16])
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-c", NURSERY, str(folder), str(KILLS), str(RATE)]
    subprocess.run(command, check=True, timeout=120)
    return sorted(folder.glob("*.bdf"), key=lambda path: int(path.stem))


def n_written(path: Path) -> int:
    return struct.unpack("<q", path.with_suffix(".written").read_bytes())[0]


@pytest.mark.slow
def test_a_killed_recording_lost_less_than_a_second(killed):
    assert len(killed) == KILLS
    lost = np.array([n_written(path) - open_edf(path).n_samples for path in killed])
    print(
        f"\n{KILLS} kills at {RATE} Hz: lost {np.median(lost):.0f} samples (median), "
        f"{lost.max()} at most"
    )
    assert lost.max() <= RATE
    assert sum(n_written(path) > RATE for path in killed) > KILLS / 2


@pytest.mark.slow
def test_a_killed_recording_holds_what_was_written(killed):
    for path in killed:
        for chunk in open_edf(path):
            expected = np.arange(chunk.start, chunk.stop) % 100_000
            np.testing.assert_allclose(chunk.samples[:, 0], expected, atol=0.012)


@pytest.mark.slow
def test_a_killed_recording_marks_its_gaps(killed):
    for path in random.Random(2).sample(killed, 40):
        recording = open_edf(path)
        gaps = [(a.onset, a.duration) for a in recording.annotations if a.text == SKIP]
        whole = [(start / RATE, 0.03) for start in range(330, recording.n_samples - 30, 330)]
        np.testing.assert_allclose(
            np.reshape(gaps[: len(whole)], (-1, 2)), np.reshape(whole, (-1, 2))
        )


@pytest.mark.slow
def test_a_killed_recording_opens_in_edfio(killed):
    for path in killed:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a record written, not yet counted
            edf = edfio.read_bdf(path)
        assert edf.num_data_records >= 1
        assert len(edf.signals[7].digital) == len(edf.signals[0].digital)


@pytest.mark.slow
def test_a_killed_recording_opens_in_pyedflib(edflib, killed):
    for path in killed:
        with edflib.EdfReader(str(path)) as reader:
            assert reader.readSignal(7, digital=True).size == reader.datarecords_in_file * 500


@pytest.mark.slow
def test_a_killed_recording_opens_in_mne(killed):
    for path in killed:
        raw = mne.io.read_raw_bdf(path, preload=True, verbose="error")
        assert raw.n_times % 500 == 0
        assert len(raw.ch_names) == 8
