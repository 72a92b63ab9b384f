"""Days since a treatment, and the windows in which visits are compared (clinical facts 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from emgspasm.errors import ConfigError
from emgspasm.storage.studies.treatments import OPERATION, TOXIN, Treatment, by_day


@dataclass(frozen=True, slots=True)
class Window:
    """Days of a visit, both included."""

    name: str
    first: int
    last: int


WINDOWS = (
    Window("baseline", -14, 0),
    Window("W2", 10, 18),
    Window("W4", 21, 35),
    Window("W8", 49, 63),
    Window("W12", 77, 91),
    Window("W16", 105, 119),
)
"""Visits of a course of botulinum toxin, clinical facts 7."""

JUDGED_FROM = 365
"""Days after a decompression before which its outcome is not told: relief is delayed in about
25 %, median 30 days (clinical facts 7)."""


def visit(day: int, kind: str | None) -> str | None:
    """Name of the visit on a day of a course of toxin; None between windows."""
    if kind != TOXIN:
        return None
    return next((w.name for w in WINDOWS if w.first <= day <= w.last), None)


def origin(
    treatments: Sequence[Treatment], sessions: Sequence[date], since: date | None
) -> Treatment | None:
    """The treatment from which days are counted.

    The one of `since`; else the last one that a session follows; else the last one. Of one day an
    injection or operation before anything else, whatever was entered first.

    Raises
    ------
    ConfigError
        If there is none on the day `since`.
    """
    told = sorted(treatments, key=by_day)
    if since is not None:
        found = next((each for each in reversed(told) if each.date == since), None)
        if found is None:
            days = ", ".join(sorted({str(each.date) for each in told})) or "none"
            raise ConfigError(f"no treatment on {since} (treatments: {days}). Name one of them")
        return found
    followed = [each for each in told if any(s > each.date for s in sessions)]
    return next(reversed(followed or told), None)


def operation_note(treatments: Sequence[Treatment], last: date | None) -> str | None:
    """What must be said of a decompression less than 12 months before the last session."""
    if last is None:
        return None
    done = [each.date for each in treatments if each.kind == OPERATION and each.date <= last]
    if not done:
        return None
    day = (last - max(done)).days
    told = f"The last session is day {day} after decompression."
    if day < JUDGED_FROM:
        told += (
            " Relief is delayed in about a quarter of patients (median 30 days); before 12 months "
            "nothing is said here about the outcome of the operation."
        )
    return told
