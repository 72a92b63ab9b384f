"""The files beside a recording: how it was made, its channels, its markers.

Field and column names are those of BIDS 1.11 for EMG (clinical facts 11).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emgspasm.errors import RecordingError
from emgspasm.labels import MUSCLES
from emgspasm.storage.files import write_json, write_text
from emgspasm.storage.stored import StoredRecording
from emgspasm.storage.studies.ledger import shown
from emgspasm.storage.tables.tsv import MISSING
from emgspasm.stream import SKIP, Annotation, Channel

CHANNEL_COLUMNS = (
    "name",
    "type",
    "units",
    "description",
    "sampling_frequency",
    "reference",
    "target_muscle",
)
EVENT_COLUMNS = ("onset", "duration", "trial_type", "channel")


SIMULATED = "none: simulated face, scenario "
"""How electrodes of a simulated recording were placed, before the name of its scenario."""


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What only people know about a recording; ``n/a`` and None where it was not given.

    Parameters
    ----------
    reference : str
        BIDS ``EMGReference``: ``Bipolar``, or what all channels are measured against.
    placement : str
        How electrode sites were found, in words.
    power_line_frequency : float or None
        Hertz of the mains where it was recorded.
    software_filters : mapping or None
        Filters that changed the stored samples, by name; an empty mapping means none.
    """

    reference: str = MISSING
    placement: str = MISSING
    power_line_frequency: float | None = None
    software_filters: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class SidecarPaths:
    """Files that describe one recording."""

    description: Path
    channels: Path
    events: Path


def write_sidecars(
    recording: StoredRecording,
    paths: SidecarPaths,
    *,
    task: str,
    acquisition: Acquisition = Acquisition(),
    software: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> None:
    """Write description, channels and, where there are markers, events.

    Where there are none, `overwrite` removes the events of the recording that was there.

    Parameters
    ----------
    recording : StoredRecording
    paths : SidecarPaths
    task : str
    acquisition : Acquisition
    software : mapping, optional
        What emgspasm itself knows of a recording it made: kept in the description under
        ``Emgspasm``, a word that BIDS leaves free.
    overwrite : bool

    Raises
    ------
    ConfigError
        If a file exists and `overwrite` is False.
    RecordingError
        If it cannot be written.
    """
    described = description(recording, task, acquisition)
    if software is not None:
        described["Emgspasm"] = dict(software)
    write_json(described, paths.description, overwrite=overwrite)
    channels = [
        _channel_row(channel, recording, acquisition) for channel in recording.info.channels
    ]
    write_rows(paths.channels, CHANNEL_COLUMNS, channels, overwrite=overwrite)
    _write_events(recording, paths.events, overwrite=overwrite)


def bring_up_to_date(recording: StoredRecording, paths: SidecarPaths) -> list[str]:
    """Mend what a killed recorder left beside its recording: duration and markers.

    A table of events that people or other programs filled stays as it is.

    Returns
    -------
    list of str
        What was left, for people.

    Raises
    ------
    RecordingError
        If the description cannot be read, or a file cannot be written.
    """
    try:
        described = read_description(paths.description)
    except RecordingError as error:
        raise RecordingError(f"the recording itself is repaired, but {error}") from None
    seconds = recording.n_samples / recording.info.sampling_frequency
    if described.get("RecordingDuration") != seconds:
        write_json(described | {"RecordingDuration": seconds}, paths.description, overwrite=True)
    if _holds_more(recording, paths.events):
        return [f"{paths.events.name} holds what the recording does not: left as it is"]
    _write_events(recording, paths.events, overwrite=True)
    return []


def _write_events(recording: StoredRecording, path: Path, *, overwrite: bool) -> None:
    events = _event_rows(recording)
    if events:
        write_rows(path, EVENT_COLUMNS, events, overwrite=overwrite)
    elif overwrite:
        path.unlink(missing_ok=True)


def _holds_more(recording: StoredRecording, path: Path) -> bool:
    """Whether a table of events, if there is one, has a line that the recording does not tell."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise RecordingError(f"{path} cannot be read ({error.strerror}). Check the path") from None
    return not {*lines} <= {*map(_line, (EVENT_COLUMNS, *_event_rows(recording)))}


def _event_rows(recording: StoredRecording) -> list[tuple[Any, ...]]:
    return [_event_row(mark) for mark in recording.annotations if mark.text != SKIP]


def read_description(path: Path) -> dict[str, Any]:
    """Read the description of a recording, ``_emg.json``; empty where there is none.

    Raises
    ------
    RecordingError
        If it cannot be read, or is no JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RecordingError(
            f"{path} cannot be read ({error}); it describes a recording. Correct or remove it"
        ) from None
    if not isinstance(content, dict):
        raise RecordingError(f"{path} is not a JSON object; it describes a recording. Correct it")
    return content


def description(recording: StoredRecording, task: str, acquisition: Acquisition) -> dict[str, Any]:
    """Gather the fields of ``_emg.json``: all that BIDS demands, and what is known."""
    filters = acquisition.software_filters
    described: dict[str, Any] = {
        "TaskName": task,
        "EMGPlacementScheme": "Other",
        "EMGPlacementSchemeDescription": acquisition.placement,
        "EMGReference": acquisition.reference,
        "SamplingFrequency": recording.info.sampling_frequency,
        "PowerLineFrequency": acquisition.power_line_frequency or MISSING,
        "RecordingType": "continuous",
        "SoftwareFilters": MISSING if filters is None else dict(filters),
        "EMGChannelCount": len(recording.info.columns("EMG")),
        "RecordingDuration": recording.n_samples / recording.info.sampling_frequency,
    }
    if recording.info.device:
        described["ManufacturersModelName"] = recording.info.device
    return described


def write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, overwrite: bool = False
) -> None:
    """Write a table of tab-separated text as BIDS wants it, ``n/a`` for what is missing.

    Raises
    ------
    ConfigError
        If the file exists and `overwrite` is False.
    RecordingError
        If it cannot be written.
    """
    lines = [f"{_line(row)}\n" for row in (columns, *rows)]
    write_text("".join(lines), path, overwrite=overwrite)


def _line(row: Sequence[Any]) -> str:
    return "\t".join(map(shown, row))


def _channel_row(
    channel: Channel, recording: StoredRecording, acquisition: Acquisition
) -> tuple[Any, ...]:
    muscle = MUSCLES.get(channel.muscle or "", channel.muscle)
    target = " ".join(filter(None, (channel.side, muscle))) if muscle else None
    return (
        channel.name,
        channel.kind,
        channel.unit,
        f"full scale +-{channel.full_scale:g} {channel.unit}",
        f"{recording.info.sampling_frequency:.9g}",
        acquisition.reference if channel.kind == "EMG" else None,
        target,
    )


def _event_row(mark: Annotation) -> tuple[Any, ...]:
    onset, duration = (f"{seconds:.6f}".rstrip("0").rstrip(".") for seconds in
                       (mark.onset, mark.duration))  # fmt: skip
    return onset, duration, mark.text, ",".join(mark.channels)
