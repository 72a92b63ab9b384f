"""How sure a number is: intervals of rates and shares, and the least change that counts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log, sqrt

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK = 30.0
"""Seconds of a block of the bootstrap: spasms cluster, so Poisson intervals lie (clinical
facts 5)."""

FEWEST_BLOCKS = 4
DRAWS, SEED = 2000, 20240518
AT_ONCE = 50
"""Draws made at once: all those of ten hours would take 20 MB."""

Z95 = 1.959963984540054
NONE = -log(0.025)
"""Events expected where there is none once in forty times."""


def rate_interval(counts: ArrayLike, seconds: ArrayLike) -> tuple[float, float] | None:
    """95 % interval of a rate per minute by bootstrap of blocks, see :func:`block_interval`.

    Without any event there is nothing to draw: the upper limit is then the rate under which a
    Poisson process has none in that time once in forty times, 3.689 events (Garwood 1936,
    Biometrika 28:437).

    Parameters
    ----------
    counts, seconds : array_like, shape (n_blocks,)
        Events and valid seconds of consecutive blocks.

    Returns
    -------
    (float, float) or None
        None where there are fewer than four blocks with valid time.
    """
    if np.count_nonzero(seconds) >= FEWEST_BLOCKS and not np.any(counts):
        return 0.0, 60 * NONE / float(np.asarray(seconds, dtype=float).sum())
    told = block_interval(counts, seconds)
    return told and (60 * told[0], 60 * told[1])


def block_interval(amounts: ArrayLike, seconds: ArrayLike) -> tuple[float, float] | None:
    """95 % interval of an amount per second by bootstrap of blocks (fixed seed).

    The expanded percentile interval, for percentiles of few blocks lie too close (Hesterberg 2015,
    The American Statistician 69(4):371): not the 2.5th, but that of a standard normal at
    -sqrt(n / (n - 1)) t, where t is the 97.5th percentile of Student's t of n - 1 degrees of
    freedom.

    Parameters
    ----------
    amounts, seconds : array_like, shape (n_blocks,)
        What happened in consecutive blocks, and their valid seconds.

    Returns
    -------
    (float, float) or None
        None where nothing happened, or there are fewer than four blocks with valid time.
    """
    amounts, seconds = np.asarray(amounts, float), np.asarray(seconds, float)
    amounts, seconds = amounts[seconds > 0], seconds[seconds > 0]
    if len(amounts) < FEWEST_BLOCKS or not amounts.any():
        return None
    drawn, tail = _draws(len(amounts)), _tail(len(amounts))
    low, high = np.percentile(_sums(amounts, drawn) / _sums(seconds, drawn), [tail, 100 - tail])
    return float(low), float(high)


def _tail(n_blocks: int) -> float:
    """Percent that an expanded percentile interval leaves out on either side."""
    from scipy.special import ndtr, stdtrit

    student = stdtrit(n_blocks - 1, 0.975)
    return 100 * float(ndtr(-sqrt(n_blocks / (n_blocks - 1)) * student))


@lru_cache(maxsize=1)
def _draws(n_blocks: int) -> NDArray[np.unsignedinteger]:
    """Blocks of every draw, a row each, the same for all rates of a recording."""
    rng = np.random.default_rng(SEED)
    drawn = np.empty((DRAWS, n_blocks), np.min_scalar_type(n_blocks))
    for rows in np.split(drawn, DRAWS // AT_ONCE):
        rows[:] = rng.integers(0, n_blocks, rows.shape)
    return drawn


@numba.njit(cache=True, nogil=True)
def _sums(values, drawn):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Sum of the values of every draw."""
    sums = np.zeros(len(drawn))
    for i in range(len(drawn)):
        for place in drawn[i]:
            sums[i] += values[place]
    return sums


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a probability (Wilson 1927), which holds for few trials too.

    Raises
    ------
    ValueError
        If there is no trial, or there are more successes than trials.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} trials; 0 <= successes <= trials, trials > 0")
    share, spread = successes / trials, Z95**2 / trials
    middle = (share + spread / 2) / (1 + spread)
    half = Z95 / (1 + spread) * sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def minimal_detectable_change(first: Sequence[float], second: Sequence[float]) -> float:
    """Change that repeated measurement alone exceeds once in twenty times.

    1.96 sqrt(2) SEM, where the standard error of measurement is the root mean square difference of
    repeated blocks over sqrt(2); clinical facts 5: the two rest blocks of a session.
    """
    differences = np.subtract(second, first)
    return Z95 * float(np.sqrt(np.mean(differences**2)))


def minimal_detectable_rate(
    first: Sequence[tuple[int, float]], second: Sequence[tuple[int, float]]
) -> float | None:
    """Minimal detectable change of a rate per minute.

    That of the rates, but no less than what counting makes, for two blocks may agree by chance:
    1.96 sqrt(n1 / T1**2 + n2 / T2**2), root mean square over the pairs. A count varies by at least
    its own size (Poisson), by more where events cluster.

    Parameters
    ----------
    first, second : sequence of (int, float)
        Events and minutes of repeated blocks.

    Returns
    -------
    float or None
        None without any event: how much their number varies is not known.
    """
    one, other = (np.asarray(blocks, float).reshape(-1, 2).T for blocks in (first, second))
    if not (one[0].any() or other[0].any()):
        return None
    counting = Z95 * float(np.sqrt(np.mean(one[0] / one[1] ** 2 + other[0] / other[1] ** 2)))
    told = minimal_detectable_change(list(one[0] / one[1]), list(other[0] / other[1]))
    return max(told, counting)
