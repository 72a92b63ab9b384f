"""The panels beside the traces: the face, both sides as bars, the counters."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from emgspasm.desk.desk import News
from emgspasm.desk.feed import Feed
from emgspasm.desk.palette import Palette
from emgspasm.stream import StreamInfo
from emgspasm.viewer.panels.counters import Counters
from emgspasm.viewer.panels.face_map import FaceMap
from emgspasm.viewer.panels.symmetry import Symmetry
from emgspasm.viewer.style import styled

WINDOW = 0.1
"""Seconds of the envelope that the panels show."""


class SidePanel(QScrollArea):
    """Face map, symmetry and counters of one stream.

    Parameters
    ----------
    info : StreamInfo
    palette : Palette
    """

    def __init__(self, info: StreamInfo, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.face = FaceMap(info, palette)
        self.symmetry = Symmetry(info, palette)
        self.counters = Counters(info, palette)
        self._parts = (self.face, self.symmetry, self.counters)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        for part in self._parts:
            card = styled(QFrame(), "card")
            inside = QVBoxLayout(card)
            inside.setContentsMargins(1, 1, 1, 1)
            inside.addWidget(part)
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(content)
        self.dress(palette)

    def dress(self, palette: Palette) -> None:
        """Take other colours, or other sizes of text: never narrower than can be read."""
        for part in self._parts:
            part.dress(palette)
        widest = max(part.minimumSizeHint().width() for part in self._parts)
        self.setMinimumWidth(widest + self.verticalScrollBar().sizeHint().width() + 12)

    def set_mirrored(self, mirrored: bool) -> None:
        """Put the patient's right on the left, or not."""
        for part in self._parts:
            part.set_mirrored(mirrored)

    def take(self, news: News) -> None:
        """Take what has happened."""
        if news.jumped:
            for part in self._parts:
                part.clear()
        for event in news.passed:
            self.face.add_event(event)
            self.counters.add_event(event)
        for said, now in news.amended:
            self.counters.amend(said, now)
        if news.amended:
            self.face.show_spasm(self.counters.counting.last_spasm)

    def show_levels(self, feed: Feed) -> None:
        """Show how strong every muscle is now."""
        envelope = feed.levels(WINDOW)
        noise = np.asarray(feed.thresholds[0])
        self.symmetry.update_levels(envelope, noise)
        self.face.update_levels(envelope, feed.thresholds, silent=feed.silent)

    def show_time(self, feed: Feed) -> None:
        """Show what has been counted in how much time."""
        fs, stop = feed.sampling_frequency, feed.strip.stop
        self.counters.update_time(stop / fs, feed.levels_log.valid(stop) / fs, feed.untold)

    def show_refused(self, *, refused: bool) -> None:
        """Count nothing where nothing is analyzed: zeros would say that nothing was found."""
        self.face.show_refused(refused=refused)
        untold = self.counters.counting.untold
        self.face.show_sought(sought=not (refused or untold >= {"L", "R"}))
        card = self.counters.parentWidget()
        assert card is not None  # the frame around it
        card.setHidden(refused)
