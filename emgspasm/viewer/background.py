"""Background work of seconds that the window does not wait for, in one thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Signal


class Background(QObject):
    """Runs pieces of work in the order in which they were given.

    Parameters
    ----------
    name : str
        Of the thread.
    parent : QObject

    Attributes
    ----------
    done : Signal(Future)
        A piece is done; emitted in the window's thread.
    """

    done = Signal(object)
    _ended = Signal(object)

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(1, name)
        self._waiting: list[Future[Any]] = []
        self._ended.connect(self._tell)

    @property
    def waiting(self) -> int:
        """Pieces that are not done, or of which nobody knows yet that they are."""
        return len(self._waiting)

    def run(self, work: Callable[[], object]) -> None:
        """Run a piece of work when those before it are done."""
        future = self._worker.submit(work)
        self._waiting.append(future)
        future.add_done_callback(self._ended.emit)

    def finish(self) -> list[Any]:
        """Wait for all that is under way, once nothing listens any more; what it gave.

        Raises what went wrong in it.
        """
        self._worker.shutdown()
        waiting, self._waiting = self._waiting, []
        return [future.result() for future in waiting]

    def _tell(self, future: Future[Any]) -> None:
        if future in self._waiting:
            self._waiting.remove(future)
            self.done.emit(future)
