"""The panels beside the traces agree on what an event is called."""

from dataclasses import replace

import pytest

from emgspasm.desk.desk import News
from emgspasm.desk.palette import DARK
from emgspasm.stream import Burst, Channel, Event, StreamInfo
from emgspasm.viewer.panels.side_panel import SidePanel

INFO = StreamInfo(1000.0, tuple(map(Channel.from_label, ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R"))))
FIRST = Event("spasm", 100, 200, "R", bursts=(Burst(1, 100, 200, 50, 30, 2),), spread_stage=1)
SECOND = Event("spasm", 900, 999, "L", bursts=(Burst(2, 900, 999, 50, 30, 2),), spread_stage=2)


@pytest.fixture
def side(qtbot):
    made = SidePanel(INFO, DARK)
    qtbot.addWidget(made)
    made.take(News(passed=(FIRST, SECOND)))
    return made


def test_the_face_shows_the_last_spasm(side):
    assert side.face.spread_words() == "last spasm L: cheek, stage 2"
    assert side.face.light("ZYG", "left").in_spasm


def test_what_is_no_spasm_any_more_is_none_on_the_face(side):
    side.take(News(amended=((SECOND, replace(SECOND, trial_type="voluntary")),)))
    assert side.face.spread_words() == "last spasm R: eye, stage 1"
    assert side.face.light("OOC", "right").in_spasm
    assert not side.face.light("ZYG", "left").in_spasm
    side.take(News(amended=((FIRST, replace(FIRST, trial_type="voluntary")),)))
    assert side.face.spread_words() == "no spasm yet"


def test_the_face_tells_no_absence_of_spasms_where_none_are_sought(qtbot):
    made = SidePanel(INFO, DARK)
    qtbot.addWidget(made)
    for refused, untold, words in (
        (False, "", "no spasm yet"),
        (True, "", "spasms n/a"),
        (False, "L", "no spasm yet"),
        (False, "LRB", "spasms n/a"),
    ):
        made.counters.update_time(60.0, 60.0, frozenset(untold))
        made.show_refused(refused=refused)
        assert made.face.spread_words() == words
