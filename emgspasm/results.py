"""From one recording to its tables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm import __version__
from emgspasm.config import LoadedConfig
from emgspasm.dsp.mains import fit_notch
from emgspasm.dsp.pipeline import Analysis, Pipeline, analyze
from emgspasm.dsp.quality import ChannelQuality, Limits, MeanSpectrum, grade, line_ratio
from emgspasm.dsp.rates import LOWEST, rate_warnings
from emgspasm.errors import ConfigError
from emgspasm.events import event_rows
from emgspasm.spasm_tables import (
    Findings,
    brow_lifts,
    maxima,
    muscle_columns,
    pair_rows,
    side_columns,
    synkinesis_shares,
    trial_list,
    trial_rows,
    withheld,
)
from emgspasm.storage.columns import EVENTS, PAIRS, QUALITY, SUMMARY, TRIALS
from emgspasm.storage.opening import StoredRecording, open_recording
from emgspasm.storage.tables import table
from emgspasm.stream import Burst, Channel, Chunk, StreamInfo, emg_only
from emgspasm.synkinesis.folding import Folded, Folding, fold
from emgspasm.synkinesis.markers import Marker, markers
from emgspasm.synkinesis.measures import within
from emgspasm.synkinesis.trials import MAXIMAL, Trial
from emgspasm.tabulation import (
    SIDE_LETTER,
    bids_entities,
    burst_measures,
    quality_row,
)

if TYPE_CHECKING:
    import pandas as pd

    from emgspasm.storage.montage import Montage


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """The tables of one recording, as data frames (columns: ``emgspasm.storage.columns``).

    Parameters
    ----------
    name : str
        Of the recording, without its suffix.
    events, summary, quality, pairs, trials : DataFrame
        Trials are empty without markers of movements.
    provenance : dict
        What was analyzed, by what, with which settings, delays and warnings.
    """

    name: str
    events: pd.DataFrame
    summary: pd.DataFrame
    quality: pd.DataFrame
    pairs: pd.DataFrame
    trials: pd.DataFrame
    provenance: dict[str, Any]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables by name."""
        told = {
            "events": self.events,
            "summary": self.summary,
            "quality": self.quality,
            "pairs": self.pairs,
        }
        return told | ({"trials": self.trials} if len(self.trials) else {})


@dataclass(slots=True)
class Measurement:
    """What folding over a recording gathers, arrays a number an EMG channel.

    Parameters
    ----------
    pipeline : Pipeline
        What was folded.
    notice : str
        Why it differs from the config's; ``""`` if it does not.
    bursts : list of Burst
    found : Findings
        What the second fold found: events across muscles.
    missing, clipped, flat, analyzed : ndarray of int
        Samples.
    noise : ndarray of float
        Sum of the noise level over the analyzed samples.
    present : int
        Samples that were there at all.
    line_frequency, line_ratio : ndarray of float
        Hz and dB.
    """

    pipeline: Pipeline
    notice: str
    bursts: list[Burst]
    missing: NDArray[np.int64]
    clipped: NDArray[np.int64]
    flat: NDArray[np.int64]
    analyzed: NDArray[np.int64]
    noise: NDArray[np.float64]
    present: int = 0
    found: Findings = field(default_factory=Findings)
    line_frequency: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    line_ratio: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


def analyze_recording(
    path: str | os.PathLike[str],
    config: LoadedConfig | None = None,
    *,
    montage: Montage | None = None,
    sampling_frequency: float | None = None,
    gain: float | None = None,
) -> Results:
    """Analyze a stored recording.

    Parameters
    ----------
    path : path
        A recording of any format :func:`emgspasm.storage.opening.open_recording` understands.
    config : LoadedConfig, optional
        The defaults if left out.
    montage : Montage, optional
        Sides and muscles, where the labels do not say them.
    sampling_frequency, gain : float, optional
        For files that do not say them.

    Raises
    ------
    RecordingError
        If the file cannot be read.
    ConfigError
        If it cannot be analyzed with this config: no side or muscle known, rate too low.
    """
    config = config or LoadedConfig()
    recording = open_recording(
        Path(path), montage=montage, sampling_frequency=sampling_frequency, gain=gain
    )
    info = recording.info
    check(info, config)
    with recording:
        measured = measure(recording, config)
    return tabulate(Path(path), recording, measured, config)


