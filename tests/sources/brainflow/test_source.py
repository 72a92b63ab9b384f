"""BrainFlow's boards as sources: its synthetic board, its playback, and its Cyton driver.

All of it is BrainFlow itself; the Cyton behind its driver is the emulated board.
"""

from __future__ import annotations

import os
import threading
import time
from functools import cache
from tempfile import TemporaryFile

import numpy as np
import pytest

from emgspasm.errors import ConfigError, SourceError, SourceNotFound
from emgspasm.simulation.board import WHOLE, EmulatedBoard
from emgspasm.simulation.board_faults import fault
from emgspasm.sources.brainflow.boards import BrainflowSettings
from emgspasm.sources.brainflow.session import open_session, release, tell
from emgspasm.sources.brainflow.source import BrainflowSource, open_brainflow
from emgspasm.stream import segments
from emgspasm.testing import check_source
from support.streaming import UV, index_and_samples, places, record, states

pytestmark = pytest.mark.real_time


def cyton(board, **options):
    return open_brainflow({"board": "cyton", "serial_port": board.port, **options})


def whole(run):
    """Packets of a run that arrived."""
    return np.flatnonzero(np.frombuffer(bytes(run.fates), np.uint8) == WHOLE)


def test_the_synthetic_board_keeps_the_laws_of_a_source():
    check_source(lambda: open_brainflow({"board": "synthetic"}), n_samples=50)


def test_the_synthetic_board_streams_at_its_rate_without_loss():
    source = open_brainflow({"board": -1})
    chunks = record(source, 1.0)
    assert chunks[0].start == 0
    assert [jump for jump, _ in segments(chunks)].count(True) == 1
    assert 200 < chunks[-1].stop < 300
    assert source.lost_samples == 0
    assert states(source) == ["probing", "configuring", "streaming", "closed"]


@pytest.fixture(autouse=True)
def _another_recording_when_run_again(request):
    """A recording that the machine held up is no use to a test that tries again."""
    if getattr(request.node, "execution_count", 1) > 1:
        clean_recording.cache_clear()
        pulled_recording.cache_clear()


@cache
def clean_recording(ramp):
    """A second of a clean board, with a command, and a second session that is refused."""
    with EmulatedBoard(ramp()) as board:
        source = cyton(board, commands=["x1030000X"])
        with source:
            settings = board.state.settings
            with pytest.raises(SourceError) as second:
                cyton(board).__enter__()
            stopper = threading.Timer(0.8, source.stop)
            stopper.start()
            chunks = list(source)
            stopper.join()
        deadline = time.monotonic() + 1
        while board.state.streaming and time.monotonic() < deadline:
            time.sleep(0.01)
    return source, chunks, board, settings, str(second.value)


def test_every_sample_of_a_clean_cyton_is_in_place_and_in_microvolts(ramp):
    source, chunks, *_ = clean_recording(ramp)
    index, samples = index_and_samples(chunks)
    np.testing.assert_array_equal(index, np.arange(len(index)))
    expected = (index[:, None] + 100_000 * np.arange(8)) * UV
    np.testing.assert_allclose(samples[:, 1:8], expected[:, 1:], atol=UV / 2)
    np.testing.assert_allclose(samples[:, 0], expected[:, 0], atol=3 * UV)  # at gain 6
    assert source.info.names[:2] == ("CH1", "CH2")
    assert source.info.names[8:] == ("ACCEL_X", "ACCEL_Y", "ACCEL_Z")
    assert [channel.unit for channel in source.info.channels[7:9]] == ["uV", "g"]
    assert [channel.kind for channel in source.info.channels[7:9]] == ["EMG", "ACCEL"]


def test_a_streaming_board_hears_nothing_but_the_stop(ramp):
    *_, board, _, _ = clean_recording(ramp)
    assert board.received_while_streaming == b"s"


def test_commands_go_out_before_streaming_and_set_the_full_scale(ramp):
    source, _, _, settings, _ = clean_recording(ramp)
    assert settings[0] == "030000"
    assert source.info.channels[0].full_scale == 4.5e6 / 6
    assert source.info.channels[1].full_scale == 187_500.0


def test_a_second_session_is_told_which_process_holds_the_port(ramp):
    *_, second = clean_recording(ramp)
    assert f"in use by process {os.getpid()}" in second


