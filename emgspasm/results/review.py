"""The review of a result: an expert's decisions beside the detector's table, and its summary.

The detector's table stays as it is. A review is a table of its own beside it, with who decided and
when; the summary beside that is computed by the same functions as the detector's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from emgspasm.errors import ConfigError
from emgspasm.results.decisions import Decision, event_rows
from emgspasm.results.findings import Rows, bursts_of
from emgspasm.results.stored import (
    StoredResult,
    is_of_side,
    read_result,
    stored_findings,
    stored_info,
)
from emgspasm.results.tabulation.events import burden
from emgspasm.results.tabulation.summary import side_rows, spasm_measures
from emgspasm.storage.derivatives.names import beside
from emgspasm.storage.derivatives.reviews import detected_path, require_same_results, reviewed_path
from emgspasm.storage.files import refuse_existing
from emgspasm.storage.studies.lock import exclusive
from emgspasm.storage.tables.columns import SUMMARY
from emgspasm.storage.tables.event_columns import REVIEWED_EVENTS
from emgspasm.storage.tables.tsv import read_table, table, table_rows, write_table
from emgspasm.stream import EventType, StreamInfo
from emgspasm.synkinesis.measures.classes import spasm_class
from emgspasm.synkinesis.spread import spread_stage

if TYPE_CHECKING:
    import pandas as pd

OF_BOTH: tuple[EventType, ...] = ("blink", "blepharospasm")
OF_ONE: tuple[EventType, ...] = ("spasm", "myokymia")
"""Types of events that are of both sides, and of one side."""

LATERALITY = ("li", "log_ratio")
FOLLOWING = (
    *("trial_type", "side", "class", "spread_stage", "muscles", "n_muscles"),
    *LATERALITY,
)
"""Columns of an event that follow from what it is called."""


def write_review(
    events: Path,
    decisions: Sequence[Decision],
    rater: str,
    *,
    out: Path | None = None,
    now: datetime | None = None,
) -> tuple[Path, pd.DataFrame]:
    """Add decisions to the review of an events table, and compute its summary anew.

    Parameters
    ----------
    events : Path
        The detector's table, or a review to go on with.
    decisions : sequence of Decision
        The last one about an event counts.
    rater : str
        Pseudonym of the expert.
    out : Path, optional
        Where the review goes; beside the table by default.
    now : datetime, optional
        When it was decided.

    Returns
    -------
    Path, DataFrame
        The review, and its events.

    Raises
    ------
    ConfigError
        If an event is unknown, or the file is the detector's table, another rater's review or none,
        or is not called as events tables are, or a summary is there that is of no review.
    RecordingError
        If the review there is of other results, or a table cannot be read or written.
    """
    original = read_result(detected_path(events))
    path = out or reviewed_path(events)
    if path == original.events_path:
        raise ConfigError(f"{path} is the detector's table (it stays). Name another file")
    if not path.name.endswith("_events.tsv"):  # nothing would find the review and its summary
        raise ConfigError(f"{path} is no name of an events table (X_events.tsv). Name it so")
    moment = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    info = stored_info(original)
    summary = beside(path, "summary")
    with exclusive(original.events_path.parent):  # the window may be storing a decision, too
        if path != reviewed_path(events) and not path.exists():
            refuse_existing(summary, overwrite=False)
        frame = _begun(path, original, rater)
        frame = decided(frame, decisions, rater, moment.replace("+00:00", "Z"), original, info)
        reviewed = StoredResult(path, frame, original.summary, original.provenance, reviewed=True)
        write_table(frame, path, overwrite=True)
        write_table(reviewed_summary(reviewed, info), summary, overwrite=True)
    return path, frame


def _begun(path: Path, original: StoredResult, rater: str) -> pd.DataFrame:
    """The review so far, or the detector's table to begin with."""
    if not path.exists():
        return table(table_rows(original.events), REVIEWED_EVENTS)
    frame = read_table(path)
    if "rater" not in frame:
        raise ConfigError(
            f"{path} is not a review (it has no column rater). Give another --out FILE"
        )
    others = sorted(set(frame["rater"].dropna()) - {rater})
    if others:
        raise ConfigError(
            f"{path} is the review of {', '.join(map(str, others))}, not of {rater} (one table a "
            "rater). Give --out FILE for a review of your own"
        )
    require_same_results(frame, path, original.events, original.events_path)
    return table(table_rows(frame), REVIEWED_EVENTS)


