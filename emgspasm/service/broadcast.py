"""From the thread of the stream to the pages that look on: only here may anything be dropped."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

CAPACITY = 100
"""Messages that may wait for one page: some three seconds [design]."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the pages.

    Parameters
    ----------
    payload : str or bytes
    lasting : bool
        Whether a page that misses it knows less for good, so that it must be told all anew.
    """

    payload: str | bytes
    lasting: bool = False


class Onlooker:
    """Messages on their way to one page, which may be slow.

    Parameters
    ----------
    loop : AbstractEventLoop
        In which they are taken.
    capacity : int
        Messages that may wait; beyond that the oldest are dropped, and counted.

    Attributes
    ----------
    dropped : int
    behind : bool
        Whether something lasting was dropped.
    gone : bool
        Whether nobody looks on any more.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, capacity: int = CAPACITY) -> None:
        self._loop, self._capacity = loop, capacity
        self._waiting: deque[Message] = deque()
        self._lock = threading.Lock()
        self._come = asyncio.Event()
        self.dropped = 0
        self.behind = self.gone = False

    def put(self, message: Message) -> None:
        """Hand over a message, from any thread; never waits."""
        with self._lock:
            if len(self._waiting) == self._capacity:
                self.behind |= self._waiting.popleft().lasting
                self.dropped += 1
            self._waiting.append(message)
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._come.set)

    async def take(self, patience: float) -> list[Message]:
        """Wait for messages and take all of them, in order; none after `patience` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._come.wait(), patience)
        self._come.clear()
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken

    def begin_anew(self) -> None:
        """Drop what waits, as all is sent anew."""
        with self._lock:
            self._waiting.clear()
            self.behind = False


class Broadcast:
    """Sends every page the same; a slow one holds up neither the others nor the sender."""

    def __init__(self) -> None:
        self._onlookers: frozenset[Onlooker] = frozenset()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._onlookers)

    def add(self, onlooker: Onlooker) -> None:
        """Tell this one too from now on, unless it has gone meanwhile."""
        with self._lock:
            if not onlooker.gone:
                self._onlookers |= {onlooker}

    def remove(self, onlooker: Onlooker) -> None:
        """Tell this one no more."""
        with self._lock:
            onlooker.gone = True
            self._onlookers -= {onlooker}

    def tell(self, message: Message) -> None:
        """Hand a message over to all."""
        for onlooker in self._onlookers:
            onlooker.put(message)
