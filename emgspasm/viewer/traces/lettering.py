"""Words on the traces of one column: events and markers, and notes at the end of the lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication

from emgspasm.desk.palette import Palette
from emgspasm.viewer.ink import color, font_of
from emgspasm.viewer.traces.picture import Picture

LABEL = 0.78
"""Size of the words on the traces, of the application's font."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the traces.

    Parameters
    ----------
    sample : int
        Where they begin.
    text : str
    colour : str
    line : int
        On which line; -1 is at the foot, with a line through all of them: a marker.
    """

    sample: int
    text: str
    colour: str
    line: int = -1


class Lettering:
    """Places and ink of words on a picture; how wide each text is, is measured once.

    Parameters
    ----------
    picture : Picture
    palette : Palette
    x_of : callable
        Where a sample is drawn, in pixels of the design; None where it is not shown.
    """

    def __init__(
        self, picture: Picture, palette: Palette, x_of: Callable[[float], float | None]
    ) -> None:
        self._palette, self._x_of = palette, x_of
        self._width, self._height = picture.width / picture.dot, picture.height / picture.dot
        self._tops = [top / picture.dot for top in picture.lanes[:, 0].tolist()]
        self._font = font_of(QApplication.font(), LABEL)
        self._metrics = QFontMetricsF(self._font)
        self._tall = self._metrics.height()
        self._fitted: dict[str, tuple[str, float]] = {}

    def places(self, label: Label) -> list[QRectF]:
        """What is covered by a label; nothing where it is not shown."""
        x = self._x_of(label.sample)
        if x is None:
            return []
        box = self._box(label, x).adjusted(-2, -1, 2, 1)
        return [box, QRectF(x - 1, 0, 3, self._height)] if label.line < 0 else [box]

    def paint(
        self, painter: QPainter, labels: list[Label], notes: tuple[str, ...], exposed: QRectF
    ) -> None:
        """Write what the exposed part shows of labels, and of notes at the end of the lines."""
        if not (labels or notes):
            return
        painter.setFont(self._font)
        left, right = exposed.left(), exposed.right()
        for label in labels:
            x = self._x_of(label.sample)
            if x is None:
                continue
            wide = self._fit(label.text)[1]
            begin = min(x, self._width - wide)
            if begin <= right and begin + wide >= left:
                self._paint_label(painter, label, x, exposed)
        for top, note in zip(self._tops, notes, strict=False):
            if note:
                self._paint_note(painter, note, top, exposed)

    def _fit(self, text: str) -> tuple[str, float]:
        """What a column has room for of a text, from its beginning on, and how wide its box is."""
        if text not in self._fitted:
            room = max(0.0, self._width - 10)
            shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            self._fitted[text] = shown, self._metrics.horizontalAdvance(shown) + 6
        return self._fitted[text]

    def _box(self, label: Label, x: float) -> QRectF:
        """Where a label is written that begins at `x`."""
        at_foot = label.line < 0
        top = self._height - self._tall - 1 if at_foot else self._tops[label.line] + 4
        wide = self._fit(label.text)[1]
        return QRectF(min(x, self._width - wide), top, wide, self._tall)

    def _paint_label(self, painter: QPainter, label: Label, x: float, exposed: QRectF) -> None:
        if label.line < 0 and exposed.left() - 1 <= x <= exposed.right():
            painter.setPen(QPen(color(label.colour), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, self._height))
        box = self._box(label, x)
        if box.intersects(exposed):
            painter.fillRect(box, color(self._palette.panel, 0.8))
            painter.setPen(color(label.colour))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._fit(label.text)[0])

    def _paint_note(self, painter: QPainter, note: str, top: float, exposed: QRectF) -> None:
        shown, wide = self._fit(note)
        box = QRectF(self._width - wide - 4, top + 2, wide + 2, self._tall)
        if box.intersects(exposed):
            painter.fillRect(box, color(self._palette.panel, 0.85))
            painter.setPen(color(self._palette.cursor))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
