"""Laterality, classes, spread, rhythm, synchrony, cross-talk: numbers computed by hand."""

from math import isnan, log, nan

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emgspasm.stream import Annotation, Burst
from emgspasm.synkinesis.markers import AFTER, Marker, Schedule, markers, undoing
from emgspasm.synkinesis.measures.classes import spasm_class
from emgspasm.synkinesis.measures.intervals import rate_interval
from emgspasm.synkinesis.measures.occurrence import brow_lift_index, occurrence, spread
from emgspasm.synkinesis.measures.pairs import envelope_lags, synchronies
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
from emgspasm.synkinesis.measures.spans import common, outside, overlaps
from emgspasm.synkinesis.readings import kernels
from emgspasm.synkinesis.readings.crosstalk import explanation
from emgspasm.synkinesis.readings.laterality import corrected, laterality_index, log_ratio
from emgspasm.synkinesis.readings.looking import look
from emgspasm.synkinesis.spread import spread_stage

AMPLITUDES = st.floats(0.01, 1e4)
LONG = [(0, 10**9)]
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)).map(lambda s: (s[0], sum(s))))


def burst(onset, offset, channel=0):
    return Burst(channel, onset, offset, 10.0, 5.0, 1.0)


def test_laterality_of_hand_computed_amplitudes():
    assert laterality_index(3.0, 1.0) == 0.5
    assert log_ratio(3.0, 1.0) == pytest.approx(log(3))
    assert corrected(25.0, 9.0) == 4.0
    assert corrected(4.0, 9.0) == 0.0


def test_laterality_is_undefined_under_the_floor():
    assert isnan(laterality_index(1.0, 0.5, floor=1.0))
    assert isnan(laterality_index(0.0, 0.0))
    assert isnan(log_ratio(3.0, 0.0))


@given(AMPLITUDES, AMPLITUDES, st.floats(0.1, 10))
def test_laterality_is_antisymmetric_and_knows_no_scale(a, u, scale):
    assert laterality_index(a, u) == pytest.approx(-laterality_index(u, a))
    assert laterality_index(scale * a, scale * u) == pytest.approx(laterality_index(a, u))
    assert np.tanh(log_ratio(a, u) / 2) == pytest.approx(laterality_index(a, u))


@pytest.mark.parametrize(
    ("bursts", "label"),
    [
        ([(0, 100)], "isolated"),
        ([(0, 100), (129, 200)], "isolated"),  # 29 ms is no pause
        ([(0, 100), (130, 200)], "grouped"),
        ([(0, 100), (150, 250)], "grouped"),
        ([(0, 500)], "tonic"),
        ([(0, 100), (200, 800)], "combined"),
        ([(0, 300), (350, 650), (700, 1000)], "tonic"),  # 90 % of a second
        ([(0, 350), (650, 1000)], "grouped"),  # 70 % is not over it
    ],
)
@pytest.mark.parametrize("onset", [0, 60_000])
def test_classes_of_spasm(bursts, label, onset):
    later = [burst(onset + a, onset + b) for a, b in bursts]
    assert spasm_class(later, 1000.0) == label


