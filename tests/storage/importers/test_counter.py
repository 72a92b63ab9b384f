"""Packet counters: what is lost, what is a wrap, what is a restart."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.storage.importers.counter import (
    CYTON_CYCLES,
    DAISY_CYCLES,
    GANGLION_CYCLES,
    CounterScan,
    choose_cycle,
    scan,
)
from emgspasm.storage.importers.losses import describe_losses, losses
from emgspasm.storage.importers.timeline import Timeline, from_losses

FS = 250.0


def timeline_of(counter, times=None, known=CYTON_CYCLES, block=None):
    counter = np.asarray(counter, dtype=np.int64)
    times = np.full(len(counter), np.nan) if times is None else times
    cycle = choose_cycle(counter[:20_000], known)
    state = CounterScan(cycle, FS)
    for part in range(0, len(counter), block or len(counter)):
        rows = slice(part, part + (block or len(counter)))
        state = scan(state, counter[rows], times[rows])
    found = losses(state)
    timeline = from_losses(len(counter), [(loss.row, loss.lost) for loss in found])
    return timeline, found, describe_losses(state, found)


def samples_of(timeline: Timeline, n_rows: int) -> dict[int, int]:
    placed = {}
    for first, last, sample in timeline.pieces(0, n_rows):
        placed.update({row: sample + row - first for row in range(first, last)})
    return placed


@given(
    kept=st.lists(st.booleans(), min_size=600, max_size=900),
    block=st.integers(1, 400),
    cycle=st.sampled_from([CYTON_CYCLES[0], DAISY_CYCLES[0], GANGLION_CYCLES[0]]),
)
@settings(max_examples=40)
def test_losses_shorter_than_a_lap_are_found_exactly_whatever_the_blocks(kept, block, cycle):
    kept = np.array([True, *kept[1:]]) | (np.arange(len(kept)) % 100 < 60)
    truth = np.flatnonzero(kept)
    counter = np.array(cycle)[truth % len(cycle)]
    state = CounterScan(cycle, FS)
    for part in range(0, len(counter), block):
        rows = counter[part : part + block]
        state = scan(state, rows, np.full(len(rows), np.nan))
    timeline = from_losses(len(counter), [(loss.row, loss.lost) for loss in losses(state)])
    assert samples_of(timeline, len(counter)) == dict(enumerate(truth.tolist()))


@pytest.mark.parametrize("loss", [0.6, 0.8])
@pytest.mark.parametrize(
    ("cycle", "known"), [(CYTON_CYCLES[0], CYTON_CYCLES), (DAISY_CYCLES[1], DAISY_CYCLES)]
)
def test_a_counter_with_most_packets_lost_still_tells(cycle, known, loss):
    kept = np.random.default_rng(0).random(2500) > loss
    kept[0] = True
    truth = np.flatnonzero(kept)
    counter = np.array(cycle)[truth % len(cycle)]
    timeline, _, _ = timeline_of(counter, truth / FS, known=known)
    assert choose_cycle(counter, known) == cycle
    assert samples_of(timeline, len(counter)) == dict(enumerate(truth.tolist()))


@pytest.mark.parametrize(
    "counter",
    [
        np.random.default_rng(0).integers(0, 256, 5000),
        np.repeat(np.arange(2500) % 256, 2),
        np.repeat(np.arange(2500) % 256, 3),
        np.arange(5000) * 3 % 256,
    ],
    ids=["noise", "twice", "thrice", "by three"],
)
def test_a_counter_that_does_not_count_rows_tells_nothing(counter):
    assert choose_cycle(counter, CYTON_CYCLES) is None


@pytest.mark.parametrize("cycle", [*CYTON_CYCLES, *DAISY_CYCLES[:2], *GANGLION_CYCLES])
def test_every_known_cycle_is_recognized_and_its_wraps_are_no_losses(cycle):
    known = {256: CYTON_CYCLES, 128: DAISY_CYCLES}.get(len(cycle), GANGLION_CYCLES)
    counter = np.tile(cycle, 5)
    timeline, found, findings = timeline_of(counter, known=known)
    assert choose_cycle(counter, known) == cycle
    assert found == []
    assert timeline.n_samples == len(counter)
    assert f"in {len(cycle)} rows; its 4 discontinuities" in findings[0]


def test_a_counter_of_an_unknown_board_gives_its_own_lap():
    counter = np.arange(1000) % 47
    assert choose_cycle(counter, ()) == tuple(range(47))


def test_a_counter_that_never_wraps_is_understood():
    counter = np.delete(np.arange(100_000, 130_000), [10, 11, 25_000])  # longer than what is tried
    timeline, found, findings = timeline_of(counter, known=())
    assert [(loss.row, loss.lost) for loss in found] == [(10, 2), (24_998, 1)]
    assert timeline.n_samples == 30_000
    assert findings == ["3 samples lost at 2 places (packet counter): kept as gaps"]


def test_a_counter_that_stands_still_tells_nothing():
    assert choose_cycle(np.zeros(500, dtype=np.int64), CYTON_CYCLES) is None


def test_loss_of_whole_laps_is_estimated_from_time_stamps():
    truth = np.delete(np.arange(5000), np.arange(2000, 2000 + 3 * 256 + 10))
    times = truth / FS
    timeline, found, findings = timeline_of(truth % 256, times, block=700)
    assert [(loss.lost, loss.estimated) for loss in found] == [(3 * 256 + 10, True)]
    assert timeline.n_samples == 5000
    assert "estimated from time stamps" in findings[-1]


@pytest.mark.parametrize("block", [1999, 2000, 2001])
def test_whole_laps_lost_where_a_block_begins_are_found(block):
    truth = np.delete(np.arange(5000), np.arange(2000, 2512))
    timeline, found, _ = timeline_of(truth % 256, truth / FS, block=block)
    assert [(loss.row, loss.lost) for loss in found] == [(2000, 512)]
    assert timeline.n_samples == 5000


def test_bunched_and_jittered_time_stamps_do_not_make_losses():
    rng = np.random.default_rng(1)
    truth = np.delete(np.arange(20_000), np.arange(7000, 7256))
    bunched = np.ceil(truth / 4) * 4 / FS + rng.exponential(0.01, len(truth))
    _, found, _ = timeline_of(truth % 256, np.sort(bunched))
    assert [(loss.row, loss.lost) for loss in found] == [(7000, 256)]


def test_a_host_that_stalls_and_catches_up_loses_nothing():
    truth = np.arange(10_000)
    times = truth / FS
    times[4000:4600] = np.maximum(times[4000:4600], times[4600])
    timeline, found, findings = timeline_of(truth % 256, times)
    assert timeline.n_samples == 10_000
    assert all(loss.lost == 0 for loss in found)
    assert "late at 1 place and" in findings[-1]


def test_a_restart_of_the_counter_is_a_gap_by_the_time_stamps():
    counter = np.concatenate((np.arange(1000) % 256, np.arange(1000) % 256))
    times = np.concatenate((np.arange(1000), 1000 + 2000 + np.arange(1000))) / FS
    timeline, found, findings = timeline_of(counter, times)
    assert [(loss.row, loss.kind) for loss in found] == [(1000, "restart")]
    assert timeline.n_samples == pytest.approx(4000, abs=2)
    assert "began anew 1 time:" in findings[-1]


def test_a_counter_that_began_anew_within_a_lap_costs_no_time():
    counter = np.concatenate((np.arange(1000), np.arange(1000))) % 256
    times = np.concatenate((np.arange(1000), 1094 + np.arange(1000))) / FS
    timeline, found, _ = timeline_of(counter, times)
    assert [(loss.row, loss.kind) for loss in found] == [(1000, "restart")]
    assert timeline.n_samples == pytest.approx(2094, abs=2)


def test_one_late_packet_before_a_restart_tells_of_no_clock_that_was_set():
    counter = np.concatenate((np.arange(1955), [1955 + 34], np.arange(330))) % 256
    times = np.concatenate((np.arange(1955) / FS, [7.82 + 2.56], 33.2 + np.arange(330) / FS))
    timeline, found, _ = timeline_of(counter, times)
    assert [(loss.row, loss.kind) for loss in found] == [(1955, "lost"), (1956, "restart")]
    assert found[0].lost == 34
    assert timeline.n_samples / FS == pytest.approx(33.2 + 330 / FS, abs=0.02)


def test_a_restart_of_the_counter_without_time_stamps_is_a_gap_of_unknown_length():
    counter = np.concatenate((np.arange(2162), np.arange(100), np.arange(102, 900))) % 256
    timeline, found, said = timeline_of(counter)
    assert [(loss.row, loss.lost, loss.kind) for loss in found] == [
        (2162, 142, "restart"),
        (2262, 2, "lost"),
    ]
    assert timeline.n_samples == len(counter) + 144
    assert "2 samples lost at 1 place (" in said[1]
    assert "began anew 1 time, as when streaming is stopped" in said[2]


def test_a_few_packets_lost_before_the_counter_wraps_are_lost():
    counter = np.delete(np.arange(2000), [255, 1021, 1022, 1023]) % 256
    assert [(loss.lost, loss.kind) for loss in timeline_of(counter)[1]] == [
        (1, "lost"),
        (3, "lost"),
    ]


def test_a_repeated_packet_is_left_out():
    counter = np.insert(np.arange(600) % 256, 300, 299 % 256)
    timeline, found, findings = timeline_of(counter)
    assert [(loss.row, loss.lost, loss.kind) for loss in found] == [(300, -1, "back")]
    assert timeline.n_samples == 600
    assert timeline.sample_of(300) is None
    assert "repeats or steps back at 1 place:" in findings[-1]


@pytest.mark.parametrize("timed", [False, True])
def test_packets_out_of_order_are_left_out_until_the_counter_passes(timed):
    counter = np.array([*range(100), 97, 98, 99, 100, *range(101, 256)])
    times = np.maximum.accumulate(counter) / FS if timed else None
    timeline, _, _ = timeline_of(counter, times)
    placed = samples_of(timeline, len(counter))
    assert timeline.n_samples == 256
    assert sorted(placed.values()) == list(range(256))
    assert {100, 101, 102}.isdisjoint(placed)


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 1e9])
def test_a_clock_that_was_set_is_no_gap(jump):
    times = np.arange(5000) / FS
    times[2500:] += jump
    timeline, _, findings = timeline_of(np.arange(5000) % 256, times)
    assert timeline.n_samples == 5000
    assert "clock was set 1 time," in findings[-1]


def clock_stepped(step, lost=(), n=5000, seed=None):
    """Sample numbers that arrived and their time stamps; the clock steps at sample 2500."""
    kept = np.ones(n, dtype=bool)
    kept[list(lost)] = False
    if seed is not None:
        kept &= np.random.default_rng(seed).random(n) > 0.02
        kept[[0, 2500, 2501]] = True
    times = np.arange(n) / FS
    times[2500:] += step
    return np.flatnonzero(kept), times[kept]


def assert_true(truth, times):
    """Every row lies where it was sampled, nothing is left out and nothing invented."""
    timeline, found, findings = timeline_of(truth % 256, times, block=700)
    placed = samples_of(timeline, len(truth))
    assert placed == dict(enumerate((truth - truth[0]).tolist()))
    return found, findings


@pytest.mark.parametrize("step", [-0.7, -2.0, -5.0, -30.0, -1800.0])
@pytest.mark.parametrize(("lost", "seed"), [((), None), ((2400,), None), ((2500,), None), ((), 9)])
def test_a_clock_set_back_beside_lost_packets_costs_no_sample(step, lost, seed):
    _, findings = assert_true(*clock_stepped(step, lost, seed=seed))
    assert "clock was set 1 time," in findings[-1]


@pytest.mark.parametrize("step", [0.6, 1.5, 5.0, 60.0, 1800.0])
@pytest.mark.parametrize("seed", [None, 9])
def test_a_clock_set_forward_by_no_multiple_of_a_lap_is_no_gap(step, seed):
    _, findings = assert_true(*clock_stepped(step, seed=seed))
    assert "clock was set 1 time," in findings[-1]


def late(times, begin, seconds):
    """A host that stops reading at a row, and then reads what waits all at once."""
    until = times[begin] + seconds
    return np.where((np.arange(len(times)) >= begin) & (times < until), until, times)


@pytest.mark.parametrize("seconds", [0.6, 1.0, 1.2, 2.0, 8.0])
@pytest.mark.parametrize(
    ("lost", "seed"), [((2600,), None), ((2500,), None), ((2559,), None), ((), 1), ((), 2)]
)
def test_packets_lost_in_a_stall_of_the_host_are_counted_alone(seconds, lost, seed):
    truth, times = clock_stepped(0.0, lost, seed=seed)
    found, findings = assert_true(truth, late(times, 2450, seconds))
    assert not any(loss.estimated for loss in found)
    assert not any("clock" in finding for finding in findings)


def test_a_stall_whose_packets_come_in_two_lumps_loses_nothing():
    truth = np.arange(5000)
    times = late(truth / FS, 2500, 2.0)
    times[2750:3100] += 1.0
    assert_true(truth, np.maximum(times, late(truth / FS, 2750, 3.0)))


def test_a_host_that_is_late_to_the_end_is_no_loss():
    truth = np.arange(5000)
    assert_true(truth, truth / FS + (truth >= 4900))


def test_whole_laps_lost_in_a_stall_are_found():
    truth = np.delete(np.arange(9000), np.arange(2600, 2600 + 2 * 256))
    timeline, found, _ = timeline_of(truth % 256, late(truth / FS, 2500, 4.0))
    assert [(loss.lost, loss.estimated) for loss in found] == [(2 * 256, True)]
    assert timeline.n_samples == 9000


def test_whole_laps_lost_among_random_losses_are_found():
    lost = range(2500, 2500 + 3 * 256 + 10)
    truth, times = clock_stepped(0.0, lost, seed=4)
    found, findings = assert_true(truth, times)
    assert sum(loss.estimated for loss in found) == 1
    assert any("1 of them longer than a lap" in finding for finding in findings)


def test_a_restart_whose_first_packets_were_lost_is_a_gap_by_the_time_stamps():
    counter = np.concatenate((np.arange(1000), np.arange(3, 1000))) % 256
    times = np.concatenate((np.arange(1000), 3000 + np.arange(3, 1000))) / FS
    timeline, found, _ = timeline_of(counter, times)
    assert [loss.kind for loss in found] == ["restart"]
    assert timeline.n_samples == pytest.approx(4000, abs=2)


@pytest.mark.parametrize("times", [None, np.arange(2000) / FS])
def test_an_absurd_step_of_a_running_counter_is_a_new_beginning_not_a_gap_of_years(times):
    counter = np.concatenate((np.arange(1000, 2000), np.arange(10**14, 10**14 + 1000)))
    timeline, found, _ = timeline_of(counter, times, known=())
    assert found[0].kind == "restart"
    assert timeline.n_samples == 2001


def test_one_run_where_nothing_is_lost():
    assert list(from_losses(10, []).pieces(4, 3)) == [(0, 3, 4)]
    assert from_losses(10, []).n_samples == 10


def test_the_place_of_a_row_is_found_as_fast_among_many_losses_as_among_few():
    few = from_losses(10**6, [(row, 1) for row in range(1000, 10**6, 100_000)])
    many = from_losses(10**6, [(row, 1) for row in range(1000, 10**6, 10)])

    def seconds(timeline):
        begin = time.perf_counter()
        for row in range(0, 10**6, 1000):
            timeline.sample_of(row)
        return time.perf_counter() - begin

    assert many.sample_of(2000) == 2000 + 101
    assert min(seconds(many) for _ in range(3)) < 5 * min(seconds(few) for _ in range(3))
