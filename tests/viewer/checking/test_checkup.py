"""The signal check in the window: the board goes to and fro, and what came of it stays."""

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
