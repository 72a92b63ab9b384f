"""Kill -9 at random moments of real recordings: at most a second is gone, and it opens."""

from __future__ import annotations

import struct
import subprocess
import sys

import numpy as np
import pytest

from emgspasm.storage.bdf.recovery import recover
from emgspasm.storage.edf.reader import open_edf

pytestmark = pytest.mark.real_time

KILLS = 100
RATE = 250

NURSERY = """
# Forks recorders, at most six at a time, and kills each after a random time. A source notes in a
# shared page how many samples it has handed to the session, so the loss is known to the sample.
import mmap, os, random, signal, struct, sys, time
from pathlib import Path
import numpy as np
from emgspasm.config import LoadedConfig
from emgspasm.session import Session
from emgspasm.session.analyzing import warm_up
from emgspasm.stream import Channel, Chunk, StreamInfo

folder, kills, rate = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
labels = ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R", "OOR_L", "OOR_R", "FRO_L", "FRO_R")
info = StreamInfo(float(rate), tuple(Channel.from_label(n, full_scale=187500.0) for n in labels))
warm_up(LoadedConfig(), info)
pair = np.arange(2.0)[:, None]

class Ticking:
    # 8 ms of samples every 8 ms, one of 300 missing, faster than the clock only to catch up
    def __init__(self, page): self.info, self.page, self.over = info, page, False
    def __enter__(self): return self
    def __exit__(self, *_): self.stop()
    def stop(self): self.over = True
    def __iter__(self):
        rng, begin, start = np.random.default_rng(0), time.monotonic(), 0
        while not self.over:
            time.sleep(max(0, begin + start / rate - time.monotonic()))
            yield Chunk(start, (start + pair) % 100_000 + rng.normal(0, 0.1, (2, 8)))
            start += 2 + (start % 300 < 2)
            self.page[:8] = struct.pack("<q", start)

def record(number, page):
    with Session(Ticking(page), folder / f"{number}.bdf") as session:
        while not session.wait(0.1):
            session.mark("x")

rng, alive = random.Random(1), []
def reap(most):
    while len(alive) > most:
        for entry in list(alive):
            number, child, page, moment = entry
            if time.monotonic() > moment:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                (folder / f"{number}.handed").write_bytes(page[:8])
                alive.remove(entry)
        time.sleep(0.002)

for number in range(kills):
    reap(5)
    page = mmap.mmap(-1, 8)
    child = os.fork()
    if child == 0:
        try:
            record(number, page)
        finally:
            os._exit(1)
    alive.append((number, child, page, time.monotonic() + rng.uniform(0.9, 1.9)))
reap(0)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed-sessions")
    command = [sys.executable, "-c", NURSERY, str(folder), str(KILLS), str(RATE)]
    subprocess.run(command, check=True, timeout=200)
    return sorted(folder.glob("*.bdf"), key=lambda path: int(path.stem))


def handed(path):
    return struct.unpack("<q", path.with_suffix(".handed").read_bytes())[0]


@pytest.mark.slow
def test_a_killed_session_lost_at_most_a_second_and_opens(killed):
    assert len(killed) == KILLS
    lost = np.array([handed(path) - open_edf(path).n_samples for path in killed])
    print(
        f"\n{KILLS} kills at {RATE} Hz: lost {np.median(lost):.0f} samples (median), {lost.max()}"
    )
    assert lost.max() <= RATE
    assert sum(handed(path) > RATE / 2 for path in killed) > 0.9 * KILLS


@pytest.mark.slow
def test_a_killed_session_holds_what_was_handed_over_in_place(killed):
    for path in killed:
        for chunk in open_edf(path):
            places = np.arange(chunk.start, chunk.stop) % 100_000
            np.testing.assert_allclose(chunk.samples[:, 0], places, atol=0.8)


@pytest.mark.slow
def test_recover_completes_a_killed_session(killed):
    for path in killed:
        before = open_edf(path).n_samples
        assert recover(path).n_samples >= before
        assert open_edf(path).findings == ()
        assert not recover(path).changed
