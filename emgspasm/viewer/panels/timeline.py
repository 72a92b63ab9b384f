"""A whole session on one line: its scale, its lanes, and what lies where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from PySide6.QtCore import QRectF

from emgspasm.desk.clock import clock
from emgspasm.stream import Event, EventType

SPANS = (60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400)
"""Seconds that are shown of a session that grows: the next one is taken when one is full."""

TICKS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200)
"""Seconds between two ticks."""

HEIGHTS: dict[EventType, float] = {
    "spasm": 1.0,
    "blepharospasm": 0.8,
    "myokymia": 0.8,
    "voluntary": 0.62,
    "blink": 0.38,
    "artifact": 0.2,
}
"""Share of its lane that an event fills: kinds are told apart without colours too."""


def span(seconds: float) -> float:
    """Seconds to show of a session of this length that still grows."""
    days = ceil(max(seconds, 1) / SPANS[-1]) * SPANS[-1]
    return float(next((s for s in SPANS if s >= seconds), days))


def ticks(seconds: float, width: float, apart: float) -> tuple[float, float]:
    """Seconds between two ticks at least `apart` pixels apart, and pixels of a second."""
    scale = width / seconds
    return float(next((t for t in TICKS if t * scale >= apart), TICKS[-1])), scale


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where things lie in the strip, in pixels.

    Parameters
    ----------
    left, right : float
        First and last moment.
    seconds : float
        Between them.
    em : float
        Height of a line of text.
    height : float
        Of the strip; the last line of it is the axis.
    order : tuple of str
        Sides from top to bottom, ``L`` and ``R`` and then ``B`` for both.
    """

    left: float
    right: float
    seconds: float
    em: float
    height: float
    order: tuple[str, ...]

    @property
    def top(self) -> float:
        """Upper edge of the first lane of events, under the markers."""
        return 1.3 * self.em

    @property
    def bottom(self) -> float:
        """Lower edge of the last lane, above the axis."""
        return self.height - 1.25 * self.em

    def x(self, seconds: float) -> float:
        """Where a moment lies."""
        return self.left + self.scale * seconds

    @property
    def scale(self) -> float:
        """Pixels of a second."""
        return (self.right - self.left) / self.seconds

    def moment(self, x: float) -> float:
        """Seconds at a place, within the session."""
        share = (x - self.left) / max(1.0, self.right - self.left)
        return min(max(share, 0.0), 1.0) * self.seconds

    def lane(self, side: str) -> QRectF:
        """Lane of a side."""
        tall = (self.bottom - self.top) / len(self.order)
        y = self.top + self.order.index(side) * tall
        return QRectF(self.left, y, self.right - self.left, tall)

    def stretch(self, start: float, stop: float, least: float) -> QRectF:
        """All lanes between two moments, no narrower than `least` pixels."""
        x = self.x(start)
        return QRectF(x, 0, max(least, self.x(stop) - x), self.bottom)

    def bar(self, event: Event, sampling_frequency: float) -> QRectF:
        """Where an event is drawn: never so narrow that it is not seen."""
        lane = self.lane(event.side).adjusted(0, 0.12 * self.em, 0, -0.06 * self.em)
        x = self.x(event.onset / sampling_frequency)
        width = max(1.5, self.x(event.offset / sampling_frequency) - x)
        tall = HEIGHTS[event.trial_type] * lane.height()
        return QRectF(x, lane.bottom() - tall, width, tall)


@dataclass(slots=True)
class Timeline:
    """What is known of a session.

    Parameters
    ----------
    sampling_frequency : float
        Hertz.

    Attributes
    ----------
    events : list of Event
    gaps : list of (float, float)
        Seconds.
    markers : list of (float, float, str)
        Onset and duration in seconds, and text.
    seconds : float
        Length so far.
    duration : float or None
        Of the whole; None while it grows.
    view : (float, float) or None
        Seconds that the traces show.
    """

    sampling_frequency: float
    events: list[Event] = field(default_factory=list)
    gaps: list[tuple[float, float]] = field(default_factory=list)
    markers: list[tuple[float, float, str]] = field(default_factory=list)
    seconds: float = 0.0
    duration: float | None = None
    view: tuple[float, float] | None = None

    @property
    def shown(self) -> float:
        """Seconds that the strip shows."""
        return span(self.seconds) if self.duration is None else max(self.duration, 1e-3)

    def gaps_apart(self, least: float) -> Iterator[tuple[float, float]]:
        """Missing samples, those joined that cannot be told apart if none is shorter than this.

        A bad radio link loses tens of thousands of packets an hour: the screen has no such width.
        """
        joined: tuple[float, float] | None = None
        for start, stop in sorted(self.gaps):
            if joined is not None and start <= max(joined[1], joined[0] + least):
                joined = joined[0], max(joined[1], stop)
                continue
            if joined is not None:
                yield joined
            joined = start, stop
        if joined is not None:
            yield joined

    def middle(self, event: Event) -> float:
        """Seconds at the middle of an event."""
        return (event.onset + event.offset) / 2 / self.sampling_frequency

    def spasm(self, moment: float, way: int) -> float | None:
        """Middle of the next spasm after a moment (`way` 1), or of the one before it (-1)."""
        there = [self.middle(e) for e in self.events if e.trial_type == "spasm"]
        beyond = [m for m in there if (m > moment + 0.05 if way > 0 else m < moment - 0.05)]
        return (min(beyond) if way > 0 else max(beyond)) if beyond else None

    def near(self, moment: float, within: float) -> Event | None:
        """Event nearest to a moment, no farther than `within` seconds; spasms before others."""
        fs = self.sampling_frequency

        def distance(event: Event) -> float:
            return max(event.onset / fs - moment, moment - event.offset / fs, 0.0)

        close = [e for e in self.events if distance(e) <= within]
        return min(close, key=lambda e: (e.trial_type != "spasm", distance(e)), default=None)

    def told(self, moment: float, within: float) -> list[str]:
        """What there is at a moment, no farther than `within` seconds, in words."""
        said = [clock(moment, 0.1)]
        missing = [stop - start for start, stop in self.gaps
                   if start - within <= moment <= stop + within]  # fmt: skip
        if missing:
            total, several = sum(missing), f" in {len(missing)} losses" * (len(missing) > 1)
            long = f"{total:.2f} s" if total >= 0.1 else f"{1000 * total:.0f} ms"
            said.append(f"{long} missing{several}")
        said += [text for onset, duration, text in self.markers
                 if onset - within <= moment <= onset + duration + within]  # fmt: skip
        found = self.near(moment, within)
        if found is not None:
            words = (found.trial_type, found.side, found.label)
            said.append(f"{' '.join(filter(None, words))}: {found.reason}")
        return said

    def labels(self, lanes: Lanes, widths: Sequence[float]) -> Iterator[tuple[float, str]]:
        """Markers whose text has room, from left to right: where, and what."""
        free = lanes.left
        for (onset, _, text), width in zip(sorted(self.markers), widths, strict=True):
            x = lanes.x(onset)
            if x >= free:
                free = x + width
                yield x, text
