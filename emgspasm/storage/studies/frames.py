"""What a study holds, as data frames."""

from __future__ import annotations

import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgspasm.errors import RecordingError
from emgspasm.storage.derivatives.names import DETECTED, RESULTS, beside
from emgspasm.storage.derivatives.provenance import (
    read_provenance,
    replaced_recording,
    told_replaced,
)
from emgspasm.storage.derivatives.reviews import counted_path
from emgspasm.storage.studies.lock import exclusive
from emgspasm.storage.studies.placement import Placement, bids_entities
from emgspasm.storage.studies.scales import ScaleScore, read_scores
from emgspasm.storage.studies.scans import read_day
from emgspasm.storage.studies.treatments import Treatment, read_treatments
from emgspasm.storage.tables.dictionary import TABLES
from emgspasm.storage.tables.tsv import read_table
from emgspasm.system import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

SESSION_COLUMNS = ("participant", "session", "task", "run", "date", "path")


def session_row(study: Path, recording: Path) -> dict[str, Any]:
    """What name and place tell of a recording: :data:`SESSION_COLUMNS`."""
    found = bids_entities(recording.name)
    return {
        "participant": found.get("sub"),
        "session": found.get("ses"),
        "task": found.get("task"),
        "run": found.get("run"),
        "date": read_day(Placement(recording.parent, recording.name.rpartition("_emg.")[0])),
        "path": recording.relative_to(study).as_posix(),
    }


def sessions_frame(study: Path, recordings: Iterable[Path]) -> pd.DataFrame:
    """A row a recording of a study, with the day on which it was made."""
    import pandas as pd

    rows = [session_row(study, path) for path in recordings]
    frame = pd.DataFrame(rows, columns=list(SESSION_COLUMNS))
    frame["date"] = pd.to_datetime(frame["date"])
    return frame


def entered_frame(study: Path, name: str) -> pd.DataFrame:
    """Treatments or scores of a study, as people entered them; `name` is one of these words."""
    import pandas as pd

    kind = Treatment if name == "treatments" else ScaleScore
    rows = (read_treatments if name == "treatments" else read_scores)(study)
    frame = pd.DataFrame([asdict(row) for row in rows], columns=list(kind.__dataclass_fields__))
    frame["date"] = pd.to_datetime(frame["date"])
    return frame


def results_frame(study: Path, table: str) -> pd.DataFrame:
    """One table of all results of a study; of reviewed events and summaries the reviewed ones.

    Those of a recording that was replaced since are left out, which a warning says.

    Raises
    ------
    ValueError
        If there is no such table.
    RecordingError
        If there are none, one cannot be read, or an expert's are of others.
    """
    import pandas as pd

    if table not in TABLES:
        raise ValueError(f"table={table!r}; the tables of results are {', '.join(TABLES)}")
    frames, replaced = [], []
    for path in in_order((study / RESULTS).glob(f"sub-*/**/sub-*{DETECTED}{table}.tsv")):
        events = path.with_name(f"{path.name.removesuffix(f'{table}.tsv')}events.tsv")
        with exclusive(path.parent):  # another process may be amid writing it
            if name := replaced_recording(study, events, read_provenance(events)):
                replaced.append(name)
                continue
            frame = read_table(_counted(events, table))
        found = bids_entities(path.name)
        for place, (name, key) in enumerate((("participant", "sub"), ("session", "ses"))):
            frame = frame.drop(columns=name, errors="ignore")
            frame.insert(place, name, found.get(key))
        frames.append(frame)
    if replaced and not frames:
        raise RecordingError(f"{study / RESULTS} holds only old results: {told_replaced(replaced)}")
    if replaced:
        warnings.warn(f"left out: {told_replaced(replaced)}", stacklevel=3)  # of who called Study
    if not frames:
        raise RecordingError(
            f"{study / RESULTS} holds no {table} table. emgspasm analyze {study} makes the results"
        )
    filled = [frame.dropna(axis=1, how="all") for frame in frames]  # or pandas guesses their types
    names = dict.fromkeys(name for frame in frames for name in frame.columns)  # a review's has more
    return pd.concat(filled, ignore_index=True).reindex(columns=list(names))


def _counted(events: Path, table: str) -> Path:
    """The expert's table in the place of the detector's, if there is one."""
    return beside(counted_path(events) if table in ("events", "summary") else events, table)
