"""Numbers of spasms and blinks: rates, shares of time, durations; never merged with amplitude.

A measure that the recording cannot carry is withheld, with the reason (clinical facts 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.synkinesis.measures.intervals import BLOCK, FEWEST_BLOCKS, rate_interval

Span = tuple[int, int]
Spans = Sequence[Span] | NDArray[np.int64]
"""Onsets and offsets, a row each."""


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
    table = _table(spans)
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


def length(spans: Spans) -> int:
    """Samples in spans that do not overlap."""
    table = _table(spans)
    return int((table[:, 1] - table[:, 0]).sum())


def overlaps(spans: Spans, valid: Spans) -> NDArray[np.int64]:
    """How many samples of each span lie in valid time."""
    table = _table(spans)
    return _covered(table[:, 1], valid) - _covered(table[:, 0], valid)


def _covered(samples: NDArray[np.int64], spans: Spans) -> NDArray[np.int64]:
    """How many samples of the spans lie before each of these."""
    inside = joined(spans)
    whole = np.concatenate([[0], np.cumsum(inside[:, 1] - inside[:, 0])])
    begun = np.searchsorted(inside[:, 0], samples, side="right")
    last = np.concatenate([[0], inside[:, 1]])[begun]
    beyond: NDArray[np.int64] = np.where(begun > 0, np.maximum(last - samples, 0), 0)
    return whole[begun] - beyond


def common(first: Spans, second: Spans) -> NDArray[np.int64]:
    """Where spans of one and of the other overlap, in order; shape (n, 2)."""
    one, other = _table(first), _table(second)
    if len(one) == len(other) == 1:  # as in most recordings
        (onset, offset), (begin, end) = one[0], other[0]
        both = np.array([[max(onset, begin), min(offset, end)]])
        return both if both[0, 0] < both[0, 1] else both[:0]
    edges = np.unique(np.concatenate([one, other]))
    inside = np.flatnonzero(begins_in(edges, first) & begins_in(edges, second))
    return joined(np.stack([edges[inside], edges[inside + 1]], axis=1))  # none begins at the last


def outside(spans: Spans, holes: Spans) -> NDArray[np.int64]:
    """What is left of spans outside of others, in order; shape (n, 2)."""
    edges = np.unique(np.concatenate([_table(spans), _table(holes)]))
    left = np.flatnonzero(begins_in(edges, joined(spans)) & ~begins_in(edges, joined(holes)))
    return joined(np.stack([edges[left], edges[left + 1]], axis=1))  # none begins at the last


def in_turn(valid: Spans, spans: Iterable[Span]) -> list[NDArray[np.int64]]:
    """Valid time in each of some spans, without what one before it holds already."""
    found, held = [], _table([])
    for span in spans:
        found.append(outside(common(valid, [span]), held))
        held = np.concatenate([held, _table([span])])
    return found


def begins_in(onsets: NDArray[np.int64], valid: Spans) -> NDArray[np.bool_]:
    """Which of these samples lie in stretches of valid time."""
    limits = _table(valid)
    begun = np.searchsorted(np.sort(limits[:, 0]), onsets, side="right")
    ended = np.searchsorted(np.sort(limits[:, 1]), onsets, side="right")
    return np.asarray(begun > ended)


def joined(spans: Spans) -> NDArray[np.int64]:
    """Spans in order of onset, those that overlap or touch made one; shape (n, 2)."""
    table = _table(spans)
    if len(table) < 2:  # most recordings are one stretch
        return table
    table = table[np.argsort(table[:, 0], kind="stable")]
    stops = np.maximum.accumulate(table[:, 1])
    first = np.ones(len(table), np.bool_)
    first[1:] = table[1:, 0] > stops[:-1]
    last = np.roll(first, -1)
    return np.stack([table[first, 0], stops[last]], axis=1)


def _table(spans: Spans) -> NDArray[np.int64]:
    return np.asarray(spans, np.int64).reshape(-1, 2)


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
    sums = np.histogram(_covered(onsets, valid), edges, weights=weights)[0].astype(float)
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
