"""Intervals against scipy, numpy and numbers computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson, t

from emgspasm.synkinesis.measures.intervals import (
    block_interval,
    counting_errors,
    minimal_detectable_change,
    minimal_detectable_rate,
    rate_interval,
    wilson,
)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_s_interval_is_scipy_s(case):
    low, high = wilson(*case)
    told = binomtest(*case).proportion_ci(method="wilson")
    assert low == pytest.approx(told.low, abs=1e-12)
    assert high == pytest.approx(told.high, abs=1e-12)


@pytest.mark.parametrize("case", [(0, 27), (16, 16)])
def test_an_interval_of_a_probability_does_not_leave_zero_to_one_by_rounding(case):
    low, high = wilson(*case)
    assert 0.0 <= low < high <= 1.0


def test_five_of_five_trials_leave_doubt():
    assert wilson(5, 5) == pytest.approx((0.5655, 1.0), abs=1e-4)


def test_the_limits_lie_student_s_t_of_their_bootstrap_errors_from_the_rate():
    counts, seconds = np.array([0, 3, 9, 1, 0, 4, 7, 2]), np.full(8, 30.0)
    drawn = np.random.default_rng(5).choice(counts, (200_000, 8)).sum(axis=1)
    by_mean = drawn.var() * 8 / 7 / counts.sum()  # variance by mean, of one block left out
    for limit in rate_interval(counts, seconds):
        expected = limit * 240 / 60
        assert abs(counts.sum() - expected) == pytest.approx(
            t.ppf(0.975, 7) * np.sqrt(by_mean * expected), rel=0.02
        )


def test_an_interval_of_four_blocks_reaches_beyond_the_least_and_the_largest():
    low, high = rate_interval([5, 3, 8, 4], np.full(4, 30.0))
    assert low < 60 * 3 / 30
    assert high > 60 * 8 / 30


def test_an_interval_of_spasms_never_reaches_zero():
    assert rate_interval([0, 12, 2, 2], np.full(4, 30.0))[0] > 0.0
    assert block_interval([0.0, 0.1, 0.0, 0.0], np.full(4, 30.0))[0] > 0.0


def test_blocks_that_agree_leave_what_counting_makes():
    low, high = rate_interval([5] * 4, np.full(4, 30.0))
    assert (low, high) == pytest.approx(
        60 / 120 * (20 + 1.96**2 / 2 + np.array([-1, 1]) * 1.96 * np.sqrt(20 + 1.96**2 / 4)),
        rel=1e-4,
    )


@pytest.mark.parametrize("minutes", [2, 3, 5, 20])
@pytest.mark.parametrize("rate", [1, 5, 25])
def test_the_interval_holds_the_rate_of_spasms_that_come_by_chance(rate, minutes):
    counts = np.random.default_rng(3).poisson(rate / 2, (1000, 2 * minutes))
    told = np.array([rate_interval(row, np.full(len(row), 30.0)) for row in counts])
    assert np.mean((told[:, 0] <= rate) & (rate <= told[:, 1])) > 0.94


def test_no_event_in_a_time_is_compatible_with_garwood_s_rate():
    assert rate_interval(np.zeros(8), np.full(8, 30.0)) == pytest.approx(
        (0.0, 3.6889 / 4), abs=1e-4
    )
    assert poisson.cdf(0, 4 * rate_interval(np.zeros(8), np.full(8, 30.0))[1]) == pytest.approx(
        0.025
    )


def test_nothing_has_no_interval_of_its_amount():
    assert block_interval(np.zeros(8), np.full(8, 30.0)) is None


def test_clustered_spasms_have_a_wider_interval_than_poisson_s():
    counts = np.array([0, 0, 20, 0, 0, 20, 0, 0])
    low, high = rate_interval(counts, np.full(8, 30.0))
    assert high - low > 2 * 1.96 * np.sqrt(40) / 4


def test_the_interval_repeats_itself():
    case = np.arange(6), np.full(6, 30.0)
    assert rate_interval(*case) == rate_interval(*case)


def test_too_few_blocks_give_no_interval():
    assert rate_interval([1, 2, 3, 4], [30.0, 30.0, 30.0, 0.0]) is None
    assert rate_interval([0, 0, 0, 0], [30.0, 30.0, 30.0, 0.0]) is None


def test_the_least_detectable_change_is_1_96_sqrt_2_sem():
    first, second = [10.0, 12.0, 8.0], [12.0, 11.0, 9.0]
    sem = np.sqrt(np.mean([4.0, 1.0, 1.0]) / 2)
    assert minimal_detectable_change(first, second) == pytest.approx(
        1.96 * np.sqrt(2) * sem, rel=1e-4
    )


def test_two_blocks_that_agree_leave_what_counting_makes():
    assert minimal_detectable_rate([(6, 3.0)], [(2, 1.0)]) == pytest.approx(
        1.96 * np.sqrt(6 / 9 + 2 / 1), rel=1e-4
    )


def test_two_blocks_that_differ_by_more_than_counting_tell_their_difference():
    assert minimal_detectable_rate([(60, 3.0)], [(1, 1.0)]) == pytest.approx(1.96 * 19, rel=1e-4)


def test_blocks_without_an_event_tell_no_detectable_change():
    assert minimal_detectable_rate([(0, 3.0)], [(0, 1.0)]) is None


@pytest.mark.parametrize(("first", "second"), [((0, 3.0), (2, 1.0)), ((2, 1.0), (0, 3.0))])
def test_an_event_in_one_of_two_blocks_tells_a_detectable_change(first, second):
    assert minimal_detectable_rate([first], [second]) == pytest.approx(1.96 * 2, rel=1e-4)


def test_a_rate_s_detectable_change_is_the_root_mean_square_over_its_pairs_of_blocks():
    first, second = [(6, 3.0), (4, 2.0), (2, 1.0)], [(2, 1.0), (9, 4.0), (4, 2.0)]
    counting = np.sqrt(np.mean([6 / 9 + 2 / 1, 4 / 4 + 9 / 16, 2 / 1 + 4 / 4]))
    assert minimal_detectable_rate(first, second) == pytest.approx(1.96 * counting, rel=1e-4)
    second[1] = 60, 4.0  # 15 a minute after 2
    told = minimal_detectable_rate(first, second)
    assert told == pytest.approx(1.96 * np.sqrt(np.mean([0, 13.0**2, 0])), rel=1e-4)


def seconds_of(counts):
    return [(np.array(c, float), np.full(len(c), 30.0)) for c in counts]


def test_spasms_in_bouts_make_counting_less_sure():
    steady, bouts = seconds_of([[3, 2, 3], [5, 6, 5]]), seconds_of([[0, 8, 0], [16, 0, 0]])
    assert counting_errors(steady) == pytest.approx(1.96, rel=1e-4)
    pooled = (2 * (8 / 3) ** 2 + (16 / 3) ** 2) / (8 / 3) + (2 * (16 / 3) ** 2 + (32 / 3) ** 2) / (
        16 / 3
    )
    assert counting_errors(bouts) == pytest.approx(t.ppf(0.975, 4) * np.sqrt(pooled / 4))


@pytest.mark.parametrize("other", [[4], [0, 0, 0]])
def test_a_stretch_of_one_block_or_without_an_event_adds_no_clustering(other):
    bouts = [[0, 8, 0], [16, 0, 0]]
    told = counting_errors(seconds_of([*bouts, other]))
    assert 1.96 < told <= counting_errors(seconds_of(bouts))


def test_two_rates_are_no_clustering():
    assert counting_errors(seconds_of([[1, 1, 1], [9, 9, 9]])) == pytest.approx(1.96, rel=1e-4)


def test_few_blocks_tell_no_clustering():
    assert counting_errors(seconds_of([[0, 9], [9, 0], [4]])) == pytest.approx(1.96, rel=1e-4)
    assert counting_errors([]) == pytest.approx(1.96, rel=1e-4)


def test_a_rate_of_clusters_seldom_changes_by_more_than_is_detectable():
    rng = np.random.default_rng(4)
    larger = []
    for before, after, later in 4 * rng.poisson(1.25, (2000, 3, 6)):  # four at a time
        counts = [[(int(blocks.sum()), 3.0)] for blocks in (before, after)]
        errors = counting_errors(seconds_of([before, after]))
        least = minimal_detectable_rate(*counts, errors)
        larger.append(least is not None and abs(later.sum() - before.sum()) / 3 > least)
    assert np.mean(larger) < 0.06


def test_a_pair_of_blocks_without_an_event_is_one_of_several():
    told = minimal_detectable_rate([(0, 3.0), (6, 3.0)], [(0, 3.0), (6, 3.0)])
    assert told == pytest.approx(1.96 * np.sqrt(np.mean([0, 12 / 9])), rel=1e-4)


def test_blocks_without_valid_time_are_none_of_the_interval_s():
    counts, seconds = [1, 4, 2, 7, 3], [30.0, 30.0, 20.0, 30.0, 12.0]
    assert rate_interval([1, 0, 4, 2, 7, 0, 3], [30.0, 0.0, 30.0, 20.0, 30.0, 0.0, 12.0]) == (
        rate_interval(counts, seconds)
    )
    assert rate_interval([0] * 7, [30.0, 0.0, 30.0, 20.0, 30.0, 0.0, 10.0]) == pytest.approx(
        (0.0, 3.6889 / 2), abs=1e-4
    )


def test_an_amount_of_blocks_that_are_all_alike_is_certain():
    assert block_interval([2.0] * 6, [30.0] * 6) == pytest.approx((1 / 15, 1 / 15))


@pytest.mark.parametrize("rate", [2, 5, 11])
def test_a_stable_rate_seldom_changes_by_more_than_is_detectable(rate):
    rng = np.random.default_rng(2)
    counts = rng.poisson((rate * 3, rate, rate * 3), (2000, 3))
    told = [minimal_detectable_rate([(a, 3.0)], [(b, 1.0)]) for a, b, _ in counts]
    changes = np.abs(counts[:, 2] - counts[:, 0]) / 3
    larger = [c > m for c, m in zip(changes, told, strict=True) if m is not None]
    assert np.mean(larger) < 0.05
