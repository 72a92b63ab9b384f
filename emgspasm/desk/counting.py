"""Counts of a session so far: spasms of each side, and everything that is none."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from emgspasm.stream import Event
from emgspasm.synkinesis.measures.intervals import BLOCK

SHORTEST = BLOCK
"""Seconds of valid time under which no rate is given [design]."""

RECENT = 60.0
"""Seconds of the count of what was lately [design]."""

OTHERS = ("blink", "voluntary", "artifact", "myokymia", "blepharospasm")
"""What is counted beside spasms."""


@dataclass(frozen=True, slots=True)
class SideCount:
    """Spasms of one side.

    Parameters
    ----------
    count : int
    recent : int
        Of the last :data:`RECENT` seconds.
    rate : float or None
        Per minute of valid time; None under :data:`SHORTEST` seconds of it.
    time_share : float or None
        Percent of valid time in spasm; None likewise.

    All are None where bursts were never sought in the muscles that tell: no zero is known then.
    """

    count: int | None
    recent: int | None
    rate: float | None
    time_share: float | None


@dataclass(slots=True)
class _Side:
    count: int = 0
    samples: int = 0
    reached: int = 0
    onsets: deque[int] = field(default_factory=deque)


@dataclass(slots=True)
class Counting:
    """Events so far, counted as the tables of a result count them.

    Events that begin while a segment settles lie outside valid time and do not count.

    Parameters
    ----------
    sampling_frequency : float
        Hertz.

    Attributes
    ----------
    seconds, valid_seconds : float
        Length of the session, and of the part in which bursts were sought.
    untold : frozenset of str
        Sides of which no spasm can be told (``L``, ``R``), and ``B`` where no blink can.
    last : Event or None
    """

    sampling_frequency: float
    seconds: float = 0.0
    valid_seconds: float = 0.0
    untold: frozenset[str] = frozenset()
    last: Event | None = None
    _events: list[Event] = field(default_factory=list)
    _sides: dict[str, _Side] = field(default_factory=lambda: {"L": _Side(), "R": _Side()})
    _others: Counter[str] = field(default_factory=Counter)

    def take(self, event: Event) -> None:
        """Count an event."""
        self._events.append(event)
        self.last = event
        if event.quality == "settling":
            return
        if event.trial_type != "spasm":
            self._others[event.trial_type] += 1
            return
        side = self._sides[event.side]
        side.count += 1
        side.samples += max(0, event.offset - max(event.onset, side.reached))
        side.reached = max(side.reached, event.offset)
        side.onsets.append(event.onset)

    def amend(self, said: Event, now: Event) -> None:
        """Count an event as it is called since a marker came late."""
        events = [now if event == said else event for event in self._events]
        self._events, self.last = [], None
        self._sides = {"L": _Side(), "R": _Side()}
        self._others.clear()
        for event in events:
            self.take(event)

    @property
    def last_spasm(self) -> Event | None:
        """The newest event that is called a spasm."""
        return next((e for e in reversed(self._events) if e.trial_type == "spasm"), None)

    def other(self, name: str) -> int:
        """Number of events of another kind: ``blink``, ``voluntary``, ``artifact``, or a class."""
        return self._others[name]

    def rate(self, count: int) -> float | None:
        """Per minute of valid time."""
        return 60 * count / self.valid_seconds if self.valid_seconds >= SHORTEST else None

    def of(self, side: str) -> SideCount:
        """Spasms of ``L`` or ``R``."""
        if side in self.untold:
            return SideCount(None, None, None, None)
        counted = self._sides[side]
        since = (self.seconds - RECENT) * self.sampling_frequency
        while counted.onsets and counted.onsets[0] < since:
            counted.onsets.popleft()
        share = None
        if self.valid_seconds >= SHORTEST:
            share = 100 * counted.samples / self.sampling_frequency / self.valid_seconds
        return SideCount(counted.count, len(counted.onsets), self.rate(counted.count), share)
