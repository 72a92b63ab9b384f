"""The recordings that a path stands for, and where their results go."""

from __future__ import annotations

from pathlib import Path

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.derivatives import RESULTS

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
    found = sorted(p for p in source.glob(pattern) if p.suffix.lower() in RECORDINGS)
    if not found:
        raise RecordingError(
            f"{source} holds no recording ({', '.join(RECORDINGS)}). "
            "Name text files themselves, or import them first"
        )
    return found


def results_folder(source: Path, recording: Path, out: Path | None) -> Path:
    """Where the results of a recording go: in a study, a folder of its derivatives.

    Raises
    ------
    ConfigError
        If no folder was named and the source is no study.
    """
    if source.is_dir() and is_study(source):
        return joint_folder(source, out) / recording.parent.relative_to(source)
    if out is None:
        raise ConfigError(f"no folder for the results of {source}. Give --out DIR")
    return out


def joint_folder(source: Path, out: Path | None) -> Path:
    """Where the tables of all recordings go: where told, or to the results of the study."""
    return out or source / RESULTS
