"""Ctrl-C, SIGTERM and SIGHUP end a command, also where Python drops what their handler raises.

SIGHUP comes when a terminal is closed. An exception that a handler raises inside a callback of C,
as numba's compiler has them, or inside a finalizer, is printed and gone, or becomes another. So a
signal is noted until it is settled.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, TypeVar

from emgspasm.postponement import speak_to_nobody
from emgspasm.system import ENDING, is_hangup, signal_main

T = TypeVar("T")
AGAIN = 0.05
"""Seconds after which a signal that was dropped is sent again."""

_come: list[int] = []


def come() -> bool:
    """Whether a signal has come that nothing has ended by yet."""
    return bool(_come)


def settle() -> None:
    """Forget a signal: what it should end has ended."""
    _come.clear()


def until_come(items: Iterable[T]) -> Iterator[T]:
    """Items until a signal has come, whatever became of what it raised.

    Raises
    ------
    KeyboardInterrupt
        In place of the next item.
    """
    for item in items:
        if come():
            raise KeyboardInterrupt
        yield item


@contextmanager
def heeded() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and a terminal that is closed raise KeyboardInterrupt, for sure.

    Signals that whoever started the command lets it ignore stay ignored.
    """
    before = {n: h for n in ENDING if (h := signal.getsignal(n)) is not signal.SIG_IGN}
    hook = sys.unraisablehook
    for number in before:
        signal.signal(number, _raise)
    sys.unraisablehook = _send_again
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)
        settle()


def _raise(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  signal's signature
    _come.append(number)
    if is_hangup(number):
        speak_to_nobody()
    raise KeyboardInterrupt


def _send_again(dropped: sys.UnraisableHookArgs) -> None:
    if not (come() and issubclass(dropped.exc_type, KeyboardInterrupt)):
        sys.__unraisablehook__(dropped)
        return
    timer = threading.Timer(AGAIN, _send)
    timer.daemon = True
    timer.start()


def _send() -> None:
    if _come:
        signal_main(_come[0])
