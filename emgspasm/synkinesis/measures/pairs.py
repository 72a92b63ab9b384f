"""Whether two muscles act together: share against chance, and lags (clinical facts 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP

WINDOW = 0.015
"""Seconds within which two onsets are one (clinical facts 4)."""

SHUFFLE, SHUFFLES, SEED = 0.5, 200, 20240518
"""Seconds of displacement, and how often (clinical facts 4)."""

FEWEST = 4
"""Bursts that may meet another by chance from which their distance from chance is told: of three,
one that does, as happens in one of eleven such pairs, lies over 3 standard deviations off."""

PART = 50
"""Shuffles at a time: all, of many hours, would fill memory."""

ROWS = 4
"""Values of an envelope that are multiplied at a time."""

ENVELOPE, REACH = 0.008, 0.100
"""Seconds of the envelope, and of the largest lag (clinical facts 5)."""


STEADY = 1e-9
"""Variance of an envelope, in units of its mean square, up to which nothing varies but what is
rounded; that of noise is a thousandth and more."""


@dataclass(frozen=True, slots=True)
class Synchrony:
    """How far two muscles act together.

    Parameters
    ----------
    pairs : int
        Bursts of the first with one of the second within the window.
    share : float
        Percent of the first's bursts; NaN without bursts.
    z : float
        Standard deviations over what shuffled onsets give; NaN where under :data:`FEWEST` bursts
        of the first have one of the second so near that these may meet by chance.
    lags : ndarray
        Milliseconds from the first to the second, of the pairs.
    """

    pairs: int
    share: float
    z: float
    lags: NDArray[np.float64]


def synchronies(
    firsts: Iterable[NDArray[np.int64]], second: NDArray[np.int64], sampling_frequency: float
) -> list[Synchrony]:
    """Compare the onsets of muscles with those of another, by whose shuffles chance is told.

    Parameters
    ----------
    firsts : iterable of ndarray of int
        Sample numbers, in order, of each muscle.
    second : ndarray of int
        Those of the other.
    sampling_frequency : float
        Hertz.
    """
    window, reach = WINDOW * sampling_frequency, SHUFFLE * sampling_frequency
    firsts = list(firsts)
    limits = [
        (
            np.searchsorted(first, second - reach - window),
            np.searchsorted(first, second + reach + window, "right"),
        )
        for first in firsts
    ]
    rng = np.random.default_rng(SEED)
    by_chance = np.empty((len(firsts), SHUFFLES))
    drawn, shifts = np.empty((PART, len(second))), np.empty((len(second), PART))
    for done in range(0, SHUFFLES, PART):
        rng.random(out=drawn)  # shuffle by shuffle
        np.multiply(drawn.T, 2 * reach, out=shifts)
        shifts -= reach
        for shares, first, (low, high) in zip(by_chance, firsts, limits, strict=True):
            shares[done : done + PART] = _shares(first, second, low, high, shifts, window)
    return [
        _against_chance(first, second, shares, sampling_frequency)
        for first, shares in zip(firsts, by_chance, strict=True)
    ]


def _against_chance(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    by_chance: NDArray[np.float64],
    sampling_frequency: float,
) -> Synchrony:
    """Compare two muscles, of which the share that shuffles give is known."""
    if len(first) == 0:
        return Synchrony(0, nan, nan, np.empty(0))
    distance = _nearest(first, second.astype(float))
    near = np.abs(distance) <= WINDOW * sampling_frequency
    spread = float(by_chance.std())
    n_may_meet = np.count_nonzero(np.abs(distance) <= (SHUFFLE + WINDOW) * sampling_frequency)
    known = spread > 0 and n_may_meet >= FEWEST
    z = (float(near.mean()) - float(by_chance.mean())) / spread if known else nan
    lags = 1000 * distance[near] / sampling_frequency
    return Synchrony(int(near.sum()), 100 * float(near.mean()), z, lags)


@numba.njit(cache=True, nogil=True)
def _shares(first, second, low, high, shifts, window):
    """Share of the first with one of the second within the window, for every column of shifts.

    `low` and `high` are the places among the first that each of the second may come near to.
    """
    near = np.zeros((len(first), shifts.shape[1]), np.bool_)
    for i in range(len(second)):
        moved = shifts[i]
        for place in range(low[i], high[i]):
            marks = near[place]
            for k in range(len(moved)):  # shuffles side by side
                marks[k] |= abs(second[i] + moved[k] - first[place]) <= window
    counts = np.zeros(shifts.shape[1], np.int64)
    for marks in near:
        for k in range(len(marks)):
            counts[k] += marks[k]
    return counts / max(len(first), 1)


def _nearest(first: NDArray[np.int64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from each of the first to the nearest of the second, in samples."""
    if len(second) == 0:
        return np.full(len(first), np.inf)
    place = np.searchsorted(second, first)
    after = second[np.minimum(place, len(second) - 1)] - first
    before = second[np.maximum(place - 1, 0)] - first
    return np.where(np.abs(after) < np.abs(before), after, before).astype(float)


