"""Task markers: what a person was asked to do, and when (codes of clinical facts 6)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from emgspasm.stream import Annotation

RESTS = frozenset({"rest_open", "rest_closed", "rest_post", "rest", "suppress", "qc", "hv"})
MOVEMENTS = frozenset(
    {"close_gentle", "close_forced", "brow", "smile", "pucker", "snarl", "lip", "platysma",
     "wink", "jaw", "blink30"}
)  # fmt: skip
OTHERS = frozenset({"speech", "chewing"})
TASKS = RESTS | MOVEMENTS | OTHERS
"""Codes of all tasks."""

PRIMARY = frozenset({"rest_open", "rest"})
"""Rest that gives the primary rate (clinical facts 6)."""

AT_REST = PRIMARY | {"rest_post"}
"""Rest with open eyes, of which a second block tells how much a rate varies by itself."""

ROWS = frozenset({"blink30"})
"""Movements that are asked for many times under one marker, which is therefore no single trial."""

PRIMES = {
    "brow": "FRO",
    "close_gentle": "OOC",
    "close_forced": "OOC",
    "wink": "OOC",
    "smile": "ZYG",
    "snarl": "ZYG",
    "pucker": "OOR",
    "lip": "MEN",
    "platysma": "PLA",
}
"""Prime muscle of a movement."""

TRIAL = 3.0
"""Seconds of a movement whose marker does not say how long it is (clinical facts 6)."""

ENDLESS = 2**62
"""Sample that no recording reaches: where one ends while that is not known."""

AFTER = 1.0
"""Seconds after the end of a cue in which a movement may still go on [design]."""


@dataclass(frozen=True, slots=True)
class Marker:
    """One block or trial of a task, in sample numbers; `trial` counts from 1 within the task."""

    onset: int
    offset: int
    task: str
    trial: int

    @property
    def movement(self) -> bool:
        """Whether it asks for a movement."""
        return self.task in MOVEMENTS


_UNDONE = re.compile(r"undo (?P<text>.+) at (?P<onset>\d+\.\d{3}) s")


def task_code(text: str) -> str | None:
    """The code of a task that a text is, as people and programs write it: ``Rest open`` too.

    None if it is none.
    """
    code = re.sub(r"[\s-]+", "_", text.strip().lower())
    return code if code in TASKS else None


def is_task(annotation: Annotation) -> bool:
    """Whether an annotation is the code of a task."""
    return task_code(annotation.text) is not None


def taken_back(text: str) -> str | None:
    """Text of the marker that a text takes back; None if it takes none back."""
    match = _UNDONE.fullmatch(text)
    return match and match["text"]


def concerns_tasks(annotation: Annotation) -> bool:
    """Whether an annotation is the code of a task, or takes a marker back."""
    return is_task(annotation) or taken_back(annotation.text) is not None


def undoing(marker: Annotation) -> str:
    """Text that takes a marker back: a file never loses what was written."""
    return f"undo {marker.text} at {marker.onset:.3f} s"


def _standing(annotations: Iterable[Annotation]) -> list[Annotation]:
    """Annotations in order, without those that were taken back."""
    # at one moment in an order that does not depend on which came first
    notes = sorted(annotations, key=lambda note: (note.onset, note.duration, note.text))
    taken = [match for match in map(_UNDONE.fullmatch, (note.text for note in notes)) if match]
    undone = [(match["text"], float(match["onset"])) for match in taken]
    return [
        note
        for note in notes
        if not any(text == note.text and abs(at - note.onset) < 1e-3 for text, at in undone)
    ]


def markers(
    annotations: Iterable[Annotation], sampling_frequency: float, end: int = ENDLESS
) -> tuple[Marker, ...]:
    """Annotations that are codes of tasks and stand, in order; others are no markers.

    A key, the network and a marker file say when a task begins, not how long it lasts. Without a
    duration a movement is one trial of 3 s (clinical facts 6), anything else, and a row of
    movements (:data:`ROWS`), a block without an end of its own; both end where the next task
    begins, and with the recording. So a marker that comes in time changes nothing of what lies
    before it.

    Parameters
    ----------
    annotations : iterable of Annotation
    sampling_frequency : float
        Hertz.
    end : int
        Sample after the last of the recording, where that is known.
    """
    notes = [note for note in _standing(annotations) if is_task(note)]
    onsets = [round(note.onset * sampling_frequency) for note in notes]
    found: list[Marker] = []
    counts: dict[str, int] = {}
    for note, onset in zip(notes, onsets, strict=True):
        task = task_code(note.text)
        assert task is not None  # they are tasks
        counts[task] = counts.get(task, 0) + 1
        if note.duration:
            offset = round((note.onset + note.duration) * sampling_frequency)
        else:
            following = bisect_right(onsets, onset)
            offset = onsets[following] if following < len(onsets) else max(onset, end)
            if task in MOVEMENTS - ROWS:
                offset = min(offset, onset + round(TRIAL * sampling_frequency))
        found.append(Marker(onset, offset, task, counts[task]))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Markers of a recording, at hand by time however many they are.

    Parameters
    ----------
    markers : sequence of Marker
        In order of onset, as :func:`markers` gives them.
    """

    markers: Sequence[Marker] = ()
    _onsets: list[int] = field(init=False)
    _latest: list[int] = field(init=False)

    def __post_init__(self) -> None:
        offsets = (marker.offset for marker in self.markers)
        object.__setattr__(self, "_onsets", [marker.onset for marker in self.markers])
        object.__setattr__(self, "_latest", list(accumulate(offsets, max)))

    def under_way(self, onset: int, offset: int, sampling_frequency: float) -> Marker | None:
        """Marker of an event: the last trial whose cue comes before its end, else the last block.

        People press a key when they see a movement begin: an event may begin before its cue.
        """
        if not self.markers:
            return None
        after = round(AFTER * sampling_frequency)
        block: Marker | None = None
        for k in reversed(range(bisect_left(self._onsets, offset))):
            if self._latest[k] + after <= onset:
                break
            marker = self.markers[k]
            if marker.movement and onset < marker.offset + after:
                return marker
            if block is None and onset < marker.offset:
                block = marker
        return block
