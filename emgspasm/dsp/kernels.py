"""Compiled sample-by-sample loops of the screen and the envelopes.

All follow the NaN rule of :class:`emgspasm.dsp.stage.Stage`: NaN in, NaN out, and a fresh start
after it.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP, copy

Samples = NDArray[np.float64]

IMPOSSIBLE = 1e100
"""Magnitude, in whatever unit, that no sample has: of some markers of missing ones, which are the
largest number there is, filters and squares would make no number, up to the end of the run."""

WINDOWS = 16
"""Windows of an envelope that are taken at a time: what passes over them stays at hand."""


@numba.njit(**LOOP)
def present(values: Samples) -> int:
    """How many samples of one channel come before one that is missing."""
    n_missing = 0
    for i in range(len(values)):  # without a branch: several at once
        n_missing += np.isnan(values[i])
    if n_missing:
        for i in range(len(values)):
            if np.isnan(values[i]):
                return i
    return len(values)


@numba.njit(cache=True, nogil=True)
def moving_rms(
    samples: Samples, recent: Samples, sums: Samples, filled: NDArray[np.int64]
) -> Samples:
    """Root mean square of the last ``recent.shape[1]`` samples (fewer right after a start).

    Whenever a whole window has passed since the start, the running sum is replaced by one that was
    begun with that window, so that rounding never outlives one window: a spasm of millivolts leaves
    no trace in the quiet after it.

    Parameters
    ----------
    samples : ndarray, shape (n_channels, n_samples)
        Channels as rows: so laid out, one sample or one channel is no type of its own to compile
        for.
    recent : ndarray, shape (n_channels, window)
        The last squares, 0 before the channel's start; updated in place.
    sums : ndarray, shape (n_channels,)
        Their sums, updated in place.
    filled : ndarray of int, shape (n_channels,)
        Samples seen since the channel's start, updated in place.

    Returns
    -------
    ndarray, shape (n_channels, n_samples)
    """
    out = np.empty(samples.shape)
    squares = np.empty((WINDOWS + 1) * recent.shape[1])
    for channel in range(len(samples)):
        sums[channel], filled[channel] = _channel_rms(
            samples[channel], recent[channel], sums[channel], filled[channel], squares, out[channel]
        )
    return out


@numba.njit(**LOOP)
def _channel_rms(values, recent, total, count, squares, out):
    """Fill `out` for a channel: the sum of the last squares, and how many samples it has seen.

    `squares` is room for the last ones and those of :data:`WINDOWS`.
    """
    window, row = len(recent), 0
    while row < len(values):
        ahead = values[row : row + WINDOWS * window - count % window]  # to where a window ends
        n = present(ahead)
        if n:
            total = _rms(ahead[:n], recent, total, count, squares, out[row:])
            count += n
        else:
            out[row] = np.nan
            for i in range(window):
                recent[i] = 0.0
            total, count, n = 0.0, 0, 1
        row += n
    return total, count


@numba.njit(**LOOP)
def _rms(values, recent, total, count, squares, out):
    """Fill `out` for a stretch without a missing sample; the sum of the last squares.

    Step by step over the stretch, for the compiler then does several samples at once in all steps
    but the sum.
    """
    window, n = len(recent), len(values)
    copy(recent, squares)
    coming = squares[window : window + n]
    for i in range(n):
        coming[i] = values[i] * values[i]
    place, row, rebuilt = count % window, 0, 0.0
    for i in range(window - place, window):
        rebuilt += squares[i]
    while row < n:  # up to where the window has passed whole
        stop = min(row + window - place, n)
        late, early, told = coming[row:stop], squares[row:stop], out[row:stop]
        for i in range(len(told)):
            total += late[i] - early[i]
            rebuilt += late[i]
            told[i] = total
        place, row = place + stop - row, stop
        if place == window:
            out[row - 1] = total = rebuilt
            place, rebuilt = 0, 0.0
    for i in range(min(window - count, n)):
        out[i] *= window / (count + i + 1)
    share = 1.0 / window
    for i in range(n):
        out[i] = np.sqrt(max(out[i] * share, 0.0))
    copy(squares[n : n + window], recent)
    return total


@numba.njit(cache=True, nogil=True)
def plain(
    samples: Samples,
    limits: Samples,
    flat_run: int,
    last: Samples,
    repeats: NDArray[np.int64],
) -> bool:
    """Whether all of it is signal by what :func:`screen` asks for, of which it is the short cut.

    Parameters as there, `samples` contiguous; `last` and `repeats` are updated only if it is.
    A flat run holds two neighbours at some multiple of its least length.
    """
    n_samples, least, n_beyond = len(samples), limits.min(), 0
    values = samples.reshape(samples.size)
    for i in range(len(values)):  # without a branch: several at once
        n_beyond += not abs(values[i]) < least
    if n_beyond or n_samples == 0:
        return n_beyond == 0
    for channel in range(len(limits)):
        first = 0
        while first < n_samples and samples[first, channel] == last[channel]:
            first += 1
        if repeats[channel] + first >= flat_run:
            return False
        for row in range(flat_run - 1, n_samples, flat_run - 1):
            if _run_around(samples[:, channel], row) >= flat_run:
                return False
    for channel in range(len(limits)):
        value, run = samples[n_samples - 1, channel], 1
        while run < n_samples and samples[n_samples - 1 - run, channel] == value:
            run += 1
        whole = run == n_samples and value == last[channel]
        repeats[channel] = run + repeats[channel] if whole else run
        last[channel] = value
    return True


@numba.njit(cache=True, nogil=True)
def _run_around(values, place):
    """How many equal values in a row there are around a place and the one before it."""
    if values[place - 1] != values[place]:
        return 1
    begin, end = place, place
    while begin > 0 and values[begin - 1] == values[place]:
        begin -= 1
    while end < len(values) and values[end] == values[place]:
        end += 1
    return end - begin


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
        Largest magnitude taken for signal, :data:`IMPOSSIBLE` at most.
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
    out = np.empty((n_samples, n_channels))
    for row in range(n_samples):
        odd = False
        for channel in range(n_channels):
            x = samples[row, channel]
            repeats[channel] = repeats[channel] * (x == last[channel]) + 1
            last[channel] = out[row, channel] = x
            odd |= (not abs(x) < limits[channel]) | (repeats[channel] >= flat_run)
        if odd:
            _reject(out[row], limits, flat_run, repeats, counts)
    return out


@numba.njit(cache=True, nogil=True)
def _reject(values, limits, flat_run, repeats, counts):
    """Replace and count what is no signal in one row; see :func:`screen`."""
    for channel in range(len(values)):
        if not abs(values[channel]) < IMPOSSIBLE:
            counts[0, channel] += 1
        elif abs(values[channel]) >= limits[channel]:
            counts[1, channel] += 1
        elif repeats[channel] >= flat_run:
            counts[2, channel] += flat_run if repeats[channel] == flat_run else 1
        else:
            continue
        values[channel] = np.nan
