"""Sessions of a participant as their stored results tell them, and which of them compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from emgspasm.errors import RecordingError
from emgspasm.report.course.rest import RestBlock, rest_blocks
from emgspasm.results.stored import Settings, StoredResult, read_result, settings_of
from emgspasm.storage.derivatives.names import DETECTED, RESULTS, result_path
from emgspasm.storage.derivatives.provenance import replaced_recording, told_replaced
from emgspasm.storage.derivatives.reviews import counted_path
from emgspasm.storage.studies.lock import exclusive
from emgspasm.storage.studies.placement import Placement, bids_entities
from emgspasm.storage.studies.scans import read_day
from emgspasm.storage.studies.study import Study
from emgspasm.system import in_order


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """One session of a participant.

    Parameters
    ----------
    label : str
        As in BIDS; ``n/a`` where there are no sessions.
    day : date or None
        When it was recorded.
    results : list of StoredResult
    blocks : list of RestBlock
    replaced : list of str
        Names of recordings that are not those any more which the results were made of.
    """

    label: str
    day: date | None
    results: list[StoredResult]
    blocks: list[RestBlock]
    replaced: list[str]

    @property
    def settings(self) -> Settings:
        """What must agree for sessions to compare."""
        return settings_of(self.results[0].provenance)

    @property
    def primary(self) -> list[RestBlock]:
        """Rest that counts for the primary rate."""
        return [block for block in self.blocks if block.primary]


def sessions(study: Study, participant: str) -> list[Session]:
    """Sessions that have results, in order of date and label.

    Raises
    ------
    RecordingError
        If there are none.
    """
    folder = study.path / RESULTS / f"sub-{participant}"
    groups: dict[str, list[Path]] = {}
    for path in in_order(folder.glob(f"**/sub-*{DETECTED}events.tsv")):
        groups.setdefault(bids_entities(path.name).get("ses", "n/a"), []).append(path)
    if not groups:
        raise RecordingError(
            f"participant {participant} has no results in {study.path / RESULTS}. "
            f"emgspasm analyze {study.path} makes them"
        )
    told = [_session(study, label, paths) for label, paths in groups.items()]
    return sorted(told, key=lambda s: (s.day or date.max, s.label))


def days(found: Sequence[Session]) -> list[date]:
    """Days of the sessions of which it is known."""
    return [each.day for each in found if each.day is not None]


def not_analyzed(study: Study, participant: str) -> list[str]:
    """Recordings of a participant that have no results, in words."""
    told = []
    for path in study.recordings():
        entities = bids_entities(path.name)
        folder = study.path / RESULTS / path.parent.relative_to(study.path)
        if entities.get("sub") != participant:
            continue
        if not result_path(folder, path.stem, "events").exists():
            label = entities.get("ses", "n/a")
            told.append(f"{label}: {path.name} has no results (emgspasm analyze makes them)")
    return told


def _session(study: Study, label: str, paths: Sequence[Path]) -> Session:
    results, blocks, dates, replaced = [], [], [], []
    for path in paths:
        with exclusive(path.parent):  # another process may be amid writing it
            result = read_result(counted_path(path))
        results.append(result)
        blocks += rest_blocks(result, bids_entities(path.name).get("task"))
        day = read_day(Placement.of_result(study.path, path))
        dates += [day] if day else []
        if name := replaced_recording(study.path, path, result.provenance):
            replaced.append(name)
    return Session(label, min(dates, default=None), results, blocks, replaced)


def comparable(found: Sequence[Session]) -> tuple[list[Session], list[str]]:
    """Sessions that compare with most others, and why the others do not."""
    usable, left_out = [], []
    for each in found:
        ways = sorted({settings_of(result.provenance) for result in each.results})
        if each.replaced:
            left_out.append(f"{each.label}: {told_replaced(each.replaced)}")
        elif len(ways) > 1:
            left_out.append(f"{each.label}: its recordings were {_difference(ways[0], ways[1])}")
        elif each.day is None:
            left_out.append(f"{each.label}: its date is not known (emgspasm study set-date)")
        elif not each.primary:
            left_out.append(f"{each.label}: no valid time at rest (rest_open)")
        else:
            usable.append(each)
    if not usable:
        return [], left_out
    numbers = Counter(each.settings for each in usable)
    most = max(numbers.values())
    reference = next(e.settings for e in usable if numbers[e.settings] == most)
    left_out += [
        f"{each.label}: not compared, {_difference(each.settings, reference)}"
        for each in usable
        if each.settings != reference
    ]
    return [each for each in usable if each.settings == reference], left_out


def _difference(mine: Settings, reference: Settings) -> str:
    words = (("settings {}", "{}"), ("{:g} Hz", "{:g} Hz"), ("version {}", "{}"))
    told = [
        f"{one.format(a)} instead of {other.format(b)}"
        for (one, other), a, b in zip(words, mine, reference, strict=True)
        if a != b
    ]
    return f"analyzed with {' and '.join(told)}"