def decided(
    frame: pd.DataFrame,
    decisions: Iterable[Decision],
    rater: str,
    moment: str,
    original: StoredResult,
    info: StreamInfo,
) -> pd.DataFrame:
    """The table with these decisions in it: on the rows of events, and on those of their bursts.

    Raises
    ------
    ConfigError
        If an event is unknown.
    """
    rows = table_rows(frame)
    of_event: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        of_event.setdefault(str(row["event_id"]), []).append(row)
    detected = {str(row["event_id"]): row for row in event_rows(original.events)}
    parts = stored_findings(original, info).parts
    rows_of = {name: i for i, name in enumerate(detected)}
    for decision in decisions:
        if decision.event_id not in detected:
            raise ConfigError(
                f"event {decision.event_id!r} is not in {original.events_path.name} (it holds "
                f"{len(detected)} events, from {next(iter(detected), 'none')}). Check the name"
            )
        number = rows_of[decision.event_id]
        mine = parts[(parts["event"] == number) & ~parts["copy"]]
        cells = _event_cells(decision, detected[decision.event_id], mine, info)
        common = {"status": decision.status, "rater": rater, "reviewed": moment}
        spasm = cells["trial_type"] == "spasm" and decision.status == "accepted"
        for row in of_event[decision.event_id]:
            row |= common | {"spasm_id": decision.event_id if spasm else None}
            if row["trial_type"] != "burst":
                row |= cells
    return table(rows, REVIEWED_EVENTS)


def _event_cells(
    decision: Decision, was: Mapping[str, Any], parts: Rows, info: StreamInfo
) -> dict[str, Any]:
    """Cells of an event's row: as detected, or called otherwise."""
    kept: dict[str, Any] = {key: was.get(key) for key in FOLLOWING}
    kind, label = decision.trial_type, decision.label
    if kind is None or (kind == was["trial_type"] and label in ("", was["class"])):
        return kept | {"detected_as": None}
    seen = ":".join(filter(None, (was["trial_type"], was["class"])))
    cells: dict[str, Any] = kept | {"trial_type": kind, "class": label or None, "detected_as": seen}
    cells |= {"side": _called_side(kind, was["side"], parts, info), "spread_stage": None}
    if kind == "spasm":
        own = [is_of_side(cells["side"], info.channels[c]) for c in parts["channel"]]
        bursts = bursts_of(parts[np.array(own, np.bool_)])
        muscles = sorted({info.channels[b.channel].muscle or "" for b in bursts})
        cells |= {"muscles": "+".join(muscles) or None, "n_muscles": len(muscles)}
        cells["spread_stage"] = spread_stage(muscles)
        if not label:
            cells["class"] = spasm_class(bursts, info.sampling_frequency) if bursts else "isolated"
    # seen from the event's side, of both from the left
    turned = (cells["side"] == "R") != (was["side"] == "R")
    for key in LATERALITY if turned else ():
        cells[key] = None if kept[key] is None else 0.0 - kept[key]
    return cells


def _called_side(kind: EventType, was: str, parts: Rows, info: StreamInfo) -> str:
    """Side of an event of this kind that was of another."""
    if kind in OF_BOTH:
        return "B"
    return _side(parts, info) if kind in OF_ONE and was == "B" else was


def _side(parts: Rows, info: StreamInfo) -> str:
    """The side on which more happened; where no amplitude is known, on which it lasted longer."""
    lasting = parts["offset"] - parts["onset"]
    area = burden(parts) * lasting
    area = area if np.isfinite(area).all() else lasting
    sides = np.array([channel.side for channel in info.channels])[parts["channel"]]
    return "L" if area[sides == "left"].sum() >= area[sides == "right"].sum() else "R"


def reviewed_summary(result: StoredResult, info: StreamInfo) -> pd.DataFrame:
    """The summary of reviewed events: rejected ones do not count; bursts stay as they were."""
    found = stored_findings(result, info)
    rows = table_rows(result.summary)
    sides = [row for row in rows if row["channel"] is None]
    task = sides[0]["task"] if sides else None  # that of the whole recording stands first
    of_side = {(row["task"], row["side"]): row for row in side_rows(info, found, task)}
    return table(
        [
            _of_recording(row) | of_side[row["task"], row["side"]]
            if row["channel"] is None
            else row | spasm_measures(info, info.names.index(row["channel"]), found)
            for row in rows
        ],
        SUMMARY,
    )


def _of_recording(row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that are the same in all rows of a recording."""
    return {name: row.get(name) for name in ("participant", "session", "recording")}
