"""Pairs of muscles against chance and by lag, as the definitions give them without a short cut."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.synkinesis.measures.pairs import (
    FEWEST,
    SEED,
    SHUFFLE,
    SHUFFLES,
    WINDOW,
    envelope_lags,
    synchronies,
)

NOTHING = np.empty(0, np.int64)


def test_a_muscle_without_bursts_has_no_share_and_no_chance():
    (told,) = synchronies([NOTHING], np.array([100, 900]), 1000.0)
    assert (told.pairs, told.lags.tolist()) == (0, [])
    assert np.isnan([told.share, told.z]).all()


def test_beside_a_muscle_without_bursts_the_share_is_0_and_no_chance_is_told():
    (told,) = synchronies([np.array([100, 900])], NOTHING, 1000.0)
    assert (told.pairs, told.share, told.lags.tolist()) == (0, 0.0, [])
    assert np.isnan(told.z)


@pytest.mark.parametrize(("n_near", "known"), [(3, False), (4, True)])
def test_of_fewer_than_four_bursts_that_may_meet_by_chance_no_distance_from_it_is_told(
    n_near, known
):
    first = np.arange(1, 10) * 5000
    second = first + np.where(np.arange(9) < n_near, 400, 600)
    second[0] = first[0]
    (told,) = synchronies([first], second, 1000.0)
    assert told.pairs == 1
    assert (abs(told.z) < 3) == known
    assert np.isfinite(told.z) == known


@pytest.mark.parametrize("fs", [1000.0, 2000.0])
def test_a_share_stands_above_what_onsets_give_that_are_displaced_by_up_to_half_a_second(fs):
    """Of each, 15 ms to either side of 1 s count: a binomial of 3 %."""
    onsets = np.arange(1, 1001) * round(2 * fs)
    (told,) = synchronies([onsets], onsets, fs)
    by_chance = 0.03
    assert told.z == pytest.approx(
        (1 - by_chance) / np.sqrt(by_chance * (1 - by_chance) / len(onsets)), rel=0.05
    )


def test_onsets_of_15_ms_are_one_and_of_16_ms_are_not():
    first = np.array([1000, 2000, 3000, 4000])
    (told,) = synchronies([first], np.array([985, 2015, 2984, 4016]), 1000.0)
    assert (told.pairs, told.lags.tolist()) == (2, [-15.0, 15.0])


@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 12), min_size=2, max_size=4))
def test_a_pair_is_compared_with_what_every_shuffle_gives(seed, sizes):
    fs, rng = 2000.0, np.random.default_rng(seed)
    second, *firsts = (np.unique(rng.integers(0, 4000, n)) for n in sizes)
    drawn = np.random.default_rng(SEED).random((SHUFFLES, 1, len(second)))
    shifts = (2 * drawn - 1) * SHUFFLE
    for told, first in zip(synchronies(firsts, second, fs), firsts, strict=True):
        lags = (second - first[:, None]) / fs
        nearest = np.abs(lags).min(axis=1)
        near, chance = nearest <= WINDOW, np.abs(lags + shifts).min(axis=2) <= WINDOW
        shares = chance.mean(axis=1)
        known = chance.any() and np.sum(nearest * fs <= (SHUFFLE + WINDOW) * fs) >= FEWEST
        z = (near.mean() - shares.mean()) / shares.std() if known else np.nan
        assert (told.pairs, told.share) == (near.sum(), pytest.approx(100 * near.mean()))
        assert told.z == pytest.approx(z, nan_ok=True)
        assert np.abs(told.lags) == pytest.approx(1000 * nearest[near])


def by_definition(x, y, window, reach):
    """Correlation at every lag of the envelopes of two muscles, over what overlaps."""
    a, b = (np.sqrt(np.convolve(s**2, np.ones(window) / window, "valid")) for s in (x, y))
    found = {}
    for lag in range(-reach, reach + 1):
        one, other = a[max(0, -lag) : len(a) - lag], b[max(0, lag) : len(b) + lag]
        n = min(len(one), len(other))
        if n >= max(window, len(a) // 2):
            found[lag] = np.corrcoef(one[:n], other[:n])[0, 1]
    return found


@given(seed=st.integers(0, 10_000), n=st.integers(12, 90), reach=st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_the_lag_of_a_pair_is_that_at_which_the_envelopes_correlate_best(seed, n, reach):
    samples = np.random.default_rng(seed).normal(size=(3, n))
    samples[1, 2:] += samples[0, :-2]
    lags, peaks = envelope_lags(samples, 4, reach)
    for k, (i, j) in enumerate(combinations(range(3), 2)):
        found = by_definition(samples[i], samples[j], 4, reach)
        best = max(found, key=found.__getitem__)
        assert (lags[k], peaks[k]) == (best, pytest.approx(found[best]))


@pytest.mark.parametrize("delay", [-4, 0, 3])
def test_of_lags_that_are_exactly_alike_the_nearest_is_told(delay):
    pulses = (np.arange(200) % 10 == 0).astype(float)
    lags, peaks = envelope_lags(np.stack([pulses, np.roll(pulses, delay)]), 1, 60)
    assert (lags.tolist(), peaks.tolist()) == ([delay], [1.0])


def test_a_muscle_that_misses_a_sample_or_never_varies_has_no_lag():
    whole, gap, flat = np.random.default_rng(4).normal(size=(3, 400))
    gap[200], flat[:] = np.nan, 0.0
    _, peaks = envelope_lags(np.stack([whole, gap, flat, whole]), 8, 100)
    assert np.isnan(peaks).tolist() == [True, True, False, True, True, True]


def test_waves_of_one_strength_have_no_lag_however_they_are_rounded():
    wave = np.where(np.arange(400) % 2, 1.0, -1.0)
    strengths = np.random.default_rng(5).uniform(0.01, 100.0, 12)
    _, peaks = envelope_lags(strengths[:, None] * wave, 8, 60)
    assert np.isnan(peaks).all()
