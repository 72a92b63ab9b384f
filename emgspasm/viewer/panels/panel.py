"""What the painted parts of the window share: a palette, the order of the sides, words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QHelpEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from emgspasm.desk.palette import Palette


class Panel(QWidget):
    """A widget that paints itself, and anew when its colours, sides, font or size change.

    Parameters
    ----------
    name : str
        What it is called for who does not see it.
    palette : Palette
    parent : QWidget or None
    """

    def __init__(self, name: str, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette, self._mirrored = palette, True
        self.setAccessibleName(name)

    def dress(self, palette: Palette) -> None:
        """Change the colours."""
        self._palette = palette
        self._stale()

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the person's right on the left or on top, as seen face to face, or their left."""
        self._mirrored = mirrored
        self._stale()

    def _stale(self) -> None:
        """Find places anew, and paint everything."""
        self.update()

    def _told(self, point: QPointF) -> str:  # noqa: ARG002  of those that tell something
        """What is at a point, in words; ``""`` where there is nothing to say."""
        return ""

    def event(self, event: QEvent) -> bool:
        """Tell what is under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self._told(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew in another font."""
        if event.type() == QEvent.Type.FontChange:
            self._stale()
            self.updateGeometry()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew in another size."""
        self._stale()
        super().resizeEvent(event)
