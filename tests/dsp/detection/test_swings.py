"""Bursts on cables that swing, and the shortest bursts: what is loud there is not all muscle."""

from __future__ import annotations

import numpy as np
import pytest

from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.detection.memory import CHANNEL
from emgspasm.dsp.detection.underway import shortest
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.stream import Chunk

ONSET, OFFSET = 3000, 3200


def burst_and_swing(seed, start, stop, size):
    """A burst of 20 dB, and 12 Hz of a cable from `start` to `stop`, fading in and out."""
    samples = 2 * np.random.default_rng(seed).standard_normal(6000)
    samples[ONSET:OFFSET] *= 10
    n = stop - start
    samples[start:stop] += size * np.hanning(n) * np.sin(2 * np.pi * 0.012 * np.arange(n) + seed)
    return samples[:, None]


def first_burst(samples, stream_info):
    steps = analyze(Pipeline(), stream_info(n_channels=1), [Chunk(0, samples)])
    return next(burst for analysis in steps for burst in analysis.bursts)


def test_a_burst_begins_with_the_muscle_and_not_with_the_cable_before_it(stream_info):
    early = [
        ONSET - first_burst(burst_and_swing(seed, 2850, 3050, 120), stream_info).onset
        for seed in range(8)
    ]
    assert np.median(np.abs(early)) <= 15  # within the beginning of the swing 60


def test_a_burst_ends_with_the_muscle_and_not_with_the_cable_after_it(stream_info):
    late = [
        first_burst(burst_and_swing(seed, 3150, 3650, 400), stream_info).offset - OFFSET
        for seed in range(8)
    ]
    assert np.median(late) <= 150  # with the end of the swing 430


@pytest.mark.parametrize("seed", range(12))
def test_chunks_make_no_difference_to_a_strong_burst_that_a_swing_outlasts(seed, stream_info):
    samples = burst_and_swing(seed, 3000 + 20 * seed, 3500 + 60 * seed, 150 + 60 * seed)
    info = stream_info(n_channels=1)

    def bursts(size):
        chunks = [Chunk(i, samples[i : i + size].copy()) for i in range(0, len(samples), size)]
        return [b for analysis in analyze(Pipeline(), info, chunks) for b in analysis.bursts]

    assert bursts(3) == bursts(6000)


@pytest.mark.parametrize(
    ("weak", "swell", "faded", "needed"),
    [(0, 0, 0, 20), (0, 4, 4, 20), (0, 0, -3, 17), (1, 4, 4, 20)],
    ids=["step", "strong, with skirts", "ended within its core", "weak, with skirts"],
)
def test_skirts_count_for_the_length_of_a_strong_burst_alone(weak, swell, faded, needed):
    s = np.zeros(1, CHANNEL)[0]
    s["pending_weak"], s["pending_swell"] = weak, swell
    s["pending_quiet"], s["pending_offset"] = 100, 100 + faded
    sizes = Detector()._sizes(1000.0)
    assert shortest(s, sizes) == needed  # a weak core may lack half the matched filter, 8 samples


@pytest.mark.parametrize(
    ("hertz", "size"),
    [
        (12, 400),  # were what the filter leaves of its independent values believed: 12
        (8, 400),  # 182; were its spectrum taken for that of the noise: 9
    ],
)
def test_a_cable_that_swings_in_the_first_seconds_makes_no_bursts_of_the_noise_after_it(
    hertz, size, stream_info
):
    fs, n_channels = 250.0, 8
    n, swinging = round(30 * fs), slice(round(0.7 * fs), round(1.9 * fs))
    samples = np.random.default_rng(8).normal(0, 2.5, (n, n_channels))
    t = np.arange(swinging.stop - swinging.start) / fs
    swing = size * np.hanning(len(t)) * np.sin(2 * np.pi * hertz * t)
    samples[swinging] += np.outer(swing, np.linspace(0.5, 1.5, n_channels))
    info = stream_info(n_channels, fs)
    bursts = [b for a in analyze(Pipeline(), info, [Chunk(0, samples)]) for b in a.bursts]
    assert sum(b.onset > 2.5 * fs for b in bursts) <= 3
