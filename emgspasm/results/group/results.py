"""Stored results of a study, and what is known of the recordings they were made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from emgspasm.results.group.rows import Rows, parse_together
from emgspasm.storage.derivatives.names import DETECTED, RESULTS, beside
from emgspasm.storage.derivatives.provenance import (
    read_provenance,
    replaced_recording,
    told_replaced,
)
from emgspasm.storage.derivatives.reviews import counted_path, is_reviewed
from emgspasm.storage.studies.collection import is_study
from emgspasm.storage.studies.lock import exclusive
from emgspasm.storage.studies.placement import Placement, bids_entities
from emgspasm.storage.studies.scans import read_day
from emgspasm.storage.studies.sidecar import read_description
from emgspasm.storage.studies.study import Study
from emgspasm.storage.tables.tsv import read_content
from emgspasm.system import in_order


@dataclass(frozen=True, slots=True, eq=False)
class GroupResult:
    """One result of a study.

    Parameters
    ----------
    events_path : Path
        Its events table: an expert's where there is one.
    summary : list of dict
        Rows of the summary beside that, None for what is missing.
    provenance : dict
        What was analyzed, by what, with which settings.
    description : dict
        ``_emg.json`` of the recording; empty where there is none.
    day : date or None
        When it was recorded.
    reviewed : bool
        Whether an expert looked at the events.
    """

    events_path: Path
    summary: Rows
    provenance: dict[str, Any]
    description: dict[str, Any]
    day: date | None
    reviewed: bool

    @property
    def participant(self) -> str:
        """Label."""
        return bids_entities(self.events_path.name).get("sub", "")


def group_results(study: Study) -> tuple[list[GroupResult], tuple[str, ...]]:
    """The results of a study in order of participant, session and name, and what is left out.

    Those of a recording that was replaced since are left out.

    Raises
    ------
    RecordingError
        If one cannot be read, or an expert's is of other results.
    """
    made_by: dict[Path, dict[str, Any]] = {}
    summaries: dict[Path, bytes] = {}
    replaced = []
    for path in in_order((study.path / RESULTS).glob(f"sub-*/**/sub-*{DETECTED}events.tsv")):
        with exclusive(path.parent):  # another process may be amid writing it
            provenance = read_provenance(path)
            if name := replaced_recording(study.path, path, provenance):
                replaced.append(name)
                continue
            chosen = counted_path(path)
            made_by[chosen] = provenance
            summaries[beside(chosen, "summary")] = read_content(beside(chosen, "summary"))
    rows = parse_together(summaries, "summary")
    results = [
        _result(study, path, rows[beside(path, "summary")], provenance)
        for path, provenance in made_by.items()
    ]
    left_out = f"left out of the group table: {told_replaced(replaced)}"
    return results, (left_out,) if replaced else ()


def _result(study: Study, events: Path, rows: Rows, provenance: dict[str, Any]) -> GroupResult:
    place = Placement.of_result(study.path, events)
    return GroupResult(
        events,
        rows,
        provenance,
        read_description(place.sidecars.description),
        read_day(place),
        is_reviewed(events),
    )


def study_of(events: Path) -> Path | None:
    """The study in whose results an events table lies; None if it lies in none."""
    found = place_in_study(events)
    return found and found[0]


def place_in_study(events: Path) -> tuple[Path, Path] | None:
    """The study in whose results an events table lies, and the table as a path of it.

    By its path as it is given, where ``derivatives`` may be a link to another disk, or else by
    where links lead.
    """
    for path in (events.absolute(), events.resolve()):
        for folder in path.parents:
            if folder.parts[-2:] == RESULTS.parts and is_study(folder.parents[1]):
                return folder.parents[1], path
    return None
