"""Markers from the keyboard: digits at once, free text after Enter, q to end."""

from __future__ import annotations

import codecs
import os
import re
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_ENTER = "\r\n"
_ERASE = "\x7f\b"
_CANCEL = "\x1b"
_TOLD_IN_SEVERAL = re.compile(r"\x1b(?:O.|\[\[?[0-?]*[ -/]*[@-~])")  # arrows, F5, Delete: "ESC[3~"
_POLL = 0.2  # seconds between two looks whether to end [design]
_GLANCE = 0.02  # seconds between two looks at a console that cannot be waited for [design]


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
    """Give every key typed on the terminal to `take`; False where there is no terminal.

    Keys are for the command only while it is in front, be it from the beginning or later.
    """
    if sys.stdin is None or not sys.stdin.isatty():  # None where it was closed
        yield False
        return
    over = threading.Event()
    with (_console if find_spec("msvcrt") else _terminal)() as typed:
        thread = threading.Thread(target=_listen, args=(typed, take, over), daemon=True)
        try:
            thread.start()
            yield True
        finally:
            over.set()
            thread.join()


def _in_front(descriptor: int) -> bool:
    """Whether keys are meant for this process: a job in the background is stopped if it asks."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:  # a terminal without jobs, or gone
        return True


def _listen(
    typed: Callable[[], str | None], take: Callable[[str], None], over: threading.Event
) -> None:
    while not over.is_set():
        keys = typed()
        if keys is None:
            return
        for key in keys:
            take(key)


@contextmanager
def _terminal() -> Iterator[Callable[[], str | None]]:
    """What is typed within a moment, key by key instead of line by line; None once it is gone."""
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    decoder = codecs.getincrementaldecoder(sys.stdin.encoding)("ignore")
    before: list[Any] = []

    def by_key() -> None:
        """Let the terminal tell key by key; a shell that was in front meanwhile has undone it."""
        told = termios.tcgetattr(descriptor)
        if told[tty.LFLAG] & termios.ICANON:
            before[:] = told
            tty.setcbreak(descriptor)

    def typed() -> str | None:
        if not _in_front(descriptor):
            time.sleep(_POLL)
            return ""
        try:
            by_key()
            if not select.select([descriptor], [], [], _POLL)[0]:
                return ""
            told = os.read(descriptor, 1024)
        except (OSError, termios.error):  # the terminal is gone
            return None
        return _TOLD_IN_SEVERAL.sub("", decoder.decode(told)) if told else None

    try:
        if _in_front(descriptor):
            by_key()
        yield typed
    finally:
        if before and _in_front(descriptor):
            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextmanager
def _console() -> Iterator[Callable[[], str]]:
    """What is typed within a moment on a console of Windows, which always tells key by key."""
    console: Any = import_module("msvcrt")

    def typed() -> str:
        deadline = time.perf_counter() + _POLL
        while not console.kbhit():
            if time.perf_counter() > deadline:
                return ""
            time.sleep(_GLANCE)
        key = str(console.getwch())
        if key == "\0" or (key == "\xe0" and console.kbhit()):  # an arrow or the like, told in two
            console.getwch()
            return ""
        return key

    yield typed
