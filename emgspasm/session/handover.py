"""From the session's thread to a screen: the only place where anything may be dropped."""

from __future__ import annotations

import threading
from collections import deque

from emgspasm.dsp.pipeline import Analysis
from emgspasm.synkinesis.folding import Folded

Tick = tuple[Analysis, Folded]
"""One chunk analyzed, its bursts, and the events that became certain with it."""


class Handover:
    """Ticks on their way to a screen that may be slow.

    Parameters
    ----------
    capacity : int
        Ticks that may wait; beyond that the oldest are dropped, and counted.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity={capacity}; at least one tick must find room")
        self._waiting: deque[Tick] = deque(maxlen=capacity)
        self._lock = threading.Lock()
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Ticks that were dropped so far."""
        return self._dropped

    def put(self, tick: Tick) -> None:
        """Hand over one tick; never waits."""
        with self._lock:
            self._dropped += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(tick)

    def take(self) -> list[Tick]:
        """Take all that is waiting, in order."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken
