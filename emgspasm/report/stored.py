"""Results as ``analyze`` stored them, and the recording they came from."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from emgspasm.errors import RecordingError
from emgspasm.results.analysis import Results
from emgspasm.results.group.results import place_in_study
from emgspasm.results.stored import read_result_table
from emgspasm.storage.derivatives.names import beside, provenance_beside
from emgspasm.storage.derivatives.provenance import (
    read_provenance,
    replaced_recording,
    told_replaced,
)
from emgspasm.storage.derivatives.reviews import counted_path
from emgspasm.storage.digest import Digest
from emgspasm.storage.studies.lock import exclusive
from emgspasm.storage.studies.placement import Placement
from emgspasm.storage.studies.scans import read_day
from emgspasm.storage.tables.dictionary import TABLES
from emgspasm.storage.tables.tsv import table
from emgspasm.system import in_order

if TYPE_CHECKING:
    import pandas as pd

EVENTS = "_events.tsv"


def stored_results(folder: Path) -> list[Path]:
    """Events tables of the results that lie in a folder or below it, in order of name.

    Markers of a study's recordings have such names too; results have their ``X.json`` beside.
    """
    return in_order(path for path in folder.rglob(f"*{EVENTS}") if is_result(path))


def is_result(path: Path) -> bool:
    """Whether a file is the events table of a result, and none of macOS' ``._X_events.tsv``."""
    return (
        not path.name.startswith("._")
        and path.name.endswith(EVENTS)
        and provenance_beside(path).is_file()
    )


def recorded_on(source: Path) -> date | None:
    """Day of a recording, or of the one that an events table is of, where its study tells it.

    Raises
    ------
    RecordingError
        If the table of the session that tells it cannot be read.
    """
    placed = place_in_study(source)
    place = Placement.of_result(*placed) if placed else Placement.of(source)
    return read_day(place) if place else None


def read_results(events: Path) -> Results:
    """Read the tables of one recording; events and summary as an expert left them, if one did.

    Parameters
    ----------
    events : Path
        ``X_events.tsv``.

    Raises
    ------
    RecordingError
        If one of them is missing or no such table, the expert's is of other results, or the
        recording was replaced in its study since.
    """
    with exclusive(events.parent):  # another process may be amid writing it
        provenance = read_provenance(events)
        placed = place_in_study(events)
        if placed and (name := replaced_recording(*placed, provenance)):
            raise RecordingError(told_replaced([name]))
        told = counted_path(events)
        places = {name: told if name in ("events", "summary") else events for name in TABLES}
        frames = {name: _frame(place, name) for name, place in places.items()}
    return Results(name=Path(str(provenance["recording"])).stem, **frames, provenance=provenance)


def _frame(events: Path, name: str) -> pd.DataFrame:
    path = beside(events, name)
    columns = TABLES[name]
    if name == "trials" and not path.exists():  # written only where movements are marked
        return table((), columns)
    frame = read_result_table(path, name)
    return frame.astype({c.name: "Int64" for c in columns if c.whole and c.name in frame})


def recording_of(results: Results, events: Path) -> Path | None:
    """The recording of stored results, if it lies beside them, above them or in their study.

    A file of that name with another content is none.
    """
    name = str(results.provenance["recording"])
    for folder in _places(events):
        path = folder / name
        if path.is_file() and Digest().of(path) == results.provenance["input_sha256"]:
            return path
    return None


def _places(events: Path) -> list[Path]:
    """Beside the results, one folder up, and where a study keeps what its derivatives are of."""
    events = events.absolute()
    places = [events.parent, events.parent.parent]
    for derivatives in events.parents:
        if derivatives.parent.name == "derivatives":
            study = derivatives.parent.parent
            places.append(study / events.parent.relative_to(derivatives))
    return places
