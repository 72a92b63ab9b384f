"""The treatment course of one participant, from stored results and what people entered.

Rate and burden are kept apart; nothing here judges a treatment or suggests one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from emgspasm.report.rest import (
    FACE,
    PLACES,
    Measured,
    measure_rest,
    muscles_of,
)
from emgspasm.report.sessions import Session, comparable, not_analyzed, sessions
from emgspasm.report.variability import (
    FEWEST_REPEATS,
    is_without_spasm,
    lasting,
    repeated,
    telling,
    variability,
)
from emgspasm.report.visits import operation_note, origin, visit
from emgspasm.results.tabulation.blocks import LEAST_REST
from emgspasm.storage.studies.scales import ScaleScore, read_scores
from emgspasm.storage.studies.study import Study
from emgspasm.storage.studies.treatments import OPERATION, TOXIN, Treatment, read_treatments
from emgspasm.storage.tables.joint_columns import COURSE
from emgspasm.storage.tables.tsv import table, table_rows
from emgspasm.stream import SIDE_LETTERS
from emgspasm.synkinesis.spread import REGIONS

if TYPE_CHECKING:
    import pandas as pd

LARGER = "larger than measurement variability"
NOT_LARGER = "not larger than measurement variability"


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The treatment course of a participant.

    Parameters
    ----------
    participant : str
    sessions : list of Session
        Those that compare, in order of date.
    left_out : list of str
        Sessions that do not, each with its reason.
    treatments : list of Treatment
    scores : list of ScaleScore
    origin : Treatment or None
        Day 0; without a treatment the first session is.
    affected : str or None
        ``L`` or ``R``.
    table : DataFrame
        Every number, a row each; columns: ``COURSE`` of ``storage.tables.joint_columns``.
    notes : list of str
    """

    participant: str
    sessions: list[Session]
    left_out: list[str]
    treatments: list[Treatment]
    scores: list[ScaleScore]
    origin: Treatment | None
    affected: str | None
    table: pd.DataFrame
    notes: list[str] = field(default_factory=list)

    @property
    def zero(self) -> date:
        """Day 0."""
        return self.origin.date if self.origin else _dated(self.sessions)[0]

    @property
    def axis(self) -> str:
        """Label of the axis of time."""
        if self.origin is None:
            return "days since the first session"
        words = {TOXIN: "injection", OPERATION: "operation"}
        return f"days since {words.get(self.origin.kind, 'treatment')}"


def course(study: Study, participant: str, since: date | None = None) -> Course:
    """Gather the course of a participant from the stored results of a study.

    Parameters
    ----------
    study : Study
    participant : str
    since : date, optional
        The treatment whose day is day 0; by default the last one that a session follows.

    Raises
    ------
    RecordingError
        If the participant has no stored results.
    ConfigError
        If the participant is unknown, or there is no treatment on the day `since`.
    """
    study.require(participant)
    found = sessions(study, participant)
    kept, left_out = comparable(found)
    left_out += not_analyzed(study, participant)
    treatments = [t for t in read_treatments(study.path) if t.participant == participant]
    scores = [s for s in read_scores(study.path) if s.participant == participant]
    start = origin(treatments, _dated(kept), since)
    side = affected_side(treatments, kept)
    told = Course(participant, kept, left_out, treatments, scores, start, side, table((), COURSE))
    rows = [row | {"participant": participant} for row in course_rows(told)]
    notes = [*remarks(kept, treatments), *other_muscles(told)]
    return replace(told, table=table(rows, COURSE), notes=notes)


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
    notes += filter(None, [operation_note(treatments, max(_dated(kept), default=None))])
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
    index = baseline(told)
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


def affected_side(treatments: Sequence[Treatment], kept: Sequence[Session]) -> str | None:
    """The side that was treated; if none or both, the side with more spasms at rest."""
    treated = {t.side for t in treatments if t.side in ("L", "R")}
    if len(treated) == 1:
        return treated.pop()
    counts = {
        side: sum(measure_rest(s.primary, side, FACE).spasms or 0 for s in kept)
        for side in ("L", "R")
    }
    if counts["L"] == counts["R"]:
        return None
    return max(counts, key=lambda side: counts[side])


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
    reference = baseline(told)
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
                "value": _rounded(getattr(m, name)),
                "ci_lo": _rounded(interval and interval[0]),
                "ci_hi": _rounded(interval and interval[1]),
                "unit": unit,
                "valid_s": round(m.seconds, 3),
                "n_spasms": m.spasms,
                **_change(measured, name, index, reference, mdc),
            }


def baseline(told: Course) -> int | None:
    """Index of the session others are compared with: the last up to day 0, or the first."""
    if told.origin is None:
        return 0 if told.sessions else None
    before = [i for i, s in enumerate(told.sessions) if s.day and s.day <= told.zero]
    return before[-1] if before else None


def _change(
    measured: Sequence[Measured], name: str, index: int, reference: int | None, mdc: float | None
) -> dict[str, Any]:
    """What has changed since the baseline, where both tell a rate of the same muscles."""
    if reference is None or index == reference:
        return {"mdc": _rounded(mdc), "baseline": "yes" if index == reference else None}
    before, after = measured[reference], measured[index]
    first, now = getattr(before, name), getattr(after, name)
    short = min(before.seconds, after.seconds) < LEAST_REST
    if first is None or now is None or short or before.muscles != after.muscles:
        return {"mdc": _rounded(mdc)}
    change = now - first
    verdict = None if mdc is None else LARGER if abs(change) > mdc else NOT_LARGER
    return {"change": _rounded(change), "mdc": _rounded(mdc), "verdict": verdict}


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
                    "value": _rounded(a / u),
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


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _dated(kept: Sequence[Session]) -> list[date]:
    return [s.day for s in kept if s.day is not None]
