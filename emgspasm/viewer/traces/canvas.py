"""The view around the traces: what advances is copied to the screen past pyqtgraph's scene."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QToolTip

from emgspasm.viewer.traces.sweep import SweepItem


class Canvas(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # untyped
    """The view of axes, cursors and traces.

    A scene looks up, and paints, every item near what is stale: for strips of some pixels that
    costs more than all samples in them. So they are copied directly while nothing lies over them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sweeps: list[tuple[SweepItem, pg.ViewBox]] = []
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.setContentsMargins(0, 0, 0, 0)
        self.ci.setSpacing(6)
        # the scene's background covers it: no widget behind is painted
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def add_sweep(self, sweep: SweepItem, view: pg.ViewBox) -> None:
        """Show a sweep that lies in a view, under all that is added to it."""
        self._sweeps.append((sweep, view))
        sweep.stale.connect(lambda part: self._repaint(sweep, part))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy strips if they are all that is stale; else have the scene painted."""
        parts = self._strips(event.region())
        if not parts:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        for sweep, corner, part in parts:
            painter.setClipRect(part)  # one rectangle is copied; several are blended line by line
            painter.translate(corner)
            sweep.show_part(painter, QRectF(part).translated(-corner))
            painter.translate(-corner)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell in full what is written under the mouse: on the traces it may be cut."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = QPointF(event.pos())
            told = [sweep.told(place - self._corner(sweep)) for sweep, _ in self._sweeps]
            QToolTip.showText(event.globalPos(), "".join(told), self.viewport())
            return True
        return bool(super().viewportEvent(event))

    def _repaint(self, sweep: SweepItem, part: QRectF) -> None:
        self.viewport().update(part.translated(self._corner(sweep)).toAlignedRect())

    def _corner(self, sweep: SweepItem) -> QPointF:
        """Where a sweep begins, in pixels of the design; these are whole."""
        return QPointF(self.mapFromScene(sweep.mapToScene(0.0, 0.0)))

    def _strips(self, region: QRegion) -> list[tuple[SweepItem, QPointF, QRect]]:
        """The parts of sweeps that a region consists of; none if there is more in it."""
        found = []
        for part in region:  # type: ignore[attr-defined]  # the stubs miss it
            for sweep, view in self._sweeps:
                corner = self._corner(sweep)
                inside = sweep.boundingRect().translated(corner).contains(QRectF(part))
                if inside and not any(item.isVisible() for item in view.addedItems):
                    found.append((sweep, corner, part))
                    break
            else:
                return []
        return found
