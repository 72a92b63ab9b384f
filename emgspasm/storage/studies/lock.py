"""One writer at a time: two processes that write into one folder wait for each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from emgspasm.errors import RecordingError

LOCK = ".emgspasm.lock"
"""Name of the lock file; BIDS tools pass over names that begin with a dot."""

WRITING = ".emgspasm.writing.lock"
"""Name of the file that stands for a folder which cannot be locked itself."""

PATIENCE = 10.0
"""Seconds to wait for another process: each holds the lock for milliseconds."""


@contextmanager
def locked(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a folder that exists; the system frees it when a process dies.

    Raises
    ------
    RecordingError
        If another process holds it for longer than `patience` seconds, or the folder cannot be
        written to.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=patience)
    try:
        lock.acquire()
    except Timeout:
        raise RecordingError(
            f"{folder} is being written by another process (its lock {LOCK} was held for "
            f"{patience:g} s). Wait until that process is done, then try again"
        ) from None
    except OSError as error:
        raise RecordingError(
            f"{folder} cannot be written ({error.strerror}). Check the folder and the free space"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Wait until no other process holds a folder that exists, and hold it, leaving no file there.

    Where the system or the file system cannot lock it, everyone holds it at once.
    """
    try:
        import fcntl
    except ImportError:  # Windows cannot lock a folder
        with _standing_for(folder):
            yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # which frees it, as the end of the process does


@contextmanager
def _standing_for(folder: Path) -> Iterator[None]:
    """Hold a file in a folder in place of the folder; on Windows it goes when it is freed."""
    from filelock import FileLock

    lock = FileLock(folder / WRITING)
    with suppress(OSError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
