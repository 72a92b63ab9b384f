"""What is stored of how a result was made, and whether its recording is still the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from emgspasm.errors import RecordingError
from emgspasm.storage.derivatives.names import RESULTS, note_path, provenance_beside
from emgspasm.storage.digest import Digest
from emgspasm.system import last_changed


def read_provenance(events: Path) -> dict[str, Any]:
    """What stands beside an events table of the detector: how it was made.

    Raises
    ------
    RecordingError
        If it cannot be read, does not say what is needed, as that of an older version which did not
        know which time is valid, or a call was interrupted that wrote the result.
    """
    path = provenance_beside(events)
    if note_path(path).exists():
        raise RecordingError(
            f"{events} is of a result that is being written, or was cut (its tables may be of two "
            "calls). Analyze again"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordingError(
            f"{path} cannot be read ({error}); it says how {events.name} was made. Analyze again"
        ) from None
    said = content if isinstance(content, dict) else {}
    unsaid = [key for key, kind in _SAID.items() if not _is(said.get(key), kind)]
    if unsaid:
        raise RecordingError(
            f"{path} does not say {', '.join(unsaid)} (results of another version, or damaged). "
            "Analyze again"
        )
    return said


def _is(value: object, kind: type) -> bool:
    """Whether an entry is of this kind; whole numbers are numbers."""
    return isinstance(value, int | float if kind is float else kind)


_SAID = {
    **dict.fromkeys(("recording", "input_sha256", "config", "config_sha256"), str),
    **dict.fromkeys(("emgspasm_version", "device"), str),
    **dict.fromkeys(("sampling_frequency", "duration_s", "delay_ms"), float),
    **dict.fromkeys(("channels", "warnings", "tasks"), list),
    **dict.fromkeys(("channels_valid_s", "channels_sought_s", "settings"), dict),
}
"""Keys without which a result cannot be read; all others are optional."""


def is_simulated(provenance: Mapping[str, Any]) -> bool:
    """Whether the device that was recorded from says that it is simulated."""
    return "simulated" in str(provenance.get("device", ""))


def replaced_recording(study: Path, events: Path, provenance: Mapping[str, Any]) -> str | None:
    """Name of the recording of a result, if it is no more the one that was analyzed.

    Parameters
    ----------
    study : Path
        Folder of the study.
    events : Path
        The detector's events table in the results of the study.
    provenance : mapping
        What stands beside that.
    """
    folder = study / events.parent.relative_to(study / RESULTS)
    recording = folder / str(provenance["recording"])
    if not recording.is_file() or _untouched(recording, events):
        return None
    return None if Digest().of(recording) == provenance["input_sha256"] else recording.name


def _untouched(recording: Path, events: Path) -> bool:
    """Whether nothing was done to a recording since its result was written.

    It need not be read then, as all of a large study would be after every recording. The change of
    the file itself counts as well: a copy of an older one keeps the time of its contents.
    """
    changed = last_changed(recording)
    return changed is not None and changed < events.stat().st_mtime_ns


def told_replaced(names: Iterable[str]) -> str:
    """A sentence on recordings that were replaced since, whose results are therefore left out."""
    return f"{', '.join(names)} changed after it was analyzed (emgspasm analyze --overwrite)"
