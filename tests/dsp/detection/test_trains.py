"""Bursts that follow each other closely, while the filters still ring with the one before."""

from __future__ import annotations

import numpy as np
import pytest

from emgspasm.dsp.detection.boundaries import cut_pending
from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.detection.memory import CHANNEL
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.dsp.stage import Response
from emgspasm.stream import Chunk

PAUSE, IN_A_TRAIN, TRAINS = 1.0, 5, 30


def trains(fs, gap, length=0.06):
    """Onsets and offsets in samples, from the fifth second on."""
    stretches, time = [], 5.0
    for _ in range(TRAINS):
        for _ in range(IN_A_TRAIN):
            stretches.append((round(time * fs), round((time + length) * fs)))
            time += length + gap
        time += PAUSE
    return stretches


@pytest.mark.parametrize(
    ("fs", "gap", "share"), [(250, 0.06, 0.8), (500, 0.05, 0.87), (1000, 0.04, 0.87)]
)
def test_bursts_of_a_train_stay_apart(noise_with_bursts, stream_info, fs, gap, share):
    stretches = trains(fs, gap)
    samples = noise_with_bursts(stretches[-1][1] + 2 * fs, stretches)
    analyses = list(analyze(Pipeline(), stream_info(1, fs=fs), [Chunk(0, samples)]))
    found = [burst for analysis in analyses for burst in analysis.bursts]
    assert share * len(stretches) <= len(found) <= len(stretches)


@pytest.mark.parametrize(("fs", "snr", "gap"), [(250, 10, 0.08), (500, 6, 0.08), (500, 6, 0.1)])
def test_a_lull_is_a_pause_where_pauses_come_often(noise_with_bursts, stream_info, fs, snr, gap):
    stretches = trains(fs, gap, length=0.1)
    n_samples, n_found = stretches[-1][1] + 2 * fs, 0
    for seed in range(4):
        samples = noise_with_bursts(n_samples, stretches, noise=5.0, snr=snr, seed=seed)
        steps = analyze(Pipeline(), stream_info(1, fs=fs), [Chunk(0, samples)])
        n_found += sum(len(analysis.bursts) for analysis in steps)
    assert n_found == pytest.approx(4 * len(stretches), rel=0.05)


@pytest.mark.parametrize(("fs", "snr", "gap"), [(500, 8, 0.1), (1000, 6, 0.1), (1000, 10, 0.07)])
def test_a_train_without_rest_makes_nobody_deaf(noise_with_bursts, stream_info, fs, snr, gap):
    step = round((0.11 + gap) * fs)
    stretches = [(k, k + round(0.11 * fs)) for k in range(5 * fs, 120 * fs, step)]
    samples = noise_with_bursts(122 * fs, stretches, noise=6.0, snr=snr)
    analyses = list(analyze(Pipeline(), stream_info(1, fs=fs), [Chunk(0, samples)]))
    n_late = sum(burst.onset > 60 * fs for analysis in analyses for burst in analysis.bursts)
    assert n_late == pytest.approx(sum(onset > 60 * fs for onset, _ in stretches), rel=0.06)


@pytest.mark.parametrize(("fs", "snr", "gap"), [(500, 14, 0.1), (500, 20, 0.07), (1000, 10, 0.1)])
def test_a_recording_may_begin_within_a_train(noise_with_bursts, stream_info, fs, snr, gap):
    step = round((0.11 + gap) * fs)
    stretches = [(k, k + round(0.11 * fs)) for k in range(0, 20 * fs, step)]
    samples = noise_with_bursts(22 * fs, stretches, noise=5.0, snr=snr)
    analyses = list(analyze(Pipeline(), stream_info(1, fs=fs), [Chunk(0, samples)]))
    n_found = sum(len(analysis.bursts) for analysis in analyses)
    assert n_found == pytest.approx(len(stretches), rel=0.05)


def test_a_pause_across_a_missing_sample_counts_for_nothing(noise_with_bursts, stream_info):
    fs, piece = 250, 2000
    starts = range(0, 40 * piece, piece)
    stretches = [(k, k + 25) for k in range(100, starts.stop, 45)]
    samples = noise_with_bursts(starts.stop, stretches, noise=5.0, snr=10)
    samples[piece - 1 :: piece] = np.nan

    def bursts(chunk):
        analyses = analyze(Pipeline(), stream_info(1, fs=fs), [chunk])
        return [(b.onset, b.offset) for analysis in analyses for b in analysis.bursts]

    alone = [b for k in starts for b in bursts(Chunk(k, samples[k : k + piece].copy()))]
    assert bursts(Chunk(0, samples)) == alone


