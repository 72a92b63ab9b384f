"""Colours, pens, fonts and shapes of Qt, from the palette."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from emgspasm.desk.palette import Palette


def color(name: str, alpha: float = 1.0) -> QColor:
    """A colour of the palette, `alpha` from 0 (clear) to 1."""
    made = QColor(name)
    made.setAlphaF(alpha)
    return made


def blend(colors: tuple[str, ...], share: float) -> QColor:
    """The colour at `share` (0 to 1) of the way through `colors`."""
    place = min(max(share, 0.0), 1.0) * (len(colors) - 1)
    k = min(int(place), len(colors) - 2)
    a, b, t = QColor(colors[k]), QColor(colors[k + 1]), place - k
    mixed = (x + t * (y - x) for x, y in zip(a.getRgbF()[:3], b.getRgbF()[:3], strict=True))  # type: ignore[index]  # stubs
    return QColor.fromRgbF(*mixed)


def side_pen(palette: Palette, side: str | None, width: float = 1.5) -> QPen:
    """A line of a side: solid for the left, dashed for the right, dotted for the midline."""
    letter = (side or "").upper()[:1]
    style = {"L": Qt.PenStyle.SolidLine, "R": Qt.PenStyle.DashLine}.get(letter, Qt.PenStyle.DotLine)
    return QPen(QBrush(color(palette.side_color(side))), width, style, Qt.PenCapStyle.FlatCap)


def font_of(font: QFont, scale: float = 1.0, *, bold: bool = False) -> QFont:
    """A font that grows with the application's, in figures of equal width where it has them."""
    made = QFont(font)
    if font.pointSizeF() > 0:
        made.setPointSizeF(font.pointSizeF() * scale)
    else:
        made.setPixelSize(max(1, round(font.pixelSize() * scale)))
    made.setBold(bold)
    return made


def polygon(points: NDArray[np.float64]) -> QPolygonF:
    """Points of shape (n, 2) for Qt."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def path(rings: tuple[NDArray[np.float64], ...]) -> QPainterPath:
    """Closed outlines as one shape; those within another are holes."""
    made = QPainterPath()
    made.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in rings:
        made.addPolygon(polygon(ring))
        made.closeSubpath()
    return made


def badge(grade: str, box: QRectF) -> QPainterPath:
    """The shape of a grade, for who sees no colours: disc, triangle, cross; a ring if unknown."""
    made = QPainterPath()
    x, y, w, h = box.x(), box.y(), box.width(), box.height()
    if grade == "good":
        made.addEllipse(box)
    elif grade == "fair":
        made.addPolygon(
            QPolygonF([QPointF(x + w / 2, y), QPointF(x + w, y + h), QPointF(x, y + h)])
        )
        made.closeSubpath()
    elif grade in ("poor", "unusable"):
        arm = w * 0.3
        cross = [
            (arm, 0), (w / 2, h / 2 - arm), (w - arm, 0), (w, arm), (w / 2 + arm, h / 2),
            (w, h - arm), (w - arm, h), (w / 2, h / 2 + arm), (arm, h), (0, h - arm),
            (w / 2 - arm, h / 2), (0, arm),
        ]  # fmt: skip
        made.addPolygon(QPolygonF([QPointF(x + a, y + b) for a, b in cross]))
        made.closeSubpath()
    else:
        made.addEllipse(box)
        made.addEllipse(box.adjusted(w * 0.25, h * 0.25, -w * 0.25, -h * 0.25))
        made.setFillRule(Qt.FillRule.OddEvenFill)
    return made


def focus_frame(painter: QPainter, widget: QWidget, palette: Palette) -> None:
    """Show which panel has the keyboard."""
    if widget.hasFocus():
        painter.setPen(QPen(color(palette.accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(widget.rect()).adjusted(1, 1, -1, -1))
