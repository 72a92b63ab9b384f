"""Who is in a study: ``participants.tsv``. Labels are pseudonyms; people may add columns."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from emgspasm.errors import ConfigError
from emgspasm.storage.studies.ledger import append_row, checked_rows, remove_row
from emgspasm.storage.studies.sidecar import write_rows

PARTICIPANT_COLUMNS = ("participant_id",)


def participants_path(study: Path) -> Path:
    """The table."""
    return study / "participants.tsv"


def begin_participants(study: Path) -> None:
    """Write the table of a new study, in which nobody is yet; the caller holds the lock."""
    write_rows(participants_path(study), PARTICIPANT_COLUMNS, (), overwrite=True)


def read_participants(study: Path) -> tuple[str, ...]:
    """Labels of those who are listed, as ``01``.

    Raises
    ------
    RecordingError
        If the table cannot be read, or names nobody in a line.
    """
    return tuple(checked_rows(participants_path(study), PARTICIPANT_COLUMNS, _label))


def _label(row: Mapping[str, str | None]) -> str:
    named = row["participant_id"]
    if named is None:
        raise ValueError("participant_id is missing; say who it is")
    return named.removeprefix("sub-")


def require_listed(study: Path, participant: str) -> None:
    """Refuse a participant who is not listed.

    Raises
    ------
    ConfigError
        Naming those who are.
    """
    known = read_participants(study)
    if participant in known:
        return
    near = difflib.get_close_matches(participant, known, 1, 0.5)
    listed = ", ".join(known[:20]) or "none"
    raise ConfigError(
        f"participant {participant!r} is not in {participants_path(study)} (it lists {listed}). "
        + (f"Did you mean {near[0]}?" if near else "Record or import for them first")
    )


def list_participant(study: Path, participant: str) -> None:
    """Add a participant who is not listed yet; the caller holds the lock."""
    if participant not in read_participants(study):
        row = {"participant_id": f"sub-{participant}"}
        append_row(participants_path(study), PARTICIPANT_COLUMNS, row)


def strike_participant(study: Path, participant: str) -> None:
    """Take a participant off the list; the caller holds the lock."""
    remove_row(participants_path(study), *PARTICIPANT_COLUMNS, f"sub-{participant}")
