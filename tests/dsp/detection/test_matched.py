"""The filter that tells EMG from a channel's noise."""

import numpy as np
import pytest

from emgspasm.dsp.detection.matched import design, emg_spectrum
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.stream import Chunk


@pytest.mark.parametrize("fs", [2000, 16_000, 48_000, 192_000, 1_000_000])
def test_at_any_rate_emg_passes_what_is_beyond_its_band_does_not(fs):
    taps = np.zeros(2 * round(0.008 * fs) + 1)
    noise = np.random.default_rng(0).normal(size=2000)
    design(noise, np.ones(len(noise), np.bool_), emg_spectrum(float(fs)), taps)
    time = (np.arange(len(taps)) - len(taps) // 2) / fs
    within, beyond = (abs(np.sum(taps * np.cos(2 * np.pi * f * time))) for f in (100.0, 0.48 * fs))
    assert within > 3 * beyond


def test_under_60_hz_no_burst_is_sought(stream_info):
    chunk = Chunk(0, np.zeros((10, 1)))
    with pytest.raises(ValueError, match=r"sampling frequency 50 Hz.*60 Hz or more"):
        next(analyze(Pipeline(), stream_info(1, 50.0), [chunk]))