def test_a_pause_of_most_muscles_counts_where_one_loses_it():
    parts = [burst(0, 300, 0)]
    parts += [burst(a, b, c) for c in (1, 2) for a, b in ((0, 100), (200, 300))]
    assert spasm_class(parts, 1000.0) == "isolated"
    assert spasm_class([burst(b.onset // 4, b.offset // 4, b.channel) for b in parts], 250.0) == (
        "grouped"
    )


@pytest.mark.parametrize(
    "bursts",
    [
        # four muscles, and then two of them
        [(0, 20, 0), (0, 20, 1), (0, 20, 2), (0, 20, 3), (40, 60, 0), (40, 60, 1)],
        # two of four muscles, and then all
        [(0, 20, 0), (0, 20, 1), (40, 60, 0), (40, 60, 1), (40, 60, 2), (40, 60, 3)],
        # of two muscles, one that shows the pause
        [(0, 20, 0), (40, 60, 0), (0, 60, 1)],
    ],
)
def test_at_a_low_rate_a_pause_that_only_some_muscles_show_is_one(bursts):
    assert spasm_class([burst(*b) for b in bursts], 250.0) == "grouped"


@pytest.mark.parametrize(
    ("bursts", "label"),
    [
        ([(0, 100)], "isolated"),
        ([(0, 48), (55, 100)], "isolated"),  # 28 ms is no pause
        ([(0, 48), (56, 100)], "grouped"),
        ([(0, 75), (80, 150)], "tonic"),
        ([(0, 50), (200, 250)], "grouped"),  # active for 40 % of a second
    ],
)
def test_at_a_low_rate_muscles_that_act_together_are_classed_as_one_is(bursts, label):
    together = [burst(a, b, muscle) for a, b in bursts for muscle in range(3)]
    assert spasm_class(together, 250.0) == label


def test_at_a_low_rate_a_muscle_that_joins_later_does_not_shorten_what_most_others_do():
    assert spasm_class([burst(0, 150, 0), burst(0, 150, 1), burst(75, 150, 2)], 250.0) == "tonic"


@pytest.mark.parametrize(
    ("fs", "gap", "length", "label"),
    [
        (250.0, 0.052, 0.5, "tonic"),
        (250.0, 0.068, 0.6, "combined"),
        (250.0, 0.052, 0.3, "grouped"),  # clonic bursts stay apart
        (500.0, 0.052, 0.6, "combined"),  # where the gap is told well
    ],
)
def test_a_short_gap_beside_a_tonic_contraction_is_a_dip_at_a_low_rate(fs, gap, length, label):
    times = [(9.0, 9.0 + length), (9.0 + length + gap, 9.2 + length + gap)]
    bursts = [burst(round(a * fs), round(b * fs)) for a, b in times]
    assert spasm_class(bursts, fs) == label


def test_a_tonic_contraction_may_have_several_dips():
    assert spasm_class([burst(0, 150), burst(163, 213), burst(226, 276)], 250.0) == "tonic"


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


def test_steps_explain_steps_alone():
    rng = np.random.default_rng(4)
    step = np.exp(-np.arange(60) / 9.0) * np.cos(np.arange(60) / 4.0)
    pops = np.zeros(120)
    pops[10:70] += 3.0 * step
    pops[50:110] -= 2.0 * step
    assert kernels.step_share(pops, step, 4) == pytest.approx(1.0, abs=0.01)
    assert kernels.step_share(pops, step, 1) < 0.9
    noise = rng.normal(0, 1.0, 120)
    best = np.abs(np.correlate(np.r_[np.zeros(15), noise, np.zeros(59)], step, "valid")).max()
    share = best**2 / (step @ step) / (noise @ noise)  # one step, by numpy
    assert kernels.step_share(noise, step, 1) == pytest.approx(share)
    assert kernels.step_share(np.zeros(120), step, 4) == 0.0


@pytest.mark.parametrize("n", [1, 12, 20, 47, 300])
def test_the_loudest_is_the_strongest_whole_block(n):
    values = np.random.default_rng(n).normal(size=n)
    size = min(n, 20)
    blocks = values[: n // size * size].reshape(-1, size)
    assert kernels.loudest(values, 20) == pytest.approx((blocks**2).mean(axis=1).max())


def test_the_loudest_of_what_misses_a_sample_is_not_known_and_of_nothing_is_silent():
    values = np.ones(60)
    values[5] = np.nan
    assert np.isnan(kernels.loudest(values, 20))
    assert kernels.loudest(values[:0], 20) == 0.0


def test_synchronous_onsets_stand_far_above_chance_and_independent_ones_do_not():
    rng = np.random.default_rng(3)
    first = np.sort(rng.integers(0, 600_000, 150))
    second = np.sort(first + rng.integers(-5, 6, 150))
    other = np.sort(rng.integers(0, 600_000, 150))
    together, apart = synchronies([first, other], second, 1000.0)
    assert (together.share, together.pairs) == (100.0, 150)
    assert together.z > 10 > 3 > abs(apart.z)
    assert abs(np.median(together.lags)) <= 5


def test_a_pair_is_told_alike_beside_others():
    first, other, second = np.array([0, 900, 2000]), np.array([450, 3000]), np.array([5, 990])
    beside = synchronies([other, first], second, 1000.0)[1]
    (alone,) = synchronies([first], second, 1000.0)
    assert (beside.pairs, beside.share, beside.z) == (alone.pairs, alone.share, alone.z)


def test_the_share_counts_the_bursts_of_the_first_muscle():
    first = np.array([0, 1000, 2000, 3000])
    (told,) = synchronies([first], np.array([10, 1016, 2990]), 1000.0)
    assert (told.pairs, told.share) == (2, 50.0)
    assert told.lags.tolist() == [10.0, -10.0]


def test_the_lag_of_a_delayed_envelope_is_found():
    rng = np.random.default_rng(4)
    shape = np.zeros(400)
    shape[150:230] = 10.0
    x = rng.normal(size=400) * (1 + shape)
    y = rng.normal(size=400) * (1 + np.roll(shape, 12))
    lags, peaks = envelope_lags(np.stack([x, y, y]), 8, 100)
    assert lags.tolist() == pytest.approx([12, 12, 0], abs=3)
    assert 0.6 < peaks[0] == peaks[1] < peaks[2] == pytest.approx(1.0)


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


def test_the_survey_s_products_are_those_of_numpy():
    samples = np.random.default_rng(1).normal(size=(3, 250))
    power, product = kernels.survey(samples, 20, 220, 1)
    x, y, z = samples[:, 20:220]
    assert power == pytest.approx([(x**2).mean(), (y**2).mean(), (z**2).mean()])
    assert product[2, 1] == pytest.approx((y * z).mean())
    assert product[0, 2] == pytest.approx((y[:-1] * x[1:]).mean())
    assert product[0, 0] == pytest.approx((y[1:] * x[:-1]).mean())


@given(seed=st.integers(0, 10_000), n_samples=st.integers(3, 40))
def test_no_two_channels_correlate_by_more_than_one(seed, n_samples):
    samples = np.random.default_rng(seed).normal(size=(1, 80)) ** 3
    samples = np.vstack([samples, np.roll(samples, 1)])  # a copy, a sample late
    spans, columns = np.array([[20], [20 + n_samples]]), np.array([[0], [1]])
    _, rho, _ = look(
        samples, 80, spans, columns, np.ones((1, 3, 2)), 250.0, np.array([5, 4]), np.ones(20)
    )
    assert (rho <= 1.0 + 1e-12).all()


def test_the_survey_leaves_out_the_moments_that_a_channel_misses():
    samples = np.random.default_rng(1).normal(size=(2, 200))
    samples[0, 50:60] = np.nan
    power, product = kernels.survey(samples, 0, 200, 1)
    there = ~np.isnan(samples[0])
    assert power[0] == pytest.approx((samples[0, there] ** 2).mean())
    assert product[0, 1] == pytest.approx((samples[0] * samples[1])[there].mean())
    assert product[1, 1] == pytest.approx(power[1])


def told(own, share, n_samples=200, noise=1.0, seed=2):
    """Explanation of a channel that holds `share` of its neighbour and activity of its own."""
    rng = np.random.default_rng(seed)
    loud = 10 * rng.normal(size=n_samples)
    mine = share * loud + own * rng.normal(size=n_samples)
    samples = np.stack([loud, mine]) + noise * rng.normal(size=(2, n_samples))
    power, product = kernels.survey(samples, 0, n_samples, 1)
    return explanation(power, product, np.full(2, noise**2), 1, float(n_samples))


def test_a_faint_copy_of_a_neighbour_is_explained_by_it():
    found = told(own=0.0, share=0.2)
    assert found.copy
    assert found.column == 0
    assert found.explained == pytest.approx(4.0, rel=0.3)  # (0.2 * 10 uV)^2


def test_activity_of_its_own_is_no_copy():
    assert not told(own=3.0, share=0.1).copy
    assert not told(own=8.0, share=0.0).copy


@pytest.mark.parametrize("own", [0.0, 1.0, 3.0])
def test_what_explains_a_channel_does_not_depend_on_the_unit(own):
    samples = np.random.default_rng(4).normal(size=(2, 200)) * np.array([[10.0], [own + 1.0]])
    samples[1] += 0.1 * samples[0]
    told = []
    for unit in (1.0, 2.0**-20):  # a microvolt, and about as much in volts
        power, product = kernels.survey(samples * unit, 0, 200, 1)
        found = explanation(power, product, np.full(2, unit**2), 1, 200.0)
        told.append((found.column, found.explained / unit**2, found.copy))
    assert told[0] == told[1]


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


def test_markers_number_their_trials_and_reach_past_the_cue():
    marked = markers(
        [Annotation(0.0, 60.0, "rest_open"), Annotation(70.0, 3.0, "smile"),
         Annotation(78.0, 3.0, "smile"), Annotation(5.0, 1.0, "note to self")],
        1000.0,
    )  # fmt: skip
    assert [(m.task, m.trial) for m in marked] == [("rest_open", 1), ("smile", 1), ("smile", 2)]
    assert Schedule(marked).under_way(81_500, 82_500, 1000.0) == marked[2]
    assert Schedule(marked).under_way(30_000, 30_100, 1000.0) == marked[0]
    assert Schedule(marked).under_way(90_000, 90_100, 1000.0) is None


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 60), st.booleans()), max_size=12),
    st.integers(0, 100),
    st.integers(1, 20),
)
def test_the_marker_of_an_event_is_the_last_trial_or_else_block_that_fits(stretches, onset, length):
    marked = [
        Marker(start, start + duration, "smile" if moves else "speech", k)
        for k, (start, duration, moves) in enumerate(sorted(stretches))
    ]
    fits = [
        m
        for m in marked
        if m.onset < onset + length and onset < m.offset + (10 if m.movement else 0)
    ]
    said = [m for m in fits if m.movement] or fits
    fs = 10 / AFTER
    found = Schedule(marked).under_way(onset, onset + length, fs)
    assert found == (said[-1] if said else None)


