"""How sure a number is: intervals of rates and shares, and the least change that counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK = 30.0
"""Seconds of a block: spasms cluster, so Poisson intervals lie (clinical facts 5)."""

FEWEST_BLOCKS = 4

Z95 = 1.959963984540054
NONE = -log(0.025)
"""Events expected where there is none once in forty times."""


def rate_interval(counts: ArrayLike, seconds: ArrayLike) -> tuple[float, float] | None:
    """95 % interval of a rate per minute from blocks, see :func:`block_interval`.

    It is no narrower than counting makes: the count of a process varies by its own size at least
    (Poisson), and few blocks may agree by chance. Without any event blocks tell nothing: the upper
    limit is then the rate under which a Poisson process has none in that time once in forty times,
    3.689 events (Garwood 1936, Biometrika 28:437).

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
    told = block_interval(counts, seconds, least=1.0)
    return told and (60 * told[0], 60 * told[1])


def block_interval(
    amounts: ArrayLike, seconds: ArrayLike, least: float = 0.0
) -> tuple[float, float] | None:
    """95 % interval of an amount per second by the bootstrap standard error of blocks.

    What bootstrap of blocks tells of the standard error has a closed form, so nothing is drawn: the
    dispersion ``sum((a - r s)**2 / (r s)) / (n - 1)`` of n blocks of s seconds is n / (n - 1) times
    the variance that all draws have, over r s. Percentiles of draws cannot reach beyond the least
    and the largest block, which hold the truth in 7 of 8 recordings of four; so it is multiplied by
    the square of Student's t (Hesterberg 2015, The American Statistician 69(4):371). The
    interval is that of the score: all rates r from which the sum over T seconds lies at most
    ``sqrt(dispersion * r T)`` away, as Wilson's of a share (Rao 1948; variance in proportion to the
    mean, McCullagh & Nelder 1989, 9). It never reaches 0 where something happened.

    Parameters
    ----------
    amounts, seconds : array_like, shape (n_blocks,)
        What happened in consecutive blocks, and their valid seconds.
    least : float
        Dispersion that is known to be there, in the unit of the amounts.

    Returns
    -------
    (float, float) or None
        None where nothing happened, or there are fewer than four blocks with valid time.
    """
    amounts, seconds = np.asarray(amounts, float), np.asarray(seconds, float)
    amounts, seconds = amounts[seconds > 0], seconds[seconds > 0]
    if len(amounts) < FEWEST_BLOCKS or not amounts.any():
        return None
    total, time = float(amounts.sum()), float(seconds.sum())
    spread = max(_student(len(amounts) - 1) ** 2 * dispersion(amounts, seconds), Z95**2 * least)
    middle, half = total + spread / 2, sqrt(spread * (total + spread / 4))
    return (middle - half) / time, (middle + half) / time


def dispersion(amounts: NDArray[np.float64], seconds: NDArray[np.float64]) -> float:
    """Variance of blocks over their mean (Pearson): 1 of counts that come by chance."""
    expected = amounts.sum() / seconds.sum() * seconds
    return float(np.sum((amounts - expected) ** 2 / expected)) / (len(amounts) - 1)


def counting_errors(
    stretches: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> float:
    """How many standard errors of Poisson counts hold a rate in 95 %.

    1.96, or where events cluster Student's t times the root of the dispersion of 30 s blocks,
    pooled over stretches whose rates may differ; of four such differences or more.

    Parameters
    ----------
    stretches : sequence of (ndarray, ndarray)
        Events and valid seconds of the blocks of each.
    """
    degrees = sum(len(counts) - 1 for counts, _ in stretches)
    if degrees < FEWEST_BLOCKS:
        return Z95
    told = [(c, s) for c, s in stretches if len(c) > 1 and c.any()]
    pooled = sum((len(c) - 1) * dispersion(c, s) for c, s in told) / degrees
    return max(Z95, _student(degrees) * sqrt(pooled))


def _student(degrees: int) -> float:
    """97.5th percentile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a probability (Wilson 1927), which holds for few trials too, if not none."""
    share, spread = successes / trials, Z95**2 / trials
    middle = (share + spread / 2) / (1 + spread)
    half = Z95 / (1 + spread) * sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def minimal_detectable_change(first: Sequence[float], second: Sequence[float]) -> float:
    """Change that repeated measurement alone exceeds once in twenty times, as far as pairs tell.

    Of three pairs it is once in seven, of ten once in thirteen (Student's t).

    1.96 sqrt(2) SEM, where the standard error of measurement is the root mean square difference of
    repeated blocks over sqrt(2); clinical facts 5: the two rest blocks of a session.
    """
    differences = np.subtract(second, first)
    return Z95 * float(np.sqrt(np.mean(differences**2)))


def minimal_detectable_rate(
    first: Sequence[tuple[int, float]],
    second: Sequence[tuple[int, float]],
    errors: float = Z95,
) -> float | None:
    """Minimal detectable change of a rate per minute.

    That of the rates, but no less than what counting makes, for two blocks may agree by chance:
    1.96 sqrt(n1 / T1**2 + n2 / T2**2), root mean square over the pairs. A count varies by at least
    its own size (Poisson), by more where events cluster: of one pair, whose difference says little,
    :func:`counting_errors` tell how much.

    Parameters
    ----------
    first, second : sequence of (int, float)
        Events and minutes of repeated blocks.
    errors : float
        Standard errors of Poisson counts that count.

    Returns
    -------
    float or None
        None without any event: how much their number varies is not known.
    """
    one, other = (np.asarray(blocks, float).reshape(-1, 2).T for blocks in (first, second))
    if not (one[0].any() or other[0].any()):
        return None
    counting = errors * float(np.sqrt(np.mean(one[0] / one[1] ** 2 + other[0] / other[1] ** 2)))
    told = minimal_detectable_change(list(one[0] / one[1]), list(other[0] / other[1]))
    return max(told, counting)
