"""A stored result read back: its tables, and from them the findings they were made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError
from emgspasm.labels import SIDE_LETTER, SIDE_LETTERS
from emgspasm.results.findings import BURST, EVENT, LAG, PART, QUALITIES, READ, Findings, Rows
from emgspasm.storage.derivatives.names import beside
from emgspasm.storage.derivatives.provenance import read_provenance
from emgspasm.storage.derivatives.reviews import detected_path, is_reviewed, require_same_results
from emgspasm.storage.tables.column import numbers
from emgspasm.storage.tables.dictionary import FILLED, KEYS, TABLES
from emgspasm.storage.tables.tsv import MISSING, read_table, require_numbers, table_rows
from emgspasm.stream import Channel, StreamInfo
from emgspasm.synkinesis.markers import Marker

if TYPE_CHECKING:
    import pandas as pd

COPIES = ("yes", "possible")
"""Flags of bursts that cross-talk explains: under 1000 Hz it is only possible."""


Settings = tuple[str, float, str]
"""Hash of the settings, sampling frequency in hertz, version of emgspasm."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredResult:
    """Tables of one analyzed recording, as they are on the disk.

    Parameters
    ----------
    events_path : Path
        The events table that was read.
    events, summary : DataFrame
        As stored; reviewed ones where `reviewed`.
    provenance : dict
        What was analyzed, by what, with which settings.
    reviewed : bool
        Whether an expert looked at the events.
    """

    events_path: Path
    events: pd.DataFrame
    summary: pd.DataFrame
    provenance: dict[str, Any]
    reviewed: bool = False

    @property
    def sampling_frequency(self) -> float:
        """Hertz."""
        return float(self.provenance["sampling_frequency"])


def read_result(events: Path) -> StoredResult:
    """Read the result that an events table belongs to.

    Raises
    ------
    RecordingError
        If it is not an events table of a result, what stands beside it is missing, words stand
        where numbers belong, or it is a review of other results.
    """
    if not events.name.endswith("_events.tsv"):
        raise RecordingError(f"{events} is not an events table (it ends in _events.tsv). Give one")
    reviewed = is_reviewed(events)
    frame = read_result_table(events, "events")
    original = detected_path(events)
    provenance = read_provenance(original)
    summary = read_result_table(beside(events, "summary"), "summary")
    if reviewed:
        require_same_results(frame, events, read_table(original), original)
    return StoredResult(events, frame, summary, provenance, reviewed)


def read_result_table(path: Path, name: str) -> pd.DataFrame:
    """Read one table of a result.

    Parameters
    ----------
    path : Path
    name : str
        ``events``, ``summary``, ``quality``, ``pairs`` or ``trials``.

    Raises
    ------
    RecordingError
        If it cannot be read, lacks columns or cells that are needed, or holds words for numbers.
    """
    return require_fit(read_table(path), path, name)


def require_fit(frame: pd.DataFrame, path: Path, name: str) -> pd.DataFrame:
    """A table of a result as it was read; raises what :func:`read_result_table` raises."""
    if lacking := [column for column in KEYS[name] if column not in frame]:
        raise RecordingError(
            f"{path} lacks the columns {', '.join(lacking)} (tables of {name} have them). "
            "Analyze again"
        )
    whole = {column.name for column in TABLES[name] if column.whole}
    require_numbers(frame, path, numbers(TABLES[name]), whole)
    for column in FILLED.get(name, ()):
        for row in np.flatnonzero(frame[column].isna()):
            raise RecordingError(f"{path}: {column} is n/a in line {row + 2}. Analyze again")
    return frame


def settings_of(provenance: Mapping[str, Any]) -> Settings:
    """What must agree for the numbers of two results to compare."""
    return (
        str(provenance["config_sha256"])[:12],
        float(provenance["sampling_frequency"]),
        str(provenance["emgspasm_version"]),
    )


def stored_info(result: StoredResult) -> StreamInfo:
    """The analyzed channels, in uV or no voltage, and of one rate: tables know no others."""
    rows = result.summary[result.summary["channel"].notna()]
    slowest = float(result.provenance.get("emg_frequency", np.inf))
    channels = tuple(
        Channel(
            str(row["channel"]),
            SIDE_LETTERS.get(row["side"] or ""),
            _text(row["muscle"]),
            unit=_unit(row),
            own_frequency=slowest,
        )
        for row in table_rows(rows)
    )
    return StreamInfo(result.sampling_frequency, channels)


def _unit(row: Mapping[str, Any]) -> str:
    """Unit of the channel of a row of the summary."""
    amplitudes = row.get("n_bursts") is None or row.get("burden_uV") is not None
    return "uV" if amplitudes else MISSING


