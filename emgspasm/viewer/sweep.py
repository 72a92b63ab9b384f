"""The item that draws traces and repaints only the strip in which time has advanced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsObject,
    QStyleOptionGraphicsItem,
    QWidget,
)

from emgspasm.viewer.ink import color, font_of
from emgspasm.viewer.palette import Palette
from emgspasm.viewer.picture import Picture, erase, paint
from emgspasm.viewer.strip import Strip

AHEAD = 12
"""Pixels of the design that are blank before the advancing head."""


LABEL = 0.78
"""Size of the words on the traces, of the application's font."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the traces.

    Parameters
    ----------
    sample : int
        Where they begin.
    text : str
    colour : str
    line : int
        On which line; -1 is at the top, with a line through all of them: a marker.
    """

    sample: int
    text: str
    colour: str
    line: int = -1


class SweepItem(QGraphicsObject):
    """Traces of one column of the screen, in a cached picture.

    The picture is a ring of pixel columns, as the strip is a ring of samples: sweeping shows it as
    it lies, scrolling shows it in two parts with the newest column at the right edge.

    Parameters
    ----------
    parent : QGraphicsItem
        What it lies in; its coordinates are those of the parent, from (0, 0).
    """

    def __init__(self, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._picture: Picture | None = None
        self._strip: Strip | None = None
        self._offsets: NDArray[np.float64] = np.zeros(0)
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._image = QImage()
        self._bounds = QRectF()
        self._next = 0  # the column in which the head is: drawn, and to be drawn again
        self._stop = 0  # samples that are drawn as they came
        self._analyzed = 0  # samples that are drawn with what was made of them
        self._labels: list[Label] = []
        self._notes: tuple[str, ...] = ()
        self._palette: Palette | None = None
        self.still = False  # whether what is shown does not advance

    def boundingRect(self) -> QRectF:
        """Where it draws."""
        return self._bounds

    @property
    def right_edge(self) -> float:
        """Sample that lies at the right edge while the picture scrolls or stands still."""
        return (self._next + 1) * self._picture.per_column if self._picture else 0.0

    @property
    def page(self) -> int:
        """First sample of the sweep under way."""
        picture = self._picture
        if picture is None:
            return 0
        return round(self._next // picture.width * picture.width * picture.per_column)

    def show_labels(self, labels: list[Label]) -> None:
        """Write these words on the traces, and no others."""
        changed = set(labels) ^ set(self._labels)
        if not changed:
            return
        self._labels = labels
        metrics = QFontMetricsF(font_of(QApplication.font(), LABEL))
        for label in changed:
            x = self.x_of(label.sample)
            if x is not None:
                self.update(self._label_box(label, x, metrics).adjusted(-2, -1, 2, 1))
            if x is not None and label.line < 0:
                self.update(QRectF(x - 1, 0, 3, self._bounds.height()))

    def show_notes(self, notes: tuple[str, ...]) -> None:
        """Write these at the right end of the lines, from top to bottom."""
        if notes != self._notes:
            self._notes = notes
            self.update()

    def x_of(self, sample: float) -> float | None:
        """Where a sample is drawn, in pixels of the design; None where it is not shown."""
        picture = self._picture
        if picture is None:
            return None
        column = int(sample / picture.per_column)
        back = self._next - column
        if not 0 <= back < picture.width:
            return None
        if picture.view.scrolls or self.still:
            return (picture.width - 1 - back) / picture.dot
        blank = AHEAD * picture.dot
        return None if back >= picture.width - blank else column % picture.width / picture.dot

    @property
    def picture(self) -> Picture | None:
        """What is drawn, and where."""
        return self._picture

    def sample_at(self, x: float) -> int:
        """The sample that is drawn at `x` pixels of the design; -1 if there is no picture."""
        picture = self._picture
        if picture is None:
            return -1
        column = int(x * picture.dot)
        if picture.view.scrolls or self.still:
            column = self._next - (picture.width - 1 - column)
        else:
            turns = self._next // picture.width
            column += picture.width * (turns if column <= self._next % picture.width else turns - 1)
        return int(column * picture.per_column)

    def show_picture(
        self, picture: Picture, strip: Strip, offsets: NDArray[np.float64], palette: Palette
    ) -> None:
        """Draw everything anew: this picture of this strip."""
        self._palette = palette
        size = picture.height, picture.width
        if self._pixels.shape != size:
            self._pixels = np.zeros(size, np.uint32)
            self._image = QImage(
                self._pixels.data, picture.width, picture.height, 4 * picture.width,
                QImage.Format.Format_RGB32,
            )  # fmt: skip
            self.prepareGeometryChange()
            self._bounds = QRectF(0, 0, picture.width / picture.dot, picture.height / picture.dot)
        self._picture, self._strip, self._offsets = picture, strip, offsets
        self.repaint_all()

    def repaint_all(self) -> None:
        """Draw what the strip holds of the latest time base."""
        picture, strip = self._picture, self._strip
        if picture is None or strip is None:
            return
        self._stop, self._analyzed = strip.stop, strip.analyzed
        self._next = picture.column_of(self._stop)
        first = self._next - picture.width + 1
        paint(self._pixels, picture, strip, self._offsets, (first, self._next + 1))
        self._blank(self._next)
        self.update()

    def go_on(self) -> None:
        """Draw the samples that have come since the last time."""
        picture, strip = self._picture, self._strip
        if picture is None or strip is None:
            return
        if (strip.stop, strip.analyzed) == (self._stop, self._analyzed):
            return
        head = picture.column_of(strip.stop)
        if strip.stop < self._stop or head - self._next >= picture.width:
            self.repaint_all()
            return
        oldest = head - picture.width + 1 + AHEAD * picture.dot
        first = max(oldest, min(self._next, picture.column_of(self._analyzed)))
        paint(self._pixels, picture, strip, self._offsets, (first, head + 1))
        self._next, self._stop, self._analyzed = head, strip.stop, strip.analyzed
        self._blank(head)
        self._refresh(first, head + 1 + AHEAD * picture.dot)

    def refresh(self, start: int, stop: int) -> None:
        """Draw samples anew whose meaning has become known."""
        picture, strip = self._picture, self._strip
        if picture is None or strip is None:
            return
        oldest = self._next - picture.width + 1
        if not self.still and not picture.view.scrolls:
            oldest += AHEAD * picture.dot + 1
        first = max(oldest, picture.column_of(start))
        last = min(self._next, picture.column_of(stop)) + 1
        if first < last:
            paint(self._pixels, picture, strip, self._offsets, (first, last))
            self._refresh(first, last)

    def _blank(self, head: int) -> None:
        picture = self._picture
        if picture is not None and not picture.view.scrolls and not self.still:
            columns = head + 1, min(head + 1 + AHEAD * picture.dot, head + picture.width)
            erase(self._pixels, picture, columns, head=True)

    def _refresh(self, first: int, last: int) -> None:
        """Tell Qt which part of the screen is old."""
        picture = self._picture
        assert picture is not None  # nothing is drawn before
        if picture.view.scrolls or self.still:
            self.update()
            return
        low, high = first % picture.width, (last - 1) % picture.width + 1
        parts = [(low, high)] if low < high else [(low, picture.width), (0, high)]
        for begin, end in parts:
            self.update(QRectF(
                begin / picture.dot - 1, 0, (end - begin) / picture.dot + 2, self._bounds.height()
            ))  # fmt: skip

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,  # noqa: ARG002  Qt's signature
    ) -> None:
        """Copy the exposed part of the picture to the screen."""
        picture = self._picture
        if picture is None:
            return
        if picture.view.scrolls or self.still:
            self._paint_scrolled(painter, picture)
            self._paint_words(painter, picture, self._bounds)
            return
        exposed = option.exposedRect.intersected(self._bounds)
        dot = picture.dot
        source = QRectF(exposed.x() * dot, exposed.y() * dot, exposed.width() * dot,
                        exposed.height() * dot)  # fmt: skip
        painter.drawImage(exposed, self._image, source)
        self._paint_words(painter, picture, exposed)

    def _paint_words(self, painter: QPainter, picture: Picture, exposed: QRectF) -> None:
        """Write the labels and notes that the exposed part shows."""
        if self._palette is None or not (self._labels or self._notes):
            return
        font = font_of(QApplication.font(), LABEL)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        for label in self._labels:
            x = self.x_of(label.sample)
            if x is not None:
                self._paint_label(painter, label, x, metrics, exposed)
        for k, note in enumerate(self._notes[: len(picture.lanes)]):
            top = picture.lanes[k, 0] / picture.dot + 2
            wide = metrics.horizontalAdvance(note) + 8
            box = QRectF(self._bounds.width() - wide - 2, top, wide, metrics.height())
            if note and box.intersects(exposed):
                painter.fillRect(box, color(self._palette.panel, 0.85))
                painter.setPen(color(self._palette.cursor))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, note)

    def _label_box(self, label: Label, x: float, metrics: QFontMetricsF) -> QRectF:
        """Where a label is written that begins at `x`."""
        assert self._picture is not None  # nothing is written before
        placed = self._picture.lanes[label.line, 0] / self._picture.dot + 4
        top = placed if label.line >= 0 else 1.0
        wide = metrics.horizontalAdvance(label.text) + 6
        return QRectF(min(x, self._bounds.width() - wide), top, wide, metrics.height())

    def _paint_label(
        self, painter: QPainter, label: Label, x: float,
        metrics: QFontMetricsF, exposed: QRectF,
    ) -> None:  # fmt: skip
        assert self._palette is not None  # nothing is written before
        box = self._label_box(label, x, metrics)
        if label.line < 0:
            stroke = QRectF(x, 0, 1, self._bounds.height())
            if stroke.intersects(exposed):
                painter.setPen(QPen(color(label.colour), 1.0, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(x, 0), QPointF(x, self._bounds.height()))
        if box.intersects(exposed):
            painter.fillRect(box, color(self._palette.panel, 0.8))
            painter.setPen(color(label.colour))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label.text)

    def _paint_scrolled(self, painter: QPainter, picture: Picture) -> None:
        """Two parts: what lies after the head is older, and comes first."""
        split = self._next % picture.width + 1
        dot, tall = picture.dot, float(picture.height)
        older = picture.width - split
        if older:
            painter.drawImage(
                QRectF(0, 0, older / dot, tall / dot), self._image, QRectF(split, 0, older, tall)
            )
        painter.drawImage(
            QRectF(older / dot, 0, split / dot, tall / dot), self._image, QRectF(0, 0, split, tall)
        )
