"""Spans of samples, half open: what they have in common, what is left of them, what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]
Spans = Sequence[Span] | NDArray[np.int64]
"""Onsets and offsets, a row each."""


def length(spans: Spans) -> int:
    """Samples in spans that do not overlap."""
    table = rows(spans)
    return int((table[:, 1] - table[:, 0]).sum())


def overlaps(spans: Spans, valid: Spans) -> NDArray[np.int64]:
    """How many samples of each span lie in valid time."""
    table = rows(spans)
    return covered(table[:, 1], valid) - covered(table[:, 0], valid)


def covered(samples: NDArray[np.int64], spans: Spans) -> NDArray[np.int64]:
    """How many samples of the spans lie before each of these."""
    inside = joined(spans)
    whole = np.concatenate([[0], np.cumsum(inside[:, 1] - inside[:, 0])])
    begun = np.searchsorted(inside[:, 0], samples, side="right")
    last = np.concatenate([[0], inside[:, 1]])[begun]
    beyond: NDArray[np.int64] = np.where(begun > 0, np.maximum(last - samples, 0), 0)
    return whole[begun] - beyond


def common(first: Spans, second: Spans) -> NDArray[np.int64]:
    """Where spans of one and of the other overlap, in order; shape (n, 2)."""
    one, other = rows(first), rows(second)
    if len(one) == len(other) == 1:  # as in most recordings
        (onset, offset), (begin, end) = one[0], other[0]
        both = np.array([[max(onset, begin), min(offset, end)]])
        return both if both[0, 0] < both[0, 1] else both[:0]
    edges = np.unique(np.concatenate([one, other]))
    inside = np.flatnonzero(begins_in(edges, first) & begins_in(edges, second))
    return joined(np.stack([edges[inside], edges[inside + 1]], axis=1))  # none begins at the last


def outside(spans: Spans, holes: Spans) -> NDArray[np.int64]:
    """What is left of spans outside of others, in order; shape (n, 2)."""
    edges = np.unique(np.concatenate([rows(spans), rows(holes)]))
    left = np.flatnonzero(begins_in(edges, joined(spans)) & ~begins_in(edges, joined(holes)))
    return joined(np.stack([edges[left], edges[left + 1]], axis=1))  # none begins at the last


def in_turn(valid: Spans, spans: Iterable[Span]) -> list[NDArray[np.int64]]:
    """Valid time in each of some spans, without what one before it holds already."""
    found, held = [], rows([])
    for span in spans:
        found.append(outside(common(valid, [span]), held))
        held = np.concatenate([held, rows([span])])
    return found


def begins_in(onsets: NDArray[np.int64], valid: Spans) -> NDArray[np.bool_]:
    """Which of these samples lie in stretches of valid time."""
    limits = rows(valid)
    begun = np.searchsorted(np.sort(limits[:, 0]), onsets, side="right")
    ended = np.searchsorted(np.sort(limits[:, 1]), onsets, side="right")
    return np.asarray(begun > ended)


def joined(spans: Spans) -> NDArray[np.int64]:
    """Spans in order of onset, those that overlap or touch made one; shape (n, 2)."""
    table = rows(spans)
    if len(table) < 2:  # most recordings are one stretch
        return table
    table = table[np.argsort(table[:, 0], kind="stable")]
    stops = np.maximum.accumulate(table[:, 1])
    first = np.ones(len(table), np.bool_)
    first[1:] = table[1:, 0] > stops[:-1]
    last = np.roll(first, -1)
    return np.stack([table[first, 0], stops[last]], axis=1)


def rows(spans: Spans) -> NDArray[np.int64]:
    """Spans as an array of shape (n, 2)."""
    return np.asarray(spans, np.int64).reshape(-1, 2)
