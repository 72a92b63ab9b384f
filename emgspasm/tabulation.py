"""Rows of the result tables; their columns are described in ``emgspasm.storage.columns``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from emgspasm.dsp.quality import ChannelQuality
from emgspasm.storage.columns import EVENTS
from emgspasm.storage.placement import bids_entities
from emgspasm.storage.tables import table
from emgspasm.stream import Burst, Channel, Event, StreamInfo

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SIDE_LETTER",
    "bids_entities",
    "burden",
    "burst_measures",
    "burst_row",
    "events_table",
    "quality_row",
    "truth_rows",
]

SIDE_LETTER = {"left": "L", "right": "R"}


def burst_row(channel: Channel, burst: Burst, sampling_frequency: float) -> dict[str, Any]:
    """Row of the events table for one burst, its sample numbers counted at this rate."""
    scale = channel.microvolts or np.nan  # no voltage, no microvolts
    seconds = (burst.offset - burst.onset) / sampling_frequency
    return {
        "onset": round(burst.onset / sampling_frequency, 6),
        "duration": round(seconds, 6),
        "trial_type": "burst",
        "side": SIDE_LETTER.get(channel.side or ""),
        "muscle": channel.muscle,
        "channel": channel.name,
        "peak_uV": round(burst.peak * scale, 4),
        "mean_uV": round(burst.mean * scale, 4),
        "burden_uVs": round(burden(burst) * scale * seconds, 6),
        "n_muscles": 1,
        "muscles": channel.muscle,
        "quality": burst.quality,
    }


def burden(burst: Burst) -> float:
    """Mean amplitude over the noise level (clinical facts 5), in the channel's unit."""
    return max(burst.mean - burst.baseline, 0.0)


def events_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as an events table, in order of onset; of the same onset the longest first."""
    frame = table(rows, EVENTS)
    order = ["onset", "duration", "channel"]
    return frame.sort_values(order, ascending=[True, False, True], ignore_index=True)


def truth_rows(
    info: StreamInfo, events: Iterable[Event], sampling_frequency: float
) -> Iterator[dict[str, Any]]:
    """Rows of a simulation's truth: every event, and the bursts it is made of.

    Parameters
    ----------
    info : StreamInfo
        Of the recording.
    events : iterable of Event
    sampling_frequency : float
        Hertz at which the events' sample numbers count.
    """
    for number, event in enumerate(events, start=1):
        name = f"E{number:04d}"
        ids = {"event_id": name, "spasm_id": name if event.trial_type == "spasm" else None}
        common = {**ids, "source": "simulation", "status": "auto"}
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
        for burst in event.bursts:
            row = burst_row(info.channels[burst.channel], burst, sampling_frequency)
            yield {**row, "class": event.trial_type, **common}


def burst_measures(
    channel: Channel, bursts: list[Burst], valid: float, fs: float
) -> dict[str, float]:
    """Rates and amplitudes, kept apart; formulas in clinical facts 5."""
    measures: dict[str, float] = {
        "n_bursts": len(bursts),
        "burst_rate_per_min": round(60 * len(bursts) / valid, 4),
    }
    durations = np.array([b.offset - b.onset for b in bursts]) / fs
    scale = channel.microvolts or np.nan  # no voltage, no microvolts
    measures["pct_time"] = round(100 * durations.sum() / valid, 4)
    area = sum(burden(b) * d for b, d in zip(bursts, durations, strict=True))
    measures["burden_uV"] = round(scale * area / valid, 4)
    if bursts:
        ratios = [b.mean / b.baseline for b in bursts if b.baseline > 0]
        measures |= {
            "dur_median_ms": round(1000 * float(np.median(durations)), 3),
            "dur_p95_ms": round(1000 * float(np.percentile(durations, 95)), 3),
            "peak_p95_uV": round(scale * float(np.percentile([b.peak for b in bursts], 95)), 4),
        }
        if ratios:
            measures["snr_db"] = round(20 * float(np.log10(np.median(ratios))), 3)
    return measures


def quality_row(name: str, quality: ChannelQuality) -> dict[str, Any]:
    """Row of the quality table."""
    return {
        "channel": quality.channel,
        "noise_uV": round(quality.noise, 4),
        "line_ratio_db": round(quality.line_ratio, 2),
        "line_hz": quality.line_frequency,
        "clip_pct": round(quality.clipped, 4),
        "dropout_pct": round(quality.dropped, 4),
        "flat_pct": round(quality.flat, 4),
        "grade": quality.grade,
        "reason": quality.reason or None,
        "recording": name,
    }
