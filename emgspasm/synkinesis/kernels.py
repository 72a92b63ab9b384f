"""Sums over a stretch of filtered samples, compiled: one pass over all channels."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import SUM, copy

Values = NDArray[np.float64]

LAGS = 3
"""Cross products are taken at lags of -1, 0 and 1 sample."""


@numba.njit(cache=True, nogil=True)
def survey(samples: Values, start: int, stop: int, column: int) -> tuple[Values, Values]:
    """Mean squares of all channels, and how one of them goes along with each.

    Parameters
    ----------
    samples : ndarray, shape (n_channels, n_samples)
        Filtered; a moment that misses a channel counts for no pair with it.
    start, stop : int
        The stretch that is looked at, half open.
    column : int
        The channel that is compared.

    Returns
    -------
    power : ndarray, shape (n_channels,)
        Mean squares; NaN without a sample.
    product : ndarray, shape (n_channels, 3)
        Mean of ``x[i] * y[i + lag]``, x the channel compared, for lags -1, 0 and 1.
    """
    n_channels, n_samples = len(samples), stop - start
    power = np.empty(n_channels)
    product = np.empty((n_channels, LAGS))
    x = samples[column, start:stop]
    for k in range(n_channels):
        y = samples[k, start:stop]
        before, here, after, square = _products(x, y)
        if before + here + after + square == before + here + after + square and n_samples > 1:
            power[k] = square / n_samples
            product[k, 0] = before / (n_samples - 1)
            product[k, 1] = here / n_samples
            product[k, 2] = after / (n_samples - 1)
        else:
            power[k] = _of_present(x, y, product[k])
    return power, product


@numba.njit(**SUM)
def _products(x, y):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Sums of ``x[i] * y[i + lag]`` for lags -1, 0 and 1, and of the squares of y.

    NaN if a sample is missing.
    """
    before = here = after = square = 0.0
    for i in range(len(y)):
        here += x[i] * y[i]
        square += y[i] * y[i]
    x_late, y_late = x[1:], y[1:]
    for i in range(len(y_late)):
        before += x_late[i] * y[i]
        after += x[i] * y_late[i]
    return before, here, after, square


@numba.njit(cache=True, nogil=True)
def _of_present(x, y, product):  # type: ignore[no-untyped-def]  # see _products
    """Mean square of y, and the mean products, over what is there, where samples are missing."""
    power, n_present = 0.0, 0
    counts = np.zeros(LAGS)
    product[:] = 0.0
    for i in range(len(y)):
        if y[i] == y[i]:
            power += y[i] * y[i]
            n_present += 1
        for lag in range(LAGS):
            j = i + lag - 1
            if 0 <= j < len(y):
                z = x[i] * y[j]
                if z == z:
                    product[lag] += z
                    counts[lag] += 1
    for lag in range(LAGS):
        product[lag] /= max(counts[lag], 1.0)
    return power / n_present if n_present else np.nan


@numba.njit(cache=True, nogil=True)
def repeated(values: Values, first: int, lag: int) -> float:
    """Share of the power from index `first` on that repeats what was `lag` samples before.

    1 of what is the same, 0 of noise; of a wave beneath something louder, no more than its share.
    """
    product = power = 0.0
    for i in range(first, len(values)):
        before, now = values[i - lag], values[i]
        if before == before and now == now:
            product += before * now
            power += before * before + now * now
    return 2.0 * product / power if power > 0.0 else 0.0


@numba.njit(cache=True, nogil=True)
def step_share(values: Values, step: Values, most: int) -> float:
    """Share of a stretch's energy that few steps explain, as the filters let them through.

    Matching pursuit: the step response is taken out where it fits best, up to `most` times.

    Parameters
    ----------
    values : ndarray, shape (n_samples,)
    step : ndarray, shape (n_step,)
        What the filters answer to a step.
    most : int
    """
    n, lead = len(step), len(step) // 4
    rest = np.zeros(lead + len(values) + n)
    copy(values, rest[lead:])
    unit, energy = np.sum(step * step), np.sum(values * values)
    if not energy > 0.0:
        return 0.0
    for _ in range(most):
        best, place = 0.0, 0
        for k in range(len(rest) - n):
            product = 0.0
            for i in range(n):
                product += rest[k + i] * step[i]
            if abs(product) > abs(best):
                best, place = product, k
        for i in range(n):
            rest[place + i] -= best / unit * step[i]
    return 1.0 - np.sum(rest * rest) / energy


