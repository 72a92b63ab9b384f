"""The signal check: what it says, impedances one after the other, keys, and how it ends."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from emgspasm.desk.palette import DARK, LIGHT
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.errors import SourceError
from emgspasm.sources.protocols import Electrode
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.viewer.checking.page import SignalCheck, headline

FS = 500.0
INFO = StreamInfo(FS, tuple(map(Channel.from_label, ("ECG", "OOC_L", "OOC_R", "odd"))))


class Board:
    """A source whose electrodes can be measured, all of one impedance but those named."""

    def __init__(self, others=None, fails_at=None):
        self.others, self.fails_at, self.at_rest = others or {}, fails_at, False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def impedances(self):
        try:
            for channel in INFO.names:
                for pole in "PN":
                    if (channel, pole) == self.fails_at:
                        raise SourceError("input 3 brought nothing. Bring the board nearer")
                    yield Electrode(channel, pole, self.others.get((channel, pole), 5e3))
                    self.may_go_on.wait(5)
        finally:
            self.at_rest = True


@pytest.fixture
def page(qtbot):
    made = SignalCheck(INFO, DARK)
    qtbot.addWidget(made)
    made.resize(900, 420)
    made.show()
    yield made
    made.wait()


def watch(page, samples):
    chunks = [Chunk(k, samples[k : k + 50].copy()) for k in range(0, len(samples), 50)]
    for analysis in analyze(Pipeline(), INFO, chunks):
        page.add_analysis(analysis)
    page.refresh()


def cell(page, row, name):
    table = page.table
    titles = [table.horizontalHeaderItem(k).text() for k in range(table.columnCount())]
    return table.item(row, titles.index(name)).text()


def test_numbers_and_what_is_wrong_are_in_the_row_of_the_channel(page):
    samples = np.random.default_rng(1).normal(0, 1, (6000, 4))
    samples[:, 2] = 7.0
    watch(page, samples)
    assert float(cell(page, 0, "noise \N{MICRO SIGN}V")) == pytest.approx(1, abs=0.3)
    assert cell(page, 1, "what is wrong") == "flat for 100.0 % of the time"
    assert page.headline.text() == "1 of 3 channels need attention: OOC_R"
    assert page.advice.text().startswith("OOC_R: flat for 100.0 % of the time. To do: no signal")
    assert page.grade("OOC_L") == "good"


def test_the_headline_tells_the_state_of_all():
    assert headline([("a", ""), ("b", "")]).startswith("Learning the noise")
    assert headline([("a", "good"), ("b", "good")]) == "All 2 channels are good"
    assert headline([("a", "good"), ("b", "fair")]) == (
        "All 2 channels can be used; 1 could be better"
    )
    assert "1 of 2 channels are still learning" in headline([("a", "good"), ("b", "")])
    assert headline([(c, "poor") for c in "abcdefg"]) == (
        "7 of 7 channels need attention: a, b, c, d, e and others"
    )


def test_impedances_come_one_after_the_other_and_grade_both_channel_and_electrode(page, qtbot):
    board = Board({("OOC_R", "N"): 62e3})
    assert page.table.isColumnHidden(5)
    with qtbot.waitSignal(page.measured, timeout=5000) as ended:
        page.measure(board)
    assert ended.args == [True]
    assert board.at_rest
    assert (cell(page, 1, "P k\N{OHM SIGN}"), cell(page, 1, "N k\N{OHM SIGN}")) == ("5.0", "62.0")
    assert not page.table.isColumnHidden(5)
    assert page.grade("OOC_R") == "unusable"
    assert page.map._grades["OOC_R", "P"] == "good"
    assert page.map._grades["OOC_R", "N"] == "unusable"
    assert "electrode N 62 kohm" in cell(page, 1, "what is wrong")


def test_progress_counts_electrodes_and_no_acceleration(qtbot):
    acceleration = Channel("ACCEL_X", kind="ACCEL", unit="g")
    page = SignalCheck(StreamInfo(FS, (*INFO.channels, acceleration)), DARK)
    qtbot.addWidget(page)
    assert page.progress.maximum() == 2 * len(INFO.channels)


def test_the_button_asks_then_ends_after_the_electrode_under_way(page, qtbot):
    board = Board()
    board.may_go_on.clear()
    with qtbot.waitSignal(page.impedance_wanted):
        qtbot.mouseClick(page.impedance, Qt.MouseButton.LeftButton)
    page.measure(board)
    qtbot.waitUntil(lambda: page.progress.value() == 1)
    with pytest.raises(ValueError, match="wait until it has ended"):
        page.measure(board)
    with qtbot.waitSignal(page.measured, timeout=5000) as ended:
        qtbot.mouseClick(page.impedance, Qt.MouseButton.LeftButton)
        board.may_go_on.set()
    assert ended.args == [False]
    assert board.at_rest
    assert page.impedance.isEnabled()
    assert not page.progress.isVisible()


def test_a_board_that_fails_is_told_and_may_be_asked_again(page, qtbot):
    with qtbot.waitSignal(page.measured, timeout=5000) as ended:
        page.measure(Board(fails_at=("OOC_R", "P")))
    assert ended.args == [False]
    assert page.note.text() == "input 3 brought nothing. Bring the board nearer"
    with qtbot.waitSignal(page.measured, timeout=5000) as ended:
        page.measure(Board())
    assert ended.args == [True]


def test_closing_the_window_waits_until_the_board_is_at_rest(qtbot):
    page, board = SignalCheck(INFO, DARK), Board()
    qtbot.addWidget(page)
    page.measure(board)
    page.wait()
    assert board.at_rest


def test_a_source_that_cannot_measure_is_told_in_words(page):
    page.allow_impedance(False, "a simulated face has no electrodes")
    assert not page.impedance.isEnabled()
    assert page.note.text() == "a simulated face has no electrodes"


def test_escape_goes_on_and_rows_are_walked_by_keyboard(page, qtbot):
    page.table.setFocus()
    page.table.setCurrentCell(0, 0)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.map._chosen == "OOC_R"
    with qtbot.waitSignal(page.closed):
        qtbot.keyClick(page.table, Qt.Key.Key_Escape)


def test_a_grade_has_a_shape_and_a_colour_on_the_face(page, qtbot):
    with qtbot.waitSignal(page.measured, timeout=5000):
        page.measure(Board({("OOC_R", "N"): 62e3}))
    badges = page.map._badges()
    image = page.map.grab().toImage()

    def shade(key):
        return image.pixel(QPoint(*map(round, badges[key].center().toTuple())))

    assert shade(("OOC_R", "P")) == QColor(DARK.good).rgb()
    assert shade(("OOC_R", "N")) == QColor(DARK.bad).rgb()
    assert badges["OOC_R", "P"].x() < page.map.width() / 2
    page.set_mirrored(False)
    assert page.map._badges()["OOC_R", "P"].x() > page.map.width() / 2


def test_another_stream_of_the_same_electrodes_keeps_their_impedance(page, qtbot):
    with qtbot.waitSignal(page.measured, timeout=5000):
        page.measure(Board())
    page.clear()
    page.dress(LIGHT)
    assert cell(page, 0, "P k\N{OHM SIGN}") == "5.0"


def test_what_came_while_the_page_was_hidden_is_not_called_lost(page):
    samples = np.random.default_rng(1).normal(0, 1, (6000, 4))
    chunks = [Chunk(k, samples[k : k + 50].copy()) for k in range(0, len(samples), 50)]
    analyses = list(analyze(Pipeline(), INFO, chunks))
    for analysis in analyses[:40]:
        page.add_analysis(analysis)
    page.refresh()
    page.hide()
    page.show()
    for analysis in analyses[-40:]:
        page.add_analysis(analysis)
    page.refresh()
    assert cell(page, 0, "lost %") == "0.0"
    assert page.grade("OOC_L") == "good"
