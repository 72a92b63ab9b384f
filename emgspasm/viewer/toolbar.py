"""The bar above the traces: what is under way, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolBar, QToolButton, QWidget

from emgspasm.desk.scales import GAINS, TIME_BASES
from emgspasm.viewer.style import styled

SHOWN = (
    ("freeze",),
    ("raw", "filtered", "envelope", "levels"),
    ("scrolls", "mirrored"),
    ("cursors", "spectrum", "snapshot"),
    ("theme", "help"),
)
"""Buttons of the bar, in groups."""


def gain_text(gain: float, unit: str = "µV") -> str:
    """A gain as the screen says it."""
    if unit == "µV" and gain >= 1000:
        return f"{gain / 1000:g} mV/div"
    return f"{gain:g} {unit}/div"


def time_text(seconds: float) -> str:
    """A time base as the screen says it."""
    return f"{seconds:g} s"


class ToolBar(QWidget):
    """State, time base, gain and buttons.

    Parameters
    ----------
    actions : mapping
        By name of :data:`emgspasm.viewer.actions.ACTS`.
    """

    gain_chosen = Signal(float)
    time_chosen = Signal(float)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._time = _choice(self, TIME_BASES, time_text, "Time base: seconds across (. and ,)")
        self._gain = _choice(self, GAINS, gain_text, "Gain, the same for left and right (Up, Down)")
        self._time.activated.connect(lambda k: self.time_chosen.emit(TIME_BASES[k]))
        self._gain.activated.connect(lambda k: self.gain_chosen.emit(GAINS[k]))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 2)
        row.setSpacing(4)
        row.addWidget(styled(QLabel("Time"), "faint"))
        row.addWidget(self._time)
        row.addSpacing(6)
        row.addWidget(styled(QLabel("Gain"), "faint"))
        row.addWidget(self._gain)
        buttons = Buttons()
        for group in SHOWN:
            buttons.addSeparator()
            for name in group:
                buttons.add(actions[name])
        row.addWidget(buttons, 1)

    def show_view(self, seconds: float, gain: float) -> None:
        """Show what is chosen."""
        self._time.setCurrentIndex(TIME_BASES.index(seconds))
        self._gain.setCurrentIndex(GAINS.index(gain))

    def show_unit(self, unit: str) -> None:
        """Say gains in the unit of a stream."""
        for k, gain in enumerate(GAINS):
            self._gain.setItemText(k, gain_text(gain, unit))


class Buttons(QToolBar):
    """Buttons in a row; those that have no room wait behind an arrow at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if more is not None:  # Qt's own, whose arrow is black on any ground
            more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            more.setText("\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}")
            more.setToolTip("More buttons")

    def add(self, action: QAction, name: str = "") -> None:
        """Add a button that the keyboard reaches with Tab; `name` is the style sheet's."""
        self.addAction(action)
        made = self.widgetForAction(action)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setObjectName(name)


def button(action: QAction, parent: QWidget) -> QToolButton:
    """A button that does an action; the keyboard reaches it with Tab."""
    made = QToolButton(parent)
    made.setDefaultAction(action)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def _choice(parent: QWidget, values: tuple[float, ...], text, tip: str) -> QComboBox:  # type: ignore[no-untyped-def]  # a function of one of the values
    box = QComboBox(parent)
    box.addItems([text(value) for value in values])
    box.setToolTip(tip)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.setAccessibleName(tip)
    return box
