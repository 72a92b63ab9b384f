"""The overview: what lies where, how to go there, and that only what changed is painted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from emgspasm.desk.palette import DARK, LIGHT
from emgspasm.stream import Channel, Event, StreamInfo
from emgspasm.viewer.panels.overview import Overview
from emgspasm.viewer.panels.timeline import Timeline, span, ticks

INFO = StreamInfo(1000.0, tuple(map(Channel.from_label, ("OOC_L", "OOC_R"))))
SPASM = Event("spasm", 100_000, 104_000, "R", "tonic", reason="one side, LI 0.95")
BLINK = Event("blink", 200_000, 204_000, "B")


@pytest.fixture
def strip(qtbot):
    made = Overview(INFO, DARK)
    qtbot.addWidget(made)
    made.resize(700, 110)
    made.set_duration(300.0)
    made.show()
    return made


def pixels(strip, shade):
    """Where a screenshot has a colour."""
    image, wanted = strip.grab().toImage(), QColor(shade).rgb()
    return {
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixel(x, y) == wanted
    }


def test_an_event_lies_in_the_lane_of_its_side_at_its_time(strip):
    strip.add_event(SPASM)
    lane, lanes = strip._lanes.lane("R"), strip._lanes
    found = pixels(strip, DARK.spasm)
    assert found
    assert all(lane.contains(x, y) for x, y in found)
    assert min(x for x, _ in found) == pytest.approx(lanes.x(100.0), abs=1.5)
    assert max(x for x, _ in found) == pytest.approx(lanes.x(104.0), abs=1.5)


def test_the_persons_right_is_above_as_it_is_on_the_left_and_can_be_turned(strip):
    assert strip._lanes.lane("R").bottom() == pytest.approx(strip._lanes.lane("L").top())
    strip.set_mirrored(False)
    assert strip._lanes.lane("L").bottom() == pytest.approx(strip._lanes.lane("R").top())


def test_kinds_of_events_differ_in_height_too(strip):
    bars = [strip._lanes.bar(replace(BLINK, trial_type=kind), 1000.0)
            for kind in ("spasm", "voluntary", "blink", "artifact")]  # fmt: skip
    heights = [bar.height() for bar in bars]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 4


def test_what_was_added_piece_by_piece_looks_as_if_painted_at_once(strip):
    strip.grab()
    strip.add_event(SPASM)
    strip.add_gap(50.0, 50.01)
    strip.add_event(BLINK)
    added = strip.grab().toImage()
    strip._stale()
    assert strip.grab().toImage() == added
    assert pixels(strip, DARK.gap)


def test_an_amended_event_is_shown_as_what_it_is_called_now(strip):
    strip.add_event(SPASM)
    strip.amend(SPASM, replace(SPASM, trial_type="voluntary"))
    assert not pixels(strip, DARK.spasm)
    assert pixels(strip, DARK.voluntary)


def test_a_click_picks_its_moment_and_a_drag_goes_along(strip, qtbot):
    picked = []
    strip.picked.connect(picked.append)
    middle = QPoint(round(strip._lanes.x(150.0)), 50)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(strip, QPoint(0, 50))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(0, 50))
    assert picked[0] == pytest.approx(150.0, abs=0.5)
    assert picked[-1] == 0.0


def test_the_keys_go_by_a_view_to_spasms_and_to_the_ends(strip, qtbot):
    for middle in (52_000, 102_000, 251_000, 270_000):
        strip.add_event(replace(SPASM, onset=middle - 1000, offset=middle + 1000))
    strip.set_view(140.0, 150.0)
    picked = []
    strip.picked.connect(picked.append)
    for key in ("Left", "Right", "Up", "Down", "Home", "End"):
        qtbot.keyClick(strip, getattr(Qt.Key, f"Key_{key}"))
    assert picked == [135.0, 155.0, 102.0, 251.0, 0.0, 300.0]
    strip.set_view(269.5, 270.5)  # about the last one
    qtbot.keyClick(strip, Qt.Key.Key_Down)
    assert len(picked) == 6


def test_its_keys_go_before_the_windows_shortcuts_while_it_has_the_keyboard(qtbot):
    window, picked, window_did = QWidget(), [], []
    qtbot.addWidget(window)
    strip, other = Overview(INFO, DARK), Overview(INFO, DARK)
    for widget in (strip, other):
        QVBoxLayout.addWidget(window.layout() or QVBoxLayout(window), widget)
    QShortcut(QKeySequence("Home"), window).activated.connect(lambda: window_did.append(1))
    QShortcut(QKeySequence("G"), window).activated.connect(lambda: window_did.append(2))
    strip.picked.connect(picked.append)
    window.show()
    window.activateWindow()
    strip.setFocus()
    qtbot.waitUntil(strip.hasFocus)
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    qtbot.keyClick(strip, Qt.Key.Key_G)
    assert picked == [0.0]
    assert window_did == [2]


def test_the_scale_grows_in_steps_as_the_session_does(qtbot):
    strip = Overview(INFO, DARK)
    qtbot.addWidget(strip)
    strip.update_time(59.0)
    assert strip.timeline.shown == 60
    strip.update_time(61.0)
    assert strip.timeline.shown == 120
    strip.set_duration(90.0)  # its end is known
    assert strip.timeline.shown == 90
    assert [span(s) for s in (0, 3600, 3601, 100_000)] == [60, 3600, 7200, 172_800]
    assert ticks(600.0, 600.0, 50.0) == (60.0, 1.0)


def test_a_label_that_has_no_room_leaves_its_mark_and_is_told_by_the_mouse(strip):
    strip.add_marker(10.0, "rest_open", 60.0)
    strip.add_marker(11.0, "cough")
    widths = [80.0, 40.0]
    assert [text for _, text in strip.timeline.labels(strip._lanes, widths)] == ["rest_open"]
    told = strip._told(QPoint(round(strip._lanes.x(11.0)), 50).toPointF())
    assert {"rest_open", "cough"} <= set(told.split("\n"))
    strip.remove_marker(11.0, "cough")
    assert len(strip.timeline.markers) == 1


def test_the_event_under_the_mouse_is_told_with_its_reason(strip):
    strip.add_event(SPASM)
    strip.add_gap(101.0, 101.5)
    told = strip._told(QPoint(round(strip._lanes.x(102.0)), 50).toPointF())
    assert "spasm R tonic: one side, LI 0.95" in told
    assert "0.50 s missing" in told


def test_the_view_moves_without_painting_what_stays(strip, qtbot):
    painted = []
    strip.set_view(10.0, 20.0)
    qtbot.wait(30)
    strip._paint_all = lambda *_: painted.append(1)
    strip.set_view(10.01, 20.01)
    strip.set_view(200.0, 210.0)
    qtbot.wait(30)
    assert painted == []
    strip.dress(LIGHT)
    qtbot.wait(30)
    assert painted == [1]


def test_losses_that_cannot_be_told_apart_are_painted_as_one():
    timeline = Timeline(
        250.0, gaps=[(9.0, 9.5), (1.0, 1.004), (1.4, 1.404), (2.5, 2.7), (3.1, 3.2), (9.2, 9.3)]
    )
    apart = [(1.0, 1.404), (2.5, 2.7), (3.1, 3.2), (9.0, 9.5)]
    assert list(timeline.gaps_apart(0.5)) == apart
    assert list(timeline.gaps_apart(0.0)) == sorted(timeline.gaps)[:5]
    assert not list(Timeline(250.0).gaps_apart(1.0))


def test_however_many_packets_an_hour_loses_no_more_is_painted_than_there_is_room_for():
    lost = [(k / 12, k / 12 + 0.004) for k in range(12 * 3600)]
    painted = list(Timeline(250.0, gaps=lost).gaps_apart(2 * 3600 / 1400))
    assert len(painted) <= 1400 / 2
    assert all(any(low <= start and stop <= high for low, high in painted) for start, stop in lost)


def test_lost_packets_are_told_together_and_not_as_no_time_at_all():
    lost = Timeline(250.0, gaps=[(k, k + 0.004) for k in range(100, 120)])
    assert lost.told(110.0, 0.5) == ["1:50.0", "4 ms missing"]
    assert lost.told(110.0, 50.0) == ["1:50.0", "80 ms missing in 20 losses"]
