"""Task markers: what a person was asked to do, and when (codes of clinical facts 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from emgspasm.stream import Annotation

RESTS = frozenset({"rest_open", "rest_closed", "rest_post", "rest", "suppress", "qc", "hv"})
MOVEMENTS = frozenset(
    {"close_gentle", "close_forced", "brow", "smile", "pucker", "snarl", "lip", "platysma",
     "wink", "jaw", "blink30"}
)  # fmt: skip
OTHERS = frozenset({"speech", "chewing"})

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


def is_task(annotation: Annotation) -> bool:
    """Whether an annotation is the code of a task."""
    return annotation.text.strip() in RESTS | MOVEMENTS | OTHERS


def concerns_tasks(annotation: Annotation) -> bool:
    """Whether an annotation is the code of a task, or takes a marker back."""
    return is_task(annotation) or _UNDONE.fullmatch(annotation.text) is not None


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


def markers(annotations: Iterable[Annotation], sampling_frequency: float) -> tuple[Marker, ...]:
    """Annotations that are codes of tasks and stand, in order; others are no markers."""
    found: list[Marker] = []
    counts: dict[str, int] = {}
    for note in _standing(annotations):
        if not is_task(note):
            continue
        task = note.text.strip()
        counts[task] = counts.get(task, 0) + 1
        onset = round(note.onset * sampling_frequency)
        offset = round((note.onset + note.duration) * sampling_frequency)
        found.append(Marker(onset, offset, task, counts[task]))
    return tuple(found)


def under_way(
    marked: Sequence[Marker], onset: int, offset: int, sampling_frequency: float
) -> Marker | None:
    """Marker of an event: the trial whose cue it follows, or the block it lies in."""
    after = round(AFTER * sampling_frequency)
    trials = [m for m in marked if m.movement and m.onset < offset and onset < m.offset + after]
    blocks = [m for m in marked if not m.movement and m.onset < offset and onset < m.offset]
    return next(reversed(trials or blocks), None)