def test_dropped_packets_and_a_burst_over_256_leave_every_sample_in_place(ramp):
    faults = (fault("drop", rate=0.05), fault("burst", at=0.5, count=300), fault("bunching"))
    with EmulatedBoard(ramp(), faults=faults, seed=3) as board:
        source = cyton(board)
        chunks = record(source, 2.3)
    index, samples = index_and_samples(chunks)
    run = board.runs[0]
    true = places(samples) - run.first
    np.testing.assert_array_equal(index, true - true[0])
    came = whole(run)
    np.testing.assert_array_equal(true, came[came <= true[-1]])
    assert source.lost_samples == index[-1] + 1 - len(index)
    notes = [event for event in source.events if "gap before" in event.text]
    assert len(notes) == 1
    assert f"sample {index[true >= 425][0]} is estimated" in notes[0].text


def test_a_silent_board_is_told_within_half_a_second_and_its_return_too(ramp):
    with EmulatedBoard(ramp(), faults=(fault("silence", at=0.3, duration=0.8),)) as board:
        source = cyton(board)
        chunks = record(source, 1.4)
    begun, stalled = source.events[2], source.events[3]
    assert (begun.state, stalled.state) == ("streaming", "stalled")
    assert stalled.time - begun.time < 0.3 + 0.5
    assert states(source)[-2:] == ["streaming", "closed"]
    index, samples = index_and_samples(chunks)
    np.testing.assert_array_equal(places(samples) - board.runs[0].first, index)


@cache
def pulled_recording(ramp):
    """A recording in which the dongle is away for a second; what BrainFlow wrote to stderr."""
    with (
        TemporaryFile() as log,
        EmulatedBoard(ramp(), faults=(fault("hang-up", at=0.4, duration=1.0),)) as board,
    ):
        source, kept = cyton(board), os.dup(2)
        os.dup2(log.fileno(), 2)
        stopper = threading.Timer(4.4, source.stop)
        stopper.start()
        with source:
            taken = [(chunk, time.monotonic(), time.process_time()) for chunk in source]
        os.dup2(kept, 2)
        os.close(kept)
        stopper.join()
        log.seek(0)
        return source, taken, board, log.read()


def test_a_pulled_dongle_is_told_at_once(ramp):
    source, *_ = pulled_recording(ramp)
    gone = next(event for event in source.events if event.state == "reconnecting")
    assert gone.time - source.events[2].time < 0.4 + 0.2


def test_a_dongle_plugged_in_again_is_a_new_segment_placed_by_the_clock(ramp):
    source, taken, board, _ = pulled_recording(ramp)
    chunks = [chunk for chunk, *_ in taken]
    starts = [chunk.start for jump, chunk in segments(chunks) if jump]
    true = round((board.runs[-1].time - board.runs[0].time) * 250)
    assert len(starts) == 2
    assert abs(starts[1] - true) < 15  # 60 ms, on a loaded machine
    assert any(f"sample {starts[1]} is estimated" in event.text for event in source.events)
    index, samples = index_and_samples(chunks)
    second = index >= starts[1]
    np.testing.assert_array_equal(places(samples[~second]), index[~second])
    np.testing.assert_array_equal(
        places(samples[second]) - board.runs[-1].first, index[second] - starts[1]
    )


def test_a_dead_port_costs_no_processor_and_writes_no_log(ramp):
    _, taken, _, log = pulled_recording(ramp)
    _, times, work = zip(*taken, strict=True)
    longest = int(np.argmax(np.diff(times)))
    waited, worked = times[longest + 1] - times[longest], work[longest + 1] - work[longest]
    assert waited > 1
    assert worked < 0.5 * waited  # left alone, BrainFlow takes 97 % of a core
    assert log == b""


def test_a_board_that_stays_silent_is_opened_anew_in_the_same_recording(ramp):
    with EmulatedBoard(ramp(), faults=(fault("silence", at=0.3, duration=1.2),)) as board:
        source = BrainflowSource(cyton(board).settings, clock=lambda: 3 * time.monotonic())
        chunks = record(source, 3.2)
    assert "reconnecting" in states(source)
    assert states(source)[-2:] == ["streaming", "closed"]
    assert len(board.runs) == 2
    assert [jump for jump, _ in segments(chunks)].count(True) >= 2  # a slow machine may see more


