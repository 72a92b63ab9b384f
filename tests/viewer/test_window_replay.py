"""A recording in the window: what is on the screen, and what the keys do."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import closing, suppress

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QTextDocumentFragment, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgspasm.cli.viewing import with_montage
from emgspasm.config import LoadedConfig
from emgspasm.desk.strip import FLAT
from emgspasm.desk.words import warning
from emgspasm.dsp.mains import fit_notch
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.opening import open_recording
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.synkinesis.folding import Folding, fold
from emgspasm.viewer import settings
from emgspasm.viewer.actions import ACTS
from emgspasm.viewer.help import KEY_WORDS
from emgspasm.viewer.ink import font_of
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.settings import Kept
from emgspasm.viewer.window import Window

pytestmark = pytest.mark.real_time


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window, key, modifier)
    QApplication.processEvents()


def test_shows_the_events_that_analyze_finds(replayed, recording):
    found = replayed.desk.feed.found
    stored = open_recording(recording)
    pipeline, chunks, _ = fit_notch(Pipeline(), stored.info, stored)
    analyses = list(analyze(pipeline, stored.info, chunks))
    folded = fold(Folding(), pipeline, stored.info, analyses, stored.annotations)
    events = [event for _, said in folded for event in said.events]
    assert found.events == sorted(events, key=lambda event: event.onset)
    assert len(found.bursts) == sum(len(analysis.bursts) for analysis in analyses)


def test_shows_the_samples_of_the_file(replayed, recording):
    strip = replayed.desk.feed.strip
    shown = strip.read("raw", 25_000, 30_000)
    stored = open_recording(recording).read(25_000, 30_000)
    np.testing.assert_allclose(shown, stored, rtol=1e-5, atol=1e-3)


def test_what_channels_of_one_side_can_never_tell_is_said(tmp_path):
    left = [Channel.from_label(name, full_scale=4500.0) for name in ("OOC_L", "ZYG_L")]
    info = StreamInfo(1000.0, tuple(left), "")
    with BdfWriter(tmp_path / "x.bdf", info) as writer:
        writer.write(Chunk(0, np.zeros((2000, 2))))
    replay = Replay(tmp_path / "x.bdf", LoadedConfig())
    assert "blinks are n/a: they are told by both eyes" in " ".join(replay.notices)
    replay.close()


def test_a_file_that_goes_away_is_said_once(recording, tmp_path):
    path = tmp_path / "x.bdf"
    shutil.copy(recording, path)
    replay = Replay(path, LoadedConfig())
    os.truncate(path, 5000)
    with closing(replay):
        while not replay.surveyed:
            time.sleep(0.01)
        with pytest.raises(RecordingError):
            replay.tick(1.0)
        with suppress(RecordingError):  # of the survey and of what is shown, if both met its end
            replay.tick(1.0)
        replay.tick(1.0)
        assert not replay.playing


def test_marks_the_gap(replayed):
    replayed.go_to(21.0)
    replayed.frame()
    strip = replayed.desk.feed.strip
    assert np.isnan(strip.read("raw", 20_000, 20_500)).all()
    assert np.isfinite(strip.read("raw", 20_500, 20_900)).all()
    assert replayed.desk.feed.found.gaps == [(20_000, 20_500)]


def test_left_and_right_share_one_gain_and_one_time_base(replayed):
    before = replayed.view
    press(replayed, Qt.Key.Key_Up)
    press(replayed, Qt.Key.Key_Comma)
    assert replayed.view.gain < before.gain
    assert replayed.view.seconds < before.seconds
    left, right = (column.sweep._picture for column in replayed.surface.traces.columns)
    assert left.scale == right.scale
    assert left.per_column == pytest.approx(right.per_column, rel=0.02)


def test_the_wheel_turns_gain_and_time_base(replayed):
    traces, before = replayed.surface.traces, replayed.view
    for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
        turn = QWheelEvent(QPointF(300, 300), QPointF(300, 300), QPoint(), QPoint(0, 120),
                           Qt.MouseButton.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase,
                           False)  # fmt: skip
        traces.wheelEvent(turn)
    assert replayed.view.gain < before.gain
    assert replayed.view.seconds < before.seconds


def test_mirroring_turns_the_sides_round_and_says_so(replayed):
    traces = replayed.surface.traces

    def first_column():
        channels = traces.columns[0].channels
        return {replayed.desk.feed.emg.channels[int(c)].side for c in channels}

    assert first_column() == {"right"}
    assert traces.heading.columns[0].text() == "PATIENT'S RIGHT"
    press(replayed, Qt.Key.Key_X)
    assert first_column() == {"left"}
    assert traces.heading.columns[0].text() == "PATIENT'S LEFT"
    assert "not mirrored" in traces.heading.between.text()


def test_plays_faster_and_slower_and_stops_at_the_end(replayed, qtbot):
    replayed.go_to(38.0)
    press(replayed, Qt.Key.Key_Greater)
    press(replayed, Qt.Key.Key_Greater)
    assert replayed.desk.speed == 4
    press(replayed, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: not replayed.desk.playing, timeout=90_000)
    assert replayed.desk.position == 40.0


def test_loops(replayed, qtbot):
    replayed.desk.speed = 16.0
    replayed.go_to(39.0)
    press(replayed, Qt.Key.Key_L)
    press(replayed, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: 0 < replayed.desk.position < 30, timeout=90_000)
    assert replayed.desk.playing


def test_goes_from_spasm_to_spasm(replayed):
    press(replayed, Qt.Key.Key_Home)
    spasms = [e for e in replayed.desk.feed.found.events if e.trial_type == "spasm"]
    visited = []
    for _ in spasms:
        press(replayed, Qt.Key.Key_N)
        visited.append(round(replayed.desk.position - 0.5, 3))
    assert visited == sorted({event.offset / 1000 for event in spasms})[: len(visited)]
    press(replayed, Qt.Key.Key_B)
    assert replayed.desk.position < visited[-1]


def test_freezes_and_scrolls_back_to_the_beginning(replayed):
    press(replayed, Qt.Key.Key_Space)
    assert "FROZEN" in replayed.surface._banner.text()
    assert replayed.surface._banner.isVisible()
    press(replayed, Qt.Key.Key_PageUp)
    assert replayed.surface.traces.stretch == pytest.approx((10.0, 20.0))
    press(replayed, Qt.Key.Key_Home)
    assert replayed.surface.traces.stretch == pytest.approx((0.0, 10.0))
    press(replayed, Qt.Key.Key_Space)
    assert not replayed.surface._banner.isVisible()
    assert replayed.surface.traces.stretch[1] == pytest.approx(30.0)


def test_a_frozen_page_shows_what_the_stream_showed(replayed):
    live = replayed.desk.feed.strip.read("filtered", 22_000, 30_000)
    press(replayed, Qt.Key.Key_Space)
    page = replayed.freeze.page.read("filtered", 22_000, 30_000)
    np.testing.assert_allclose(page, live, atol=0.02)


def test_cursors_measure_time_peak_to_peak_and_rms(replayed):
    press(replayed, Qt.Key.Key_C)
    replayed.surface.traces.show_cursors((24.0, 26.5))
    start, stop = replayed.freeze.selection
    assert (start, stop) == (24_000, 26_501)
    assert "2500 ms" in replayed.surface._banner.text()
    rows = replayed.freeze.page.read("filtered", start, stop).astype(float)
    notes = [n for c in replayed.surface.traces.columns for n in c.sweep._notes]
    for column in range(rows.shape[1]):
        peak = rows[:, column].max() - rows[:, column].min()
        rms = np.sqrt((rows[:, column] ** 2).mean())
        assert f"p-p {peak:.1f} µV   RMS {rms:.1f} µV" in notes


def test_a_cursor_dragged_in_one_column_moves_in_both(replayed, qtbot):
    press(replayed, Qt.Key.Key_C)
    traces = replayed.surface.traces
    line = traces.columns[0].cursors[0]
    canvas = traces.canvas
    scene = line.mapToScene(line.boundingRect().center())
    start = canvas.mapFromScene(scene)
    before = line.value()
    port = canvas.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for shift in range(5, 45, 5):
        qtbot.mouseMove(port, start + QPoint(shift, 0))
        move_event(port, start + QPoint(shift, 0))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 0))
    assert line.value() > before
    assert traces.columns[1].cursors[0].value() == line.value()


def move_event(port, place):
    """Qt's test library sends no buttons with a move; a drag has one."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), port.mapToGlobal(QPointF(place)),
                        Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton,
                        Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(port, event)


