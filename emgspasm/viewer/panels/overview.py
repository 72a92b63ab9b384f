"""The whole session in a strip: events by side, tasks, lost samples, and what the traces show."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgspasm.desk.palette import Palette
from emgspasm.stream import Event, StreamInfo
from emgspasm.viewer.ink import color, focus_frame
from emgspasm.viewer.panels.layer import Layer
from emgspasm.viewer.panels.panel import Panel
from emgspasm.viewer.panels.timeline import Lanes, Timeline
from emgspasm.viewer.panels.timeline_drawing import NAMES, TimelineDrawing


class Overview(Panel):
    """Where in the session what happened; click or drag to go there.

    Keys: left and right by a view, up and down to the spasm before and the next, Home and End.

    Parameters
    ----------
    info : StreamInfo
    palette : Palette
    parent : QWidget or None

    Attributes
    ----------
    picked : Signal
        Seconds that the user wants in the middle of the view.
    timeline : Timeline
        What is shown.
    """

    picked = Signal(float)

    def __init__(self, info: StreamInfo, palette: Palette, parent: QWidget | None = None) -> None:
        name = "Overview of the session: events of each side, markers, losses"
        super().__init__(name, palette, parent)
        self._fs = info.sampling_frequency
        self._layer = Layer()
        self._frame = QRectF()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.timeline = Timeline(self._fs)
        self._stale()

    def add_event(self, event: Event) -> None:
        """Show an event, wherever in the session it lies."""
        self.timeline.events.append(event)
        bar = self._lanes.bar(event, self._fs)
        self._layer.add(lambda painter: self._drawing.paint_event(painter, event, self._fs))
        self.update(bar.toAlignedRect())

    def amend(self, said: Event, now: Event) -> None:
        """Show an event that was said as what it is called now."""
        self.timeline.events = [now if e == said else e for e in self.timeline.events]
        self._stale()

    def add_gap(self, start: float, stop: float) -> None:
        """Show missing samples, from and to a moment in seconds."""
        self.timeline.gaps.append((start, stop))
        self._layer.add(lambda painter: self._drawing.paint_gap(painter, start, stop))
        self.update()

    def add_marker(self, seconds: float, text: str, duration: float = 0.0) -> None:
        """Show a marker, or a task that lasts, in seconds."""
        self.timeline.markers.append((seconds, duration, text))
        self._stale()

    def remove_marker(self, seconds: float, text: str) -> None:
        """Take back a marker that was undone."""
        kept = [m for m in self.timeline.markers if (m[0], m[2]) != (seconds, text)]
        self.timeline.markers = kept
        self._stale()

    def set_duration(self, seconds: float) -> None:
        """Show a recording of this length, which does not grow."""
        self.timeline.duration = self.timeline.seconds = seconds
        self._stale()

    def update_time(self, seconds: float) -> None:
        """Take the length of a session that grows."""
        if self.timeline.duration is not None:
            return
        before, reached = self.timeline.shown, self._lanes.x(self.timeline.seconds)
        self.timeline.seconds = seconds
        if self.timeline.shown != before:
            self._stale()
        elif round(self._lanes.x(seconds)) != round(reached):
            lanes = self._lanes
            self.update(QRectF(reached - 2, 0, lanes.x(seconds) - reached + 4, self.height())
                        .toAlignedRect())  # fmt: skip

    def set_view(self, start: float, stop: float) -> None:
        """Frame what the traces show, in seconds."""
        self.timeline.view = start, stop
        before = self._frame
        self._frame = self._framed()
        if before != self._frame:
            for frame in (before, self._frame):
                self.update(frame.adjusted(-2, 0, 2, 0).toAlignedRect())

    def _framed(self) -> QRectF:
        """Frame of the view, on whole pixels."""
        if self.timeline.view is None:
            return QRectF()
        start, stop = self.timeline.view
        return QRectF(self._lanes.stretch(max(0.0, start), stop, 4.0).toRect())

    def _stale(self) -> None:
        em, order = float(self.fontMetrics().height()), ("R", "L") if self._mirrored else ("L", "R")
        lead = 1.0 * em + font_width(self, NAMES["R"])
        right = max(lead + 10.0, self.width() - 0.8 * em)
        self._lanes = Lanes(lead, right, self.timeline.shown, em, self.height(), (*order, "B"))
        self._frame = self._framed()
        self._layer.drop()
        super()._stale()

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show what is known, and over it the view and how far the session is."""
        painter = QPainter(self)
        self._layer.show(painter, self, QRectF(event.rect()), self._paint_all)
        if self.timeline.duration is None:
            self._drawing.paint_rest(painter, self.timeline.seconds)
        if not self._frame.isNull():
            self._drawing.paint_frame(painter, self._frame)
        focus_frame(painter, self, self._palette)

    @property
    def _drawing(self) -> TimelineDrawing:
        return TimelineDrawing(self._lanes, self._palette, self.font(), self.width())

    def _paint_all(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), color(self._palette.panel))
        self._drawing.paint(painter, self.timeline)

    # --- what Qt asks -----------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Six lines of text, as wide as there is room."""
        em = self.fontMetrics().height()
        return QSize(60 * em, round(6.6 * em))

    def minimumSizeHint(self) -> QSize:
        """Least room in which sides can be told."""
        em = self.fontMetrics().height()
        return QSize(16 * em, round(5.6 * em))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self._lanes.moment(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse while it is held."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.picked.emit(self._lanes.moment(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go by a view, to a spasm, or to an end."""
        moment = self._wanted(Qt.Key(event.key()))
        if moment is None:
            super().keyPressEvent(event)
        else:
            self.picked.emit(min(max(moment, 0.0), self.timeline.seconds))

    def _wanted(self, key: Qt.Key) -> float | None:
        """Moment to which a key leads; None if it is not for the overview, or leads nowhere."""
        timeline = self.timeline
        start, stop = timeline.view or (0.0, 0.0)
        middle = (start + stop) / 2
        ways = {
            Qt.Key.Key_Left: middle - (stop - start),
            Qt.Key.Key_Right: middle + (stop - start),
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: timeline.seconds,
        }
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return timeline.spasm(middle, -1 if key == Qt.Key.Key_Up else 1)
        return ways.get(key)

    def event(self, event: QEvent) -> bool:
        """Keep keys from the window's shortcuts."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = event.modifiers() in (_NONE, Qt.KeyboardModifier.KeypadModifier)
            if plain and Qt.Key(event.key()) in _KEYS:
                event.accept()
                return True
        return super().event(event)

    def _told(self, point: QPointF) -> str:
        lanes = self._lanes
        moment = lanes.moment(point.x())
        within = 4 * lanes.seconds / max(1.0, lanes.right - lanes.left)
        return "\n".join(self.timeline.told(moment, within))


_NONE = Qt.KeyboardModifier.NoModifier
_KEYS = frozenset(
    {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home,
     Qt.Key.Key_End}
)  # fmt: skip


def font_width(widget: QWidget, text: str) -> float:
    """Pixels of a text in a widget's bold font, with some room."""
    return 1.1 * widget.fontMetrics().horizontalAdvance(text) + 4
