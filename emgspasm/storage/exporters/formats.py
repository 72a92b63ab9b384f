"""Formats of others in which recordings are written.

A further format is a module of :mod:`emgspasm.storage.exporters` and a row of :data:`FORMATS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from emgspasm.errors import RecordingError
from emgspasm.storage.exporters.edf import write_edf
from emgspasm.storage.exporters.openbci_text import write_openbci
from emgspasm.storage.exporters.tabular import write_csv, write_parquet
from emgspasm.storage.files import replacing
from emgspasm.storage.stored import StoredRecording


def export_recording(
    recording: StoredRecording,
    file_format: str,
    out: str | os.PathLike[str],
    *,
    overwrite: bool = False,
) -> tuple[str, ...]:
    """Write a recording as ``edf``, ``csv``, ``parquet`` or ``openbci`` (text of its GUI 6).

    Parameters
    ----------
    recording : StoredRecording
        What to write.
    file_format : str
        A key of :data:`FORMATS`.
    out : path-like
        The file; it appears under this name when it is whole.
    overwrite : bool
        Whether a file of that name is replaced.

    Returns
    -------
    tuple of str
        What the format could not keep, in sentences for people.

    Raises
    ------
    ConfigError
        If the file exists and `overwrite` is False.
    RecordingError
        If it cannot be written, or its format cannot hold such a recording.
    ValueError
        If the format is unknown.
    """
    if file_format not in FORMATS:
        raise ValueError(f"format {file_format!r}; known are {', '.join(FORMATS)}")
    with replacing(Path(out), overwrite=overwrite) as temporary:
        try:
            return FORMATS[file_format](recording, temporary)
        except ValueError as error:
            raise RecordingError(f"{out}: {file_format} cannot hold this: {error}") from error


FORMATS: dict[str, Callable[[StoredRecording, Path], tuple[str, ...]]] = {
    "edf": write_edf,
    "csv": write_csv,
    "parquet": write_parquet,
    "openbci": write_openbci,
}
"""Writers by format; each gives sentences on what was lost."""
