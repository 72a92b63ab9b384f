"""The frozen picture: where it begins, and cursors that stay in it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgspasm.errors import RecordingError

pytestmark = pytest.mark.real_time


def press(window, *keys):
    for key in keys:
        QTest.keyClick(window, key)
        QApplication.processEvents()


@pytest.mark.parametrize("before", [(), (Qt.Key.Key_Space, Qt.Key.Key_Space)])
def test_back_from_a_stream_is_back_from_what_is_newest(watch, paced, qtbot, before):
    window = watch(paced())
    qtbot.waitUntil(lambda: window.desk.feed.strip.stop > 1000, timeout=90_000)
    press(window, *before)  # where it was frozen once does not matter
    qtbot.waitUntil(lambda: window.desk.feed.strip.stop == 40_000, timeout=90_000)
    press(window, Qt.Key.Key_Left)
    assert window.surface.traces.stretch == pytest.approx((27.5, 37.5))


def test_cursors_stay_in_the_picture_when_it_shows_fewer_seconds(replayed):
    press(replayed, Qt.Key.Key_C)
    replayed.surface.traces.show_cursors((22.0, 27.0))
    replayed.change(seconds=5.0)
    assert replayed.surface.traces.cursors == (25.0, 27.0)
    assert "B-A 2000 ms" in replayed.surface._banner.text()
    rows = replayed.freeze.page.read("filtered", 25_000, 27_001).astype(float)
    notes = [n for c in replayed.surface.traces.columns for n in c.sweep._notes]
    assert f"RMS {np.sqrt((rows[:, 0] ** 2).mean()):.1f} µV" in " ".join(notes)


def test_what_is_said_of_a_frozen_picture_covers_no_heading(replayed, qtbot):
    for wide in (1280, 800):
        replayed.resize(wide, 600)
        qtbot.waitUntil(lambda wide=wide: replayed.width() <= wide)
        press(replayed, Qt.Key.Key_C)
        banner, traces = replayed.surface._banner, replayed.surface.traces
        assert banner.isVisible()
        for label in traces.heading.columns:
            place = QRect(label.mapTo(traces, QPoint()), label.size())
            assert not banner.geometry().intersects(place), wide
        press(replayed, Qt.Key.Key_C)


def test_cursors_go_with_the_picture(replayed):
    press(replayed, Qt.Key.Key_C)
    replayed.surface.traces.show_cursors((20.0, 27.0))
    press(replayed, Qt.Key.Key_PageUp)
    assert replayed.surface.traces.cursors == pytest.approx((10.0, 17.0))


def test_a_picture_whose_file_went_away_is_not_said_to_be_held(watch, paced, qtbot):
    window = watch(paced())
    qtbot.waitUntil(lambda: window.desk.feed.strip.stop == 40_000, timeout=90_000)
    press(window, Qt.Key.Key_Space)
    window.desk.feed.strip.start = 30_000  # as if the ring had gone on
    window.desk._path.unlink()
    with pytest.raises(RecordingError, match="No such file"):
        window.go_to(15.0)
    assert not window.freeze.held
    assert not window.actions_["freeze"].isChecked()
    assert not window.surface._banner.isVisible()


def test_the_button_of_the_spectrum_says_whether_it_is_shown(replayed):
    for shown in (True, False, True):
        press(replayed, Qt.Key.Key_G)
        assert replayed.surface.spectrum.isVisible() == shown
        assert replayed.actions_["spectrum"].isChecked() == shown
