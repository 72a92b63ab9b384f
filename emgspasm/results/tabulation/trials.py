"""The table of trials: movements on cue, and the maximal contractions that they tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.rates import CROSSTALK, LAGS
from emgspasm.labels import SIDE_LETTER, SIDE_LETTERS
from emgspasm.results.findings import Findings, Rows, bursts_of
from emgspasm.results.tabulation.labels import rounded_or_none
from emgspasm.storage.tables.columns import TRIALS
from emgspasm.storage.tables.tsv import table
from emgspasm.stream import StreamInfo
from emgspasm.synkinesis.markers import AFTER, Marker
from emgspasm.synkinesis.measures import trials, validity
from emgspasm.synkinesis.measures.intervals import wilson
from emgspasm.synkinesis.measures.occurrence import brow_lift_index
from emgspasm.synkinesis.measures.spans import begins_in
from emgspasm.synkinesis.readings.reading import sites

if TYPE_CHECKING:
    import pandas as pd


def maxima(info: StreamInfo, found: Findings) -> dict[int, float]:
    """Maximal voluntary contraction by channel, in its unit, of the trials of one recording.

    Trials with a spasm of the channel's side, or an artifact of the channel, are rejected: for half
    a second of an artifact may be the largest of all, its trial would be the maximum.
    """
    spasms, artifacts = found.spasms, found.artifacts()
    largest = {}
    for column in info.columns():
        of_side = spasms["side"] == SIDE_LETTER.get(info.channels[column].side or "")
        spans = np.stack([spasms["onset"], spasms["offset"]], axis=1)[of_side]
        spoiling = np.concatenate([spans, artifacts.get(column, spans[:0])])
        clean = [
            np.concatenate(parts)
            for (marker, channel), parts in found.envelopes.items()
            if channel == column
            and info.channels[column].muscle == trials.MAXIMAL.get(marker.task)
            and not ((spoiling[:, 0] < marker.offset) & (marker.onset < spoiling[:, 1])).any()
        ]
        value = trials.maximal_contraction(clean, info.sampling_frequency)
        if value is not None:
            largest[column] = value
    return largest


def trial_list(info: StreamInfo, found: Findings, most: Mapping[int, float]) -> list[trials.Trial]:
    """Every muscle beside the prime one, in every trial."""
    if not any(marker.movement for marker in found.marked):
        return []
    own = _on_cue(found.bursts, found.marked, info.sampling_frequency)
    own = own[~found.copied(own) & _seen(own, found.valid)]
    own = own[np.lexsort((own["channel"], own["onset"]))]
    bursts = bursts_of(own)
    spasms = found.spasms[["onset", "offset", "side"]].tolist()
    fs = info.sampling_frequency
    performed = trials.trials(
        found.marked, bursts, spasms, sites(info), most, found.envelopes, found.valid, fs
    )
    told = {letter: validity.of_side(info, found.valid, letter) for letter in SIDE_LETTERS}
    return [
        trial
        if trial.spasm or trials.seen(told[trial.side], trial.marker.onset, trial.marker.offset)
        else replace(trial, spasm=None)
        for trial in performed
    ]


def _seen(bursts: Rows, valid: validity.Valid) -> NDArray[np.bool_]:
    """Which bursts began in valid time: of others nobody knows when they did.

    After a gap in a movement all its muscles seemed to begin together.
    """
    seen = np.zeros(len(bursts), np.bool_)
    for column, stretches in valid.items():
        mine = bursts["channel"] == column
        seen[mine] = begins_in(bursts["onset"][mine], stretches)
    return seen


def _on_cue(bursts: Rows, marked: Iterable[Marker], fs: float) -> Rows:
    """Bursts that may belong to a trial: few of an hour."""
    near = np.zeros(len(bursts), np.bool_)
    for marker in marked:
        if marker.movement:
            stop = marker.offset + round(AFTER * fs)
            near |= (marker.onset <= bursts["onset"]) & (bursts["onset"] < stop)
    return bursts[near]


def trials_table(
    performed: Iterable[trials.Trial], info: StreamInfo, origin: Mapping[str, Any]
) -> pd.DataFrame:
    """One row a muscle and trial of the recording."""
    fs = info.sampling_frequency
    rows = (
        {
            **origin,
            "task": trial.marker.task,
            "trial": trial.marker.trial,
            "side": trial.side,
            "cue_onset_s": round(trial.marker.onset / fs, 6),
            "prime_muscle": trial.prime_muscle,
            "prime_onset_s": round(trial.prime.onset / fs, 6) if trial.prime else None,
            "prime_pctmvc": rounded_or_none(trial.prime_share),
            "syn_muscle": trial.other_muscle,
            "syn_latency_ms": None if told is None else round(1000 * told, 3),
            "syn_pctmvc": rounded_or_none(trial.other_share),
            "si": rounded_or_none(trial.index),
            "dsi": rounded_or_none(trial.difference),
            "overlap": rounded_or_none(trial.overlap),
            "synk": trial.synkinesis,
            "spasm_overlap": trial.spasm,
        }
        for trial in performed
        for told in (trial.latency if info.emg_frequency >= LAGS else None,)
    )
    return table(rows, TRIALS)


def synkinesis_shares(performed: Iterable[trials.Trial]) -> list[dict[str, Any]]:
    """Probability of synkinesis by task, side and muscle, with its Wilson interval.

    Trials that a spasm overlaps are left out, and those in which the muscle was not seen.
    """
    groups: dict[tuple[str, str, str, str], list[bool]] = {}
    for trial in performed:
        if trial.prime is not None and not trial.spasm:
            key = (trial.marker.task, trial.side, trial.prime_muscle, trial.other_muscle)
            told = groups.setdefault(key, [])
            told += [trial.synkinesis] if trial.synkinesis is not None else []
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
    """Brow-lift index of every side that has both channels, with its Wilson interval.

    It needs the verdict on cross-talk: at 250 Hz a fifth of the brows that truly join look like
    copies of the eye, which they lie beside (`joined` counts the others).
    """
    places = {(place.side, place.muscle): column for column, place in sites(info).items()}
    own, rows = found.spasm_parts, []
    for side in ("L", "R"):
        eye, brow = places.get((side, "OOC")), places.get((side, "FRO"))
        if eye is None or brow is None:
            continue
        eyes, brows = own[own["channel"] == eye], own[own["channel"] == brow]
        valid = validity.of_muscle(info, found.valid, brow)
        eyes = eyes[begins_in(found.events["onset"][eyes["event"]], valid)]
        joined, total = brow_lift_index(eyes, brows, info.sampling_frequency)
        row: dict[str, Any] = {"side": side, "spasms": total, "joined": joined}
        if total and info.emg_frequency >= CROSSTALK:
            row |= {"pct": round(100 * joined / total, 2)}
            row |= {"ci_pct": [round(100 * x, 2) for x in wilson(joined, total)]}
        rows.append(row)
    return rows
