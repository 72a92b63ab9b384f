"""Dragging a threshold on the traces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from emgspasm.desk.palette import Palette
from emgspasm.viewer.ink import color
from emgspasm.viewer.thresholds.tuning import Which
from emgspasm.viewer.traces.column import Column
from emgspasm.viewer.traces.view import TracesView

REACH = 6.0
"""Pixels of the design within which a threshold is taken hold of."""


@dataclass(frozen=True, slots=True)
class Held:
    """A threshold under the mouse.

    Parameters
    ----------
    column : Column
    channel : int
        EMG channel.
    which : {"off", "on"}
    levels : (float, float, float)
        Noise level, off and on threshold of the channel there, in uV.
    centre, scale : float
        Where zero is in the column, and pixels in one uV.
    """

    column: Column
    channel: int
    which: Which
    levels: tuple[float, float, float]
    centre: float
    scale: float

    def level(self, y: float) -> float:
        """The level (uV) at a height of the column."""
        return (self.centre - y) / self.scale


class ThresholdDrag(QObject):
    """Lets thresholds be dragged while they are drawn.

    Parameters
    ----------
    traces : TracesView
    palette : Palette

    Attributes
    ----------
    held : Signal(Held, float)
        A threshold is being dragged, to a level in uV.
    dropped : Signal(Held, float)
        It was let go there.
    """

    held = Signal(object, float)
    dropped = Signal(object, float)

    def __init__(self, traces: TracesView, palette: Palette) -> None:
        super().__init__(traces)
        self._traces = traces
        self._at: Held | None = None
        self._ghosts = {column: self._ghost(column) for column in traces.columns}
        self.dress(palette)
        traces.canvas.viewport().setMouseTracking(True)
        traces.canvas.viewport().installEventFilter(self)

    def _ghost(self, column: Column) -> pg.InfiniteLine:
        line = pg.InfiniteLine(0, 0, movable=False)
        line.setVisible(False)
        column.view.addItem(line, ignoreBounds=True)
        return line

    def dress(self, palette: Palette) -> None:
        """Take other colours."""
        for ghost in self._ghosts.values():
            pen = pg.mkPen(color(palette.cursor), width=1, style=Qt.PenStyle.DashLine)
            ghost.setPen(pen)

    def find(self, place: QPointF) -> Held | None:
        """The threshold at a place of the canvas."""
        if not self._traces.view.levels:
            return None
        scene = self._traces.canvas.mapToScene(place.toPoint())
        for column in self._traces.columns:
            inside = column.view.mapFromScene(scene)
            if column.view.rect().contains(inside):
                return self._near(column, inside)
        return None

    def _near(self, column: Column, inside: QPointF) -> Held | None:
        picture, strip = column.sweep.picture, self._traces.strip
        if picture is None or strip is None:
            return None
        sample = column.sweep.sample_at(inside.x())
        if not strip.start <= sample < strip.stop:
            return None
        found: list[tuple[float, Held]] = []
        scale = picture.scale / picture.dot
        for lane, channel in enumerate(picture.channels):
            levels = strip.levels_at(int(channel), sample)
            centre = picture.lanes[lane, 1] / picture.dot
            for which, level in (("off", levels[1]), ("on", levels[2])):
                away = abs(centre - level * scale - inside.y())
                if np.isfinite(level) and away <= REACH:
                    at = Held(column, int(channel), which, levels, centre, scale)  # type: ignore[arg-type]  # the words are literals
                    found.append((away, at))
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take hold, drag, let go; all else goes on to pyqtgraph."""
        if not isinstance(event, QMouseEvent):
            return super().eventFilter(watched, event)
        kind, left = event.type(), Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and event.button() == left:
            self._at = self.find(event.position())
            return self._at is not None
        if kind == QEvent.Type.MouseMove and self._at is not None:
            self._drag(self._at, event.position())
            return True
        if kind == QEvent.Type.MouseMove and not event.buttons():
            over = self.find(event.position()) is not None
            shape = Qt.CursorShape.SizeVerCursor if over else Qt.CursorShape.ArrowCursor
            self._traces.canvas.viewport().setCursor(shape)
        if kind == QEvent.Type.MouseButtonRelease and self._at is not None:
            at, self._at = self._at, None
            self._ghosts[at.column].setVisible(False)
            self.dropped.emit(at, at.level(self._height(at, event.position())))
            return True
        return False

    def _drag(self, at: Held, place: QPointF) -> None:
        y = self._height(at, place)
        ghost = self._ghosts[at.column]
        ghost.setValue(at.column.view.mapToView(QPointF(0, y)).y())
        ghost.setVisible(True)
        self.held.emit(at, at.level(y))

    def _height(self, at: Held, place: QPointF) -> float:
        """A place of the canvas as a height of the column, no level under zero."""
        inside = at.column.view.mapFromScene(self._traces.canvas.mapToScene(place.toPoint()))
        return float(min(inside.y(), at.centre))
