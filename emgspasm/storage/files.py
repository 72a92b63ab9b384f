"""Files proper, no pipes and no devices; what is written appears whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Any

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.system import failure, is_held, rename_over, to_disk


def require_regular(path: Path) -> None:
    """Refuse a pipe, a socket or a device; what is missing or a folder is told where it is opened.

    Raises
    ------
    RecordingError
        Before anything waits for a pipe that nobody writes to.
    """
    if _is_special(path):
        raise RecordingError(
            f"{path}: a pipe or a device, not a file (a recording is read more than once). Save it "
            "as a file first"
        )


def _refuse_special(path: Path) -> None:
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


OTHERWISE = "Use --overwrite or another name"


def refuse_existing(*paths: Path, overwrite: bool = False, remedy: str = OTHERWISE) -> None:
    """Refuse a call whose output is there already.

    Raises
    ------
    ConfigError
        Naming the first path that exists, unless `overwrite`.
    """
    for path in paths:
        if path.exists() and not overwrite:
            raise existing(path, remedy)


def existing(path: Path, remedy: str = OTHERWISE, why: str = "") -> ConfigError:
    """The error of a file that would be overwritten; `why` it is not made anew."""
    reason = f"; {why}" if why else ""
    return ConfigError(f"{path} exists (nothing is overwritten unasked{reason}). {remedy}")


@contextmanager
def replacing(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A temporary name beside `path` which takes its place when all went well.

    Raises
    ------
    ConfigError
        If `path` exists and `overwrite` is False, or it is a pipe or a device.
    RecordingError
        If the folder cannot be written to.
    """
    refuse_existing(path, overwrite=overwrite)
    _refuse_special(path)
    temporary = path.with_name(f".{path.name}{_temporary(os.getpid())}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        to_disk(temporary)  # or a power cut may leave the new name on an empty file
        refuse_existing(path, overwrite=overwrite)  # another process may have written it meanwhile
        rename_over(temporary, path)
        to_disk(path.parent)
    except OSError as error:
        raise _unwritten(path, temporary, error) from error
    finally:
        with suppress(OSError):  # there may be no folder; the error is raised already
            temporary.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a file that nothing replaces, if it is there.

    Raises
    ------
    RecordingError
        If it cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritten(path, path, error) from error


def _unwritten(path: Path, temporary: Path, error: OSError) -> RecordingError:
    """The error of a file that cannot be written, and what to do about it."""
    if is_held(error):
        return RecordingError(
            f"{path} cannot be written (another program has it open, or it is write-protected). "
            "Close it there, then try again"
        )
    reason = failure(error, temporary)  # whose name is the longer one
    return RecordingError(
        f"{path} cannot be written ({reason}). Check the folder and the free space"
    )


def remove_temporary(folder: Path, process: int | None) -> None:
    """Remove what a process left in a folder that was killed inside :func:`replacing`."""
    for path in folder.glob(f".*{_temporary(process)}"):
        _remove(path)


def remove_leftovers(*paths: Path) -> None:
    """Remove what a process left beside these that was killed inside :func:`replacing`."""
    for path in paths:
        for left in path.parent.glob(f".{escape(path.name)}{_temporary('*')}"):
            _remove(left)


def _remove(path: Path) -> None:
    with suppress(PermissionError):  # on Windows, somebody has it open: it is left
        path.unlink(missing_ok=True)


def _temporary(process: int | str | None) -> str:
    """How the names end under which a process writes."""
    return f".{process}.tmp"


def write_json(content: Mapping[str, Any], path: Path, *, overwrite: bool = False) -> None:
    """Write JSON with the same promises as :func:`replacing`."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(text + "\n", path, overwrite=overwrite)


def write_text(text: str, path: Path, *, overwrite: bool = False) -> None:
    """Write text with the same promises as :func:`replacing`: the same bytes on every system."""
    with replacing(path, overwrite=overwrite) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
