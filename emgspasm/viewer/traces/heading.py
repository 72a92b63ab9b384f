"""The line over the traces: whose side is where."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from emgspasm.desk.lanes import headings
from emgspasm.desk.palette import Palette
from emgspasm.stream import StreamInfo
from emgspasm.viewer.style import styled

LEFT = 10
"""Pixels before the first heading, as before the names of the lines below it [design]."""


class Heading(QWidget):
    """A heading over each column, and between them how the face is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = (styled(QLabel(), "side"), styled(QLabel(), "side"))
        self.between = styled(QLabel(), "faint")
        self.between.setMinimumWidth(1)  # larger text never widens the window
        self.between.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(LEFT, 0, 0, 0)
        row.addWidget(self.columns[0], 0, Qt.AlignmentFlag.AlignLeft)
        row.addWidget(self.between, 1)
        row.addWidget(self.columns[1], 0, Qt.AlignmentFlag.AlignRight)

    def tell(self, info: StreamInfo, palette: Palette, *, mirrored: bool) -> None:
        """Write over the channels of a stream; `mirrored` is as seen face to face."""
        words = headings(info, mirrored=mirrored)
        sided = words[0].startswith("PATIENT")
        for label, word in zip(self.columns, words, strict=True):
            side = word.split()[-1].lower() if sided else None
            label.setText(word)
            label.setStyleSheet(f"color: {palette.side_color(side)}")
        if not sided:
            self.between.setText("the channels name no sides: give a montage")
        elif mirrored:
            self.between.setText("as seen face to face")
        else:
            self.between.setText("as the patient feels it (not mirrored)")

    def make_room(self, height: int, beside: int) -> int:
        """Keep room for what lies over the middle, or under the heading where it would cover it.

        Parameters
        ----------
        height : int
            Of what lies there, in pixels; 0 is nothing.
        beside : int
            Pixels that it leaves at either side.

        Returns
        -------
        int
            Where its upper edge goes.
        """
        covered = height > 0 and beside < max(c.sizeHint().width() for c in self.columns)
        self._row.setContentsMargins(LEFT, 0, 0, height if covered else 0)
        return max(c.sizeHint().height() for c in self.columns) if covered else 0
