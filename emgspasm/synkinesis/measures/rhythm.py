"""Whether bursts of one muscle come in a rhythm of their own (clinical facts 2 and 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf, nan
from statistics import median

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.synkinesis.measures.spans import Spans

SLOWEST, FASTEST = 1.0, 5.0
"""Groups a second of facial myokymia; clinical facts 2 say 1 to 7, but from 5 on (120 ms is the
median interval of clonic bursts) a rhythm of few beats may be chance [sim]."""

REGULAR = 0.25
"""Coefficient of variation of intervals under which bursts are regular [design]: clonic spasms
are irregular and clustered."""

ODD = 0.1
"""Share of the intervals, rounded down, that may be of any length [sim]: those of groups that run
into a blink, or of another fascicle. Of nine and fewer none may."""

PAUSE = 0.04
"""Seconds between bursts from which they are two groups: inside of one are 30 to 60 discharges a
second (clinical facts 2), so that a pause of 33 ms, and what jitter adds, is no end of it."""

SLOW = 0.2
"""Seconds between onsets; clonic bursts follow each other faster (median 120 ms, clinical
facts 9)."""

FEWEST_ONSETS = 20
"""Fewest onsets for either measure of a train [design]."""

SEGMENT = 10.0
"""Seconds over which a rhythm must keep its time to show in the spectrum [design]."""

FREQUENCIES = np.arange(1, 101) / 10
SLOWEST_PEAK = 0.5
"""Hertz from which peaks are sought. The spectrum under it is what they must stand out of on that
side: that of irregular runs of bursts falls from 0 Hz on."""

ABOVE, BESIDE, OWN = 3.0, 1.0, 0.25
"""Times the spectrum nearby, hertz to either side (clinical facts 5), and hertz that are the
peak's own: twice the resolution of a segment, and a little."""

_APART = np.round(np.abs(FREQUENCIES[:, None] - FREQUENCIES), 1)
_BESIDE = (_APART <= BESIDE) & (_APART > OWN)
_NEARBY = _BESIDE / _BESIDE.sum(axis=1, keepdims=True)
"""Of a spectrum, the means beside every frequency."""

SLOWEST_BEAT, FINE = 0.3, 0.02
"""Hz of three beats in a segment, under which no spectrum tells a rhythm, and steps in which the
frequency of a slow one is sought [design]."""

CHANCE = 1e-4
"""Probability by which irregular onsets reach a value: 0.01 over the frequencies looked at."""


def variation(onsets: NDArray[np.int64], valid: Spans) -> float:
    """Coefficient of variation of the intervals between onsets; 1 by chance, 0 of a clock.

    Parameters
    ----------
    onsets : ndarray of int
        Within valid time.
    valid : sequence of (int, int), or ndarray of int, shape (n, 2)
        Its stretches in order. From one to the next is no interval: in between may be more onsets.

    Returns
    -------
    float
        NaN under 19 intervals: those of 20 onsets in one stretch.
    """
    onsets = np.sort(onsets)
    starts = np.reshape(valid, (-1, 2))[:, 0]
    within = np.diff(np.searchsorted(starts, onsets, side="right")) == 0
    intervals = np.diff(onsets)[within]
    if len(intervals) < FEWEST_ONSETS - 1:
        return nan
    return float(intervals.std() / intervals.mean())