def spans(*notes, end=100_000):
    """First and last sample of every marker, at 1000 Hz in a recording of 100 s."""
    marked = markers([Annotation(*note) for note in notes], 1000.0, end)
    return [(m.onset, m.offset, m.task) for m in marked]


@pytest.mark.parametrize("code", ["rest_open", "speech", "chewing", "suppress", "blink30"])
def test_a_block_without_a_duration_lasts_until_the_next_task(code):
    assert spans((2.0, 0.0, code), (30.0, 0.0, "smile"))[0] == (2000, 30_000, code)


def test_a_block_without_a_duration_lasts_until_a_task_that_has_one():
    assert spans((2.0, 0.0, "rest_open"), (30.0, 60.0, "rest_post")) == [
        (2000, 30_000, "rest_open"),
        (30_000, 90_000, "rest_post"),
    ]


def test_the_last_block_without_a_duration_lasts_to_the_end_of_the_recording():
    assert spans((2.0, 0.0, "rest_open")) == [(2000, 100_000, "rest_open")]


def test_a_block_that_begins_after_the_recording_has_no_length():
    assert spans((200.0, 0.0, "rest_open")) == [(200_000, 200_000, "rest_open")]


def test_a_movement_without_a_duration_is_a_trial_of_three_seconds():
    assert spans((2.0, 0.0, "smile"), (10.0, 0.0, "brow")) == [
        (2000, 5000, "smile"),
        (10_000, 13_000, "brow"),
    ]


