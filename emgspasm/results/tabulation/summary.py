"""The summary: rates, shares of time and amplitudes of a channel and of a side, kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.labels import SIDE_LETTER
from emgspasm.results.findings import Findings, Rows
from emgspasm.results.measurement import Measurement
from emgspasm.results.tabulation.blocks import change_columns, task_blocks
from emgspasm.results.tabulation.events import burden
from emgspasm.results.tabulation.labels import microvolts, rounded_or_none
from emgspasm.results.tabulation.quality import noise_uv
from emgspasm.results.tabulation.trials import brow_lifts
from emgspasm.storage.stored import StoredRecording
from emgspasm.storage.studies.placement import bids_entities
from emgspasm.storage.tables.columns import SUMMARY
from emgspasm.storage.tables.tsv import table
from emgspasm.stream import Channel, StreamInfo
from emgspasm.synkinesis.measures import rhythm, validity
from emgspasm.synkinesis.measures.classes import CLASSES
from emgspasm.synkinesis.measures.occurrence import Occurrence, occurrence, spread
from emgspasm.synkinesis.measures.spans import Spans, begins_in, common, joined, length, overlaps
from emgspasm.synkinesis.spread import STAGES

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
    for i, column in enumerate(info.columns()):
        channel, stretches = info.channels[column], found.valid[column]
        own, valid = found.bursts[found.bursts["channel"] == column], length(stretches) / fs
        bursts = own[begins_in(own["onset"], stretches)]
        yield {
            "side": SIDE_LETTER.get(channel.side or ""),
            "muscle": channel.muscle,
            "valid_s": round(valid, 4),
            "excluded_s": round(recording.n_samples / fs - valid, 4),
            "channel": channel.name,
            "noise_uV": noise_uv(channel, measured, i),
            **(_burst_measures(channel, bursts, stretches, fs) if valid else {}),
            **spasm_measures(info, column, found),
            "mvc_uV": microvolts(most.get(column), channel),
        }


def _burst_measures(channel: Channel, bursts: Rows, valid: Spans, fs: float) -> dict[str, float]:
    """Rates and amplitudes of all bursts of a channel; formulas in clinical facts 5."""
    seconds = length(valid) / fs
    durations = (bursts["offset"] - bursts["onset"]) / fs
    scale = channel.microvolts or np.nan  # no voltage, no microvolts
    area = sum((burden(bursts) * durations).tolist())
    measures: dict[str, float] = {
        "n_bursts": len(bursts),
        "burst_rate_per_min": round(60 * len(bursts) / seconds, 4),
        "pct_time": round(100 * float(durations.sum()) / seconds, 4),
        "burden_uV": round(scale * area / seconds, 4),
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
    return measures | _rhythm_columns(bursts["onset"], valid, fs)


SPASM_MEASURES = (
    *("n_spasms", "spasm_rate_per_min", "rate_ci_lo", "rate_ci_hi", "spasm_pct_time"),
    *("spasm_dur_median_ms", "spasm_dur_iqr_ms", "spasm_dur_p95_ms"),
    *("spasm_burden_uV", "spasm_peak_p95_uV", "involved_pct"),
)
"""Columns of a channel that follow from what events are called, so that a review changes them."""


def spasm_measures(info: StreamInfo, column: int, found: Findings) -> dict[str, Any]:
    """How often, how long and how strongly a muscle takes part in hemifacial spasms.

    All :data:`SPASM_MEASURES`; None are those that the findings cannot tell.
    """
    columns: dict[str, Any] = dict.fromkeys(SPASM_MEASURES)
    channel, fs = info.channels[column], info.sampling_frequency
    valid = validity.of_muscle(info, found.valid, column)
    if not len(valid):
        return columns
    parts = found.spasm_parts
    mine = parts[parts["channel"] == column]
    bursts = mine[begins_in(found.events["onset"][mine["event"]], valid)]
    inside = int(overlaps(joined(_spans(bursts)), valid).sum())
    columns["spasm_pct_time"] = round(100 * inside / length(valid), 4)
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
    scale = channel.microvolts or np.nan
    area = sum((burden(bursts) * overlaps(_spans(bursts), valid)).tolist())
    columns["spasm_burden_uV"] = round(scale * area / length(valid), 4)
    if len(bursts):
        peak = float(np.percentile(bursts["peak"], 95))
        columns["spasm_peak_p95_uV"] = round(scale * peak, 4)
    return columns


def side_rows(info: StreamInfo, found: Findings, task: str | None) -> Iterator[dict[str, Any]]:
    """One row a side of the whole face, of the recording and of every task in it."""
    fs = info.sampling_frequency
    lifts = {row["side"]: row for row in brow_lifts(info, found)}
    valid_of = {letter: validity.of_side(info, found.valid, letter) for letter in ("L", "R", "B")}
    for letter, valid in valid_of.items():
        row = {"task": task} | side_columns(info, letter, found, valid, fs)
        if letter != "B":
            row |= _brow_columns(lifts.get(letter)) | change_columns(letter, found, valid, fs)
        yield row
    for name, blocks in task_blocks(found.marked, task).items():
        for letter, valid in valid_of.items():
            yield {"task": name} | side_columns(info, letter, found, common(valid, blocks), fs)


def _brow_columns(lift: Mapping[str, Any] | None) -> dict[str, Any]:
    if lift is None or "pct" not in lift:
        return {}
    low, high = lift["ci_pct"]
    return {"brow_lift_pct": lift["pct"], "brow_lift_ci_lo": low, "brow_lift_ci_hi": high}


def side_columns(
    info: StreamInfo, letter: str, found: Findings, valid: Spans, fs: float
) -> dict[str, Any]:
    """Columns about a side of the whole face in its valid time; B is both: blinks."""
    head = {"side": letter, "valid_s": round(length(valid) / fs, 4)}
    if not len(valid):
        return head
    if letter == "B":
        occurring = occurrence(
            _spans(found.events[found.events["trial_type"] == "blink"]), valid, fs
        )
        low, high = occurring.interval or (None, None)
        return head | {
            "blink_rate_per_min": rounded_or_none(occurring.rate),
            "blink_ci_lo": rounded_or_none(low),
            "blink_ci_hi": rounded_or_none(high),
        }
    spasms = found.spasms
    mine = spasms[spasms["side"] == letter]
    occurring = occurrence(_spans(mine), valid, fs)
    counted = mine[begins_in(mine["onset"], valid)]
    return (
        head
        | _occurrence_columns(occurring)
        | {
            "spasm_pct_time": rounded_or_none(occurring.time_share),
            "spread_stage": _spread_stage(info, letter, found, counted),
        }
        | {f"n_{name}": int((counted["label"] == name).sum()) for name in sorted(CLASSES)}
        | _rhythm_columns(counted["onset"], valid, fs)
    )


def _spread_stage(info: StreamInfo, letter: str, found: Findings, spasms: Rows) -> int | None:
    seen = {
        stage: begins_in(spasms["onset"], validity.of_region(info, found.valid, letter, region))
        for region, stage in STAGES.items()
    }
    return spread(spasms["spread_stage"], seen)


def _rhythm_columns(onsets: NDArray[np.int64], valid: Spans, fs: float) -> dict[str, Any]:
    return {
        "interval_cv": rounded_or_none(rhythm.variation(onsets, valid)),
        "rhythm_hz": rounded_or_none(rhythm.frequency(onsets, fs)),
    }


def _spans(events: Rows) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.stack([events["onset"], events["offset"]], axis=1)


def _occurrence_columns(occurring: Occurrence) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "n_spasms": occurring.count,
        "spasm_rate_per_min": rounded_or_none(occurring.rate),
        "rate_ci_lo": rounded_or_none(occurring.interval and occurring.interval[0]),
        "rate_ci_hi": rounded_or_none(occurring.interval and occurring.interval[1]),
    }
    if occurring.count:
        low, middle, high, most = np.percentile(occurring.durations, [25, 50, 75, 95])
        columns |= {
            "spasm_dur_median_ms": round(float(middle), 3),
            "spasm_dur_iqr_ms": round(float(high - low), 3) if occurring.count > 1 else None,
            "spasm_dur_p95_ms": round(float(most), 3),
        }
    return columns
