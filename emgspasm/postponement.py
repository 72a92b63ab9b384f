"""Postpone signals (Ctrl-C, SIGTERM, SIGHUP) until work that must not be cut short is done."""

from __future__ import annotations

import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from emgspasm.system import ENDING, children_deaf


@contextmanager
def postponed() -> Iterator[None]:
    """Hold back Ctrl-C, SIGTERM and SIGHUP; one that came is sent again on leaving.

    Processes that begin meanwhile never hear Ctrl-C, which a terminal sends to all (on Windows they
    must ignore it: :func:`emgspasm.system.be_deaf`).
    """
    come: list[int] = []
    before: dict[int, Any] = {}
    over = False

    def take(number: int, frame: FrameType | None) -> None:
        if over:  # amid putting handlers back, which a handler may cut short: this one stays then
            before[number](number, frame)
        else:
            come.append(number)

    try:
        for number in _heard():  # a mask does not do: another thread may take the signal
            before[number] = signal.getsignal(number)
            signal.signal(number, take)
        with children_deaf():
            yield
    finally:
        over = True
        for number, handler in before.items():
            signal.signal(number, handler)
        for held in come:
            signal.raise_signal(held)


def _heard() -> list[int]:
    """Signals that have a handler, which runs in the main thread: none for another."""
    if threading.current_thread() is not threading.main_thread():
        return []
    return [number for number in ENDING if callable(signal.getsignal(number))]


def speak_to_nobody() -> None:
    """Discard all further output: writing to a terminal that is gone would raise."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for said in (1, 2):
        with suppress(OSError):  # closed
            if stat.S_ISCHR(os.fstat(said).st_mode):  # isatty says no once it has hung up
                os.dup2(nowhere, said)
    os.close(nowhere)
