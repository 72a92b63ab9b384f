"""The summary: rates, shares of time and amplitudes of a channel and of a side, kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.findings import QUALITIES, Findings, Rows
from emgspasm.measurement import Measurement
from emgspasm.storage.columns import SUMMARY
from emgspasm.storage.opening import StoredRecording
from emgspasm.storage.placement import bids_entities
from emgspasm.storage.tables import table
from emgspasm.stream import Channel, StreamInfo
from emgspasm.synkinesis import rhythm
from emgspasm.synkinesis.intervals import minimal_detectable_change
from emgspasm.synkinesis.measures import (
    HEMIFACIAL,
    Occurrence,
    Span,
    begins_in,
    joined,
    occurrence,
    spread,
    time_share,
    within,
)
from emgspasm.tabulation.events import burden
from emgspasm.tabulation.labels import (
    SIDE_LETTER,
    microvolts,
    rounded_or_none,
)
from emgspasm.tabulation.quality import noise_uv
from emgspasm.tabulation.trials import brow_lifts

if TYPE_CHECKING:
    import pandas as pd


def summary_table(
    name: str, recording: StoredRecording, measured: Measurement, most: Mapping[int, float]
) -> pd.DataFrame:
    """One row a channel, and one a side of the whole face, of the recording and of each task.

    Parameters
    ----------
    name : str
        Of the recording.
    recording : StoredRecording
    measured : Measurement
    most : mapping
        Maximal voluntary contraction by channel, in its unit.
    """
    entities = bids_entities(name)
    common = {
        "participant": entities.get("sub"),
        "session": entities.get("ses"),
        "recording": name,
    }
    task = entities.get("task")
    rows = [
        *({"task": task} | row for row in _channel_rows(recording, measured, most)),
        *side_rows(recording.info, measured.found, task),
    ]
    return table([common | row for row in rows], SUMMARY)


def _channel_rows(
    recording: StoredRecording, measured: Measurement, most: Mapping[int, float]
) -> Iterator[dict[str, Any]]:
    info, found = recording.info, measured.found
    fs = info.sampling_frequency
    settled = found.bursts[found.bursts["quality"] != QUALITIES.index("settling")]
    for i, column in enumerate(info.columns()):
        channel, analyzed = info.channels[column], measured.tally.analyzed[i]
        bursts, valid = settled[settled["channel"] == column], float(analyzed / fs)
        yield {
            "side": SIDE_LETTER.get(channel.side or ""),
            "muscle": channel.muscle,
            "valid_s": round(valid, 4),
            "excluded_s": round(recording.n_samples / fs - valid, 4),
            "channel": channel.name,
            "noise_uV": noise_uv(channel, measured, i),
            **(_burst_measures(channel, bursts, valid, fs) if valid else {}),
            **(spasm_measures(channel, column, found, fs) if valid else {}),
            "mvc_uV": microvolts(most.get(column), channel),
        }


def _burst_measures(channel: Channel, bursts: Rows, valid: float, fs: float) -> dict[str, float]:
    """Rates and amplitudes of all bursts of a channel; formulas in clinical facts 5."""
    durations = (bursts["offset"] - bursts["onset"]) / fs
    scale = channel.microvolts or np.nan  # no voltage, no microvolts
    area = sum((burden(bursts) * durations).tolist())
    measures: dict[str, float] = {
        "n_bursts": len(bursts),
        "burst_rate_per_min": round(60 * len(bursts) / valid, 4),
        "pct_time": round(100 * float(durations.sum()) / valid, 4),
        "burden_uV": round(scale * area / valid, 4),
    }
    if len(bursts):
        measures |= {
            "dur_median_ms": round(1000 * float(np.median(durations)), 3),
            "dur_p95_ms": round(1000 * float(np.percentile(durations, 95)), 3),
            "peak_p95_uV": round(scale * float(np.percentile(bursts["peak"], 95)), 4),
        }
    quiet = bursts[bursts["baseline"] > 0]
    if len(quiet):
        ratio = float(np.median(quiet["mean"] / quiet["baseline"]))
        measures["snr_db"] = round(20 * float(np.log10(ratio)), 3)
    return measures | _rhythm_columns(bursts["onset"], fs)


def spasm_measures(channel: Channel, column: int, found: Findings, fs: float) -> dict[str, Any]:
    """How often, how long and how strongly a muscle takes part in hemifacial spasms."""
    parts, valid = found.parts, found.valid
    mine = parts[(parts["channel"] == column) & ~parts["copy"] & found.hemifacial[parts["event"]]]
    columns: dict[str, Any] = {
        "spasm_pct_time": rounded_or_none(
            time_share(joined(np.stack([mine["onset"], mine["offset"]], axis=1)), valid, fs)
        )
    }
    bursts = mine[begins_in(found.events["onset"][mine["event"]], valid)]
    events, first = np.unique(bursts["event"], return_index=True)
    spans = np.empty((len(events), 2), np.int64)
    if len(events):  # from the first onset to the last offset, event by event
        spans[:, 0] = np.minimum.reduceat(bursts["onset"], first)
        spans[:, 1] = np.maximum.reduceat(bursts["offset"], first)
    columns |= _occurrence_columns(occurrence(spans, valid, fs))
    spasms = found.spasms
    of_side = spasms[spasms["side"] == SIDE_LETTER.get(channel.side or "")]
    n_of_side = int(begins_in(of_side["onset"], valid).sum())
    if n_of_side:
        columns["involved_pct"] = round(100 * len(events) / n_of_side, 2)
    seconds = sum(b - a for a, b in valid) / fs
    scale = channel.microvolts or np.nan
    if seconds > 0:
        area = sum((burden(bursts) * (bursts["offset"] - bursts["onset"]) / fs).tolist())
        columns["spasm_burden_uV"] = round(scale * area / seconds, 4)
    if len(bursts):
        peak = float(np.percentile(bursts["peak"], 95))
        columns["spasm_peak_p95_uV"] = round(scale * peak, 4)
    return columns


def side_rows(info: StreamInfo, found: Findings, task: str | None) -> Iterator[dict[str, Any]]:
    """One row a side of the whole face, of the recording and of every task in it."""
    fs = info.sampling_frequency
    lifts = {row["side"]: row for row in brow_lifts(info, found)}
    tasks: dict[str | None, list[Span]] = {task: list(found.valid)}
    for marker in found.marked:
        if not marker.movement:
            part = within(found.valid, (marker.onset, marker.offset))
            tasks.setdefault(marker.task, []).extend(part)
    for name, valid in tasks.items():
        for letter in ("L", "R", "B"):
            row = {"task": name} | side_columns(letter, found, valid, fs)
            if name == task and letter != "B":
                row |= _brow_columns(lifts.get(letter)) | _change_columns(letter, found, fs)
            yield row


def _brow_columns(lift: Mapping[str, Any] | None) -> dict[str, Any]:
    if lift is None or "pct" not in lift:
        return {}
    low, high = lift["ci_pct"]
    return {"brow_lift_pct": lift["pct"], "brow_lift_ci_lo": low, "brow_lift_ci_hi": high}


def _change_columns(letter: str, found: Findings, fs: float) -> dict[str, Any]:
    """Minimal detectable change of the spasm rate, from the first and the last rest block."""
    spans = _spans(found.spasms[found.spasms["side"] == letter])
    blocks = [m for m in found.marked if m.task in ("rest_open", "rest_post")]
    rates = [occurrence(spans, within(found.valid, (m.onset, m.offset)), fs).rate for m in blocks]
    told = [rate for rate in rates if rate is not None]
    if len(told) < 2:
        return {}
    return {"rate_mdc_per_min": round(minimal_detectable_change(told[:1], told[-1:]), 4)}


def side_columns(letter: str, found: Findings, valid: list[Span], fs: float) -> dict[str, Any]:
    """Columns about a side of the whole face in valid time; B is both: blinks."""
    seconds = sum(b - a for a, b in valid) / fs
    common = {"side": letter, "valid_s": round(seconds, 4)}
    if letter == "B":
        told = occurrence(_spans(found.events[found.events["trial_type"] == "blink"]), valid, fs)
        low, high = told.interval or (None, None)
        return common | {
            "blink_rate_per_min": rounded_or_none(told.rate),
            "blink_ci_lo": rounded_or_none(low),
            "blink_ci_hi": rounded_or_none(high),
        }
    spasms = found.spasms
    mine = spasms[spasms["side"] == letter]
    told = occurrence(_spans(mine), valid, fs)
    counted = mine[begins_in(mine["onset"], valid)]
    return (
        common
        | _occurrence_columns(told)
        | {
            "spasm_pct_time": rounded_or_none(told.time_share),
            "spread_stage": spread(counted["spread_stage"]),
        }
        | {f"n_{name}": int((counted["label"] == name).sum()) for name in sorted(HEMIFACIAL)}
        | _rhythm_columns(counted["onset"], fs)
    )


def _rhythm_columns(onsets: NDArray[np.int64], fs: float) -> dict[str, Any]:
    return {
        "interval_cv": rounded_or_none(rhythm.variation(onsets)),
        "rhythm_hz": rounded_or_none(rhythm.frequency(onsets, fs)),
    }


def _spans(events: Rows) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.stack([events["onset"], events["offset"]], axis=1)


def _occurrence_columns(told: Occurrence) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "n_spasms": told.count,
        "spasm_rate_per_min": rounded_or_none(told.rate),
        "rate_ci_lo": rounded_or_none(told.interval and told.interval[0]),
        "rate_ci_hi": rounded_or_none(told.interval and told.interval[1]),
    }
    if told.count:
        low, middle, high, most = np.percentile(told.durations, [25, 50, 75, 95])
        columns |= {
            "spasm_dur_median_ms": round(float(middle), 3),
            "spasm_dur_iqr_ms": round(float(high - low), 3),
            "spasm_dur_p95_ms": round(float(most), 3),
        }
    return columns
