"""All that lies in the window: traces and panels, the bars around them, what lies over them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from emgspasm.viewer.desk import Desk
from emgspasm.viewer.help import HelpPage
from emgspasm.viewer.marker_bar import MarkerBar
from emgspasm.viewer.notice import Notice
from emgspasm.viewer.palette import Palette
from emgspasm.viewer.replay_bar import ReplayBar
from emgspasm.viewer.side_panel import SidePanel
from emgspasm.viewer.status_line import StatusLine
from emgspasm.viewer.style import styled
from emgspasm.viewer.toolbar import ToolBar
from emgspasm.viewer.traces import TracesView

SIZES = [1100, 330]
"""Pixels of traces and panels at first; the user drags the border between them."""


class Surface(QWidget):
    """What the window shows.

    Parameters
    ----------
    actions : mapping
        By name of :data:`emgspasm.viewer.actions.ACTS`.
    palette : Palette
    """

    def __init__(self, actions: Mapping[str, QAction], palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.tool_bar = ToolBar(actions)
        self.traces = TracesView(palette)
        self.replay_bar, self.marker_bar = ReplayBar(actions), MarkerBar(actions)
        self.status = StatusLine()
        self.side: SidePanel | None = None
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self.traces)
        self._splitter.setStretchFactor(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.tool_bar)
        column.addWidget(self._splitter, 1)
        column.addWidget(self.replay_bar)
        column.addWidget(self.marker_bar)
        column.addWidget(self.status)
        self._banner = styled(QLabel(self.traces), "banner")
        self._banner.hide()
        self.notice = Notice(self.traces)
        self.help = HelpPage(palette, self)

    def show_desk(self, desk: Desk, *, live: bool, mirrored: bool) -> None:
        """Make room for a stream: its panels, and the bar it is led by."""
        if self.side is not None:
            self.side.setParent(None)
            self.side.deleteLater()
        self.side = SidePanel(desk.feed.info, self._palette)
        self.side.set_mirrored(mirrored)
        self._splitter.addWidget(self.side)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.setSizes(SIZES)
        self.replay_bar.setVisible(not live)
        self.marker_bar.setVisible(live)

    def dress(self, palette: Palette) -> None:
        """Take other colours, or other sizes of text."""
        self._palette = palette
        self.traces.dress(palette)
        self.help.dress(palette)
        if self.side is not None:
            self.side.dress(palette)

    def say_frozen(self, text: str) -> None:
        """Say over the traces that they are held; ``""`` says nothing."""
        self._banner.setText(text)
        self._banner.adjustSize()
        self._banner.setVisible(bool(text))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what lies over the window in its place."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self._banner.move((self.traces.width() - self._banner.width()) // 2, 0)
        self._banner.raise_()
        self.notice.place()
        margin = 40
        self.help.setGeometry(self.rect().adjusted(margin, margin, -margin, -margin))
        self.help.raise_()