@numba.njit(cache=True, nogil=True)
def envelope_lags(
    samples: NDArray[np.float64], window: int, reach: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Lags at which the envelopes of muscles correlate best, and those correlations.

    Parameters
    ----------
    samples : ndarray, shape (n_muscles, n_samples)
        Filtered.
    window, reach : int
        Samples of the moving root mean square, and of the largest lag.

    Returns
    -------
    lags : ndarray of int, shape (n_pairs,)
        Samples by which the second of a pair is later; pairs as :func:`itertools.combinations`
        orders them.
    correlations : ndarray of float, shape (n_pairs,)
        Over the samples that overlap; NaN where one is missing or nothing varies.
    """
    n, count = len(samples), samples.shape[1] - window + 1
    whole = -(-count // ROWS) * ROWS
    padded = np.zeros((n, reach + whole + reach))  # beyond their ends envelopes add nothing
    envelopes, (sums, squares) = padded[:, reach : reach + count], np.empty((2, n, count + 1))
    for i in range(n):
        _fill_envelope(samples[i], window, envelopes[i])
        _fill_sums(envelopes[i], 1, sums[i])
        _fill_sums(envelopes[i], 2, squares[i])
    n_pairs = n * (n - 1) // 2
    lags, correlations, pair = np.empty(n_pairs, np.int64), np.empty(n_pairs), 0
    products = np.empty(2 * reach + 1)
    for i in range(n):
        for j in range(i + 1, n):
            lags[pair], correlations[pair] = 0, np.nan
            if not np.isnan(samples[i].sum() + samples[j].sum()):
                _fill_products(padded[i, reach : reach + whole], padded[j], products)
                lags[pair], correlations[pair] = _best_lag(
                    products, sums[i], sums[j], squares[i], squares[j], window, reach
                )
            pair += 1
    return lags, correlations


@numba.njit(cache=True, nogil=True)
def _best_lag(products, sum_a, sum_b, square_a, square_b, window, reach):
    """Lag of the largest correlation coefficient, the nearest if several are alike, and that."""
    count = len(sum_a) - 1
    best, found = -np.inf, 0
    for lag in range(-reach, reach + 1):
        low, high = max(0, -lag), min(count, count - lag)
        n = high - low
        if n < max(window, count // 2):
            continue
        total_a, total_b = sum_a[high] - sum_a[low], sum_b[high + lag] - sum_b[low + lag]
        power_a = n * (square_a[high] - square_a[low])
        power_b = n * (square_b[high + lag] - square_b[low + lag])
        spread_a, spread_b = power_a - total_a**2, power_b - total_b**2
        if spread_a <= STEADY * power_a or spread_b <= STEADY * power_b:
            continue
        value = (n * products[lag + reach] - total_a * total_b) / np.sqrt(spread_a * spread_b)
        if value > best or (value == best and abs(lag) < abs(found)):
            best, found = value, lag
    return found, best if best > -np.inf else np.nan


@numba.njit(**LOOP)
def _fill_products(a, b, products):
    """Fill `products` with the sums of ``a[i] * b[i + k]``; `a` holds a multiple of four values.

    Value by value, not lag by lag: the sums of neighbouring lags then grow side by side. Four
    values at a time, so that each sum is fetched and put back seldom.
    """
    products[:] = 0.0
    for i in range(0, len(a), ROWS):
        first, second, third, fourth = a[i], a[i + 1], a[i + 2], a[i + 3]
        values = b[i : i + len(products) + ROWS - 1]
        for k in range(len(products)):
            early = first * values[k] + second * values[k + 1]
            products[k] += early + third * values[k + 2] + fourth * values[k + 3]


@numba.njit(cache=True, nogil=True)
def _fill_envelope(x, window, envelope):
    """Fill `envelope` with the moving root mean square."""
    total = np.sum(x[:window] ** 2)
    envelope[0] = np.sqrt(total / window)
    for i in range(1, len(envelope)):
        total += x[i + window - 1] ** 2 - x[i - 1] ** 2
        envelope[i] = np.sqrt(max(total, 0.0) / window)


@numba.njit(cache=True, nogil=True)
def _fill_sums(x, power, sums):
    """Fill `sums` with the sums of the first values, from none to all."""
    sums[0] = 0.0
    for i in range(len(x)):
        sums[i + 1] = sums[i] + x[i] ** power
