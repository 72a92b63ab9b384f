"""The schematic face in a widget: where it lies, what is behind the muscles, what before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QWidget

from emgspasm.anatomy import EXTENT, FACE_MUSCLES, Half, Shape, drawing, region
from emgspasm.desk.muscles import pairs
from emgspasm.desk.palette import Palette
from emgspasm.stream import StreamInfo
from emgspasm.viewer.ink import color, font_of, path, polygon

SIDES: tuple[Half, Half] = ("left", "right")


def on_face(info: StreamInfo) -> dict[tuple[str, Half], int]:
    """EMG column of every muscle of the face that is recorded, by its code and side."""
    return {
        (pair.muscle, side): column
        for pair in pairs(info)
        for side in SIDES
        if pair.muscle in FACE_MUSCLES and (column := pair.column(side)) is not None
    }


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the face lies in a widget.

    Parameters
    ----------
    transform : QTransform
        From the coordinates of :mod:`emgspasm.anatomy` to the widget's.
    scale : float
        Pixels a unit.
    """

    transform: QTransform
    scale: float

    def point(self, place: NDArray[np.float64]) -> QPointF:
        """Where a point (x, y) of the face lies in the widget."""
        return self.transform.map(QPointF(float(place[0]), float(place[1])))

    def path(self, muscle: str, side: Half) -> QPainterPath:
        """Outline of a muscle in the widget."""
        return self.transform.map(path(region(muscle, side)))


def placement(box: QRectF, *, mirrored: bool) -> Placement:
    """Fit the face into a box; the person's right on the left if `mirrored`, as face to face."""
    left, right, bottom, top = EXTENT
    scale = max(1.0, min(box.width() / (right - left), box.height() / (top - bottom)))
    middle = (left + right) / 2, (bottom + top) / 2
    transform = QTransform()
    transform.translate(box.center().x(), box.center().y())
    transform.scale(scale if mirrored else -scale, -scale)
    transform.translate(-middle[0], -middle[1])
    return Placement(transform, scale)


def paint_behind(
    painter: QPainter, place: Placement, palette: Palette, present: set[tuple[str, Half]]
) -> None:
    """Paint the head, and the outlines of muscles that are not recorded."""
    for shape in drawing():
        if shape.name == "skin":
            outline = place.transform.map(polygon(shape.points))
            painter.setBrush(color(palette.skin))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawPolygon(outline)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color(palette.skin_line), max(1.0, place.scale * 0.011)))
            if shape.closed:
                painter.drawPolygon(outline)
            else:
                _paint_neck(painter, place, shape)
    painter.setPen(QPen(color(palette.skin_line, 0.55), 1.0, Qt.PenStyle.DotLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for muscle in FACE_MUSCLES:
        for side in SIDES:
            if (muscle, side) not in present:
                painter.drawPath(place.path(muscle, side))


def _paint_neck(painter: QPainter, place: Placement, shape: Shape) -> None:
    """Both halves of the neck, not joined where the head hides them or the shoulders end."""
    half = len(shape.points) // 2
    for part in (shape.points[:half], shape.points[half:]):
        painter.drawPolyline(place.transform.map(polygon(part)))


def paint_before(painter: QPainter, place: Placement, palette: Palette) -> None:
    """Paint what lies over the muscles: eyes, brows, nose, mouth."""
    thin = QPen(color(palette.feature), max(0.8, place.scale * 0.009))
    thin.setCapStyle(Qt.PenCapStyle.RoundCap)
    fills = {"eye": palette.eye, "iris": palette.feature, "lip": palette.lip}
    for shape in drawing():
        outline = place.transform.map(polygon(shape.points))
        if shape.name == "line":
            painter.setPen(thin)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(outline)
        elif shape.name != "skin":
            painter.setPen(Qt.PenStyle.NoPen)
            filled = fills.get(shape.name)
            painter.setBrush(color(filled) if filled else color(palette.feature, 0.8))
            painter.drawPolygon(outline)


def paint_sides(
    painter: QPainter, widget: QWidget, em: float, palette: Palette, *, mirrored: bool
) -> None:
    """Write which side of the person is where, in the upper corners of a widget."""
    painter.setFont(font_of(widget.font(), bold=True))
    box = QRectF(widget.rect()).adjusted(0.6 * em, 0.3 * em, -0.6 * em, 0)
    for side in SIDES:
        painter.setPen(color(palette.side_color(side)))
        on_left = (side == "right") == mirrored
        align = Qt.AlignmentFlag.AlignLeft if on_left else Qt.AlignmentFlag.AlignRight
        painter.drawText(box, align | Qt.AlignmentFlag.AlignTop, f"{side[0].upper()} {side}")
