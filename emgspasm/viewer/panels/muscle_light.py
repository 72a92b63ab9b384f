"""How a muscle of the face looks: dark at rest, brighter with every doubling of its envelope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import log10

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from emgspasm.anatomy import Half, fibres
from emgspasm.desk.palette import Palette
from emgspasm.viewer.ink import blend, color, polygon
from emgspasm.viewer.panels.face_drawing import Placement, paint_behind

FULL = 30.0
"""Times the noise at which a muscle is brightest; the scale is logarithmic [design]."""

STEPS = 12


@dataclass(frozen=True, slots=True)
class Light:
    """How a muscle looks.

    Parameters
    ----------
    step : int
        Brightness, 0 to :data:`STEPS`; -1 without signal.
    active : bool
        Whether it is over its threshold.
    in_spasm : bool
        Whether it took part in the last spasm.
    """

    step: int = -1
    active: bool = False
    in_spasm: bool = False


def step(ratio: float) -> int:
    """Brightness of a muscle, 0 to :data:`STEPS`, from its envelope over noise; -1 if unknown."""
    if ratio != ratio:
        return -1
    return round(STEPS * min(1.0, max(0.0, log10(max(ratio, 1.0)) / log10(FULL))))


def paint_muscle(
    painter: QPainter, place: Placement, palette: Palette, where: tuple[str, Half], light: Light
) -> None:
    """Paint a muscle (code and side): hatched without signal, else as bright as its light."""
    outline = place.path(*where)
    if light.step < 0:
        painter.setBrush(color(palette.skin))
        painter.setPen(QPen(color(palette.skin_line), 1))
        painter.drawPath(outline)
        painter.fillPath(outline, _hatching(palette))
        return
    share = light.step / STEPS
    painter.fillPath(outline, blend(palette.heat, share))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_fibre_pen(place, palette, share))
    for line in fibres(*where):
        painter.drawPolyline(place.transform.map(polygon(line)))
    if light.in_spasm or light.active:
        shade = palette.spasm if light.in_spasm else palette.text
        width = max(1.2, place.scale * (0.014 if light.active else 0.009))
        painter.setPen(QPen(color(shade), width))
        painter.drawPath(outline)


def paint_at_rest(
    painter: QPainter, place: Placement, palette: Palette, recorded: Collection[tuple[str, Half]]
) -> None:
    """Paint the head and its muscles: dark where they are recorded, else as an outline."""
    paint_behind(painter, place, palette, set(recorded))
    for where in recorded:
        paint_muscle(painter, place, palette, where, Light(0))


def _hatching(palette: Palette) -> QBrush:
    return QBrush(color(palette.skin_line), Qt.BrushStyle.BDiagPattern)


def _fibre_pen(place: Placement, palette: Palette, share: float) -> QPen:
    shade = palette.panel if share > 0.55 else palette.feature
    return QPen(color(shade, 0.45), max(0.7, place.scale * 0.007))
