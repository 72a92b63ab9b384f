"""``record`` with a signal and markers of the network, in a process of its own."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from emgspasm.config import load_config
from emgspasm.dsp.pipeline import analyze
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.tables.tsv import read_table
from emgspasm.stream import emg_only

pytestmark = pytest.mark.real_time

try:
    import pylsl
except (ImportError, RuntimeError) as reason:
    pytest.skip(f"pylsl or its liblsl is not here: {reason}", allow_module_level=True)

FS = 250.0
EVENTS = "study/sub-01/ses-02/emg/sub-01_ses-02_task-rest_events.tsv"
SIDECAR = "study/sub-01/ses-02/emg/sub-01_ses-02_task-rest_emg.json"
LSL = """
[source]
kind = "lsl"
source_id = "signal-id"
[markers]
lsl = "paradigm"
"""
OUTLETS = """
mains = "off"
[source]
kind = "simulated"
scenario = "hfs_clonic"
sampling_frequency = 250
seed = 3
[outlets]
signal = "filtered"
events = "said"
"""


@pytest.fixture
def arguments(record_to):
    """Of ``record``, without a port."""
    return lambda *more: [a for a in record_to("x", *more) if a not in ("--port", "x")]


def marker_outlet(name):
    return pylsl.StreamOutlet(pylsl.StreamInfo(name, "Markers", 1, 0, "string", f"{name}-id"))


def test_signal_and_markers_of_the_network_are_recorded_and_limits_said(
    arguments, emgspasm, config, tmp_path
):
    config.write_text(LSL, encoding="utf-8")
    info = pylsl.StreamInfo("signal", "EMG", 2, FS, "double64", "signal-id")
    info.set_channel_labels(["OOC_L", "ZYG_L"])
    info.set_channel_units(["microvolts"] * 2)
    signal, markers, over = pylsl.StreamOutlet(info), marker_outlet("paradigm"), threading.Event()

    def send():
        number, begun = 0, time.monotonic()
        while not over.wait(0.01):
            while number < (time.monotonic() - begun) * FS:
                signal.push_sample([float(number % 7), float(number % 11)])
                number += 1
                if markers.have_consumers() and number % 50 == 0:
                    markers.push_sample([f"cue {number}"])

    sender = threading.Thread(target=send)
    sender.start()
    done = emgspasm(*arguments("--duration", 3))
    over.set()
    sender.join()
    assert done.returncode == 0, done.stderr
    assert "full scale of OOC_L ZYG_L is not known: stored within +-187500 uV" in done.stderr
    described = json.loads((tmp_path / SIDECAR).read_text())
    assert described["SoftwareFilters"] == "n/a"  # the sender's are not known
    table = read_table(tmp_path / EVENTS)
    cues = table[table.trial_type.str.startswith("cue")]
    numbers = cues.trial_type.str.removeprefix("cue ").astype(int)
    assert len(cues) >= 10
    start = (numbers - cues.onset * FS).to_numpy()
    assert start == pytest.approx([start[0]] * len(start), abs=5)


def listen(inlet, rows, running):
    """Take what comes until the sender has ended."""
    with suppress(pylsl.util.LostError):  # the sender has left
        while running.poll() is None:
            samples, stamps = inlet.pull_chunk(0.1)
            rows.extend(zip(stamps, samples, strict=True))


def test_outlets_of_the_config_send_the_filtered_signal_and_what_was_found(
    arguments, started, config, tmp_path
):
    config.write_text(OUTLETS, encoding="utf-8")
    heard = {"filtered": [], "said": []}
    with started(*(str(a) for a in arguments("--duration", 5))) as process:
        listeners = []
        for name, rows in heard.items():
            (found,) = pylsl.resolve_byprop("name", name, 1, 30)
            inlet = pylsl.StreamInlet(found, recover=False)
            inlet.open_stream(10)
            listeners.append(threading.Thread(target=listen, args=(inlet, rows, process)))
            listeners[-1].start()
        _, told = process.communicate(timeout=60)
        for listener in listeners:
            listener.join()
    assert process.returncode == 0, told
    assert "sent to the network (LSL) as filtered" in told

    recording = open_edf(next(tmp_path.rglob("*.bdf")))
    pipeline = load_config(config).config.pipeline
    filtered = np.concatenate(
        [a.filtered.samples for a in analyze(pipeline, recording.info, recording)]
    ).astype(np.float32)
    stamps = np.array([stamp for stamp, _ in heard["filtered"]])
    received = np.array([row for _, row in heard["filtered"]], np.float32)
    first = int(np.flatnonzero((filtered == received[0]).all(axis=1))[0])
    assert len(received) > 3 * FS
    np.testing.assert_array_equal(received, filtered[first : first + len(received)])

    shift = pipeline.delay(emg_only(recording.info))
    zero = np.median(stamps + shift - np.arange(first, first + len(stamps)) / FS)
    table = read_table(next(tmp_path.rglob("*_desc-bursts_events.tsv")))
    names = [
        f"burst/{row.channel}"
        if row.trial_type == "burst"
        else "/".join(
            [row.trial_type, row.side, *([row["class"]] if row["class"] == row["class"] else [])]
        )
        for _, row in table.iterrows()
    ]
    expected = sorted(zip(names, table.onset, strict=True))
    said = sorted((text, stamp - zero) for stamp, (text,) in heard["said"])
    assert [text for text, _ in said] == [text for text, _ in expected]
    assert [at for _, at in said] == pytest.approx([at for _, at in expected], abs=0.03)
    assert any(text.startswith("spasm/L") for text, _ in said)
