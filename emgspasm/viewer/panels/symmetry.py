"""Left against right: mirrored bars of every muscle, and the laterality index under them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from emgspasm.desk.meter import Meter, short
from emgspasm.desk.muscles import Pair, full_name, pairs
from emgspasm.desk.palette import Palette
from emgspasm.desk.words import unit_of
from emgspasm.stream import StreamInfo
from emgspasm.synkinesis.readings.laterality import DOUBTFUL, UNILATERAL
from emgspasm.viewer.ink import color, focus_frame, font_of
from emgspasm.viewer.panels.bars import lay_out
from emgspasm.viewer.panels.layer import Layer
from emgspasm.viewer.panels.panel import Panel

EACH = 4
"""Updates of the bars for one of the indices: numbers that change faster cannot be read
[design]."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is seen of a muscle: lengths in half pixels, the index in percent or none, if known.

    As long as it stays the same, nothing is painted.
    """

    left: int
    left_peak: int
    right: int
    right_peak: int
    percent: int | None
    known: bool


class Symmetry(Panel):
    """Mirrored bars a muscle: noise-corrected amplitude of both sides, one scale for all.

    Under each pair of bars lies the laterality index, from -1 to 1, on the side it leans to:
    its middle is the dead band, then comes the doubtful part, then one side.

    Parameters
    ----------
    info : StreamInfo
        The whole stream; EMG channels with a muscle and a side are shown.
    palette : Palette
    parent : QWidget or None

    Attributes
    ----------
    meter : Meter
        What is shown, in numbers.
    """

    def __init__(self, info: StreamInfo, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__("Symmetry: left against right, muscle by muscle", palette, parent)
        self._pairs, self._unit = pairs(info), unit_of(info)
        self._n_channels = len(info.columns())
        self._layer = Layer()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear()

    def clear(self) -> None:
        """Forget everything: another recording begins."""
        self.meter = Meter(self._n_channels)
        self._shown: list[Row] = []
        self._updates = 0
        self._percents: list[int | None] = [None] * len(self._pairs)
        self._stale()

    def _stale(self) -> None:
        em, n_rows = float(self.fontMetrics().height()), len(self._pairs)
        self._bars = lay_out(self.width(), self.height(), em, n_rows, mirrored=self._mirrored)
        self._numbers = font_of(self.font(), 0.95), font_of(self.font(), 0.95, bold=True)
        self._shown = self._rows()
        self._layer.drop()
        super()._stale()

    def update_levels(self, envelope: NDArray[np.float64], noise: NDArray[np.float64]) -> None:
        """Take the present amplitudes.

        Parameters
        ----------
        envelope, noise : ndarray, shape (n_emg_channels,)
            RMS since the last call, and noise level, in uV; NaN where unknown.
        """
        scale = self.meter.range
        self.meter.take(envelope, noise)
        if self._updates % EACH == 0:
            self._percents = [_percent(self.meter.index(pair)) for pair in self._pairs]
        self._updates += 1
        shown = self._rows()
        if self.meter.range != scale:
            self._layer.drop()
            self.update()
        for k, (before, now) in enumerate(zip(self._shown, shown, strict=True)):
            if now != before:
                row = self._bars.row(k)
                if (now.percent, now.known) == (before.percent, before.known):
                    row.setRight(self._bars.numbers(k).left())
                self.update(row.toRect())
        self._shown = shown

    def _rows(self) -> list[Row]:
        return [self._row(*shown) for shown in zip(self._pairs, self._percents, strict=True)]

    def _row(self, pair: Pair, percent: int | None) -> Row:
        amplitude, peak, longest = self.meter.amplitude, self.meter.peak, 2 * self._bars.arm
        lengths = [
            (0, 0)
            if c is None
            else (self._share(amplitude[c], longest), self._share(peak[c], longest))
            for c in (pair.left, pair.right)
        ]
        return Row(*lengths[0], *lengths[1], percent, self.meter.knows(pair))

    def _share(self, microvolts: float, longest: float) -> int:
        if not microvolts > 0:
            return 0
        return round(longest * min(1.0, microvolts / self.meter.range))

    def sizeHint(self) -> QSize:
        """Room for all muscles."""
        em = self.fontMetrics().height()
        return QSize(22 * em, round((2.4 + 2.1 * max(1, len(self._pairs))) * em))

    def minimumSizeHint(self) -> QSize:
        """Least room in which it can be read."""
        em = self.fontMetrics().height()
        return QSize(16 * em, round((2.2 + 1.5 * max(1, len(self._pairs))) * em))

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the layer of what is fixed, and the bars on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        part = QRectF(event.rect())
        self._layer.show(painter, self, part, self._paint_fixed)
        for k, pair in enumerate(self._pairs):
            if not self._bars.row(k).intersects(part):
                continue
            self._paint_row(painter, k, pair, self._shown[k])
            if pair.left is not None and pair.right is not None:
                self._paint_index(painter, k, self._shown[k], part)
        focus_frame(painter, self, self._palette)

    def _paint_fixed(self, painter: QPainter) -> None:
        palette, em = self._palette, self._bars.em
        painter.fillRect(self.rect(), color(palette.panel))
        if not self._pairs:
            painter.setPen(color(palette.faint))
            text = "no channel says its muscle and side:\na montage tells them"
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        for side, name in (("left", "L left"), ("right", "R right")):
            painter.setPen(color(palette.side_color(side)))
            painter.setFont(font_of(self.font(), bold=True))
            where = self._bars.bar(0, side, self._bars.arm)
            where.moveTop(0.15 * em)
            where.setHeight(1.2 * em)
            painter.drawText(where, _outwards(self._bars.points_left(side)), name)
        painter.setFont(font_of(self.font(), 0.9))
        painter.setPen(color(palette.faint))
        numbers = QRectF(self.width() - self._bars.margin, 0.15 * em, self._bars.margin, 1.2 * em)
        painter.drawText(numbers, Qt.AlignmentFlag.AlignCenter, "index")
        self._paint_scale(painter)
        for k, pair in enumerate(self._pairs):
            self._paint_tracks(painter, k, pair)

    def _paint_scale(self, painter: QPainter) -> None:
        em = self._bars.em
        y = self._bars.row(len(self._pairs) - 1).bottom()
        for side in ("left", "right"):
            where = self._bars.bar(0, side, self._bars.arm)
            where.moveTop(y)
            where.setHeight(1.1 * em)
            align = _outwards(self._bars.points_left(side))
            painter.drawText(where, align, f"{self.meter.range:g} {self._unit}")
        middle = QRectF(self._bars.middle - 1.6 * em, y, 3.2 * em, 1.1 * em)
        painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, "0")

    def _paint_tracks(self, painter: QPainter, k: int, pair: Pair) -> None:
        """The muscle's code, the beds of its bars and the bands of its index."""
        palette = self._palette
        painter.setPen(color(palette.text))
        painter.setFont(font_of(self.font(), bold=True))
        painter.drawText(self._bars.code(k), Qt.AlignmentFlag.AlignCenter, pair.muscle)
        painter.setPen(Qt.PenStyle.NoPen)
        for side in ("left", "right"):
            if pair.column(side) is not None:
                painter.setBrush(color(palette.grid))
                painter.drawRoundedRect(self._bars.bar(k, side, self._bars.arm), 2, 2)
        if pair.left is None or pair.right is None:
            return
        track = self._bars.track(k)
        painter.fillRect(track, color(palette.gap))
        for sign, side in ((1, "right"), (-1, "left")):
            for low, high, alpha in ((DOUBTFUL, UNILATERAL, 0.22), (UNILATERAL, 1.0, 0.5)):
                x = sorted((self._bars.place(sign * low), self._bars.place(sign * high)))
                band = QRectF(x[0], track.y(), x[1] - x[0], track.height())
                painter.fillRect(band, color(palette.panel))
                painter.fillRect(band, color(palette.side_color(side), alpha))
        painter.fillRect(QRectF(self._bars.place(0) - 0.5, track.y() - 2, 1, track.height() + 4),
                         color(palette.faint))  # fmt: skip

    def _paint_row(self, painter: QPainter, k: int, pair: Pair, row: Row) -> None:
        sides = (("left", pair.left, row.left, row.left_peak),
                 ("right", pair.right, row.right, row.right_peak))  # fmt: skip
        for side, column, length, peak in sides:
            if column is None:
                continue
            shade = color(self._palette.side_color(side))
            painter.fillRect(self._bars.bar(k, side, length / 2), shade)
            if peak > 4:
                tip = self._bars.bar(k, side, peak / 2)
                x = tip.left() if self._bars.points_left(side) else tip.right() - 2
                painter.fillRect(QRectF(x, tip.y(), 2, tip.height()), shade)

    def _paint_index(self, painter: QPainter, k: int, row: Row, part: QRectF) -> None:
        if self._bars.numbers(k).intersects(part):
            self._paint_number(painter, k, row)
        if row.percent is None:
            return
        palette, li = self._palette, row.percent / 100
        shade = palette.side_color("right" if li > 0 else "left")
        radius = max(3.5, 0.16 * self._bars.height)
        painter.setPen(QPen(color(palette.panel), 1.5))
        painter.setBrush(color(shade if abs(li) >= UNILATERAL else palette.midline))
        middle = QPointF(self._bars.place(li), self._bars.track(k).center().y())
        painter.drawEllipse(middle, radius, radius)

    def _paint_number(self, painter: QPainter, k: int, row: Row) -> None:
        palette, li = self._palette, (row.percent or 0) / 100
        side = "right" if li > 0 else "left"
        sure = abs(li) >= UNILATERAL
        painter.setFont(self._numbers[sure])
        painter.setPen(color(palette.side_color(side) if sure else palette.faint))
        text = short(np.nan if row.percent is None else li, known=row.known)
        painter.drawText(self._bars.numbers(k), Qt.AlignmentFlag.AlignCenter, text)

    # --- words ------------------------------------------------------------------------------

    def _told(self, point: QPointF) -> str:
        """The row there in words."""
        under = [p for k, p in enumerate(self._pairs) if self._bars.row(k).contains(point)]
        return self._words(under[0]) if under else ""

    def _words(self, pair: Pair) -> str:
        parts = [
            f"{side} {_number(self.meter.amplitude[column], self._unit)}"
            for side in ("left", "right")
            if (column := pair.column(side)) is not None
        ]
        said = self.meter.verdict(pair) if len(parts) == 2 else "the other is not recorded"
        return f"{full_name(pair.muscle)}: {', '.join(parts)} over the noise; {said}"


def _outwards(points_left: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if points_left else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _number(amplitude: float, unit: str) -> str:
    return "n/a" if amplitude != amplitude else f"{amplitude:.0f} {unit}"


def _percent(li: float) -> int | None:
    """An index in whole percent; None where it is undefined."""
    return None if li != li else round(100 * li)