def stored_findings(result: StoredResult, info: StreamInfo) -> Findings:
    """What the tables were made of; rejected events are left out.

    Bursts have amplitudes in uV, rounded as in the table. Lags, correlations and the envelopes of
    maximal trials are not stored, so they are empty.
    """
    fs = result.sampling_frequency
    columns = {name: column for column, name in enumerate(info.names)}
    bursts, events = [], []
    for row in table_rows(result.events):
        if row["trial_type"] != "burst":
            events += [row] if row.get("status") != "rejected" else []
        elif row["channel"] in columns:
            bursts.append((row, _burst(row, columns[row["channel"]], fs)))
    numbers = {str(row["event_id"]): i for i, row in enumerate(events)}
    copies = [row.get("crosstalk_flag") in COPIES for row, _ in bursts]
    rows_of_parts = [
        (*burst, number, copy)
        for (row, burst), copy in zip(bursts, copies, strict=True)
        if (number := numbers.get(str(row["event_id"]))) is not None
        and is_of_side(events[number]["side"], info.channels[burst[0]])
    ]
    told_sought = result.provenance["channels_sought_s"]
    found = np.array([burst for _, burst in bursts], BURST)
    own = found[~np.array(copies, np.bool_)]
    rows_of_parts += _held_by_others(events, rows_of_parts, own, info, fs)
    parts = np.array(rows_of_parts, PART)
    return Findings(
        bursts=found,
        events=np.array([_event(row, fs) for row in events], EVENT),
        parts=parts[np.argsort(parts["event"], kind="stable")],
        readings=_readings(found, np.array(copies, np.bool_)),
        lags=np.empty(0, LAG),
        rho=np.zeros((len(info.columns()),) * 2),
        sought={
            column: np.rint(np.reshape(told_sought.get(name, ()), (-1, 2)) * fs).astype(np.int64)
            for name, column in columns.items()
        },
        marked=tuple(
            Marker(round(a * fs), round(b * fs), task, trial)
            for task, trial, a, b in result.provenance["tasks"]
        ),
        envelopes={},
        sampling_frequency=fs,
    )


def _held_by_others(
    events: Sequence[dict[str, Any]],
    parts: Sequence[tuple[Any, ...]],
    bursts: Rows,
    info: StreamInfo,
    fs: float,
) -> list[tuple[Any, ...]]:
    """Parts of spasms in bursts whose rows name another event.

    One burst may hold several spasms of its muscle, but its row has a single `event_id`.
    """
    known = {(part[0], part[-2]) for part in parts}
    found = []
    for number, row in enumerate(events):
        if row["trial_type"] != "spasm":
            continue
        muscles, (_, onset, offset, *_) = str(row.get("muscles")).split("+"), _event(row, fs)
        near = bursts[(bursts["onset"] < offset) & (onset < bursts["offset"])]
        for burst in near.tolist():
            channel = info.channels[burst[0]]
            mine = channel.muscle in muscles and SIDE_LETTER.get(channel.side or "") == row["side"]
            if mine and (burst[0], number) not in known:
                found.append((*burst, number, False))
    return found


def is_of_side(side: str, channel: Channel) -> bool:
    """Whether a burst counts in an event; a blink that an expert calls a spasm has both sides."""
    return channel.side != {"L": "right", "R": "left"}.get(side)


def _burst(row: dict[str, Any], column: int, fs: float) -> tuple[Any, ...]:
    onset, duration = float(row["onset"]), float(row["duration"])
    mean, peak = (_number(row[name]) for name in ("mean_uV", "peak_uV"))
    over = _number(row["burden_uVs"]) / duration if duration else 0.0
    quality = QUALITIES.index(row["quality"]) if row.get("quality") in QUALITIES else 0
    offset = round((onset + duration) * fs)
    return column, round(onset * fs), offset, peak, mean, mean - over, quality


def _readings(found: Rows, copies: NDArray[np.bool_]) -> Rows:
    readings = np.empty(len(found), READ)
    for name in ("channel", "onset"):
        readings[name] = found[name]
    readings["copy"], readings["neighbour"] = copies, -1
    return np.sort(readings, order="onset", kind="stable")


def _event(row: dict[str, Any], fs: float) -> tuple[Any, ...]:
    stage, trial = row.get("spread_stage"), row.get("trial")
    return (
        row["trial_type"],
        round(row["onset"] * fs),
        round((row["onset"] + row["duration"]) * fs),
        row["side"],
        _text(row.get("class")) or "",
        _number(row.get("li")),
        _number(row.get("log_ratio")),
        int(stage) if stage is not None else 0,
        row.get("blink_coincident") in (True, "True", "yes"),
        _text(row.get("task")) or "",
        int(trial) if trial is not None else 0,
        _text(row.get("quality")) or "good",
        _text(row.get("reason")) or "",
    )


def _number(value: Any) -> float:
    return np.nan if value is None else float(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
