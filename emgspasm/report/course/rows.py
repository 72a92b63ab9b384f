"""Every number of a course, a row each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from emgspasm.report.course.course import Course
from emgspasm.report.course.rest import FACE, PLACES, Measured, measure_rest, muscles_of
from emgspasm.report.course.sessions import Session
from emgspasm.report.course.variability import repeated, variability
from emgspasm.report.course.visits import visit
from emgspasm.results.tabulation.blocks import LEAST_REST
from emgspasm.results.tabulation.labels import rounded_or_none
from emgspasm.storage.tables.tsv import table_rows
from emgspasm.synkinesis.spread import REGIONS

LARGER = "larger than measurement variability"
NOT_LARGER = "not larger than measurement variability"


def course_rows(told: Course) -> Iterator[dict[str, Any]]:
    """Every number of a course, a row each."""
    if told.sessions:
        for side in ("L", "R"):
            for place in (FACE, *PLACES):
                if any(muscles_of(b.info, side, place) for s in told.sessions for b in s.primary):
                    yield from _place_rows(told, side, place)
        yield from _weakness_rows(told)
    for score in told.scores:
        yield _when(told, score.date) | {
            "measure": "scale",
            "name": score.scale,
            "value": score.value,
            "rater": score.rater,
        }
    for each in told.treatments:
        yield _when(told, each.date) | {
            "measure": "treatment",
            "name": " ".join(filter(None, (each.kind, each.product))),
            "side": each.side,
            "muscles": each.site,
            "value": each.units,
            "unit": "units" if each.units is not None else None,
        }


def _when(told: Course, day: date | None) -> dict[str, Any]:
    if day is None or (told.origin is None and not told.sessions):
        return {"date": day and day.isoformat()}
    number = (day - told.zero).days
    kind = told.origin.kind if told.origin else None
    return {"date": day.isoformat(), "day": number, "visit": visit(number, kind)}


def _place_rows(told: Course, side: str, place: str) -> Iterator[dict[str, Any]]:
    measured = [measure_rest(s.primary, side, place) for s in told.sessions]
    reference = told.baseline
    repeats = [repeated(s, side, place) for s in told.sessions]
    for name, unit in (("rate", "1/min"), ("burden", "uV"), ("amplitude", "uV")):
        mdc = variability(repeats, name)
        for index, (session, m) in enumerate(zip(told.sessions, measured, strict=True)):
            interval = getattr(m, f"{name}_interval", None)
            yield _when(told, session.day) | {
                "session": session.label,
                "side": side,
                "region": place,
                "muscles": "+".join(m.muscles) or None,
                "measure": name,
                "value": rounded_or_none(getattr(m, name)),
                "ci_lo": rounded_or_none(interval and interval[0]),
                "ci_hi": rounded_or_none(interval and interval[1]),
                "unit": unit,
                "valid_s": round(m.seconds, 3),
                "n_spasms": m.spasms,
                **_change(measured, name, index, reference, mdc),
            }


def _change(
    measured: Sequence[Measured], name: str, index: int, reference: int | None, mdc: float | None
) -> dict[str, Any]:
    """What has changed since the baseline, where both tell a rate of the same muscles."""
    if reference is None or index == reference:
        return {"mdc": rounded_or_none(mdc), "baseline": "yes" if index == reference else None}
    before, after = measured[reference], measured[index]
    first, now = getattr(before, name), getattr(after, name)
    short = min(before.seconds, after.seconds) < LEAST_REST
    if first is None or now is None or short or before.muscles != after.muscles:
        return {"mdc": rounded_or_none(mdc)}
    change = now - first
    verdict = None if mdc is None else LARGER if abs(change) > mdc else NOT_LARGER
    return {"change": rounded_or_none(change), "mdc": rounded_or_none(mdc), "verdict": verdict}


def _weakness_rows(told: Course) -> Iterator[dict[str, Any]]:
    """Maximal contraction of the affected over the other side, a row a muscle and session."""
    if told.affected is None:
        return
    other = "R" if told.affected == "L" else "L"
    for session in told.sessions:
        most = maxima(session)
        for muscle in REGIONS:
            a, u = most.get((told.affected, muscle)), most.get((other, muscle))
            if a is not None and u:
                yield _when(told, session.day) | {
                    "session": session.label,
                    "side": told.affected,
                    "region": REGIONS[muscle],
                    "muscles": muscle,
                    "measure": "mvc_ratio",
                    "value": rounded_or_none(a / u),
                }


def maxima(session: Session) -> dict[tuple[str, str], float]:
    """Maximal contraction in uV by side and muscle: the largest that a recording's own trials tell.

    Not what it has of another recording, which may have been replaced since.
    """
    most: dict[tuple[str, str], float] = {}
    for result in session.results:
        name, told_by = result.provenance["recording"], result.provenance.get("mvc_of", {})
        for row in table_rows(result.summary):
            own = told_by.get(row["channel"], name) == name
            if row["channel"] is not None and own and row.get("mvc_uV") is not None:
                key = row["side"], row["muscle"]
                most[key] = max(most.get(key, 0.0), row["mvc_uV"])
    return most
