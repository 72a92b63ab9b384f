"""Measuring all electrodes in the background: one after the other, to the end or until told."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing

from PySide6.QtCore import QObject, Signal

from emgspasm.errors import explained
from emgspasm.sources.protocols import Electrode, Impedant


class ImpedanceRun(QObject):
    """One run over the electrodes of a source, in a thread of its own.

    Attributes
    ----------
    found : Signal
        An :class:`~emgspasm.sources.protocols.Electrode` was measured.
    ended : Signal
        Whether all were measured, and what went wrong in words. The board is at rest by then.
    """

    found = Signal(object)
    ended = Signal(bool, str)

    def __init__(self, source: Impedant, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="impedance", daemon=True)

    def start(self) -> None:
        """Begin with the first electrode."""
        self._thread.start()

    def cancel(self) -> None:
        """End after the electrode under way: its current is switched off first."""
        self._cancelled.set()

    def wait(self) -> None:
        """Wait until the board is at rest."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            complete, wrong = self._measure(), ""
        except Exception as error:  # noqa: BLE001  # top of a thread: said in the window
            complete, wrong = False, str(explained(error))
        self.ended.emit(complete, wrong)

    def _measure(self) -> bool:
        """Whether every electrode was measured."""
        with closing(_as_generator(self._source)) as electrodes:
            for electrode in electrodes:
                self.found.emit(electrode)
                if self._cancelled.is_set():
                    return False
        return True


def _as_generator(source: Impedant) -> Generator[Electrode, None, None]:
    """Electrodes of a source; closing it ends the measurement in an orderly way."""
    yield from source.impedances()
