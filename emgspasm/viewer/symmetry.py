"""Left against right: mirrored bars of every muscle, and the laterality index under them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from emgspasm.stream import StreamInfo
from emgspasm.synkinesis.laterality import DOUBTFUL, UNILATERAL
from emgspasm.viewer.ink import color, focus_frame, font_of
from emgspasm.viewer.layer import Layer
from emgspasm.viewer.meter import Meter, verdict
from emgspasm.viewer.muscles import Pair, full_name, pairs
from emgspasm.viewer.palette import Palette


class Symmetry(QWidget):
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
        super().__init__(parent)
        self._pairs, self._palette, self._mirrored = pairs(info), palette, True
        self._n_channels = len(info.columns())
        self._layer = Layer()
        self.setAccessibleName("Symmetry: left against right, muscle by muscle")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear()

    def clear(self) -> None:
        """Forget everything: another recording begins."""
        self.meter = Meter(self._n_channels)
        self._shown: list[tuple[object, ...]] = []
        self._layer.drop()
        self.update()

    def dress(self, palette: Palette) -> None:
        """Change the colours."""
        self._palette = palette
        self._layer.drop()
        self.update()

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the person's right on the left, as seen face to face, or their left."""
        self._mirrored = mirrored
        self._layer.drop()
        self.update()

    def update_levels(self, envelope: NDArray[np.float64], noise: NDArray[np.float64]) -> None:
        """Take the present amplitudes.

        Parameters
        ----------
        envelope, noise : ndarray, shape (n_emg_channels,)
            RMS since the last call, and noise level, in uV; NaN where unknown.
        """
        scale = self.meter.range
        self.meter.take(envelope, noise)
        if self.meter.range != scale:
            self._layer.drop()
            self.update()
        shown = [self._state(pair) for pair in self._pairs]
        for k, state in enumerate(shown):
            if k >= len(self._shown) or state != self._shown[k]:
                self.update(self._row(k).toAlignedRect())
        self._shown = shown

    def _state(self, pair: Pair) -> tuple[object, ...]:
        """What is seen of a row: as long as it stays the same, nothing is painted."""
        columns = [c for c in (pair.left, pair.right) if c is not None]
        values = [v[c] for c in columns for v in (self.meter.amplitude, self.meter.peak)]
        return (*map(self._length, values), f"{self.meter.index(pair):.2f}")

    def _length(self, microvolts: float) -> int:
        """Length of a bar in half pixels."""
        known = microvolts if microvolts == microvolts else 0.0
        return round(2 * self._arm() * min(1.0, known / self.meter.range))

    # --- places -----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Room for all muscles."""
        em = self.fontMetrics().height()
        return QSize(22 * em, round((2.4 + 2.1 * max(1, len(self._pairs))) * em))

    def minimumSizeHint(self) -> QSize:
        """Least room in which it can be read."""
        em = self.fontMetrics().height()
        return QSize(14 * em, round((2.2 + 1.5 * max(1, len(self._pairs))) * em))

    def _em(self) -> float:
        return float(self.fontMetrics().height())

    def _arm(self) -> float:
        """Longest bar, in pixels."""
        return max(8.0, (self.width() - 3.2 * self._em() - self._margin() - 1.2 * self._em()) / 2)

    def _margin(self) -> float:
        """Width of the column of numbers."""
        return 3.8 * self._em()

    def _middle(self) -> float:
        return 0.6 * self._em() + self._arm() + 1.6 * self._em()

    def _row(self, k: int) -> QRectF:
        em = self._em()
        top, bottom = round(1.35 * em), self.height() - 1.2 * em
        height = int(min(3.0 * em, (bottom - top) / max(1, len(self._pairs))))
        return QRectF(0, top + k * height, self.width(), height)

    def _bar(self, k: int, side: str, length: float) -> QRectF:
        row, half = self._row(k), 1.6 * self._em()
        y, height = row.y() + 0.16 * row.height(), 0.40 * row.height()
        if self._points_left(side):
            return QRectF(self._middle() - half - length, y, length, height)
        return QRectF(self._middle() + half, y, length, height)

    def _points_left(self, side: str) -> bool:
        return (side == "right") == self._mirrored

    def _place(self, li: float) -> float:
        """Where an index lies on the screen."""
        reach = self._arm() + 1.6 * self._em()
        return self._middle() + li * reach * (-1 if self._mirrored else 1)

    def _track(self, k: int) -> QRectF:
        row = self._row(k)
        reach = self._arm() + 1.6 * self._em()
        y = row.y() + 0.70 * row.height()
        return QRectF(self._middle() - reach, y, 2 * reach, max(3.0, 0.14 * row.height()))

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the layer of what is fixed, and the bars on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._layer.show(painter, self, QRectF(event.rect()), self._paint_fixed)
        for k, pair in enumerate(self._pairs):
            if self._row(k).intersects(QRectF(event.rect())):
                self._paint_row(painter, k, pair)
        focus_frame(painter, self, self._palette)

    def _paint_fixed(self, painter: QPainter) -> None:
        palette, em = self._palette, self._em()
        painter.fillRect(self.rect(), color(palette.panel))
        if not self._pairs:
            painter.setPen(color(palette.faint))
            text = "no channel says its muscle and side:\na montage tells them"
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        for side, name in (("left", "L left"), ("right", "R right")):
            painter.setPen(color(palette.side_color(side)))
            painter.setFont(font_of(self.font(), bold=True))
            where = self._bar(0, side, self._arm())
            where.moveTop(0.15 * em)
            where.setHeight(1.2 * em)
            painter.drawText(where, _outwards(self._points_left(side)), name)
        painter.setFont(font_of(self.font(), 0.9))
        painter.setPen(color(palette.faint))
        numbers = QRectF(self.width() - self._margin(), 0.15 * em, self._margin(), 1.2 * em)
        painter.drawText(numbers, Qt.AlignmentFlag.AlignCenter, "index")
        self._paint_scale(painter)
        for k, pair in enumerate(self._pairs):
            self._paint_tracks(painter, k, pair)

    def _paint_scale(self, painter: QPainter) -> None:
        em = self._em()
        y = self._row(len(self._pairs) - 1).bottom()
        for side in ("left", "right"):
            where = self._bar(0, side, self._arm())
            where.moveTop(y)
            where.setHeight(1.1 * em)
            align = _outwards(self._points_left(side))
            painter.drawText(where, align, f"{self.meter.range:g} uV")
        middle = QRectF(self._middle() - 1.6 * em, y, 3.2 * em, 1.1 * em)
        painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, "0")

    def _paint_tracks(self, painter: QPainter, k: int, pair: Pair) -> None:
        """The muscle's code, the beds of its bars and the bands of its index."""
        palette, row = self._palette, self._row(k)
        painter.setPen(color(palette.text))
        painter.setFont(font_of(self.font(), bold=True))
        label = QRectF(self._middle() - 1.6 * self._em(), row.y(), 3.2 * self._em(),
                       0.72 * row.height())  # fmt: skip
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, pair.muscle)
        painter.setPen(Qt.PenStyle.NoPen)
        for side in ("left", "right"):
            if pair.column(side) is not None:
                painter.setBrush(color(palette.grid))
                painter.drawRoundedRect(self._bar(k, side, self._arm()), 2, 2)
        if pair.left is None or pair.right is None:
            return
        track = self._track(k)
        for low, high, alpha in ((0.0, DOUBTFUL, 0.0), (DOUBTFUL, UNILATERAL, 0.22),
                                 (UNILATERAL, 1.0, 0.5)):  # fmt: skip
            for sign, side in ((1, "right"), (-1, "left")):
                x = sorted((self._place(sign * low), self._place(sign * high)))
                band = QRectF(x[0], track.y(), x[1] - x[0], track.height())
                shade = color(palette.side_color(side), alpha) if alpha else color(palette.gap)
                painter.fillRect(band, shade)
        painter.fillRect(QRectF(self._place(0) - 0.5, track.y() - 2, 1, track.height() + 4),
                         color(palette.faint))  # fmt: skip

    def _paint_row(self, painter: QPainter, k: int, pair: Pair) -> None:
        palette = self._palette
        painter.setPen(Qt.PenStyle.NoPen)
        for side in ("left", "right"):
            column = pair.column(side)
            if column is None:
                continue
            shade = color(palette.side_color(side))
            painter.setBrush(shade)
            length = self._length(self.meter.amplitude[column]) / 2
            painter.drawRoundedRect(self._bar(k, side, length), 2, 2)
            tip = self._bar(k, side, self._length(self.meter.peak[column]) / 2)
            x = tip.left() if self._points_left(side) else tip.right() - 2
            if tip.width() > 2:
                painter.fillRect(QRectF(x, tip.y(), 2, tip.height()), shade)
        if pair.left is not None and pair.right is not None:
            self._paint_index(painter, k, self.meter.index(pair))

    def _paint_index(self, painter: QPainter, k: int, li: float) -> None:
        palette, row, track = self._palette, self._row(k), self._track(k)
        numbers = QRectF(self.width() - self._margin(), row.y(), self._margin(), row.height())
        undefined = li != li
        side = "right" if li > 0 else "left"
        sure = abs(li) >= UNILATERAL
        text = "floor" if undefined else f"{abs(li):.2f}"
        if not undefined and abs(li) >= DOUBTFUL:
            text = f"{side[0].upper()} {text}" + ("" if sure else "?")
        painter.setFont(font_of(self.font(), 0.95, bold=sure and not undefined))
        painter.setPen(color(palette.side_color(side) if sure else palette.faint))
        painter.drawText(numbers, Qt.AlignmentFlag.AlignCenter, text)
        if undefined:
            return
        radius = max(3.5, 0.16 * row.height())
        shade = color(palette.side_color(side) if sure else palette.midline)
        painter.setPen(QPen(color(palette.panel), 1.5))
        painter.setBrush(shade)
        painter.drawEllipse(QPointF(self._place(li), track.center().y()), radius, radius)

    # --- what Qt asks -----------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Tell the row under the mouse in words."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = QPointF(event.pos())
            for k, pair in enumerate(self._pairs):
                if self._row(k).contains(place):
                    QToolTip.showText(event.globalPos(), self._told(pair), self)
                    return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew in another font."""
        if event.type() == QEvent.Type.FontChange:
            self._layer.drop()
            self.updateGeometry()
        super().changeEvent(event)

    def _told(self, pair: Pair) -> str:
        parts = [
            f"{side} {self.meter.amplitude[column]:.0f} uV"
            for side in ("left", "right")
            if (column := pair.column(side)) is not None
        ]
        said = verdict(self.meter.index(pair)) if len(parts) == 2 else "the other is not recorded"
        return f"{full_name(pair.muscle)}: {', '.join(parts)} over the noise; {said}"


def _outwards(points_left: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if points_left else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
