"""Rows of the events table: every burst, and what the bursts of several muscles make together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from emgspasm.stream import Burst, Event, StreamInfo
from emgspasm.synkinesis.crosstalk import RATE
from emgspasm.tabulation import burst_row

LAG_RATE = 500.0
"""Hz from which lags between muscles are told, coarse under 1000 Hz (clinical facts 4)."""

Key = tuple[int, int]


def event_rows(
    info: StreamInfo,
    bursts: Sequence[Burst],
    events: Sequence[Event],
    copies: Collection[Key],
    maxima: Mapping[int, float],
    origin: dict[str, Any],
) -> Iterator[dict[str, Any]]:
    """Rows of bursts and of events in order of onset, linked by ``event_id``.

    Parameters
    ----------
    info : StreamInfo
        Of the recording.
    bursts : sequence of Burst
    events : sequence of Event
    copies : collection of (int, int)
        Channel and onset of the bursts that cross-talk explains.
    maxima : mapping
        Maximal voluntary contraction by channel, in its unit.
    origin : dict
        What every row says of where it comes from.
    """
    links: dict[Key, dict[str, Any]] = {}
    named = list(enumerate(sorted(events, key=lambda e: (e.onset, -e.offset, e.side)), start=1))
    # a burst that is part of a blink and of the spasm on it is the spasm's
    for number, event in sorted(named, key=lambda item: item[1].trial_type == "spasm"):
        for burst in (*event.bursts, *event.copies):
            links[burst.channel, burst.onset] = _ids(number, event) | _link(burst, event, info)
    # rows one at a time: a hundred thousand as dicts take much memory
    items: list[Burst | tuple[int, Event]] = [*named, *bursts]
    for item in sorted(items, key=partial(_place, info)):
        if isinstance(item, Burst):
            row = burst_row(info.channels[item.channel], item, info.sampling_frequency)
            key = item.channel, item.onset
            flag = _flag(info.sampling_frequency, copy=key in copies)
            told = {"crosstalk_flag": flag, "pct_mvc": _share(item, maxima)}
            yield row | origin | told | links.get(key, {})
        else:
            number, event = item
            yield _event_row(info, event) | origin | _said(event, origin) | _ids(number, event)


def _place(info: StreamInfo, item: Burst | tuple[int, Event]) -> tuple[int, int, str]:
    """Order of rows: by onset; of the same onset the longest first, events before bursts."""
    if isinstance(item, Burst):
        return item.onset, -item.offset, info.names[item.channel]
    return item[1].onset, -item[1].offset, ""


def _flag(fs: float, *, copy: bool) -> str | None:
    """Cross-talk, as far as the sampling frequency tells: under 1000 Hz never no, never yes."""
    if copy:
        return "yes" if fs >= RATE else "possible"
    return "no" if fs >= RATE else None


def _share(burst: Burst, maxima: Mapping[int, float]) -> float | None:
    if burst.channel not in maxima:
        return None
    return round(100 * burst.mean / maxima[burst.channel], 3)


def _ids(number: int, event: Event) -> dict[str, Any]:
    name = f"E{number:04d}"
    return {"event_id": name, "spasm_id": name if event.trial_type == "spasm" else None}


def _said(event: Event, origin: dict[str, Any]) -> dict[str, Any]:
    """Task and trial: the marker's, or the file name's."""
    return {"task": event.task or origin.get("task"), "trial": event.trial or None}


def _event_row(info: StreamInfo, event: Event) -> dict[str, Any]:
    fs = info.sampling_frequency
    muscles = sorted({info.channels[b.channel].muscle or "" for b in event.bursts})
    return {
        "onset": round(event.onset / fs, 6),
        "duration": round((event.offset - event.onset) / fs, 6),
        "trial_type": event.trial_type,
        "side": event.side,
        "class": event.label or None,
        "li": round(event.li, 4),
        "log_ratio": round(event.log_ratio, 4),
        "n_muscles": len(muscles),
        "muscles": "+".join(muscles) or None,
        "spread_stage": event.spread_stage if event.trial_type == "spasm" else None,
        "blink_coincident": event.blink_coincident if event.trial_type == "spasm" else None,
        "crosstalk_flag": _flag(fs, copy=False) if event.trial_type == "spasm" else None,
        "quality": event.quality,
        "reason": event.reason,
    }


def _link(burst: Burst, event: Event, info: StreamInfo) -> dict[str, Any]:
    """What an event adds to the row of one of its bursts."""
    said: dict[str, Any] = {"task": event.task} if event.task else {}
    said |= {"trial": event.trial} if event.trial else {}
    told = info.sampling_frequency >= LAG_RATE and burst in event.bursts
    if told and _first_of_its_channel(burst, event):
        lag = 1000 * (burst.onset - event.onset) / info.sampling_frequency
        said["onset_lag_ms"] = round(lag, 3)
    return said


def _first_of_its_channel(burst: Burst, event: Event) -> bool:
    return burst.onset == min(b.onset for b in event.bursts if b.channel == burst.channel)
