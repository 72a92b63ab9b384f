"""The events table: every burst, and what the bursts of several muscles make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.rates import LAGS
from emgspasm.labels import SIDE_LETTER
from emgspasm.results.findings import QUALITIES, Findings, Rows, keys
from emgspasm.results.tabulation.labels import crosstalk_flag, rounded
from emgspasm.storage.tables.event_columns import EVENTS
from emgspasm.storage.tables.tsv import frame
from emgspasm.stream import StreamInfo
from emgspasm.synkinesis.markers import AFTER, Marker

if TYPE_CHECKING:
    import pandas as pd

Values = NDArray[Any]
"""Of a column; None is missing where they are objects, NaN where numbers."""

Cells = tuple[str, Values | None, Values | None]
"""Name of a column, its values of events and of bursts; None where it says nothing of either."""


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
    numbers = _numbers(events)
    places = [
        np.concatenate([numbers, np.zeros(len(bursts), np.int64)]),
        np.concatenate([np.zeros(len(events), np.int64), 1 + rank[bursts["channel"]]]),
        -np.concatenate([events["offset"], bursts["offset"]]),
        np.concatenate([events["onset"], bursts["onset"]]),
    ]
    order = np.lexsort(places)
    cells = (
        (name, _joined(above, below, len(events), len(bursts))[order])
        for name, above, below in chain(
            _common_cells(info, found, numbers, origin),
            _event_cells(events),
            _muscle_cells(info, found, most),
        )
    )
    same = ((name, value) for name, value in origin.items() if name != "task")
    return frame(chain(cells, same), EVENTS)


def _joined(above: Values | None, below: Values | None, n_above: int, n_below: int) -> Values:
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


def _common_cells(
    info: StreamInfo, found: Findings, numbers: NDArray[np.int64], origin: Mapping[str, Any]
) -> Iterator[Cells]:
    """What stands in rows of both kinds; what bursts take from their events."""
    fs, events, bursts = info.sampling_frequency, found.events, found.bursts
    sides = _words([SIDE_LETTER.get(c.side or "") for c in info.channels])
    yield "onset", rounded(events["onset"] / fs, 6), rounded(bursts["onset"] / fs, 6)
    yield "duration", rounded(_seconds(events, fs), 6), rounded(_seconds(bursts, fs), 6)
    yield "trial_type", events["trial_type"], np.full(len(bursts), "burst", object)
    yield "side", events["side"], sides[bursts["channel"]]
    yield "quality", events["quality"], _words(QUALITIES)[bursts["quality"]]
    links = _links(found, numbers)
    linked = links >= 0
    event = found.parts["event"][links[linked]]
    names = _words([f"E{number:04d}" for number in numbers.tolist()])
    yield "event_id", names, _spread(names[event], linked)
    names = _where(events["trial_type"] == "spasm", names)
    yield "spasm_id", names, _spread(names[event], linked)
    task = _where(events["task"] != "", events["task"], origin.get("task"))
    trial = np.where(events["trial"] > 0, events["trial"], np.nan)
    tasks, trials = _under_way(bursts, found.marked, fs, origin.get("task"))
    tasks[linked], trials[linked] = task[event], trial[event]  # a burst's event may begin before it
    yield "task", task, tasks
    yield "trial", trial, trials
    if info.emg_frequency >= LAGS:
        lags = 1000 * (found.parts["onset"][links[linked]] - events["onset"][event])
        # what begins before a spasm begins with the blink that it rides on
        blinks = (events["trial_type"][event] == "spasm") & (lags < 0)
        firsts = _firsts(found.parts)[links[linked]] & ~blinks
        yield "onset_lag_ms", None, _spread(np.where(firsts, rounded(lags / fs, 3), np.nan), linked)


def _under_way(
    bursts: Rows, marked: Sequence[Marker], fs: float, other: str | None
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Task and trial of every burst by its marker, as :class:`Schedule` finds it, or another."""
    tasks, trials = np.full(len(bursts), other, object), np.full(len(bursts), np.nan)
    for marker in sorted(marked, key=lambda m: m.movement):  # the last that fits counts
        after = round(AFTER * fs) if marker.movement else 0
        fits = (marker.onset < bursts["offset"]) & (bursts["onset"] < marker.offset + after)
        tasks[fits], trials[fits] = marker.task, marker.trial if marker.movement else np.nan
    return tasks, trials


