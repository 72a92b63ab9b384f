"""The bar of a live stream: record, markers by number, markers by text."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from emgspasm.config import MARKER_KEYS, MarkerTable
from emgspasm.system import host_time
from emgspasm.viewer.style import styled
from emgspasm.viewer.toolbar import Buttons, button


class MarkerBar(QWidget):
    """Record, and everything that marks.

    Parameters
    ----------
    actions : mapping
        By name of :data:`emgspasm.viewer.actions.ACTS`.

    Attributes
    ----------
    marked : Signal(str, float)
        A text, and the host time at which it was meant (s).
    """

    marked = Signal(str, float)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = MarkerTable().texts
        self._marks = {digit: self._digit(digit) for digit in MARKER_KEYS}
        self._line = QLineEdit(placeholderText="marker text (M)")
        self._line.setAccessibleName("Marker text")
        self._line.setMaximumWidth(220)
        self._line.installEventFilter(self)
        self._line.returnPressed.connect(self._typed)
        self._began = 0.0
        self._line.textEdited.connect(self._edited)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(4)
        row.addWidget(styled(button(actions["record"], self), "record"))
        self._again = button(actions["again"], self)
        self._again.hide()
        row.addWidget(self._again)
        row.addSpacing(8)
        row.addWidget(styled(QLabel("Markers"), "faint"))
        row.addWidget(self._line)
        buttons = Buttons()
        buttons.add(actions["undo"])
        buttons.addSeparator()
        for mark in self._marks.values():
            buttons.add(mark)
        row.addWidget(buttons, 1)
        row.addWidget(button(actions["check"], self))

    def show_markers(self, markers: MarkerTable) -> None:
        """Show what the digits mark; those without a text stay hidden, but mark all the same."""
        self._texts = markers.texts
        for digit, mark in self._marks.items():
            mark.setVisible(digit in markers.keys)
            mark.setText(f"{digit} {self._texts[digit]}")

    def offer_again(self, *, ended: bool) -> None:
        """Offer to look for the board again, where its stream has ended."""
        self._again.setVisible(ended)

    def press(self, digit: str) -> None:
        """Mark what a digit stands for."""
        self.marked.emit(self._texts[digit], host_time())

    def type(self) -> None:
        """Let a marker's text be typed; it is set where that began."""
        self._began = host_time()
        self._line.setFocus()

    def _digit(self, digit: str) -> QAction:
        """Marks what a digit stands for; the key itself is the window's."""
        mark = QAction(self)
        mark.triggered.connect(lambda _=False: self.press(digit))
        return mark

    def _edited(self, text: str) -> None:
        if text and not self._began:
            self._began = host_time()

    def _typed(self) -> None:
        text = self._line.text().strip()
        if text:
            self.marked.emit(text, self._began or host_time())
        self._leave()

    def _leave(self) -> None:
        self._line.clear()
        self._began = 0.0
        self._line.clearFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Escape give the text up; one that is left before it began, begins anew."""
        if event.type() == QEvent.Type.FocusOut and not self._line.text():
            self._began = 0.0
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()  # letters are letters while a text is typed
            return True
        return super().eventFilter(watched, event)
