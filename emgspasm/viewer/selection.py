"""The spectrum of what lies between the cursors, once they have come to rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from emgspasm.viewer.freeze import Freeze
from emgspasm.viewer.panels.spectrum import Spectrum

REST = 120
"""Milliseconds after the last move of a cursor; a spectrum takes longer than a frame [design]."""


class SelectionSpectrum(QObject):
    """Shows the spectrum of the selection of a frozen picture.

    Parameters
    ----------
    freeze : Freeze
    spectrum : callable
        Where it is shown now; None without a stream.

    Attributes
    ----------
    shown : bool
    """

    def __init__(self, freeze: Freeze, spectrum: Callable[[], Spectrum | None]) -> None:
        super().__init__(freeze)
        self._freeze, self._spectrum = freeze, spectrum
        self.shown = False
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self._show)
        freeze.changed.connect(self._moved)

    def show(self, on: bool) -> None:
        """Show it, with the cursors it needs, or hide it."""
        if on and not self._freeze.measuring:
            self._freeze.measure(on=True)
        self.shown = on
        self._freeze.changed.emit()  # its button shows it, too

    def _moved(self) -> None:
        spectrum = self._spectrum()
        if spectrum is None:
            return
        self.shown = self.shown and self._freeze.measuring
        spectrum.setVisible(self.shown)
        if self.shown:
            self._rest.start()

    def _show(self) -> None:
        spectrum, page, between = self._spectrum(), self._freeze.page, self._freeze.selection
        if spectrum is None or page is None or between is None:
            return
        spectrum.show_selection(page.read("raw", *between))
