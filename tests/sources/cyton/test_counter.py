"""firmware_notes 1.6 and 5.6: counters and the clock to packet numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.sources.cyton.counter import HELD, Position, unwrap, unwrap_backlog

RATE = 250.0


def number(kept, times, start=0.0):
    """Unwrap packets `kept`, one read each, at host times."""
    position, numbers, flags = Position(-1, start), [], []
    for packet, time in zip(kept, times, strict=True):
        position, found, estimated = unwrap(
            position, np.array([packet % 256], np.uint8), time, RATE
        )
        numbers += found.tolist()
        flags += estimated.tolist()
    return numbers, flags


@settings(max_examples=300, deadline=None)
@given(
    gaps=st.lists(st.integers(0, 255), min_size=1, max_size=30),
    late=st.lists(st.floats(0, 0.25), min_size=30, max_size=30),
)
def test_losses_under_256_packets_are_exact_however_late_the_packets(gaps, late):
    kept = np.cumsum(np.array(gaps) + 1) - 1
    times = np.maximum.accumulate((kept + 1) / RATE + np.array(late[: len(kept)]))
    numbers, flags = number(kept.tolist(), times)
    assert numbers == kept.tolist()
    assert not any(flags)


@pytest.mark.parametrize("lost", [256, 257, 300, 511, 512, 1000, 15_000])
def test_longer_losses_are_settled_by_the_clock_and_flagged(lost):
    kept = [0, 1, lost + 2, lost + 3]
    numbers, flags = number(kept, [(n + 1) / RATE + 0.03 for n in kept])
    assert numbers == kept
    assert flags == [False, False, True, False]


@pytest.mark.parametrize("late", [0.0, 0.5, 0.7])
@pytest.mark.parametrize("before", [0.0, 0.1, 0.25])
def test_packets_late_by_0_7_s_are_neither_lost_nor_more_lost(late, before):
    for kept in ([0, 1, 2], [0, 1, 400]):
        times = [(kept[0] + 1) / RATE, 2 / RATE + before, (kept[2] + 1) / RATE + max(late, before)]
        assert number(kept, times)[0] == kept


def test_packets_lost_before_the_first_one_are_counted():
    assert number([3], [4 / RATE]) == ([3], [False])


def test_a_board_that_is_slow_to_start_has_lost_nothing():
    assert number([0, 1, 2], [3.0, 3.004, 3.008]) == ([0, 1, 2], [False] * 3)


def test_a_backlog_after_a_pause_of_the_host_is_no_loss():
    counters = np.arange(500).astype(np.uint8)
    position, numbers, estimated = unwrap(Position(255, 1.0), counters, 3.0, RATE)
    assert numbers.tolist() == list(range(256, 756))
    assert not estimated.any()
    assert position == Position(755, 3.0)


def test_the_turns_go_to_the_longest_loss_of_a_read():
    kept = np.array([1, 3, 4, 404, 405])
    _, numbers, estimated = unwrap(Position(0, 0.0), kept.astype(np.uint8), 405 / RATE, RATE)
    assert numbers.tolist() == kept.tolist()
    assert estimated.tolist() == [False, False, False, True, False]


def test_5_4_a_clock_200_ppm_off_does_not_move_packets_in_an_hour():
    kept = np.arange(0, 900_000, 25)
    numbers, flags = number(kept.tolist(), (kept + 1) / (RATE * (1 + 200e-6)))
    assert numbers == kept.tolist()
    assert not any(flags)


def test_a_read_without_packets_changes_nothing():
    before = Position(7, 1.0)
    position, numbers, _ = unwrap(before, np.empty(0, np.uint8), 9.0, RATE)
    assert position == before
    assert len(numbers) == 0


def after_a_pause(kept, n_old, seconds):
    """Number packets after packet 0, the first `n_old` of them piled up for this long."""
    counters = np.array(kept).astype(np.uint8)
    _, numbers, estimated = unwrap_backlog(Position(0, 0.0), counters, n_old, seconds, RATE)
    return numbers.tolist(), np.flatnonzero(estimated).tolist()


def test_packets_that_come_sooner_than_the_clock_allows_are_counted_as_they_are():
    counters = np.arange(1, 201).astype(np.uint8)
    _, numbers, estimated = unwrap(Position(0, 0.0), counters, 0.1, RATE)
    assert numbers.tolist() == list(range(1, 201))
    assert not estimated.any()


def test_5_6_what_piled_up_has_come_by_the_time_at_which_it_is_read():
    counters = np.arange(1, 200).astype(np.uint8)
    position, _, _ = unwrap_backlog(Position(0, 0.0), counters, 199, 0.7, RATE)
    assert position == Position(199, 0.7)


@pytest.mark.parametrize("dropped", [256, 512, 1024])
def test_5_6_whole_laps_that_a_full_buffer_dropped_are_missing_before_what_is_fresh(dropped):
    fresh = [200 + dropped + n for n in range(4)]
    numbers, estimated = after_a_pause([*range(1, 200), *fresh], 199, (fresh[-1] + 1) / RATE)
    assert numbers == [*range(1, 200), *fresh]
    assert estimated == [199]


@pytest.mark.parametrize("lost", [[], [1], list(range(40, 60)), list(range(1, 151))])
@pytest.mark.parametrize("dropped", [100, 300, 1000, 1512])
def test_5_6_what_a_full_buffer_dropped_is_missing_between_what_it_kept_and_what_is_fresh(
    lost, dropped
):
    old = [n for n in range(1, 200) if n not in lost]
    fresh = [200 + dropped + n for n in range(4)]
    numbers, estimated = after_a_pause(old + fresh, len(old), (fresh[-1] + 1) / RATE)
    assert numbers == old + fresh
    assert estimated == ([len(old)] if dropped >= 256 else [])


def test_5_6_what_the_radio_lost_in_a_pause_is_missing_where_the_counter_jumps():
    old = [*range(1, 100), *range(500, 600)]
    fresh = [600, 601]
    numbers, estimated = after_a_pause(old + fresh, len(old), 602 / RATE)
    assert numbers == old + fresh
    assert estimated == [99]


def test_5_6_a_backlog_with_nothing_fresh_behind_it_leaves_the_loss_to_the_next_read():
    counters = np.arange(1, 200).astype(np.uint8)
    position, numbers, estimated = unwrap_backlog(Position(0, 0.0), counters, 199, 6.0, RATE)
    assert numbers.tolist() == list(range(1, 200))
    assert not estimated.any()
    later = np.array([1500, 1501]).astype(np.uint8)
    assert unwrap(position, later, 1502 / RATE, RATE)[1].tolist() == [1500, 1501]


def test_5_6_no_more_packets_than_the_radio_holds_back_stand_behind_the_loss_and_not_before_it():
    numbers, estimated = after_a_pause(range(257, 257 + HELD + 1), HELD, (257 + HELD + 1) / RATE)
    assert numbers == list(range(257, 257 + HELD + 1))
    assert estimated == [0]


def test_5_6_what_piles_up_while_a_board_is_slow_to_start_is_no_loss():
    counters = np.arange(100).astype(np.uint8)
    position, _, _ = unwrap_backlog(Position(-1, 0.0), counters, 100, 3.0, RATE)
    assert unwrap(position, np.array([100], np.uint8), 3.004, RATE)[1].tolist() == [100]
