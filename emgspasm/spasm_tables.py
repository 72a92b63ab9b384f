"""Tables of spasms: rows of the summary, of pairs of muscles and of trials.

What the recording cannot carry is missing in its table, and its reason is told beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Channel, Event, StreamInfo
from emgspasm.synkinesis import pairs, trials
from emgspasm.synkinesis.folding import Lag
from emgspasm.synkinesis.intervals import wilson
from emgspasm.synkinesis.markers import Marker
from emgspasm.synkinesis.measures import (
    Occurrence,
    Span,
    Withheld,
    brow_lift_index,
    is_hemifacial,
    occurrence,
    overlap_share,
    spread,
)
from emgspasm.synkinesis.reading import Reading, sites
from emgspasm.tabulation import SIDE_LETTER, burden


@dataclass(slots=True)
class Findings:
    """What the second fold gathers over a recording.

    Parameters
    ----------
    events : list of Event
    readings : list of Reading
    lags : list of Lag
    valid : list of (int, int)
        First and last-but-one samples of the settled parts of segments.
    marked : tuple of Marker
    envelopes : dict
        Envelope by marker and channel, in the unit of the channel, of maximal trials.
    """

    events: list[Event] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    lags: list[Lag] = field(default_factory=list)
    valid: list[Span] = field(default_factory=list)
    marked: tuple[Marker, ...] = ()
    envelopes: dict[tuple[Marker, int], list[NDArray[np.float64]]] = field(default_factory=dict)

    @property
    def spasms(self) -> list[Event]:
        """Hemifacial spasms."""
        return [event for event in self.events if is_hemifacial(event)]

    @property
    def copies(self) -> dict[tuple[int, int], int]:
        """Column of the neighbour by channel and onset of the bursts it explains."""
        return {
            (r.burst.channel, r.onset): r.explanation.column
            for r in self.readings
            if r.explanation.copy
        }


def muscle_columns(channel: Channel, column: int, found: Findings, fs: float) -> dict[str, Any]:
    """Columns of the summary about spasms of one muscle."""
    valid = found.valid
    spans = overlap_share(found.spasms, column)
    counted = _counted(found.spasms, column, valid)
    seconds = sum(b - a for a, b in valid) / fs
    columns = _occurrence_columns(occurrence(_firsts(counted, column), valid, fs))
    columns["spasm_pct_time"] = _rounded(occurrence(spans, valid, fs).time_share)
    scale = channel.microvolts or np.nan
    bursts = [b for e in counted for b in e.bursts if b.channel == column]
    if seconds > 0:
        area = sum(burden(b) * (b.offset - b.onset) / fs for b in bursts)
        columns["spasm_burden_uV"] = round(scale * area / seconds, 4)
    if bursts:
        peak = float(np.percentile([b.peak for b in bursts], 95))
        columns["spasm_peak_p95_uV"] = round(scale * peak, 4)
    return columns


def _counted(events: Iterable[Event], column: int, valid: Sequence[Span]) -> list[Event]:
    """Events in which a channel takes part, and that begin in valid time."""
    return [
        event
        for event in events
        if any(b.channel == column for b in event.bursts)
        and any(a <= event.onset < b for a, b in valid)
    ]


def _firsts(events: Iterable[Event], column: int) -> list[Span]:
    """From the first onset to the last offset of a channel, event by event."""
    mine = [[b for b in e.bursts if b.channel == column] for e in events]
    return [(min(b.onset for b in m), max(b.offset for b in m)) for m in mine]


def side_columns(letter: str, found: Findings, fs: float) -> dict[str, Any]:
    """Columns of the summary about a side of the whole face; B is both: blinks."""
    valid = found.valid
    seconds = sum(b - a for a, b in valid) / fs
    common = {"side": letter, "valid_s": round(seconds, 4)}
    if letter == "B":
        blinks = [(e.onset, e.offset) for e in found.events if e.trial_type == "blink"]
        return common | {"blink_rate_per_min": _rounded(occurrence(blinks, valid, fs).rate)}
    mine = [e for e in found.spasms if e.side == letter]
    counted = [e for e in mine if any(a <= e.onset < b for a, b in valid)]
    told = occurrence([(e.onset, e.offset) for e in mine], valid, fs)
    return (
        common
        | _occurrence_columns(told)
        | {
            "spasm_pct_time": _rounded(told.time_share),
            "spread_stage": spread([e.spread_stage for e in counted]),
        }
    )


def _occurrence_columns(told: Occurrence) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "n_spasms": told.count,
        "spasm_rate_per_min": _rounded(told.rate),
        "rate_ci_lo": _rounded(told.interval and told.interval[0]),
        "rate_ci_hi": _rounded(told.interval and told.interval[1]),
    }
    if told.count:
        low, middle, high, most = np.percentile(told.durations, [25, 50, 75, 95])
        columns |= {
            "spasm_dur_median_ms": round(float(middle), 3),
            "spasm_dur_iqr_ms": round(float(high - low), 3),
            "spasm_dur_p95_ms": round(float(most), 3),
        }
    return columns


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def pair_rows(
    info: StreamInfo, found: Findings, origin: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """One row a pair of muscles of the same side."""
    fs = info.sampling_frequency
    copies = found.copies
    onsets: dict[int, list[int]] = {column: [] for column in info.columns()}
    for reading in found.readings:
        if (reading.burst.channel, reading.onset) not in copies:
            onsets[reading.burst.channel].append(reading.onset)
    for first, second in combinations(info.columns(), 2):
        a, b = info.channels[first], info.channels[second]
        if a.side != b.side or a.side not in SIDE_LETTER:
            continue
        row = origin | {"side": SIDE_LETTER[a.side], "muscle_a": a.muscle, "muscle_b": b.muscle}
        yield (
            row
            | _crosstalk_columns(info, found, first, second)
            | (
                _synchrony_columns(onsets[first], onsets[second], found.lags, first, second, fs)
                if fs >= pairs.RATE
                else {"valid": False, "reason": f"{fs:g} Hz: lags need {pairs.RATE:g} Hz"}
            )
        )


def _synchrony_columns(
    first: list[int], second: list[int], lags: Iterable[Lag], a: int, b: int, fs: float
) -> dict[str, Any]:
    told = pairs.synchrony(np.array(first, np.int64), np.array(second, np.int64), fs)
    fewest = min(len(first), len(second))
    if fewest == 0:
        return {"n_pairs": 0, "valid": False, "reason": "a muscle without bursts"}
    columns: dict[str, Any] = {
        "n_pairs": told.pairs,
        "sync_pct": round(told.share, 3),
        "sync_z": None if np.isnan(told.z) else round(told.z, 3),
        "valid": True,
    }
    if told.pairs:
        low, middle, high = np.percentile(told.lags, [25, 50, 75])
        columns |= {"lag_median_ms": round(middle, 3), "lag_iqr_ms": round(high - low, 3)}
    peaks = [lag.correlation for lag in lags if (lag.first, lag.second) == (a, b)]
    if peaks:
        columns["xcorr_peak"] = round(median(peaks), 4)
    return columns


def _crosstalk_columns(
    info: StreamInfo, found: Findings, first: int, second: int
) -> dict[str, Any]:
    """The largest raw correlation, and whether one explains most of the other's bursts."""
    emg = {column: i for i, column in enumerate(info.columns())}
    rho, explained, total = 0.0, 0, 0
    for reading in found.readings:
        mine = reading.burst.channel
        if mine not in (first, second):
            continue
        other = emg[second if mine == first else first]
        value = reading.rho[other]
        rho = max(rho, value) if value == value else rho
        total += 1
        explained += reading.explanation.copy and reading.explanation.column == other
    flag = ("yes" if info.sampling_frequency >= 1000 else "possible") if explained else "no"
    return {
        "raw_rho_max": round(rho, 4) if total else None,
        "n_copies": explained,
        "crosstalk_flag": flag if total else None,
    }