def spectrum(
    onsets: NDArray[np.int64],
    sampling_frequency: float,
    frequencies: NDArray[np.float64] = FREQUENCIES,
) -> tuple[NDArray[np.float64], int]:
    """Spectrum of a train of onsets, 1 by chance, and of how many segments.

    At `frequencies`, in even steps of hertz.

    The mean over segments of 10 s of ``|sum(exp(-2 pi i f t))|**2 / n`` (Bartlett 1963), of those
    with three onsets and more.
    """
    seconds = np.sort(onsets) / sampling_frequency
    _, first, counts = np.unique(seconds // SEGMENT, return_index=True, return_counts=True)
    told = np.stack([first, first + counts], axis=1)[counts >= 3]
    if not len(told):
        return np.ones(len(frequencies)), 0
    lowest, step = frequencies[0], frequencies[1] - frequencies[0]
    turned, turn = (np.exp(-2j * np.pi * f * seconds) for f in (lowest, step))
    return _powers(turned, turn, told, len(frequencies)) / len(told), len(told)


@numba.njit(cache=True, nogil=True)
def _powers(turned, turn, segments, n_frequencies):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Sums of ``|sum(exp(-2 pi i f t))|**2 / n`` over segments, for one frequency after another.

    `turned` holds the phases of the lowest one, and is turned from each to the next.
    """
    power = np.zeros(n_frequencies)
    for k in range(n_frequencies):
        for first, stop in segments:
            total = np.sum(turned[first:stop])
            power[k] += (total.real**2 + total.imag**2) / (stop - first)
        for i in range(len(turned)):
            turned[i] *= turn[i]
    return power


def frequency(onsets: NDArray[np.int64], sampling_frequency: float) -> float:
    """Slowest frequency in hertz at which onsets come in rhythm; NaN without one.

    A peak of three times its neighbours within 1 Hz (clinical facts 5), which chance does not
    reach.
    """
    from scipy.special import chdtri

    if len(onsets) < FEWEST_ONSETS:
        return nan
    power, n_segments = spectrum(onsets, sampling_frequency)
    if n_segments == 0:
        return nan
    least = chdtri(2 * n_segments, CHANCE) / (2 * n_segments)
    stands_out = (power >= ABOVE * (_NEARBY @ power)) & (power >= least)
    for k in np.flatnonzero(stands_out & (FREQUENCIES >= SLOWEST_PEAK)):
        peak = int(k + np.argmax(power[k : k + 3]))
        most = max(least, 0.5 * power[peak])
        return _fundamental(FREQUENCIES[peak], onsets, sampling_frequency, most)
    return nan


def _fundamental(
    harmonic: float, onsets: NDArray[np.int64], sampling_frequency: float, least: float
) -> float:
    """Lowest frequency of which this is a multiple, with that much power; the harmonic without one.

    Beats every 1.9 s have as much power at all multiples of 0.53 Hz, which are each other's
    neighbours: which of them stands out is chance.
    """
    for divisor in range(round(harmonic / SLOWEST_BEAT), 1, -1):
        close: NDArray[np.float64] = harmonic / divisor + FINE * np.arange(-2.0, 3.0)
        power, _ = spectrum(onsets, sampling_frequency, close)
        if power.max() >= least:
            return float(close[np.argmax(power)])
    return float(harmonic)


def groups(bursts: Iterable[tuple[int, int]], sampling_frequency: float) -> list[int]:
    """Onsets, in order, of groups: of bursts (onset, offset) hardly a pause apart."""
    onsets: list[int] = []
    stop = -inf
    for onset, offset in sorted(bursts):
        if onset - stop >= PAUSE * sampling_frequency:
            onsets.append(onset)
        stop = max(stop, offset)
    return onsets


def is_slow_train(onsets: Sequence[int], sampling_frequency: float, fewest: int) -> bool:
    """Whether these are so many bursts or more, each some time after the one before."""
    if len(onsets) < fewest:
        return False
    return median([b - a for a, b in pairwise(onsets)]) >= SLOW * sampling_frequency


def is_rhythm(
    onsets: Sequence[int], sampling_frequency: float, fewest: int, regular: float = REGULAR
) -> bool:
    """Whether these onsets (sample numbers, in order) are a rhythm of 1 to 5 a second.

    The coefficient of variation of their intervals, the oddest left out, is under `regular`.
    """
    if len(onsets) < fewest:
        return False
    intervals = [(b - a) / sampling_frequency for a, b in pairwise(onsets)]
    middle = median(intervals)
    if not 0.9 / FASTEST <= middle <= 1.1 / SLOWEST:
        return False
    # a group that was missed makes one interval of two
    beats = [interval / max(round(interval / middle), 1) for interval in intervals]
    beats.sort(key=lambda beat: abs(beat - middle))
    kept = beats[: len(beats) - int(ODD * len(beats))]
    return bool(np.std(kept) < regular * np.mean(kept))
