"""Keys that are held, keys that buttons and lists need themselves, and who has the keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
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


def test_a_list_that_has_the_keyboard_is_chosen_from_with_arrows(replayed, qtbot):
    qtbot.waitUntil(replayed.isActiveWindow)
    chooser, before = replayed.surface.tool_bar._time, replayed.view
    chooser.setFocus()
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    assert replayed.view == replace(before, seconds=20.0)
    QTest.keyClick(chooser, Qt.Key.Key_Space)
    assert chooser.view().isVisible()
    assert not replayed.freeze.held
    chooser.hidePopup()


@pytest.mark.parametrize("name", ["filtered", "record"])
def test_that_a_button_has_the_keyboard_is_seen_though_it_is_on(replayed, name):
    replayed.surface.marker_bar.show()
    action = replayed.actions_[name]
    action.setEnabled(True)
    action.setChecked(True)
    one = next(b for b in replayed.findChildren(QToolButton) if b.defaultAction() is action)
    before = one.grab().toImage()
    one.setFocus()
    QApplication.processEvents()
    assert one.grab().toImage() != before


@pytest.mark.parametrize("name", ["replay_bar", "marker_bar"])
def test_tab_goes_along_a_bar_from_left_to_right(replayed, name):
    bar = getattr(replayed.surface, name)
    bar.show()
    QApplication.processEvents()
    reached, one = [], bar.nextInFocusChain()
    while bar.isAncestorOf(one):
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible():
            reached.append(one.mapTo(bar, QPoint()).x())
        one = one.nextInFocusChain()
    assert len(reached) >= 4
    assert reached == sorted(reached)
