"""What people should know, said over the traces, or what stands in their place, for a while."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from emgspasm.viewer.style import styled

LASTS = 8000
"""Milliseconds that a sentence stays."""

MOST = 6
"""Sentences that stand at once [design]."""


class Notice(QLabel):
    """The newest sentence, or the newest few.

    Parameters
    ----------
    parent : QWidget
    traces : QWidget
        Over which it lies, in the parent; over the whole parent while they are hidden.
    """

    def __init__(self, parent: QWidget, traces: QWidget) -> None:
        super().__init__(parent)
        self._parent, self._traces = parent, traces
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
        """Lie at the lower edge, as wide as there is room."""
        under = self._traces if self._traces.isVisible() else self._parent
        room = QRect(under.mapTo(self._parent, QPoint()), under.size())
        wide = min(720, max(200, room.width() - 80))
        self.setFixedWidth(wide)
        self.resize(wide, self.heightForWidth(wide))  # `adjustSize` is of a width of its own
        self.move(room.center().x() - wide // 2, room.bottom() - self.height() - 40)
        self.raise_()

    def mousePressEvent(self, event: object) -> None:  # noqa: ARG002  Qt's signature
        """Go away when clicked."""
        self.hide()
