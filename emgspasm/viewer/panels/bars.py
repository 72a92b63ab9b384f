"""Where mirrored bars lie in a panel: a row a muscle, its code in the middle."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF


@dataclass(frozen=True, slots=True)
class Bars:
    """Places of the rows, in pixels.

    Parameters
    ----------
    width : float
        Of the panel.
    em : float
        Height of a line of text.
    top, height : int
        Upper edge of the first row, and height of every row.
    arm : float
        Longest bar.
    middle : float
        Where 0 lies.
    half : float
        Half the width of the muscle's code.
    margin : float
        Width of the column of numbers at the right.
    mirrored : bool
        Whether the person's right is on the left.
    """

    width: float
    em: float
    top: int
    height: int
    arm: float
    middle: float
    half: float
    margin: float
    mirrored: bool

    def points_left(self, side: str) -> bool:
        """Whether the bars of ``left`` or ``right`` go to the left of the screen."""
        return (side == "right") == self.mirrored

    def row(self, k: int) -> QRectF:
        """The whole of row k, on whole pixels."""
        return QRectF(0, self.top + k * self.height, self.width, self.height)

    def code(self, k: int) -> QRectF:
        """Where the muscle's code is written."""
        y = self.top + k * self.height
        return QRectF(self.middle - self.half, y, 2 * self.half, 0.72 * self.height)

    def bar(self, k: int, side: str, length: float) -> QRectF:
        """A bar of a side, so many pixels long."""
        y, height = self.top + (k + 0.16) * self.height, 0.40 * self.height
        if self.points_left(side):
            return QRectF(self.middle - self.half - length, y, length, height)
        return QRectF(self.middle + self.half, y, length, height)

    def track(self, k: int) -> QRectF:
        """The scale of the laterality index under the bars."""
        reach = self.arm + self.half
        y = self.top + (k + 0.70) * self.height
        return QRectF(self.middle - reach, y, 2 * reach, max(3.0, 0.14 * self.height))

    def place(self, li: float) -> float:
        """Where an index lies, 1 at the end of the right side."""
        return self.middle + li * (self.arm + self.half) * (-1 if self.mirrored else 1)

    def numbers(self, k: int) -> QRectF:
        """Where the index is written."""
        y = self.top + k * self.height
        return QRectF(self.width - self.margin, y, self.margin, self.height)


def lay_out(width: float, height: float, em: float, n_rows: int, *, mirrored: bool) -> Bars:
    """Fit rows into a panel, a line of text above and one below them."""
    gap, half, margin = 0.6 * em, 1.6 * em, 3.8 * em
    arm = max(8.0, (width - 2 * half - margin - 2 * gap) / 2)
    top = round(1.35 * em)
    row = max(4, int(min(3.0 * em, (height - 1.2 * em - top) / max(1, n_rows))))
    return Bars(width, em, top, row, arm, gap + arm + half, half, margin, mirrored)
