"""The sorted ring, its median and MAD, and the quietest stretch, against numpy and sorted()."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.dsp.detection.baseline import MAD_TO_SIGMA, Baseline, level, quietest, remember

numbers = st.one_of(st.floats(0.0, 1e6), st.integers(0, 3).map(float))


@given(values=st.lists(numbers, max_size=60), capacity=st.integers(1, 12))
def test_the_ring_holds_the_latest_values_in_order(values, capacity):
    ordered, arrival = np.zeros(capacity), np.zeros(capacity)
    for seen, value in enumerate(values):
        remember(ordered, arrival, seen, value)
        latest = values[max(0, seen + 1 - capacity) : seen + 1]
        assert ordered[: len(latest)].tolist() == sorted(latest)


@given(values=st.lists(numbers, min_size=1, max_size=60))
def test_the_level_is_the_median_and_the_mad(values):
    ordered = np.array(sorted(values))
    median, sigma = level(ordered, len(ordered))
    assert median == np.median(ordered)
    distances = sorted(abs(value - median) for value in values)
    lower_middle = distances[(len(distances) - 1) // 2]
    assert sigma == pytest.approx(MAD_TO_SIGMA * lower_middle, rel=1e-12)


def test_the_level_counts_only_the_values_that_came():
    assert level(np.array([1.0, 2.0, 3.0, 0.0, 0.0]), 3) == (2.0, MAD_TO_SIGMA)


def test_the_mad_reads_the_standard_deviation_of_gaussian_values():
    values = np.sort(np.random.default_rng(0).normal(50.0, 4.0, 20_001))
    median, sigma = level(values, len(values))
    assert (median, sigma) == (pytest.approx(50.0, rel=0.01), pytest.approx(4.0, rel=0.03))


@given(values=st.lists(numbers, min_size=1, max_size=50), window=st.integers(1, 60))
def test_the_quietest_stretch_is_found(values, window):
    window = min(window, len(values))
    means = [np.mean(values[i : i + window]) for i in range(len(values) - window + 1)]
    # a running sum keeps the rounding of the largest value that passed through it
    assert quietest(np.array(values), window) == pytest.approx(min(means), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"shortest": 0.0}, "shortest=0 s"),
        ({"shortest": 3.0}, "shortest=3 s, calibration=2 s"),
        ({"calibration": 11.0}, "calibration=11 s, memory=10 s"),
        ({"longest_burst": 10.0}, "longest_burst=10 s; it must exceed memory=10 s"),
        ({"memory": float("nan")}, "memory=nan"),
        ({"longest_burst": float("nan")}, "longest_burst=nan"),
        ({"longest_burst": 1e300}, "longest_burst=1e\\+300 s; a day"),
    ],
)
def test_an_impossible_baseline_is_refused_with_its_values(wrong, said):
    with pytest.raises(ValueError, match=said):
        Baseline(**wrong)
