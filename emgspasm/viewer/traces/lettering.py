"""Words on the traces of one column: events and markers, and notes at the end of the lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

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


NEAR = 3
"""Pixels of the design from the line of a marker at which the mouse is on it [design]."""

LEAST = 4
"""Letters of a label that are worth writing, where there is no room for all of it [design]."""


@dataclass(frozen=True, slots=True)
class Written:
    """A label as it is written.

    Parameters
    ----------
    label : Label
    x : float
        Where its sample is drawn, in pixels of the design.
    box : QRectF
        What it covers.
    text : str
        What of it there is room for; ``""`` if that is too little.
    """

    label: Label
    x: float
    box: QRectF
    text: str


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
        self._fitted: dict[tuple[str, int], tuple[str, float]] = {}

    def places(self, changed: Iterable[Label]) -> list[QRectF]:
        """What must be painted anew where labels come or go: others of their line give way."""
        tall = self._tall + 2
        lines = {label.line for label in changed}
        at = [self._x_of(label.sample) for label in changed if label.line < 0]
        return [
            *(QRectF(0, self._top(line) - 1, self._width, tall) for line in lines),
            *(QRectF(x - 1, 0, 3, self._height) for x in at if x is not None),
        ]

    def written(self, labels: Iterable[Label]) -> list[Written]:
        """Labels that are shown, from left to right on each line: each has room up to the next.

        There is no room beyond the right edge: what would reach over it is written before its
        place, and what that would cover is, too, unless it came farther away than it is wide.
        """
        places = [(label, self._x_of(label.sample)) for label in labels]
        shown = [(label, x) for label, x in places if x is not None]
        shown.sort(key=lambda place: (place[0].line, place[0].sample))
        found: list[Written] = []
        for label, x in reversed(shown):
            wide, end, before = self._fit(label.text)[1], self._width, True
            after = found[-1] if found else None
            if after is not None and after.label.line == label.line and after.x >= x:  # same sweep
                end, before = after.box.left(), after.box.left() < after.x
            left = max(0.0, min(x, end - wide)) if before and x - end <= wide else x
            wide = min(wide, max(0.0, end - left))
            box = QRectF(left, self._top(label.line), wide, self._tall)
            found.append(Written(label, x, box, self._fit(label.text, ceil(wide))[0]))
        return found[::-1]

    def told(self, labels: Iterable[Label], point: QPointF) -> str:
        """What is written at a point, or would be if there were room, in full."""
        found = []
        for each in self.written(labels):
            box = QRectF(each.x, each.box.top(), self._fit(each.label.text)[1], self._tall)
            on_line = each.label.line < 0 and abs(point.x() - each.x) <= NEAR
            if on_line or box.united(each.box).contains(point):
                found.append(each.label.text)
        return "\n".join(found)

    def paint(
        self, painter: QPainter, labels: list[Label], notes: tuple[str, ...], exposed: QRectF
    ) -> None:
        """Write what the exposed part shows of labels, and of notes at the end of the lines."""
        if not (labels or notes):
            return
        painter.setFont(self._font)
        for each in self.written(labels):
            self._paint_label(painter, each, exposed)
        for top, note in zip(self._tops, notes, strict=False):
            if note:
                self._paint_note(painter, note, top, exposed)

    def _fit(self, text: str, wide: int | None = None) -> tuple[str, float]:
        """What a box has room for of a text, from its beginning on, and how wide that is.

        Without `wide` it is one of its own, at most as wide as the column.
        """
        wide = int(self._width) - 4 if wide is None else wide
        if (text, wide) not in self._fitted:
            shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, wide - 6))
            if shown != text and len(shown) <= LEAST:
                shown = ""
            self._fitted[text, wide] = shown, self._metrics.horizontalAdvance(shown) + 6
        return self._fitted[text, wide]

    def _top(self, line: int) -> float:
        """Upper edge of the words on a line."""
        return self._height - self._tall - 1 if line < 0 else self._tops[line] + 4

    def _paint_label(self, painter: QPainter, written: Written, exposed: QRectF) -> None:
        label, x, box = written.label, written.x, written.box
        if label.line < 0 and exposed.left() - 1 <= x <= exposed.right():
            painter.setPen(QPen(color(label.colour), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, self._height))
        if written.text and box.intersects(exposed):
            painter.fillRect(box, color(self._palette.panel, 0.8))
            painter.setPen(color(label.colour))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, written.text)

    def _paint_note(self, painter: QPainter, note: str, top: float, exposed: QRectF) -> None:
        shown, wide = self._fit(note)
        box = QRectF(self._width - wide - 4, top + 2, wide + 2, self._tall)
        if box.intersects(exposed):
            painter.fillRect(box, color(self._palette.panel, 0.85))
            painter.setPen(color(self._palette.cursor))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