def test_a_snapshot_holds_picture_settings_and_samples(replayed, recording, tmp_path):
    replayed.snapshots = tmp_path / "snapshots"
    press(replayed, Qt.Key.Key_P)
    picture, told, samples = (
        next(replayed.snapshots.glob(pattern)) for pattern in ("*.png", "*.json", "*_samples.tsv")
    )
    assert picture.stat().st_size > 10_000
    words = json.loads(told.read_text())
    assert words["recording"] == "patient.bdf"
    assert (words["start_s"], words["stop_s"]) == (20.0, 30.0)
    spasms = [e for e in replayed.desk.feed.found.events if 20_500 < e.onset < 29_000]
    assert {e.onset / 1000 for e in spasms} <= {e["onset_s"] for e in words["events"]}
    table = pd.read_csv(samples, sep="\t", na_values="n/a")
    stored = open_recording(recording).read(20_000, 30_000)
    np.testing.assert_allclose(table["OOC_L_raw"], stored[:, 0], atol=0.002)
    press(replayed, Qt.Key.Key_P)
    assert len(list(replayed.snapshots.glob("*.png"))) == 2


def test_a_snapshot_of_an_oddly_named_device_has_a_name_that_every_system_takes(
    replayed, monkeypatch, tmp_path
):
    monkeypatch.setattr(Replay, "name", "bus: a/b?")
    replayed.snapshots = tmp_path / "snapshots"
    press(replayed, Qt.Key.Key_P)
    (picture,) = replayed.snapshots.glob("*.png")
    assert picture.name == "bus_ a_b__30.00s.png"


