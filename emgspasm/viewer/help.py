"""The page over the window that explains it: what is on the screen, and the keys."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from emgspasm.desk.palette import Palette
from emgspasm.results.provenance import PURPOSE
from emgspasm.viewer.actions import ACTS
from emgspasm.viewer.style import styled

KEY_WORDS = {"PgUp": "Page up", "PgDown": "Page down"}

_COLUMNS = (
    "Left and right of the face, the same muscle on the same line, always at one gain: what looks "
    "larger is larger. While it says “as seen face to face”, the <b>patient's right</b> is on the "
    "left of the screen; X swaps the sides."
)
_SPASM = (
    "Bursts of several muscles of one side at once. The label gives the class: isolated, grouped, "
    "tonic or combined. Blepharospasm and myokymia are red, too, and named, but counted apart."
)
_LEVELS = (
    "Dots: the noise level. Long dashes: the level at which a burst begins. Short dashes: the one "
    "at which it ends. They follow the noise; drag the dashes to change them."
)

_FACE = (
    "The more active a muscle is, in multiples of its noise, the brighter it is. Bright border: "
    "over its threshold; red border: part of the last spasm."
)
_BARS = (
    "Both sides of a muscle, without its noise. The dot leans to the stronger side: from 0.6 on, "
    "one side is active alone; “floor”: both are silent."
)
_STRIP = (
    "The whole session: spasms tall, blinks low, losses hatched. Click or drag to go there; once "
    "Tab has reached it, arrow keys go by screens and spasms."
)


def explanation(palette: Palette) -> str:
    """What is on the screen, as rich text for a trainee."""
    p = palette
    rows = (
        ("Two columns", _COLUMNS),
        (_swatch(p.spasm, "Spasm"), _SPASM),
        (
            _swatch(p.blink, "Blink"),
            "Both eyes at once, rarely one; the lower face is silent, or active on one side.",
        ),
        (_swatch(p.voluntary, "Voluntary"), "Both sides together, slowly: a movement."),
        (_swatch(p.artifact, "Artifact"), "Not muscle: electrode, cable, motion."),
        ("Dashed bar", "Provisional: what an event looks like while it can still change."),
        (_swatch(p.text, "White bar"), "Under a trace: a burst that was found in this muscle."),
        ("Dots and dashes", _LEVELS),
        ("Grey", "Missing samples, or an electrode that gives one constant value."),
        (_swatch(p.warning, "Hatched"), "Clipped: the amplifier was at its limit."),
        ("I bar", "Beside each line: one division. The gain says how many µV that is."),
        ("A few seconds late", "An event is certain once it can no longer change."),
        ("Face", _FACE),
        ("Bars, index", _BARS),
        ("Strip below", _STRIP),
    )
    cells = "".join(
        f"<tr><td style='padding:2px 14px 2px 0; white-space:nowrap'><b>{name}</b></td>"
        f"<td style='padding:2px 0'>{text}</td></tr>"
        for name, text in rows
    )
    return f"<b>On the screen</b><table>{cells}</table>"


def keys(group: str, palette: Palette) -> str:
    """Keys of a group and what they do, as rich text."""
    rows = "".join(
        f"<tr><td style='padding:1px 12px 1px 0; white-space:nowrap; color:{palette.accent}'>"
        f"{' or '.join(escape(KEY_WORDS.get(key, key)) for key in act.keys)}</td>"
        f"<td style='padding:1px 0'>{escape(act.tells)}</td></tr>"
        for act in ACTS
        if act.group == group
    )
    return f"<b>{group}</b><table>{rows}</table>"


def _swatch(colour: str, name: str) -> str:
    return f"<span style='color:{colour}'>■</span> {name}"


OF_A_REPLAY = ("Replay", "Review")
"""Groups of keys that stand beside what is on the screen."""

GAP = "<p style='margin:0; font-size:5pt'>&nbsp;</p>"

_Scroll = QAbstractSlider.SliderAction

_KEYS = {
    Qt.Key.Key_Up: _Scroll.SliderSingleStepSub,
    Qt.Key.Key_Down: _Scroll.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: _Scroll.SliderPageStepSub,
    Qt.Key.Key_PageDown: _Scroll.SliderPageStepAdd,
    Qt.Key.Key_Home: _Scroll.SliderToMinimum,
    Qt.Key.Key_End: _Scroll.SliderToMaximum,
}


class HelpPage(QFrame):
    """The page; the window shows and hides it.

    Attributes
    ----------
    closed : Signal
        The user is done with it (Escape).
    bar : QScrollBar
    """

    closed = Signal()

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        styled(self, "help")
        self.setAccessibleName("Help")
        self._columns = [QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText) for _ in range(2)]
        content = QWidget()
        both = QHBoxLayout(content)
        both.setContentsMargins(20, 14, 20, 14)
        both.setSpacing(36)
        for column in self._columns:
            both.addWidget(column, 1, Qt.AlignmentFlag.AlignTop)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(content)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bar = scroll.verticalScrollBar()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._before: QWidget | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(2, 2, 2, 2)
        box.addWidget(scroll)
        self.dress(palette)
        self.hide()

    def dress(self, palette: Palette) -> None:
        """Take other colours."""
        groups = dict.fromkeys(act.group for act in ACTS)
        replay = [keys(name, palette) for name in groups if name in OF_A_REPLAY]
        others = [keys(name, palette) for name in groups if name not in OF_A_REPLAY]
        said = f"{PURPOSE.capitalize()}. Not a medical device."
        purpose = f"<span style='color:{palette.faint}'>{said}</span>"
        left, right = [explanation(palette), *replay, purpose], others
        for label, parts in zip(self._columns, (left, right), strict=True):
            label.setText(GAP.join(parts))

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keys that scroll."""
        super().showEvent(event)
        self._before = QApplication.focusWidget()
        self.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give the keys back to who had them."""
        super().hideEvent(event)
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self._before = None

    def event(self, event: QEvent) -> bool:
        """Keep the keys that scroll and close from the window, for which they mean others."""
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and event.key() in (*_KEYS, Qt.Key.Key_Escape):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll, or close."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in _KEYS:
            self.bar.triggerAction(_KEYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