def test_a_board_still_streaming_is_stopped_before_brainflow_opens_it(ramp):
    with EmulatedBoard(ramp(), faults=(fault("streaming-at-open"),)) as board:
        time.sleep(0.2)
        chunks = record(cyton(board), 0.3)
    index, samples = index_and_samples(chunks)
    np.testing.assert_array_equal(places(samples) - board.runs[-1].first, index)
    assert board.received_while_streaming.startswith(b"s")


def test_a_lost_daisy_half_is_missing_and_not_stale(ramp):
    faults = (fault("daisy-half", rate=0.3),)
    with EmulatedBoard(ramp(16), daisy=True, faults=faults, seed=6) as board:
        source = open_brainflow({"board": "cyton_daisy", "serial_port": board.port})
        chunks = record(source, 1.2)
    assert source.info.sampling_frequency == 125.0
    assert source.channel_skews[:16] == (0.0,) * 8 + (-0.004,) * 8
    index, samples = index_and_samples(chunks)
    counts = np.rint(samples[:, :16] / UV) - 100_000 * np.arange(16)
    np.testing.assert_array_equal(counts[1:, 0] - counts[1:, 8], 1)  # 2r and 2r - 1: one row
    np.testing.assert_array_equal((counts[:, 0] - counts[0, 0]) / 2, index)
    assert source.lost_samples > 0.2 * index[-1]


def test_a_daisy_that_is_not_wanted_is_detached_or_every_other_row_would_be_its(ramp):
    with EmulatedBoard(ramp(16), daisy=True) as board:
        chunks = record(cyton(board), 0.5)
    index, samples = index_and_samples(chunks)
    np.testing.assert_array_equal(places(samples) - board.runs[-1].first, index)


def test_a_daisy_that_is_not_there_is_refused_or_its_rows_would_be_copies(ramp):
    with EmulatedBoard(ramp()) as board:
        source = open_brainflow({"board": "cyton_daisy", "serial_port": board.port})
        with pytest.raises(SourceError, match=r'names no Daisy\. .* set board = "cyton"'):
            source.__enter__()


def test_a_command_the_board_refuses_or_does_not_answer_is_told(ramp):
    with EmulatedBoard(ramp()) as board:
        session = open_session(0, {"serial_port": board.port}, "Cyton")
        for command in ("x10", "/9"):
            with pytest.raises(SourceError, match="refused the command"):
                tell(session, command, "Cyton", answers=True)
        release(session)


def test_a_board_out_of_reach_is_told_with_the_radio_channel(ramp):
    with EmulatedBoard(ramp(), faults=(fault("wrong-channel"),)) as board:
        source = cyton(board)
        with pytest.raises(SourceNotFound, match=r"dongle on radio channel 8"):
            source.__enter__()
    assert states(source) == ["probing", "closed"]


def test_a_port_that_does_not_exist_is_not_found():
    with pytest.raises(SourceNotFound, match="does not exist"):
        open_brainflow({"board": "cyton", "serial_port": "/dev/no-such-port"}).__enter__()


@pytest.mark.parametrize("board", ["cyton", "cyton_daisy", 0])
def test_another_rate_on_a_serial_dongle_is_refused(board):
    with pytest.raises(ConfigError, match=r"radio carries 250 packets.*WiFi shield"):
        open_brainflow({"board": board, "commands": ["~4"]})


def test_a_wifi_shield_takes_another_rate():
    source = open_brainflow({"board": "cyton_wifi", "ip_address": "x", "commands": ["~5"]})
    assert source.info.sampling_frequency == 500.0


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "key board is missing"),
        ({"board": 1.5}, "board: 1.5 is not of type str or int"),
        ({"board": "ganglon"}, "Did you mean 'ganglion'"),
        ({"board": 999}, "no board 999"),
        ({"board": "cyton", "serialport": "/dev/x"}, r"Did you mean serial_port\?"),
        ({"board": "cyton", "serial_port": 3}, "serial_port"),
        ({"board": "cyton", "commands": ["b"]}, "'b' starts, stops or resets"),
        ({"board": "cyton_wifi", "ip_protocol": "ftp"}, "must be udp or tcp"),
        ({"board": "playback_file", "file": "x"}, "needs master_board"),
        ({"board": "emotibit"}, "no biosignal channels"),
    ],
)
def test_a_wrong_option_is_named(options, text):
    with pytest.raises(ConfigError, match=text):
        open_brainflow(options)