def test_a_snapshot_is_made_of_a_recording_whose_name_is_not_utf_8(
    replayed, monkeypatch, tmp_path
):  # fmt: skip
    monkeypatch.setattr(Replay, "path", tmp_path / "x\udcff.bdf")
    replayed.snapshots = tmp_path / "snapshots"
    press(replayed, Qt.Key.Key_P)
    (told,) = replayed.snapshots.glob("*.json")
    assert json.loads(told.read_text(encoding="utf-8"))["recording"] == "x\udcff.bdf"


def test_without_sides_nothing_is_counted_and_a_montage_names_them(open_window, tmp_path):
    path = tmp_path / "plain.bdf"
    channels = tuple(Channel.from_label(name, full_scale=5e3) for name in ("EXG 0", "EXG 1"))
    with BdfWriter(path, StreamInfo(500.0, channels)) as writer:
        writer.write(Chunk(0, np.random.default_rng(1).normal(0, 2, (3000, 2))))
    window = open_window()
    window.open(Replay(path, LoadedConfig()))
    window._show_second(window.desk)
    assert not window.surface.side.counters.isVisible()
    montage = tmp_path / "montage.toml"
    montage.write_text(
        "".join(f"[[channel]]\nsource = {k + 1}\nlabel = 'OOC_{'LR'[k]}'\n" for k in range(2))
    )
    window.open(Replay(path, with_montage(LoadedConfig(), montage)))
    window._show_second(window.desk)
    assert window.desk.feed.info.names == ("OOC_L", "OOC_R")
    assert window.surface.side.counters.isVisible()


def test_a_table_that_does_not_say_its_rate_is_shown_at_the_given_one(open_window, tmp_path):
    path = tmp_path / "plain.csv"
    rows = np.random.default_rng(1).normal(0, 2, (3000, 2))
    np.savetxt(path, rows, delimiter=",", header="OOC_L,OOC_R", comments="", fmt="%.3f")
    with pytest.raises(ConfigError, match="--sampling-frequency HZ"):
        Replay(path, LoadedConfig())
    replay = Replay(path, LoadedConfig(), sampling_frequency=500.0)
    window = open_window()
    window.open(replay)
    again = replay.anew(path, LoadedConfig())  # as a dragged threshold asks
    window.open(again)
    assert again.feed.sampling_frequency == 500
    assert again.duration == 6


def test_the_help_is_scrolled_and_closed_by_keys(replayed, qtbot):
    replayed.resize(900, 500)
    help_page, gain = replayed.surface.help, replayed.view.gain
    replayed.surface.tool_bar._time.setFocus()
    replayed.actions_["help"].trigger()
    qtbot.waitUntil(help_page.hasFocus)
    QTest.keyClick(help_page, Qt.Key.Key_Down)
    first = help_page.bar.value()
    QTest.keyClick(help_page, Qt.Key.Key_End)
    assert 0 < first < help_page.bar.value() == help_page.bar.maximum()
    assert replayed.view.gain == gain
    QTest.keyClick(help_page, Qt.Key.Key_Escape)
    assert not help_page.isVisible()
    assert not replayed.actions_["help"].isChecked()
    assert replayed.surface.tool_bar._time.hasFocus()


def test_at_its_end_the_noise_is_known_and_not_learnt(replayed):
    replayed.go_to(float("inf"))
    replayed.frame()
    assert np.isfinite(replayed.desk.feed.thresholds).all()
    replayed._show_slow(replayed.desk)
    assert not replayed.surface.side.face._calibrating


