"""Thresholds dragged with the mouse: what becomes of the picture, the config and a recording."""

from __future__ import annotations

import os
import shutil

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from emgspasm.cli.conclusion import conclude
from emgspasm.cli.recording import describe
from emgspasm.config import LoadedConfig, load_config
from emgspasm.desk.request import RecordingRequest
from emgspasm.desk.wiring import Wiring
from emgspasm.viewer.recording.dialog import RecordDialog
from emgspasm.viewer.recording.recorder import Recorder

pytestmark = pytest.mark.real_time

NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


def drag(window, channel, which, uv):
    """Drag a threshold of a channel of the left column upwards by so many uV."""
    traces = window.surface.traces
    column = next(c for c in traces.columns if channel in c.channels)
    picture = column.sweep.picture
    lane = list(column.channels).index(channel)
    strip = traces.strip
    x = column.sweep.x_of(strip.stop - 2 * round(strip.step))
    level = strip.levels_at(channel, strip.stop - 2 * strip.step)[{"off": 1, "on": 2}[which]]
    y = (picture.lanes[lane, 1] - level * picture.scale) / picture.dot
    start = traces.canvas.mapFromScene(column.view.mapToScene(QPointF(x, y)))
    port = traces.canvas.viewport()
    kinds = QEvent.Type
    for kind, shift, button, buttons in (
        (kinds.MouseButtonPress, 0, LEFT, LEFT),
        (kinds.MouseMove, -round(uv * picture.scale / 2), NONE, LEFT),
        (kinds.MouseMove, -round(uv * picture.scale), NONE, LEFT),
        (kinds.MouseButtonRelease, -round(uv * picture.scale), LEFT, NONE),
    ):
        place = QPointF(start.x(), start.y() + shift)
        event = QMouseEvent(kind, place, port.mapToGlobal(place), button, buttons,
                            Qt.KeyboardModifier.NoModifier)  # fmt: skip
        QApplication.sendEvent(port, event)


@pytest.fixture
def measured(replayed):
    """The replay with thresholds that are many pixels high."""
    replayed.change(gain=20.0, seconds=2.0)
    replayed.go_to(36.0)
    replayed.frame()
    QApplication.processEvents()
    replayed.tuner.begin(LoadedConfig())
    return replayed


def test_a_dragged_threshold_analyzes_a_replay_anew(measured, qtbot, tmp_path):
    before = measured.desk.feed.thresholds.copy()
    drag(measured, 0, "on", 10.0)
    sigma = measured.tuner.config.config.pipeline.detector.on_sigma
    assert sigma > 8
    assert any("analyzed anew" in said for said in measured.surface.notice.said)
    assert measured.desk.position == pytest.approx(36.0)
    qtbot.waitUntil(lambda: measured.desk.surveyed, timeout=90_000)
    qtbot.waitUntil(lambda: bool(measured.desk.feed.found.events), timeout=90_000)
    measured.go_to(36.0)
    measured.frame()
    assert measured.desk.pipeline.detector.on_sigma == sigma
    after = measured.desk.feed.thresholds
    assert after[0] == pytest.approx(before[0], rel=0.1)  # the noise is what it was
    assert after[2, 0] == pytest.approx(before[2, 0] + 10.0, rel=0.25)  # its spread is less sure
    assert (after[2] > before[2]).all()  # one setting holds for all channels
    assert measured.desk.feed.found.events
    measured.tuner.write(tmp_path / "mine.toml")
    assert load_config(tmp_path / "mine.toml").config.pipeline.detector.on_sigma == sigma


def test_a_config_that_is_saved_over_another_takes_its_place_once_it_is_whole(
    open_window, tmp_path
):  # fmt: skip
    path, before = tmp_path / "mine.toml", tmp_path / "before.toml"
    path.write_text("# mine", encoding="utf-8")
    os.link(path, before)
    open_window().tuner.write(path)
    assert path.read_text(encoding="utf-8") == LoadedConfig().text
    assert before.read_text(encoding="utf-8") == "# mine"


def test_what_cannot_be_is_said_and_changes_nothing(measured):
    drag(measured, 0, "off", 100.0)
    assert measured.tuner.config == LoadedConfig()
    assert "no threshold" in measured.surface.notice.text()


def test_a_recording_goes_on_with_the_thresholds_it_began_with(
    open_window, paced, qtbot, tmp_path
):  # fmt: skip
    window = open_window()
    sources = [paced(seconds=1.0), paced(seconds=20.0), paced(seconds=1.0)]
    wiring = Wiring(LoadedConfig(), lambda: sources.pop(0), describe, conclude)
    window.watch(Recorder(wiring, RecordingRequest(str(tmp_path / "s"), "01", "", "rest"), window))
    dialog = RecordDialog(window.recorder.request, window)
    dialog.accept()
    window.recorder.record(dialog)
    qtbot.waitUntil(lambda: window.desk.feed.strip.analyzed == 20_000, timeout=90_000)
    window.change(gain=20.0)
    QApplication.processEvents()
    desk = window.desk
    drag(window, 0, "on", 20.0)
    assert window.desk is desk
    assert window.tuner.config.config.pipeline.detector.on_sigma > 7
    assert desk.session.pipeline.detector.on_sigma == 6
    assert any("from the next recording on" in said for said in window.surface.notice.said)
    window.recorder.stop()
    assert window.desk.session.config == window.tuner.config


def test_a_recording_that_went_away_is_said_and_the_thresholds_are_kept(
    measured, recording, tmp_path, qtbot
):
    path = shutil.copy(recording, tmp_path / "gone.bdf")
    measured.open(measured.desk.anew(path, LoadedConfig()))
    measured.replays.play(on=False)
    qtbot.waitUntil(lambda: bool(measured.desk.feed.found.events), timeout=90_000)
    measured.go_to(36.0)
    measured.frame()
    QApplication.processEvents()
    path.unlink()
    drag(measured, 0, "on", 10.0)
    assert "kept, but not used: " in measured.surface.notice.text()
    assert "gone.bdf" in measured.surface.notice.text()
    assert measured.tuner.config.config.pipeline.detector.on_sigma > 8
