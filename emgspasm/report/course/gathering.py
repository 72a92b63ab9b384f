"""A treatment course from the stored results of a study and what people entered.

Rate and burden are kept apart; nothing here judges a treatment or suggests one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from emgspasm.report.course.course import Course
from emgspasm.report.course.remarks import other_muscles, remarks
from emgspasm.report.course.rest import FACE, measure_rest
from emgspasm.report.course.rows import course_rows
from emgspasm.report.course.sessions import Session, comparable, days, not_analyzed, sessions
from emgspasm.report.course.visits import origin
from emgspasm.storage.studies.scales import read_scores
from emgspasm.storage.studies.study import Study
from emgspasm.storage.studies.treatments import Treatment, read_treatments
from emgspasm.storage.tables.joint_columns import COURSE
from emgspasm.storage.tables.tsv import table


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
    start = origin(treatments, days(kept), since)
    side = affected_side(treatments, kept)
    told = Course(participant, kept, left_out, treatments, scores, start, side, table((), COURSE))
    rows = [row | {"participant": participant} for row in course_rows(told)]
    notes = [*remarks(kept, treatments), *other_muscles(told)]
    return replace(told, table=table(rows, COURSE), notes=notes)


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
