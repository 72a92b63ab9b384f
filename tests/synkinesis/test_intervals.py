"""Intervals against scipy, numpy and numbers computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from emgspasm.synkinesis.intervals import minimal_detectable_change, rate_interval, wilson


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_s_interval_is_scipy_s(case):
    low, high = wilson(*case)
    told = binomtest(*case).proportion_ci(method="wilson")
    assert low == pytest.approx(told.low, abs=1e-12)
    assert high == pytest.approx(told.high, abs=1e-12)


def test_five_of_five_trials_leave_doubt():
    assert wilson(5, 5) == pytest.approx((0.5655, 1.0), abs=1e-4)


@pytest.mark.parametrize("case", [(1, 0), (3, 2), (-1, 4)])
def test_impossible_counts_are_refused(case):
    with pytest.raises(ValueError, match="trials"):
        wilson(*case)


def test_the_rate_s_interval_is_the_percentile_of_resampled_blocks():
    counts, seconds = np.array([0, 3, 9, 1, 0, 4, 7, 2]), np.full(8, 30.0)
    rng = np.random.default_rng(5)
    drawn = [60 * rng.choice(counts, 8).sum() / 240 for _ in range(20_000)]
    assert rate_interval(counts, seconds) == pytest.approx(
        np.percentile(drawn, [2.5, 97.5]), abs=0.4
    )


def test_clustered_spasms_have_a_wider_interval_than_poisson_s():
    counts = np.array([0, 0, 20, 0, 0, 20, 0, 0])
    low, high = rate_interval(counts, np.full(8, 30.0))
    assert high - low > 2 * 1.96 * np.sqrt(40) / 4


def test_the_interval_repeats_itself():
    case = np.arange(6), np.full(6, 30.0)
    assert rate_interval(*case) == rate_interval(*case)


def test_too_few_blocks_give_no_interval():
    assert rate_interval([1, 2, 3, 4], [30.0, 30.0, 30.0, 0.0]) is None


def test_the_least_detectable_change_is_1_96_sqrt_2_sem():
    first, second = [10.0, 12.0, 8.0], [12.0, 11.0, 9.0]
    sem = np.sqrt(np.mean([4.0, 1.0, 1.0]) / 2)
    assert minimal_detectable_change(first, second) == pytest.approx(
        1.96 * np.sqrt(2) * sem, rel=1e-4
    )
