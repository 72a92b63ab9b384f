"""Which sessions of a course compare, and blocks of rest by their names; made by hand."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from emgspasm.report.course.rest import RestBlock, rest_blocks
from emgspasm.report.course.sessions import Session, comparable, not_analyzed
from emgspasm.results.stored import StoredResult
from emgspasm.storage.derivatives.names import RESULTS, result_path
from emgspasm.storage.tables.columns import SUMMARY
from emgspasm.storage.tables.event_columns import EVENTS
from emgspasm.storage.tables.tsv import table
from support.findings import stream

NOTHING = pd.DataFrame()
DAY = date(2026, 3, 2)


def result(settings="a", fs=1000.0, version="1"):
    said = {"config_sha256": settings * 64, "sampling_frequency": fs, "emgspasm_version": version}
    return StoredResult(Path("x_events.tsv"), NOTHING, NOTHING, said)


def session(label, *results, day=DAY, primary=True, replaced=()):
    rest = RestBlock(stream("OOC_L"), None, np.array([[0, 1000]]), primary)
    return Session(label, day, list(results) or [result()], [rest], list(replaced))


def labels(*found):
    usable, left_out = comparable(found)
    return [each.label for each in usable], left_out


def test_sessions_analyzed_alike_all_compare():
    assert labels(session("A"), session("B")) == (["A", "B"], [])


def test_most_decide_and_the_others_are_named_with_what_differs():
    kept, (left_out,) = labels(session("A", result("b", 500.0, "2")), session("B"), session("C"))
    assert kept == ["B", "C"]
    assert left_out == (
        f"A: not compared, analyzed with settings {'b' * 12} instead of {'a' * 12} and "
        "500 Hz instead of 1000 Hz and version 2 instead of 1"
    )


def test_of_two_ways_as_frequent_the_first_session_s_decides():
    kept, left_out = labels(session("A", result("b")), session("B"))
    assert kept == ["A"]
    assert left_out == [f"B: not compared, analyzed with settings {'a' * 12} instead of {'b' * 12}"]


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"day": None}, r"its date is not known \(emgspasm study set-date\)"),
        ({"primary": False}, r"no valid time at rest \(rest_open\)"),
        ({"replaced": ["y.bdf"]}, "y.bdf changed after it was analyzed"),
    ],
)
def test_a_session_of_which_something_is_wanting_is_named_with_it(odd, said):
    kept, (left_out,) = labels(session("A"), session("B", **odd))
    assert kept == ["A"]
    assert re.match(f"B: {said}", left_out)


def test_recordings_of_a_session_that_were_analyzed_in_two_ways_do_not_compare():
    kept, (left_out,) = labels(session("A", result(fs=500.0), result(fs=1000.0)), session("B"))
    assert kept == ["B"]
    assert left_out == "A: its recordings were analyzed with 500 Hz instead of 1000 Hz"


def test_without_any_session_that_compares_all_are_named():
    assert labels(session("A", day=None))[0] == []


def rests(task, *marked):
    """Onset, offset in seconds and kind of the blocks of rest in a recording valid from 3 to 90."""
    said = {
        "sampling_frequency": 100.0,
        "tasks": [[code, 1, a, b] for code, a, b in marked],
        "channels_sought_s": {"OOC_L": [[3.0, 90.0]]},
    }
    summary = table([{"channel": "OOC_L", "side": "L", "muscle": "OOC"}], SUMMARY)
    events = table([], EVENTS)
    found = rest_blocks(StoredResult(Path("x_events.tsv"), events, summary, said), task)
    return [((block.spans / 100.0).tolist(), block.primary) for block in found]


def test_marked_rest_is_what_the_markers_say_as_far_as_it_is_valid():
    told = rests(
        "rest", ("rest_open", 0.0, 30.0), ("speech", 30.0, 60.0), ("rest_post", 60.0, 95.0)
    )
    assert told == [([[3.0, 30.0]], True), ([[60.0, 90.0]], False)]


def test_rest_that_two_markers_hold_is_of_the_first():
    told = rests("x", ("rest", 0.0, 60.0), ("rest_open", 10.0, 30.0), ("rest_post", 50.0, 80.0))
    assert told == [([[3.0, 60.0]], True), ([[60.0, 80.0]], False)]


def test_rest_with_closed_eyes_and_rest_without_valid_time_are_no_blocks():
    assert rests("x", ("rest_closed", 10.0, 30.0), ("rest_open", 91.0, 95.0)) == []


@pytest.mark.parametrize(
    ("task", "primary"),
    [("rest", True), ("restopen", True), ("restpost", False), ("restclosed", None), ("smile", None),
     (None, None)],
)  # fmt: skip
def test_without_markers_the_name_says_whether_all_of_it_is_rest(task, primary):
    assert rests(task) == ([] if primary is None else [([[3.0, 90.0]], primary)])


def test_what_markers_of_other_tasks_hold_is_no_rest_though_the_name_says_so():
    told = rests("rest", ("rest_closed", 10.0, 30.0), ("smile", 40.0, 43.0), ("speech", 70.0, 95.0))
    assert told == [([[3.0, 10.0], [30.0, 40.0], [44.0, 70.0]], True)]
    assert rests("rest", ("rest_closed", 0.0, 95.0)) == []


def test_recordings_without_results_are_named_of_the_participant_alone(tmp_path):
    names = ("sub-01_ses-A", "sub-02_ses-A", "sub-02_ses-B", "sub-02")
    paths = [tmp_path / name.replace("_", "/") / "emg" / f"{name}_task-rest_emg.bdf"
             for name in names]  # fmt: skip
    done = result_path(tmp_path / RESULTS / "sub-02/ses-A/emg", paths[1].stem, "events")
    done.parent.mkdir(parents=True)
    done.touch()
    study = SimpleNamespace(path=tmp_path, recordings=lambda: paths)
    assert not_analyzed(study, "02") == [
        "B: sub-02_ses-B_task-rest_emg.bdf has no results (emgspasm analyze makes them)",
        "n/a: sub-02_task-rest_emg.bdf has no results (emgspasm analyze makes them)",
    ]
