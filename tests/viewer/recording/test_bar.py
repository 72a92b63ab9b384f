"""The bar that marks: which moment a typed marker means."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from emgspasm.system import host_time
from emgspasm.viewer.recording.bar import MarkerBar
from emgspasm.viewer.shortcuts import acts

pytestmark = pytest.mark.real_time


@pytest.fixture
def marked(qtbot):
    """A bar in a window, and the moments of what it marks."""
    window = QMainWindow()
    qtbot.addWidget(window)
    window.bar, window.moments = MarkerBar(acts(window, lambda *_: None)), []
    window.setCentralWidget(window.bar)
    window.bar.marked.connect(lambda _, at: window.moments.append(at))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def type_(bar, text):
    bar._line.setFocus()
    QTest.keyClicks(bar._line, text)
    QTest.keyClick(bar._line, Qt.Key.Key_Return)


def test_a_marker_is_set_where_m_was_pressed(marked, qtbot):
    marked.bar.type()
    began = host_time()
    qtbot.wait(100)
    type_(marked.bar, "cough")
    assert marked.moments == [pytest.approx(began, abs=0.05)]


def test_a_text_that_was_left_before_it_began_does_not_set_the_moment_of_the_next(marked, qtbot):
    marked.bar.type()
    QTest.keyClick(marked.bar._line, Qt.Key.Key_Tab)
    qtbot.wait(100)
    began = host_time()
    type_(marked.bar, "cough")
    assert marked.moments == [pytest.approx(began, abs=0.05)]


def test_a_text_that_is_pasted_is_set_where_it_was(marked, qtbot):
    QApplication.clipboard().setText("cough")
    marked.bar._line.setFocus()
    began = host_time()
    marked.bar._line.paste()
    qtbot.wait(100)
    QTest.keyClick(marked.bar._line, Qt.Key.Key_Return)
    assert marked.moments == [pytest.approx(began, abs=0.05)]
