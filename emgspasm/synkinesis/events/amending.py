"""Events of the last minute, and what a task marker that comes late still changes in them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial

from emgspasm.stream import Event
from emgspasm.synkinesis.events.spasms import Naming
from emgspasm.synkinesis.events.wording import remarked
from emgspasm.synkinesis.markers import Schedule

LATE = 60.0
"""Seconds for which what was said may be amended by a marker that comes late [design]."""

Amendment = tuple[Event, Event]
"""An event as it was said, and as it is called since a marker came."""

Said = deque[tuple[Event, Naming]]
"""Events of the last :data:`LATE` seconds as they are called now, and under other markers."""


def remember(
    said: Said, events: Sequence[Event], namings: Mapping[int, Naming], now: int, fs: float
) -> None:
    """Keep what a late marker may change, and forget what none can any more.

    Parameters
    ----------
    said : deque of (Event, Naming)
        Changed in place.
    events : sequence of Event
        Said now.
    namings : mapping of int to Naming
        What some of these are called under other markers; the others as under these.
    now : int
        Sample that was reached.
    fs : float
        Hertz.
    """
    for i, event in enumerate(events):
        said.append((event, namings.get(i) or partial(remarked, event, fs=fs)))
    while said and said[0][0].offset < now - LATE * fs:
        said.popleft()


def amend(said: Said, marked: Schedule) -> list[Amendment]:
    """What is called otherwise under other markers.

    Parameters
    ----------
    said : deque of (Event, Naming)
        Changed in place.
    marked : Schedule
        All that are known now.
    """
    amended = []
    for i, (event, naming) in enumerate(said):
        again = naming(marked)
        if _called(again) != _called(event):
            said[i] = again, naming
            amended.append((event, again))
    return amended


def _called(event: Event) -> tuple[str, str, str, int]:
    """What a marker decides of an event."""
    return event.trial_type, event.label, event.task, event.trial
