"""Postpone signals (Ctrl-C, SIGTERM, SIGHUP) until work that must not be cut short is done."""

from __future__ import annotations

import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from emgspasm.system import ENDING, children_deaf


@contextmanager
def postponed() -> Iterator[None]:
    """Hold back Ctrl-C, SIGTERM and SIGHUP; one that came is sent again on leaving.

    Processes that begin meanwhile never hear Ctrl-C, which a terminal sends to all (on Windows they
    must ignore it: :func:`emgspasm.system.be_deaf`).
    """
    come: list[int] = []
    numbers: list[int] = [n for n in ENDING if callable(signal.getsignal(n))]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # signals are the main thread's
    # handlers, too: another thread may take a signal that is blocked here
    before = {n: signal.signal(n, lambda number, _: come.append(number)) for n in numbers}
    try:
        with children_deaf():
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in come:
            signal.raise_signal(number)


def speak_to_nobody() -> None:
    """Discard all further output: writing to a terminal that is gone would raise."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for said in (1, 2):
        with suppress(OSError):  # closed
            if stat.S_ISCHR(os.fstat(said).st_mode):  # isatty says no once it has hung up
                os.dup2(nowhere, said)
    os.close(nowhere)
