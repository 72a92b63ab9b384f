"""The table of the signal check: a channel a row, its grade as a shape, what is wrong in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from emgspasm.desk.palette import Palette
from emgspasm.stream import Channel
from emgspasm.viewer.checking.grading import Checked, Poles, pair_words, worst
from emgspasm.viewer.ink import badge, color
from emgspasm.viewer.panels.layer import blank

COLUMNS = (
    ("channel", "Label, and its grade"),
    ("noise \N{MICRO SIGN}V", "RMS of the face at rest; good under 3, poor over 5"),
    ("mains dB", "Height of 50 or 60 Hz over its neighbours; fair over 6"),
    ("range %", "Largest magnitude, of what the recorder can represent; railed from 90"),
    ("lost %", "Samples that are missing"),
    ("P k\N{OHM SIGN}", "Impedance of the positive electrode; fair over 10, poor over 20"),
    ("N k\N{OHM SIGN}", "Impedance of the negative electrode"),
    ("what is wrong", "In words"),
)


class CheckTable(QTableWidget):
    """Grades and numbers of all channels.

    Attributes
    ----------
    chosen : Signal
        Label of the channel of the current row.
    """

    chosen = Signal(str)

    def __init__(
        self, channels: Sequence[Channel], palette: Palette, parent: QWidget | None = None
    ) -> None:
        super().__init__(len(channels), len(COLUMNS), parent)
        self._channels, self._palette = channels, palette
        self._grades: list[str | None] = [None] * len(channels)
        for k, (name, tells) in enumerate(COLUMNS):
            item = QTableWidgetItem(name)
            item.setToolTip(tells)
            item.setTextAlignment(_alignment(k))
            self.setHorizontalHeaderItem(k, item)
        for row, channel in enumerate(channels):
            for column in range(len(COLUMNS)):
                item = QTableWidgetItem(channel.name if column == 0 else "")
                item.setTextAlignment(_alignment(column))
                self.setItem(row, column, item)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAccessibleName("Signal check: a channel a row")
        self.currentCellChanged.connect(lambda row, *_: self._choose(row))
        self.dress(palette)

    def dress(self, palette: Palette) -> None:
        """Change the colours."""
        self._palette = palette
        self._grades = [None] * len(self._channels)
        self.setStyleSheet(
            f"QTableWidget {{ background: {palette.panel}; color: {palette.text}; "
            f"border: none; outline: 0; selection-background-color: {palette.raised}; "
            f"selection-color: {palette.text}; }}"
            f"QHeaderView::section {{ background: {palette.panel}; color: {palette.faint}; "
            f"border: none; border-bottom: 1px solid {palette.line}; padding: 3px 6px; }}"
            f"QTableWidget:focus {{ border: 2px solid {palette.accent}; }}"
        )
        for row, channel in enumerate(self._channels):
            self._cell(row, 0).setForeground(color(palette.side_color(channel.side)))
        self.fit()

    def fit(self) -> None:
        """Take the room that the font needs."""
        em = self.fontMetrics().height()
        self.setIconSize(QSize(round(0.8 * em), round(0.8 * em)))
        header, wide = self.horizontalHeader(), self.fontMetrics().horizontalAdvance
        header.setMinimumSectionSize(em)
        self.setColumnWidth(0, max(wide(channel.name) for channel in self._channels) + 3 * em)
        for column in range(1, len(COLUMNS) - 1):
            self.setColumnWidth(column, round(1.1 * wide(COLUMNS[column][0])) + em)
        header.setStretchLastSection(True)
        header.setMinimumHeight(round(1.7 * em))
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(0)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(round(1.55 * em))

    def show_checks(self, checks: Sequence[Checked], poles: Poles) -> None:
        """Write what has changed; impedances have columns once any is known."""
        for column in _POLES:
            self.setColumnHidden(column, not poles)
        signal = {checked.channel: checked for checked in checks}
        for row, channel in enumerate(self._channels):
            checked = signal.get(channel.name)
            numbers = [""] * 4 if checked is None else map(
                _number, (checked.noise, checked.line_ratio, checked.reach, checked.dropped)
            )  # fmt: skip
            own = [poles.get((channel.name, pole)) for pole in _POLES.values()]
            ohms = [_number(electrode.ohm / 1000) if electrode else "" for electrode in own]
            reason = checked.reason if checked else ""
            wrong = "; ".join(filter(None, (reason, pair_words(poles, channel.name))))
            for column, text in enumerate((*numbers, *ohms, wrong), start=1):
                self._write(row, column, text)
            electrodes = [electrode.grade for electrode in own if electrode]
            self._grade(row, worst([checked.grade if checked else "", *electrodes]))

    def _write(self, row: int, column: int, text: str) -> None:
        item = self._cell(row, column)
        if item.text() != text:
            item.setText(text)
            item.setToolTip(text if column == len(COLUMNS) - 1 else "")

    def _grade(self, row: int, grade: str) -> None:
        if grade != self._grades[row]:
            self._grades[row] = grade
            item = self._cell(row, 0)
            item.setIcon(self._icon(grade))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{self._channels[row].name}, {grade}")
            item.setToolTip(grade or "not known yet")

    def _icon(self, grade: str) -> QIcon:
        size = self.iconSize()
        pixmap = blank(size, self.devicePixelRatioF())
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._palette.grade_color(grade)))
        painter.drawPath(badge(grade, QRectF(0.5, 0.5, size.width() - 1, size.height() - 1)))
        painter.end()
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # a chosen row keeps its colours
        return icon

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        assert item is not None  # all were made with the table
        return item

    def _choose(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(self._channels[row].name)


_POLES = {5: "P", 6: "N"}


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Numbers to the right, words to the left."""
    number = 0 < column < len(COLUMNS) - 1
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _number(value: float) -> str:
    """One digit after the point under a hundred; ``n/a`` where nothing is known."""
    if value != value:
        return "n/a"
    return f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"
