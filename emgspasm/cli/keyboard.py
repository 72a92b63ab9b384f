"""Markers from the keyboard: digits at once, free text after Enter, q to end."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_ENTER = "\r\n"
_ERASE = "\x7f\b"
_CANCEL = "\x1b"
_POLL = 0.2  # seconds between two looks whether to end [design]


@dataclass(frozen=True, slots=True)
class Line:
    """A text being typed.

    Parameters
    ----------
    since : float or None
        Host time of the Enter that began it, in seconds; None while none is typed.
    text : str
    """

    since: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """What a key did: mark `text` at host time `time` (s), or end the recording."""

    text: str = ""
    time: float = 0.0
    ends: bool = False


def press(
    line: Line, key: str, time: float, texts: Mapping[str, str]
) -> tuple[Line, Stroke | None]:
    """Take one key at host time `time` (s); `texts` are those of the keys that mark at once.

    A text is marked where its first Enter was pressed, because that is when it was seen.
    """
    if line.since is not None:
        return _type(line, line.since, key)
    if key in _ENTER:
        return Line(time), None
    if key in texts:
        return line, Stroke(texts[key], time)
    return line, Stroke(ends=True) if key in "qQ" else None


def _type(line: Line, since: float, key: str) -> tuple[Line, Stroke | None]:
    if key in _ENTER:
        return Line(), Stroke(line.text.strip(), since) if line.text.strip() else None
    if key == _CANCEL:
        return Line(), None
    if key in _ERASE:
        return Line(since, line.text[:-1]), None
    return Line(since, line.text + key if key.isprintable() else line.text), None


@contextmanager
def listening(take: Callable[[str], None]) -> Iterator[bool]:
    """Give every key typed on the terminal to `take`; False where stdin is no terminal."""
    if sys.stdin is None or not sys.stdin.isatty():  # None where it was closed
        yield False
        return
    import termios
    import tty

    descriptor, over = sys.stdin.fileno(), threading.Event()
    before = termios.tcgetattr(descriptor)
    thread = threading.Thread(target=_listen, args=(descriptor, take, over), daemon=True)
    tty.setcbreak(descriptor)
    try:
        thread.start()
        yield True
    finally:
        over.set()
        thread.join()
        with suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _listen(descriptor: int, take: Callable[[str], None], over: threading.Event) -> None:
    while not over.is_set():
        if not select.select([descriptor], [], [], _POLL)[0]:
            continue
        try:
            typed = os.read(descriptor, 64)
        except OSError:  # the terminal is gone
            return
        if not typed:
            return
        for key in typed.decode(errors="ignore"):
            take(key)
