"""Counters of both sides: spasms a minute, share of time, and the last event with its reason."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from emgspasm.desk.clock import clock
from emgspasm.desk.counting import OTHERS, RECENT, SHORTEST, Counting
from emgspasm.desk.palette import Palette
from emgspasm.stream import Event, StreamInfo
from emgspasm.viewer.ink import color, focus_frame, font_of, side_pen
from emgspasm.viewer.panels.panel import Panel

ROWS = ("spasms / min", "spasms", "% of time", f"last {RECENT:g} s")


class Counters(Panel):
    """Spasms of each side in numbers, everything else in a line, the last event in words.

    Parameters
    ----------
    info : StreamInfo
    palette : Palette
    parent : QWidget or None

    Attributes
    ----------
    counting : Counting
        What is shown, in numbers.
    """

    def __init__(self, info: StreamInfo, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__("Counters: spasms of each side", palette, parent)
        self._fs = info.sampling_frequency
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear()

    def clear(self) -> None:
        """Forget everything: another recording begins."""
        self.counting = Counting(self._fs)
        self._shown: tuple[tuple[str, str], ...] = ()
        self._tell()

    def add_event(self, event: Event) -> None:
        """Count an event."""
        self.counting.take(event)
        self._tell()
        self.update()

    def amend(self, said: Event, now: Event) -> None:
        """Count an event that was said as what it is called now."""
        self.counting.amend(said, now)
        self._tell()
        self.update()

    def update_time(
        self, seconds: float, valid_seconds: float, untold: frozenset[str] = frozenset()
    ) -> None:
        """Take the length of the session, of the part in which bursts were sought, and where not.

        Parameters
        ----------
        seconds, valid_seconds : float
        untold : frozenset of str
            As :attr:`emgspasm.desk.feed.Feed.untold` says.
        """
        before = self._lines()
        self.counting.seconds, self.counting.valid_seconds = seconds, valid_seconds
        self.counting.untold = untold
        self._tell()
        if self._lines() != before:
            self.update()

    def _tell(self) -> None:
        """Put the numbers into words; repaint if they have changed."""
        shown = tuple((self._cells("L")[k], self._cells("R")[k]) for k in range(len(ROWS)))
        if shown != self._shown:
            self._shown = shown
            self.update()
            sides = ", ".join(f"{name}: {left} left, {right} right"
                              for name, (left, right) in zip(ROWS, shown, strict=True))  # fmt: skip
            self.setAccessibleDescription(sides)

    def _cells(self, side: str) -> tuple[str, ...]:
        counted = self.counting.of(side)
        rate, share = (_number(value) for value in (counted.rate, counted.time_share))
        count, recent = ("n/a" if n is None else str(n) for n in (counted.count, counted.recent))
        return rate, count, share, recent

    def _lines(self) -> tuple[str, str]:
        """What else was counted, and in how much time."""
        counting = self.counting
        blinks, rate = counting.other("blink"), counting.rate(counting.other("blink"))
        said = [f"blinks {blinks}" if rate is None else f"blinks {rate:.0f}/min"]
        if "B" in counting.untold:
            said = ["blinks n/a"]
        rest = (kind for kind in OTHERS if kind != "blink")
        said += [f"{kind} {n}" for kind in rest if (n := counting.other(kind))]
        valid = f"valid {clock(counting.valid_seconds)} of {clock(counting.seconds)}"
        if counting.valid_seconds < SHORTEST:
            valid += f"; rates from {SHORTEST:g} s on"
        return "  \N{MIDDLE DOT}  ".join(said), valid

    def _last(self) -> tuple[str, str]:
        """The last event: what, and why."""
        event = self.counting.last
        if event is None:
            return "no event yet", ""
        called = " ".join(w for w in (event.trial_type, event.side, event.label) if w)
        milliseconds = 1000 * (event.offset - event.onset) / self._fs
        when = clock(event.onset / self._fs, 0.1)
        return f"{called} at {when}, {milliseconds:.0f} ms", event.reason

    # --- places -----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Room for three lines of reason."""
        em = self.fontMetrics().height()
        return QSize(22 * em, round(15.4 * em))

    def minimumSizeHint(self) -> QSize:
        """Least room in which it can be read: two lines of reason."""
        em = self.fontMetrics().height()
        return QSize(17 * em, round(14.4 * em))

    def _columns(self) -> tuple[tuple[str, QRectF], ...]:
        """Sides from left to right, and where their numbers stand, one line high."""
        em = float(self.fontMetrics().height())
        lead = max(7.0 * em, 0.38 * self.width())
        wide = (self.width() - lead - 0.6 * em) / 2
        order = ("R", "L") if self._mirrored else ("L", "R")
        return tuple(
            (side, QRectF(lead + k * wide, 0, wide, 1.3 * em)) for k, side in enumerate(order)
        )

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show everything."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(self._palette.panel))
        em = float(self.fontMetrics().height())
        self._paint_heads(painter, em)
        y = 1.5 * em
        for k, name in enumerate(ROWS):
            tall = 2.0 * em if k == 0 else 1.25 * em
            self._paint_row(painter, k, name, y, tall)
            y += tall
        y = self._paint_others(painter, y + 0.25 * em, em)
        self._paint_last(painter, y + 0.25 * em, em)
        focus_frame(painter, self, self._palette)

    def _paint_heads(self, painter: QPainter, em: float) -> None:
        painter.setFont(font_of(self.font(), bold=True))
        for side, box in self._columns():
            name = "R right" if side == "R" else "L left"
            painter.setPen(color(self._palette.side_color(side)))
            painter.drawText(box.translated(0, 0.2 * em), _RIGHT, name)
            painter.setPen(side_pen(self._palette, side, 2.0))
            line = box.adjusted(0.9 * em, 0, 0, 0)
            painter.drawLine(QPointF(line.left(), 1.5 * em), QPointF(line.right(), 1.5 * em))

    def _paint_row(self, painter: QPainter, k: int, name: str, y: float, tall: float) -> None:
        em, palette = float(self.fontMetrics().height()), self._palette
        painter.setFont(self.font())
        painter.setPen(color(palette.faint))
        columns = self._columns()
        lead = QRectF(0.6 * em, y, columns[0][1].left() - 0.6 * em, tall)
        painter.drawText(lead, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(font_of(self.font(), 1.7, bold=True) if k == 0 else self.font())
        for side, box in columns:
            text = self._shown[k][side == "R"]
            painter.setPen(color(palette.faint if text == "n/a" else palette.text))
            painter.drawText(QRectF(box.left(), y, box.width(), tall), _RIGHT, text)

    def _paint_others(self, painter: QPainter, y: float, em: float) -> float:
        painter.setFont(font_of(self.font(), 0.9))
        metrics = painter.fontMetrics()
        self._paint_rule(painter, y, em)
        for text in self._lines():
            box = QRectF(0.6 * em, y + 0.15 * em, self.width() - 1.2 * em, 1.15 * em)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.setPen(color(self._palette.faint))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
            y += 1.15 * em
        return y + 0.15 * em

    def _paint_last(self, painter: QPainter, y: float, em: float) -> None:
        palette, (what, why) = self._palette, self._last()
        self._paint_rule(painter, y, em)
        last = self.counting.last
        shade = color(palette.event_color(last.trial_type) if last else palette.line)
        painter.fillRect(QRectF(0.6 * em, y + 0.4 * em, 0.25 * em, 1.0 * em), shade)
        box = QRectF(1.2 * em, y + 0.25 * em, self.width() - 1.8 * em, 1.3 * em)
        painter.setFont(font_of(self.font(), bold=True))
        painter.setPen(color(palette.text if last else palette.faint))
        shown = painter.fontMetrics().elidedText(
            what, Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(font_of(self.font(), 0.9))
        painter.setPen(color(palette.faint))
        rest = QRectF(1.2 * em, box.bottom(), box.width(), self.height() - box.bottom() - 0.2 * em)
        painter.drawText(rest, Qt.TextFlag.TextWordWrap, why)
        self.setToolTip(f"{what}\n{why}" if why else "")

    def _paint_rule(self, painter: QPainter, y: float, em: float) -> None:
        painter.fillRect(QRectF(0.6 * em, y, self.width() - 1.2 * em, 1), color(self._palette.line))


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1f}"
