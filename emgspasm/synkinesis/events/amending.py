"""Events of the last minute, and what a task marker that comes late still changes in them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from emgspasm.stream import Event
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.naming import movement
from emgspasm.synkinesis.events.wording import remarked
from emgspasm.synkinesis.markers import Schedule

LATE = 60.0
"""Seconds for which what was said may be amended by a marker that comes late [design]."""

Amendment = tuple[Event, Event]
"""An event as it was said, and as it is called since a marker came."""

Said = deque[tuple[Event, Chain | None]]
"""Events of the last :data:`LATE` seconds as they are called now, with the chain of a movement."""


def remember(
    said: Said, events: Sequence[Event], movements: Mapping[int, Chain], now: int, fs: float
) -> None:
    """Keep what a late marker may change, and forget what none can any more.

    Parameters
    ----------
    said : deque of (Event, Chain or None)
        Changed in place.
    events : sequence of Event
        Said now.
    movements : mapping of int to Chain
        Which of these are movements.
    now : int
        Sample that was reached.
    fs : float
        Hertz.
    """
    said.extend((event, movements.get(i)) for i, event in enumerate(events))
    while said and said[0][0].offset < now - LATE * fs:
        said.popleft()


def amend(said: Said, marked: Schedule, fs: float) -> list[Amendment]:
    """What is called otherwise under other markers.

    Parameters
    ----------
    said : deque of (Event, Chain or None)
        Changed in place.
    marked : Schedule
        All that are known now.
    fs : float
        Hertz.
    """
    amended = []
    for i, (event, chain) in enumerate(said):
        again = movement(chain, marked, fs) if chain else remarked(event, marked, fs)
        if _called(again) != _called(event):
            said[i] = again, chain
            amended.append((event, again))
    return amended


def _called(event: Event) -> tuple[str, str, str, int]:
    """What a marker decides of an event."""
    return event.trial_type, event.label, event.task, event.trial
