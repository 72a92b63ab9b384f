"""One column of the screen: the item that draws its traces, axes and cursors by pyqtgraph."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg

from emgspasm.desk.palette import Palette
from emgspasm.viewer.ink import color
from emgspasm.viewer.traces.axes import LaneAxis, TimeAxis
from emgspasm.viewer.traces.canvas import Canvas
from emgspasm.viewer.traces.sweep import SweepItem


class Column:
    """One column of the screen: axes by pyqtgraph around the item that draws the traces."""

    def __init__(self, canvas: Canvas, place: int, palette: Palette) -> None:
        self.lane_axis, self.time_axis = LaneAxis(palette), TimeAxis(palette)
        axes = {"left": self.lane_axis, "bottom": self.time_axis}
        self.plot = canvas.addPlot(0, place, axisItems=axes, enableMenu=False)
        self.plot.hideButtons()
        self.view = self.plot.getViewBox()
        self.view.setMouseEnabled(x=False, y=False)
        self.view.disableAutoRange()
        self.view.setDefaultPadding(0)
        self.sweep = SweepItem(self.view)
        self.sweep.setZValue(-10)  # under the cursors, over the background
        canvas.add_sweep(self.sweep, self.view)
        self.rows = np.zeros(0, np.int64)
        self.channels = np.zeros(0, np.int64)
        self.cursors = [self._cursor(name) for name in "AB"]

    def _cursor(self, name: str) -> pg.InfiniteLine:
        line = pg.InfiniteLine(
            0, 90, movable=True, label=name, labelOpts={"position": 0.985, "movable": False}
        )
        line.setVisible(False)
        self.view.addItem(line, ignoreBounds=True)
        return line

    def dress(self, palette: Palette) -> None:
        """Take other colours."""
        self.lane_axis.dress(palette)
        self.time_axis.dress(palette)
        for line in self.cursors:
            line.setPen(pg.mkPen(color(palette.cursor), width=1))
            line.setHoverPen(pg.mkPen(color(palette.cursor), width=3))
            line.label.setColor(color(palette.cursor))
