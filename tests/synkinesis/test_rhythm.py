"""Rhythms and their spectra, and what is none."""

from math import isnan, nan

import numpy as np
import pytest

from emgspasm.synkinesis.measures.rhythm import (
    _NEARBY,
    FREQUENCIES,
    frequency,
    groups,
    is_rhythm,
    is_slow_train,
    spectrum,
    variation,
)

LONG = [(0, 10**9)]


def test_regular_onsets_are_a_rhythm_and_clusters_are_not():
    assert is_rhythm([0, 400, 790, 1200, 1610], 1000.0, 4)
    assert is_rhythm([0, 400, 1210, 1600, 2000], 1000.0, 4)  # one group missed
    assert not is_rhythm([0, 120, 700, 830, 1900], 1000.0, 4)
    assert is_rhythm([0, 400, 800, 1200], 1000.0, 4)
    assert not is_rhythm([0, 400, 800], 1000.0, 4)
    assert not is_rhythm([0, 100, 200, 300, 400], 1000.0, 4)  # faster than myokymia
    assert not is_rhythm([0, 400, 790, 1200, 1610], 1000.0, 6)


@pytest.mark.parametrize(
    ("n_odd", "n_beats", "told"), [(1, 10, True), (1, 9, False), (2, 19, False)]
)
def test_of_a_rhythm_one_interval_in_ten_may_be_of_any_length(n_odd, n_beats, told):
    intervals = [400] * n_beats
    for k in range(n_odd):
        intervals[3 + 2 * k] = 80
    assert is_rhythm(np.cumsum([0, *intervals]), 1000.0, 4, 0.1) is told


@pytest.mark.parametrize(("second", "onsets"), [(1099, [1000, 1400]), (1100, [1000, 1100, 1400])])
def test_bursts_of_a_muscle_with_less_than_40_ms_between_them_are_one_group(second, onsets):
    assert groups([(1400, 1500), (second, 1200), (1000, 1060)], 1000.0) == onsets


def test_the_spectrum_of_onsets_is_the_sum_of_their_phases():
    onsets = np.array([300, 900, 1000, 4200, 9000, 12_000, 13_000, 19_000])
    power, n_segments = spectrum(onsets, 1000.0)
    by_hand = [
        abs(sum(np.exp(-2j * np.pi * FREQUENCIES[7] * t / 1000) for t in part)) ** 2 / len(part)
        for part in (onsets[:5], onsets[5:])
    ]
    assert n_segments == 2
    assert power[7] == pytest.approx(np.mean(by_hand))


def test_a_rhythm_shows_at_its_frequency_and_irregular_onsets_show_none():
    rng = np.random.default_rng(8)
    beats = np.cumsum(rng.normal(400, 30, 200)).astype(int)  # 2.5 Hz
    assert frequency(beats, 1000.0) == pytest.approx(2.5, abs=0.15)
    assert variation(beats, LONG) == pytest.approx(30 / 400, rel=0.2)
    for seed in range(20):
        chance = np.sort(np.random.default_rng(seed).integers(0, 300_000, 200))
        assert isnan(frequency(chance, 1000.0))
        assert variation(chance, LONG) == pytest.approx(1.0, abs=0.25)
    assert isnan(frequency(beats[:19], 1000.0))
    assert isnan(variation(beats[:19], LONG))
    assert variation(beats[:20], LONG) == pytest.approx(30 / 400, rel=0.5)
    assert frequency(400 * np.arange(20), 1000.0) == pytest.approx(2.5)
    assert isnan(frequency(400 * np.arange(19), 1000.0))


def test_few_irregular_onsets_show_no_rhythm_though_some_frequency_stands_out_of_its_neighbours():
    for seed in range(20):
        few = np.sort(np.random.default_rng(seed).integers(0, 20_000, 24))
        assert isnan(frequency(few, 1000.0))


def test_clusters_show_no_rhythm_though_their_frequencies_are_stronger_than_chance():
    rng = np.random.default_rng(1)
    within = np.cumsum(rng.integers(20, 60, (60, 5)), axis=1)
    onsets = np.sort((rng.integers(0, 300_000, (60, 1)) + within).ravel())
    assert spectrum(onsets, 1000.0)[0].max() > 2.0
    assert isnan(frequency(onsets, 1000.0))


def test_irregular_runs_of_bursts_show_no_slow_rhythm_though_their_spectrum_falls_from_0_hz_on():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        within = np.cumsum(rng.integers(60, 250, (50, 7)), axis=1)
        runs = np.sort((rng.integers(0, 300_000, (50, 1)) + within).ravel())
        assert isnan(frequency(runs, 1000.0))


@pytest.mark.parametrize(("hertz", "told"), [(9, 9.0), (15, nan)])
def test_a_rhythm_is_sought_up_to_10_hz(hertz, told):
    onsets = (1000 / hertz * np.arange(300)).astype(int)
    assert frequency(onsets, 1000.0) == pytest.approx(told, nan_ok=True)


def test_the_neighbours_of_a_frequency_are_those_up_to_1_hz_beyond_what_is_its_own():
    for k in range(10, 90):
        steps = np.flatnonzero(_NEARBY[k]) - k  # of 0.1 Hz
        assert steps.tolist() == [*range(-10, -2), *range(3, 11)]


@pytest.mark.parametrize(
    ("interval", "told"), [(175, False), (185, True), (400, True), (1090, True), (1110, False)]
)
def test_a_rhythm_is_of_one_to_five_beats_a_second_within_a_tenth(interval, told):
    assert is_rhythm([interval * k for k in range(6)], 1000.0, 4) is told


def test_a_train_is_slow_where_most_of_its_bursts_come_200_ms_after_the_one_before():
    assert is_slow_train([0, 200, 400, 600], 1000.0, 4)
    assert not is_slow_train([0, 200, 400, 600], 1000.0, 5)
    assert not is_slow_train([0, 199, 398, 597], 1000.0, 4)
    assert not is_slow_train([0, 100, 200, 300, 5000], 1000.0, 4)


@pytest.mark.parametrize(("spread", "told"), [(0.24, True), (0.26, False)])
def test_a_rhythm_varies_by_less_than_a_quarter_of_its_beat(spread, told):
    beats = 400 * (1 + spread * np.sqrt(1.5) * np.array([-1, 0, 1] * 3))
    assert is_rhythm(np.cumsum([0, *beats]), 1000.0, 4) is told


def test_slow_beats_of_which_half_are_missing_show_at_no_multiple_of_their_frequency():
    told = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        beats = np.arange(3, 120, 1.5)
        told.append(frequency((1000 * beats[rng.random(len(beats)) < 0.5]).astype(int), 1000.0))
    assert told == pytest.approx([2 / 3] * 10, abs=0.05)


def test_the_time_between_two_stretches_is_no_interval():
    beats = np.cumsum(np.full(20, 400))
    later = beats + 600_000
    onsets = np.concatenate([beats, later])
    assert variation(onsets, [(0, 10_000), (600_000, 610_000)]) == 0.0
    assert variation(onsets, LONG) > 2.0
    assert isnan(variation(onsets[10:30], [(0, 10_000), (600_000, 610_000)]))  # 18 intervals
