"""Recording from the window: begin, end, mark."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from emgspasm.config import LoadedConfig, MarkerTable
from emgspasm.desk.control import WRITING, Control
from emgspasm.desk.live import Live
from emgspasm.desk.request import RecordingRequest
from emgspasm.desk.wiring import Wiring
from emgspasm.errors import EmgspasmError, explained
from emgspasm.stream import Source
from emgspasm.viewer.background import Background
from emgspasm.viewer.recording.dialog import RecordDialog

T = TypeVar("T")


class Recorder(QObject):
    """Begins and ends recordings of a board, and sets markers.

    Parameters
    ----------
    wiring : Wiring
        Of the board.
    request : RecordingRequest
        What the dialog proposes.
    parent : QWidget
        The window.

    Attributes
    ----------
    opened : Signal(object)
        Show this stream from now on; the one before is closed already.
    said : Signal(str)
        Something people should know.
    failed : Signal(str)
        Why no stream could begin; the one before is closed, and nothing streams.
    request : RecordingRequest
    """

    opened = Signal(object)
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, wiring: Wiring, request: RecordingRequest, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self.request = parent, request
        self._tables = Background("tables", self)
        self._tables.done.connect(self._say)
        self._control = Control(wiring, self.opened.emit, self._tables.run)

    @property
    def live(self) -> Live | None:
        """The stream under way."""
        return self._control.live

    @property
    def markers(self) -> MarkerTable:
        """What the digits mark."""
        return self._control.markers

    def look(self) -> None:
        """Show the board without recording it.

        Raises
        ------
        EmgspasmError
            The source cannot be made, or the montage does not fit it.
        """
        self._control.look()

    def look_again(self) -> None:
        """Look for the board anew where nothing streams."""
        if self.live is None or self.live.error:
            self._try(self._control.look)

    def toggle(self) -> None:
        """Begin a recording, asking where it belongs, or end it."""
        if self.live is not None and self.live.recording:
            self.stop()
            return
        dialog = RecordDialog(self.request, self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.record(dialog)

    def record(self, dialog: RecordDialog) -> None:
        """Record what a dialog was answered."""
        place = dialog.place
        if place is None:
            return
        self.request = dialog.request
        task, held = self.request.task.strip(), dialog.held.pop_all()
        self._try(lambda: self._control.record(place, task, held))
        if self.live is not None:
            self.said.emit(f"recording to {place.recording}")

    def stop(self) -> None:
        """End the recording and go on looking; its tables are written meanwhile."""
        said = self._try(self._control.stop)
        if said:
            self.said.emit(said)

    def release(self) -> Source | None:
        """Let go of the board, and make a source that nobody has entered; None if it fails."""
        return self._try(self._control.release)

    def retune(self, config: LoadedConfig) -> None:
        """Use another config: at once while nothing is recorded, else for the next recording."""
        self._try(lambda: self._control.retune(config))

    def mark(self, text: str, at: float) -> None:
        """Mark what was taken at host time `at` (s)."""
        if self._control.mark(text, at) is None:
            self.said.emit("no marker was set: nothing streams")

    def undo(self) -> None:
        """Take the last marker back."""
        if self._control.undo() is None:
            self.said.emit("there is no marker to take back")

    def close(self) -> None:
        """End the stream under way; if it was recorded, begin to write its tables."""
        self._control.close()

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
            say(WRITING)
        for sentences in self._tables.finish():
            for sentence in sentences:
                say(sentence)

    def _try(self, work: Callable[[], T]) -> T | None:
        """Exchange the stream; None, and why is said, where none could begin."""
        try:
            return work()
        except EmgspasmError as error:
            self.failed.emit(str(error))
            return None

    def _say(self, future: Future[tuple[str, ...]]) -> None:
        try:
            self.said.emit("\n".join(future.result()))
        except Exception as error:  # noqa: BLE001  # top of a thread: said in the window
            self.said.emit(f"no tables: {explained(error)}")
