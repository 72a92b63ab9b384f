"""Results as ``analyze`` stored them, and the recording they came from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgspasm.errors import RecordingError
from emgspasm.results import Results
from emgspasm.storage.columns import TABLES
from emgspasm.storage.tables import read_table, table

if TYPE_CHECKING:
    import pandas as pd

EVENTS = "_events.tsv"


def stored_results(folder: Path) -> list[Path]:
    """Events tables of the results that lie in a folder or below it, in order of name.

    Markers of a study's recordings have such names too; results have their ``X.json`` beside.
    """
    return sorted(path for path in folder.rglob(f"*{EVENTS}") if is_result(path))


def is_result(path: Path) -> bool:
    """Whether a file is the events table of a result."""
    return path.name.endswith(EVENTS) and provenance_path(path).is_file()


def provenance_path(events: Path) -> Path:
    """``X.json`` beside ``X_events.tsv``."""
    return events.with_name(events.name.removesuffix(EVENTS) + ".json")


def read_results(events: Path) -> Results:
    """Read the tables of one recording.

    Parameters
    ----------
    events : Path
        ``X_events.tsv``.

    Raises
    ------
    RecordingError
        If one of them is missing or no such table.
    """
    provenance = _provenance(provenance_path(events))
    frames = {name: _frame(events, name) for name in TABLES}
    name = Path(str(provenance["recording"])).stem
    return Results(name=name, **frames, provenance=provenance)


def _provenance(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be read ({error.strerror}). Analyze the recording again"
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path} is no JSON ({error}). Analyze the recording again") from None
    if not isinstance(told, dict) or "emgspasm_version" not in told or "recording" not in told:
        raise RecordingError(
            f"{path} does not say what was analyzed (it is no result). Give a folder of analyze"
        )
    return told


def _frame(events: Path, name: str) -> pd.DataFrame:
    path = events.with_name(f"{events.name.removesuffix(EVENTS)}_{name}.tsv")
    columns = TABLES[name]
    if name == "trials" and not path.exists():  # written only where there are task markers
        return table((), columns)
    frame = read_table(path)
    return frame.astype({c.name: "Int64" for c in columns if c.whole and c.name in frame})


def recording_of(results: Results, events: Path) -> Path | None:
    """The recording of stored results, if it lies beside them, above them or in their study.

    A file of that name with another content is none.
    """
    name = str(results.provenance["recording"])
    for folder in _places(events):
        path = folder / name
        if path.is_file() and _sha256(path) == results.provenance["input_sha256"]:
            return path
    return None


def _places(events: Path) -> list[Path]:
    """Beside the results, one folder up, and where a study keeps what its derivatives are of."""
    places = [events.parent, events.parent.parent]
    for derivatives in events.parents:
        if derivatives.parent.name == "derivatives":
            study = derivatives.parent.parent
            places.append(study / events.parent.relative_to(derivatives))
    return places


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
