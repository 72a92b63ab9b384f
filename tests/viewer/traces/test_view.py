"""The two columns of traces: wheels and touchpads, raw traces on their lines."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from emgspasm.config import LoadedConfig
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.viewer.ink import font_of
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.settings import Kept
from emgspasm.viewer.traces.lettering import Label
from emgspasm.viewer.traces.picture import View

pytestmark = pytest.mark.real_time

OFFSET = 20_000.0
"""uV by which electrodes differ: far beyond what is drawn."""


def turn(traces, by):
    traces.wheelEvent(
        QWheelEvent(QPointF(300, 300), QPointF(300, 300), QPoint(), QPoint(0, by),
                    Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                    Qt.ScrollPhase.NoScrollPhase, False)
    )  # fmt: skip


def test_a_touchpad_turns_by_parts_of_a_step(replayed):
    gains = []
    for _ in range(16):
        turn(replayed.surface.traces, 15)
        gains.append(replayed.view.gain)
    assert gains == [100.0] * 7 + [50.0] * 8 + [20.0]


def test_a_wheel_that_is_turned_fast_turns_by_several_steps(replayed):
    turn(replayed.surface.traces, -360)
    assert replayed.view.gain == 1000.0


@pytest.fixture
def far_off(tmp_path, open_window):
    """Opens a window over two channels far from zero, one of which jumps at 5 s."""

    def open_(names=("OOC_L", "OOC_R"), **view):
        channels = tuple(Channel.from_label(name, full_scale=187_500.0) for name in names)
        samples = np.random.default_rng(1).normal(OFFSET, 5, (5000, 2))
        samples[2500:, 0] -= 2 * OFFSET
        path = tmp_path / "far.bdf"
        with BdfWriter(path, StreamInfo(500.0, channels)) as writer:
            writer.write(Chunk(0, samples))
        window = open_window(Kept(view=View(seconds=2.0, **view)))
        window.open(Replay(path, LoadedConfig()))
        window.replays.play(on=False)
        window.go_to(4.0)
        window.frame()
        QApplication.processEvents()
        return window

    return open_


def drawn_offsets(window):
    return window.surface.traces.columns[0].sweep._offsets


@pytest.mark.parametrize("scrolls", [False, True])
def test_raw_traces_are_on_their_lines_as_soon_as_they_are_drawn(far_off, scrolls):
    window = far_off(scrolls=scrolls)
    QTest.keyClick(window, Qt.Key.Key_W)
    QApplication.processEvents()
    assert drawn_offsets(window) == pytest.approx([OFFSET, OFFSET], abs=1)


def test_raw_traces_of_a_page_are_on_their_lines(far_off):
    window = far_off(tracks=frozenset({"raw"}))
    window.go_to(10.0)
    window.freeze.hold(True)
    assert drawn_offsets(window) == pytest.approx([-OFFSET, OFFSET], abs=1)
    window.go_to(4.0)
    assert drawn_offsets(window) == pytest.approx([OFFSET, OFFSET], abs=1)


def test_raw_traces_stay_where_they_were_in_a_gap(far_off):
    window = far_off(tracks=frozenset({"raw"}))
    strip = window.desk.feed.strip
    strip.tracks["raw"][:, [k % strip.capacity for k in range(1500, 2000)]] = np.nan
    window.surface.traces.redraw()
    assert drawn_offsets(window) == pytest.approx([OFFSET, OFFSET], abs=1)


def test_names_that_differ_at_their_ends_have_room_beside_the_traces(far_off):
    names = ["WWW LEFT CHEEK 1", "WWW LEFT CHEEK 2"]
    axis = far_off(names=names).surface.traces.columns[0].lane_axis
    wide = QFontMetricsF(font_of(QApplication.font(), 0.95, bold=True)).horizontalAdvance
    assert axis.width() - 20 >= max(map(wide, names))


def test_a_marker_that_is_wider_than_a_column_is_read_from_its_beginning(replayed):
    sweep = replayed.surface.traces.columns[0].sweep
    lettering = sweep._lettering
    (long,) = lettering.written([Label(25_000, 100 * "long ", "#ffffff")])
    box = long.box
    assert 0 <= box.left() < box.right() <= sweep.boundingRect().right()
    assert lettering._fit(100 * "long ")[0].startswith("long long")
    assert lettering._fit("smile")[0] == "smile"


def test_a_label_gives_way_to_the_next_on_its_line(replayed):
    lettering = replayed.surface.traces.columns[0].sweep._lettering
    samples = {"rest_open": 25_000, "smile": 25_200, "speech": 26_300}  # 10 s a column
    labels = [Label(at, text, "#ffffff") for text, at in samples.items()]
    blink = Label(25_300, "blink", "#ffffff", 0)
    first, second, third, _ = lettering.written([*labels[::-1], blink])
    assert (first.text, second.text, third.text) == ("", "smile", "speech")
    assert second.box.right() <= third.box.left()
    assert any(box.contains(first.box) for box in lettering.places({labels[1]}))  # written anew


def test_labels_at_the_right_edge_hide_none_before_them(replayed):
    lettering = replayed.surface.traces.columns[0].sweep._lettering
    samples = {"rest_open": 29_400, "smile": 29_600, "speech": 29_800}  # the column ends at 30 s
    written = lettering.written([Label(at, text, "#ffffff") for text, at in samples.items()])
    assert [one.text for one in written] == list(samples)
    edges = [edge for one in written for edge in (one.box.left(), one.box.right())]
    assert edges == sorted(edges)
    assert edges[-1] <= lettering._width
    many = [Label(at, "blink", "#ffffff", 0) for at in range(25_000, 30_000, 100)]
    assert all(abs(one.box.left() - one.x) <= 2 * one.box.width() for one in lettering.written(many)
               if one.text)  # fmt: skip


def test_a_text_before_its_place_goes_with_it_when_the_sweep_has_passed(replayed):
    replayed.go_to(29.0)  # a column of 10 s ends at 20 s and 30 s
    replayed.frame()
    sweep, desk = replayed.surface.traces.columns[0].sweep, replayed.desk
    sweep.show_labels([Label(19_950, "rest_open", "#ffffff")])
    (text,) = sweep._lettering.written(sweep._labels)
    desk.playing, stale = True, []
    for _ in range(10):
        desk.tick(0.1)
        stale.clear()
        sweep.stale.connect(stale.append)
        sweep.go_on()
        sweep.stale.disconnect(stale.append)
        if not sweep._lettering.written(sweep._labels):
            break
    assert any(part.contains(text.box) for part in stale)


def test_what_is_cut_on_the_traces_is_told_under_the_mouse(replayed):
    sweep = replayed.surface.traces.columns[0].sweep
    sweep.show_labels([Label(25_000, "spasm isolated rejected", "#ffffff", 0),
                       Label(25_100, "blink", "#ffffff", 0)])  # fmt: skip
    cut = sweep._lettering.written(sweep._labels)[0]
    assert cut.text != cut.label.text
    canvas = replayed.surface.traces.canvas
    place = (canvas._corner(sweep) + QPointF(cut.x + 1, cut.box.center().y())).toPoint()
    QApplication.sendEvent(canvas.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, place))
    assert QToolTip.text() == "spasm isolated rejected"
    QToolTip.hideText()
