"""A copy of a study without anything that tells who was recorded, where or when.

Files are not copied but written anew from what is known to be harmless. Dates of a participant are
shifted by one number of days, to years before 1925 as BIDS wants it, so that days between sessions,
treatments and scores stay. Results are left out: analyzing the copy makes them again.
"""

from __future__ import annotations

import math
import re
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from emgspasm.anonymization import words
from emgspasm.anonymization.recording import anonymous
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.conversion import import_recording
from emgspasm.storage.files import existing
from emgspasm.storage.opening import open_recording
from emgspasm.storage.studies.dataset import describe_own_table
from emgspasm.storage.studies.ledger import read_ledger
from emgspasm.storage.studies.lock import locked
from emgspasm.storage.studies.participants import PARTICIPANT_COLUMNS, participants_path
from emgspasm.storage.studies.placement import Placement, bids_entities
from emgspasm.storage.studies.scales import ScaleScore, read_scores
from emgspasm.storage.studies.scans import read_day
from emgspasm.storage.studies.sidecar import (
    Acquisition,
    read_description,
    write_rows,
    write_sidecars,
)
from emgspasm.storage.studies.study import Study
from emgspasm.storage.studies.treatments import Treatment, read_treatments, write_treatments
from emgspasm.system import rename_over

FIRST, LAST = date(1905, 1, 1), date(1924, 12, 31)
"""Between these lies the last date of a participant after the shift."""

REFERENCES = ("Bipolar", "Monopolar", "n/a")
TRAITS = {
    "age": re.compile(r"[0-8]?\d(\.\d+)?\Z"),
    "sex": re.compile(r"(?:[MFO]|male|female|other)\Z", re.IGNORECASE),
    "handedness": re.compile(r"(?:[LRA]|left|right|ambidextrous)\Z", re.IGNORECASE),
}
"""Columns of ``participants.tsv`` that pass, and the values that do: ages over 89 may identify."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A recording of the study that is copied."""

    path: Path
    participant: str
    session: str | None
    task: str
    day: date | None


def anonymize_study(
    study: Study, out: Path, *, random_below: Callable[[int], int] | None = None
) -> Study:
    """Write a copy of a study without anything that identifies.

    Parameters
    ----------
    study : Study
    out : Path
        A new folder; it appears under this name when all of it is written. Its name becomes that
        of the copy.
    random_below : callable, optional
        Draws the shift of dates; a secret one by default.

    Raises
    ------
    ConfigError
        If `out` holds something, or is the folder one is in.
    RecordingError
        If it lies in the study, or something cannot be read or written.
    """
    _check(study, out)
    begun = out.with_name(f".{out.name}.anonymizing")
    shutil.rmtree(begun, ignore_errors=True)  # of a copy that was killed
    try:
        copy = Study.open_or_create(begun, name=out.name)
        _copy(study, copy, random_below or secrets.randbelow)
        if out.exists():  # empty; Windows puts no folder in the place of another
            out.rmdir()
        rename_over(begun, out)
    except OSError as error:
        raise RecordingError(
            f"{out} cannot be written ({error.strerror}), and nothing of it is kept. "
            "Make room, or write elsewhere"
        ) from error
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return Study.open(out)


