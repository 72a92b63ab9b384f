"""All that lies in the window: traces and panels, the bars around them, what lies over them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from emgspasm.desk.desk import Desk, News
from emgspasm.desk.palette import Palette
from emgspasm.desk.words import unit_of
from emgspasm.stream import StreamInfo
from emgspasm.viewer.checking.page import SignalCheck
from emgspasm.viewer.help import HelpPage
from emgspasm.viewer.notice import Notice
from emgspasm.viewer.panels.overview import Overview
from emgspasm.viewer.panels.side_panel import SidePanel
from emgspasm.viewer.panels.spectrum import Spectrum
from emgspasm.viewer.recording.bar import MarkerBar
from emgspasm.viewer.replaying.bar import ReplayBar
from emgspasm.viewer.status_line import StatusLine
from emgspasm.viewer.style import styled
from emgspasm.viewer.toolbar import ToolBar
from emgspasm.viewer.traces.view import TracesView

PANELS = 21
"""Heights of a line that the panels are wide at first; the user drags their border."""


class Surface(QWidget):
    """What the window shows.

    Parameters
    ----------
    actions : mapping
        By name of :data:`emgspasm.viewer.actions.ACTS`.
    palette : Palette

    Attributes
    ----------
    picked : Signal(float)
        Seconds that the user wants in the middle of the traces.
    side, overview, spectrum : QWidget or None
        Panels of the stream that is shown.
    check : SignalCheck or None
        Of a live stream; it stays while streams of the same channels come and go.
    """

    picked = Signal(float)

    def __init__(self, actions: Mapping[str, QAction], palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.tool_bar = ToolBar(actions)
        self.traces = TracesView(palette)
        self.replay_bar, self.marker_bar = ReplayBar(actions), MarkerBar(actions)
        self.status = StatusLine()
        self.side: SidePanel | None = None
        self.overview: Overview | None = None
        self.spectrum: Spectrum | None = None
        self.check: SignalCheck | None = None
        self._checked: StreamInfo | None = None
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.addWidget(self.traces, 1)
        self._splitter.addWidget(middle)
        self._splitter.setStretchFactor(0, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._splitter)
        self._check_page = QScrollArea(widgetResizable=True)  # large text never outgrows the screen
        self._check_page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pages.addWidget(self._check_page)
        self._below = QVBoxLayout()
        self._below.setContentsMargins(8, 0, 8, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.tool_bar)
        column.addWidget(self._pages, 1)
        column.addLayout(self._below)
        column.addWidget(self.replay_bar)
        column.addWidget(self.marker_bar)
        column.addWidget(self.status)
        self._review = styled(QLabel(textFormat=Qt.TextFormat.PlainText), "review")
        self._review.setMinimumWidth(1)  # long words never widen the window
        self._review.hide()
        self._below.addWidget(self._review)
        self._banner = styled(QLabel(self.traces), "banner")
        self._banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._banner.hide()
        self.replay_bar.hide()  # until there is a stream to be led
        self.marker_bar.hide()
        self.notice = Notice(self._pages, self.traces)
        self.help = HelpPage(palette, self)

    def show_desk(self, desk: Desk, *, live: bool, mirrored: bool) -> None:
        """Make room for a stream: its panels, and the bar it is led by."""
        info = desk.feed.info
        wide = PANELS * self.fontMetrics().height()
        sizes = [max(wide, self.width() - wide), wide]
        if self.side is not None:
            sizes = self._splitter.sizes()  # where the user has dragged the border
            self.side.setParent(None)
            self.side.deleteLater()
        for panel in (self.overview, self.spectrum):
            if panel is not None:
                panel.hide()
                panel.deleteLater()
        self.side = SidePanel(info, self._palette)
        self.overview, self.spectrum = Overview(info, self._palette), Spectrum(info, self._palette)
        self.spectrum.hide()
        self._middle.addWidget(self.spectrum)
        self._below.addWidget(self.overview)
        self._begin_overview(desk)
        self._prepare_check(info if live else None)
        self.set_mirrored(mirrored)
        self._splitter.addWidget(self.side)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.setSizes(sizes)
        self.tool_bar.show_unit(unit_of(info))
        self.replay_bar.setVisible(not live)
        self.marker_bar.setVisible(live)

    def _begin_overview(self, desk: Desk) -> None:
        assert self.overview is not None  # just made
        self.overview.picked.connect(self.picked)
        if desk.duration is not None:
            self.overview.set_duration(desk.duration)
        for marker in desk.feed.found.markers:
            self.overview.add_marker(marker.onset, marker.text, marker.duration)

    def _prepare_check(self, info: StreamInfo | None) -> None:
        """A signal check for a stream, the one there is if the channels are the same."""
        if self.check is not None and info == self._checked:
            self.check.clear()
            return
        if self.check is not None:
            self._check_page.takeWidget().deleteLater()
        self.check, self._checked = (SignalCheck(info, self._palette) if info else None), info
        if self.check is not None:
            self._check_page.setWidget(self.check)

    def show_check(self, on: bool) -> None:
        """Show the signal check in place of the traces, or the traces."""
        if on and self.check is not None:
            self._pages.setCurrentWidget(self._check_page)
            self.check.setFocus()
        else:
            self._pages.setCurrentWidget(self._splitter)
        self.notice.place()

    def take(self, desk: Desk, news: News) -> None:
        """Take what has happened in a stream."""
        fs, overview = desk.feed.sampling_frequency, self.overview
        if self.side is None or overview is None:
            return
        self.side.take(news)
        for event in news.events:
            overview.add_event(event)
        for said, now in news.amended:
            overview.amend(said, now)
        for start, stop in news.gaps:
            overview.add_gap(start / fs, stop / fs)
        for marker in news.markers:
            overview.add_marker(marker.onset, marker.text, marker.duration)
        for marker in news.undone:
            overview.remove_marker(marker.onset, marker.text)
        if news.jumped:
            overview.set_view(*self.traces.stretch)

    def show_now(self, desk: Desk) -> None:
        """Show how strong every muscle is now, and where in the session that is."""
        if self.side is None or self.overview is None:
            return
        self.side.show_levels(desk.feed)
        self.overview.update_time(desk.stop / desk.feed.sampling_frequency)
        self.overview.set_view(*self.traces.stretch)

    def show_counts(self, desk: Desk) -> None:
        """Show what has been counted, and in how much time."""
        if self.side is not None:
            self.side.show_time(desk.feed)
            self.side.show_refused(refused=bool(desk.refusal))

    def set_mirrored(self, mirrored: bool) -> None:
        """Put the patient's right on the left, or not."""
        for panel in (self.side, self.overview, self.spectrum, self.check):
            if panel is not None:
                panel.set_mirrored(mirrored)

    def dress(self, palette: Palette) -> None:
        """Take other colours, or other sizes of text."""
        self._palette = palette
        self.traces.dress(palette)
        self.help.dress(palette)
        for panel in (self.side, self.overview, self.spectrum, self.check):
            if panel is not None:
                panel.dress(palette)

    def say_frozen(self, text: str) -> None:
        """Say over the traces that they are held; ``""`` says nothing."""
        self._banner.setText(text)
        self._banner.adjustSize()
        self._banner.resize(max(360, self._banner.width()), self._banner.height())
        self._banner.setVisible(bool(text))
        self._place()

    def say_review(self, text: str) -> None:
        """Say where a review is; ``""`` says nothing."""
        self._review.setText(text)
        self._review.setToolTip(text)
        self._review.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what lies over the window in its place."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        free = self.traces.width() - self._banner.width()
        top = self.traces.heading.make_room(
            self._banner.height() * bool(self._banner.text()), free // 2
        )
        self._banner.move(free // 2, top)
        self._banner.raise_()
        self.notice.place()
        margin = 40
        self.help.setGeometry(self.rect().adjusted(margin, margin, -margin, -margin))
        self.help.raise_()
