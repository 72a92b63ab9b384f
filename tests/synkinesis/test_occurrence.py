"""How often, how long and how far: spans and counts worked out by hand."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emgspasm.synkinesis.measures.intervals import rate_interval
from emgspasm.synkinesis.measures.occurrence import brow_lift_index, occurrence, spread
from emgspasm.synkinesis.measures.spans import common, outside, overlaps
from emgspasm.synkinesis.spread import spread_stage

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)).map(lambda s: (s[0], sum(s))))


def test_occurrence_of_hand_counted_spans():
    valid = [(0, 60_000), (70_000, 130_000)]
    spans = [(1000, 2000), (1500, 2500), (65_000, 66_000), (80_000, 83_000)]
    found = occurrence(spans, valid, 1000.0)
    assert found.count == 3
    assert found.rate == pytest.approx(1.5)
    assert found.time_share == pytest.approx(100 * 4.5 / 120)
    assert found.durations.tolist() == [1000.0, 1000.0, 3000.0]
    assert found.interval == rate_interval([2, 0, 1, 0], [30.0] * 4)
    assert found.withheld == ()


def test_what_reaches_over_a_limit_counts_where_it_begins_and_lasts_within_valid_time():
    valid = [(0, 60_000), (70_000, 130_000)]
    found = occurrence([(29_000, 31_000), (59_000, 62_000), (69_000, 71_000)], valid, 1000.0)
    assert found.count == 2
    assert found.time_share == pytest.approx(100 * 3 / 120)
    assert found.interval == rate_interval([1, 1, 0, 0], [30.0] * 4)


@pytest.mark.parametrize(("seconds", "withheld"), [(104, ["rate_ci"]), (106, [])])
def test_four_blocks_of_about_30_s_tell_how_sure_a_rate_is(seconds, withheld):
    found = occurrence([(1000, 2000)], [(0, 1000 * seconds)], 1000.0)
    assert [w.measure for w in found.withheld] == withheld
    assert (found.interval is None) is bool(withheld)


def covered(spans):
    return {sample for a, b in spans for sample in range(a, b)}


@given(SPANS, SPANS)
@example([(0, 5)], [(5, 9)])
def test_what_two_sets_of_spans_have_in_common_is_what_both_cover(one, other):
    shared = common(one, other)
    assert covered(shared.tolist()) == covered(one) & covered(other)
    assert (shared[1:, 0] > shared[:-1, 1]).all()
    assert (shared[:, 1] > shared[:, 0]).all()
    told = overlaps(one, other)
    assert told.tolist() == [len(covered([span]) & covered(other)) for span in one]


@given(SPANS, SPANS)
@example([(0, 5)], [])
def test_what_is_left_of_spans_outside_of_others_is_covered_by_no_other(one, other):
    left = outside(one, other)
    assert covered(left.tolist()) == covered(one) - covered(other)
    assert (left[1:, 0] > left[:-1, 1]).all()
    assert (left[:, 1] > left[:, 0]).all()


def test_without_valid_time_the_rate_is_withheld_with_its_reason():
    found = occurrence([(0, 10)], [], 1000.0)
    assert (found.count, found.rate) == (0, None)
    assert found.withheld[0].reason == "no valid time"


@pytest.mark.parametrize(
    ("muscles", "stage"),
    [((), 0), (("FRO",), 0), (("OOC", "FRO"), 1), (("OOC", "ZYG"), 2), (("OOC", "MEN"), 3),
     (("OOC", "PLA"), 4), (("MAS",), 0)],
)  # fmt: skip
def test_stages_of_spread(muscles, stage):
    assert spread_stage(muscles) == stage


def reached(stages, **lost):
    """Stage of a side whose regions were seen, but for some spasms of a stage (``of_4=[..]``)."""
    seen = {stage: np.ones(len(stages), bool) for stage in range(1, 5)}
    for stage, spasms in lost.items():
        seen[int(stage[-1])][spasms] = False
    return spread(np.array(stages, int), seen)


def test_a_stage_needs_a_tenth_of_the_spasms():
    assert reached([1] * 19 + [3]) == 1
    assert reached([1] * 18 + [3] * 2) == 3
    assert reached([]) is None
    assert reached([0, 0]) == 0
    assert reached([4]) == 4


def test_a_stage_needs_a_tenth_of_the_spasms_in_which_its_region_was_seen():
    assert reached([4] + [1] * 19, of_4=range(10, 20)) == 4
    assert reached([4] + [1] * 19, of_4=range(9, 18)) == 1
    assert reached([1] * 19, of_4=range(19)) == 1
    assert reached([2, 4] + [1] * 8, of_3=range(10)) == 4


def test_the_brow_joins_within_fifty_milliseconds():
    def parts(*onsets):
        return np.array(list(onsets), [("event", np.int64), ("onset", np.int64)])

    eyes = parts((0, 1000), (0, 1200), (1, 5000), (2, 9000), (3, 0), (6, 100))
    brows = parts((0, 100), (0, 1210), (1, 4950), (2, 9051), (5, 0))
    assert brow_lift_index(eyes, brows, 1000.0) == (2, 5)
    assert brow_lift_index(eyes, brows[:0], 1000.0) == (0, 5)
    assert brow_lift_index(eyes[:0], brows, 1000.0) == (0, 0)
