"""From the session's thread to a screen: the only place where anything may be dropped."""

from __future__ import annotations

import threading
from collections import deque

from emgspasm.dsp.pipeline import Analysis
from emgspasm.stream import Chunk
from emgspasm.synkinesis.folding import Folded

Tick = tuple[Analysis, Folded]
"""One chunk analyzed, its bursts, and the events that became certain with it."""


class Handover:
    """Ticks on their way to a screen that may be slow.

    Parameters
    ----------
    capacity : int
        Ticks that may wait; beyond that the oldest are dropped, and counted.
    stored : int
        Stored chunks that may wait likewise: for a screen that shows samples before the first
        of them are analyzed. 0 keeps none and counts none.
    """

    def __init__(self, capacity: int, stored: int = 0) -> None:
        if capacity < 1:
            raise ValueError(f"capacity={capacity}; at least one tick must find room")
        if stored < 0:
            raise ValueError(f"stored={stored}; chunks that may wait, or 0 for none")
        self._waiting: deque[Tick] = deque(maxlen=capacity)
        self._stored: deque[Chunk] = deque(maxlen=stored)
        self._lock = threading.Lock()
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Ticks, and chunks before their analysis, that were dropped so far."""
        return self._dropped

    def put(self, tick: Tick) -> None:
        """Hand over one tick; never waits."""
        with self._lock:
            self._dropped += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(tick)

    def put_stored(self, chunk: Chunk) -> None:
        """Hand over one chunk that is on the disk; never waits."""
        if not self._stored.maxlen:
            return
        with self._lock:
            self._dropped += len(self._stored) == self._stored.maxlen
            self._stored.append(chunk)

    def take_stored(self) -> list[Chunk]:
        """Take all stored chunks that are waiting, in order."""
        with self._lock:
            taken = list(self._stored)
            self._stored.clear()
        return taken

    def take(self) -> list[Tick]:
        """Take all that is waiting, in order."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken
