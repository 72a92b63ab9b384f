"""A stream on the screen: what live sessions and replayed recordings have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from emgspasm.desk.feed import Feed, Stretch
from emgspasm.desk.strip import Strip
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.stream import Annotation, Event
from emgspasm.synkinesis.events.amending import Amendment


@dataclass(frozen=True, slots=True)
class News:
    """What has changed since the last frame.

    Parameters
    ----------
    events : tuple of Event
        Found, anywhere in the stream.
    passed : tuple of Event
        Those that are over on the screen: for who follows it.
    stale : tuple of (int, int)
        Samples, half open, that look different now.
    gaps : tuple of (int, int)
        Samples, half open, that are missing.
    markers, undone : tuple of Annotation
        Set, and taken back.
    amended : tuple of (Event, Event)
        Events said before that are called otherwise since a marker came: as said, and now.
    jumped : bool
        Whether the stream goes on from elsewhere, so that everything must be drawn.
    """

    events: tuple[Event, ...] = ()
    passed: tuple[Event, ...] = ()
    stale: tuple[Stretch, ...] = ()
    gaps: tuple[Stretch, ...] = ()
    markers: tuple[Annotation, ...] = ()
    undone: tuple[Annotation, ...] = ()
    amended: tuple[Amendment, ...] = ()
    jumped: bool = False


class Desk(Protocol):
    """A stream on the screen."""

    feed: Feed

    @property
    def name(self) -> str:
        """What it is, for people."""
        ...

    @property
    def path(self) -> Path | None:
        """The file it comes from or goes to."""
        ...

    @property
    def pipeline(self) -> Pipeline:
        """What finds bursts in it."""
        ...

    @property
    def refusal(self) -> str:
        """Why it is shown but not analyzed; ``""`` if it is."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What was decided or went wrong, in sentences for people."""
        ...

    @property
    def stop(self) -> int:
        """Sample number after the last one that can be shown."""
        ...

    @property
    def duration(self) -> float | None:
        """Seconds of the whole; None while it grows."""
        ...

    @property
    def recording(self) -> bool:
        """Whether what comes is kept."""
        ...

    def tick(self, seconds: float) -> News:
        """Take what has come in so many seconds of the host's clock."""
        ...

    def page(self, start: int, stop: int) -> Strip:
        """A stretch of the whole stream, with all that was found in it."""
        ...

    def close(self) -> None:
        """Let go of files, boards and threads."""
        ...
