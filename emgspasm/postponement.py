"""Signals that come later: what must not be cut short is done first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def postponed() -> Iterator[None]:
    """Hold back Ctrl-C and SIGTERM; one that came is sent again on leaving.

    Processes that begin meanwhile never hear Ctrl-C, which a terminal sends to all.
    """
    come: list[int] = []
    numbers: list[int] = [
        n for n in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(n))
    ]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # signals are the main thread's
    # handlers, too: another thread may take a signal that is blocked here
    before = {n: signal.signal(n, lambda number, _: come.append(number)) for n in numbers}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in come:
            signal.raise_signal(number)
