"""Onsets that the first look tells too late or too early, and the second does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.detection.second_look import GROWN, KINDS, RAMPS, STEADY, _sought
from emgspasm.dsp.detection.skirts import AT_ONCE, SHORTEST
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.stream import Chunk

SIZES = Detector()._sizes(1000.0)
ONSETS = np.arange(4000, 58_000, 1500)


def errors(samples, stream_info):
    """Samples from every true onset to that of the burst in which the true one lies."""
    steps = analyze(Pipeline(), stream_info(n_channels=1), [Chunk(0, samples[:, None])])
    bursts = [burst for analysis in steps for burst in analysis.bursts]
    late = []
    for onset in ONSETS:
        found = [b for b in bursts if b.onset <= onset + 250 and b.offset > onset + 20]
        late.append(found[0].onset - onset if found else np.nan)
    assert np.isfinite(late).mean() >= 0.95
    return np.array(late)[np.isfinite(late)]


def test_a_muscle_that_swells_for_long_is_told_from_where_it_began(stream_info):
    rng = np.random.default_rng(1)
    samples = 2 * rng.standard_normal(60_000)
    for onset in ONSETS:
        swell = np.minimum(np.arange(700) / 240, 1.0)
        samples[onset : onset + 700] *= np.sqrt(1 + 16 * swell**2)
    late = errors(samples, stream_info)
    assert abs(np.median(late)) <= 15  # at the first look 45


def test_louder_noise_right_before_a_burst_is_none_of_it(stream_info):
    rng = np.random.default_rng(2)
    samples = 2 * rng.standard_normal(60_000)
    for onset in ONSETS:
        samples[onset - 250 : onset] *= 1.5
        samples[onset : onset + 80] *= 10
    early = errors(samples, stream_info) < -30
    assert early.mean() <= 0.1  # at the first look 0.8


def by_hand(variances, power, loud, quiet, weight):
    """The median of the posterior, variance by variance."""
    n = len(power)
    logs = np.full((KINDS + 1, n - SIZES.block + 1), -np.inf)
    for row in range(KINDS + 1):
        length = RAMPS[row] * SIZES.window if row < KINDS else 0
        noise = quiet if row < KINDS else GROWN * quiet
        prior = STEADY * (AT_ONCE if row == 0 else (1 - AT_ONCE) / (KINDS - 1))
        if 0 < length < SHORTEST:
            continue
        for k in range(logs.shape[1]):
            variance = variances(n, k, length, noise, loud)
            logs[row, k] = -0.5 * weight * (np.log(variance) + power / variance).sum()
        logs[row] += np.log(prior if row < KINDS else 1 - STEADY)
    reached = np.cumsum(np.exp(logs - logs.max()).sum(axis=0))
    return int(np.searchsorted(reached, 0.5 * reached[-1]))


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(60, 300),
    place=st.floats(0.1, 0.9),
    swell=st.sampled_from([1, 20, 100, 240]),
    before=st.floats(0.5, 3.0),
    loud=st.floats(5.0, 200.0),
    weight=st.floats(0.2, 1.0),
    seed=st.integers(0, 2**20),
)
def test_the_onset_is_the_median_of_the_posterior(
    variances, n, place, swell, before, loud, weight, seed
):
    grown = np.clip((np.arange(n) - place * n) / swell, 0, 1)
    variance = before + loud * grown**2
    power = variance * np.random.default_rng(seed).standard_normal(n) ** 2
    sums = np.concatenate([[0.0], np.cumsum(power)])
    found = _sought(sums, loud, 1.0, weight, SIZES, np.zeros((KINDS + 1, n + 1)))
    assert found == pytest.approx(by_hand(variances, power, loud, 1.0, weight), abs=1)


@pytest.mark.parametrize("seed", range(6))
def test_an_onset_is_moved_alike_in_all_chunks_and_never_before_what_was_promised(
    seed, stream_info
):
    rng = np.random.default_rng(seed)
    samples = 2 * rng.standard_normal((9000, 1))
    for onset in (3000, 3700, 4400, 6000, 7500):
        samples[onset - 50 * rng.integers(6) : onset] *= rng.uniform(1.2, 1.8)
        length = rng.integers(30, 600)
        swell = np.minimum(np.arange(length) / rng.integers(1, 250), 1.0)
        samples[onset : onset + length, 0] *= np.sqrt(1 + 60 * swell**2)
    info = stream_info(n_channels=1)

    def told(size):
        chunks = [Chunk(i, samples[i : i + size].copy()) for i in range(0, len(samples), size)]
        bursts, promised = [], 0
        for analysis in analyze(Pipeline(), info, chunks):
            assert all(burst.onset >= promised for burst in analysis.bursts)
            bursts += analysis.bursts
            promised = analysis.earliest
        return bursts

    assert told(7) == told(9000)
