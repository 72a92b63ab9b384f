"""The signal check in the window: the board goes to and fro, and what came of it stays."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from emgspasm.errors import SourceError
from emgspasm.sources.protocols import Electrode

pytestmark = pytest.mark.real_time


def test_why_impedances_could_not_be_measured_is_said_though_the_stream_goes_on(
    watch, paced, qtbot
):
    def failing():
        yield Electrode(source.info.names[0], "P", 7e3)
        raise SourceError("input 3 brought nothing. Bring the board nearer")

    source = paced(real_time=True)
    source.impedances = failing
    window = watch(source)
    qtbot.waitUntil(lambda: window.desk.feed.strip.stop > 100, timeout=90_000)
    QTest.keyClick(window, Qt.Key.Key_Q)
    check = window.surface.check
    qtbot.mouseClick(check.impedance, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.desk is not None and not check.progress.isVisible())
    assert check.note.text() == "input 3 brought nothing. Bring the board nearer"


def test_who_has_left_the_page_comes_back_to_it_to_cancel(watch, paced, qtbot):
    def waiting():
        yield Electrode(source.info.names[0], "P", 7e3)
        may_go_on.wait(20)
        yield Electrode(source.info.names[0], "N", 7e3)

    source, may_go_on = paced(real_time=True), threading.Event()
    source.impedances = waiting
    window = watch(source)
    qtbot.waitUntil(lambda: window.desk.feed.strip.stop > 100, timeout=90_000)
    QTest.keyClick(window, Qt.Key.Key_Q)
    check = window.surface.check
    qtbot.mouseClick(check.impedance, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: check.progress.value() == 1)
    QTest.keyClick(check.table, Qt.Key.Key_Escape)
    assert not check.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Q)
    assert check.isVisible()
    may_go_on.set()
    qtbot.waitUntil(lambda: window.desk is not None)
