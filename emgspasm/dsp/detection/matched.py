"""The matched filter: what it lets pass is where EMG stands out of the channel's own noise.

A burst of EMG is a Gaussian process with a spectrum S in noise with a spectrum N. The quadratic
statistic that tells the two apart best weighs the power at every frequency with S / (N (S + N))
(Kay, Fundamentals of Statistical Signal Processing II, 5.3); the energy behind one filter with
that gain is the same statistic (Eckart 1952). N is the channel's own, from the autocorrelation
of its quiet samples (Blackman & Tukey 1958), learnt once in a run; S is a shape that fits surface
EMG in general. The filter is symmetric: it delays by half its length and shifts nothing.
"""

from __future__ import annotations

from math import pi

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP
from emgspasm.dsp.rates import LEAST

Values = NDArray[np.float64]

N_FREQUENCIES = 64
"""At which spectra are known, at least."""

APART = 125.0
"""Hz from one of them to the next, at most: potentials of motor units fill 300 [sim]."""

EXPECTED = 4.0
"""Power of the burst, in units of the noise, that the filter is best for: 6 dB [design]."""

CACHED = 512
"""Samples that are filtered at a time: what the taps pass over again and again stays at hand."""

WIDTHS = (0.0012, 0.0016, 0.0020, 0.0026)
"""s; widths of motor unit potentials (clinical facts 9 [sim])."""


def emg_spectrum(sampling_frequency: float) -> Values:
    """Shape of the power spectrum of surface EMG at evenly spaced frequencies, largest value 1.

    That of potentials shaped as the derivative of a Gaussian, of equal energy and several widths:
    a broad hump between 40 and 300 Hz, as facial muscles have it (van Boxtel 2001). Nothing under
    25 and over 0.44 times the sampling frequency or 440 Hz, where the band ends.

    Raises
    ------
    ValueError
        If nothing is left between the two.
    """
    if sampling_frequency < LEAST:
        raise ValueError(
            f"sampling frequency {sampling_frequency:g} Hz, which holds no EMG. Record at "
            f"{LEAST:g} Hz or more"
        )
    n = max(N_FREQUENCIES, round(sampling_frequency / (2 * APART)))
    f = (np.arange(n) + 0.5) / (2 * n) * sampling_frequency
    humps = [(f * width) ** 2 * width * np.exp(-2 * (pi * f * width) ** 2) for width in WIDTHS]
    shape = np.sum(humps, axis=0) * ((f > 25) & (f < min(440.0, 0.44 * sampling_frequency)))
    return np.asarray(shape / shape.max())


@numba.njit(cache=True, nogil=True)
def design(
    samples: Values, quiet: NDArray[np.bool_], emg: Values, taps: Values
) -> tuple[float, float, float]:
    """Design the filter for a channel's noise.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Of the filtered signal.
    quiet : ndarray of bool, shape (n,)
        Which of them are noise.
    emg : ndarray, shape (n_frequencies,)
        Of :func:`emg_spectrum`.
    taps : ndarray, shape (an odd number,)
        Filled; of unit energy. Where nothing is quiet the filter lets everything pass.

    Returns
    -------
    float
        What it leaves of the noise's power.
    float
        What it leaves of its degrees of freedom; more than 1 where it makes the noise whiter.
    float
        Independent values in a sample of what comes out, at most: those of white noise.
    """
    half = len(taps) // 2
    taps[:] = 0.0
    taps[half] = 1.0
    noise = _noise_spectrum(samples, quiet, 2 * half, len(emg))
    if not noise.max() > 0.0:
        return 1.0, 1.0, 1.0
    _fill(taps, noise, emg)
    before = np.maximum(noise, 0.0)
    passed = _response(taps, len(emg)) ** 2
    after = before * passed
    narrow = _freedom(after) / _freedom(before)
    return after.sum() / before.sum(), narrow, _freedom(passed) / len(emg)


