"""The data dictionary: every table, every column of it, its meaning and its unit."""

from __future__ import annotations

from typing import Any

from emgspasm.storage.tables.column import Column, described
from emgspasm.storage.tables.columns import PAIRS, QUALITY, SUMMARY, TRIALS
from emgspasm.storage.tables.event_columns import EVENTS, REVIEWED_EVENTS
from emgspasm.storage.tables.joint_columns import COURSE, GROUP

TABLES: dict[str, tuple[Column, ...]] = {
    "events": EVENTS,
    "summary": SUMMARY,
    "quality": QUALITY,
    "pairs": PAIRS,
    "trials": TRIALS,
}

KEYS: dict[str, tuple[str, ...]] = {
    "events": (
        *("onset", "duration", "trial_type", "side", "channel", "event_id", "class", "status"),
        *("peak_uV", "mean_uV", "burden_uVs", "li", "spread_stage", "confidence"),
    ),
    "summary": ("task", "side", "muscle", "channel"),
    "quality": ("channel", "grade"),
    "pairs": ("side", "muscle_a", "muscle_b"),
    "trials": ("task", "trial", "side"),
}
"""Columns without which the table of a result cannot be read; others may be lacking, as in results
of an earlier version."""

FILLED = {"events": ("onset", "duration", "trial_type")}
"""Columns of a table in which no cell is ``n/a``."""

JOINT_TABLES: dict[str, tuple[Column, ...]] = {
    "reviewed_events": REVIEWED_EVENTS,
    "course": COURSE,
    "group_summary": GROUP,
}
"""Tables beside those of a recording: of an expert, of a participant, of a study."""


def labels() -> list[str]:
    """Names of the columns that hold labels, in any table."""
    columns = (column for table in (TABLES | JOINT_TABLES).values() for column in table)
    return list(dict.fromkeys(column.name for column in columns if column.label))


def data_dictionary() -> dict[str, Any]:
    """Every column of every table, as ``dataset.json`` beside the results describes them."""
    return {
        f"{name}.tsv": {column.name: described(column) for column in columns}
        for name, columns in (TABLES | JOINT_TABLES).items()
    }
