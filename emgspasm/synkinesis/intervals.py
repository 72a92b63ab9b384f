"""How sure a number is: intervals of rates and shares, and the least change that counts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK = 30.0
"""Seconds of a block of the bootstrap: spasms cluster, so Poisson intervals lie (clinical
facts 5)."""

FEWEST_BLOCKS = 4
DRAWS, SEED = 2000, 20240518
Z95 = 1.959963984540054


def rate_interval(counts: ArrayLike, seconds: ArrayLike) -> tuple[float, float] | None:
    """95 % interval of a rate per minute by bootstrap of blocks (percentile method, fixed seed).

    Parameters
    ----------
    counts, seconds : array_like, shape (n_blocks,)
        Events and valid seconds of consecutive blocks.

    Returns
    -------
    (float, float) or None
        None where there are fewer than four blocks with valid time.
    """
    counts, seconds = np.asarray(counts, float), np.asarray(seconds, float)
    counts, seconds = counts[seconds > 0], seconds[seconds > 0]
    if len(counts) < FEWEST_BLOCKS:
        return None
    drawn = _draws(len(counts))
    low, high = np.percentile(60 * _sums(counts, drawn) / _sums(seconds, drawn), [2.5, 97.5])
    return float(low), float(high)


@lru_cache(maxsize=1)
def _draws(n_blocks: int) -> NDArray[np.unsignedinteger]:
    """Blocks of every draw, a row each, the same for all rates of a recording."""
    rng = np.random.default_rng(SEED)
    drawn = np.empty((DRAWS, n_blocks), np.min_scalar_type(n_blocks))
    for row in drawn:  # one after the other, for ten hours take 20 MB at once
        row[:] = rng.integers(0, n_blocks, n_blocks)
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
