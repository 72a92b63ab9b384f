"""Files proper, which can be read more than once and end: no pipes and no devices."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

from emgspasm.errors import ConfigError, RecordingError


def require_regular(path: Path) -> None:
    """Refuse a pipe, a socket or a device; what is missing or a folder is told where it is opened.

    Raises
    ------
    RecordingError
        Before anything waits for a pipe that nobody writes to.
    """
    if _is_special(path):
        raise RecordingError(
            f"{path}: a pipe or a device, no file (a recording is read more than once). Save it "
            "as a file first"
        )


def refuse_special(path: Path) -> None:
    """Refuse to put a file in the place of a pipe, a socket or a device.

    Raises
    ------
    ConfigError
        Before root loses ``/dev/null`` for all.
    """
    if _is_special(path):
        raise ConfigError(
            f"{path} is a pipe or a device (nothing but a file is replaced). Name a file"
        )


def _is_special(path: Path) -> bool:
    with suppress(OSError):  # opening it raises the error
        mode = path.stat().st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
    return False
