"""Actions of the window: what buttons and keys set off, and when they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QMainWindow,
    QWidget,
)

from emgspasm.config import MARKER_KEYS
from emgspasm.viewer.actions import ACTS

OWN: dict[type[QWidget], set[Qt.Key]] = {
    QAbstractButton: {Qt.Key.Key_Space},
    QComboBox: {Qt.Key.Key_Space, Qt.Key.Key_Up, Qt.Key.Key_Down},
    QAbstractItemView: {
        Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home,
        Qt.Key.Key_End,
    },
}  # fmt: skip
"""Keys of the window that are left to a button, a list or a table while it has the keyboard."""


def acts(window: QMainWindow, act: Callable[[str, bool], None]) -> dict[str, QAction]:
    """An action for each of :data:`emgspasm.viewer.actions.ACTS`, by its name.

    Parameters
    ----------
    window : QMainWindow
        In which their keys are heard.
    act : callable
        Called with the name, and whether the act is on now.
    """
    made = {}
    for told in ACTS:
        action = QAction(told.text, window, checkable=told.toggles)
        action.setShortcuts([QKeySequence(key) for key in told.keys])
        action.setAutoRepeat(told.repeats)
        action.setToolTip(f"{told.tells} ({' or '.join(told.keys)})")
        action.triggered.connect(lambda checked=False, name=told.name: act(name, checked))
        window.addAction(action)
        made[told.name] = action
    return made


def digits(window: QMainWindow, press: Callable[[str], None]) -> list[QAction]:
    """Actions of the keys that mark; `press` is called with the digit."""
    made = []
    for digit in MARKER_KEYS:
        action = QAction(window)
        action.setShortcut(QKeySequence(digit))
        action.setAutoRepeat(False)  # a key that is held marks once
        action.triggered.connect(partial(_pressed, press, digit))
        window.addAction(action)
        made.append(action)
    return made


def offer(actions: Mapping[str, QAction], marks: list[QAction], mode: str) -> None:
    """Offer what means anything for a live stream (``l``), a replay (``r``) or neither (``""``)."""
    for told in ACTS:
        fits = mode in told.modes if mode else told.group == "Window"
        actions[told.name].setEnabled(fits)
    for mark in marks:
        mark.setEnabled(mode == "l")


def is_own(event: QEvent, focus: QWidget | None) -> bool:
    """Whether a key is one that what has the keyboard needs itself, and not the window's."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    return any(isinstance(focus, kind) and event.key() in keys for kind, keys in OWN.items())


def _pressed(press: Callable[[str], None], digit: str, _checked: bool = False) -> None:
    press(digit)
