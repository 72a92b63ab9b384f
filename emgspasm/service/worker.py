"""A worker: one thread that does something again and again, and what it is asked in between."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from emgspasm.service.refusal import Refused

T = TypeVar("T")


class Worker:
    """A thread that owns something, so that nothing happens to it at the same time.

    Parameters
    ----------
    tick : callable
        Done every `pace` seconds; must not raise.
    pace : float
        Seconds.
    """

    def __init__(self, tick: Callable[[], None], pace: float) -> None:
        self._tick, self._pace = tick, pace
        self._asked: queue.Queue[tuple[Future[Any], Callable[[], Any]]] = queue.Queue()
        self._ended = threading.Event()
        self._asking = threading.Lock()  # nothing is asked of a thread that has looked a last time
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self, work: Callable[[], T]) -> T:
        """Have work done in the thread, and wait for it; raises what it raises.

        Raises
        ------
        Refused
            The thread has ended, or never begun.
        """
        future: Future[T] = Future()
        with self._asking:
            if self._ended.is_set() or not self._thread.is_alive():
                raise _over()
            self._asked.put((future, work))
        return future.result()

    def end(self, last: Callable[[], None]) -> None:
        """Do one thing last, if it ever began, and end."""
        if not self._thread.is_alive():
            return
        try:
            self.ask(last)
        finally:
            with self._asking:
                self._ended.set()
            self._thread.join()

    def _run(self) -> None:
        due = time.perf_counter()
        while not self._ended.is_set():
            with suppress(queue.Empty):
                self._follow(*self._asked.get(timeout=max(0.0, due - time.perf_counter())))
            if time.perf_counter() >= due:  # however much is asked
                due = max(due + self._pace, time.perf_counter())
                self._tick()
        while not self._asked.empty():
            self._asked.get()[0].set_exception(_over())

    def _follow(self, future: Future[Any], work: Callable[[], Any]) -> None:
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001  # top of a thread: raised where it was asked
            future.set_exception(error)


def _over() -> Refused:
    return Refused(503, "the service does not run. Start it again")
