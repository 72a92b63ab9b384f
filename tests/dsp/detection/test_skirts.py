"""Where bursts began to swell: against the posterior written out, and against known ramps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.dsp.detection.skirts import AT_ONCE, KINDS, SHORTEST, skirt_begin
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.stream import Chunk

WINDOW = 20


def swelling(length, seed, *, rise=30.0, onset=60, n=140):
    """Power of Gaussian samples whose amplitude grows from `onset` on, over `length` samples."""
    grown = np.clip((np.arange(n) - onset) / max(length, 1), 0, 1)
    variance = 1 + (rise - 1) * np.where(np.arange(n) >= onset, grown if length else 1.0, 0) ** 2
    return variance * np.random.default_rng(seed).standard_normal(n) ** 2


def room(n):
    return np.zeros((KINDS + 1, n + 1))


def by_hand(variances, power, core, inside, abrupt, noise, weight):
    """The median of the posterior, likelihood by likelihood."""
    n, loud = len(power), power[core:].mean()
    logs = np.full((KINDS, min(core + inside + 1, n)), -np.inf)
    for kind in range(KINDS):
        length = (WINDOW << kind) >> 2 if kind else 0
        if 0 < length < SHORTEST:
            continue
        for k in range(logs.shape[1]):
            variance = variances(n, k, length, noise, loud)
            likelihood = -0.5 * (np.log(variance / noise) + power / variance - power / noise).sum()
            prior = abrupt if kind == 0 else (1 - abrupt) / (KINDS - 1)
            logs[kind, k] = weight * likelihood + np.log(prior)
    reached = np.cumsum(np.exp(logs - logs.max()).sum(axis=0))
    return int(np.searchsorted(reached, 0.5 * reached[-1]))


@settings(deadline=None, max_examples=60)
@given(
    length=st.integers(0, 60),
    seed=st.integers(0, 2**20),
    core=st.integers(40, 120),
    inside=st.integers(0, 20),
    weight=st.floats(0.1, 1.0),
)
def test_the_beginning_is_the_median_of_the_posterior(
    variances, length, seed, core, inside, weight
):
    power = swelling(length, seed)
    found = skirt_begin(power, core, inside, AT_ONCE, 1.0, weight, WINDOW, room(len(power)))
    expected = by_hand(variances, power, core, inside, AT_ONCE, 1.0, weight)
    assert found == pytest.approx(core if power[core:].mean() <= 1.2 else expected, abs=1)


@pytest.mark.parametrize(("length", "late"), [(0, 2), (20, 4), (40, 8)])
def test_a_burst_that_swells_is_told_from_where_it_began(length, late):
    """The core is taken to be where the power of the ramp is half of the burst's."""
    core = 60 + round(0.7 * length)
    found = [
        skirt_begin(swelling(length, seed), core, 0, AT_ONCE, 1.0, 1.0, WINDOW, room(140))
        for seed in range(200)
    ]
    assert abs(np.median(found) - 60) <= late


def test_what_hardly_rises_begins_where_its_core_does():
    power = np.random.default_rng(1).standard_normal(140) ** 2
    power[70:] *= 1.1 / power[70:].mean()
    assert skirt_begin(power, 70, 10, AT_ONCE, 1.0, 1.0, WINDOW, room(140)) == 70


@pytest.mark.parametrize("core", [138, 139, 140])
def test_of_a_burst_that_has_hardly_begun_the_core_is_all_that_is_known(core):
    power = swelling(0, 1)
    assert skirt_begin(power, core, 0, AT_ONCE, 1.0, 1.0, WINDOW, room(len(power))) == core


@pytest.mark.parametrize("seed", range(8))
def test_chunks_make_no_difference_to_a_weak_burst_on_a_swing_that_outlasts_it(seed, stream_info):
    rng = np.random.default_rng(seed)
    samples = 2 * rng.standard_normal((6000, 1))
    samples[3000:3100] *= rng.uniform(1.8, 4)
    samples[2950:5000, 0] += rng.uniform(50, 800) * np.sin(0.07 * np.arange(2050))
    info = stream_info(n_channels=1)

    def bursts(size):
        chunks = [Chunk(i, samples[i : i + size].copy()) for i in range(0, len(samples), size)]
        return [b for analysis in analyze(Pipeline(), info, chunks) for b in analysis.bursts]

    assert bursts(9) == bursts(6000)
