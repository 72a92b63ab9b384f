"""Package numbers to row numbers, against a board that counts its rows itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.sources.numbering import UNNUMBERED, Count, Numbering, number_rows

FS = 250.0


def board(packages, rows=1, cycle=256, step=1):
    """True rows, their package numbers and the time each one is sampled."""
    package = np.repeat(np.asarray(packages), rows)
    row = package * rows + np.tile(np.arange(rows), len(packages))
    return row, (package % cycle * step).astype(float), row / FS


def number(numbering, row, numbers, times, cuts, late=0.0):
    """Feed the rows in the reads that `cuts` make; row numbers and which are estimated."""
    count, found, flags = Count(), [], []
    for part in np.split(np.arange(len(row)), cuts):
        if len(part) == 0:
            continue
        count, read = number_rows(numbering, count, numbers[part], times[part[-1]] + late, FS)
        found.append(read.rows)
        flags.append(read.estimated)
    return np.concatenate(found), np.concatenate(flags)


@st.composite
def kept_packages(draw):
    """Packages that arrived: runs of them, with losses shorter than 100 between."""
    lengths = draw(st.lists(st.tuples(st.integers(2, 40), st.integers(1, 99)), min_size=1))
    packages, at = [], 0
    for kept, lost in lengths:
        packages.extend(range(at, at + kept))
        at += kept + lost
    return packages


@given(kept_packages(), st.sampled_from([(256, 1), (100, 2), (128, 1), (65536, 12)]), st.data())
@settings(max_examples=60, deadline=None)
def test_losses_within_a_cycle_are_exact_however_the_rows_are_read(packages, kind, data):
    cycle, rows = kind
    row, numbers, times = board(packages, rows, cycle)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(row)))))
    found, estimated = number(Numbering(cycle, rows), row, numbers, times, cuts)
    np.testing.assert_array_equal(found, row)
    assert not estimated.any()


@given(kept_packages(), st.sampled_from([1, 2, 12]))
@settings(max_examples=40, deadline=None)
def test_rows_to_a_number_are_learned(packages, rows):
    row, numbers, times = board(packages, rows, 2**16)
    found, _ = number(Numbering(), row, numbers, times, [])
    np.testing.assert_array_equal(found, row)


def test_the_cycle_is_learned_when_the_number_falls():
    row, numbers, times = board([*range(250), *range(259, 400)])
    found, _ = number(Numbering(), row, numbers, times, [])
    np.testing.assert_array_equal(found, row)


@pytest.mark.parametrize("lost", [256, 300, 511, 513, 1000])
def test_a_loss_of_whole_cycles_is_found_by_the_clock_and_flagged(lost):
    row, numbers, times = board([*range(50), *range(50 + lost, 100 + lost)])
    found, estimated = number(Numbering(256, 1), row, numbers, times, range(1, 100))
    np.testing.assert_array_equal(found, row)
    assert np.flatnonzero(estimated).tolist() == [50]


@pytest.mark.parametrize("lost", [100, 130, 250])
def test_a_loss_of_whole_cycles_is_as_many_rows_as_share_their_numbers(lost):
    row, numbers, times = board([*range(50), *range(50 + lost, 100 + lost)], rows=2, cycle=100)
    found, estimated = number(Numbering(100, 2), row, numbers, times, range(2, 200, 2))
    np.testing.assert_array_equal(found, row)
    assert np.flatnonzero(estimated).tolist() == [100]


def test_a_loss_within_a_number_of_two_bytes_is_counted_and_not_estimated():
    row, numbers, times = board([*range(300), *range(1000, 1100)], cycle=2**16)
    found, estimated = number(Numbering(), row, numbers, times, [100, 300])
    np.testing.assert_array_equal(found, row)
    assert not estimated.any()


def test_two_rows_of_a_packet_split_between_two_reads_stay_neighbours():
    row, numbers, times = board(range(5), rows=2, cycle=100)
    found, _ = number(Numbering(100, 2), row, numbers, times, [3, 5])
    np.testing.assert_array_equal(found, np.arange(10))


def test_fine_and_coarse_packets_of_a_ganglion_count_on():
    numbers = np.repeat([98.0, 99, 100, 101, 2, 103], 2)
    _, read = number_rows(Numbering(100, 2, end=201), Count(), numbers, 0.0, 200.0)
    np.testing.assert_array_equal(read.rows, np.arange(12))


def old_ganglion(lost, base, n_packages=505):
    """Firmware 2: number 0 with one row, then `base` + 1 to `base` + 100 with two each."""
    package = np.arange(n_packages)
    number_of = np.where(package % 101, base + package % 101, 0)
    rows_of = np.where(number_of, 2, 1)
    row = np.arange(rows_of.sum())
    there = np.repeat(~np.isin(package, lost), rows_of)
    return row[there], np.repeat(number_of, rows_of)[there].astype(float), row[there] / FS


@pytest.mark.parametrize("base", [0, 100])
@pytest.mark.parametrize(
    "lost",
    [[], [202], [201, 202, 203], [150], [303, 404], [*range(190, 230)], [*range(203, 303)]],
    ids=["none", "raw", "around raw", "one", "two raw", "forty", "a hundred"],
)
def test_7_2_a_ganglion_of_firmware_2_has_one_row_under_number_0(base, lost):
    row, numbers, times = old_ganglion(lost, base)
    cuts = range(3, len(row), 3)
    found, estimated = number(Numbering(100, 2, end=201, old=True), row, numbers, times, cuts)
    np.testing.assert_array_equal(found, row)
    assert not estimated.any()


def test_impedance_messages_are_no_samples():
    numbers = np.array([5.0, 5, 201, 6, 6, 205])
    _, read = number_rows(Numbering(100, 2, end=201), Count(), numbers, 0.0, 200.0)
    np.testing.assert_array_equal(read.kept, [True, True, False, True, True, False])
    np.testing.assert_array_equal(read.rows, np.arange(4))


def test_a_stale_daisy_half_is_missing_with_its_row():
    numbers = np.array([0.0, 2, 4, 4, 8])
    _, read = number_rows(Numbering(128, 1, 2, stale=True), Count(), numbers, 0.0, 125.0)
    np.testing.assert_array_equal(read.kept, [True, True, True, False, True])
    np.testing.assert_array_equal(read.rows, [0, 1, 2, 4])


@pytest.mark.parametrize("bunch", [1, 7])
def test_a_damaged_number_is_no_loss_because_there_was_no_time_for_one(bunch):
    row, numbers, times = board(range(300))
    numbers[150] = 3.0
    found, estimated = number(Numbering(256, 1), row, numbers, times, range(1, 300, bunch))
    np.testing.assert_array_equal(found, row)
    assert estimated[150]


def test_rows_that_come_before_their_time_are_all_kept():
    row, numbers, _ = board(range(300))
    found, estimated = number(Numbering(256, 1), row, numbers, np.zeros(300), [100])
    np.testing.assert_array_equal(found, row)
    assert not estimated.any()


def test_a_number_that_begins_anew_takes_its_pause_from_the_clock():
    row, numbers, times = board([*range(30), *range(130, 200)])
    numbers[30:] = np.arange(70)
    found, estimated = number(Numbering(256, 1), row, numbers, times, range(1, 100))
    np.testing.assert_array_equal(found, row)
    assert np.flatnonzero(estimated).tolist() == [30]


def test_rows_a_quarter_second_late_are_no_loss():
    row, numbers, times = board(range(200))
    times[100:163] = times[163]
    found, estimated = number(Numbering(256, 1), row, numbers, times, range(1, 200))
    np.testing.assert_array_equal(found, row)
    assert not estimated.any()


def test_rows_late_by_less_than_half_a_turn_of_their_numbers_are_no_loss():
    row, numbers, times = board(range(200), rows=2, cycle=100)
    times[100:190] = times[190]
    found, estimated = number(Numbering(100, 2), row, numbers, times, range(2, 400, 2))
    np.testing.assert_array_equal(found, row)
    assert not estimated.any()


def test_without_numbers_the_clock_finds_long_losses_only():
    row, _, times = board([*range(50), *range(60, 100), *range(300, 350)])
    found, estimated = number(UNNUMBERED, row, np.zeros(len(row)), times, range(1, len(row)))
    np.testing.assert_array_equal(found[:90], np.arange(90))
    assert np.flatnonzero(estimated).tolist() == [90]
    assert abs(found[90] - row[90]) <= 11  # the ten that no one could see, and rounding


def test_a_number_that_never_changes_counts_nothing():
    found, _ = number(Numbering(), *board([7] * 400), range(0, 400, 9))
    np.testing.assert_array_equal(found, np.arange(400))
