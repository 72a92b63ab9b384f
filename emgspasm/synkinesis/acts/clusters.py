"""Clusters: bursts of all muscles that overlap in time, and are judged together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from emgspasm.synkinesis.markers import ENDLESS
from emgspasm.synkinesis.readings.reading import Reading

GAP = 0.010
"""Seconds; bursts that begin later than this after all others ended are another cluster."""

LONGEST = 20.0
"""Seconds after which a cluster that never pauses is cut [design]."""


@dataclass(slots=True)
class Cluster:
    """Bursts that overlap, in order of onset.

    Parameters
    ----------
    gap, longest : int
        A burst that begins later than `gap` samples after the end of all others is of another
        cluster, and so is one that begins later than `longest` samples after the first.
    readings : list of Reading
    closing : int
        Sample at which nothing can join any more.
    latest : int
        Last sample at which a burst may begin that joins, though it never paused.
    """

    gap: int
    longest: int
    readings: list[Reading] = field(default_factory=list)
    closing: int = 0
    latest: int = ENDLESS

    @classmethod
    def at(cls, fs: float) -> Self:
        """Empty cluster at a sampling frequency in hertz."""
        return cls(round(GAP * fs), round(LONGEST * fs))

    def add(self, reading: Reading) -> None:
        """Add the next burst in order of onset."""
        if not self.readings:
            self.latest = reading.onset + self.longest
        self.readings.append(reading)
        closing = reading.offset + self.gap
        if closing > self.closing:
            self.closing = closing
