"""Numbers of spasms and blinks: rates, shares of time, durations; never merged with amplitude.

A measure that the recording cannot carry is withheld, with the reason (clinical facts 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Event
from emgspasm.synkinesis.classes import stretches
from emgspasm.synkinesis.intervals import BLOCK, FEWEST_BLOCKS, rate_interval

HEMIFACIAL = frozenset({"isolated", "grouped", "tonic", "combined"})

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number that is not told, and why."""

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
        95 %, by bootstrap of blocks of 30 s.
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


def is_hemifacial(event: Event) -> bool:
    """Whether an event is a hemifacial spasm: of one side, no myokymia, no blepharospasm."""
    return event.trial_type == "spasm" and event.label in HEMIFACIAL


def occurrence(
    spans: Sequence[Span], valid: Sequence[Span], sampling_frequency: float
) -> Occurrence:
    """How often and how long something happened in valid time.

    Parameters
    ----------
    spans : sequence of (int, int)
        Onsets and offsets; those that begin outside valid time do not count.
    valid : sequence of (int, int)
        First and last-but-one samples of the stretches of valid time, in order.
    sampling_frequency : float
        Hertz.
    """
    fs = sampling_frequency
    counted = [s for s in spans if any(a <= s[0] < b for a, b in valid)]
    seconds = sum(b - a for a, b in valid) / fs
    durations = np.array([1000 * (b - a) / fs for a, b in counted])
    if seconds <= 0:
        return Occurrence(0, None, None, None, durations, (Withheld("rate", "no valid time"),))
    interval = rate_interval(*_blocks(counted, valid, fs))
    withheld = () if interval else (
        Withheld("rate_ci", f"under {FEWEST_BLOCKS} blocks of {BLOCK:g} s of valid time"),
    )  # fmt: skip
    inside = sum(max(0, min(b, d) - max(a, c)) for a, b in _joined(counted) for c, d in valid)
    share = 100 * inside / fs / seconds
    return Occurrence(
        len(counted), 60 * len(counted) / seconds, interval, share, durations, withheld
    )


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for a, b in sorted(spans):
        if joined and a <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(b, joined[-1][1])
        else:
            joined.append((a, b))
    return joined


def _blocks(
    spans: Sequence[Span], valid: Sequence[Span], fs: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Events and valid seconds of consecutive blocks."""
    stop = max(b for _, b in valid)
    size = round(BLOCK * fs)
    edges = np.arange(min(a for a, _ in valid), stop + size, size)
    counts, _ = np.histogram([a for a, _ in spans], edges)
    seconds = np.zeros(len(edges) - 1)
    for a, b in valid:
        seconds += np.clip(np.minimum(edges[1:], b) - np.maximum(edges[:-1], a), 0, None) / fs
    return counts.astype(float), seconds


def within(valid: Sequence[Span], window: Span) -> list[Span]:
    """The part of valid time inside a window."""
    cut = [(max(a, window[0]), min(b, window[1])) for a, b in valid]
    return [(a, b) for a, b in cut if b > a]


def overlap_share(events: Iterable[Event], channel: int, gap: float = 0.0) -> list[Span]:
    """Stretches in which a channel takes part in events."""
    return stretches((b for e in events for b in e.bursts if b.channel == channel), gap)


def brow_lift_index(
    events: Iterable[Event], eye: int, brow: int, sampling_frequency: float
) -> tuple[int, int]:
    """Spasms of an eye that the frontalis joins within 50 ms, and all spasms of that eye.

    The "other Babinski sign" (clinical facts 2 [lit]: 68-86 % of hemifacial spasm, never in
    blepharospasm).
    """
    joined = total = 0
    for event in events:
        eyes = [b.onset for b in event.bursts if b.channel == eye]
        brows = [b.onset for b in event.bursts if b.channel == brow]
        if eyes:
            total += 1
            lags = np.abs(np.subtract.outer(eyes, brows))
            joined += bool(brows) and float(lags.min()) <= 0.05 * sampling_frequency
    return joined, total


def spread(stages: Sequence[int]) -> int | None:
    """Stage that the spasms of a side have reached: each needs 10 % of them (clinical facts 5).

    None without a spasm.
    """
    if not stages:
        return None
    reached = [s for s in range(1, 5) if np.mean(np.array(stages) >= s) >= 0.1]
    return max(reached, default=0)
