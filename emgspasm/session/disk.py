"""The disk: enough room before a recording, never run down to nothing, and all on it soon."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from emgspasm.errors import RecordingError
from emgspasm.stream import StreamInfo
from emgspasm.system import free_space, whereabouts

RESERVE = 32e6
"""Bytes that stay free: room to close the file and to write what belongs beside it [design]."""

OPEN_END = 600.0
"""Seconds that must find room where the duration of a recording is not given [design]."""

TO_DISK = 5.0
"""Seconds after which the system must take to the disk what it was given: Linux keeps it in memory
for up to half a minute, which a power cut would take [design]."""

_SAMPLE_BYTES = 3  # of BDF
_OVERHEAD = 1.1  # annotations and record times


def require_room(folder: Path, info: StreamInfo, duration: float | None) -> int:
    """Refuse to begin a recording that will not fit; bytes that are free.

    Raises
    ------
    RecordingError
        Naming what is needed and what is left.
    """
    seconds = OPEN_END if duration is None else duration
    needed = RESERVE + seconds * bytes_per_second(info)
    left = room(folder)
    if left < needed:
        raise RecordingError(
            f"{folder}: {left / 1e6:.0f} MB are free ({needed / 1e6:.0f} MB are needed for "
            f"{seconds:g} s of recording). Make room, or choose a study on another disk"
        )
    return left


def look_after(path: Path, descriptor: int, seconds: float) -> tuple[int, str]:
    """End a recording before its disk is full, or when its file is removed.

    Parameters
    ----------
    path : Path
    descriptor : int
        The file, open.
    seconds : float
        Recorded so far.

    Returns
    -------
    left : int
        Bytes free on its disk.
    told : str
        That it has another name by now, though the recording goes on; else ``""``.

    Raises
    ------
    RecordingError
        Naming what was kept.
    """
    left = free_space(descriptor, path)
    if left < RESERVE:
        raise RecordingError(
            f"{path}: the recording was ended after {seconds:.1f} s, which are kept and open, "
            f"because {left / 1e6:.0f} MB are left on the disk ({RESERVE / 1e6:.0f} MB stay free). "
            "Make room, then begin another recording"
        )
    where = whereabouts(descriptor, path)
    if where == "nowhere":
        raise RecordingError(
            f"{path}: the recording was ended after {seconds:.1f} s because its file was removed "
            "(nothing of it is kept). Begin another recording"
        )
    if where == "there":
        return left, ""
    return left, (
        f"{path} was moved or renamed: the recording goes on in it. Bring it back before the "
        "recording ends, or analyze it where it is now"
    )


def take_to_disk(
    flush: Callable[[], None], over: threading.Event, say: Callable[[str], None]
) -> None:
    """Take a recording to the disk again and again (a thread: whoever records never waits for it).

    Parameters
    ----------
    flush : callable
        Waits until all is on the disk; raises OSError, which the system tells only once.
    over : Event
        Set when nothing more is recorded.
    say : callable
        Takes what goes wrong, in a sentence.
    """
    while not over.wait(TO_DISK):
        try:
            flush()
        except OSError as error:
            if not over.is_set():  # else it is closed
                say(
                    f"the disk did not take what was recorded lately ({error.strerror}). Check the "
                    "disk; the recording goes on"
                )


def bytes_per_second(info: StreamInfo) -> float:
    """What a recording takes."""
    return _SAMPLE_BYTES * _OVERHEAD * info.sampling_frequency * len(info.channels)


def room(folder: Path) -> int:
    """Bytes free on the disk of a folder."""
    return shutil.disk_usage(folder).free
