"""What one burst is, by what its own samples say of both sides and of its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from emgspasm.synkinesis.acts import overlap
from emgspasm.synkinesis.laterality import DOUBTFUL, UNILATERAL
from emgspasm.synkinesis.reading import Reading

Verdict = Literal["copy", "artifact", "both", "one", "minor", "unknown"]

LEANING = 0.3
"""LI from which a muscle whose other side shows no burst may be one of one side [sim]."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What tells bursts apart.

    Parameters
    ----------
    synchrony : float
        Seconds within which muscles begin together: the 15 ms of clinical facts 2 and the error
        of two detected onsets [design].
    blink : float
        Longest blink in seconds (clinical facts 2).
    along : float
        Seconds within which a synkinesis follows the movement (clinical facts 4).
    slowest : float
        Hz under which a burst is no muscle's [sim]; where the band ends under 180 Hz, 0.45 of it.
    hum : float
        Autocorrelation at the mains from which a burst is hum [sim].
    """

    synchrony: float = 0.025
    blink: float = 0.4
    along: float = 0.150
    slowest: float = 81.0
    hum: float = 0.4


def verdict(reading: Reading, cluster: Sequence[Reading], rules: Rules, fs: float) -> Verdict:
    """What one burst is, by its own samples."""
    if reading.explanation.copy:
        return "copy"
    if reading.frequency < min(rules.slowest, 0.45 * 0.45 * fs) or reading.hum >= rules.hum:
        return "artifact"
    if reading.opposite != reading.opposite or not reading.site.side:
        return "unknown"
    partners = [r for r in cluster if opposes(r, reading)]
    quiet = reading.opposite_silent and not partners
    if reading.li >= UNILATERAL or (quiet and reading.li >= DOUBTFUL):
        return "one"
    if reading.li <= -UNILATERAL:
        return "minor"
    return "both"


def sides_with(
    reading: Reading, one: list[Reading], cluster: Sequence[Reading], rules: Rules, fs: float
) -> bool:
    """Whether a burst that leans to its side, alone in its muscle, begins with others of it."""
    return (
        reading.li >= LEANING
        and not any(opposes(r, reading) for r in cluster)
        and accompanied(reading, (r for r in one if r.site.side == reading.site.side), rules, fs)
    )


def opposes(other: Reading, reading: Reading) -> bool:
    """Whether it is a true burst of the same muscle on the other side, at the same time."""
    return (
        other.site.column == reading.site.opposite
        and not other.explanation.copy
        and overlap(other, reading) > 0
    )


def accompanied(reading: Reading, others: Iterable[Reading], rules: Rules, fs: float) -> bool:
    """Whether another muscle begins with it."""
    return any(
        other.site.muscle != reading.site.muscle
        and abs(other.onset - reading.onset) <= rules.synchrony * fs
        for other in others
    )
