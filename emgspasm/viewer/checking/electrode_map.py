"""The face with its electrodes: each as good as its signal and its impedance are."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from emgspasm.anatomy import Half, electrodes
from emgspasm.desk.palette import Palette
from emgspasm.stream import StreamInfo, emg_only
from emgspasm.viewer.ink import badge, color, font_of
from emgspasm.viewer.panels.face_drawing import (
    Placement,
    on_face,
    paint_before,
    paint_sides,
    placement,
)
from emgspasm.viewer.panels.layer import Layer
from emgspasm.viewer.panels.muscle_light import paint_at_rest
from emgspasm.viewer.panels.panel import Panel

LEGEND = (("good", "good"), ("fair", "fair"), ("poor", "poor"), ("", "not known"))


class ElectrodeMap(Panel):
    """Electrodes on the face, told apart by shape and colour; the chosen channel has a ring.

    Parameters
    ----------
    info : StreamInfo
        The whole stream.
    palette : Palette
    parent : QWidget or None
    """

    def __init__(self, info: StreamInfo, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__("Face with its electrodes", palette, parent)
        channels = emg_only(info).channels
        self._places: dict[str, tuple[str, Half]] = {
            channels[column].name: place for place, column in on_face(info).items()
        }
        self._layer = Layer()
        self._grades: dict[tuple[str, str], str] = {}
        self._words: dict[str, str] = {}
        self._chosen = ""

    def show_grades(self, grades: Mapping[tuple[str, str], str], words: Mapping[str, str]) -> None:
        """Show grades by channel and pole (``P``, ``N``), and what is told under the mouse."""
        self._words = dict(words)
        if self._grades != grades:
            self._grades = dict(grades)
            self.update()

    def choose(self, channel: str) -> None:
        """Put a ring around the electrodes of a channel."""
        if channel != self._chosen:
            self._chosen = channel
            self.update()

    def _stale(self) -> None:
        self._layer.drop()
        super()._stale()

    def sizeHint(self) -> QSize:
        """A face of a third of a screen's height."""
        em = self.fontMetrics().height()
        return QSize(22 * em, 30 * em)

    def minimumSizeHint(self) -> QSize:
        """Least room in which electrodes can be told apart."""
        em = self.fontMetrics().height()
        return QSize(13 * em, 18 * em)

    def _place(self) -> Placement:
        em = float(self.fontMetrics().height())
        box = QRectF(self.rect()).adjusted(0.4 * em, 0.4 * em, -0.4 * em, -1.8 * em)
        return placement(box, mirrored=self._mirrored)

    def _size(self) -> float:
        """Pixels of a badge."""
        return max(7.0, 0.075 * self._place().scale)

    def _badges(self) -> dict[tuple[str, str], QRectF]:
        """Where every electrode lies, by channel and pole."""
        place, size = self._place(), self._size()
        found = {}
        for channel, (muscle, side) in self._places.items():
            for pole, point in zip("PN", electrodes(muscle, side), strict=True):
                center = place.point(point)
                corner = QPointF(center.x() - size / 2, center.y() - size / 2)
                found[channel, pole] = QRectF(corner.x(), corner.y(), size, size)
        return found

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the face, and the electrodes on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._layer.show(painter, self, QRectF(event.rect()), self._paint_face)
        for (channel, pole), box in self._badges().items():
            self._paint_badge(painter, self._grades.get((channel, pole), ""), box)
            if channel == self._chosen:
                painter.setPen(QPen(color(self._palette.accent), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(box.adjusted(-3, -3, 3, 3))

    def _paint_badge(self, painter: QPainter, grade: str, box: QRectF) -> None:
        painter.setPen(QPen(color(self._palette.panel), 1))
        painter.setBrush(color(self._palette.grade_color(grade)))
        painter.drawPath(badge(grade, box))

    def _paint_face(self, painter: QPainter) -> None:
        palette, place = self._palette, self._place()
        painter.fillRect(self.rect(), color(palette.panel))
        paint_at_rest(painter, place, palette, self._places.values())
        paint_before(painter, place, palette)
        em = float(self.fontMetrics().height())
        paint_sides(painter, self, em, palette, mirrored=self._mirrored)
        self._paint_legend(painter, em)

    def _paint_legend(self, painter: QPainter, em: float) -> None:
        painter.setFont(font_of(self.font(), 0.85))
        x, y, metrics = 0.6 * em, self.height() - 1.5 * em, painter.fontMetrics()
        for grade, word in LEGEND:
            self._paint_badge(painter, grade, QRectF(x, y + 0.3 * em, 0.7 * em, 0.7 * em))
            painter.setPen(color(self._palette.faint))
            painter.drawText(QPointF(x + em, y + 0.95 * em), word)
            x += 1.5 * em + metrics.horizontalAdvance(word)

    def _told(self, point: QPointF) -> str:
        for (channel, pole), box in self._badges().items():
            if box.adjusted(-2, -2, 2, 2).contains(point):
                return f"{channel} {pole}: {self._words.get(channel) or 'nothing wrong is known'}"
        return ""
