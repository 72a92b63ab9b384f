"""An expert's events table beside the detector's: its name, and whether both are of one result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emgspasm.errors import RecordingError
from emgspasm.storage.derivatives.names import DETECTED, REVIEWED
from emgspasm.storage.tables.tsv import read_table

if TYPE_CHECKING:
    import pandas as pd


COMPARED = ("channel", "onset")
"""Columns by which a review and the events it is of are known to be the same."""


def is_reviewed(events: Path) -> bool:
    """Whether an events table is the one that a review wrote."""
    return REVIEWED in events.name or events.name.endswith("_reviewed_events.tsv")


def reviewed_path(events: Path) -> Path:
    """Where a review of an events table goes: beside it, under a name of its own."""
    if is_reviewed(events):
        return events
    if DETECTED in events.name:
        return events.with_name(events.name.replace(DETECTED, REVIEWED))
    return events.with_name(f"{events.name.removesuffix('_events.tsv')}_reviewed_events.tsv")


def detected_path(events: Path) -> Path:
    """The events table as the detector made it."""
    if REVIEWED in events.name:
        return events.with_name(events.name.replace(REVIEWED, DETECTED))
    if is_reviewed(events):
        stem = events.name.removesuffix("_reviewed_events.tsv")
        return events.with_name(f"{stem}_events.tsv")
    return events


def counted_path(events: Path) -> Path:
    """The events table that counts: an expert's where there is one, else the detector's.

    Raises
    ------
    RecordingError
        If the expert's is of other results than the detector's holds now.
    """
    review, original = reviewed_path(events), detected_path(events)
    if not review.exists():
        return original
    told, detected = (read_table(path, COMPARED) for path in (review, original))
    require_same_results(told, review, detected, original)
    return review


def require_same_results(
    frame: pd.DataFrame, review: Path, detected: pd.DataFrame, original: Path
) -> None:
    """Refuse a review of results that were replaced since.

    Parameters
    ----------
    frame, detected : DataFrame
        The expert's events, and the detector's.
    review, original : Path
        Where they lie.

    Raises
    ------
    RecordingError
        If their rows are not the same bursts and events, or do not say what they are.
    """
    for path, told in ((review, frame), (original, detected)):
        if lacking := [name for name in COMPARED if name not in told]:
            raise RecordingError(
                f"{path} lacks the columns {', '.join(lacking)} (a review and the events it is of "
                "have them). Restore them, or move the review away"
            )
    same = len(frame) == len(detected) and bool(
        (frame["onset"] == detected["onset"]).all()
        and (frame["channel"].fillna("") == detected["channel"].fillna("")).all()
    )
    if not same:
        raise RecordingError(
            f"{review} reviews other results than {original.name} holds now (analyzed "
            "again since). Move it away and review it again"
        )
