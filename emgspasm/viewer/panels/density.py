"""Power spectra of a selection, and how much of them the sampling rate can carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.quality import MeanSpectrum, line_ratio
from emgspasm.dsp.rates import SPECTRA
from emgspasm.stream import Chunk, StreamInfo

USABLE = 0.262
"""Share of the sampling frequency up to which an ADS1299 passes half the power
(firmware_notes 8.1)."""

LOWEST = 20.0
"""Hz from which EMG is counted: what is below is drift and motion (clinical facts 4)."""

WINDOW = 0.5
"""Seconds of a window: 2 Hz from one line to the next [design]."""

SHORTEST = 0.1
"""Seconds under which a spectrum says nothing: 10 Hz from one line to the next [design]."""


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """Spectrum of one channel.

    Parameters
    ----------
    frequencies : ndarray, shape (n_bins,)
        Hertz.
    power : ndarray, shape (n_bins,)
        One-sided, uV^2/Hz.
    seconds : float
        How much signal it was computed from.
    """

    frequencies: NDArray[np.float64]
    power: NDArray[np.float64]
    seconds: float

    def median_frequency(self, highest: float) -> float:
        """Frequency that halves the power between 20 Hz and `highest`; NaN without power."""
        band = (self.frequencies >= LOWEST) & (self.frequencies <= highest)
        summed = np.cumsum(self.power[band])
        if not len(summed) or not summed[-1] > 0:
            return np.nan
        return float(self.frequencies[band][np.searchsorted(summed, summed[-1] / 2)])


def usable_band(sampling_frequency: float) -> float:
    """Hertz up to which the signal is what the electrodes gave."""
    return USABLE * sampling_frequency


def is_withheld(sampling_frequency: float) -> bool:
    """Whether this rate cannot carry numbers of a spectrum."""
    return sampling_frequency < SPECTRA


def density(samples: NDArray[np.float64], sampling_frequency: float) -> Density | None:
    """Welch's spectrum of the longest stretch without missing samples.

    Hann windows of 0.5 s that overlap by half, shorter where the stretch is; means removed.

    Parameters
    ----------
    samples : ndarray, shape (n_samples,)
        In uV; NaN where missing.
    sampling_frequency : float
        Hertz.

    Returns
    -------
    Density or None
        None where no stretch lasts 0.1 s.
    """
    stretch = longest_whole(samples)
    if len(stretch) < SHORTEST * sampling_frequency:
        return None
    window = min(len(stretch), round(WINDOW * sampling_frequency))
    frequencies = np.arange(window // 2 + 1, dtype=np.float64) * sampling_frequency / window
    power = _welch(stretch, window, sampling_frequency)
    return Density(frequencies, power, len(stretch) / sampling_frequency)


def _welch(
    samples: NDArray[np.float64], window: int, sampling_frequency: float
) -> NDArray[np.float64]:
    """Mean power of Hann windows that overlap by half.

    As ``scipy.signal.welch`` has it, whose import would stop a live picture for seconds.
    """
    taper = np.hanning(window + 1)[:-1]
    pieces = np.lib.stride_tricks.sliding_window_view(samples, window)[:: window - window // 2]
    spectra = np.fft.rfft((pieces - pieces.mean(axis=1, keepdims=True)) * taper)
    power = np.mean(np.abs(spectra) ** 2, axis=0) / (sampling_frequency * np.sum(taper**2))
    power[1 : -1 if window % 2 == 0 else None] *= 2  # the other half of the spectrum
    return np.asarray(power)


def longest_whole(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """The longest stretch of finite samples."""
    edges = np.flatnonzero(np.diff(np.isfinite(samples), prepend=False, append=False))
    if not len(edges):
        return samples[:0]
    starts, stops = edges[::2], edges[1::2]
    k = int(np.argmax(stops - starts))
    return samples[starts[k] : stops[k]]


def mains(
    samples: NDArray[np.float64], info: StreamInfo
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mains frequency (Hz) and its height (dB) of each channel; NaN without a whole second.

    Parameters
    ----------
    samples : ndarray, shape (n_samples, n_channels)
        In uV, unfiltered.
    info : StreamInfo
        Of these channels.
    """
    spectrum = MeanSpectrum(every=1)
    state = spectrum.init(info)
    spectrum.step(state, Chunk(0, np.array(samples, np.float64)))
    return line_ratio(state)
