"""Counters: what counts, how it is told, and that tables of a result would count the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emgspasm.desk.counting import Counting
from emgspasm.desk.palette import DARK
from emgspasm.stream import Channel, Event, StreamInfo
from emgspasm.synkinesis.measures.occurrence import occurrence
from emgspasm.viewer.panels.counters import ROWS, Counters

INFO = StreamInfo(1000.0, tuple(map(Channel.from_label, ("OOC_L", "OOC_R"))))
SPASM = Event("spasm", 30_000, 31_000, "R", "tonic", reason="one side, LI 0.95")
BLINK = Event("blink", 40_000, 40_100, "B")


@pytest.fixture
def panel(qtbot):
    made = Counters(INFO, DARK)
    qtbot.addWidget(made)
    made.resize(330, 230)
    return made


def shown(panel, row):
    """Numbers (left, right) of a row."""
    return panel._shown[ROWS.index(row)]


def test_spasms_count_for_their_side_in_valid_time(panel):
    panel.add_event(SPASM)
    panel.add_event(replace(SPASM, onset=33_000, offset=34_000))
    panel.update_time(60.0, 40.0)
    assert shown(panel, "spasms") == ("0", "2")
    assert shown(panel, "spasms / min") == ("0.0", "3.0")
    assert shown(panel, "% of time") == ("0.0", "5.0")
    assert "spasms / min: 0.0 left, 3.0 right" in panel.accessibleDescription()


def test_no_rate_is_told_of_a_few_seconds(panel):
    panel.add_event(SPASM)
    panel.update_time(35.0, 25.0)
    assert shown(panel, "spasms / min") == ("n/a", "n/a")
    assert shown(panel, "% of time") == ("n/a", "n/a")
    assert shown(panel, "spasms") == ("0", "1")
    assert "rates from 30 s on" in panel._lines()[1]


def test_where_nothing_could_be_sought_nothing_is_counted(panel):
    panel.add_event(BLINK)
    panel.update_time(60.0, 40.0, frozenset("RB"))
    assert [shown(panel, row)[1] for row in ROWS] == ["n/a"] * 4
    assert shown(panel, "spasms / min")[0] == "0.0"
    assert panel._lines()[0] == "blinks n/a"


def test_spasms_leave_the_last_minute_as_time_goes_on(panel):
    panel.add_event(SPASM)
    panel.update_time(89.0, 80.0)
    assert shown(panel, "last 60 s") == ("0", "1")
    panel.update_time(91.0, 82.0)
    assert shown(panel, "last 60 s") == ("0", "0")


def test_the_last_event_is_told_with_its_reason(panel):
    assert panel._last() == ("no event yet", "")
    panel.add_event(SPASM)
    assert panel._last() == ("spasm R tonic at 0:30.0, 1000 ms", "one side, LI 0.95")


def test_an_amended_event_counts_as_what_it_is_called_now(panel):
    panel.add_event(SPASM)
    panel.add_event(BLINK)
    panel.amend(SPASM, replace(SPASM, trial_type="voluntary", side="B", label="smile"))
    panel.update_time(60.0, 60.0)
    assert shown(panel, "spasms") == ("0", "0")
    assert panel._lines()[0].endswith("voluntary 1")


def test_nothing_is_painted_while_no_word_changes(panel, qtbot):
    panel.update_time(60.0, 50.0)
    panel.show()
    qtbot.wait(30)
    painted = []
    panel._paint_heads = lambda *_: painted.append(1)
    panel.update_time(60.1, 50.1)
    qtbot.wait(30)
    assert painted == []
    panel.add_event(BLINK)
    qtbot.wait(30)
    assert painted == [1]


def test_another_recording_begins_at_nothing(panel):
    panel.add_event(SPASM)
    panel.clear()
    assert shown(panel, "spasms") == ("0", "0")


def test_the_counts_are_those_of_the_tables_of_a_result(patient):
    fs = patient.info.sampling_frequency
    stretches = [(max(a.chunk.start, a.settled), a.chunk.stop) for a in patient.analyses]
    valid = [(start, stop) for start, stop in stretches if stop > start]
    counting = Counting(fs, seconds=60.0, valid_seconds=sum(b - a for a, b in valid) / fs)
    for event in patient.events:
        counting.take(event)
    for side in "LR":
        mine = [e for e in patient.events if (e.trial_type, e.side) == ("spasm", side)]
        spans = [(e.onset, e.offset) for e in mine]
        expected = occurrence(spans, valid, fs)
        found = counting.of(side)
        assert (found.count, found.rate) == (expected.count, pytest.approx(expected.rate))
        assert found.time_share == pytest.approx(expected.time_share, abs=0.05)
    assert counting.of("L").count > 3