def maxima(info: StreamInfo, found: Findings) -> dict[int, float]:
    """Maximal voluntary contraction by channel, in its unit; trials with a spasm are rejected."""
    spoiled = {
        marker
        for marker in found.marked
        if any(e.onset < marker.offset and marker.onset < e.offset for e in found.spasms)
    }
    told = {}
    for column in info.columns():
        clean = [
            np.concatenate(parts)
            for (marker, channel), parts in found.envelopes.items()
            if channel == column and marker not in spoiled
        ]
        value = trials.maximal_contraction(clean, info.sampling_frequency)
        if value is not None:
            told[column] = value
    return told


def trial_list(info: StreamInfo, found: Findings, most: dict[int, float]) -> list[trials.Trial]:
    """Every muscle beside the prime one, in every trial."""
    copies = found.copies
    bursts = [r.burst for r in found.readings if (r.burst.channel, r.onset) not in copies]
    fs = info.sampling_frequency
    return list(trials.trials(found.marked, bursts, found.events, sites(info), most, fs))


def trial_rows(
    told: Iterable[trials.Trial], fs: float, origin: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Rows of the trials table."""
    for trial in told:
        yield origin | {
            "task": trial.marker.task,
            "trial": trial.marker.trial,
            "side": trial.side,
            "cue_onset_s": round(trial.marker.onset / fs, 6),
            "prime_muscle": trial.prime_muscle,
            "prime_onset_s": round(trial.prime.onset / fs, 6) if trial.prime else None,
            "prime_pctmvc": _rounded(trial.prime_share),
            "syn_muscle": trial.other_muscle,
            "syn_latency_ms": None if trial.latency is None else round(1000 * trial.latency, 3),
            "syn_pctmvc": _rounded(trial.other_share),
            "si": _rounded(trial.index),
            "synk": trial.synkinesis,
            "spasm_overlap": trial.spasm,
        }


def synkinesis_shares(told: Iterable[trials.Trial]) -> list[dict[str, Any]]:
    """Probability of synkinesis by task, side and muscle, with its Wilson interval.

    Trials that a spasm overlaps are left out.
    """
    groups: dict[tuple[str, str, str, str], list[bool]] = {}
    for trial in told:
        if trial.synkinesis is not None and not trial.spasm:
            key = (trial.marker.task, trial.side, trial.prime_muscle, trial.other_muscle)
            groups.setdefault(key, []).append(trial.synkinesis)
    rows = []
    for (task, side, prime, other), seen in groups.items():
        row: dict[str, Any] = {"task": task, "side": side, "prime": prime, "muscle": other}
        row |= {"trials": len(seen), "synkinesis": sum(seen)}
        if len(seen) >= trials.FEWEST_TRIALS:
            low, high = wilson(sum(seen), len(seen))
            row |= {"probability": sum(seen) / len(seen), "ci": [round(low, 4), round(high, 4)]}
        else:
            row["withheld"] = f"under {trials.FEWEST_TRIALS} trials"
        rows.append(row)
    return rows


def brow_lifts(info: StreamInfo, found: Findings) -> list[dict[str, Any]]:
    """Brow-lift index of every side that has both channels, with its Wilson interval."""
    places = {(p.side, p.muscle): column for column, p in sites(info).items()}
    rows = []
    for side in ("L", "R"):
        eye, brow = places.get((side, "OOC")), places.get((side, "FRO"))
        if eye is None or brow is None:
            continue
        joined, total = brow_lift_index(found.spasms, eye, brow, info.sampling_frequency)
        row: dict[str, Any] = {"side": side, "spasms": total, "joined": joined}
        if total:
            row |= {"pct": round(100 * joined / total, 2)}
            row |= {"ci_pct": [round(100 * x, 2) for x in wilson(joined, total)]}
        rows.append(row)
    return rows


def withheld(info: StreamInfo, found: Findings, most: dict[int, float]) -> list[Withheld]:
    """What the recording cannot carry, and why."""
    fs, rows = info.sampling_frequency, []
    if fs < pairs.RATE:
        rows.append(Withheld("pairs", f"{fs:g} Hz; lags and synchrony need {pairs.RATE:g} Hz"))
        rows.append(Withheld("crosstalk_flag yes", f"{fs:g} Hz; under 1000 Hz only possible"))
    if not any(m.movement for m in found.marked):
        rows.append(Withheld("trials", "no task marker of a movement"))
    lacking = [info.names[c] for c in info.columns() if c not in most]
    if lacking:
        rows.append(
            Withheld(
                "mvc_uV, pct_mvc", f"under 3 maximal trials without a spasm: {', '.join(lacking)}"
            )
        )
    lonely = [info.names[c] for c, p in sites(info).items() if p.opposite < 0 and p.side]
    if lonely:
        rows.append(Withheld("li, log_ratio", f"no channel of the other side: {', '.join(lonely)}"))
    rows += occurrence([], found.valid, fs).withheld
    return rows
