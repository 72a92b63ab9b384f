"""Numbers of spasms and blinks: rates, shares of time, durations; never merged with amplitude.

A measure that the recording cannot carry is withheld, with the reason (clinical facts 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.synkinesis.measures.intervals import BLOCK, FEWEST_BLOCKS, rate_interval
from emgspasm.synkinesis.measures.spans import (
    Spans,
    begins_in,
    covered,
    joined,
    length,
    overlaps,
    rows,
)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number that is not given, and why."""

    measure: str
    reason: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How often, and for how long.

    Parameters
    ----------
    count : int
    rate : float or None
        Per minute of valid time.
    interval : (float, float) or None
        95 %, by the bootstrap standard error of blocks of 30 s.
    time_share : float or None
        Percent of valid time.
    durations : ndarray
        Milliseconds.
    withheld : tuple of Withheld
    """

    count: int
    rate: float | None
    interval: tuple[float, float] | None
    time_share: float | None
    durations: NDArray[np.float64]
    withheld: tuple[Withheld, ...] = ()


def occurrence(spans: Spans, valid: Spans, sampling_frequency: float) -> Occurrence:
    """How often and how long something happened in valid time.

    Parameters
    ----------
    spans : sequence of (int, int), or ndarray of int, shape (n, 2)
        Onsets and offsets; those that begin outside valid time do not count.
    valid : sequence of (int, int), or ndarray of int, shape (m, 2)
        First samples of the stretches of valid time, and the samples after their last.
    sampling_frequency : float
        Hertz.
    """
    fs = sampling_frequency
    table = rows(spans)
    counted = table[begins_in(table[:, 0], valid)]
    seconds = length(valid) / fs
    durations = 1000 * (counted[:, 1] - counted[:, 0]) / fs
    if seconds <= 0:
        return Occurrence(0, None, None, None, durations, (Withheld("rate", "no valid time"),))
    interval = rate_interval(*block_sums(counted[:, 0], valid, fs))
    withheld = () if interval else (
        Withheld("rate_ci", f"under {FEWEST_BLOCKS} blocks of {BLOCK:g} s of valid time"),
    )  # fmt: skip
    inside = int(overlaps(joined(counted), valid).sum())
    share = 100 * inside / length(valid)
    return Occurrence(
        len(counted), 60 * len(counted) / seconds, interval, share, durations, withheld
    )


def block_sums(
    onsets: NDArray[np.int64],
    valid: Spans,
    sampling_frequency: float,
    weights: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Number of events, or the sum of their weights, and valid seconds of consecutive blocks.

    Blocks are equal parts of valid time, of about 30 s: by the clock a block might hold a second of
    it, whose rate is no other block's equal. Parameters as of :func:`occurrence`; there must be
    valid time, and events begin in it.
    """
    total = length(valid)
    number = max(round(total / (BLOCK * sampling_frequency)), 1)
    edges = np.linspace(0, total, number + 1)
    sums = np.histogram(covered(onsets, valid), edges, weights=weights)[0].astype(float)
    return sums, np.diff(edges) / sampling_frequency


def brow_lift_index(
    eyes: NDArray[np.void], brows: NDArray[np.void], sampling_frequency: float
) -> tuple[int, int]:
    """Spasms of an eye that the frontalis joins within 50 ms, and all spasms of that eye.

    The "other Babinski sign" (clinical facts 2 [lit]: 68-86 % of hemifacial spasm, never in
    blepharospasm).

    Parameters
    ----------
    eyes, brows : structured ndarray
        Bursts of both muscles in hemifacial spasms: fields ``event`` and ``onset``.
    sampling_frequency : float
        Hertz.
    """
    total = len(np.unique(eyes["event"]))
    if not total or not len(brows):
        return 0, total
    # so far apart that the nearest is one of the same event, if that has any
    apart = int(max(eyes["onset"].max(), brows["onset"].max())) * 4 + 1
    place = np.sort(brows["event"] * apart + brows["onset"])
    sought = eyes["event"] * apart + eyes["onset"]
    after = np.searchsorted(place, sought)
    lags = np.minimum(
        np.abs(place[np.minimum(after, len(place) - 1)] - sought),
        np.abs(place[np.maximum(after - 1, 0)] - sought),
    )
    near = lags <= 0.05 * sampling_frequency
    return len(np.unique(eyes["event"][near])), total


def spread(stages: NDArray[np.int64], seen: Mapping[int, NDArray[np.bool_]]) -> int | None:
    """Stage that the spasms of a side have reached: each needs 10 % of them (clinical facts 5).

    Of those that could show it. None without a spasm.

    Parameters
    ----------
    stages : ndarray of int
        Of every spasm.
    seen : mapping of int to ndarray of bool
        By stage whether its region was seen when each spasm began; it was in one that reached it.
    """
    if not len(stages):
        return None
    told = {stage: stages[there | (stages >= stage)] for stage, there in seen.items()}
    reached = [s for s, shown in told.items() if len(shown) and np.mean(shown >= s) >= 0.1]
    return max(reached, default=0)
