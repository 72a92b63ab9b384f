"""The bar of a replay: what its slider and its buttons do, and say."""

import shutil

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

pytestmark = pytest.mark.real_time


def test_a_click_beside_the_handle_leads_towards_it(replayed, qtbot):
    slider = replayed.surface.replay_bar._slider
    qtbot.waitUntil(lambda: slider.value() == 7500)  # not every frame draws the bar
    where = QPoint(5, slider.height() // 2)
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=where)
    assert replayed.desk.position == pytest.approx(28.0, abs=0.1)


def test_the_handle_is_dragged_to_a_place(replayed):
    slider = replayed.surface.replay_bar._slider
    slider.setSliderDown(True)
    slider.setSliderPosition(2500)
    slider.setSliderDown(False)
    assert replayed.desk.position == pytest.approx(10.0)


def test_another_recording_is_looped_as_the_button_says(
    replayed, recording, tmp_path, qtbot
):  # fmt: skip
    QTest.keyClick(replayed, Qt.Key.Key_L)
    QApplication.processEvents()
    replayed.opening.open(shutil.copy(recording, tmp_path / "other.bdf"))
    qtbot.waitUntil(lambda: replayed.desk.name == "other.bdf", timeout=90_000)
    assert replayed.actions_["loops"].isChecked()
    assert replayed.desk.loops
