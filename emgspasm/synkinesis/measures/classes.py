"""The class of a spasm, from when any of its muscles is active (clinical facts 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from emgspasm.dsp.rates import DURATIONS
from emgspasm.stream import Burst

MERGE = 0.030
"""Seconds; shorter gaps are inside one contraction (clinical facts 4)."""

DIP = 0.060
"""Seconds up to which a gap beside a tonic contraction is a dip of it, where the sampling frequency
tells durations to 20 ms only (clinical facts 4) [sim]."""

TONIC = 0.5
"""Seconds of continuous contraction that make a spasm tonic (clinical facts 4)."""

FUSED, FUSED_SHARE = 1.0, 0.7
"""Seconds and active share of a fused train of bursts, tonic as well (clinical facts 4)."""

SpasmClass = Literal["isolated", "grouped", "tonic", "combined"]
CLASSES: tuple[SpasmClass, ...] = get_args(SpasmClass)
Stretch = tuple[int, int]


def stretches(bursts: Iterable[Burst], gap: float) -> list[Stretch]:
    """Onset and offset of what is left when bursts closer than `gap` samples are joined."""
    joined: list[Stretch] = []
    for onset, offset in sorted([(burst.onset, burst.offset) for burst in bursts]):
        if not joined or onset - joined[-1][1] >= gap:
            joined.append((onset, offset))
        elif offset > joined[-1][1]:
            joined[-1] = joined[-1][0], offset
    return joined


def active(bursts: Sequence[Burst], gap: float) -> list[Stretch]:
    """Stretches in which more than half of a spasm's muscles are active, and those of few alone.

    Of two muscles both must be active, so that a pause in one parts the stretch. A stretch in which
    there are never more than half counts whole.
    """
    least = len({burst.channel for burst in bursts}) // 2 + 1
    edges = sorted([(b.onset, 1) for b in bursts] + [(b.offset, -1) for b in bursts])
    found: list[Stretch] = []
    count, start = 0, 0
    for sample, step in edges:
        if step > 0 and count == least - 1:
            start = sample
        elif step < 0 and count == least and sample > start:
            if found and start - found[-1][1] < gap:
                found[-1] = found[-1][0], sample
            else:
                found.append((start, sample))
        count += step
    few = [
        (start, stop)
        for start, stop in stretches(bursts, gap)
        if not any(a < stop and start < b for a, b in found)
    ]
    return sorted(found + few)


def _without_dips(parts: Sequence[Stretch], sampling_frequency: float) -> list[Stretch]:
    """Join stretches with a short gap between them, one of which is tonic by itself."""
    joined: list[Stretch] = []
    for start, stop in parts:
        longest = max(stop - start, joined[-1][1] - joined[-1][0]) if joined else 0
        dips = joined and start - joined[-1][1] < DIP * sampling_frequency
        if dips and longest >= TONIC * sampling_frequency:
            joined[-1] = joined[-1][0], stop
        else:
            joined.append((start, stop))
    return joined


def spasm_class(bursts: Sequence[Burst], sampling_frequency: float) -> SpasmClass:
    """Isolated (one contraction), grouped, tonic or combined (tonic and others beside it).

    A spasm of a second and more that is active for over 70 % of it is fused: tonic. Any muscle
    counts; at a sampling frequency (Hz) too low to see short pauses in each, most of them.
    """
    gap = MERGE * sampling_frequency
    if sampling_frequency >= DURATIONS:
        parts = stretches(bursts, gap)
    else:
        parts = _without_dips(active(bursts, gap), sampling_frequency)
    long = [b - a >= TONIC * sampling_frequency for a, b in parts]
    if len(parts) == 1:
        return "tonic" if long[0] else "isolated"
    if any(long):
        return "combined"
    span = parts[-1][1] - parts[0][0]
    total = sum(b - a for a, b in parts)
    fused = span >= FUSED * sampling_frequency and total > FUSED_SHARE * span
    return "tonic" if fused else "grouped"
