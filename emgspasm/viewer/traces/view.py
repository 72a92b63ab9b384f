"""The two columns of traces: left against right, with axes, cursors and words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from emgspasm.desk.feed import Feed
from emgspasm.desk.lanes import Line, arrange
from emgspasm.desk.palette import Palette
from emgspasm.desk.strip import Strip
from emgspasm.desk.words import LaneText
from emgspasm.stream import Channel
from emgspasm.viewer.ink import color
from emgspasm.viewer.traces.canvas import Canvas
from emgspasm.viewer.traces.column import Column
from emgspasm.viewer.traces.heading import Heading
from emgspasm.viewer.traces.lettering import Label
from emgspasm.viewer.traces.picture import Picture, View, centre, colours, lanes

COLUMNS = (0, 1)

NOTCH = 120
"""What a wheel turns by in a step, in eighths of a degree (Qt)."""


class TracesView(QWidget):
    """Left column and right column of traces.

    Parameters
    ----------
    palette : Palette
    parent : QWidget, optional

    Attributes
    ----------
    gain_turned, time_turned : Signal(int)
        The wheel was turned by so many steps, alone or with Ctrl.
    moved : Signal(float)
        Shift and the wheel: by so many time bases.
    cursors_moved : Signal
    """

    gain_turned = Signal(int)
    time_turned = Signal(int)
    moved = Signal(float)
    cursors_moved = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette, self._view = palette, View()
        self._feed: Feed | None = None
        self._page: Strip | None = None
        self._lines: tuple[Line, ...] = ()
        self._offsets: NDArray[np.float64] = np.zeros(0)
        self._shown_page = -1
        self._turned = 0
        self.canvas = Canvas()
        self.columns = tuple(Column(self.canvas, place, palette) for place in COLUMNS)
        self.heading = Heading()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(self.heading)
        rows.addWidget(self.canvas, 1)
        self._late = QTimer(self, singleShot=True, interval=0)
        self._late.timeout.connect(self._rebuild)
        for column in self.columns:
            column.view.sigResized.connect(self._late.start)
            for name, line in zip("AB", column.cursors, strict=True):
                line.sigPositionChanged.connect(
                    lambda moved, n=name: self._follow(n, moved.value())
                )
        self.dress(palette)

    @property
    def strip(self) -> Strip | None:
        """What is shown: a page that stands still, or the stream."""
        return self._page or (self._feed.strip if self._feed else None)

    @property
    def view(self) -> View:
        """How it is shown."""
        return self._view

    @property
    def stretch(self) -> tuple[float, float]:
        """First and last second that are shown."""
        if self._feed is None:
            return 0.0, 0.0
        fs = self._feed.sampling_frequency
        last = self._page.stop / fs if self._page else self._feed.strip.stop / fs
        return last - self._view.seconds, last

    def dress(self, palette: Palette) -> None:
        """Take other colours, or other sizes of text."""
        self._palette = palette
        self._fit_axes()
        self.canvas.setBackground(color(palette.panel))
        for column in self.columns:
            column.dress(palette)
        self._tell_heading()
        self._late.start()

    def show_feed(self, feed: Feed) -> None:
        """Show a stream from now on."""
        self._feed, self._page = feed, None
        self._offsets = np.zeros(len(feed.column_of))
        self._arrange()

    def show_view(self, view: View) -> None:
        """Show it like this."""
        turned = view.mirrored != self._view.mirrored
        self._view = view
        if turned:
            self._arrange()
        else:
            self._late.start()

    def show_page(self, page: Strip | None) -> None:
        """Show a page that stands still; None goes on with the stream.

        Cursors stay within it: beyond, nothing could be measured.
        """
        self._page = page
        for column in self.columns:
            for line in column.cursors:
                line.setBounds(self.stretch)
        self._rebuild()

    @property
    def main_track(self) -> str:
        """What is measured: the filtered signal where it is drawn, else what is."""
        tracks = self._view.tracks
        return "filtered" if "filtered" in tracks else "raw" if "raw" in tracks else "envelope"

    def advance(self) -> None:
        """Draw what has come; call it once a frame."""
        if self._feed is None or self._page is not None:
            return
        for column in self.columns:
            column.sweep.go_on()
        page = self.columns[0].sweep.page
        if page != self._shown_page and not self._view.scrolls:
            self._shown_page = page
            self._find_offsets()

    def refresh(self, start: int, stop: int) -> None:
        """Draw samples anew whose meaning has become known."""
        if self._page is None:
            for column in self.columns:
                column.sweep.refresh(start, stop)

    def redraw(self) -> None:
        """Draw everything anew, the raw traces on their lines."""
        self._rebuild()

    def _find_offsets(self) -> None:
        """Where the raw traces are, if they are drawn."""
        strip = self.strip
        if strip is not None and self._feed is not None and "raw" in self._view.tracks:
            centre(self._offsets, strip, self._feed.sampling_frequency)

    def show_texts(self, texts: dict[int, LaneText]) -> None:
        """Write beside the lines, by EMG channel."""
        for place, column in zip(COLUMNS, self.columns, strict=True):
            found = [line.on(place) for line in self._lines]
            shown = [None if c is None else texts.get(c) for c in found]
            column.lane_axis.show_texts(tuple(shown))

    def show_labels(self, labels: list[tuple[frozenset[int] | None, int, str, str]]) -> None:
        """Write on the traces.

        Parameters
        ----------
        labels : list of (channels or None, sample, text, colour)
            On the topmost line of these channels in each column; None is a marker of all.
        """
        for column in self.columns:
            shown = []
            for channels, sample, text, colour in labels:
                if channels is None:
                    shown.append(Label(sample, text, colour))
                    continue
                on = [k for k, channel in enumerate(column.channels) if int(channel) in channels]
                shown += [Label(sample, text, colour, k) for k in on[:1]]
            column.sweep.show_labels(shown)

    def show_notes(self, notes: dict[int, str]) -> None:
        """Write at the right end of the lines, by EMG channel."""
        for column in self.columns:
            column.sweep.show_notes(tuple(notes.get(int(c), "") for c in column.channels))

    def _arrange(self) -> None:
        if self._feed is None:
            return
        self._lines = arrange(self._feed.info, mirrored=self._view.mirrored)
        for place, column in zip(COLUMNS, self.columns, strict=True):
            found = [(k, line.on(place)) for k, line in enumerate(self._lines)]
            kept = [(k, channel) for k, channel in found if channel is not None]
            column.rows = np.array([k for k, _ in kept], np.int64)
            column.channels = np.array([channel for _, channel in kept], np.int64)
        self._fit_axes()
        self._tell_heading()
        self._rebuild()

    def _fit_axes(self) -> None:
        if self._feed is None:
            return
        names = [channel.name for channel in self._feed.emg.channels]
        for column in self.columns:
            column.lane_axis.fit(names)

    def _tell_heading(self) -> None:
        if self._feed is not None:
            self.heading.tell(self._feed.info, self._palette, mirrored=self._view.mirrored)

    def _rebuild(self) -> None:
        """Draw everything anew: the size, the view or what is shown has changed."""
        self._late.stop()
        strip, feed = self.strip, self._feed
        if strip is None or feed is None:
            return
        self._find_offsets()
        dot = max(1, round(self.devicePixelRatioF()))
        for column in self.columns:
            rect = column.view.rect()
            width, height = int(rect.width()) * dot, int(rect.height()) * dot
            if width < 8 or height < 8:
                continue
            channels: list[Channel] = [feed.emg.channels[int(c)] for c in column.channels]
            picture = Picture(
                height, width, dot, self._view, feed.sampling_frequency, column.channels,
                lanes(column.rows, len(self._lines), height), colours(self._palette, channels),
            )  # fmt: skip
            column.sweep.still = self._page is not None
            column.sweep.show_picture(picture, strip, self._offsets, self._palette)
        self._range()

    def _range(self) -> None:
        """Set the axes: seconds of the sweep, seconds before now, or seconds of the recording."""
        assert self._feed is not None  # a picture is drawn
        seconds = self._view.seconds
        for column in self.columns:
            low = 0.0
            if self._page is not None:
                low = column.sweep.right_edge / self._feed.sampling_frequency - seconds
            elif self._view.scrolls:
                low = -seconds
            column.time_axis.tell(absolute=self._page is not None)
            column.view.setRange(
                xRange=(low, low + seconds), yRange=(0, max(1, len(self._lines))), padding=0
            )  # fmt: skip

    def show_cursors(self, times: tuple[float, float] | None) -> None:
        """Show both cursors at these seconds of the recording; None hides them."""
        for column in self.columns:
            for k, line in enumerate(column.cursors):
                line.setVisible(times is not None)
                if times is not None:
                    line.setValue(times[k])

    @property
    def cursors(self) -> tuple[float, float] | None:
        """Where the cursors stand, in seconds of the recording; None while they are hidden."""
        first, second = self.columns[0].cursors
        return (first.value(), second.value()) if first.isVisible() else None

    def _follow(self, name: str, value: float) -> None:
        """Keep the cursors of both columns together."""
        for column in self.columns:
            line = column.cursors["AB".index(name)]
            if line.value() != value:
                line.setValue(value)
        self.cursors_moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn gain, time base (Ctrl) or time (Shift)."""
        event.accept()
        self._turned += event.angleDelta().y() or event.angleDelta().x()
        steps = int(self._turned / NOTCH)  # touchpads turn by parts of a step
        self._turned -= steps * NOTCH
        if not steps:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.time_turned.emit(steps)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.moved.emit(-steps / 8)
        else:
            self.gain_turned.emit(steps)
