"""The events table: every burst, and what the bursts of several muscles make together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.findings import QUALITIES, Findings, Rows, keys
from emgspasm.storage.columns import EVENTS
from emgspasm.storage.tables import frame
from emgspasm.stream import StreamInfo
from emgspasm.synkinesis.crosstalk import RATE
from emgspasm.tabulation.labels import SIDE_LETTER, rounded

if TYPE_CHECKING:
    import pandas as pd

LAG_RATE = 500.0
"""Hz from which lags between muscles are told, coarse under 1000 Hz (clinical facts 4)."""

Cells = dict[str, NDArray[Any]]
"""Cells of a table by column; None is missing where they are objects, NaN where numbers."""


def events_table(
    info: StreamInfo, found: Findings, most: Mapping[int, float], origin: Mapping[str, Any]
) -> pd.DataFrame:
    """Rows of bursts and of events in order of onset, linked by ``event_id``.

    Of the same onset the longest stands first, and events before bursts.

    Parameters
    ----------
    info : StreamInfo
        Of the recording.
    found : Findings
    most : mapping
        Maximal voluntary contraction by channel, in its unit.
    origin : mapping
        What every row says of where it comes from; the task may be a marker's instead.
    """
    events, bursts = found.events, found.bursts
    rank = np.argsort(np.argsort(np.array(info.names)))
    places = [
        np.concatenate([np.zeros(len(events), np.int64), 1 + rank[bursts["channel"]]]),
        -np.concatenate([events["offset"], bursts["offset"]]),
        np.concatenate([events["onset"], bursts["onset"]]),
    ]
    numbers = _numbers(events)
    places.insert(0, np.concatenate([numbers, np.zeros(len(bursts), np.int64)]))
    order = np.lexsort(places)
    above = _event_cells(info, found, numbers, origin)
    below = _burst_cells(info, found, numbers, most, origin)
    cells = (
        (
            name,
            _joined(above.pop(name, None), below.pop(name, None), len(events), len(bursts))[order],
        )
        for name in list(above | below)
    )
    same = ((name, value) for name, value in origin.items() if name != "task")
    return frame(chain(cells, same), EVENTS)


def _joined(
    above: NDArray[Any] | None, below: NDArray[Any] | None, n_above: int, n_below: int
) -> NDArray[Any]:
    """Cells of a column of events and of bursts, either of which may lack it."""
    there = above if above is not None else below
    missing: float | None = np.nan if there is not None and there.dtype != object else None
    kind = object if missing is None else np.float64
    return np.concatenate(
        [
            np.full(n_above, missing, kind) if above is None else above,
            np.full(n_below, missing, kind) if below is None else below,
        ]
    )


def _numbers(events: Rows) -> NDArray[np.int64]:
    """Number of every event in order of onset, from 1; of the same onset the longest first."""
    order = np.lexsort((events["side"].astype(str), -events["offset"], events["onset"]))
    numbers = np.empty(len(events), np.int64)
    numbers[order] = np.arange(1, len(events) + 1)
    return numbers


def _event_cells(
    info: StreamInfo, found: Findings, numbers: NDArray[np.int64], origin: Mapping[str, Any]
) -> Cells:
    fs, events = info.sampling_frequency, found.events
    spasm = events["trial_type"] == "spasm"
    names, muscles = _names(numbers), _muscles(info, found)
    joined = _words(["+".join(m) or None for m in muscles])
    return {
        "onset": rounded(events["onset"] / fs, 6),
        "duration": rounded((events["offset"] - events["onset"]) / fs, 6),
        "trial_type": events["trial_type"],
        "side": events["side"],
        "event_id": names,
        "spasm_id": _where(spasm, names),
        "class": _where(events["label"] != "", events["label"]),
        "li": rounded(events["li"], 4),
        "log_ratio": rounded(events["log_ratio"], 4),
        "n_muscles": np.array([len(m) for m in muscles], np.float64),
        "muscles": joined,
        "spread_stage": np.where(spasm, events["spread_stage"], np.nan),
        "blink_coincident": _where(spasm, events["blink_coincident"]),
        "task": _where(events["task"] != "", events["task"], origin.get("task")),
        "trial": np.where(events["trial"] > 0, events["trial"], np.nan),
        "crosstalk_flag": _where(spasm, _words([_flag(fs, copy=False)] * len(events))),
        "quality": events["quality"],
        "reason": events["reason"],
    }


def _burst_cells(
    info: StreamInfo,
    found: Findings,
    numbers: NDArray[np.int64],
    most: Mapping[int, float],
    origin: Mapping[str, Any],
) -> Cells:
    fs, bursts = info.sampling_frequency, found.bursts
    channels = info.channels
    scale = np.array([c.microvolts or np.nan for c in channels])  # no voltage, no microvolts
    full = np.array([most.get(column, np.nan) for column in range(len(channels))])
    column = bursts["channel"]
    seconds = (bursts["offset"] - bursts["onset"]) / fs
    muscles = _words([c.muscle for c in channels])[column]
    flags = _words([_flag(fs, copy=False), _flag(fs, copy=True)])
    return {
        "onset": rounded(bursts["onset"] / fs, 6),
        "duration": rounded(seconds, 6),
        "trial_type": np.full(len(bursts), "burst", object),
        "side": _words([SIDE_LETTER.get(c.side or "") for c in channels])[column],
        "muscle": muscles,
        "channel": _words(info.names)[column],
        "peak_uV": rounded(bursts["peak"] * scale[column], 4),
        "mean_uV": rounded(bursts["mean"] * scale[column], 4),
        "burden_uVs": rounded(burden(bursts) * scale[column] * seconds, 6),
        "pct_mvc": rounded(100 * bursts["mean"] / full[column], 3),
        "n_muscles": np.ones(len(bursts)),
        "muscles": muscles,
        "crosstalk_flag": flags[found.copied(bursts).astype(np.int64)],
        "quality": _words(QUALITIES)[bursts["quality"]],
        **_link_cells(info, found, numbers, origin),
    }


def _link_cells(
    info: StreamInfo, found: Findings, numbers: NDArray[np.int64], origin: Mapping[str, Any]
) -> Cells:
    """What their events add to the rows of bursts."""
    events, links = found.events, _links(found, numbers)
    linked = links >= 0
    event = found.parts["event"][links[linked]]
    names, spasm = _names(numbers)[event], events["trial_type"][event] == "spasm"
    task, trial = events["task"][event], events["trial"][event]
    cells = {
        "event_id": names,
        "spasm_id": _where(spasm, names),
        "task": _where(task != "", task, origin.get("task")),
        "trial": np.where(trial > 0, trial, np.nan),
    }
    if info.sampling_frequency >= LAG_RATE:
        lags = 1000 * (found.parts["onset"][links[linked]] - events["onset"][event])
        told = _firsts(found.parts)[links[linked]]
        milliseconds = rounded(lags / info.sampling_frequency, 3)
        cells["onset_lag_ms"] = np.where(told, milliseconds, np.nan)
    return {name: _spread(values, linked, origin.get(name)) for name, values in cells.items()}


def _spread(values: NDArray[Any], there: NDArray[np.bool_], other: Any) -> NDArray[Any]:
    """Values where they are there, another elsewhere."""
    kind = object if values.dtype == object else np.float64
    cells = np.full(len(there), np.nan if kind is np.float64 else other, kind)
    cells[there] = values
    return cells


def _links(found: Findings, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """For every burst the part of an event that it is; -1 where it is of none.

    A burst that is part of a blink and of the spasm on it is the spasm's; of two events of a kind
    it is the later one's.
    """
    links = np.full(len(found.bursts), -1)
    if not len(found.parts):
        return links
    known = keys(found.bursts)
    order = np.argsort(known)
    place = order[np.searchsorted(known[order], keys(found.parts))]
    event = found.parts["event"]
    spasm = found.events["trial_type"][event] == "spasm"
    last = np.lexsort((numbers[event], spasm))
    standing = np.full(len(links), -1)
    np.maximum.at(standing, place[last], np.arange(len(last)))
    links[standing >= 0] = last[standing[standing >= 0]]
    return links


def _firsts(parts: Rows) -> NDArray[np.bool_]:
    """Which parts are the first burst of their channel in their event; copies are none."""
    own = np.flatnonzero(~parts["copy"])
    _, which = np.unique(parts[["event", "channel"]][own], return_inverse=True)
    first = np.full(len(own), np.iinfo(np.int64).max)
    np.minimum.at(first, which, parts["onset"][own])
    told = np.zeros(len(parts), np.bool_)
    told[own] = parts["onset"][own] == first[which]
    return told


def burden(bursts: Rows) -> NDArray[np.float64]:
    """Mean amplitude over the noise level (clinical facts 5), in the channel's unit."""
    above: NDArray[np.float64] = np.maximum(bursts["mean"] - bursts["baseline"], 0.0)
    return above


