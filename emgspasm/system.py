"""What operating systems do differently with files, signals and processes.

A system is known by what it lacks (``os.pread``, ``signal.SIGHUP``), not by its name.
"""

from __future__ import annotations

import _thread
import codecs
import errno
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

BINARY: int = getattr(os, "O_BINARY", 0)
"""Flag of ``os.open``: without it Windows puts a carriage return before every line feed."""

ENDING: tuple[signal.Signals, ...] = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)
"""Signals that end a command: Ctrl-C, a request, and that its terminal was closed (on Windows
Ctrl-Break, which stands for a closed console too)."""

HELD = (5, 32)
"""Windows' numbers of an error that may pass: a program, often a virus scanner, has a file open."""

MOST_PROCESSES: int = sys.maxsize if hasattr(os, "fork") else 61
"""Processes that can be waited for at once."""

LONGEST_PATH: int = sys.maxsize if hasattr(os, "fork") else 259
"""Characters of a path that can be opened; where longer ones were enabled, they are no error."""

PORT_ERRORS: tuple[type[Exception], ...] = (
    (OSError, import_module("termios").error) if find_spec("termios") else (OSError,)
)
"""What a serial port raises that goes away while it is opened: ``termios.error`` is no OSError."""

LOOK = 0.2
"""Seconds between two looks for a signal, which Windows does not let cut a wait short [design]."""

OF_FILE_MANAGERS = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that macOS and Windows put into folders people look at."""

PATIENCE = 2.0
"""Seconds in which a scanner is done with a file [design]."""

_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
_UNTIL_1970 = 116_444_736_000_000_000  # units of 100 ns since 1601
_AGAIN = 0.05  # seconds between two tries [design]


def read_at(descriptor: int, n_bytes: int, offset: int) -> bytes:
    """Read bytes at an offset; fewer where the file ends. One thread at a time on Windows."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, n_bytes, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, n_bytes)


