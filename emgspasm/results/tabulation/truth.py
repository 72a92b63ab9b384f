"""The truth of a simulation as an events table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from emgspasm.labels import SIDE_LETTER
from emgspasm.simulation.truth import muscle_bursts
from emgspasm.storage.tables.event_columns import EVENTS
from emgspasm.storage.tables.tsv import table
from emgspasm.stream import Burst, Channel, Event, StreamInfo

if TYPE_CHECKING:
    import pandas as pd


def truth_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as an events table, in order of onset; of the same onset the longest first."""
    frame = table(rows, EVENTS)
    order = ["onset", "duration", "channel"]
    return frame.sort_values(order, ascending=[True, False, True], ignore_index=True)


def truth_rows(
    info: StreamInfo, events: Iterable[Event], sampling_frequency: float
) -> Iterator[dict[str, Any]]:
    """Rows of a simulation's truth: every event, and every burst of a muscle.

    Parameters
    ----------
    info : StreamInfo
        Of the recording.
    events : iterable of Event
    sampling_frequency : float
        Hertz at which the events' sample numbers count.
    """
    events = list(events)
    cells = [_event_cells(event, number) for number, event in enumerate(events, start=1)]
    for event, common in zip(events, cells, strict=True):
        muscles = sorted({info.channels[b.channel].muscle or "" for b in event.bursts})
        yield {
            "onset": round(event.onset / sampling_frequency, 6),
            "duration": round((event.offset - event.onset) / sampling_frequency, 6),
            "trial_type": event.trial_type,
            "side": event.side,
            "class": event.label or None,
            "n_muscles": len(muscles),
            "muscles": "+".join(muscles) or None,
            **common,
        }
    for burst, number in muscle_bursts(events, sampling_frequency):
        row = _burst_row(info.channels[burst.channel], burst, sampling_frequency)
        yield {**row, "class": events[number].trial_type, **cells[number]}


def _event_cells(event: Event, number: int) -> dict[str, Any]:
    """What an event and its bursts share."""
    name = f"E{number:04d}"
    spasm = name if event.trial_type == "spasm" else None
    return {"event_id": name, "spasm_id": spasm, "source": "simulation", "status": "auto"}


def _burst_row(channel: Channel, burst: Burst, sampling_frequency: float) -> dict[str, Any]:
    scale = channel.microvolts or np.nan  # no voltage, no microvolts
    seconds = (burst.offset - burst.onset) / sampling_frequency
    above = max(burst.mean - burst.baseline, 0.0)
    return {
        "onset": round(burst.onset / sampling_frequency, 6),
        "duration": round(seconds, 6),
        "trial_type": "burst",
        "side": SIDE_LETTER.get(channel.side or ""),
        "muscle": channel.muscle,
        "channel": channel.name,
        "peak_uV": round(burst.peak * scale, 4),
        "mean_uV": round(burst.mean * scale, 4),
        "burden_uVs": round(above * scale * seconds, 6),
        "n_muscles": 1,
        "muscles": channel.muscle,
        "quality": burst.quality,
    }
