"""How a session is drawn on one line: its lanes, its axis, and what lies on them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from emgspasm.desk.clock import clock
from emgspasm.desk.palette import Palette
from emgspasm.stream import Event
from emgspasm.viewer.ink import color, font_of, side_pen
from emgspasm.viewer.panels.timeline import Lanes, Timeline, ticks

LONGEST = 11
"""Heights of a line that the text of a marker may be wide: the mouse tells the rest."""

LEAST = 2.0
"""Pixels that missing samples are wide at least."""

NAMES = {"L": "L left", "R": "R right", "B": "both"}


@dataclass(frozen=True, slots=True)
class TimelineDrawing:
    """Draws a session.

    Parameters
    ----------
    lanes : Lanes
        Where.
    palette : Palette
    font : QFont
    width : int
        Of the strip, in pixels.
    """

    lanes: Lanes
    palette: Palette
    font: QFont
    width: int

    def paint(self, painter: QPainter, timeline: Timeline) -> None:
        """All that is known of a session."""
        self._paint_sides(painter)
        self._paint_axis(painter)
        for start, stop in timeline.gaps_apart(LEAST / self.lanes.scale):
            self.paint_gap(painter, start, stop)
        self._paint_markers(painter, timeline)
        for event in timeline.events:
            self.paint_event(painter, event, timeline.sampling_frequency)

    def paint_gap(self, painter: QPainter, start: float, stop: float) -> None:
        """Missing samples are grey and hatched, and never narrower than can be seen."""
        lanes, palette = self.lanes, self.palette
        box = lanes.stretch(start, stop, LEAST).adjusted(0, lanes.top, 0, 0)
        painter.fillRect(box, color(palette.gap))
        hatching = QPen(color(palette.faint, 0.8), 1)
        painter.setPen(hatching)
        y = box.top()
        while y < box.bottom():
            painter.drawLine(QPointF(box.left(), y + 3), QPointF(box.right(), y))
            y += 6

    def paint_event(self, painter: QPainter, event: Event, sampling_frequency: float) -> None:
        """A bar of the event's colour."""
        bar = self.lanes.bar(event, sampling_frequency)
        painter.fillRect(bar, color(self.palette.event_color(event.trial_type)))

    def paint_rest(self, painter: QPainter, seconds: float) -> None:
        """Now, and what is still to come of a session of this length."""
        lanes, palette = self.lanes, self.palette
        x = lanes.x(seconds)
        rest = QRectF(x, lanes.top, lanes.right - x, lanes.bottom - lanes.top)
        painter.fillRect(rest, color(palette.window, 0.7))
        painter.fillRect(QRectF(x, 0.2 * lanes.em, 1.5, lanes.bottom), color(palette.text))

    def paint_frame(self, painter: QPainter, frame: QRectF) -> None:
        """What the traces show."""
        painter.setPen(QPen(color(self.palette.accent), 1.5))
        painter.setBrush(color(self.palette.accent, 0.14))
        painter.drawRect(frame.adjusted(0, 1, 0, 0))

    def _paint_sides(self, painter: QPainter) -> None:
        palette, lanes = self.palette, self.lanes
        for side in lanes.order:
            lane = lanes.lane(side)
            painter.fillRect(lane.adjusted(0, 1, 0, 0), color(palette.grid, 0.55))
            painter.setPen(side_pen(palette, side, 2.0))
            painter.drawLine(
                QPointF(lane.left() - 2, lane.top() + 2), lane.bottomLeft() - QPointF(2, 1)
            )
            painter.setPen(color(palette.side_color(side) if side != "B" else palette.faint))
            painter.setFont(font_of(self.font, bold=side != "B"))
            box = QRectF(0, lane.top(), lane.left() - 0.5 * lanes.em, lane.height())
            painter.drawText(box, _RIGHT, NAMES[side])

    def _paint_axis(self, painter: QPainter) -> None:
        palette, lanes = self.palette, self.lanes
        painter.setFont(font_of(self.font, 0.85))
        wide = painter.fontMetrics().horizontalAdvance("0:00:00")
        every, scale = ticks(lanes.seconds, lanes.right - lanes.left, 1.6 * wide)
        painter.setPen(color(palette.faint))
        for k in range(int(lanes.seconds / every) + 1):
            x = lanes.left + k * every * scale
            painter.fillRect(QRectF(x, lanes.top, 1, lanes.bottom - lanes.top), color(palette.line))
            box = QRectF(x - wide, lanes.bottom, 2 * wide, lanes.height - lanes.bottom)
            if box.right() - wide / 2 <= self.width:
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, clock(k * every))

    def _paint_markers(self, painter: QPainter, timeline: Timeline) -> None:
        lanes, palette = self.lanes, self.palette
        painter.setFont(font_of(self.font, 0.85))
        shade = color(palette.accent)
        for onset, duration, _ in timeline.markers:
            if duration > 0:
                band = lanes.stretch(onset, onset + duration, 1.0)
                band = QRectF(band.x(), lanes.top - 3, band.width(), 3)
                painter.fillRect(band, color(palette.accent, 0.55))
            painter.fillRect(QRectF(lanes.x(onset), lanes.top - 6, 1, 6), shade)
        self._write_markers(painter, timeline)

    def _write_markers(self, painter: QPainter, timeline: Timeline) -> None:
        """The texts that have room, each beside a line down to its lane."""
        lanes, palette, metrics = self.lanes, self.palette, painter.fontMetrics()
        longest = LONGEST * lanes.em
        wide = [
            min(metrics.horizontalAdvance(m[2]), longest) + 0.8 * lanes.em
            for m in sorted(timeline.markers)
        ]
        for x, text in timeline.labels(lanes, wide):
            line = QRectF(x, 0.15 * lanes.em, 1, lanes.top - 0.15 * lanes.em)
            painter.fillRect(line, color(palette.accent))
            box = QRectF(x + 3, 0.05 * lanes.em, self.width - x - 3, lanes.top - 0.35 * lanes.em)
            painter.setPen(color(palette.text))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(longest))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
