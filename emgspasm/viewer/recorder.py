"""Recording from the window: begin, end, mark."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from emgspasm.config import LoadedConfig
from emgspasm.errors import explained
from emgspasm.session import Session
from emgspasm.storage.study import Placement
from emgspasm.stream import Source
from emgspasm.viewer.clock import clock
from emgspasm.viewer.errands import Errands
from emgspasm.viewer.live import Live, Wiring
from emgspasm.viewer.record_dialog import RecordDialog, Wanted


class Recorder(QObject):
    """Begins and ends recordings of a board, and sets markers.

    Parameters
    ----------
    wiring : Wiring
        Of the board.
    wanted : Wanted
        What the dialog proposes.
    parent : QWidget
        The window.

    Attributes
    ----------
    opened : Signal(object)
        Show this stream from now on; the one before is closed already.
    said : Signal(str)
        Something people should know.
    live : Live
        The stream under way.
    wanted : Wanted
    """

    opened = Signal(object)
    said = Signal(str)

    def __init__(self, wiring: Wiring, wanted: Wanted, parent: QWidget) -> None:
        super().__init__(parent)
        self._wiring, self._window = wiring, parent
        self.wanted = wanted
        self.live: Live | None = None
        self._tables = Errands("tables", self)
        self._tables.done.connect(self._say)

    @property
    def texts(self) -> dict[str, str]:
        """What the digits mark."""
        return dict(self._wiring.config.config.markers.keys)

    def look(self) -> None:
        """Show the board without recording it."""
        self._begin(lambda: Live(self._wiring))

    def toggle(self) -> None:
        """Begin a recording, asking where it belongs, or end it."""
        if self.live is not None and self.live.recording:
            self.stop()
            return
        dialog = RecordDialog(self.wanted, self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.record(dialog)

    def record(self, dialog: RecordDialog) -> None:
        """Record what a dialog was answered."""
        place = dialog.place
        if place is None:
            return
        self.wanted = dialog.wanted
        self._begin(lambda: Live(self._wiring, place, self.wanted.task.strip()))
        self.said.emit(f"recording to {place.recording}")

    def stop(self) -> None:
        """End the recording and go on looking; its tables are written meanwhile."""
        live = self.live
        if live is None:
            return
        seconds = live.stop / live.feed.sampling_frequency
        self.look()
        self.said.emit(f"recorded {clock(seconds)} to {live.path}; its tables are being written")

    def release(self) -> Source:
        """Let go of the board, and make a source that nobody has entered."""
        self.close()
        return self._wiring.make_source()

    def retune(self, config: LoadedConfig) -> None:
        """Use another config: at once while nothing is recorded, else for the next recording."""
        self._wiring = replace(self._wiring, config=config)
        if self.live is not None and not self.live.recording:
            self.look()

    def mark(self, text: str, at: float) -> None:
        """Mark what was taken at host time `at` (s)."""
        marker = self.live.mark(text, at) if self.live else None
        if marker is None:
            self.said.emit("no marker was set: nothing streams")

    def undo(self) -> None:
        """Take the last marker back."""
        if self.live is None or self.live.undo() is None:
            self.said.emit("there is no marker to take back")

    def _begin(self, make: Callable[[], Live]) -> None:
        """Let go of the stream under way, then begin another: a port has one owner."""
        self.close()
        self.live = make()
        self.opened.emit(self.live)

    def close(self) -> None:
        """End the stream under way; if it was recorded, begin to write its tables."""
        live, self.live = self.live, None
        if live is None:
            return
        live.close()
        if live.place is not None and live.began:
            self._tables.run(partial(self._conclude, live.session, live.place))

    def finish(self, say: Callable[[str], None]) -> None:
        """Wait for tables that are still being written, once the window is closed.

        Parameters
        ----------
        say : callable
            Takes what the window could not say any more.

        Raises
        ------
        EmgspasmError
            Tables could not be written.
        """
        if self._tables.waiting:
            say("writing the tables of what was recorded")
        for sentences in self._tables.finish():
            for sentence in sentences:
                say(sentence)

    def _conclude(self, session: Session, place: Placement) -> tuple[str, ...]:
        """Write tables (the thread); what there is to say."""
        sentences: list[str] = []
        self._wiring.conclude(session, place, place.study, sentences.append)
        return tuple(sentences)

    def _say(self, future: Future[tuple[str, ...]]) -> None:
        try:
            self.said.emit("\n".join(future.result()))
        except Exception as error:  # noqa: BLE001  # top of a thread: said in the window
            self.said.emit(f"no tables: {explained(error)}")
