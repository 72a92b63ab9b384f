"""What must be said of a course beside its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emgspasm.labels import SIDE_LETTERS
from emgspasm.report.course.course import Course
from emgspasm.report.course.rest import FACE, measure_rest
from emgspasm.report.course.sessions import Session, days
from emgspasm.report.course.variability import (
    FEWEST_REPEATS,
    is_without_spasm,
    lasting,
    repeated,
    telling,
)
from emgspasm.report.course.visits import operation_note
from emgspasm.results.tabulation.blocks import LEAST_REST
from emgspasm.storage.studies.treatments import Treatment


def remarks(kept: Sequence[Session], treatments: Sequence[Treatment]) -> list[str]:
    """What must be said of a course beside its numbers."""
    reviewed = [s.label for s in kept if any(r.reviewed for r in s.results)]
    notes = (
        [f"Events of session {', '.join(reviewed)} were reviewed by an expert."] if reviewed else []
    )
    if any(len(telling(s)) < 2 for s in kept):
        notes.append(
            "Where a session has one block of rest, its two halves tell how much a measurement "
            "varies."
        )
    notes += _unknown_variability(kept) if kept else ()
    notes += filter(None, [operation_note(treatments, max(days(kept), default=None))])
    return notes


def _unknown_variability(kept: Sequence[Session]) -> Iterator[str]:
    """Why it is not known how much a measurement varies, of the sides of which it is not."""
    pairs = {name: [repeated(s, letter, FACE) for s in kept] for letter, name in
             SIDE_LETTERS.items()}  # fmt: skip
    few = [name for name, mine in pairs.items() if len(lasting(mine)) < FEWEST_REPEATS]
    if few:
        yield (
            f"Under {FEWEST_REPEATS} sessions have two blocks of rest, or halves of one, of "
            f"{LEAST_REST:g} s and more of the {' and '.join(few)} side: how much a measurement "
            "varies by itself is not known (MDC n/a)."
        )
    for name, mine in pairs.items():
        if name not in few and is_without_spasm(mine):
            yield (
                f"No block of rest has a spasm of the {name} side: how much its rate varies by "
                "itself is not known (MDC n/a)."
            )


def other_muscles(told: Course) -> list[str]:
    """Which sessions tell of other muscles of a side than the one that others are compared with."""
    index = told.baseline
    if index is None:
        return []
    notes = []
    for session in told.sessions:
        for letter, name in SIDE_LETTERS.items():
            mine, first = (
                "+".join(measure_rest(s.primary, letter, FACE).muscles) or "no muscle"
                for s in (session, told.sessions[index])
            )
            if mine != first:
                notes.append(
                    f"Session {session.label} tells of {mine} of the {name} side, session "
                    f"{told.sessions[index].label} of {first}: where muscles differ, no change is "
                    "told."
                )
    return notes
