"""Ctrl-C, SIGTERM and SIGHUP end a command, also where Python drops what their handler raises.

SIGHUP comes when a terminal is closed. An exception that a handler raises inside a callback of C,
as numba's compiler has them, or inside a finalizer, is printed and gone, or becomes another. So a
signal is noted until it is settled.

People press Ctrl-C again and again. What a handler raises between two statements of whoever puts
handlers back leaves some of them as they were; so it raises inside the work alone.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import TypeVar

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


def heed(work: Callable[[], T]) -> T:
    """Work that Ctrl-C, SIGTERM and a terminal that is closed end, and ignore them from then on.

    The process should end then. Signals that whoever started the command lets it ignore stay
    ignored.

    Parameters
    ----------
    work : callable

    Raises
    ------
    KeyboardInterrupt
        Inside the work, for sure; neither before nor after it, however often a signal comes.
    """
    heard = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    hook = sys.unraisablehook
    sys.unraisablehook = _send_again
    for number in heard:
        signal.signal(number, _raise)
    try:
        return _do(work)
    finally:
        _ignore(heard)
        _forget()
        sys.unraisablehook = hook
        settle()


def _do(work: Callable[[], T]) -> T:
    """Work; :func:`_raise` looks for this function among its callers."""
    if come():  # while the handlers were set
        raise KeyboardInterrupt
    return work()


def _ignore(numbers: Iterable[int]) -> None:
    """Ignore signals, without a word on one that comes at that very moment, as Python has it."""
    sys.unraisablehook = _be_silent
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


def _forget() -> None:
    """Let Python forget that KeyboardInterrupt left code made from text, as dataclasses are.

    It would end ``python -m`` by SIGINT, whoever caught it; the next such code sets that right.
    """
    exec("")  # noqa: S102  nobody's text


def _be_silent(dropped: sys.UnraisableHookArgs) -> None:
    pass


def _raise(number: int, frame: FrameType | None) -> None:
    _come.append(number)
    if is_hangup(number):
        speak_to_nobody()
    while frame is not None and frame.f_code is not _send_again.__code__:
        if frame.f_code is _do.__code__:
            raise KeyboardInterrupt
        frame = frame.f_back


def _send_again(dropped: sys.UnraisableHookArgs) -> None:
    """Take what is dropped; a signal amid this would be dropped as well, and is sent again too."""
    before = len(_come)
    of_signal = bool(before) and issubclass(dropped.exc_type, KeyboardInterrupt)
    if not of_signal:
        sys.__unraisablehook__(dropped)
    if of_signal or len(_come) > before:
        timer = threading.Timer(AGAIN, _send)
        timer.daemon = True
        timer.start()


def _send() -> None:
    if _come:
        signal_main(_come[0])
