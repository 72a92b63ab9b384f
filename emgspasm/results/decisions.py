"""An expert's decisions about events: accepted, rejected or called otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.results.stored import StoredResult
from emgspasm.storage.tables.tsv import MISSING, table_rows
from emgspasm.stream import EventType
from emgspasm.synkinesis.markers import MOVEMENTS, OTHERS
from emgspasm.synkinesis.measures.classes import SpasmClass

if TYPE_CHECKING:
    import pandas as pd

TYPES: tuple[EventType, ...] = get_args(EventType)
CLASSES: dict[EventType, tuple[str, ...]] = {
    "spasm": get_args(SpasmClass),
    "blepharospasm": (),
    "myokymia": (),
    "blink": (),
    "voluntary": ("masticatory", *sorted(MOVEMENTS | OTHERS)),
    "artifact": ("hum", "pop", "motion", "noise"),
}
"""The finer classes of each type of event."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an expert says of one event.

    Parameters
    ----------
    event_id : str
    status : {"accepted", "rejected"}
    trial_type : str or None
        What it is called instead.
    label : str
        Its finer class, where it is called otherwise; of spasms told by their bursts if ``""``.
    """

    event_id: str
    status: Literal["accepted", "rejected"]
    trial_type: EventType | None = None
    label: str = ""


def relabelling(text: str) -> Decision:
    """Read ``E0009=blink`` or ``E0009=spasm:tonic``.

    Raises
    ------
    ConfigError
        If it is none, or its class is unknown.
    """
    event_id, equals, name = text.partition("=")
    kind, _, label = name.strip().partition(":")
    known = next((each for each in TYPES if each == kind), None)
    if not equals or known is None:
        raise ConfigError(
            f"relabel {text!r} is not understood (ID=TYPE or ID=TYPE:CLASS; types are "
            f"{', '.join(TYPES)}). Write it as E0009=blink"
        )
    if label and label not in CLASSES[known]:
        raise ConfigError(
            f"relabel {text!r}: {_unknown_class(known, label)}. Name one of them, or none"
        )
    return Decision(event_id.strip(), "accepted", known, label)


def _unknown_class(kind: EventType, label: str) -> str:
    known = ", ".join(CLASSES[kind]) or "none"
    return f"class {label!r} is unknown (classes of {kind}: {known})"


def decisions_of_copy(copy: pd.DataFrame, result: StoredResult) -> list[Decision]:
    """Decisions in an edited copy of an events table: its ``status``, ``trial_type``, ``class``.

    Raises
    ------
    RecordingError
        If the copy lacks events or columns, has others, or moved one.
    """
    lacking = {"event_id", "status", "trial_type", "class", "onset", "duration"} - set(copy.columns)
    if lacking:
        raise RecordingError(f"the edited copy lacks the columns {sorted(lacking)}. Keep them all")
    before = {str(row["event_id"]): row for row in event_rows(result.events)}
    rows = event_rows(copy)
    after = {str(row["event_id"]): row for row in rows}
    told = Counter(str(row["event_id"]) for row in rows)
    if strange := sorted(name for name in {*told, *before} if told[name] != (name in before)):
        raise RecordingError(
            f"the edited copy and the events differ in {', '.join(strange[:5])} (a review neither "
            "adds nor removes events). Reject an event instead of deleting its row"
        )
    return [d for name, row in after.items() if (d := _decision(row, before[name])) is not None]


def event_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of the events across muscles of an events table."""
    return table_rows(frame[frame["trial_type"] != "burst"])


def _same_time(after: Any, before: float) -> bool:
    """Whether a time is as it was, to a microsecond; a spreadsheet may leave words in its place."""
    try:
        return abs(float(after) - before) <= 1e-6
    except (TypeError, ValueError):
        return False


def _decision(after: Mapping[str, Any], before: Mapping[str, Any]) -> Decision | None:
    name = str(after["event_id"])
    for key in ("onset", "duration"):
        if not _same_time(after[key], before[key]):
            raise RecordingError(
                f"{name}: {key}={after[key] if after[key] is not None else MISSING} was "
                f"{before[key]} (a review decides what an event is, not where; decimals have a "
                "point). Restore it"
            )
    changed = any(after[key] != before[key] for key in ("trial_type", "class"))
    if after["status"] not in ("auto", "accepted", "rejected"):
        raise RecordingError(
            f"{name}: status={after['status']!r} (statuses are auto, accepted and rejected). "
            "Correct that row"
        )
    if after["status"] == "rejected":
        return Decision(name, "rejected")
    if changed:
        label = str(after["class"] or "")
        if after["trial_type"] not in TYPES:
            raise RecordingError(
                f"{name}: trial_type={after['trial_type']!r} (types are {', '.join(TYPES)}). "
                "Correct that row"
            )
        same = after["class"] == before["class"]
        if label and not same and label not in CLASSES[after["trial_type"]]:
            raise RecordingError(
                f"{name}: {_unknown_class(after['trial_type'], label)}. Correct that row"
            )
        return Decision(name, "accepted", after["trial_type"], "" if same else label)
    return Decision(name, "accepted") if after["status"] == "accepted" else None
