"""The panels in the window: fed by a stream, obeyed by it, and given the board when needed."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from emgspasm.cli.conclusion import conclude
from emgspasm.cli.recording import describe
from emgspasm.config import parse_config
from emgspasm.desk.request import RecordingRequest
from emgspasm.desk.wiring import Wiring
from emgspasm.sources.protocols import Electrode
from emgspasm.viewer.actions import ACTS
from emgspasm.viewer.recording.dialog import RecordDialog
from emgspasm.viewer.recording.recorder import Recorder
from emgspasm.viewer.status_line import StatusLine

CONFIG = parse_config('[markers]\n1 = "smile"\n')


def press(window, key):
    QTest.keyClick(window, key)
    QApplication.processEvents()


@pytest.fixture
def measurable(paced):
    """Makes sources that can measure their electrodes, too."""

    def make(**kwargs):
        source = paced(real_time=True, **kwargs)
        source.may_go_on, source.at_rest = threading.Event(), True

        def impedances():
            source.at_rest = False
            try:
                for channel in source.info.names:
                    for pole in "PN":
                        yield Electrode(channel, pole, 7e3)
                        source.may_go_on.wait(5)
            finally:
                source.at_rest = True

        source.impedances = impedances
        return source

    return make


@pytest.fixture
def watch(open_window, tmp_path):
    """Opens a window over sources made one after the other; they are kept."""

    def open_(make):
        window, made = open_window(), []

        def make_source():
            made.append(make())
            return made[-1]

        window.watch(
            Recorder(
                Wiring(CONFIG, make_source, describe, conclude),
                RecordingRequest(str(tmp_path / "study"), "01", "", "rest"),
                window,
            )
        )
        window.made = made
        return window

    return open_


def shown(window):
    return window.desk.feed.strip.stop if window.desk else 0


def test_the_overview_shows_all_of_a_recording_and_leads_to_it(replayed, qtbot):
    overview, found = replayed.surface.overview, replayed.desk.feed.found
    timeline = overview.timeline
    assert timeline.duration == 40.0
    assert sorted(e.onset for e in timeline.events) == [e.onset for e in found.events]
    assert timeline.gaps == [(20.0, 20.5)]
    assert [text for _, _, text in timeline.markers] == ["rest_open"]
    qtbot.waitUntil(lambda: timeline.view == replayed.surface.traces.stretch)
    wanted = QPoint(round(overview._lanes.x(15.0)), 40)
    qtbot.mouseClick(overview, Qt.MouseButton.LeftButton, pos=wanted)
    qtbot.waitUntil(lambda: abs(sum(timeline.view) / 2 - 15.0) < 0.2)


def test_the_counters_are_of_the_recording_up_to_what_is_shown(replayed):
    counting = replayed.surface.side.counters.counting
    found = replayed.desk.feed.found.events

    def before(seconds):
        valid = [e for e in found if e.trial_type == "spasm" and e.quality != "settling"]
        return sum(e.offset <= 1000 * seconds for e in valid)

    assert counting.of("L").count == before(30.0) > 0
    replayed.go_to(12.0)
    replayed.frame()
    assert replayed.surface.side.counters.counting.of("L").count == before(12.0)


def test_g_shows_the_spectrum_of_what_lies_between_the_cursors(replayed, qtbot):
    press(replayed, Qt.Key.Key_G)
    spectrum = replayed.surface.spectrum
    assert spectrum.isVisible()
    assert replayed.freeze.measuring
    qtbot.waitUntil(lambda: "withheld" in spectrum.words.text())
    words = spectrum.words.text()
    press(replayed, Qt.Key.Key_BraceRight)
    qtbot.waitUntil(lambda: spectrum.words.text() != words)
    press(replayed, Qt.Key.Key_Space)
    assert not spectrum.isVisible()
    assert not replayed.actions_["spectrum"].isChecked()


def test_panels_take_other_colours_sides_and_fonts_with_the_window(replayed):
    surface = replayed.surface
    press(replayed, Qt.Key.Key_X)
    assert not surface.overview._mirrored
    press(replayed, Qt.Key.Key_D)
    assert surface.overview._palette.name == surface.spectrum._palette.name == "light"
    assert surface.side.counters._palette.name == "light"
    height = surface.overview.height()
    replayed.appearance.turn_font(1.5)
    QApplication.processEvents()
    assert surface.overview.height() > 1.2 * height


def test_q_shows_the_signal_check_of_a_stream_arrows_its_rows_and_escape_the_traces(
    watch, measurable, qtbot
):  # fmt: skip
    window = watch(measurable)
    qtbot.waitUntil(lambda: shown(window) > 100)
    press(window, Qt.Key.Key_Q)
    check = window.surface.check
    assert check.isVisible()
    assert not window.surface.traces.isVisible()
    qtbot.waitUntil(lambda: check.table.item(0, 1).text() not in ("", "n/a"), timeout=15_000)
    before = window.view
    check.table.setCurrentCell(0, 0)
    QTest.keyClick(check.table, Qt.Key.Key_Down)
    assert check.table.currentRow() == 1
    assert window.view == before
    QTest.keyClick(check.table, Qt.Key.Key_Escape)
    assert window.surface.traces.isVisible()
    assert not window.actions_["check"].isChecked()


def test_measuring_takes_the_board_and_gives_it_back(watch, measurable, qtbot):
    window = watch(measurable)
    qtbot.waitUntil(lambda: shown(window) > 100)
    press(window, Qt.Key.Key_Q)
    check = window.surface.check
    qtbot.mouseClick(check.impedance, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: check.progress.value() == 1)
    first, measured = window.made
    assert first._stopped.is_set()
    assert window.desk is None
    assert not window.actions_["record"].isEnabled()
    assert "MEASURING" in window.surface.status.text
    measured.may_go_on.set()
    qtbot.waitUntil(lambda: shown(window) > 100)
    assert measured.at_rest
    assert len(window.made) == 3
    assert window.surface.check is check
    assert check.isVisible()
    assert check.grade("OOC_L") == "good"
    assert window.actions_["record"].isEnabled()


def test_closing_while_measuring_leaves_the_board_at_rest_and_starts_nothing(
    watch, measurable, qtbot
):
    window = watch(measurable)
    qtbot.waitUntil(lambda: shown(window) > 100)
    press(window, Qt.Key.Key_Q)
    qtbot.mouseClick(window.surface.check.impedance, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.surface.check.progress.value() == 1)
    measured = window.made[-1]
    measured.may_go_on.set()
    window.close()
    qtbot.wait(50)
    assert measured.at_rest
    assert len(window.made) == 2


def test_impedance_waits_for_the_end_of_a_recording(watch, measurable, paced, qtbot):
    window = watch(measurable)
    dialog = RecordDialog(window.recorder.request, window)
    dialog.accept()
    window.recorder.record(dialog)
    assert not window.surface.check.impedance.isEnabled()
    assert "end the recording" in window.surface.check.note.text()
    window.recorder.stop()
    assert window.surface.check.impedance.isEnabled()


def test_a_source_without_electrodes_says_so(watch, paced):
    window = watch(partial(paced, seconds=2.0))
    assert not window.surface.check.impedance.isEnabled()
    assert "cannot measure" in window.surface.check.note.text()


def test_a_marker_stands_in_the_overview_until_it_is_taken_back(watch, measurable, qtbot):
    window = watch(measurable)
    qtbot.waitUntil(lambda: shown(window) > 300)
    timeline = window.surface.overview.timeline
    press(window, Qt.Key.Key_1)
    window.frame()
    assert "smile" in [text for _, _, text in timeline.markers]
    press(window, Qt.Key.Key_Backspace)
    window.frame()
    assert "smile" not in [text for _, _, text in timeline.markers]
    qtbot.waitUntil(lambda: timeline.seconds > 0.3)


def test_the_window_fits_a_small_screen_and_all_text_grows_with_the_font(replayed):
    replayed.resize(900, 600)
    assert (replayed.width(), replayed.height()) == (900, 600)
    tool_bar, status = replayed.surface.tool_bar, replayed.surface.status
    before = tool_bar._time.height(), status._text.fontMetrics().height()
    side = replayed.surface.side.minimumWidth()
    replayed.appearance.turn_font(1.5)
    QApplication.processEvents()
    assert tool_bar._time.height() > 1.2 * before[0]
    assert status._text.fontMetrics().height() > 1.3 * before[1]
    assert replayed.surface.side.minimumWidth() > 1.3 * side


def test_text_of_twice_the_size_does_not_outgrow_a_small_screen(watch, measurable, qtbot):
    window = watch(measurable)
    qtbot.waitUntil(lambda: window.surface.check is not None)
    window.appearance.turn_font(2.0)
    QApplication.processEvents()
    least = window.minimumSizeHint()
    assert least.width() <= 1366
    assert least.height() <= 600


def test_a_window_that_text_widened_is_no_larger_than_the_screen(replayed, qtbot):
    replayed.resize(5000, 4000)
    room = replayed.screen().availableGeometry()
    replayed.appearance.turn_font(1 / 1.1)
    qtbot.waitUntil(lambda: replayed.width() <= room.width() and replayed.height() <= room.height())


def test_tab_reaches_everything_in_the_window(replayed, qtbot):
    surface, reached = replayed.surface, set()
    replayed.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    bar = surface.tool_bar
    assert {surface.side.face, surface.side.symmetry, surface.side.counters} <= reached
    assert {surface.overview, bar._time, bar._gain, surface.replay_bar._speed} <= reached
    texts = {w.defaultAction().text() for w in reached if isinstance(w, QToolButton)}
    assert {"Freeze", "Cursors", "Spectrum", "Play", "Loop"} <= texts


def test_every_act_has_a_key_of_its_own_and_does_something(replayed):
    keys = [key for act in ACTS for key in act.keys]
    assert len(keys) == len(set(keys))
    assert all(act.keys for act in ACTS)
    assert {act.name for act in ACTS} == set(replayed._acts)


def test_a_status_line_that_is_too_long_says_that_there_is_more(qtbot):
    line = StatusLine()
    qtbot.addWidget(line)
    line.resize(500, 30)
    line.show()
    line.show_parts(["patient.bdf", "lost 0.0 % in 5 s", "250 Hz: lags and spectra withheld"])
    assert line._text.text().endswith("\N{HORIZONTAL ELLIPSIS}")
    assert line._text.toolTip().endswith("withheld")
    line.resize(1400, 30)
    assert line._text.text().endswith("withheld")
