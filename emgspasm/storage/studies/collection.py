"""The recordings that a path stands for, and where their results go."""

from __future__ import annotations

from pathlib import Path

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.derivatives.names import RESULTS
from emgspasm.storage.studies.placement import bids_entities
from emgspasm.system import in_order

RECORDINGS = (".bdf", ".edf", ".xdf")
"""Suffixes taken from a folder; text files are analyzed when they are named."""


def is_study(folder: Path) -> bool:
    """Whether a folder is a BIDS dataset."""
    return (folder / "dataset_description.json").is_file()


def find_recordings(source: Path) -> list[Path]:
    """Recordings that a file, a folder or a study stands for, in order of name.

    Raises
    ------
    RecordingError
        If there is no such file or folder, or the folder holds no recording.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        why = "is neither a file nor a folder" if source.exists() else "does not exist"
        raise RecordingError(f"{source} {why}. Check the path")
    pattern = "sub-*/**/emg/*_emg.*" if is_study(source) else "*"
    found = in_order(p for p in source.glob(pattern) if _is_recording(p))
    if not found:
        deeper = deeper_folder(source)
        remedy = "Name text files themselves, or import them first"
        if deeper is not None:
            remedy = f"There are some in folders within it: name those, as {deeper}"
        raise RecordingError(f"{source} holds no recording ({', '.join(RECORDINGS)}). {remedy}")
    return found


def deeper_folder(source: Path) -> Path | None:
    """A folder within a folder, or within one of those, whose recordings are not taken with it.

    None in a study, whose recordings lie where BIDS says.
    """
    if not source.is_dir() or is_study(source):
        return None
    patterns = ("*/*", "*/*/*")
    within = (p for pattern in patterns for p in in_order(source.glob(pattern)) if _is_recording(p))
    return next((path.parent for path in within), None)


def _is_recording(path: Path) -> bool:
    """Whether a path of a folder is one by its name: no folder, and none of the files ``._x.bdf``.

    These macOS writes beside every file on the disks of others.
    """
    named = path.suffix.lower() in RECORDINGS and not path.name.startswith(".")
    return named and not path.is_dir()


def session_recordings(recording: Path) -> list[Path]:
    """The other recordings of a recording's session, in order of name; none outside a study.

    Recordings of a participant without sessions are of one.
    """
    if study_of(recording) is None:
        return []
    folder, mine = recording.absolute().parent, session_of(recording)
    return sorted(
        path
        for path in folder.glob("*_emg.*")
        if _is_recording(path) and path.name != recording.name and session_of(path) == mine
    )


def session_of(recording: Path) -> tuple[str | None, str | None]:
    """Participant and session in the name of a recording."""
    entities = bids_entities(recording.name)
    return entities.get("sub"), entities.get("ses")


def study_of(recording: Path) -> Path | None:
    """The study in which a recording lies where BIDS says; None outside one."""
    folder = recording.absolute().parent
    return next(filter(is_study, folder.parents[1:3]), None) if folder.name == "emg" else None


def results_folder(source: Path, recording: Path, out: Path | None) -> Path:
    """Where the results of a recording go: in a study, a folder of its derivatives.

    Raises
    ------
    ConfigError
        If no folder was named and the recording lies in no study.
    """
    study, joint = _repeated(source, recording, out), joint_folder(source, recording, out)
    if study is None:
        return joint
    return joint / recording.absolute().parent.relative_to(study.absolute())


def joint_folder(source: Path, recording: Path, out: Path | None) -> Path:
    """Where the joint tables go: to `out`, or else among the results of the study.

    Raises
    ------
    ConfigError
        If no folder was named and the recording lies in no study.
    """
    if out is not None:
        return out
    study = _repeated(source, recording, out)
    if study is None:
        raise ConfigError(f"no folder for the results of {source}. Give --out DIR")
    return study / RESULTS


def _repeated(source: Path, recording: Path, out: Path | None) -> Path | None:
    """The study whose folders are repeated among the results; None where all go to `out`."""
    if is_study(source):
        return source
    return study_of(recording) if out is None else None
