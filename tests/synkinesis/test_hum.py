"""Hum repeats with the mains, a burst of muscle hardly ever by chance."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from emgspasm.dsp.quality import LINES
from emgspasm.simulation.disturbances import mains_wave
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.readings.looking import hum

RATES = [250.0, 500.0, 1000.0, 2000.0]


def lags(fs):
    return np.array([round(5 * fs / mains) for mains in LINES])


def is_hum(samples, start, fs):
    """By the noise that is before."""
    level = float(np.mean(samples[:start] ** 2)) if start else 0.0
    return hum(samples, start, lags(fs), level) >= Rules().hum


def muscle(fs, seconds, count, seed=3, before=0.4):
    """Bursts of 10 dB that swell and fade, after quiet; and where they begin."""
    n, lead = round(seconds * fs), round(before * fs)
    band = butter(2, (30.0, min(250.0, 0.45 * fs)), "bandpass", fs=fs, output="sos")
    noise = np.random.default_rng(seed).normal(size=(2, count, lead + n))
    quiet, burst = sosfilt(band, noise, axis=2)
    burst[:, :lead] = 0.0
    burst[:, lead:] *= 10 ** (10 / 20) * np.sqrt(np.hanning(n + 2)[1:-1])
    return quiet + burst, lead


@pytest.mark.parametrize("fs", RATES)
@pytest.mark.parametrize("seconds", [0.03, 0.06, 0.1, 0.17, 0.25])
def test_a_short_burst_of_muscle_is_no_hum_by_chance(fs, seconds):
    bursts, start = muscle(fs, seconds, 2000)
    found = sum(is_hum(burst, start, fs) for burst in bursts)
    assert found <= 3  # of 2000; at one lag alone up to 108


@pytest.mark.parametrize("fs", RATES)
def test_a_short_burst_of_muscle_over_hum_is_no_hum(fs):
    bursts, start = muscle(fs, 0.06, 200)
    wave = mains_wave(np.arange(bursts.shape[1]) / fs, 50.0)
    bursts += 0.7 * wave / wave.std() * bursts[:, :start].std()  # half as strong as the noise
    found = sum(is_hum(burst, start, fs) for burst in bursts)
    assert found <= 4


@pytest.mark.parametrize("fs", RATES)
@pytest.mark.parametrize("seconds", [0.06, 0.17, 0.5])
def test_muscle_over_steady_hum_is_no_hum_though_much_of_its_power_repeats(fs, seconds):
    bursts, start = muscle(fs, seconds, 200, before=1.2)
    wave = mains_wave(np.arange(bursts.shape[1]) / fs, 50.0)
    bursts += 1.1 * wave / wave.std() * bursts[:, start:].std()
    shares = [hum(burst, start, lags(fs), 0.0) for burst in bursts]
    assert np.median(shares) > Rules().hum  # with what hummed before
    found = sum(is_hum(burst, start, fs) for burst in bursts)
    assert found <= 40  # of some 150 by what repeats alone


@pytest.mark.parametrize("fs", RATES)
@pytest.mark.parametrize("swell", [1.3, 2.0, 4.0])
def test_hum_that_swells_is_hum(fs, swell):
    wave = mains_wave(np.arange(round(1.8 * fs)) / fs, 50.0)
    start = round(1.2 * fs)
    wave[start:] *= swell
    noise = 0.3 * wave[:start].std() * np.random.default_rng(5).normal(size=len(wave))
    assert is_hum(wave + noise, start, fs)


@pytest.mark.parametrize("fs", RATES)
@pytest.mark.parametrize("mains", LINES)
def test_a_short_piece_of_hum_is_hum_by_what_was_before(fs, mains):
    wave = mains_wave(np.arange(round(0.5 * fs)) / fs, float(mains))
    noise = 0.3 * wave.std() * np.random.default_rng(5).normal(size=len(wave))
    assert is_hum(wave + noise, len(wave) - round(0.04 * fs), fs)


def test_of_a_burst_with_nothing_before_it_no_hum_is_known():
    assert hum(mains_wave(np.arange(60) / 1000.0, 50.0), 0, lags(1000.0), 1.0) == 0.0


@pytest.mark.parametrize("fs", RATES)
@pytest.mark.parametrize("mains", LINES)
@pytest.mark.parametrize("seconds", [0.4, 2.0])
def test_the_mains_of_any_frequency_is_hum_over_noise(fs, mains, seconds):
    rng = np.random.default_rng(4)
    n = round(seconds * fs)
    for phase in rng.uniform(0, 1, 50):
        wave = mains_wave(np.arange(n) / fs + phase, float(mains))
        samples = wave + 10 ** (-10 / 20) * wave.std() * rng.normal(size=n)
        assert hum(samples, n // 2, lags(fs), 0.0) >= Rules().hum
