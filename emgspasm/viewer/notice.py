"""What people should know, said over the traces for a while."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from emgspasm.viewer.style import styled

LASTS = 8000
"""Milliseconds that a sentence stays, unless it must."""


class Notice(QLabel):
    """One sentence at a time, the newest; those that must stay do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over_what = parent
        styled(self, "notice")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.said: deque[str] = deque(maxlen=100)
        self._over = QTimer(self, singleShot=True, interval=LASTS)
        self._over.timeout.connect(self.hide)
        self.hide()

    def tell(self, text: str, *, stays: bool = False) -> None:
        """Say a sentence."""
        self.said.append(text)
        self.setText(text)
        self.show()
        self.place()
        if stays:
            self._over.stop()
        else:
            self._over.start()

    def place(self) -> None:
        """Lie at the lower edge of the traces, as wide as they allow."""
        parent = self._over_what
        wide = min(720, max(200, parent.width() - 80))
        self.setFixedWidth(wide)
        self.adjustSize()
        self.move((parent.width() - wide) // 2, parent.height() - self.height() - 40)
        self.raise_()

    def mousePressEvent(self, event: object) -> None:  # noqa: ARG002  Qt's signature
        """Go away when clicked."""
        self.hide()
