"""What people should know, said over the traces for a while."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from emgspasm.viewer.style import styled

LASTS = 8000
"""Milliseconds that a sentence stays."""

MOST = 6
"""Sentences that stand at once [design]."""


class Notice(QLabel):
    """The newest sentence, or the newest few."""

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

    def tell(self, text: str) -> None:
        """Say a sentence, in place of what stands there."""
        self.said.append(text)
        self._show(text)

    def add(self, text: str) -> None:
        """Say a sentence below what stands there already; the newest few stay."""
        self.said.append(text)
        standing = self.text().split("\n") if self.isVisible() else []
        new = text.split("\n")
        self._show("\n".join([*(old for old in standing if old not in new), *new][-MOST:]))

    def _show(self, text: str) -> None:
        self.setText(text)
        self.show()
        self.place()
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
