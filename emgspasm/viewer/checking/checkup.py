"""The signal check in the window: fed while it is shown, and given the board for impedances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from emgspasm.desk.desk import Desk
from emgspasm.desk.live import Live
from emgspasm.sources.protocols import Impedant
from emgspasm.viewer.checking.page import SignalCheck

if TYPE_CHECKING:
    from emgspasm.viewer.window import Window


class Checkup(QObject):
    """Leads the signal check of a live stream.

    Parameters
    ----------
    window : Window

    Attributes
    ----------
    measuring : bool
        Whether the board is measured and does not stream.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._check: SignalCheck | None = None
        self.measuring = self._closed = False

    def open(self, desk: Desk) -> None:
        """Check this stream from now on."""
        check = self._window.surface.check
        if not isinstance(desk, Live) or check is None:
            self.show(False)
            return
        if check is not self._check:
            self._check = check
            check.closed.connect(lambda: self.show(False))
            check.impedance_wanted.connect(self._measure)
            check.measured.connect(self._measured)
        reason = "this source cannot measure impedance"
        able = isinstance(desk.session.source, Impedant)
        if able and desk.recording:
            able, reason = False, "end the recording to measure impedance: it stops the stream"
        check.allow_impedance(able, reason)

    def show(self, on: bool) -> None:
        """Show the page in place of the traces, or the traces."""
        surface = self._window.surface
        on = on and surface.check is not None
        surface.show_check(on)
        self._window.actions_["check"].setChecked(on)

    def take(self, desk: Desk) -> None:
        """Take what has come, while the page is shown."""
        if self._check is not None and isinstance(desk, Live) and self._check.isVisible():
            for analysis in desk.analyses:
                self._check.add_analysis(analysis)

    def refresh(self) -> None:
        """Grade anew; twice a second is enough."""
        if self._check is not None and self._check.isVisible():
            self._check.refresh()

    def close(self) -> None:
        """Leave the board at rest: the window is closed."""
        self._closed = True
        if self._check is not None:
            self._check.wait()

    def _measure(self) -> None:
        recorder = self._window.recorder
        if recorder is None or self._check is None:
            return
        source = recorder.release()
        if source is None:  # said already
            return
        assert isinstance(source, Impedant)  # else it is not offered
        self.measuring = True
        self._window.rest("MEASURING IMPEDANCE")
        self._check.measure(source)

    def _measured(self, _complete: bool) -> None:
        self.measuring = False
        if not self._closed and self._window.recorder is not None:
            self._window.recorder.look_again()