def _muscles(info: StreamInfo, found: Findings) -> list[tuple[str, ...]]:
    """Codes of the muscles of every event, in order."""
    there = np.zeros((len(found.events), len(info.channels)), np.bool_)
    own = found.parts[~found.parts["copy"]]
    there[own["event"], own["channel"]] = True
    kinds, which = np.unique(there, axis=0, return_inverse=True)
    told = [
        tuple(sorted({info.channels[column].muscle or "" for column in np.flatnonzero(kind)}))
        for kind in kinds
    ]
    return [told[i] for i in which]


def _names(numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    return _words([f"E{number:04d}" for number in numbers.tolist()])


def _words(words: Iterable[str | None]) -> NDArray[np.object_]:
    return np.array(list(words), object)


def _where(
    there: NDArray[np.bool_], values: NDArray[Any], other: Any = None
) -> NDArray[np.object_]:
    """Values where they are there, another elsewhere; as objects."""
    cells = np.full(len(there), other, object)
    cells[there] = values[there]
    return cells


def _flag(fs: float, *, copy: bool) -> str | None:
    """Cross-talk, as far as the sampling frequency tells: under 1000 Hz never no, never yes."""
    if copy:
        return "yes" if fs >= RATE else "possible"
    return "no" if fs >= RATE else None
