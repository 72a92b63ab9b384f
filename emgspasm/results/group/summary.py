"""The group table: a row a recording, task, side and channel, with the day after a treatment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgspasm.results.group.results import GroupResult
from emgspasm.storage.derivatives.provenance import is_simulated
from emgspasm.storage.files import replacing
from emgspasm.storage.studies.treatments import Treatment, by_day
from emgspasm.storage.tables.joint_columns import GROUP
from emgspasm.storage.tables.tsv import table, write_table

if TYPE_CHECKING:
    import pandas as pd


def group_table(results: Sequence[GroupResult], treatments: Sequence[Treatment]) -> pd.DataFrame:
    """All summaries of a study as one tidy table.

    Parameters
    ----------
    results : sequence of GroupResult
    treatments : sequence of Treatment
    """
    rows: list[dict[str, Any]] = []
    for result in results:
        provenance = result.provenance
        mine = [t for t in treatments if t.participant == result.participant]
        common = _since(result.day, mine) | {
            "sampling_frequency": provenance["sampling_frequency"],
            "config_sha": str(provenance["config_sha256"])[:12],
            "detector_version": provenance["emgspasm_version"],
            "simulated": "yes" if is_simulated(provenance) else "no",
            "reviewed": "yes" if result.reviewed else "no",
        }
        rows += [row | common for row in result.summary]
    return table(rows, GROUP)


def _since(day: date | None, treatments: Sequence[Treatment]) -> dict[str, Any]:
    """The last treatment before a day, and how many days before it was."""
    before = [t for t in treatments if day is not None and t.date <= day]
    if day is None or not before:
        return {}
    last = max(before, key=by_day)
    return {"treatment": last.kind, "days_since_treatment": (day - last.date).days}


def write_group_table(frame: pd.DataFrame, folder: Path) -> None:
    """Write ``group_summary.tsv`` and ``group_summary.parquet``, replacing older ones.

    Raises
    ------
    RecordingError
        If they cannot be written.
    """
    write_table(frame, folder / "group_summary.tsv", overwrite=True)
    path = folder / "group_summary.parquet"
    # pyarrow opens no name that is no UTF-8
    with replacing(path, overwrite=True) as temporary, temporary.open("wb") as file:
        frame.to_parquet(file, index=False)
