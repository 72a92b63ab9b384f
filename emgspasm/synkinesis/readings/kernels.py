"""Sums over a stretch of filtered samples, compiled: one pass over all channels."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP, SUM, copy

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
    power, product = np.empty(len(samples)), np.empty((len(samples), LAGS))
    _survey(samples, start, stop, column, power, product)
    return power, product


@numba.njit(**LOOP)
def _survey(samples, start, stop, column, power, product):
    """Fill in what :func:`survey` returns."""
    n_samples, x = stop - start, samples[column, start:stop]
    for k in range(len(samples)):
        y = samples[k, start:stop]
        before, here, after, square = _products(x, y)
        if before + here + after + square == before + here + after + square and n_samples > 1:
            power[k] = square / n_samples
            product[k, 0] = before / (n_samples - 1)
            product[k, 1] = here / n_samples
            product[k, 2] = after / (n_samples - 1)
        else:
            power[k] = _of_present(x, y, product[k])


@numba.njit(**SUM)
def _products(x, y):
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


@numba.njit(**LOOP)
def _of_present(x, y, product):
    """Mean square of y, and the mean products, over what is there, where samples are missing."""
    power, n_present = 0.0, 0
    for i in range(len(y)):
        if y[i] == y[i]:
            power += y[i] * y[i]
            n_present += 1
    for lag in range(LAGS):
        total, count = 0.0, 0
        for i in range(max(1 - lag, 0), min(len(y), len(y) + 1 - lag)):
            z = x[i] * y[i + lag - 1]
            if z == z:
                total += z
                count += 1
        product[lag] = total / max(count, 1)
    return power / n_present if n_present else np.nan


@numba.njit(**LOOP)
def loudest(values: Values, size: int) -> float:
    """Mean square of the strongest whole block of so many samples; NaN if one is missing.

    What is shorter than a block counts as one; 0 of nothing.
    """
    most = total = 0.0
    size = max(min(size, len(values)), 1)
    for first in range(0, len(values) - size + 1, size):
        power = _square(values[first : first + size])
        most = max(most, power)
        total += power
    return most / size if total == total else np.nan


@numba.njit(**SUM)
def _square(values):
    """Sum of the squares."""
    total = 0.0
    for i in range(len(values)):
        total += values[i] * values[i]
    return total


@numba.njit(**SUM)
def repeated(values: Values, first: int, lag: int) -> float:
    """Share of the power from index `first` on that repeats what was `lag` samples before.

    1 of what is the same, 0 of noise; of a wave beneath something louder, no more than its share.
    """
    product = power = 0.0
    now, before = values[first:], values[first - lag :]
    for i in range(len(now)):  # without a branch: several at once
        both = before[i] * now[i]
        there = both == both
        product += both if there else 0.0
        power += before[i] * before[i] + now[i] * now[i] if there else 0.0
    return 2.0 * product / power if power > 0.0 else 0.0


@numba.njit(**SUM)
def mean_product(values: Values, first: int, stop: int, lag: int) -> float:
    """Mean product of these values and those `lag` samples before; 0 of none."""
    product, known = 0.0, 0
    now, before = values[first:stop], values[first - lag : stop - lag]
    for i in range(len(now)):  # without a branch: several at once
        both = before[i] * now[i]
        there = both == both
        product += both if there else 0.0
        known += there
    return product / known if known else 0.0


@numba.njit(**SUM)
def mean_change(values: Values, first: int, stop: int, lag: int) -> float:
    """Mean square of what these values differ from those `lag` samples before; 0 of none."""
    change, known = 0.0, 0
    now, before = values[first:stop], values[first - lag : stop - lag]
    for i in range(len(now)):  # without a branch: several at once
        apart = now[i] - before[i]
        there = apart == apart
        change += apart * apart if there else 0.0
        known += there
    return change / known if known else 0.0


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
        best, place = _best_fit(rest, step)
        for i in range(n):
            rest[place + i] -= best / unit * step[i]
    return 1.0 - np.sum(rest * rest) / energy


@numba.njit(**LOOP)
def _best_fit(values, step):
    """Largest product of the step with a stretch of the values, and where that begins."""
    best, place = 0.0, 0
    for k in range(len(values) - len(step)):
        product = _product(values[k:], step)
        if abs(product) > abs(best):
            best, place = product, k
    return best, place


@numba.njit(**SUM)
def _product(values, step):
    """Sum of the products with the values that come first."""
    total = 0.0
    for i in range(len(step)):
        total += values[i] * step[i]
    return total
