"""Compiled sample-by-sample loops shared by the filters and envelopes.

All take samples of shape (n_samples, n_channels) and follow the NaN rule of
:class:`emgspasm.dsp.stage.Stage`: NaN in, NaN out, and a fresh start after it. What they return
has each channel's samples side by side in memory, as the loops, channel by channel, want them.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]


@numba.njit(cache=True, nogil=True)
def sosfilt(
    sos: Samples, steady: Samples, samples: Samples, memory: Samples, running: NDArray[np.bool_]
) -> Samples:
    """Filter by second-order sections from the steady state of each channel's first sample.

    Parameters
    ----------
    sos : ndarray, shape (n_sections, 6)
        As scipy orders them, ``a0`` = 1.
    steady : ndarray, shape (n_sections, 2)
        ``scipy.signal.sosfilt_zi(sos)``: the memory of a step of height one.
    samples : ndarray, shape (n_samples, n_channels)
    memory : ndarray, shape (n_channels, n_sections, 2)
        Updated in place.
    running : ndarray of bool, shape (n_channels,)
        Whether `memory` holds a past; updated in place.

    Returns
    -------
    ndarray, shape (n_samples, n_channels)
        Direct form II transposed, as ``scipy.signal.sosfilt``.
    """
    n_samples, n_channels = samples.shape
    out = np.empty((n_channels, n_samples)).T
    for channel in range(0, n_channels, 2):
        # two channels side by side: one computes while the other waits for its last result
        other = min(channel + 1, n_channels - 1)
        z, w = memory[channel], memory[other]
        for row in range(n_samples):
            x, y = samples[row, channel], samples[row, other]
            if np.isnan(x) or np.isnan(y) or not (running[channel] and running[other]):
                out[row, channel] = _restart(sos, steady, x, z, running, channel)
                if other > channel:
                    out[row, other] = _restart(sos, steady, y, w, running, other)
                continue
            if other == channel:
                out[row, channel] = _one(sos, x, z)
                continue
            for section in range(len(sos)):
                b0, b1, b2 = sos[section, 0], sos[section, 1], sos[section, 2]
                a1, a2 = sos[section, 4], sos[section, 5]
                u, v = b0 * x + z[section, 0], b0 * y + w[section, 0]
                z[section, 0], w[section, 0] = (
                    b1 * x - a1 * u + z[section, 1],
                    b1 * y - a1 * v + w[section, 1],
                )
                z[section, 1], w[section, 1] = b2 * x - a2 * u, b2 * y - a2 * v
                x, y = u, v
            out[row, channel], out[row, other] = x, y
    return out


@numba.njit(cache=True, nogil=True)
def _one(sos: Samples, x: float, z: Samples) -> float:
    """One sample of one channel through all sections."""
    for section in range(len(sos)):
        y = sos[section, 0] * x + z[section, 0]
        z[section, 0] = sos[section, 1] * x - sos[section, 4] * y + z[section, 1]
        z[section, 1] = sos[section, 2] * x - sos[section, 5] * y
        x = y
    return x


@numba.njit(cache=True, nogil=True)
def _restart(
    sos: Samples,
    steady: Samples,
    x: float,
    z: Samples,
    running: NDArray[np.bool_],
    channel: int,
) -> float:
    """One sample that may be missing, or the first after one that was."""
    if np.isnan(x):
        running[channel] = False
        return x
    if not running[channel]:
        z[:] = steady * x
        running[channel] = True
    return _one(sos, x, z)


@numba.njit(cache=True, nogil=True)
def moving_rms(
    samples: Samples, ring: Samples, sums: Samples, filled: NDArray[np.int64]
) -> Samples:
    """Root mean square of the last ``ring.shape[1]`` samples (fewer right after a start).

    The running sum is rebuilt from the ring each time the ring is full once more, so that
    rounding never outlives one window: a spasm of millivolts leaves no trace in the quiet after it.

    Parameters
    ----------
    samples : ndarray, shape (n_samples, n_channels)
    ring : ndarray, shape (n_channels, window)
        Past squares, updated in place.
    sums : ndarray, shape (n_channels,)
        Their sums, updated in place.
    filled : ndarray of int, shape (n_channels,)
        Samples seen since the channel's start, updated in place.

    Returns
    -------
    ndarray, shape (n_samples, n_channels)
    """
    n_samples, n_channels = samples.shape
    window = ring.shape[1]
    share = 1.0 / window
    out = np.empty((n_channels, n_samples)).T
    for channel in range(n_channels):
        squares = ring[channel]
        total, count = sums[channel], filled[channel]
        place = count % window
        for row in range(n_samples):
            x = samples[row, channel]
            if np.isnan(x):
                out[row, channel] = x
                total, count, place = 0.0, 0, 0
                squares[:] = 0.0
                continue
            total += x * x - squares[place]
            squares[place] = x * x
            count += 1
            place += 1
            if place == window:
                place = 0
                total = 0.0
                for i in range(window):
                    total += squares[i]
            mean = total * share if count >= window else total / count
            out[row, channel] = max(mean, 0.0)
        sums[channel], filled[channel] = total, count
        for row in range(n_samples):  # a loop of its own takes several roots at once
            out[row, channel] = np.sqrt(out[row, channel])
    return out


@numba.njit(cache=True, nogil=True)
def screen(
    samples: Samples,
    limits: Samples,
    flat_run: int,
    last: Samples,
    repeats: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> Samples:
    """Replace what is no signal by NaN: missing, beyond the limit, or the same value too long.

    Parameters
    ----------
    samples : ndarray, shape (n_samples, n_channels)
    limits : ndarray, shape (n_channels,)
        Largest magnitude taken for signal.
    flat_run : int
        This many equal samples in a row are flat; the ones before the last were passed on.
    last, repeats : ndarray, shape (n_channels,)
        Last value and how often it has come in a row; updated in place.
    counts : ndarray of int, shape (3, n_channels)
        Added in place: samples missing, clipped, flat (a whole flat run counts).

    Returns
    -------
    ndarray, shape (n_samples, n_channels)
    """
    n_samples, n_channels = samples.shape
    out = np.empty((n_channels, n_samples)).T
    for channel in range(n_channels):
        limit, value, run = limits[channel], last[channel], repeats[channel]
        for row in range(n_samples):
            x = samples[row, channel]
            run = run + 1 if x == value else 1
            value = x
            if not np.isfinite(x):
                counts[0, channel] += 1
                x = np.nan
            elif abs(x) >= limit:
                counts[1, channel] += 1
                x = np.nan
            elif run >= flat_run:
                counts[2, channel] += flat_run if run == flat_run else 1
                x = np.nan
            out[row, channel] = x
        last[channel], repeats[channel] = value, run
    return out
