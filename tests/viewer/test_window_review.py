"""An expert decides about the events of a replay with keys; what is stored is the review."""

from __future__ import annotations

import shutil
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgspasm.batch.jobs import Job, run_job
from emgspasm.config import LoadedConfig
from emgspasm.results.decisions import Decision
from emgspasm.results.review import write_review
from emgspasm.storage.derivatives.reviews import reviewed_path
from emgspasm.storage.tables.tsv import read_table
from emgspasm.viewer.replaying import reviewing
from emgspasm.viewer.replaying.replay import Replay

pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module")
def analyzed(recording, tmp_path_factory):
    """The patient's recording, and its tables beside it."""
    path = tmp_path_factory.mktemp("analyzed") / recording.name
    shutil.copy(recording, path)
    outcome = run_job(Job(path, path.parent, LoadedConfig()))
    assert outcome.error is None
    return path


@pytest.fixture
def table(analyzed, tmp_path):
    """A copy of its own for a test to review."""
    shutil.copytree(analyzed.parent, tmp_path / "own")
    return tmp_path / "own" / f"{analyzed.stem}_events.tsv"


@pytest.fixture
def reviewed(open_window, table, qtbot):
    """A window with the recording, paused, and a reviewer who has said who decides."""
    window = open_window()
    window.open(Replay(table.with_name("patient.bdf"), LoadedConfig()))
    window.review.rater = "R1"
    qtbot.waitUntil(lambda: window.desk.surveyed, timeout=90_000)
    return window


def press(window, key):
    QTest.keyClick(window, key)
    QApplication.processEvents()


def told(window, words):
    return any(words in said for said in window.surface.notice.said)


def stored(window, qtbot, table):
    qtbot.waitUntil(lambda: not window.review._storing.waiting, timeout=90_000)
    frame = read_table(reviewed_path(table))
    return frame[frame["trial_type"] != "burst"].set_index("event_id")


def test_keys_accept_and_reject_event_after_event(reviewed, qtbot, table):
    press(reviewed, Qt.Key.Key_J)
    first, second, third = (event.name for event in reviewed.review.events[:3])
    assert first in reviewed.surface._review.text()
    press(reviewed, Qt.Key.Key_A)
    press(reviewed, Qt.Key.Key_R)
    assert third in reviewed.surface._review.text()
    assert "2 of" in reviewed.surface._review.text()
    events = stored(reviewed, qtbot, table)
    assert (events.status[first], events.status[second]) == ("accepted", "rejected")
    assert set(events.rater.dropna()) == {"R1"}
    assert events.status[third] == "auto"


def test_an_event_is_called_otherwise_and_the_traces_say_so(reviewed, qtbot, table):
    press(reviewed, Qt.Key.Key_J)
    k = next(k for k, event in enumerate(reviewed.review.events) if event.kind == "spasm")
    for _ in range(k):
        press(reviewed, Qt.Key.Key_J)
    name = reviewed.review.events[k].name
    press(reviewed, Qt.Key.Key_2)
    events = stored(reviewed, qtbot, table)
    assert events.trial_type[name] == "blink"
    assert events.detected_as[name].startswith("spasm")
    remarks = reviewed.desk.feed.found.remarks.values()
    qtbot.waitUntil(lambda: any("blink" in remark for remark in remarks))


def test_the_event_at_hand_is_on_the_screen_and_marked(reviewed):
    for _ in range(4):
        press(reviewed, Qt.Key.Key_J)
    event = reviewed.review.events[3]
    reviewed.frame()
    start, stop = reviewed.surface.traces.stretch
    assert start <= event.onset < event.offset <= stop
    assert not reviewed.desk.playing
    written = [la for c in reviewed.surface.traces.columns for la in c.sweep._labels]
    marked = [la for la in written if "\N{BLACK LEFT-POINTING TRIANGLE}" in la.text]
    assert {la.sample for la in marked} == {round(event.onset * 1000)}


def test_what_is_not_on_the_screen_is_not_decided(reviewed, table):
    press(reviewed, Qt.Key.Key_J)
    reviewed.go_to(30.0)
    reviewed.frame()
    press(reviewed, Qt.Key.Key_R)
    assert told(reviewed, "not on the screen")
    assert not reviewed_path(table).exists()


def test_a_review_goes_on_where_it_was_and_another_raters_is_left_alone(reviewed, qtbot, table):
    names = read_table(table).query("trial_type != 'burst'").event_id
    write_review(table, [Decision(names.iloc[0], "rejected")], "R2")
    press(reviewed, Qt.Key.Key_J)
    assert "1 of" in reviewed.surface._review.text()
    press(reviewed, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: told(reviewed, "review of R2"), timeout=90_000)
    press(reviewed, Qt.Key.Key_J)
    assert "1 of" in reviewed.surface._review.text()


def test_a_recording_without_tables_says_what_makes_them(replayed):
    press(replayed, Qt.Key.Key_J)
    assert told(replayed, "emgspasm analyze")


def test_what_another_recording_stores_late_is_not_taken_for_this_ones_events(
    reviewed, qtbot, table, tmp_path, monkeypatch
):
    shutil.copytree(table.parent, tmp_path / "other")
    may_store = threading.Event()
    stored_at_last = reviewing.store

    def late(*decision):
        may_store.wait(20)
        return stored_at_last(*decision)

    monkeypatch.setattr(reviewing, "store", late)
    reviewed.review.step(1)
    reviewed.review.decide("rejected")
    other = tmp_path / "other/patient.bdf"
    reviewed.opening.open(other)
    qtbot.waitUntil(lambda: reviewed.desk.path == other, timeout=90_000)
    reviewed.review.step(1)
    may_store.set()
    qtbot.waitUntil(lambda: not reviewed.review._storing.waiting, timeout=90_000)
    assert reviewed_path(table).exists()
    assert {event.status for event in reviewed.review.events} == {"auto"}
