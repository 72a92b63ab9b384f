"""``record`` with a signal and markers of the network, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from emgspasm.storage.tables import read_table

try:
    import pylsl
except (ImportError, RuntimeError) as reason:
    pytest.skip(f"pylsl or its liblsl is not here: {reason}", allow_module_level=True)

ON_THIS_MACHINE = """
[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
[lab]
KnownPeers = {127.0.0.1}
SessionID = emgspasm-tests
[tuning]
TimeProbeInterval = 0.01
MulticastMinRTT = 0.1
UnicastMinRTT = 0.1
[log]
level = -3
"""
pylsl.util.set_config_content(ON_THIS_MACHINE)

FS = 250.0
EVENTS = "study/sub-01/ses-02/emg/sub-01_ses-02_task-rest_events.tsv"
LSL = """
[source]
kind = "lsl"
source_id = "signal-id"
[markers]
lsl = "paradigm"
"""
SIMULATED = """
[source]
kind = "simulated"
sampling_frequency = 250
[markers]
lsl = "nobody"
"""


@pytest.fixture
def here(tmp_path):
    """Environment in which liblsl looks on this machine only."""
    path = tmp_path / "lsl_api.cfg"
    path.write_text(ON_THIS_MACHINE, encoding="utf-8")
    return {**os.environ, "LSLAPICFG": str(path)}


@pytest.fixture
def arguments(record_to):
    """Of ``record``, without a port."""
    return lambda *more: [a for a in record_to("x", *more) if a not in ("--port", "x")]


def marker_outlet(name):
    return pylsl.StreamOutlet(pylsl.StreamInfo(name, "Markers", 1, 0, "string", f"{name}-id"))


def test_signal_and_markers_of_the_network_are_recorded_and_limits_said(
    arguments, emgspasm, here, config, tmp_path
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
    done = emgspasm(*arguments("--duration", 3), env=here)
    over.set()
    sender.join()
    assert done.returncode == 0, done.stderr
    assert "full scale of OOC_L ZYG_L is not known: stored within +-187500 uV" in done.stderr
    table = read_table(tmp_path / EVENTS)
    cues = table[table.trial_type.str.startswith("cue")]
    numbers = cues.trial_type.str.removeprefix("cue ").astype(int)
    assert len(cues) >= 10
    start = (numbers - cues.onset * FS).to_numpy()
    assert start == pytest.approx([start[0]] * len(start), abs=5)


def test_without_the_marker_stream_it_says_so_and_records_nothing(
    arguments, emgspasm, here, config, tmp_path
):
    config.write_text(SIMULATED, encoding="utf-8")
    done = emgspasm(*arguments("--duration", 3), env=here)
    assert done.returncode == 1
    assert done.stderr == (
        "emgspasm: error: no LSL stream with name='nobody' within 5 s. Start the sender, or look "
        "at firewalls between\n"
    )
    assert list(tmp_path.rglob("*.bdf")) == []


def test_without_pylsl_it_says_how_to_install_it(arguments, config, tmp_path):
    config.write_text(SIMULATED, encoding="utf-8")
    without = (
        "import runpy, sys; sys.modules['pylsl'] = None; "
        "runpy.run_module('emgspasm', run_name='__main__')"
    )
    command = [sys.executable, "-c", without, *map(str, arguments("--duration", 3))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "LSL is not installed" in done.stderr
    assert "pip install 'emgspasm[lsl]'" in done.stderr
    assert list(tmp_path.rglob("*.bdf")) == []