def _check(study: Study, out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise existing(out, "An anonymous copy takes a new folder: name another")
    if out.exists() and out.samefile(Path.cwd()):
        raise ConfigError(
            f"{out} is the folder you are in (the copy takes its place as a whole). Name another"
        )
    if out.resolve().is_relative_to(study.path.resolve()):
        raise RecordingError(
            f"{out} lies inside the study itself (the copy would lie beside the names). Name a "
            "folder elsewhere"
        )


def _copy(study: Study, copy: Study, random_below: Callable[[int], int]) -> None:
    sources = [_source(path) for path in study.recordings()]
    treatments, scores = read_treatments(study.path), read_scores(study.path)
    entered: list[Treatment | ScaleScore] = [*treatments, *scores]
    numbers = words.participants(
        [
            *study.participants,
            *(s.participant for s in sources),
            *(row.participant for row in entered),
        ]
    )
    shifts = {label: _shift(_dates(label, sources, entered), random_below) for label in numbers}
    _copy_participants(study, copy, numbers)
    _copy_recordings(sources, copy, numbers, shifts)
    _copy_tables(treatments, scores, copy, numbers, shifts)


def _source(path: Path) -> _Source:
    entities = bids_entities(path.name)
    day = read_day(Placement(path.parent, path.name.rpartition("_emg.")[0]))
    return _Source(path, entities["sub"], entities.get("ses"), entities.get("task", "n/a"), day)


def _dates(
    label: str, sources: Sequence[_Source], entered: Sequence[Treatment | ScaleScore]
) -> list[date]:
    days = [s.day for s in sources if s.participant == label and s.day is not None]
    return days + [row.date for row in entered if row.participant == label]


def _shift(dates: Sequence[date], random_below: Callable[[int], int]) -> timedelta:
    if not dates:
        return timedelta()
    return FIRST + timedelta(random_below((LAST - FIRST).days + 1)) - max(dates)


def _copy_participants(study: Study, copy: Study, numbers: Mapping[str, str]) -> None:
    rows = {
        str(row["participant_id"]).removeprefix("sub-"): row
        for row in read_ledger(participants_path(study.path), PARTICIPANT_COLUMNS)
    }
    traits = [name for name in TRAITS if any(name in row for row in rows.values())]
    lines = [
        (f"sub-{number}", *(_trait(name, rows.get(label, {}).get(name)) for name in traits))
        for label, number in numbers.items()
    ]
    path = participants_path(copy.path)
    write_rows(path, (*PARTICIPANT_COLUMNS, *traits), lines, overwrite=True)


def _trait(name: str, value: str | None) -> str | None:
    return value if value is not None and TRAITS[name].match(value) else None


def _copy_recordings(
    sources: Sequence[_Source],
    copy: Study,
    numbers: Mapping[str, str],
    shifts: Mapping[str, timedelta],
) -> None:
    task_of = words.tasks()
    for label, number in numbers.items():
        mine = [s for s in sources if s.participant == label]
        mine.sort(key=lambda s: (s.day or date.max, s.path.name))
        sessions = words.session_labels([s.session for s in mine if s.session is not None])
        for source in mine:
            session = sessions[source.session] if source.session is not None else None
            place = _free_place(copy, number, session, task_of(source.task), source.path)
            _copy_recording(source.path, place, task_of(source.task))
            if source.day is not None:
                copy.note_time(place, datetime.combine(source.day + shifts[label], time.min))


def _free_place(copy: Study, number: str, session: str | None, task: str, path: Path) -> Placement:
    """Where a recording goes: under its own run, or the next one that is free."""
    own = bids_entities(path.name).get("run", "")
    run = int(own) if words.RUN.match(own) else None
    place = copy.place(number, session, task=task, run=run)
    while place.recording.exists():
        run = (run or 1) + 1
        place = copy.place(number, session, task=task, run=run)
    return place


def _copy_recording(path: Path, place: Placement, task: str) -> None:
    import_recording(anonymous(open_recording(path)), place.recording)
    write_sidecars(
        open_recording(place.recording),
        place.sidecars,
        task=task,
        acquisition=_acquisition(path.with_suffix(".json")),
    )


def _acquisition(path: Path) -> Acquisition:
    """What of a description is copied; how sites were found is free text, so it is left out."""
    described = read_description(path)
    reference = described.get("EMGReference")
    return Acquisition(
        reference=reference if reference in REFERENCES else "n/a",
        power_line_frequency=_frequency(described.get("PowerLineFrequency")),
        software_filters={} if described.get("SoftwareFilters") == {} else None,
    )


def _frequency(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 < value < math.inf else None


def _copy_tables(
    treatments: Sequence[Treatment],
    scores: Sequence[ScaleScore],
    copy: Study,
    numbers: Mapping[str, str],
    shifts: Mapping[str, timedelta],
) -> None:
    product_of, site_of, rater_of = words.products(), words.sites(), words.raters()
    given = [
        replace(
            row,
            participant=numbers[row.participant],
            date=row.date + shifts[row.participant],
            product=row.product and product_of(row.product),
            site=row.site and site_of(row.site),
        )
        for row in treatments
    ]
    if given:
        with locked(copy.path):
            describe_own_table(copy.path, "treatments")
            write_treatments(copy.path, given)
    copied = [
        replace(
            score,
            participant=numbers[score.participant],
            date=score.date + shifts[score.participant],
            rater=rater_of(score.rater),
            version=words.version(score.version, score.date),
        )
        for score in scores
    ]
    for score in dict.fromkeys(copied):  # two versions of a scale may have become one
        copy.add_score(score)
