"""The events of a stored result, as a reviewer goes through them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from emgspasm.desk.clock import clock
from emgspasm.results.decisions import Decision
from emgspasm.storage.derivatives.names import RESULTS, result_path
from emgspasm.storage.derivatives.reviews import counted_path
from emgspasm.storage.tables.tsv import read_table, table_rows

if TYPE_CHECKING:
    import pandas as pd

SIGNS = {"accepted": "\N{CHECK MARK}", "rejected": "\N{BALLOT X}"}
"""What a decision looks like on the traces: told apart without colours."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An event of a table, and what was decided about it.

    Parameters
    ----------
    name : str
        Its identifier.
    onset, offset : float
        Seconds from the start of the recording.
    kind, side, label : str
        What it is called: type, side, class.
    reason : str
        Why the detector called it so.
    status : str
        ``auto``, ``accepted`` or ``rejected``.
    detected_as : str
        What the detector called it, where an expert calls it otherwise; else ``""``.
    """

    name: str
    onset: float
    offset: float
    kind: str
    side: str
    label: str
    reason: str
    status: str
    detected_as: str

    @property
    def remark(self) -> str:
        """What was decided, as it is written on the traces; ``""`` if nothing was."""
        sign = SIGNS.get(self.status, "")
        return f"{sign} {self.kind} {self.label}".strip() if self.detected_as else sign

    @property
    def words(self) -> str:
        """What it is, and what was decided."""
        what = " ".join(filter(None, (self.kind, self.side, self.label)))
        was = f", detected as {self.detected_as}" if self.detected_as else ""
        status = "not decided" if self.status == "auto" else self.status
        long = 1000 * (self.offset - self.onset)
        return f"{self.name} {what} at {clock(self.onset, 0.1)}, {long:.0f} ms: {status}{was}"

    def decided(self, decision: Decision) -> Reviewed:
        """With a decision, before the table says what comes of it."""
        if decision.trial_type is None or decision.trial_type == self.kind:
            return replace(self, status=decision.status)
        before = self.detected_as or ":".join(filter(None, (self.kind, self.label)))
        return replace(
            self, status=decision.status, kind=decision.trial_type, label="", detected_as=before
        )


def events_table(recording: Path) -> Path | None:
    """The events table of a recording: in the results of its study, or beside it; None if none."""
    here = recording.resolve()
    beside = result_path(here.parent, here.stem, "events")
    for folder in here.parents:
        found = result_path(folder / RESULTS / here.parent.relative_to(folder), here.stem, "events")
        if found.is_file():
            return found
    return beside if beside.is_file() else None


def read_sheet(events: Path) -> list[Reviewed]:
    """Events of a table in order of onset, as they were decided so far.

    Raises
    ------
    RecordingError
        If it cannot be read, or a review of other results is there.
    """
    return sheet(read_table(counted_path(events)))


def sheet(frame: pd.DataFrame) -> list[Reviewed]:
    """Events among the rows of a table, in order of onset."""
    rows = table_rows(frame[frame["trial_type"] != "burst"])
    found = [
        Reviewed(
            str(row["event_id"]),
            float(row["onset"]),
            float(row["onset"]) + float(row["duration"]),
            str(row["trial_type"]),
            str(row.get("side") or ""),
            str(row.get("class") or ""),
            str(row.get("reason") or ""),
            str(row.get("status") or "auto"),
            str(row.get("detected_as") or ""),
        )
        for row in rows
    ]
    return sorted(found, key=lambda event: (event.onset, event.name))
