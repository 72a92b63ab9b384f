"""Markers known before a recording begins: a file of ``seconds<TAB>text``."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

from emgspasm.errors import ConfigError
from emgspasm.storage.edf.tal import storable
from emgspasm.stream import Annotation
from emgspasm.system import read_typed


def read_markers(path: Path) -> tuple[Annotation, ...]:
    """Read a marker file.

    Parameters
    ----------
    path : Path
        UTF-8, a marker a line: seconds from the start of the recording, a tab, its text. Empty
        lines, and lines that begin with ``#``, say nothing.

    Raises
    ------
    ConfigError
        Naming the line that is wrong.
    """
    try:
        lines = read_typed(path).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"markers {path} cannot be read ({reason}). Give a text file") from None
    return tuple(
        _marker(f"{path}, line {number}", line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    )


def _marker(place: str, line: str) -> Annotation:
    seconds, tab, text = line.partition("\t")
    try:
        onset = float(seconds)
    except ValueError:
        onset = -1.0
    if not (tab and text.strip() and isfinite(onset) and onset >= 0):
        raise ConfigError(f"{place}: {line!r}; a marker is seconds, a tab, and its text")
    return Annotation(onset, 0.0, storable(text))
