"""The treatment course of one participant, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from emgspasm.report.course.sessions import Session, days
from emgspasm.storage.studies.scales import ScaleScore
from emgspasm.storage.studies.treatments import OPERATION, TOXIN, Treatment

if TYPE_CHECKING:
    import pandas as pd


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
        return self.origin.date if self.origin else days(self.sessions)[0]

    @property
    def axis(self) -> str:
        """Label of the axis of time."""
        if self.origin is None:
            return "days since the first session"
        words = {TOXIN: "injection", OPERATION: "operation"}
        return f"days since {words.get(self.origin.kind, 'treatment')}"

    @property
    def baseline(self) -> int | None:
        """Index of the session others are compared with: the last up to day 0, or the first."""
        if self.origin is None:
            return 0 if self.sessions else None
        before = [i for i, s in enumerate(self.sessions) if s.day and s.day <= self.zero]
        return before[-1] if before else None