def test_a_movement_without_a_duration_ends_where_the_next_task_begins():
    assert spans((2.0, 0.0, "smile"), (3.5, 0.0, "rest_open"))[0] == (2000, 3500, "smile")


def test_tasks_that_begin_together_do_not_end_each_other():
    assert spans((2.0, 0.0, "rest_open"), (2.0, 0.0, "speech"), (9.0, 0.0, "smile"))[:2] == [
        (2000, 9000, "rest_open"),
        (2000, 9000, "speech"),
    ]


def test_a_marker_with_a_duration_lasts_that_long_whatever_follows():
    assert spans((2.0, 60.0, "rest_open"), (30.0, 3.0, "smile")) == [
        (2000, 62_000, "rest_open"),
        (30_000, 33_000, "smile"),
    ]


def test_what_is_no_task_ends_no_block():
    assert spans((2.0, 0.0, "rest_open"), (30.0, 0.0, "cough")) == [(2000, 100_000, "rest_open")]


@pytest.mark.parametrize("text", ["Rest open", "REST_OPEN", " rest-open "])
def test_a_code_is_known_however_it_is_written(text):
    assert spans((2.0, 10.0, text)) == [(2000, 12_000, "rest_open")]


def test_a_marker_that_was_taken_back_ends_no_block():
    undone = Annotation(30.0, 0.0, "smile")
    notes = [(2.0, 0.0, "rest_open"), (30.0, 0.0, "smile"), (31.0, 0.0, undoing(undone))]
    assert spans(*notes) == [(2000, 100_000, "rest_open")]


def test_the_brow_joins_within_fifty_milliseconds():
    def parts(*onsets):
        return np.array(list(onsets), [("event", np.int64), ("onset", np.int64)])

    eyes = parts((0, 1000), (0, 1200), (1, 5000), (2, 9000), (3, 0), (6, 100))
    brows = parts((0, 100), (0, 1210), (1, 4950), (2, 9051), (5, 0))
    assert brow_lift_index(eyes, brows, 1000.0) == (2, 5)
    assert brow_lift_index(eyes, brows[:0], 1000.0) == (0, 5)
    assert brow_lift_index(eyes[:0], brows, 1000.0) == (0, 0)