def write_at(descriptor: int, data: bytes, offset: int) -> int:
    """Write bytes at an offset; how many were taken. One thread at a time on Windows."""
    if hasattr(os, "pwrite"):
        return os.pwrite(descriptor, data, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.write(descriptor, data)


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Paths in the order of all systems: Windows' own does not tell upper from lower case."""
    return sorted(paths, key=lambda path: path.parts)


def file_name(text: str) -> str:
    """Text with an underscore for whatever some system refuses in the name of a file."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", text)


def failure(error: OSError, path: Path) -> str:
    """Why a file cannot be made: the system's reason, or that its path is too long for Windows."""
    length = len(str(path.absolute()))
    if length > LONGEST_PATH and error.errno == errno.ENOENT:
        return f"a path of {length} characters, {LONGEST_PATH} at most unless Windows enables more"
    # pyarrow's text holds the temporary name too
    return os.strerror(error.errno) if error.errno else str(error)


def unreadable(error: OSError, path: Path) -> str:
    """Why a file cannot be read: the system's reason; Windows does not say that it is a folder."""
    return os.strerror(errno.EISDIR) if path.is_dir() else str(error.strerror)


def port_itself(device: str) -> str:
    """Name of the serial port that a name means: on Linux and macOS it may be a link to one.

    Windows' ports are no files: whoever looks for the file opens the port, and may fail.
    """
    return os.path.realpath(device) if hasattr(os, "ttyname") else device.upper()


def read_typed(path: Path) -> str:
    """Text of a file that people made: UTF-8, or UTF-16 as ``>`` of Windows PowerShell makes it.

    Raises
    ------
    OSError
        It cannot be read.
    UnicodeDecodeError
        It is neither.
    """
    raw = path.read_bytes()
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = raw.decode("utf-16" if marked else "utf-8-sig")  # Windows' editors put a mark before it
    return text.replace("\r\n", "\n")


def folds_case(folder: Path) -> bool:
    """Whether names that differ in case alone are the same file there, as on Windows and macOS.

    Parameters
    ----------
    folder : Path
        It need not exist: the nearest folder above it that does is asked.
    """
    above = (folder.absolute(), *folder.absolute().parents)
    there = next(
        (path for path in above if path.name.swapcase() != path.name and path.exists()), None
    )
    other = there and there.with_name(there.name.swapcase())
    return bool(there and other and other.exists() and other.samefile(there))


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk.

    Windows opens no folder, and keeps the names in it by itself (NTFS has a journal).
    """
    folder = path.is_dir()
    if folder and not hasattr(os, "O_DIRECTORY"):
        return
    # Windows takes a file to the disk for those alone who may write to it
    descriptor = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_space(descriptor: int, path: Path) -> int:
    """Bytes free on the disk of an open file, also when its folder has another name by now.

    Windows is asked by the name: there a folder with open files keeps it.
    """
    if not hasattr(os, "fstatvfs"):
        return shutil.disk_usage(path.parent).free
    disk = os.fstatvfs(descriptor)
    return disk.f_bavail * disk.f_frsize


def whereabouts(descriptor: int, path: Path) -> Literal["there", "elsewhere", "nowhere"]:
    """Where an open file is: at a path, under another name, or removed."""
    own = os.fstat(descriptor)
    if not own.st_nlink:
        return "nowhere"
    with suppress(OSError):
        if os.path.samestat(own, path.stat()):
            return "there"
    return "elsewhere"


def last_changed(path: Path) -> int | None:
    """When a file or its contents were changed, in ns since 1970; None where nobody knows.

    A copy of an older file keeps the time of its contents.
    """
    stat = path.stat()
    changed = stat.st_ctime_ns if hasattr(os, "fork") else _changed_as_windows_says(path)
    return None if changed is None else max(changed, stat.st_mtime_ns)


def _changed_as_windows_says(path: Path) -> int | None:
    """Ask Windows itself: ``st_ctime`` there is when the file was made."""
    ctypes, msvcrt = import_module("ctypes"), import_module("msvcrt")
    told = (ctypes.c_int64 * 5)()  # FILE_BASIC_INFO: made, read, written, changed, attributes
    with path.open("rb") as file:
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(file.fileno()))
        ask = ctypes.windll.kernel32.GetFileInformationByHandleEx
        answered = ask(handle, 0, told, ctypes.sizeof(told))
    changed = int(told[3])  # in units of 100 ns since 1601; FAT keeps none
    return (changed - _UNTIL_1970) * 100 if answered and changed else None


def host_time() -> float:
    """Seconds of a clock that never runs backwards, and goes on while the machine sleeps.

    A board streams on when the lid of the computer is closed: that time is missing in a recording.
    Linux' ``perf_counter`` and that of macOS stand still meanwhile; that of Windows goes on.
    """
    return time.perf_counter() if _CLOCK is None else time.clock_gettime(_CLOCK)


def rename_over(source: Path, target: Path) -> None:
    """Give a file the name of another, in its place; waits for those who have one of them open.

    Raises
    ------
    OSError
        It cannot be done; :func:`is_held` tells whether because somebody has one of them open.
    """
    deadline = time.perf_counter() + PATIENCE
    while True:
        try:
            source.replace(target)
        except OSError as error:
            if not is_held(error) or time.perf_counter() > deadline:
                raise
            time.sleep(_AGAIN)
        else:
            return


def is_held(error: OSError) -> bool:
    """Whether an error says that a program has a file open, which only Windows minds."""
    return getattr(error, "winerror", None) in HELD


def is_reader_gone(error: BaseException) -> bool:
    """Whether an error is that of Windows for a pipe that nobody reads any more."""
    if hasattr(os, "fork") or type(error) is not OSError:
        return False
    return error.errno == errno.EINVAL and error.filename is None


def is_hangup(number: int) -> bool:
    """Whether a signal says that the terminal is gone."""
    return number == getattr(signal, "SIGHUP", None)


@contextmanager
def children_deaf() -> Iterator[None]:
    """Processes that begin meanwhile never hear Ctrl-C, which a terminal sends to all.

    Where no mask is handed down they must ignore it themselves: :func:`be_deaf`.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def signal_main(number: int) -> None:
    """Send a signal to the main thread, and wake it where the system can."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)
    else:
        _thread.interrupt_main(signal.Signals(number))


def until_set(event: threading.Event) -> None:
    """Wait for an event; Ctrl-C is heard meanwhile, on Windows too."""
    while not event.wait(LOOK):
        pass


def be_deaf() -> None:
    """Ignore Ctrl-C from now on: whoever began this process hears it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