def test_the_window_is_no_larger_than_the_screen(qtbot):
    window = Window(Kept())
    qtbot.addWidget(window)
    room = window.screen().availableGeometry()
    assert window.width() <= room.width()
    assert window.height() <= room.height()


def test_a_warning_beside_a_trace_has_room(replayed):
    flat = warning(np.full(10, FLAT, np.uint16), 1.0)
    wide = QFontMetricsF(font_of(QApplication.font(), 0.78, bold=True)).horizontalAdvance(flat)
    axis = replayed.surface.traces.columns[0].lane_axis
    assert wide <= axis.width() - 20


def test_names_beside_the_traces_have_room_in_larger_text(replayed):
    column = replayed.surface.traces.columns[0]
    before = column.lane_axis.width()
    replayed.appearance.turn_font(2.0)
    QApplication.processEvents()
    assert column.lane_axis.width() > 1.7 * before


def test_a_scroll_bar_has_the_colours_of_the_window(replayed):
    replayed.resize(900, 500)
    press(replayed, Qt.Key.Key_F1)
    bar = replayed.surface.help.bar
    shown = bar.grab().toImage()
    assert shown.pixelColor(bar.width() // 2, 20).name() == replayed.appearance.colours.faint


def test_the_help_explains_every_key(replayed):
    page = replayed.surface.help
    press(replayed, Qt.Key.Key_F1)
    assert page.isVisible()
    texts = [QTextDocumentFragment.fromHtml(label.text()) for label in page._columns]
    lines = {line for text in texts for line in text.toPlainText().splitlines()}
    assert {" or ".join(KEY_WORDS.get(key, key) for key in act.keys) for act in ACTS} <= lines
    assert {act.tells for act in ACTS} <= lines
    press(replayed, Qt.Key.Key_F1)
    assert not page.isVisible()


def test_dark_and_light_and_larger_text(replayed):
    before = QApplication.font().pointSizeF()
    dark = replayed.grab().toImage().pixelColor(600, 400).lightness()
    press(replayed, Qt.Key.Key_D)
    press(replayed, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert replayed.grab().toImage().pixelColor(600, 400).lightness() > dark + 100
    assert QApplication.font().pointSizeF() > before


def test_settings_survive(open_window, recording):
    first = open_window()
    first.open(Replay(recording, LoadedConfig()))
    first.change(gain=500.0, seconds=2.0, mirrored=False, tracks=frozenset({"raw", "envelope"}))
    first.appearance.turn_theme()
    first.close()
    kept = settings.load()
    assert kept.view == first.view
    assert kept.theme == "light"


def test_says_its_purpose_and_what_the_rate_withholds(replayed):
    assert "research and education only" in replayed.windowTitle()
    replayed._show_slow(replayed.desk)
    assert "withheld" in replayed.surface.status.text


def test_keeps_up_with_many_resizes(replayed):
    for k in range(25):
        replayed.resize(700 + 28 * k, 500 + 12 * k)
        QApplication.processEvents()
    column = replayed.surface.traces.columns[0]
    assert column.sweep._pixels.shape[1] == int(column.view.rect().width())


@pytest.mark.parametrize("scrolls", [False, True])
def test_a_picture_drawn_strip_by_strip_equals_one_drawn_at_once(replayed, qtbot, scrolls):
    replayed.change(scrolls=scrolls, seconds=5.0)
    QApplication.processEvents()
    replayed.desk.speed = 4.0
    replayed.replays.play(on=True)
    qtbot.waitUntil(lambda: replayed.desk.position > 38.0, timeout=90_000)
    replayed.replays.play(on=False)
    replayed.frame()
    QApplication.processEvents()
    replayed.surface.notice.hide()
    QApplication.processEvents()
    canvas = replayed.surface.traces.canvas
    swept = pixels(on_screen(replayed, canvas))
    replayed.surface.traces.redraw()
    QApplication.processEvents()
    for drawn in (on_screen(replayed, canvas), canvas.grab()):
        differing = np.abs(swept - pixels(drawn)).max(axis=2) > 8
        assert differing.mean() < 0.002


def on_screen(window, widget):
    """What stands on the screen where a widget is: painted part by part, and not now."""
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    return window.screen().grabWindow(window.winId(), *place.getRect())


def pixels(pixmap):
    """Shape (height, width, 3)."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
    shape = image.height(), image.width(), 4
    return np.frombuffer(image.constBits(), np.uint8).reshape(shape)[:, :, :3].astype(int)
