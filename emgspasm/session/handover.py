"""From the session's thread to a screen: the only place where anything may be dropped."""

from __future__ import annotations

import threading
from collections import deque

from emgspasm.dsp.pipeline import Analysis


class Handover:
    """Analyses on their way to a screen that may be slow.

    Parameters
    ----------
    capacity : int
        Analyses that may wait; beyond that the oldest are dropped, and counted.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity={capacity}; at least one analysis must find room")
        self._waiting: deque[Analysis] = deque(maxlen=capacity)
        self._lock = threading.Lock()
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Analyses that were dropped so far."""
        return self._dropped

    def put(self, analysis: Analysis) -> None:
        """Hand over one analysis; never waits."""
        with self._lock:
            self._dropped += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(analysis)

    def take(self) -> list[Analysis]:
        """Take all that is waiting, in order."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken
