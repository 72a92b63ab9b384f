"""Tables of what was recorded, written one after the other while the stream goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from emgspasm.desk.control import WRITING, Tables
from emgspasm.errors import explained


class Writing:
    """Writes tables in a thread of its own.

    Parameters
    ----------
    say : callable
        Takes what came of them, a sentence each, in that thread.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._worker = ThreadPoolExecutor(1, "tables")
        self._given: list[Future[tuple[str, ...]]] = []

    def run(self, tables: Tables) -> None:
        """Write these when those before them are written."""
        future = self._worker.submit(tables)
        self._given.append(future)
        future.add_done_callback(self._tell)

    def finish(self, say: Callable[[str], None]) -> None:
        """Wait for all that are not written yet.

        Raises
        ------
        EmgspasmError
            They could not be written.
        """
        waiting = [future for future in self._given if not future.done()]
        if waiting:
            say(WRITING)
        self._worker.shutdown()
        for future in waiting:
            for sentence in future.result():
                say(sentence)

    def _tell(self, future: Future[tuple[str, ...]]) -> None:
        error = future.exception()
        for sentence in (f"no tables: {explained(error)}",) if error else future.result():
            self._say(sentence)