def judge_recording(
    path: str | os.PathLike[str],
    config: LoadedConfig | None = None,
    *,
    montage: Montage | None = None,
    sampling_frequency: float | None = None,
    gain: float | None = None,
) -> tuple[list[ChannelQuality], list[str]]:
    """Quality of the channels of a recording, sides and muscles known or not, and what was odd.

    Takes and raises what :func:`analyze_recording` does.
    """
    config = config or LoadedConfig()
    recording = open_recording(
        Path(path), montage=montage, sampling_frequency=sampling_frequency, gain=gain
    )
    _require_emg(recording.info)
    _require_band(recording.info, config)
    with recording:
        measured = measure(recording, config)
    findings = [*rate_warnings(recording.info.sampling_frequency), *recording.findings]
    return list(channel_quality(recording, measured)), findings


def check(info: StreamInfo, config: LoadedConfig) -> None:
    """Refuse what would give numbers nobody can read.

    Raises
    ------
    ConfigError
        If a channel's side or muscle is unknown, the rate too low, or nothing of the band left.
    """
    _require_emg(info)
    emg = [info.channels[column] for column in info.columns()]
    nameless = [c.name for c in emg if c.side is None or c.muscle is None]
    if nameless:
        raise ConfigError(
            f"side and muscle unknown of channels {', '.join(nameless)} (labels follow OOC_L). "
            "Give --montage FILE.toml that names them"
        )
    _require_band(info, config)
    fs = info.sampling_frequency
    if fs < LOWEST and not config.config.exploratory:
        raise ConfigError(
            f"sampling frequency {fs:g} Hz ({LOWEST:g} Hz is the least for EMG: {remaining(fs)}). "
            "Record faster, or set exploratory = true in the config"
        )


def _require_emg(info: StreamInfo) -> None:
    if not info.columns():
        raise ConfigError(
            f"no EMG channel among {', '.join(info.names)}. Give --montage to say which are EMG"
        )


def _require_band(info: StreamInfo, config: LoadedConfig) -> None:
    try:
        config.config.pipeline.cascade.sos(info.sampling_frequency)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def remaining(sampling_frequency: float) -> str:
    """Which part of the EMG band a sampling frequency leaves, in words."""
    return f"of 20-450 Hz only 20-{0.45 * sampling_frequency:g} Hz remain"


def measure(recording: StoredRecording, config: LoadedConfig) -> Measurement:
    """Fold the pipeline, and the mean spectrum for the mains, over a recording."""
    info = recording.info
    n_channels = len(info.columns())
    pipeline, chunks, notice = suit(config, info, recording)
    result = _nothing_measured(pipeline, notice, n_channels)
    spectrum = MeanSpectrum()
    state = spectrum.init(emg_only(info), Chunk(0, np.empty((0, n_channels))))
    analyses = analyze(pipeline, info, chunks)
    result.found.marked = markers(recording.annotations, info.sampling_frequency)
    for analysis, folded in fold(Folding(), pipeline, info, analyses, recording.annotations):
        state, _ = spectrum.step(state, analysis.chunk)
        gather(result, analysis)
        gather_findings(result.found, analysis, folded, info)
    result.line_frequency, result.line_ratio = line_ratio(state)
    return result


def _nothing_measured(pipeline: Pipeline, notice: str, n_channels: int) -> Measurement:
    missing, clipped, flat, analyzed = np.zeros((4, n_channels), np.int64)
    return Measurement(
        pipeline, notice, [], missing, clipped, flat, analyzed, noise=np.zeros(n_channels)
    )


def suit(
    config: LoadedConfig, info: StreamInfo, chunks: Iterable[Chunk]
) -> tuple[Pipeline, Iterable[Chunk], str]:
    """The pipeline for this stream, the stream, and what was decided; see ``dsp.mains``."""
    if config.config.mains == "off":
        return config.config.pipeline, chunks, ""
    return fit_notch(config.config.pipeline, info, chunks)