def test_what_filters_ring_with_is_known_sample_by_sample(noise_with_bursts, stream_info):
    fs, pipeline = 1000, Pipeline()
    samples = noise_with_bursts(400_000, [(k, k + 100) for k in range(3000, 399_000, 300)], snr=60)
    (analysis, _) = analyze(pipeline, stream_info(1, fs=fs), [Chunk(0, samples)])
    power = analysis.filtered.samples[:, 0] ** 2
    response = pipeline.response(stream_info(1, fs=fs))
    end = 3100 + round(response.delay * fs)
    after = power[[range(k, k + 20) for k in range(end, 399_000, 300)]].mean(axis=0)
    burst = power[[range(k - 70, k - 5) for k in range(end, 399_000, 300)]].mean()
    assert after[: len(response.decay)] / burst == pytest.approx(response.decay, rel=0.25)


def test_a_short_bell_keeps_its_length(stream_info):
    fs, length, pause = 500, 15, 150
    onsets = range(3000, 60_000, pause)
    bell = 1 + 14 * np.sin(np.pi * (np.arange(length) + 0.5) / length)
    samples = np.random.default_rng(0).normal(0.0, 2.0, (61_000, 1))
    for onset in onsets:
        samples[onset : onset + length, 0] *= bell
    analyses = analyze(Pipeline(), stream_info(1, fs=fs), [Chunk(0, samples)])
    n_found = sum(len(analysis.bursts) for analysis in analyses)
    assert 0.992 * len(onsets) <= n_found <= len(onsets)


@pytest.fixture
def sparse_contractions():
    """Ten contractions of two seconds, a second apart, of some 400 potentials a second, over noise.

    Makes the samples at 1000 Hz, shape (n, 1), in uV.
    """

    def made(snr):
        rng = np.random.default_rng(5)
        n, time = 35_000, np.arange(-12, 13) / 1.5
        active = np.zeros(n, bool)
        for k in range(10):
            active[5000 + 3000 * k : 7000 + 3000 * k] = True
        fired = (rng.random(n) < 0.4) & active
        potentials = np.convolve(fired * rng.exponential(1.0, n), time * np.exp(-(time**2) / 2))
        muscle = potentials[12:][:n]
        noise = rng.normal(0.0, 3.0, n)
        gain = 3.0 * 10 ** (snr / 20) / np.sqrt(np.mean(muscle[active] ** 2))
        return (noise + gain * muscle)[:, None]

    return made


def test_lulls_of_a_faint_contraction_are_no_pauses(sparse_contractions, stream_info):
    samples = sparse_contractions(snr=10)
    steps = list(analyze(Pipeline(), stream_info(1, fs=1000), [Chunk(0, samples)]))
    found = [burst for step in steps for burst in step.bursts]
    assert 10 <= len(found) <= 13


def test_a_short_pause_after_a_long_burst_is_one_where_the_burst_is_clear(
    noise_with_bursts, stream_info
):
    fs = 1000
    stretches = trains(fs, 0.05, length=0.3)
    samples = noise_with_bursts(stretches[-1][1] + 2 * fs, stretches, noise=5.0, snr=20)
    steps = list(analyze(Pipeline(), stream_info(1, fs=fs), [Chunk(0, samples)]))
    assert sum(len(step.bursts) for step in steps) >= 0.95 * len(stretches)


def test_after_a_long_merge_gap_a_burst_that_swells_begins_where_it_does_after_a_short_one(
    stream_info, cut
):
    samples = np.random.default_rng(0).normal(0.0, 2.0, (5200, 1))
    samples[2100:2400] *= 3.0  # faint and long: what begins within two merge gaps is a part of it
    samples[4390:4450] *= np.linspace(1.0, 10.0, 60)[:, None]
    samples[4450:4590] *= 10.0
    onsets = [
        [
            burst.onset
            for analysis in analyze(Pipeline(detector=detector), stream_info(1), cut(samples))
            for burst in analysis.bursts
        ]
        for detector in (Detector(merge_gap=0.03), Detector(merge_gap=1.0))
    ]
    assert len(onsets[0]) == 2
    assert onsets[0] == onsets[1]


def test_what_else_is_at_hand_changes_nothing_of_a_burst_that_is_cut_short(stream_info):
    sizes = Detector(merge_gap=1.0).init(stream_info(1), Response(0.0, 0.0)).sizes
    now, signal = 5000, np.random.default_rng(1).normal(size=6000)
    energies = []
    for n_older in (0, 100, 400):
        s = np.zeros(1, CHANNEL)
        s["now"], s["pending_offset"] = now, 4700
        s["pending_active"], s["pending_energy"] = 500, 1e6
        origin = now + 1 - sizes.recent - n_older
        cut_pending(s[0], 4200, signal[origin:], origin, sizes)
        energies.append(s["pending_energy"][0])
    assert 0 < energies[0] < 1e6
    assert energies[0] == energies[1] == energies[2]
