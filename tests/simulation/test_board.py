"""The emulated board on its pseudo-terminal, seen by plain reads and by another driver."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from emgspasm.simulation.board import EmulatedBoard, run_board
from emgspasm.simulation.board_faults import fault, read_fault, strike
from emgspasm.simulation.board_packets import mean, packet, quantize
from emgspasm.simulation.board_state import power_on
from emgspasm.stream import Channel, Chunk, StreamInfo

pytestmark = pytest.mark.real_time

UV = 187500 / 8388607


class Ramp:
    """Channel `c` of sample `n` is ``n + 1000 c`` counts at gain 24."""

    def __init__(self, n_channels=8, sampling_frequency=250.0):
        channels = tuple(Channel(f"CH{i}") for i in range(n_channels))
        self.info = StreamInfo(sampling_frequency, channels)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __iter__(self):
        start = 0
        while True:
            rows = np.arange(start, start + 50)[:, None]
            yield Chunk(start, (rows + 1000.0 * np.arange(len(self.info.channels))) * UV)
            start += 50

    def stop(self):
        pass


def test_a_packet_is_laid_out_as_documented():
    data = packet(power_on(daisy=False), 258, np.array([1, -1, 2**23 - 1, -(2**23), 0, 0, 0, 7]))
    assert data[:2] == b"\xa0\x02"
    assert data[2:14] == b"\0\0\1\xff\xff\xff\x7f\xff\xff\x80\0\0"
    assert data[23:26] == b"\0\0\7"
    assert (len(data), data[32]) == (33, 0xC0)


@pytest.mark.parametrize(
    ("mode", "stamps", "number", "end"),
    [(0, False, 5, 0xC0), (2, False, 5, 0xC1), (0, True, 0, 0xC3), (0, True, 8, 0xC4),
     (4, True, 0, 0xC5), (3, True, 9, 0xC6)],
)  # fmt: skip
def test_1_7_modes_and_time_stamps_choose_the_end_byte(mode, stamps, number, end):
    state = replace(power_on(daisy=False), mode=mode, time_stamps=stamps)
    data = packet(state, number, np.zeros(8, np.int64))
    assert (len(data), data[32]) == (33, end)


def test_1_5_quantizing_follows_the_gain_and_clips_at_full_scale():
    state = power_on(daisy=False)
    state = replace(state, settings=("000000", "010000", *state.settings[2:]))
    counts = quantize(state, np.array([4.5e6, 1.0, 200_000.0, -200_000.0]), 0, 0.0)
    assert counts[0] == 2**23 - 1
    assert counts[1] == round(2 * 8388607 / 4.5e6)
    assert (counts[2], counts[3]) == (2**23 - 1, -(2**23))
    assert not counts[4:].any()


def test_2_1_the_mean_of_two_samples_is_cut_towards_zero():
    means = mean(np.array([1, -1, 3, -3]), np.array([2, -2, 3, -4]))
    assert means.tolist() == [1, -1, 3, -3]


@pytest.mark.parametrize("impedance", [1000.0, 5000.0, 47_000.0])
def test_4_1_the_lead_off_current_shows_the_impedance(impedance):
    state = power_on(daisy=False)
    state = replace(state, lead_off=("01", *state.lead_off[1:]))
    counts = [quantize(state, np.zeros(8), n, impedance)[:2] for n in range(1250)]
    deviation = np.std(np.array(counts) * UV, axis=0)
    assert np.sqrt(2) * deviation[0] * 1e-6 / 6e-9 - 2200 == pytest.approx(impedance, rel=0.01)
    assert deviation[1] == 0


def test_the_test_signal_is_a_square_wave_of_its_frequency():
    state = replace(power_on(daisy=False), test="=")
    values = np.array([quantize(state, np.zeros(8), n, 0.0)[0] for n in range(2500)]) * UV
    assert np.unique(np.rint(values)).tolist() == [-1875, 1875]
    assert np.count_nonzero(np.diff(np.sign(values))) == pytest.approx(2 * 10 * 1.953, abs=1)


def test_a_fault_of_a_seed_strikes_the_same_packets_again():
    faults = (fault("drop", rate=0.3), fault("byte-loss", rate=0.3))
    data = bytes(range(33))
    first = [strike(faults, n, n, data, seed=9) for n in range(200)]
    assert first == [strike(faults, n, n, data, seed=9) for n in range(200)]
    assert first != [strike(faults, n, n, data, seed=10) for n in range(200)]
    assert 30 < first.count(b"") < 90
    assert {len(left) for left in first} == {0, 32, 33}


def test_a_scheduled_burst_takes_exactly_its_packets():
    burst = (fault("burst", at=1.0, count=300),)
    lost = [n for n in range(1000) if not strike(burst, n, n, b"x", seed=0)]
    assert lost == list(range(250, 550))


def test_a_fault_is_read_with_its_time():
    assert read_fault("hang-up@10") == fault("hang-up", at=10.0)
    assert read_fault("drop") == fault("drop")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("fire", "fault 'fire' is unknown; the kinds are drop, burst"),
        ("drop@noon", "'noon' is not a time; KIND@SECONDS takes seconds from 0 on"),
        ("drop@nan", "'nan' is not a time"),
        ("drop@inf", "'inf' is not a time"),
        ("hang-up@-1", "'-1' is not a time"),
    ],
)
def test_a_wrong_fault_is_refused(text, error):
    with pytest.raises(ValueError, match=error):
        read_fault(text)


def test_a_source_of_another_rate_is_refused():
    with pytest.raises(ValueError, match="500 Hz; a Cyton samples at 250 Hz"):
        EmulatedBoard(Ramp(sampling_frequency=500.0))


def test_more_channels_than_inputs_are_refused():
    with pytest.raises(ValueError, match="9 channels; a Cyton has 8 inputs"):
        EmulatedBoard(Ramp(9))


def read_for(descriptor, seconds):
    """Bytes and times of arrival of each read."""
    reads, end = [], time.monotonic() + seconds
    os.set_blocking(descriptor, False)
    while time.monotonic() < end:
        try:
            reads.append((time.monotonic(), os.read(descriptor, 4096)))
        except BlockingIOError:
            time.sleep(0.0005)
    return reads


def stream(board, seconds):
    descriptor = os.open(board.port, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(descriptor, b"b")
        return read_for(descriptor, seconds)
    finally:
        os.write(descriptor, b"s")
        os.close(descriptor)


def test_packets_come_at_the_true_rate_from_counter_0():
    with EmulatedBoard(Ramp()) as board:
        data = b"".join(part for _, part in stream(board, 1.0))
    counters = np.frombuffer(data[: len(data) // 33 * 33], np.uint8).reshape(-1, 33)[:, 1]
    assert counters.tolist() == [n % 256 for n in range(len(counters))]
    assert 200 < len(counters) <= 251


def test_5_1_bunched_packets_come_several_at_a_time():
    with EmulatedBoard(Ramp(), faults=(fault("bunching", duration=0.05),)) as board:
        times = np.array([when for when, _ in stream(board, 1.0)])
    visits = 1 + np.count_nonzero(np.diff(times) > 0.02)
    assert visits <= 22


def test_5_2_the_radio_holds_packets_back_as_long_in_a_later_run():
    with EmulatedBoard(Ramp(), faults=(fault("radio-delay", at=1.5, duration=0.2),)) as board:
        stream(board, 1.0)
        times = np.array([when for when, _ in stream(board, 1.8)])
    assert 0.15 < np.diff(times).max() < 0.6


def test_it_runs_faster_on_demand():
    with EmulatedBoard(Ramp(), speed=10.0) as board:
        data = b"".join(part for _, part in stream(board, 0.5))
    assert len(data) // 33 > 300  # in half a second, of 125 at its own pace


def test_run_board_tells_the_port_and_takes_it_away_at_the_end():
    told, over = [], threading.Event()
    thread = threading.Thread(target=run_board, args=(EmulatedBoard(Ramp()), told.append, over))
    thread.start()
    deadline = time.monotonic() + 5
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
    descriptor = os.open(told[0], os.O_RDWR | os.O_NOCTTY)
    os.write(descriptor, b"V")
    assert b"".join(part for _, part in read_for(descriptor, 0.2)) == b"v3.1.5$$$"
    os.close(descriptor)
    over.set()
    thread.join(5)
    assert not os.path.lexists(told[0])


def test_run_board_raises_what_the_board_died_of():
    class Broken(Ramp):
        def __iter__(self):
            raise ZeroDivisionError("no face")
            yield

    def begin(port):
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
        os.write(descriptor, b"b")
        os.close(descriptor)

    with pytest.raises(ZeroDivisionError, match="no face"):
        run_board(EmulatedBoard(Broken()), begin)


def test_run_board_says_once_that_the_machine_is_too_busy_for_the_board():
    class Halting(Ramp):
        def __iter__(self):
            for chunk in super().__iter__():
                if chunk.start == 50:
                    time.sleep(0.8)
                yield chunk

    said, over = [], threading.Event()

    def begin(port):
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
        os.write(descriptor, b"b")
        os.close(descriptor)
        threading.Timer(2.0, over.set).start()

    run_board(EmulatedBoard(Halting()), begin, over, warn=said.append)
    assert len(said) == 1
    assert "this machine is too busy" in said[0]


@pytest.mark.parametrize("daisy", [False, True])
def test_brainflows_own_driver_reads_the_same_samples(daisy):
    brainflow = pytest.importorskip("brainflow.board_shim", reason="BrainFlow is not installed")
    kind = brainflow.BoardIds.CYTON_DAISY_BOARD if daisy else brainflow.BoardIds.CYTON_BOARD
    brainflow.BoardShim.disable_board_logger()
    parameters = brainflow.BrainFlowInputParams()
    with EmulatedBoard(Ramp(16 if daisy else 8), daisy=daisy) as board:
        parameters.serial_port = board.port
        driver = brainflow.BoardShim(kind.value, parameters)
        driver.prepare_session()
        try:
            driver.start_stream()
            time.sleep(1.2)
            driver.stop_stream()
            data = driver.get_board_data()
        finally:
            driver.release_session()
    channels = brainflow.BoardShim.get_eeg_channels(kind.value)
    counts = np.rint(data[channels] / UV) - 1000 * np.arange(len(channels))[:, None]
    n = counts.shape[1]
    assert n > (110 if daisy else 220)
    if not daisy:
        np.testing.assert_array_equal(counts, np.arange(n) * np.ones((8, 1)))
        return
    np.testing.assert_array_equal(counts[:8], 2 * np.arange(n) * np.ones((8, 1)))
    np.testing.assert_array_equal(counts[8:, 1:], (2 * np.arange(1, n) - 1) * np.ones((8, 1)))