@numba.njit(cache=True, nogil=True)
def _fill(taps, noise, emg):
    """Taps with the gain that is best, under a raised cosine, and none where cables swing.

    Taps that sum to zero stop a constant and hardly pass what is slow, which a filter as short as
    this would else: at 15 Hz 24 instead of 2 dB less.
    """
    in_band = emg > 0.05
    # a notch leaves no noise, but what rings in it is not to be sought there
    noise = np.maximum(noise, noise[in_band].mean())
    burst = emg * (EXPECTED * noise[in_band].sum() / emg.sum())
    gain = np.sqrt(burst / (noise * (burst + noise)))
    half, n = len(taps) // 2, len(emg)
    taper = 0.5 + 0.5 * np.cos(np.pi * np.arange(-half, half + 1) / (half + 1))
    for k in range(half + 1):
        turn = np.pi * k * (np.arange(n) + 0.5) / n
        taps[half + k] = taps[half - k] = taper[half + k] * np.sum(gain * np.cos(turn))
    taps -= taper * (taps.sum() / taper.sum())
    taps /= np.sqrt(np.sum(taps * taps))


@numba.njit(cache=True, nogil=True)
def _response(taps, n):
    """Gain at `n` evenly spaced frequencies."""
    half = len(taps) // 2
    gain = np.full(n, taps[half])
    for k in range(1, half + 1):
        gain += 2.0 * taps[half + k] * np.cos(np.pi * k * (np.arange(n) + 0.5) / n)
    return gain


@numba.njit(cache=True, nogil=True)
def _freedom(spectrum):
    """Independent values in as many samples as there are frequencies (Blackman & Tukey 1958)."""
    return spectrum.sum() ** 2 / np.sum(spectrum**2)


@numba.njit(cache=True, nogil=True)
def _noise_spectrum(samples, quiet, lags, n):
    """Power spectrum of the quiet samples: their autocorrelation under Parzen's lag window."""
    turn = np.pi * (np.arange(n) + 0.5) / n
    spectrum = np.zeros(n)
    for k in range(lags + 1):
        total, count = 0.0, 0
        for i in range(len(samples) - k):
            if quiet[i] and quiet[i + k]:
                total += samples[i] * samples[i + k]
                count += 1
        x = k / (lags + 1)
        parzen = 1.0 - 6.0 * x * x * (1.0 - x) if x < 0.5 else 2.0 * (1.0 - x) ** 3
        share = total / max(count, 1) * parzen
        spectrum += share * (1.0 if k == 0 else 2.0) * np.cos(k * turn)
    return spectrum


@numba.njit(**LOOP)
def power_behind(taps: Values, signal: Values, power: Values, first: int) -> None:
    """Fill `power` from index `first` on with the square of what comes out of the filter.

    Parameters
    ----------
    taps : ndarray, shape (an odd number,)
    signal : ndarray, shape (n,)
    power : ndarray, shape (n,)
        Element `i` belongs to ``signal[i - len(taps) // 2]``.
    first : int
        At least ``len(taps) - 1``.
    """
    for start in range(first, len(power), CACHED):
        _power_behind(taps, signal, power[: start + CACHED], start)


@numba.njit(**LOOP)
def _power_behind(taps, signal, power, first):
    """Fill `power` from `first` to its end."""
    last = len(taps) - 1
    half = last // 2
    # slices of one length: the compiler then does several samples at once
    out, middle = power[first:], signal[first - half :]
    for i in range(len(out)):
        out[i] = taps[half] * middle[i]
    for k in range(0, half - 1, 2):  # two taps at a time: half as often to memory
        tap, late, early = taps[k], signal[first - k :], signal[first - last + k :]
        next_, later, earlier = taps[k + 1], signal[first - k - 1 :], signal[first - last + k + 1 :]
        for i in range(len(out)):
            out[i] += tap * (late[i] + early[i]) + next_ * (later[i] + earlier[i])
    if half % 2:
        tap, late, early = taps[half - 1], signal[first - half + 1 :], signal[first - half - 1 :]
        for i in range(len(out)):
            out[i] += tap * (late[i] + early[i])
    for i in range(len(out)):
        out[i] *= out[i]
