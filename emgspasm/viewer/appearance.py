"""How the window looks: its colours, the size of its text, and its room on the screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication

from emgspasm.desk.palette import Name, Palette, palette_named
from emgspasm.viewer.style import style_sheet

if TYPE_CHECKING:
    from emgspasm.viewer.window import Window

FRAME = QSize(16, 40)
"""Pixels that a desktop draws around a window, its title above, that are not known before
[design]."""


class Appearance:
    """Dresses the window and all that is in it, as it was dressed last time.

    Parameters
    ----------
    window : Window

    Attributes
    ----------
    colours : Palette
    """

    def __init__(self, window: Window) -> None:
        self._window, self._font = window, QApplication.font()
        self.colours = palette_named(window.kept.theme)

    def begin(self) -> None:
        """Dress the window, once all is in it."""
        self._scale_font()

    def end(self) -> None:
        """Give the application its own font back."""
        QApplication.setFont(self._font)

    def turn_theme(self) -> None:
        """Change between dark and light."""
        window = self._window
        theme: Name = "light" if window.kept.theme == "dark" else "dark"
        window.kept = replace(window.kept, theme=theme)
        self._dress(palette_named(theme))

    def turn_font(self, factor: float) -> None:
        """Make all text larger or smaller."""
        window = self._window
        scale = min(max(window.kept.font_scale * factor, 0.6), 3.0)
        window.kept = replace(window.kept, font_scale=scale)
        self._scale_font()
        QTimer.singleShot(0, window, self.fit_screen)  # once the layout knows what it needs

    def fit_screen(self) -> None:
        """Be no larger than the screen: larger text may have widened the window."""
        window = self._window
        if not (window.isMaximized() or window.isFullScreen()):
            room = window.screen().availableGeometry().size() - FRAME
            window.resize(window.size().boundedTo(room))

    def _scale_font(self) -> None:
        scaled = type(self._font)(self._font)
        scaled.setPointSizeF(max(5.0, self._font.pointSizeF() * self._window.kept.font_scale))
        QApplication.setFont(scaled)
        self._window.setFont(scaled)  # what has a style sheet does not ask the application
        self._dress(self.colours)

    def _dress(self, palette: Palette) -> None:
        """Take other colours."""
        window = self._window
        self.colours = palette
        window.setStyleSheet(style_sheet(palette))
        window.surface.dress(palette)
        window.tuner.drag.dress(palette)
        window.show_labels()
