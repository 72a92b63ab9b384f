"""A picture that a widget paints once and shows until it is stale."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class Layer:
    """The part of a widget that seldom changes, kept at the resolution of its screen."""

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._made_for: tuple[QSize, float] | None = None

    def drop(self) -> None:
        """Have it painted anew when it is shown next."""
        self._pixmap = None

    def picture(self, widget: QWidget, paint: Callable[[QPainter], None]) -> QPixmap:
        """The picture, as large as the widget; painted if it is stale or the widget has changed."""
        made_for = widget.size(), widget.devicePixelRatioF()
        if self._pixmap is None or self._made_for != made_for:
            self._pixmap, self._made_for = blank(*made_for), made_for
            painter = QPainter(self._pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(widget.font())
            paint(painter)
            painter.end()
        return self._pixmap

    def add(self, paint: Callable[[QPainter], None]) -> None:
        """Paint something onto the picture, unless it is stale and will be painted whole."""
        if self._pixmap is not None:
            painter = QPainter(self._pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(painter)
            painter.end()

    def show(
        self,
        painter: QPainter,
        widget: QWidget,
        area: QRectF,
        paint: Callable[[QPainter], None],
    ) -> None:
        """Show the part of the picture in `area`, in the widget's coordinates."""
        pixmap = self.picture(widget, paint)
        ratio = pixmap.devicePixelRatio()
        source = QRectF(area.topLeft() * ratio, area.size() * ratio)
        painter.drawPixmap(area, pixmap, source)


def blank(size: QSize, ratio: float) -> QPixmap:
    """A clear pixmap of `size` device-independent pixels, at least one."""
    pixmap = QPixmap((size.expandedTo(QSize(1, 1)).toSizeF() * ratio).toSize())
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
