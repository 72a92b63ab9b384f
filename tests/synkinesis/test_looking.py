"""Laterality, cross-talk and sums over samples: numbers computed by hand."""

from math import isnan, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.synkinesis.readings import kernels
from emgspasm.synkinesis.readings.crosstalk import explanation
from emgspasm.synkinesis.readings.laterality import corrected, laterality_index, log_ratio
from emgspasm.synkinesis.readings.looking import look

AMPLITUDES = st.floats(0.01, 1e4)


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
