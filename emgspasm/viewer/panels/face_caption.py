"""What stands under the face: the scale of its brightness, and the regions of the last spasm."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPen

from emgspasm.desk.palette import Palette
from emgspasm.synkinesis.spread import BROW, STAGES
from emgspasm.viewer.ink import color

PLACES = (BROW, *STAGES)
"""Regions from top to bottom; the brow is no stage."""


def paint_scale(painter: QPainter, line: QRectF, palette: Palette, full: float) -> None:
    """Paint the scale of brightness, from 1 to `full` times the noise."""
    middle = Qt.AlignmentFlag.AlignVCenter
    lead, end = "noise \N{MULTIPLICATION SIGN} 1", f"{full:g}"
    painter.setPen(color(palette.faint))
    painter.drawText(line, middle | Qt.AlignmentFlag.AlignLeft, lead)
    painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, end)
    gap, metrics = 0.4 * line.height(), painter.fontMetrics()
    left = line.left() + metrics.horizontalAdvance(lead) + gap
    right = line.right() - metrics.horizontalAdvance(end) - gap
    bar = QRectF(left, line.center().y() - 0.18 * line.height(), right - left, 0.36 * line.height())
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for k, shade in enumerate(palette.heat):
        gradient.setColorAt(k / (len(palette.heat) - 1), color(shade))
    painter.fillRect(bar, gradient)


def paint_spread(
    painter: QPainter,
    line: QRectF,
    palette: Palette,
    side: str,
    reached: Collection[str],
    *,
    sought: bool,
) -> None:
    """Paint the regions of the face; those that the last spasm reached are filled.

    Parameters
    ----------
    side : {"L", "R", "B", ""}
        Of the last spasm; empty if there was none.
    reached : collection of str
        Of :data:`PLACES`.
    sought : bool
        Whether spasms are sought: where they are not, that there was none means nothing.
    """
    lead = f"spasm {side}" if side else "no spasm" if sought else "spasm n/a"
    painter.setPen(color(palette.side_color(side) if side else palette.faint))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, lead)
    height = line.height()
    left = line.left() + painter.fontMetrics().horizontalAdvance(lead) + 0.4 * height
    width = (line.right() - left) / len(PLACES)
    for k, name in enumerate(PLACES):
        chip = QRectF(left + k * width, line.top() + 0.04 * height, 0.96 * width, 0.92 * height)
        on = name in reached
        painter.setPen(QPen(color(palette.spasm if on else palette.line), 1))
        painter.setBrush(color(palette.spasm, 0.28) if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(chip, 0.25 * height, 0.25 * height)
        painter.setPen(color(palette.text if on else palette.faint))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, name)
