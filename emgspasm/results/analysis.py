"""From one recording to its tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgspasm import __version__
from emgspasm.config import Config, LoadedConfig
from emgspasm.dsp.quality import ChannelQuality
from emgspasm.dsp.rates import rate_warnings
from emgspasm.results.channels import channel_warnings
from emgspasm.results.contractions import Contraction, contractions
from emgspasm.results.measurement import Measurement, measure
from emgspasm.results.origin import origin
from emgspasm.results.provenance import provenance, spasm_provenance
from emgspasm.results.requirements import (
    require_analyzable,
    require_band,
    require_name,
    require_rate,
)
from emgspasm.results.tabulation.events import events_table
from emgspasm.results.tabulation.pairs import pairs_table
from emgspasm.results.tabulation.quality import channel_quality, quality_table
from emgspasm.results.tabulation.summary import summary_table
from emgspasm.results.tabulation.trials import trial_list, trials_table
from emgspasm.storage.digest import Digest
from emgspasm.storage.opening import Given, open_recording
from emgspasm.storage.stored import StoredRecording
from emgspasm.storage.studies.placement import bids_entities
from emgspasm.storage.tables.dictionary import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from emgspasm.storage.montage import Montage


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """The tables of one recording, as data frames (columns: ``emgspasm.storage.tables``).

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
        """Its tables by name; trials where there are any."""
        named = {name: getattr(self, name) for name in TABLES}
        return {name: frame for name, frame in named.items() if name != "trials" or len(frame)}


def analyze_recording(
    path: str | os.PathLike[str],
    config: LoadedConfig | Config | None = None,
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
    config : LoadedConfig or Config, optional
        The defaults if left out. Of a loaded one the text is kept in the provenance, too.
    montage : Montage, optional
        Sides and muscles, where the labels do not say them.
    sampling_frequency, gain : float, optional
        For files that do not say them.

    Raises
    ------
    RecordingError
        If the file cannot be read.
    ConfigError
        If it cannot be analyzed with this config: no side or muscle known, rate too low; or if
        the file says another rate.
    TypeError
        If the config is neither.
    """
    config = _loaded(config)
    path, digest = Path(path), Digest()
    require_name(path)
    given = Given(montage, sampling_frequency, gain)
    recording = given.open(path, digest)
    info = recording.info
    require_rate(path, info, sampling_frequency)
    require_analyzable(info, config)
    with recording:
        measured = measure(recording, config)
    origins = origin(
        path, config, montage, sampling_frequency, gain, version=__version__, digest=digest
    )
    others = origins["maximal_recordings"] or {}
    most = contractions(path, others, info, measured.found, config, given)
    return tabulate(origins, recording, measured, config, most)


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
    require_rate(path, recording.info, sampling_frequency)
    require_band(recording.info, config)
    with recording:
        measured = measure(recording, config)
    info = recording.info
    rate = rate_warnings(info.emg_frequency)
    findings = [*rate, *recording.findings, *measured.notices, *channel_warnings(info)]
    return list(channel_quality(recording, measured)), findings


def _loaded(config: LoadedConfig | Config | None) -> LoadedConfig:
    if config is None or isinstance(config, LoadedConfig):
        return config or LoadedConfig()
    if isinstance(config, Config):
        return LoadedConfig(config)
    raise TypeError(
        f"config={config!r} (it is a Config or LoadedConfig). Read a file by es.load_config(path)"
    )


def tabulate(
    origins: Mapping[str, Any],
    recording: StoredRecording,
    measured: Measurement,
    config: LoadedConfig,
    maximal: Mapping[int, Contraction],
) -> Results:
    """Turn a measurement into tables.

    Parameters
    ----------
    origins : mapping
        Origin of the result.
    recording : StoredRecording
    measured : Measurement
    config : LoadedConfig
    maximal : mapping
        Maximal voluntary contraction by channel.
    """
    info, found, name = recording.info, measured.found, Path(origins["recording"]).stem
    task = bids_entities(name).get("task")
    detector = {
        "task": task,
        "source": "detector",
        "status": "auto",
        "detector_version": __version__,
        "config_sha": config.sha256[:12],
    }
    common = {"task": task, "recording": name}
    most = {column: each.value for column, each in maximal.items()}
    trials = trial_list(info, found, most)
    quality = list(channel_quality(recording, measured))
    return Results(
        name=name,
        events=events_table(info, found, most, detector),
        summary=summary_table(name, recording, measured, most),
        quality=quality_table(name, quality),
        pairs=pairs_table(info, found, common),
        trials=trials_table(trials, info, common),
        provenance=provenance(origins, recording, measured, config, quality)
        | spasm_provenance(info, found, trials, maximal, task),
    )
