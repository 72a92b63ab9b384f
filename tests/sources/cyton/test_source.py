"""The driver against the emulated board: every fault as it should be told.

Each test is named by what is wanted of the driver; the numbers are firmware_notes paragraphs.
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from emgspasm.errors import ConfigError, SourceError, SourceLost, SourceNotFound
from emgspasm.simulation.board import DAMAGED, WHOLE, EmulatedBoard
from emgspasm.simulation.board_faults import fault
from emgspasm.sources.cyton import dongle
from emgspasm.sources.cyton.conversation import probe
from emgspasm.sources.cyton.settings import CytonSettings, Input
from emgspasm.sources.cyton.source import CytonSource, open_cyton
from emgspasm.stream import Source, segments
from support.streaming import UV, index_and_samples, places, record, states

pytestmark = pytest.mark.real_time

INPUTS = tuple(Input(f"CH{i}") for i in range(1, 17))


def settings_for(board, daisy=False, **more):
    kind = "daisy" if daisy else "cyton"
    return CytonSettings(INPUTS[: 16 if daisy else 8], kind, board.port, **more)


def assert_in_place(chunks, run):
    """Every sample of one run stands at its true number; whole packets are there."""
    index, samples = index_and_samples(chunks)
    np.testing.assert_array_equal(places(samples) - run.first, index)
    whole = np.flatnonzero(np.frombuffer(bytes(run.fates), np.uint8) == WHOLE)
    whole = whole[whole <= index[-1]]
    return np.setdiff1d(whole, index), np.setdiff1d(index, whole)


def stopped(board):
    """Whether a board stops within a second."""
    deadline = time.monotonic() + 1
    while board.state.streaming and time.monotonic() < deadline:
        time.sleep(0.01)
    return not board.state.streaming


def test_it_is_a_source_with_channels_gain_and_full_scale_before_it_opens(ramp):
    source = CytonSource(CytonSettings((Input("OOC_L", gain=12), Input(""), Input("OOC_R"))))
    assert isinstance(source, Source)
    assert source.info.names == ("OOC_L", "OOC_R")
    assert [channel.full_scale for channel in source.info.channels] == [375_000.0, 187_500.0]
    assert source.info.sampling_frequency == 250.0


def test_every_packet_of_a_clean_second_arrives_at_its_number(ramp):
    with EmulatedBoard(ramp()) as board:
        source = CytonSource(settings_for(board))
        chunks = record(source, 1.0)
    missing, surplus = assert_in_place(chunks, board.runs[0])
    assert len(missing) == len(surplus) == 0
    assert chunks[-1].stop > 200
    assert source.lost_packets == 0
    assert states(source) == ["probing", "configuring", "streaming", "closed"]


def test_3_7_a_streaming_board_hears_nothing_but_the_stop(ramp):
    with EmulatedBoard(ramp()) as board:
        record(CytonSource(settings_for(board)), 0.5)
        assert stopped(board)
    assert board.received_while_streaming == b"s"


def test_3_4_gain_is_set_srb2_is_off_and_inputs_without_label_are_off(ramp):
    inputs = (Input("OOC_L", gain=8), Input(""), Input("REF", srb2=True, bias=True))
    with EmulatedBoard(ramp()) as board, CytonSource(CytonSettings(inputs, port=board.port)):
        assert board.state.settings[:5] == ("040000", "161000", "060110", "161000", "161000")


def test_a_gain_changes_the_counts_and_not_the_microvolts(ramp):
    with EmulatedBoard(ramp()) as board:
        inputs = (Input("A", gain=1), Input("B", gain=12))
        chunks = record(CytonSource(CytonSettings(inputs, port=board.port)), 0.3)
    _, samples = index_and_samples(chunks)
    row = np.arange(len(samples))
    np.testing.assert_allclose(samples[:, 0], row * UV, atol=12 * UV)
    np.testing.assert_allclose(samples[:, 1], (row + 100_000) * UV, atol=UV)


def test_five_percent_dropped_and_a_burst_over_256_leave_every_sample_in_place(ramp):
    faults = (
        fault("drop", rate=0.05),
        fault("burst", at=0.5, count=300),
        fault("bunching"),
        fault("radio-delay", at=2.3),
    )
    with EmulatedBoard(ramp(), faults=faults, seed=3) as board:
        source = CytonSource(settings_for(board))
        chunks = record(source, 2.8)
    missing, surplus = assert_in_place(chunks, board.runs[0])
    assert len(surplus) == 0
    assert len(missing) <= 1  # between the burst and the next loss
    index, _ = index_and_samples(chunks)
    assert source.lost_packets == index[-1] + 1 - len(index)
    notes = [event for event in source.events if "estimated" in event.text]
    assert len(notes) == 1
    behind = index[index >= 425][0]
    assert f"sample {behind} " in notes[0].text


@pytest.mark.parametrize("kind", ["byte-loss", "truncation"])
def test_damaged_packets_cost_themselves_and_give_no_sample(ramp, kind):
    with EmulatedBoard(ramp(), faults=(fault(kind, rate=0.1),), seed=4) as board:
        chunks = record(CytonSource(settings_for(board)), 1.5)
    fates = np.frombuffer(bytes(board.runs[0].fates), np.uint8)
    missing, surplus = assert_in_place(chunks, board.runs[0])
    assert (fates == DAMAGED).sum() > 20
    assert len(surplus) == 0
    beside = np.isin(missing + 1, np.flatnonzero(fates == DAMAGED))
    assert beside.all()
    assert len(missing) <= 0.1 * (fates == DAMAGED).sum()


def test_changed_bits_move_no_sample(ramp):
    with EmulatedBoard(ramp(8), faults=(fault("bit-flip", rate=0.1),), seed=5) as board:
        chunks = record(CytonSource(settings_for(board)), 1.2)
    index, samples = index_and_samples(chunks)
    place = np.median(np.rint(samples / UV) - 100_000 * np.arange(8), axis=1)
    np.testing.assert_array_equal(place, index)


def test_a_silent_board_is_told_within_half_a_second_and_its_return_too(ramp):
    with EmulatedBoard(ramp(), faults=(fault("silence", at=0.5, duration=1.2),)) as board:
        source = CytonSource(settings_for(board))
        chunks = record(source, 2.1)
    assert states(source)[2:5] == ["streaming", "stalled", "streaming"]
    begun, stalled = source.events[2], source.events[3]
    assert stalled.time - begun.time < 0.5 + 0.5
    missing, surplus = assert_in_place(chunks, board.runs[0])
    assert len(missing) == len(surplus) == 0


def test_a_board_that_stays_silent_is_opened_anew_in_the_same_recording(ramp):
    with EmulatedBoard(ramp(), faults=(fault("silence", at=0.3, duration=2.0),)) as board:
        source = CytonSource(settings_for(board), clock=lambda: 2 * time.monotonic())
        chunks = record(source, 3.4)
    assert "reconnecting" in states(source)
    assert len(board.runs) >= 2
    jumps = [chunk.start for jump, chunk in segments(chunks) if jump]
    assert len(jumps) >= 2


def test_a_silent_board_that_nobody_waits_for_is_told_to_stop(ramp, monkeypatch):
    with EmulatedBoard(ramp(), faults=(fault("silence", at=0.3, duration=60.0),)) as board:
        source = CytonSource(settings_for(board), clock=lambda: 8 * time.monotonic())
        monkeypatch.setattr(source._link, "restore", lambda *_: source.stop())
        with source:
            list(source)
        assert stopped(board)


def test_a_board_that_missed_the_stop_command_is_told_again(ramp, monkeypatch):
    with EmulatedBoard(ramp()) as board:
        missed = iter("s")

        def hear(byte, take=board._take):
            if not (board.state.streaming and byte == next(missed, None)):
                take(byte)

        monkeypatch.setattr(board, "_take", hear)
        record(CytonSource(settings_for(board)), 0.3)
        assert stopped(board)


def test_a_pulled_dongle_is_told_at_once_and_its_return_is_a_new_segment(ramp):
    with EmulatedBoard(ramp(), faults=(fault("hang-up", at=0.5, duration=0.7),)) as board:
        source = CytonSource(settings_for(board))
        chunks = record(source, 2.2)
    gone = next(event for event in source.events if event.state == "reconnecting")
    begun = source.events[2]
    assert gone.time - begun.time < 0.5 + 0.2
    assert states(source)[-2:] == ["streaming", "closed"]

    starts = [chunk.start for jump, chunk in segments(chunks) if jump]
    assert starts[0] == 0
    true = round((board.runs[-1].time - board.runs[0].time) * 250)
    assert abs(starts[1] - true) < 15  # 60 ms, on a loaded machine
    again = next(e for e in source.events if e.state == "streaming" and e.sample > 0)
    assert f"sample {starts[1]} is estimated" in again.text
    index, samples = index_and_samples(chunks)
    second = index >= starts[1]
    np.testing.assert_array_equal(places(samples[~second]), index[~second])
    np.testing.assert_array_equal(
        places(samples[second]) - board.runs[-1].first, index[second] - starts[1]
    )


def test_5_5_a_board_still_streaming_is_stopped_drained_and_started_anew(ramp):
    with EmulatedBoard(ramp(), faults=(fault("streaming-at-open"),)) as board:
        time.sleep(0.3)
        chunks = record(CytonSource(settings_for(board)), 0.5)
    missing, surplus = assert_in_place(chunks, board.runs[-1])
    assert chunks[0].start == 0
    assert len(missing) == len(surplus) == 0


def test_3_6_a_board_out_of_reach_is_told_with_the_radio_channel_and_a_remedy(ramp):
    with EmulatedBoard(ramp(), faults=(fault("wrong-channel"),)) as board:
        source = CytonSource(settings_for(board))
        with pytest.raises(SourceNotFound, match=r"dongle on radio channel 8\)\. Switch the"):
            source.__enter__()
    assert states(source) == ["probing", "closed"]


def test_2_2_a_daisy_gives_16_channels_at_125_hz_and_says_its_skew(ramp):
    with EmulatedBoard(ramp(16), daisy=True) as board:
        source = CytonSource(settings_for(board, daisy=True))
        chunks = record(source, 1.0)
    assert source.info.sampling_frequency == 125.0
    assert source.channel_skews == (0.0,) * 8 + (-0.004,) * 8
    index, samples = (part[:-1] for part in index_and_samples(chunks))  # the last may be half
    counts = np.rint(samples / UV) - 100_000 * np.arange(16)
    np.testing.assert_array_equal(counts[:, 0], 2 * index)  # mean of 2r and 2r + 1, cut
    np.testing.assert_array_equal(counts[1:, 8], 2 * index[1:] - 1)  # of 2r - 1 and 2r
    assert np.isnan(samples[0, 8:]).all()


def test_a_lost_daisy_half_is_missing_and_not_stale(ramp):
    with EmulatedBoard(
        ramp(16), daisy=True, faults=(fault("daisy-half", rate=0.3),), seed=6
    ) as board:
        chunks = record(CytonSource(settings_for(board, daisy=True)), 1.5)
    index, samples = (part[:-1] for part in index_and_samples(chunks))  # the last may be half
    fates = np.frombuffer(bytes(board.runs[0].fates), np.uint8)
    lost = fates[2 * index] != WHOLE
    lost[0] = True
    np.testing.assert_array_equal(np.isnan(samples[:, 8:]).all(axis=1), lost)
    assert not np.isnan(samples[:, :8]).any()
    np.testing.assert_array_equal(np.rint(samples[~lost, 8] / UV) - 800_000, 2 * index[~lost] - 1)


def test_a_daisy_that_is_not_wanted_is_detached_for_250_hz(ramp):
    with EmulatedBoard(ramp(8), daisy=True) as board:
        chunks = record(CytonSource(settings_for(board)), 0.5)
    missing, _ = assert_in_place(chunks, board.runs[0])
    assert len(missing) == 0
    assert not board.state.attached


def test_a_daisy_that_is_not_there_is_refused_with_a_remedy(ramp):
    with EmulatedBoard(ramp()) as board, pytest.raises(SourceError, match="names no Daisy"):
        CytonSource(settings_for(board, daisy=True)).__enter__()


def test_5_4_a_drifting_board_loses_nothing_and_its_rate_is_measured(ramp):
    with EmulatedBoard(ramp(), faults=(fault("drift", rate=0.2),)) as board:
        source = CytonSource(settings_for(board))
        chunks = record(source, 1.5)
    missing, surplus = assert_in_place(chunks, board.runs[0])
    assert len(missing) == len(surplus) == 0
    assert source.measured_frequency == pytest.approx(300.0, rel=0.05)


@pytest.mark.parametrize(("rate", "n_told"), [(0.0, 0), (-0.1, 1)])
def test_a_board_that_samples_at_another_rate_is_told_once(ramp, monkeypatch, rate, n_told):
    monkeypatch.setattr("emgspasm.sources.cyton.source._RATE_AFTER", 1.5)
    with EmulatedBoard(ramp(), faults=(fault("drift", rate=rate),)) as board:
        source = CytonSource(settings_for(board))
        record(source, 2.0)
    told = [event.text for event in source.events if "by this computer's clock" in event.text]
    assert len(told) == n_told


def test_3_1_a_faster_rate_on_a_serial_dongle_is_refused():
    with pytest.raises(ConfigError, match="1000 Hz of a cyton on a serial dongle"):
        open_cyton({"sampling_frequency": 1000.0})


def test_options_of_a_config_table_become_settings():
    source = open_cyton(
        {"port": "/dev/x", "board": "daisy", "inputs": [{"label": "ZYG_L", "gain": 12}]}
    )
    assert source.settings == CytonSettings((Input("ZYG_L", 12),), "daisy", "/dev/x")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"prot": "/dev/x"}, "prot"),
        ({"inputs": [{"label": "A", "gain": 7}]}, "gain=7"),
        ({"inputs": [{"label": "A"}] * 9}, "9 inputs for a cyton"),
        ({"inputs": []}, "no input has a label"),
        ({"inputs": [{"label": "A"}, {"label": "B"}, {"label": "A"}]}, "label A of two inputs"),
        ({"board": "ganglion"}, "ganglion"),
    ],
)
def test_a_wrong_option_is_named(options, text):
    with pytest.raises(ConfigError, match=text):
        open_cyton(options)


def test_a_second_session_is_told_which_process_holds_the_port(ramp):
    code = (
        "import sys; from emgspasm.sources.cyton.source import CytonSource\n"
        "from emgspasm.sources.cyton.settings import CytonSettings\n"
        "with CytonSource(CytonSettings(port=sys.argv[1])): pass"
    )
    with EmulatedBoard(ramp()) as board, CytonSource(settings_for(board)):
        second = subprocess.run(
            [sys.executable, "-c", code, board.port], capture_output=True, text=True, check=False
        )
    assert second.returncode == 1
    assert f"in use by process {os.getpid()} (" in second.stderr.splitlines()[-1]


def test_the_port_is_free_again_after_closing(ramp):
    with EmulatedBoard(ramp()) as board:
        for _ in range(2):
            record(CytonSource(settings_for(board)), 0.1)


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (errno.ENOENT, SourceNotFound, "does not exist"),
        (errno.EACCES, SourceError, "usermod -aG dialout"),
        (errno.EIO, SourceError, "Unplug the dongle"),
    ],
)
def test_a_port_that_does_not_open_says_what_to_do(number, kind, text):
    error = dongle.open_error("/dev/ttyUSB0", OSError(number, os.strerror(number)))
    assert type(error) is kind
    assert text in str(error)


@pytest.mark.parametrize("name", ["/dev/null", "/tmp", __file__])
def test_what_is_no_serial_port_is_said_to_be_none(name):
    with pytest.raises(SourceError, match="is not a serial port"):
        dongle.open_port(name)


@pytest.mark.parametrize("lost_at", ["tcflush", "tcsetattr"])
def test_a_port_that_goes_while_it_is_opened_is_told(ramp, monkeypatch, lost_at):
    termios = pytest.importorskip("termios", reason="no pseudo-terminals")

    def lose(*_):
        raise termios.error(errno.EIO, os.strerror(errno.EIO))

    with EmulatedBoard(ramp()) as board:
        monkeypatch.setattr(termios, lost_at, lose)
        with pytest.raises(SourceError, match=r"does not open .*Input/output error"):
            dongle.open_port(board.port)
        monkeypatch.undo()


def test_who_held_a_port_that_is_gone_is_another_program():
    busy = OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    told = str(dongle.open_error("/dev/emgspasm-nothing", busy))
    assert "is in use by another program" in told


def test_a_port_that_does_not_exist_is_not_found():
    with pytest.raises(SourceNotFound, match="Plug the dongle in"):
        CytonSource(CytonSettings(port="/dev/emgspasm-nothing")).__enter__()


def test_a_device_that_says_nothing_is_no_dongle():
    master, slave = os.openpty()
    try:
        with pytest.raises(SourceNotFound, match="nothing answers"):
            probe(os.ttyname(slave))
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize("daisy", [False, True])
def test_probe_reads_firmware_and_daisy_from_the_banner(ramp, daisy):
    with EmulatedBoard(ramp(), daisy=daisy) as board:
        found = probe(board.port)
    assert (found.firmware, found.daisy) == ("v3.1.2", daisy)


def test_an_event_becomes_an_annotation_at_its_sample(ramp):
    with EmulatedBoard(ramp(), faults=(fault("silence", at=0.2, duration=0.6),)) as board:
        source = CytonSource(settings_for(board))
        record(source, 1.0)
    stalled = next(event for event in source.events if event.state == "stalled")
    annotation = stalled.annotation(250.0)
    assert annotation.text.startswith("stalled: no packet for 0.4 s")
    assert annotation.onset == pytest.approx(stalled.sample / 250)
    assert 0.5 < annotation.onset < 0.9


def test_eight_seconds_with_losses_leave_every_sample_in_place(ramp):
    faults = (fault("drop", rate=0.05), fault("burst", at=5.0, count=500))
    with EmulatedBoard(ramp(), faults=faults, seed=8) as board:
        source = CytonSource(settings_for(board), clock=board.clock)
        chunks = record(source, 8.0)
    missing, surplus = assert_in_place(chunks, board.runs[0])
    assert len(surplus) == 0
    assert len(missing) <= 1
    assert chunks[-1].stop > 1500
    assert len(board.runs) == 1


def test_a_slow_consumer_loses_nothing(ramp):
    with EmulatedBoard(ramp()) as board, CytonSource(settings_for(board)) as source:
        chunks = iter(source)
        first = next(chunks)
        time.sleep(1.0)
        source.stop()
        rest = list(chunks)
    missing, surplus = assert_in_place([first, *rest], board.runs[0])
    assert len(missing) == len(surplus) == 0


def test_a_board_is_not_set_to_the_last_input_for_a_stream_that_shall_end(ramp, monkeypatch):
    done = []
    with EmulatedBoard(ramp()) as board:
        source = CytonSource(settings_for(board))

        def set_and_stop(_, number, __):
            done.append(number)
            source.stop()

        monkeypatch.setattr("emgspasm.sources.cyton.settings.set_input", set_and_stop)
        with pytest.raises(SourceLost, match="ended before it began"):
            source.__enter__()
    assert done == [1]


def test_streaming_twice_is_refused(ramp):
    with EmulatedBoard(ramp()) as board, CytonSource(settings_for(board)) as source:
        source.stop()
        list(source)
        with pytest.raises(ValueError, match="streams once"):
            list(source)


def test_packets_that_the_system_held_back_for_two_seconds_are_no_loss(ramp):
    with EmulatedBoard(ramp(), faults=(fault("radio-delay", at=0.5, duration=2.0),)) as board:
        source = CytonSource(settings_for(board))
        chunks = record(source, 3.5)
    missing, surplus = assert_in_place(chunks, board.runs[0])
    assert len(missing) == len(surplus) == 0
    assert chunks[-1].stop > 625
    assert source.lost_packets == 0


PAUSED = """
import sys, threading
from emgspasm.sources.cyton.source import CytonSource
from emgspasm.sources.cyton.settings import CytonSettings
with CytonSource(CytonSettings(port=sys.argv[1])) as source:
    print("open", flush=True)
    threading.Timer(2.4, source.stop).start()
    stop = 0
    for chunk in source:
        assert chunk.start == stop, (chunk.start, stop)
        stop = chunk.stop
print(stop, source.lost_packets)
"""


def test_a_pause_of_the_host_is_not_mistaken_for_a_loss(ramp):
    with EmulatedBoard(ramp(), faults=(fault("bunching"),)) as board:
        driver = subprocess.Popen(
            [sys.executable, "-c", PAUSED, board.port], stdout=subprocess.PIPE, text=True
        )
        assert driver.stdout.readline() == "open\n"
        time.sleep(0.5)
        driver.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        driver.send_signal(signal.SIGCONT)
        out, _ = driver.communicate(timeout=20)
    stop, lost = map(int, out.split())
    assert driver.returncode == 0
    assert lost == 0
    assert stop > 450
