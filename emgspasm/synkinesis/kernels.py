"""Sums over a stretch of filtered samples, compiled: one pass over all channels."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

LAGS = 3
"""Cross products are taken at lags of -1, 0 and 1 sample."""


@numba.njit(cache=True, nogil=True)
def survey(rows: Values, column: int) -> tuple[Values, Values]:
    """Mean squares of all channels, and how one of them goes along with each.

    Parameters
    ----------
    rows : ndarray, shape (n_samples, n_channels)
        Filtered samples; a row that misses a channel counts for no pair with it.
    column : int
        The channel that is compared.

    Returns
    -------
    power : ndarray, shape (n_channels,)
        Mean squares; NaN without a sample.
    product : ndarray, shape (n_channels, 3)
        Mean of ``x[i] * y[i + lag]``, x the channel compared, for lags -1, 0 and 1.
    """
    n_samples, n_channels = rows.shape
    sums = _sums(rows, column)
    if np.isnan(sums).any():
        power, product = _survey_of_present(rows, column)
        return power, product
    power = np.empty(n_channels)
    product = np.zeros((n_channels, LAGS))
    for k in range(n_channels):
        power[k] = sums[LAGS, k] / n_samples if n_samples else np.nan
        for lag in range(LAGS):
            count = n_samples - abs(lag - 1)
            product[k, lag] = sums[lag, k] / count if count > 0 else 0.0
    return power, product


@numba.njit(cache=True, nogil=True)
def _sums(rows, column):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Sums of the products at each lag, then of the squares, a row each; NaN if one is missing.

    The innermost loops run over channels, side by side in memory: the compiler makes them one
    instruction for several.
    """
    n_samples, n_channels = rows.shape
    before, here, after, squares = np.zeros((LAGS + 1, n_channels))
    for j in range(n_samples):
        x = rows[j, column]
        for k in range(n_channels):
            here[k] += x * rows[j, k]
        for k in range(n_channels):
            squares[k] += rows[j, k] * rows[j, k]
        if j + 1 < n_samples:
            x = rows[j + 1, column]
            for k in range(n_channels):
                before[k] += x * rows[j, k]
        if j > 0:
            x = rows[j - 1, column]
            for k in range(n_channels):
                after[k] += x * rows[j, k]
    return np.stack((before, here, after, squares))


@numba.njit(cache=True, nogil=True)
def _survey_of_present(rows, column):  # type: ignore[no-untyped-def]  # see _sums
    """The same over what is there, where samples are missing."""
    n_samples, n_channels = rows.shape
    power = np.zeros(n_channels)
    product = np.zeros((n_channels, LAGS))
    counts = np.zeros((n_channels, LAGS + 1))
    for i in range(n_samples):
        x = rows[i, column]
        for k in range(n_channels):
            y = rows[i, k]
            if y == y:
                power[k] += y * y
                counts[k, LAGS] += 1
            for lag in range(LAGS):
                j = i + lag - 1
                if 0 <= j < n_samples:
                    z = x * rows[j, k]
                    if z == z:
                        product[k, lag] += z
                        counts[k, lag] += 1
    for k in range(n_channels):
        power[k] = power[k] / counts[k, LAGS] if counts[k, LAGS] else np.nan
        for lag in range(LAGS):
            product[k, lag] = product[k, lag] / counts[k, lag] if counts[k, lag] else 0.0
    return power, product


@numba.njit(cache=True, nogil=True)
def similarity(values: Values, lag: int) -> float:
    """Autocorrelation of a stretch at a lag in samples; 0 where the stretch is too short."""
    product = energy = late = 0.0
    for i in range(len(values) - lag):
        a, b = values[i], values[i + lag]
        if a == a and b == b:
            product += a * b
            energy += a * a
            late += b * b
    return product / np.sqrt(energy * late) if energy > 0.0 and late > 0.0 else 0.0


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
    rest[lead : lead + len(values)] = values
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
    rows: Values, size: int, blocks: Values, n_blocks: int, pace: int, share: float, limit: Values
) -> Values:
    """Remember how strong whole blocks are, and learn at a steady pace how quiet it gets.

    Parameters
    ----------
    rows : ndarray, shape (n * size, n_channels)
        Filtered samples.
    size : int
        Samples of a block.
    blocks : ndarray, shape (2, n_channels, n_remembered)
        A ring of the mean squares of blocks and of the mean products of their neighbouring
        samples, NaN where a sample is missing; updated in place.
    n_blocks : int
        How many have been added before.
    pace : int
        Blocks from one moment of learning to the next.
    share, limit
        See :func:`quietest`; `limit` is its guess, updated in place.

    Returns
    -------
    ndarray, shape (n_moments, 2, n_channels)
        What :func:`quietest` tells at every moment reached.
    """
    n_new, n_channels = len(rows) // size, rows.shape[1]
    learnt = np.empty(((n_blocks + n_new) // pace - n_blocks // pace, 2, n_channels))
    squares, products = np.empty((2, n_channels))
    moment = 0
    for block in range(n_new):
        first = block * size
        for k in range(n_channels):
            squares[k] = rows[first, k] ** 2
            products[k] = 0.0
        for i in range(first + 1, first + size):
            for k in range(n_channels):
                squares[k] += rows[i, k] ** 2
                products[k] += rows[i, k] * rows[i - 1, k]
        place, total = (n_blocks + block) % blocks.shape[2], n_blocks + block + 1
        blocks[0, :, place] = squares / size
        blocks[1, :, place] = products / (size - 1)
        if total % pace == 0:
            seen = blocks[:, :, : min(total, blocks.shape[2])]
            limit[:], learnt[moment, 1] = quietest(seen[0], seen[1], share, limit)
            learnt[moment, 0] = limit
            moment += 1
    return learnt


NEAR = 0.05
"""Share of a guess within which a value is sought first: narrower misses it too often."""


@numba.njit(cache=True, nogil=True)
def quietest(
    powers: Values, products: Values, share: float, guess: Values
) -> tuple[Values, Values]:
    """Power that this share of the blocks stays under, and the correlation of their samples.

    Parameters
    ----------
    powers, products : ndarray, shape (n_channels, n_blocks)
        The blocks of :func:`learn`.
    share : float
    guess : ndarray, shape (n_channels,)
        Limits that may be near, such as those of a moment ago; only speed depends on them.

    Returns
    -------
    limit, correlation : ndarray, shape (n_channels,)
        NaN and 0 where all blocks of a channel are missing.
    """
    n_channels, n_blocks = powers.shape
    limits, correlations = np.full(n_channels, np.nan), np.zeros(n_channels)
    kept, beside = np.empty((2, n_blocks))
    for k in range(n_channels):
        limit = limits[k] = _limit(powers[k], share, guess[k], kept)
        count = 0
        for i in range(n_blocks):
            kept[count], beside[count] = powers[k, i], products[k, i]
            count += powers[k, i] <= limit
        total = product = 0.0
        for i in range(count):
            total += kept[i]
            product += beside[i]
        correlations[k] = product / total if total > 0.0 else 0.0
    return limits, correlations


@numba.njit(cache=True, nogil=True)
def _limit(values, share, guess, kept):  # type: ignore[no-untyped-def]  # see _sums
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
def _smallest(values, place):  # type: ignore[no-untyped-def]  # see _sums
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
