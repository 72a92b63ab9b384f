"""Agreement of two raters beyond chance: Cohen's kappa and the intraclass correlation ICC(2,1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgspasm.synkinesis.measures.intervals import BLOCK

EPOCH = 1.0
"""Seconds in which two raters are compared yes or no: longer than most spasms, shorter than the
pauses between them [design]."""


def cohen_kappa(first: ArrayLike, second: ArrayLike) -> float:
    """Cohen's kappa of two raters who put the same items into categories.

    (p_o - p_e) / (1 - p_e), where p_o is the share of items they agree on and p_e the share they
    would agree on by chance (Cohen 1960).

    Parameters
    ----------
    first, second : array_like, shape (n_items,)
        Categories of any kind.

    Returns
    -------
    float
        1 is perfect, 0 is chance; NaN without items, or where both only know one and the same
        category.
    """
    a, b = np.asarray(first), np.asarray(second)
    if not len(a):
        return np.nan
    categories = np.union1d(a, b)
    chance = sum(float(np.mean(a == c)) * float(np.mean(b == c)) for c in categories)
    if chance >= 1:
        return np.nan
    return (float(np.mean(a == b)) - chance) / (1 - chance)


def icc_2_1(ratings: ArrayLike) -> float:
    """Intraclass correlation ICC(2,1): two-way random effects, absolute agreement, one rater.

    (MS_R - MS_E) / (MS_R + (k - 1) MS_E + k (MS_C - MS_E) / n), Shrout & Fleiss 1979.

    Parameters
    ----------
    ratings : array_like, shape (n_items, n_raters)
        Of two raters and more.

    Returns
    -------
    float
        NaN with fewer than two items, or where all ratings are the same.
    """
    x = np.asarray(ratings, float)
    n, k = x.shape
    if n < 2:
        return np.nan
    rows, columns, mean = x.mean(axis=1), x.mean(axis=0), x.mean()
    between_rows = k * np.sum((rows - mean) ** 2) / (n - 1)
    between_columns = n * np.sum((columns - mean) ** 2) / (k - 1)
    residual = x - rows[:, None] - columns[None] + mean
    error = np.sum(residual**2) / ((n - 1) * (k - 1))
    whole = between_rows + (k - 1) * error + k * (between_columns - error) / n
    return float((between_rows - error) / whole) if whole > 0 else np.nan


def epochs(intervals: NDArray[np.float64], seconds: float) -> NDArray[np.bool_]:
    """Whether something goes on in each epoch of :data:`EPOCH` seconds.

    Parameters
    ----------
    intervals : ndarray, shape (n, 2)
        Onset and offset in seconds.
    seconds : float
        What is compared, from 0.
    """
    count = max(int(np.ceil(seconds / EPOCH)), 1)
    seen = np.zeros(count, np.bool_)
    for onset, offset in intervals:
        first = int(np.clip(onset / EPOCH, 0, count - 1))
        last = int(np.clip(np.ceil(offset / EPOCH), first + 1, count))
        seen[first:last] = True
    return seen


def counts(intervals: NDArray[np.float64], seconds: float) -> NDArray[np.int64]:
    """Events that begin in each of equal blocks of about :data:`BLOCK` seconds.

    In a remainder of a second both raters count next to nothing: a block unlike all others, on
    which they agree.
    """
    edges = np.linspace(0.0, max(seconds, 0.0), max(round(seconds / BLOCK), 1) + 1)
    return np.histogram(intervals[:, 0], edges)[0]


def agreement(
    pairs: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], seconds: float
) -> tuple[float, float]:
    """Kappa over epochs of a second, and ICC(2,1) of the counts in :func:`counts`.

    Parameters
    ----------
    pairs : sequence of (ndarray, ndarray), each of shape (n, 2)
        For each channel onset and offset, in seconds, of the events of either rater; the epochs
        and blocks of all channels are pooled.
    seconds : float
        What both looked at, from 0.
    """
    seen = [np.concatenate([epochs(pair[i], seconds) for pair in pairs]) for i in (0, 1)]
    told = [np.concatenate([counts(pair[i], seconds) for pair in pairs]) for i in (0, 1)]
    return cohen_kappa(*seen), icc_2_1(np.stack(told, axis=1))
