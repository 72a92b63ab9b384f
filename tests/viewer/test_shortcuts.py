"""Keys that are held, and Space on a button."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

pytestmark = pytest.mark.real_time


def hold(window, key, text):
    """A key that is held long enough to be repeated three times."""
    for repeated in (False, True, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, repeated)
        QApplication.sendEvent(window.windowHandle(), event)
    QApplication.processEvents()


def test_a_marker_key_that_is_held_marks_once(watch, paced, qtbot):
    window = watch(paced(real_time=True))
    qtbot.waitUntil(lambda: window.desk.feed.strip.stop > 300, timeout=90_000)
    qtbot.waitUntil(window.isActiveWindow)
    hold(window, Qt.Key.Key_1, "1")
    assert [marker.text for marker in window.desk.feed.found.markers] == ["smile"]


def test_what_moves_goes_on_while_its_key_is_held_and_what_decides_does_not(replayed, qtbot):
    qtbot.waitUntil(replayed.isActiveWindow)
    hold(replayed, Qt.Key.Key_Up, "")
    assert replayed.view.gain < 50.0
    hold(replayed, Qt.Key.Key_T, "t")
    assert not replayed.view.levels
    assert not replayed.actions_["accept"].autoRepeat()


def test_space_presses_the_button_that_has_the_keyboard(replayed, qtbot):
    qtbot.waitUntil(replayed.isActiveWindow)
    buttons = replayed.surface.tool_bar.findChildren(QToolButton)
    one = next(b for b in buttons if b.defaultAction() is replayed.actions_["levels"])
    one.setFocus()
    QTest.keyClick(one, Qt.Key.Key_Space)
    assert not replayed.view.levels
    assert not replayed.freeze.held
    one.clearFocus()
    QTest.keyClick(replayed, Qt.Key.Key_Space)
    assert replayed.freeze.held
