"""Axes of the traces: names and words of every line on the left, time below."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from emgspasm.desk.clock import clock
from emgspasm.desk.palette import Palette
from emgspasm.desk.words import LaneText
from emgspasm.viewer.ink import color, font_of, side_pen

NAME = 0.95
"""Size of the names of the lines, of the application's font."""

WIDEST = "orbicularis oculi"
"""The longest word below them."""


class LaneAxis(pg.AxisItem):  # type: ignore[misc]  # untyped
    """Names of the lines of one column, a bar of one division of the gain beside each."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("left")
        self._palette = palette
        self._texts: tuple[LaneText | None, ...] = ()
        self.setStyle(showValues=False, tickLength=0)

    def dress(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self.update()

    def show_texts(self, texts: tuple[LaneText | None, ...]) -> None:
        """Show these, a line each from top to bottom; None leaves a line empty."""
        if texts != self._texts:
            self._texts = texts
            self.update()

    def fit(self, names: list[str]) -> None:
        """Be as wide as these names and the words below them need."""
        font = pg.QtWidgets.QApplication.font()
        wide = QFontMetricsF(font_of(font, NAME, bold=True)).horizontalAdvance
        least = QFontMetricsF(font_of(font, 0.86)).horizontalAdvance(WIDEST)
        self.setWidth(round(max(least, *map(wide, names))) + 22)

    def paint(self, p: QPainter, opt: Any, widget: Any) -> None:  # noqa: ARG002  Qt's signature
        """Draw the texts."""
        if not self._texts:
            return
        bounds = self.boundingRect()
        view = self.linkedView()
        top = view.mapRectToItem(self, view.rect()).top() if view else bounds.top()
        height = view.rect().height() if view else bounds.height()
        tall = height / len(self._texts)
        for k, text in enumerate(self._texts):
            if text is not None:
                box = QRectF(0, top + k * tall, self.width(), tall)
                self._paint_lane(p, text, box)

    def _paint_lane(self, p: QPainter, text: LaneText, box: QRectF) -> None:
        palette, base = self._palette, pg.QtWidgets.QApplication.font()
        bold, small = font_of(base, NAME, bold=True), font_of(base, 0.78)
        tall, line = QFontMetricsF(bold).height(), QFontMetricsF(small).height()
        bar = QPen(color(palette.faint), 1.0)
        x, middle = box.right() - 6, box.center().y()
        p.setPen(bar)
        p.drawLine(QPointF(x, middle), QPointF(x, middle - box.height() / 2))
        p.drawLine(QPointF(x - 2, middle), QPointF(x + 2, middle))
        p.drawLine(
            QPointF(x - 2, middle - box.height() / 2), QPointF(x + 2, middle - box.height() / 2)
        )
        rows = [(text.name, bold, tall, palette.side_color(text.side))]
        if text.warning:
            rows.append((text.warning, font_of(base, 0.78, bold=True), line, palette.bad))
        rows += [(t, small, line, palette.faint) for t in (text.muscle, text.level) if t]
        while len(rows) > 1 and sum(row[2] for row in rows) > box.height():
            rows.pop()
        y = middle - sum(row[2] for row in rows) / 2
        p.setPen(side_pen(palette, text.side, 3.0))
        p.drawLine(QPointF(2, box.top() + 4), QPointF(2, box.bottom() - 4))
        for written, font, high, colour in rows:
            p.setFont(font)
            p.setPen(color(colour))
            place = QRectF(9, y, x - 14, high)
            shown = QFontMetricsF(font).elidedText(
                written, Qt.TextElideMode.ElideRight, place.width()
            )
            p.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            y += high


class TimeAxis(pg.AxisItem):  # type: ignore[misc]  # untyped
    """Time below a column: seconds of the sweep, or minutes and seconds of the recording."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("bottom")
        self._absolute = False
        self.setStyle(tickLength=4, tickTextOffset=4)
        self.dress(palette)

    def dress(self, palette: Palette) -> None:
        """Take other colours."""
        self.setTextPen(color(palette.faint))
        self.setPen(pg.mkPen(color(palette.line)))
        self.setTickFont(font_of(pg.QtWidgets.QApplication.font(), 0.8))

    def tell(self, *, absolute: bool) -> None:
        """Say whether times are of the recording."""
        self._absolute = absolute
        self.picture = None
        self.update()

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002  pyqtgraph's name
        """Write times."""
        if self._absolute:
            return [clock(value, spacing) for value in values]
        return [f"{value:g} s" for value in (round(v, 4) for v in values)]
