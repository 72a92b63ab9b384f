"""Hum repeats with the mains, a burst of muscle hardly ever by chance."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from emgspasm.dsp.quality import LINES
from emgspasm.simulation.disturbances import mains_wave
from emgspasm.synkinesis.reading import hum
from emgspasm.synkinesis.verdicts import Rules

RATES = [250.0, 500.0, 1000.0, 2000.0]


def lags(fs):
    return np.array([round(5 * fs / mains) for mains in LINES])


def muscle(fs, seconds, count, seed=3):
    """Bursts that swell and fade, of noise in the band of the face's muscles."""
    n, lead = round(seconds * fs), round(0.2 * fs)
    band = butter(2, (30.0, min(250.0, 0.45 * fs)), "bandpass", fs=fs, output="sos")
    noise = np.random.default_rng(seed).normal(size=(count, n + lead))
    return sosfilt(band, noise, axis=1)[:, lead:] * np.sqrt(np.hanning(n + 2)[1:-1])


@pytest.mark.parametrize("fs", RATES)
@pytest.mark.parametrize("seconds", [0.17, 0.2, 0.25])
def test_a_short_burst_of_muscle_is_no_hum_by_chance(fs, seconds):
    bursts = muscle(fs, seconds, 2000)
    found = sum(hum(burst, lags(fs)) >= Rules().hum for burst in bursts)
    assert found <= 2  # of 2000; at one lag alone up to 40


@pytest.mark.parametrize("fs", RATES)
@pytest.mark.parametrize("mains", LINES)
@pytest.mark.parametrize("seconds", [0.25, 1.0])
def test_the_mains_of_any_frequency_is_hum_over_noise(fs, mains, seconds):
    rng = np.random.default_rng(4)
    n = round(seconds * fs)
    for phase in rng.uniform(0, 1, 50):
        wave = mains_wave(np.arange(n) / fs + phase, float(mains))
        samples = wave + 10 ** (-10 / 20) * wave.std() * rng.normal(size=n)
        assert hum(samples, lags(fs)) >= Rules().hum
