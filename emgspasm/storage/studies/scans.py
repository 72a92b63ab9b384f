"""When recordings were made: BIDS's ``_scans.tsv`` of a session.

Headers of recordings are anonymous and hold no date (clinical facts 11), so this table is the only
place that does; dates shifted in it are shifted for good.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from emgspasm.errors import RecordingError
from emgspasm.storage.studies.ledger import read_ledger, write_ledger
from emgspasm.storage.studies.placement import SUFFIXES, Placement

SCAN_COLUMNS = ("filename", "acq_time")
REQUIRED = SCAN_COLUMNS[:1]
"""Other programs need not tell times (BIDS)."""


def scans_path(place: Placement) -> Path:
    """The table of the session that a recording belongs to."""
    folder = place.folder.parent
    labels = [part for part in place.stem.split("_") if part[:4] in ("sub-", "ses-")]
    return folder / f"{'_'.join(labels)}_scans.tsv"


def write_time(place: Placement, moment: datetime) -> None:
    """Say when a recording was made, to the second; the caller holds the lock of the study.

    Raises
    ------
    RecordingError
        If the table cannot be read or written.
    """
    path = scans_path(place)
    rows = read_ledger(path, REQUIRED)
    heading = list(dict.fromkeys((*(rows[0] if rows else ()), *SCAN_COLUMNS)))
    name = _name(place)
    kept = [row for row in rows if row["filename"] != name]
    mine: dict[str, str | None] = next((r for r in rows if r["filename"] == name), {})
    mine |= {"filename": name, "acq_time": acq_time(moment)}
    write_ledger(path, heading, (*kept, mine))


def forget_time(place: Placement) -> bool:
    """Take back when a recording was made; the caller holds the lock of the study.

    Returns
    -------
    bool
        Whether anybody had said it.

    Raises
    ------
    RecordingError
        If the table cannot be read or written.
    """
    path, name = scans_path(place), _name(place)
    rows = read_ledger(path, REQUIRED)
    mine = [row for row in rows if row["filename"] == name and row.get("acq_time")]
    for row in mine:
        row["acq_time"] = None
    if mine:
        write_ledger(path, list(rows[0]), rows)
    return bool(mine)


def _name(place: Placement) -> str:
    return f"{place.folder.name}/{place.recording.name}"


def acq_time(moment: datetime) -> str:
    """A moment as BIDS writes it: of the place's clock, or with a Z in universal time."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="seconds") + "Z"
    return moment.isoformat(timespec="seconds")


def read_day(place: Placement) -> date | None:
    """Day on which a recording was made; None and errors as of :func:`read_time`."""
    moment = read_time(place)
    return moment.date() if moment else None


def read_time(place: Placement) -> datetime | None:
    """When a recording was made; None where the table does not say.

    Raises
    ------
    RecordingError
        If the table cannot be read.
    """
    names = {_name(replace(place, suffix=suffix)) for suffix in SUFFIXES}  # results tell none
    for row in read_ledger(scans_path(place), REQUIRED):
        if row["filename"] in names and (told := row.get("acq_time")):
            try:
                return datetime.fromisoformat(told)
            except ValueError:
                raise RecordingError(
                    f"{scans_path(place)}: acq_time={told!r} of {row['filename']} (a "
                    "time is written YYYY-MM-DDThh:mm:ss). Correct that row"
                ) from None
    return None
