"""What a reader needs to trust, or repeat, a result, and what the recording cannot carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.config import LoadedConfig
from emgspasm.dsp import rates
from emgspasm.dsp.quality import ChannelQuality
from emgspasm.labels import SIDE_LETTERS
from emgspasm.results.channels import TOLD, channel_warnings
from emgspasm.results.contractions import Contraction
from emgspasm.results.findings import Findings
from emgspasm.results.measurement import Measurement
from emgspasm.results.tabulation.blocks import LEAST_REST, rest_counts, task_blocks
from emgspasm.results.tabulation.labels import microvolts
from emgspasm.results.tabulation.trials import brow_lifts, synkinesis_shares
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import StreamInfo
from emgspasm.structure import kind_name
from emgspasm.synkinesis.markers import AT_REST, PRIMES
from emgspasm.synkinesis.measures import validity
from emgspasm.synkinesis.measures.occurrence import Withheld, occurrence
from emgspasm.synkinesis.measures.rhythm import FEWEST_ONSETS, variation
from emgspasm.synkinesis.measures.spans import Span, begins_in, common, length, outside
from emgspasm.synkinesis.measures.trials import FEWEST_TRIALS, Trial
from emgspasm.synkinesis.readings.reading import sites
from emgspasm.synkinesis.spread import EYE

PURPOSE = "research and education only"
VALIDATED_ON = "simulated data and public recordings of healthy people only"


def provenance(
    origin: Mapping[str, Any],
    recording: StoredRecording,
    measured: Measurement,
    config: LoadedConfig,
    quality: Iterable[ChannelQuality],
) -> dict[str, Any]:
    """What was analyzed, by what version, with which settings, delays and warnings."""
    info, pipeline = recording.info, measured.pipeline
    unusable = [
        f"channel {q.channel} not analyzed: {q.reason}" for q in quality if q.grade == "unusable"
    ]
    return {
        **origin,
        "sampling_frequency": info.sampling_frequency,
        "emg_frequency": info.emg_frequency,
        "duration_s": recording.n_samples / info.sampling_frequency,
        "channels": list(info.names),
        "device": info.device,
        "config": config.text,
        "pipeline": repr(pipeline),
        "settings": asdict(pipeline),
        "detector": kind_name(type(pipeline.detector)),
        "delay_ms": round(1000 * pipeline.delay(info), 3),
        "settling_ms": round(1000 * pipeline.settling(info), 3),
        "exploratory": info.emg_frequency < rates.LOWEST,
        "warnings": [
            *rates.rate_warnings(info.emg_frequency),
            *recording.findings,
            *measured.notices,
            *unusable,
            *channel_warnings(info),
            *_one_eyed(info, measured.found),
        ],
        "validated_on": VALIDATED_ON,
        "purpose": f"{PURPOSE}; not a medical device",
    }


def _one_eyed(info: StreamInfo, found: Findings) -> Iterator[str]:
    """Say in how much of the time only one eye was seen: blinks are no blinks then.

    A synkinesis of blinks beside a dead electrode was told as 13 spasms a minute (simulated faces).
    """
    told = {letter: validity.of_side(info, found.valid, letter) for letter in SIDE_LETTERS}
    eyes = {letter: validity.of_region(info, found.valid, letter, EYE) for letter in SIDE_LETTERS}
    for letter, other in ("LR", "RL"):
        alone = outside(common(told[letter], eyes[letter]), eyes[other])
        seconds = length(alone) / info.sampling_frequency
        if seconds >= LEAST_REST:
            side, missed = SIDE_LETTERS[letter], SIDE_LETTERS[other]
            yield (
                f"the {missed} eye was not seen for {seconds:.0f} s in which spasms of the {side} "
                "side are told: a blink that moves more of it along (synkinesis) looks like one"
            )


def spasm_provenance(
    info: StreamInfo,
    found: Findings,
    trials: list[Trial],
    most: Mapping[int, Contraction],
    task: str | None,
) -> dict[str, Any]:
    """Measures that fit no table, and what is withheld.

    Parameters
    ----------
    info : StreamInfo
        Of the recording.
    found : Findings
    trials : list of Trial
    most : mapping
        Maximal voluntary contraction by channel.
    task : str or None
        In the recording's name.
    """
    fs = info.sampling_frequency
    return {
        "valid_s": _seconds(validity.of_face(found.valid), fs),
        "channels_valid_s": _by_channel(found.valid, info),
        "channels_sought_s": _by_channel(found.sought, info),  # a review may name other artifacts
        "tasks": [
            [m.task, m.trial, round(m.onset / fs, 6), round(m.offset / fs, 6)] for m in found.marked
        ],
        "mvc_uV": {
            info.names[column]: microvolts(each.value, info.channels[column])
            for column, each in most.items()
            if info.channels[column].microvolts
        },
        "mvc_of": {info.names[column]: each.recording for column, each in most.items()},
        "synkinesis": synkinesis_shares(trials),
        "brow_lift": brow_lifts(info, found),
        "withheld": [asdict(item) for item in withheld(info, found, trials, most, task)],
    }


def _by_channel(stretches: validity.Valid, info: StreamInfo) -> dict[str, list[list[float]]]:
    fs = info.sampling_frequency
    return {info.names[column]: _seconds(spans, fs) for column, spans in stretches.items()}


def _seconds(spans: NDArray[np.int64], fs: float) -> list[list[float]]:
    return [[round(a / fs, 6), round(b / fs, 6)] for a, b in spans.tolist()]


def withheld(
    info: StreamInfo,
    found: Findings,
    trials: Sequence[Trial],
    most: Mapping[int, Contraction],
    task: str | None,
) -> list[Withheld]:
    """What the recording cannot carry, and why; parameters as of :func:`spasm_provenance`."""
    fs = info.sampling_frequency
    carried = info.emg_frequency
    rows = [
        Withheld(output.columns, f"{carried:g} Hz; {output.words} need {output.needs:g} Hz")
        for output in rates.withheld(carried)
        if output.columns
    ]
    if not any(m.task in PRIMES for m in found.marked):
        rows.append(Withheld("trials", f"no task marker of {', '.join(PRIMES)}"))
    elif not trials:
        rows.append(Withheld("trials", "no side has the muscle that moves and another one"))
    lacking = [info.names[c] for c in info.columns() if c not in most]
    if lacking:
        rows.append(
            Withheld(
                "mvc_uV, pct_mvc, si, dsi, overlap",
                f"under {FEWEST_TRIALS} maximal trials without a spasm or an artifact in this "
                "recording, or in another of its session at its sampling frequency: "
                + ", ".join(lacking),
            )
        )
    lonely = [info.names[c] for c, p in sites(info).items() if p.opposite < 0 and p.side]
    if lonely:
        rows.append(Withheld("li, log_ratio", f"no channel of the other side: {', '.join(lonely)}"))
    rests = sum(m.task in AT_REST for m in found.marked)
    if rests < 2:
        rows.append(Withheld("rate_mdc_per_min", "no two rest blocks in the recording"))
    rows += _without_rhythm(info, found)
    for letter, (whose, by) in TOLD.items():
        wanting = f"bursts could not be sought in {by} at once"
        valid = validity.of_side(info, found.valid, letter)
        rows += _untold(whose, wanting, valid, task_blocks(found.marked, task), fs)
        if letter != "B" and len(valid) and rests > 1:
            rows += _unchanged(whose, rest_counts(letter, found, valid, fs))
    return rows


def _without_rhythm(info: StreamInfo, found: Findings) -> Iterator[Withheld]:
    """Why intervals and rhythm of the spasms of a side are withheld, if they are."""
    few = []
    for letter in SIDE_LETTERS:
        whose, valid = TOLD[letter][0], validity.of_side(info, found.valid, letter)
        onsets = found.spasms["onset"][found.spasms["side"] == letter]
        onsets = onsets[begins_in(onsets, valid)]
        if len(onsets) < FEWEST_ONSETS:
            few.append(whose)
        elif np.isnan(variation(onsets, valid)):
            why = f"under {FEWEST_ONSETS - 1} intervals without a gap"
            yield Withheld(f"interval_cv of {whose}", why)
    for whose in ["spasms"] if len(few) == len(SIDE_LETTERS) else few:
        why = f"under {FEWEST_ONSETS} spasms of a side"
        yield Withheld(f"interval_cv, rhythm_hz of {whose}", why)


def _unchanged(whose: str, rested: Sequence[tuple[int, float]]) -> Iterator[Withheld]:
    """Why the minimal detectable change of a side is withheld, if it is."""
    measure = f"rate_mdc_per_min of {whose}"
    if len(rested) < 2:
        yield Withheld(measure, f"no two rest blocks of {LEAST_REST:g} s of valid time")
    elif not rested[0][0] + rested[-1][0]:
        yield Withheld(measure, "none in the two rest blocks")


def _untold(
    whose: str,
    wanting: str,
    valid: NDArray[np.int64],
    blocks: Mapping[str, Sequence[Span]],
    fs: float,
) -> Iterator[Withheld]:
    """What is withheld of a side, in the whole recording or in tasks of it."""
    if not len(valid):
        yield Withheld(whose, wanting)
        return
    for item in occurrence([], valid, fs).withheld:
        yield Withheld(f"{item.measure} of {whose}", item.reason)
    for task, spans in blocks.items():
        if not len(common(valid, spans)):
            yield Withheld(f"{whose} in {task}", wanting)