def gather(result: Measurement, analysis: Analysis) -> None:
    """Add one analysis to a measurement; the tally counts at the end of each segment."""
    result.bursts.extend(analysis.bursts)
    result.present += len(analysis.chunk.samples)
    tally = analysis.tally
    if tally is None:
        return
    result.missing += tally.missing
    result.clipped += tally.clipped
    result.flat += tally.flat
    result.analyzed += tally.analyzed
    result.noise += tally.noise


def gather_findings(found: Findings, analysis: Analysis, folded: Folded, info: StreamInfo) -> None:
    """Add what became certain, valid time, and the envelope of maximal trials."""
    found.events.extend(folded.events)
    found.readings.extend(folded.readings)
    found.lags.extend(folded.lags)
    start, stop = max(analysis.chunk.start, analysis.settled), analysis.chunk.stop
    if start < stop:
        if found.valid and found.valid[-1][1] == start:
            found.valid[-1] = found.valid[-1][0], stop
        else:
            found.valid.append((start, stop))
    for marker in found.marked:
        if marker.task in MAXIMAL and marker.onset < stop and analysis.chunk.start < marker.offset:
            _gather_envelope(found, analysis, marker, info)


def _gather_envelope(found: Findings, analysis: Analysis, marker: Marker, info: StreamInfo) -> None:
    rows = slice(max(marker.onset - analysis.chunk.start, 0), marker.offset - analysis.chunk.start)
    for i, column in enumerate(info.columns()):
        if info.channels[column].muscle == MAXIMAL[marker.task]:
            part = analysis.envelope.samples[rows, i].copy()
            found.envelopes.setdefault((marker, column), []).append(part)


def spasm_provenance(
    info: StreamInfo, found: Findings, told: list[Trial], most: dict[int, float]
) -> dict[str, Any]:
    """Measures that fit no table, and what is withheld."""
    fs = info.sampling_frequency
    return {
        "valid_s": [[round(a / fs, 6), round(b / fs, 6)] for a, b in found.valid],
        "tasks": [
            [m.task, m.trial, round(m.onset / fs, 6), round(m.offset / fs, 6)] for m in found.marked
        ],
        "mvc_uV": {
            info.names[column]: round(value * (info.channels[column].microvolts or np.nan), 4)
            for column, value in most.items()
            if info.channels[column].microvolts
        },
        "synkinesis": synkinesis_shares(told),
        "brow_lift": brow_lifts(info, found),
        "withheld": [asdict(item) for item in withheld(info, found, most)],
    }


def tabulate(
    path: Path, recording: StoredRecording, measured: Measurement, config: LoadedConfig
) -> Results:
    """Turn a measurement into tables."""
    info = recording.info
    entities = bids_entities(path.stem)
    origin = {
        "task": entities.get("task"),
        "source": "detector",
        "status": "auto",
        "detector_version": __version__,
        "config_sha": config.sha256[:12],
    }
    found, most = measured.found, maxima(info, measured.found)
    rows = event_rows(info, measured.bursts, found.events, found.copies, most, origin)
    told = trial_list(info, found, most)
    common = {key: entities.get(key) for key in ("task",)} | {"recording": path.stem}
    quality = list(channel_quality(recording, measured))
    return Results(
        name=path.stem,
        events=table(rows, EVENTS),
        summary=table(summary_rows(path.stem, recording, measured, entities), SUMMARY),
        quality=table((quality_row(path.stem, q) for q in quality), QUALITY),
        pairs=table(pair_rows(info, found, common), PAIRS),
        trials=table(trial_rows(told, info.sampling_frequency, common), TRIALS),
        provenance=provenance(path, recording, measured, config, quality)
        | spasm_provenance(info, found, told, most),
    )