@numba.njit(cache=True, nogil=True)
def learn(
    samples: Values,
    start: int,
    stop: int,
    blocks: Values,
    n_blocks: int,
    size: int,
    pace: int,
    share: float,
    limit: Values,
) -> Values:
    """Remember how strong whole blocks are, and learn at a steady pace how quiet it gets.

    Parameters
    ----------
    samples : ndarray, shape (n_channels, n_samples)
        Filtered.
    start, stop : int
        Where the blocks lie that are added, half open.
    blocks : ndarray, shape (2, n_channels, n_remembered)
        A ring of the mean squares of blocks and of the mean products of their neighbouring
        samples, NaN where a sample is missing; updated in place.
    n_blocks : int
        How many have been added before.
    size : int
        Samples of a block.
    pace : int
        Blocks from one moment of learning to the next.
    share, limit
        See :func:`quietest`; `limit` is its guess, updated in place.

    Returns
    -------
    ndarray, shape (n_moments, 2, n_channels)
        What :func:`quietest` tells at every moment reached.
    """
    n_channels, n_new = len(samples), (stop - start) // size
    learnt = np.empty(((n_blocks + n_new) // pace - n_blocks // pace, 2, n_channels))
    moment = 0
    for block in range(n_new):
        place, total = (n_blocks + block) % blocks.shape[2], n_blocks + block + 1
        first = start + block * size
        for k in range(n_channels):
            square, product = _energy(samples[k, first : first + size])
            blocks[0, k, place] = square / size
            blocks[1, k, place] = product / (size - 1)
        if total % pace == 0:
            limits, correlations = quietest(blocks, total, share, limit)
            copy(limits, limit)
            copy(limits, learnt[moment, 0])
            copy(correlations, learnt[moment, 1])
            moment += 1
    return learnt


@numba.njit(**SUM)
def _energy(values):  # type: ignore[no-untyped-def]  # see _products
    """Sums of the squares, and of the products of neighbours."""
    square, product = values[0] * values[0], 0.0
    late = values[1:]
    for i in range(len(late)):
        square += late[i] * late[i]
        product += late[i] * values[i]
    return square, product


NEAR = 0.05
"""Share of a guess within which a value is sought first: narrower misses it too often."""


@numba.njit(cache=True, nogil=True)
def quietest(blocks: Values, n_blocks: int, share: float, guess: Values) -> tuple[Values, Values]:
    """Power that this share of the blocks stays under, and the correlation of their samples.

    Parameters
    ----------
    blocks : ndarray, shape (2, n_channels, n_remembered)
        The ring of :func:`learn`.
    n_blocks : int
        How many have been added to it.
    share : float
    guess : ndarray, shape (n_channels,)
        Limits that may be near, such as those of a moment ago; only speed depends on them.

    Returns
    -------
    limit, correlation : ndarray, shape (n_channels,)
        NaN and 0 where all blocks of a channel are missing.
    """
    n_channels, n_seen = blocks.shape[1], min(n_blocks, blocks.shape[2])
    limits, correlations, kept = np.empty(n_channels), np.empty(n_channels), np.empty(n_seen)
    for k in range(n_channels):
        powers, products = blocks[0, k, :n_seen], blocks[1, k, :n_seen]
        limits[k] = _limit(powers, share, guess[k], kept)
        correlations[k] = _correlation(powers, products, limits[k])
    return limits, correlations


@numba.njit(**SUM)
def _correlation(powers, products, limit):  # type: ignore[no-untyped-def]  # see _products
    """Correlation of neighbouring samples in the blocks up to this power; 0 if there is none."""
    total = product = 0.0
    for i in range(len(powers)):
        under = powers[i] <= limit
        total += powers[i] if under else 0.0
        product += products[i] if under else 0.0
    return product / total if total > 0.0 else 0.0


@numba.njit(cache=True, nogil=True)
def _limit(values, share, guess, kept):  # type: ignore[no-untyped-def]  # see _products
    """Value that this share of those that are there stays under, first sought near `guess`.

    NaN if none is there; `kept` is room for them.
    """
    low, high = (1.0 - NEAR) * guess, (1.0 + NEAR) * guess
    present = below = near = 0
    for value in values:  # without a branch that may be mispredicted
        present += value == value
        below += value < low
        kept[near] = value
        near += (value >= low) & (value <= high)
    place = int(share * (present - 1))
    if below <= place < below + near:
        return _smallest(kept[:near], place - below)
    present = 0
    for value in values:
        kept[present] = value
        present += value == value
    return _smallest(kept[:present], place) if present else np.nan


@numba.njit(cache=True, nogil=True)
def _smallest(values, place):  # type: ignore[no-untyped-def]  # see _products
    """Value that would stand at this place in order (Hoare's selection); reorders the values."""
    low, high = 0, len(values) - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if place <= j:
            high = j
        elif place >= i:
            low = i
        else:
            break
    return values[place]
