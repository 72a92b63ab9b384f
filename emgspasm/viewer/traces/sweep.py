"""The item that draws traces and repaints only the strip in which time has advanced."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from emgspasm.desk.palette import Palette
from emgspasm.desk.strip import Strip
from emgspasm.viewer.traces.lettering import Label, Lettering
from emgspasm.viewer.traces.picture import Picture, erase, paint

AHEAD = 12
"""Pixels of the design that are blank before the advancing head."""


class SweepItem(QGraphicsObject):
    """Traces of one column of the screen, in a cached picture.

    The picture is a ring of pixel columns, as the strip is a ring of samples: sweeping shows it as
    it lies, scrolling shows it in two parts with the newest column at the right edge.

    Parameters
    ----------
    parent : QGraphicsItem
        What it lies in; it begins at the parent's first whole pixel of the scene.

    Attributes
    ----------
    stale : Signal(QRectF)
        This part of it looks different now.
    """

    stale = Signal(QRectF)

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
        self._lettering: Lettering | None = None
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
        self._labels = labels
        self._reletter(changed)

    def show_notes(self, notes: tuple[str, ...]) -> None:
        """Write these at the right end of the lines, from top to bottom."""
        if notes != self._notes:
            self._notes = notes
            self.stale.emit(self._bounds)

    def told(self, point: QPointF) -> str:
        """What is written at a point of it, in full; ``""`` where nothing is."""
        return self._lettering.told(self._labels, point) if self._lettering else ""

    def _reletter(self, labels: Collection[Label]) -> None:
        """Have the places of labels painted."""
        if self._lettering is not None:
            for place in self._lettering.places(labels):
                self.stale.emit(place)

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
        corner = self.parentItem().mapToScene(QPointF())
        self.setPos(np.ceil(corner.x()) - corner.x(), np.ceil(corner.y()) - corner.y())
        self._lettering = Lettering(picture, palette, self.x_of)
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
        self.stale.emit(self._bounds)

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
        blank = AHEAD * picture.dot - picture.width + 1
        oldest, gone = head + blank, range(self._next + blank, head + blank)
        first = max(oldest, min(self._next, picture.column_of(self._analyzed)))
        paint(self._pixels, picture, strip, self._offsets, (first, head + 1))
        changed = [
            la for la in self._labels
            if self._stop <= la.sample < strip.stop or picture.column_of(la.sample) in gone
        ]  # fmt: skip
        self._next, self._stop, self._analyzed = head, strip.stop, strip.analyzed
        self._blank(head)
        self._reletter(changed)  # near the edge they begin before the strip that is drawn
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
        """Say which part of the screen is old."""
        picture = self._picture
        assert picture is not None  # nothing is drawn before
        if picture.view.scrolls or self.still:
            self.stale.emit(self._bounds)
            return
        low, high = first % picture.width, (last - 1) % picture.width + 1
        parts = [(low, high)] if low < high else [(low, picture.width), (0, high)]
        dot, tall = picture.dot, self._bounds.height()
        for begin, end in parts:
            self.stale.emit(QRectF(begin / dot, 0, (end - begin) / dot, tall))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,  # noqa: ARG002  Qt's signature
    ) -> None:
        """Copy the exposed part of the picture to the screen."""
        self.show_part(painter, option.exposedRect.intersected(self._bounds))

    def show_part(self, painter: QPainter, exposed: QRectF) -> None:
        """Copy a part of the picture to the screen, and write on it."""
        picture = self._picture
        if picture is None or self._lettering is None:
            return
        if picture.view.scrolls or self.still:
            self._show_scrolled(painter, picture)
            self._lettering.paint(painter, self._labels, self._notes, self._bounds)
            return
        dot = picture.dot
        source = QRectF(exposed.x() * dot, exposed.y() * dot, exposed.width() * dot,
                        exposed.height() * dot)  # fmt: skip
        painter.drawImage(exposed, self._image, source)
        self._lettering.paint(painter, self._labels, self._notes, exposed)

    def _show_scrolled(self, painter: QPainter, picture: Picture) -> None:
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
