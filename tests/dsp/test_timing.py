"""Time means the muscle: onsets and offsets lie where the muscle's were, whatever the filters."""

import numpy as np
import pytest

from emgspasm.dsp.envelope import LinearEnvelope, RmsEnvelope
from emgspasm.dsp.filters import BandPass, HighPass, Notch
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.simulation import simulate
from emgspasm.synkinesis.measures.scoring import match

ONSETS = np.arange(3.0, 118.0, 0.7)
LENGTH = 0.15


def found_in(pipeline, info, chunks):
    fs = info.sampling_frequency
    bursts = [b for a in analyze(pipeline, info, chunks) for b in a.bursts]
    return bursts, np.array([(b.onset / fs, b.offset / fs) for b in bursts]).reshape(-1, 2)


def errors(found, truth):
    """Milliseconds of found minus true onsets and offsets, of all that match."""
    pairs = match(found, truth)
    assert len(pairs) >= 0.95 * len(truth)
    return 1000 * (found[pairs[:, 0]] - truth[pairs[:, 1]]).T


def step_noise(fs, snr, seed, length=LENGTH):
    """White noise whose variance steps up and down at known times between samples."""
    onsets = ONSETS + np.random.default_rng(seed).uniform(0, 0.01, len(ONSETS))
    seconds = np.arange(round(120 * fs)) / fs
    samples = np.random.default_rng(seed + 1).normal(0.0, 2.0, (len(seconds), 1))
    for onset in onsets:
        samples[(seconds >= onset) & (seconds < onset + length)] *= 10 ** (snr / 20)
    return samples, np.stack([onsets, onsets + length], axis=1)


@pytest.mark.parametrize(
    "pipeline",
    [
        Pipeline(),
        Pipeline(envelope=LinearEnvelope()),
        Pipeline(envelope=RmsEnvelope(0.05)),
        Pipeline(filters=(HighPass(28.0),)),
        Pipeline(filters=(BandPass(order=8),)),
        Pipeline(filters=(BandPass(), Notch(50.0, 100.0, (1, 3)))),
    ],
    ids=["default", "linear", "rms 50 ms", "high-pass", "order 8", "notch"],
)
def test_at_20_db_and_1000_hz_onsets_are_within_5_ms(pipeline, stream_info, cut):
    samples, truth = step_noise(1000.0, 20.0, seed=0)
    _, found = found_in(pipeline, stream_info(), cut(samples))
    onset, offset = errors(found, truth)
    assert abs(np.median(onset)) <= 5.0
    assert np.std(onset) <= 10.0
    # the steep edges of order 8 ring for 20 ms after a burst of 20 dB
    assert abs(np.median(offset)) <= 20.0
    assert np.std(offset) <= 15.0


@pytest.mark.parametrize("fs", [250.0, 500.0, 2000.0])
def test_other_rates_lose_no_more_than_their_samples_are_long(fs, stream_info, cut):
    samples, truth = step_noise(fs, 20.0, seed=1)
    _, found = found_in(Pipeline(), stream_info(1, fs), cut(samples))
    onset, _ = errors(found, truth)
    assert abs(np.median(onset)) <= 5.0
    assert np.std(onset) <= 10.0


@pytest.mark.parametrize("fs", [250.0, 500.0, 1000.0])
@pytest.mark.parametrize("snr", [20.0, 25.0])
def test_what_filters_ring_with_makes_bursts_a_tenth_longer_at_most(fs, snr, stream_info, cut):
    """Abrupt bursts of 80 ms, whose end rings for a quarter as long."""
    samples, truth = step_noise(fs, snr, seed=4, length=0.08)
    _, found = found_in(Pipeline(), stream_info(1, fs), cut(samples))
    onset, offset = errors(found, truth)
    assert np.median(offset - onset) <= 0.1 * 80.0 + 1e-6


def test_louder_noise_costs_precision_but_no_bias(stream_info, cut):
    samples, truth = step_noise(1000.0, 10.0, seed=2)
    _, found = found_in(Pipeline(), stream_info(), cut(samples))
    onset, offset = errors(found, truth)
    assert abs(np.median(onset)) <= 5.0
    assert abs(np.median(offset)) <= 10.0


@pytest.mark.parametrize("seed", [1, 2])
def test_simulated_spasms_of_20_db_are_found_when_the_muscle_began(seed):
    """20 dB, 1000 Hz: median onset bias within 5 ms, SD within 10 ms."""
    simulation = simulate("hfs_clonic", duration=60.0, snr=20.0, seed=seed)
    bursts, found = found_in(Pipeline(), simulation.info, simulation)
    rate, onset_errors = simulation.truth_sampling_frequency, []
    spasms = [event for event in simulation.truth if event.trial_type == "spasm"]
    for column in range(len(simulation.info.channels)):
        true = [
            (b.onset / rate, b.offset / rate)
            for event in spasms
            for b in event.bursts
            if b.channel == column and b.mean >= 3 * b.baseline
        ]
        mine = found[[b.channel == column and b.quality == "good" for b in bursts]]
        truth = np.array(true).reshape(-1, 2)
        pairs = match(mine, truth)
        onset_errors += list(1000 * (mine[pairs[:, 0], 0] - truth[pairs[:, 1], 0]))
    assert len(onset_errors) >= 100
    assert abs(np.median(onset_errors)) <= 5.0
    assert np.std(onset_errors) <= 10.0


def test_the_muscles_of_a_spasm_keep_their_order(stream_info, cut):
    """A lag of 5 ms between two channels comes out as one of 5 ms, on average."""
    first, _ = step_noise(1000.0, 20.0, seed=3)
    second = -np.roll(first, 5)
    bursts, found = found_in(Pipeline(), stream_info(2), cut(np.hstack([first, second])))
    lags = found[[b.channel == 1 for b in bursts], 0] - found[[b.channel == 0 for b in bursts], 0]
    assert np.median(1000 * lags) == pytest.approx(5.0, abs=0.5)


def test_bursts_never_begin_before_the_recording_does(stream_info, cut):
    samples = np.random.default_rng(4).normal(0.0, 2.0, (10_000, 1))
    samples[:300] *= 20.0
    bursts, _ = found_in(Pipeline(), stream_info(), cut(samples, start=5000))
    assert bursts[0].onset >= 5000
    assert bursts[0].quality == "settling"