def test_boards_that_are_not_here_have_their_channels_units_and_rates():
    ganglion = open_brainflow({"board": "GANGLION_BOARD", "serial_port": "/dev/x"}).info
    assert ganglion.sampling_frequency == 200.0
    assert ganglion.names == ("CH1", "CH2", "CH3", "CH4", "ACCEL_X", "ACCEL_Y", "ACCEL_Z")
    assert ganglion.channels[-1].full_scale / 2**23 < 1e-4  # a file keeps a ten-thousandth of a g
    assert ganglion.channels[0].full_scale == pytest.approx(0.00186992 * 8388607, rel=1e-4)
    muse = open_brainflow({"board": "muse_2"}).info
    assert muse.channels[0].kind == "EEG"
    assert muse.names[0] == "TP9"
    galea = open_brainflow({"board": "galea"}).info
    assert len(galea.columns("EMG")) == 6
    assert len(galea.columns("EOG")) == 2


def test_the_project_registers_brainflow():
    import tomllib
    from importlib import import_module
    from pathlib import Path

    project = tomllib.loads(Path(__file__).parents[3].joinpath("pyproject.toml").read_text())
    module, name = project["project"]["entry-points"]["emgspasm.sources"]["brainflow"].split(":")
    assert getattr(import_module(module), name) is open_brainflow


def brainflow_file(path, rows, columns=24):
    """A file as BrainFlow writes it (Cyton): number, 8 EXG, ..., time, marker; one line cut."""
    table = np.zeros((len(rows), columns))
    table[:, 0] = np.asarray(rows) % 256
    table[:, 1:9] = np.asarray(rows)[:, None] + 1000 * np.arange(8)
    table[:, 22] = 1.7e9 + np.asarray(rows) / 250
    text = "\n".join("\t".join(f"{value:.6f}" for value in row) for row in table)
    path.write_text(text + "\n3.000000\t17.0000\n")


def test_a_played_file_keeps_its_gap_and_ends_by_itself(tmp_path):
    rows = np.array([*range(100), *range(140, 250)])
    brainflow_file(tmp_path / "cyton.csv", rows)
    options = {
        "board": "playback_file",
        "file": str(tmp_path / "cyton.csv"),
        "master_board": "cyton",
    }
    source = open_brainflow(options)
    with source:
        chunks = list(source)
    index, samples = index_and_samples(chunks)
    np.testing.assert_array_equal(index, rows)
    np.testing.assert_allclose(samples[:, :8], rows[:, None] + 1000 * np.arange(8))
    assert source.lost_samples == 40
    assert "stalled" not in states(source)


def test_a_file_of_another_board_is_refused(tmp_path):
    brainflow_file(tmp_path / "cyton.csv", np.arange(10))
    options = {"board": "playback_file", "file": str(tmp_path / "cyton.csv")}
    with pytest.raises(SourceNotFound, match="no line of 15 values"):
        open_brainflow({**options, "master_board": "ganglion"}).__enter__()


class Held:
    """BrainFlow after a pause of the machine: so many rows at each look, at these times."""

    def __init__(self, looks):
        self.looks, self.now, self.row = list(looks), 0.0, 0

    def clock(self):
        return self.now

    def get_board_data(self):
        n_rows, self.now = self.looks.pop(0) if self.looks else (0, self.now)
        data = np.zeros((32, n_rows))
        data[0] = np.arange(self.row, self.row + n_rows) % 256
        self.row += n_rows
        if not self.looks:
            self.source.stop()
        return data

    def start_stream(self, _):
        pass

    release_session = clock


def test_a_backlog_that_comes_in_parts_is_no_loss():
    looks = ((2, 0.01), (2, 4.5), (0, 4.6), (300, 4.7), (848, 4.8), (25, 4.9), (25, 5.0), (0, 5.01))
    held = Held(looks)
    held.source = source = BrainflowSource(BrainflowSettings("synthetic"), held.clock)
    source._shim = held
    chunks = list(source)
    assert (chunks[-1].stop, source.lost_samples) == (1202, 0)
    assert [event.text for event in source.events] == ["started"]
