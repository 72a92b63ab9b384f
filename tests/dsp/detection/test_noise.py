"""The noise level: what raises it, what does not, and how rarely noise alone looks like a burst."""

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.dsp.detection.baseline import Baseline
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.stream import Chunk

FS = 1000


@pytest.fixture(scope="module")
def fold(stream_info, cut):
    """Bursts, and the noise level after every tenth of a second."""

    def run(samples, pipeline=None, fs=float(FS)):
        info = stream_info(samples.shape[1], fs)
        step = round(fs / 10)
        chunks = cut(samples, range(step, len(samples), step))
        analyses = list(analyze(pipeline or Pipeline(), info, chunks))
        bursts = [b for a in analyses for b in a.bursts]
        return bursts, np.array([a.thresholds[0] for a in analyses[:-1]])

    return run


def noise(seconds, rms=2.0, seed=0, n_channels=1, fs=FS):
    return np.random.default_rng(seed).normal(0.0, rms, (round(seconds * fs), n_channels))


def test_noise_that_grows_fourfold_in_a_minute_is_followed_without_bursts(fold):
    seconds = np.arange(120 * FS) / FS
    samples = noise(120) * 4.0 ** np.clip((seconds - 30) / 60, 0, 1)[:, None]
    bursts, base = fold(samples)
    assert bursts == []
    assert base[-1] / base[250] == pytest.approx(4.0, rel=0.15)


def test_after_noise_has_grown_bursts_are_still_found(fold):
    seconds = np.arange(120 * FS) / FS
    samples = noise(120, seed=1) * 4.0 ** np.clip((seconds - 30) / 60, 0, 1)[:, None]
    samples[110 * FS : 110 * FS + 100] *= 5.0
    bursts, _ = fold(samples)
    assert [b.onset for b in bursts] == [pytest.approx(110 * FS, abs=10)]


def test_noise_that_fades_is_followed_so_that_weaker_bursts_are_found(fold):
    samples = noise(80, rms=20.0)
    samples[20 * FS :] /= 10.0
    samples[75 * FS : 75 * FS + 100] *= 10.0
    bursts, base = fold(samples)
    assert base[-1] / base[190] == pytest.approx(0.1, rel=0.15)
    assert [b.onset for b in bursts] == [pytest.approx(75 * FS, abs=5)]


@pytest.mark.parametrize("snr", [10.0, 20.0, 40.0])
def test_ten_seconds_of_tonic_spasm_do_not_raise_the_level(fold, snr):
    samples = noise(60, seed=2)
    samples[20 * FS : 30 * FS] *= 10 ** (snr / 20)
    bursts, base = fold(samples)
    assert [(b.onset, b.offset) for b in bursts] == [
        (pytest.approx(20 * FS, abs=20), pytest.approx(30 * FS, abs=80))
    ]
    assert base[305] / base[195] == pytest.approx(1.0, abs=0.05)


def test_a_burst_that_fills_the_first_second_does_not_spoil_the_level(fold):
    samples = noise(30, seed=3)
    _, quiet = fold(samples)
    samples[:FS] *= 20.0
    samples[20 * FS : 20 * FS + 100] *= 10.0
    bursts, base = fold(samples)
    assert base[30] == pytest.approx(np.nanmedian(quiet), rel=0.2)
    assert [b.quality for b in bursts] == ["settling", "good"]
    assert bursts[0].offset == pytest.approx(FS, abs=60)
    assert bursts[1].onset == pytest.approx(20 * FS, abs=5)


def test_a_recording_may_start_inside_a_burst(fold):
    samples = noise(20, seed=4)
    samples[:200] *= 10.0
    bursts, _ = fold(samples)
    (first,) = bursts
    assert (first.onset, first.quality) == (0, "settling")
    assert first.offset == pytest.approx(200, abs=20)


def test_bursts_of_the_calibration_are_found_like_any_others(fold):
    samples = noise(10, seed=5)
    samples[800:900] *= 10.0
    samples[1500:1600] *= 10.0
    bursts, _ = fold(samples)
    assert [b.onset for b in bursts] == [pytest.approx(800, abs=10), pytest.approx(1500, abs=10)]
    assert [b.quality for b in bursts] == ["good", "good"]


def test_noise_that_is_five_times_louder_at_once_is_one_burst_then_the_level(fold):
    samples = noise(150, seed=6)
    samples[30 * FS :] *= 5.0
    samples[130 * FS : 130 * FS + 100] *= 10.0
    bursts, base = fold(samples)
    step, burst = bursts
    assert step.onset == pytest.approx(30 * FS, abs=10)
    assert step.offset - step.onset <= 60.1 * FS
    assert burst.onset == pytest.approx(130 * FS, abs=10)
    assert base[-1] / base[250] == pytest.approx(5.0, rel=0.15)


def test_a_constant_before_the_signal_is_no_level(fold):
    samples = noise(20, rms=6.0, seed=7)
    samples[:400] = 0.0
    bursts, base = fold(samples)
    assert not bursts
    assert base[-1] == pytest.approx(6.0, rel=0.15)


def coloured(n_samples, n_channels, rng):
    """Noise whose power falls as 1/f from 1 Hz on, of 2 uV RMS."""
    spectrum = np.fft.rfft(rng.normal(size=(n_samples, n_channels)), axis=0)
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 600))[:, None]
    samples = np.fft.irfft(spectrum, n_samples, axis=0)
    return 2.0 * samples / samples.std()


@pytest.fixture(scope="module")
def false_bursts(stream_info, cut):
    """Bursts in ten minutes of noise, of each of four channels."""

    def count(fs, colour):
        rng, n_samples = np.random.default_rng(8), round(600 * fs)
        white = colour == "white"
        samples = rng.normal(0.0, 2.0, (n_samples, 4)) if white else coloured(n_samples, 4, rng)
        chunks = cut(samples, range(10_000, n_samples, 10_000))
        bursts = [b for a in analyze(Pipeline(), stream_info(4, fs), chunks) for b in a.bursts]
        return np.bincount([b.channel for b in bursts], minlength=4)

    return count


@pytest.mark.parametrize("fs", [250.0, 1000.0, 2000.0])
@pytest.mark.parametrize("colour", ["white", "1/f"])
def test_ten_minutes_of_noise_give_one_burst_a_channel_on_average(false_bursts, fs, colour):
    assert false_bursts(fs, colour).mean() <= 1


def test_the_memory_is_a_parameter(fold):
    samples = noise(40)
    samples[20 * FS :] *= 1.4
    quick = Pipeline()
    baseline = Baseline(memory=2.0, longest_burst=60.0)
    quick = replace(quick, detector=replace(quick.detector, baseline=baseline))
    slow_base, quick_base = fold(samples)[1], fold(samples, quick)[1]
    assert quick_base[230] > slow_base[230]


@pytest.mark.parametrize("seed", [190, 310, 339, 351])
def test_counts_of_which_most_are_zero_are_analyzed(stream_info, seed):
    generator = np.random.default_rng(seed)
    counts = np.round(generator.normal(0.0, 1.0, (2000, 1)) * generator.uniform(0.1, 0.35))
    counts *= 10 ** generator.uniform(-7.0, 1.0)
    counts[1200:1260] *= 20.0
    stream = [Chunk(0, counts)]
    (*_, last) = analyze(Pipeline(), stream_info(1, fs=256, unit="count"), stream)
    assert last.tally.analyzed > 250
    assert np.isfinite(last.tally.noise)