def summary_rows(
    name: str, recording: StoredRecording, measured: Measurement, entities: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """One row a channel, and one a side of the whole face."""
    info = recording.info
    fs, most = info.sampling_frequency, maxima(info, measured.found)
    for i, column in enumerate(info.columns()):
        channel = info.channels[column]
        bursts = [b for b in measured.bursts if b.channel == column and b.quality != "settling"]
        valid = measured.analyzed[i] / info.sampling_frequency
        yield {
            "participant": entities.get("sub"),
            "session": entities.get("ses"),
            "task": entities.get("task"),
            "side": SIDE_LETTER.get(channel.side or ""),
            "muscle": channel.muscle,
            "valid_s": round(valid, 4),
            "excluded_s": round(recording.n_samples / info.sampling_frequency - valid, 4),
            "channel": channel.name,
            "recording": name,
            **_noise(channel, measured, i),
            **(burst_measures(channel, bursts, valid, info.sampling_frequency) if valid else {}),
            **(muscle_columns(channel, column, measured.found, fs) if valid else {}),
            "mvc_uV": _microvolts(most.get(column), channel),
        }
    yield from side_rows(name, measured.found, entities, fs)


def side_rows(
    name: str, found: Findings, entities: dict[str, str], fs: float
) -> Iterator[dict[str, Any]]:
    """One row a side of the whole face, of the recording and of every task in it."""
    common = {
        "participant": entities.get("sub"),
        "session": entities.get("ses"),
        "recording": name,
    }
    tasks: dict[str | None, list[tuple[int, int]]] = {entities.get("task"): found.valid}
    for marker in found.marked:
        if not marker.movement:
            part = within(found.valid, (marker.onset, marker.offset))
            tasks.setdefault(marker.task, []).extend(part)
    for task, valid in tasks.items():
        for letter in ("L", "R", "B"):
            yield common | {"task": task} | side_columns(letter, replace(found, valid=valid), fs)


def _microvolts(value: float | None, channel: Channel) -> float | None:
    if value is None or channel.microvolts is None:
        return None
    return round(value * channel.microvolts, 4)


def _noise(channel: Channel, measured: Measurement, i: int) -> dict[str, float]:
    if not measured.analyzed[i]:
        return {}
    level = measured.noise[i] / measured.analyzed[i]
    return {"noise_uV": round(level * (channel.microvolts or np.nan), 4)}


def channel_quality(recording: StoredRecording, measured: Measurement) -> Iterator[ChannelQuality]:
    """Quality of every EMG channel."""
    info = recording.info
    total = max(recording.n_samples, 1)
    for i, column in enumerate(info.columns()):
        channel = info.channels[column]
        noise = _noise(channel, measured, i).get("noise_uV", np.nan)
        missing = recording.n_samples - measured.present + measured.missing[i]
        shares = {
            "clipped": 100 * measured.clipped[i] / total,
            "dropped": 100 * missing / total,
            "flat": 100 * measured.flat[i] / total,
        }
        line = float(measured.line_ratio[i])
        analyzed = 100 * measured.analyzed[i] / total
        graded, reason = grade(Limits(), noise=noise, line=line, analyzed=analyzed, **shares)
        yield ChannelQuality(
            channel=channel.name,
            noise=noise,
            line_frequency=float(measured.line_frequency[i]),
            line_ratio=line,
            grade=graded,
            reason=reason,
            **shares,
        )


def provenance(
    path: Path,
    recording: StoredRecording,
    measured: Measurement,
    config: LoadedConfig,
    quality: Iterable[ChannelQuality],
) -> dict[str, Any]:
    """What a reader needs to trust, or repeat, a result."""
    import hashlib

    info, pipeline = recording.info, measured.pipeline
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    unusable = [
        f"channel {q.channel} not analyzed: {q.reason}" for q in quality if q.grade == "unusable"
    ]
    return {
        "recording": path.name,
        "input_sha256": digest,
        "sampling_frequency": info.sampling_frequency,
        "duration_s": recording.n_samples / info.sampling_frequency,
        "channels": list(info.names),
        "device": info.device,
        "emgspasm_version": __version__,
        "config": config.text,
        "config_sha256": config.sha256,
        "pipeline": repr(pipeline),
        "settings": asdict(pipeline),
        "delay_ms": round(1000 * pipeline.delay(info), 3),
        "settling_ms": round(1000 * pipeline.settling(info), 3),
        "exploratory": info.sampling_frequency < LOWEST,
        "warnings": [
            *rate_warnings(info.sampling_frequency),
            *recording.findings,
            *filter(None, [measured.notice]),
            *unusable,
            *(
                f"channel {c.name} is in {c.unit}, not in volts: its amplitudes are n/a"
                for c in emg_only(info).channels
                if c.microvolts is None
            ),
        ],
        "validated_on": "simulated data and public recordings of healthy people only",
        "purpose": "research and education only; not a medical device",
    }