def _event_cells(events: Rows) -> Iterator[Cells]:
    """What stands in rows of events alone."""
    spasm = events["trial_type"] == "spasm"
    yield "class", _where(events["label"] != "", events["label"]), None
    yield "li", rounded(events["li"], 4), None
    yield "log_ratio", rounded(events["log_ratio"], 4), None
    yield "spread_stage", np.where(spasm, events["spread_stage"], np.nan), None
    yield "blink_coincident", _where(spasm, events["blink_coincident"]), None
    yield "reason", events["reason"], None


def _muscle_cells(info: StreamInfo, found: Findings, most: Mapping[int, float]) -> Iterator[Cells]:
    """Which muscles, how strongly, and whether it may be cross-talk."""
    fs, channels, bursts = info.sampling_frequency, info.channels, found.bursts
    scale = np.array([c.microvolts or np.nan for c in channels])  # no voltage, no microvolts
    full = np.array([most.get(column, np.nan) for column in range(len(channels))])
    column = bursts["channel"]
    yield "channel", None, _words(info.names)[column]
    yield "peak_uV", None, rounded(bursts["peak"] * scale[column], 4)
    yield "mean_uV", None, rounded(bursts["mean"] * scale[column], 4)
    area = burden(bursts) * scale[column] * _seconds(bursts, fs)
    yield "burden_uVs", None, rounded(area, 6)
    yield "pct_mvc", None, rounded(100 * bursts["mean"] / full[column], 3)
    muscles, muscle = _muscles(info, found), _words([c.muscle for c in channels])[column]
    yield "muscle", None, muscle
    yield "muscles", _words(["+".join(m) or None for m in muscles]), muscle
    yield "n_muscles", np.array([len(m) for m in muscles], np.float64), np.ones(len(bursts))
    spasm = found.events["trial_type"] == "spasm"
    no, yes = (crosstalk_flag(info.emg_frequency, copy=copy) for copy in (False, True))
    flags = _words([no, yes])[found.copied(bursts).astype(np.int64)]
    yield "crosstalk_flag", _where(spasm, np.full(len(spasm), no, object)), flags


def _seconds(rows: Rows, fs: float) -> NDArray[np.float64]:
    lasting: NDArray[np.float64] = (rows["offset"] - rows["onset"]) / fs
    return lasting


def _spread(values: Values, there: NDArray[np.bool_]) -> Values:
    """Values where they are there, missing ones elsewhere."""
    missing, kind = (None, object) if values.dtype == object else (np.nan, np.float64)
    cells = np.full(len(there), missing, kind)
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
    n_channels = parts["channel"].max(initial=0) + 1
    muscles = parts["event"][own] * n_channels + parts["channel"][own]
    _, which = np.unique(muscles, return_inverse=True)
    first = np.full(len(own), np.iinfo(np.int64).max)
    np.minimum.at(first, which, parts["onset"][own])
    firsts = np.zeros(len(parts), np.bool_)
    firsts[own] = parts["onset"][own] == first[which]
    return firsts


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
    codes = [
        tuple(sorted({info.channels[column].muscle or "" for column in np.flatnonzero(kind)}))
        for kind in kinds
    ]
    return [codes[i] for i in which]


def _words(words: Iterable[str | None]) -> NDArray[np.object_]:
    return np.array(list(words), object)


def _where(
    there: NDArray[np.bool_], values: NDArray[Any], other: Any = None
) -> NDArray[np.object_]:
    """Values where they are there, another elsewhere; as objects."""
    cells = np.full(len(there), other, object)
    cells[there] = values[there]
    return cells
