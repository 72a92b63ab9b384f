"""What lies in the window, from one stream to the next."""

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget

from emgspasm.config import LoadedConfig
from emgspasm.desk.words import lane_texts
from emgspasm.viewer.notice import Notice
from emgspasm.viewer.replaying.replay import Replay

pytestmark = pytest.mark.real_time


def test_the_border_stays_where_it_was_dragged_when_another_stream_begins(replayed, recording):
    splitter = replayed.surface._splitter
    splitter.setSizes([600, 580])
    before = splitter.sizes()
    replayed.open(Replay(recording, LoadedConfig()))
    QApplication.processEvents()
    assert splitter.sizes() == before


@pytest.fixture
def counted(open_window, tmp_path):
    """A window with a table of counts, far larger than microvolts of a face."""
    path = tmp_path / "counts.csv"
    rows = np.random.default_rng(1).normal(0, 900, (4000, 2))
    np.savetxt(path, rows, delimiter=",", header="OOC_L,OOC_R", comments="", fmt="%.0f")
    window = open_window()
    window.open(Replay(path, LoadedConfig(), sampling_frequency=500.0))
    window.replays.play(on=False)
    window.go_to(8.0)
    window.frame()
    return window


def test_what_is_no_voltage_is_not_said_to_be_one(counted):
    surface = counted.surface
    counted.freeze.measure(True)
    assert surface.tool_bar._gain.currentText() == "100 count/div"
    notes = [note for column in surface.traces.columns for note in column.sweep._notes]
    assert [note.endswith(" count") for note in notes] == [True, True]
    symmetry = surface.side.symmetry
    assert "\N{MICRO SIGN}V" not in symmetry._words(symmetry._pairs[0])
    assert surface.spectrum.plot.getAxis("left").labelText == "count/\N{SQUARE ROOT}Hz"


def test_what_is_no_voltage_is_not_called_noisy(counted, qtbot):
    qtbot.waitUntil(lambda: counted.desk.surveyed, timeout=90_000)
    counted.frame()
    texts = lane_texts(counted.desk.feed)
    assert texts[0].level.endswith(" count")
    assert {text.warning for text in texts.values()} == {""}


def test_another_stream_has_its_own_unit(counted, recording):
    counted.open(Replay(recording, LoadedConfig()))
    assert counted.surface.tool_bar._gain.currentText() == "100 \N{MICRO SIGN}V/div"


def test_a_notice_is_as_high_as_its_words_whatever_its_width(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    notice = Notice(window, QWidget(window))
    notice.tell("mains of 50 Hz stands 14 dB over its neighbours: a notch was added at 50 Hz " * 2)
    for wide in (1280, 300, 800):
        window.resize(wide, 600)
        notice.place()
        assert notice.height() == notice.heightForWidth(notice.width())
