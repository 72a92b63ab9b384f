"""Which texts are codes of tasks, which of them stand, and how long they last."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.stream import Annotation
from emgspasm.synkinesis.markers import (
    AFTER,
    RESTS,
    Marker,
    Schedule,
    concerns_tasks,
    markers,
    taken_back,
    task_code,
    undoing,
)

FACTS = Path(__file__).parents[2] / "emgspasm/clinical_facts.md"
PROTOCOL = FACTS.read_text().partition("\n## 6 ")[2].partition("\n## ")[0]
CODES = re.findall(r"`(\w+)`", PROTOCOL)
TRIALS = re.findall(r"`(\w+)`\s+x\d", PROTOCOL)


def standing(*notes, fs=1000.0):
    return [(m.onset, m.task) for m in markers([Annotation(*note) for note in notes], fs)]


def undo(onset, text):
    return (40.0, 0.0, undoing(Annotation(onset, 0.0, text)))


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_protocol_is_a_task_that_moves_or_rests_as_it_is_asked(code):
    (marker,) = markers([Annotation(2.0, 0.0, code)], 1000.0)
    assert marker.task == code
    assert marker.movement == (code in (*TRIALS, "blink30"))
    assert (code in RESTS) == (not marker.movement and code != "speech")
    assert (marker.offset == 5000) == (code in TRIALS)  # of three seconds


@pytest.mark.parametrize(
    ("text", "code", "undone"),
    [
        ("Rest-Open ", "rest_open", None),
        ("cough", None, None),
        ("undo smile at 30.000 s", None, "smile"),
        ("undo smile", None, None),
    ],
)
def test_what_concerns_tasks_is_their_codes_and_what_takes_a_marker_back(text, code, undone):
    assert (task_code(text), taken_back(text)) == (code, undone)
    assert concerns_tasks(Annotation(2.0, 0.0, text)) == (code is not None or undone is not None)


def test_markers_are_in_order_however_they_came():
    notes = ((30.0, 3.0, "smile"), (2.0, 0.0, "rest_open"), (20.0, 3.0, "smile"))
    assert standing(*notes) == [(2000, "rest_open"), (20_000, "smile"), (30_000, "smile")]


def test_a_marker_that_is_taken_back_takes_no_other_of_its_text_along():
    notes = ((20.0, 0.0, "smile"), (30.0, 0.0, "smile"), (35.0, 0.0, "smile"), undo(30.0, "smile"))
    assert standing(*notes) == [(20_000, "smile"), (35_000, "smile")]


def test_a_marker_that_is_taken_back_takes_no_other_of_its_moment_along():
    notes = ((30.0, 0.0, "smile"), (30.0, 0.0, "speech"), undo(30.0, "smile"))
    assert standing(*notes) == [(30_000, "speech")]


@pytest.mark.parametrize(("onset", "joins"), [(5900, True), (6500, False)])
def test_what_begins_long_after_a_cue_is_no_part_of_its_trial(onset, joins):
    trial = Schedule(markers([Annotation(2.0, 3.0, "smile")], 1000.0))
    assert (trial.under_way(onset, onset + 100, 1000.0) is not None) == joins


def test_markers_number_their_trials_and_reach_past_the_cue():
    marked = markers(
        [Annotation(0.0, 60.0, "rest_open"), Annotation(70.0, 3.0, "smile"),
         Annotation(78.0, 3.0, "smile"), Annotation(5.0, 1.0, "note to self")],
        1000.0,
    )  # fmt: skip
    assert [(m.task, m.trial) for m in marked] == [("rest_open", 1), ("smile", 1), ("smile", 2)]
    assert Schedule(marked).under_way(81_500, 82_500, 1000.0) == marked[2]
    assert Schedule(marked).under_way(30_000, 30_100, 1000.0) == marked[0]
    assert Schedule(marked).under_way(90_000, 90_100, 1000.0) is None


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 60), st.booleans()), max_size=12),
    st.integers(0, 100),
    st.integers(1, 20),
)
def test_the_marker_of_an_event_is_the_last_trial_or_else_block_that_fits(stretches, onset, length):
    marked = [
        Marker(start, start + duration, "smile" if moves else "speech", k)
        for k, (start, duration, moves) in enumerate(sorted(stretches))
    ]
    fits = [
        m
        for m in marked
        if m.onset < onset + length and onset < m.offset + (10 if m.movement else 0)
    ]
    said = [m for m in fits if m.movement] or fits
    fs = 10 / AFTER
    found = Schedule(marked).under_way(onset, onset + length, fs)
    assert found == (said[-1] if said else None)


def spans(*notes, end=100_000):
    """First and last sample of every marker, at 1000 Hz in a recording of 100 s."""
    marked = markers([Annotation(*note) for note in notes], 1000.0, end)
    return [(m.onset, m.offset, m.task) for m in marked]


@pytest.mark.parametrize("code", ["rest_open", "speech", "chewing", "suppress", "blink30"])
def test_a_block_without_a_duration_lasts_until_the_next_task(code):
    assert spans((2.0, 0.0, code), (30.0, 0.0, "smile"))[0] == (2000, 30_000, code)


def test_a_block_without_a_duration_lasts_until_a_task_that_has_one():
    assert spans((2.0, 0.0, "rest_open"), (30.0, 60.0, "rest_post")) == [
        (2000, 30_000, "rest_open"),
        (30_000, 90_000, "rest_post"),
    ]


def test_the_last_block_without_a_duration_lasts_to_the_end_of_the_recording():
    assert spans((2.0, 0.0, "rest_open")) == [(2000, 100_000, "rest_open")]


def test_a_block_that_begins_after_the_recording_has_no_length():
    assert spans((200.0, 0.0, "rest_open")) == [(200_000, 200_000, "rest_open")]


def test_a_movement_without_a_duration_is_a_trial_of_three_seconds():
    assert spans((2.0, 0.0, "smile"), (10.0, 0.0, "brow")) == [
        (2000, 5000, "smile"),
        (10_000, 13_000, "brow"),
    ]


def test_a_movement_without_a_duration_ends_where_the_next_task_begins():
    assert spans((2.0, 0.0, "smile"), (3.5, 0.0, "rest_open"))[0] == (2000, 3500, "smile")


def test_tasks_that_begin_together_do_not_end_each_other():
    assert spans((2.0, 0.0, "rest_open"), (2.0, 0.0, "speech"), (9.0, 0.0, "smile"))[:2] == [
        (2000, 9000, "rest_open"),
        (2000, 9000, "speech"),
    ]


def test_a_marker_with_a_duration_lasts_that_long_whatever_follows():
    assert spans((2.0, 60.0, "rest_open"), (30.0, 3.0, "smile")) == [
        (2000, 62_000, "rest_open"),
        (30_000, 33_000, "smile"),
    ]


def test_what_is_no_task_ends_no_block():
    assert spans((2.0, 0.0, "rest_open"), (30.0, 0.0, "cough")) == [(2000, 100_000, "rest_open")]


@pytest.mark.parametrize("text", ["Rest open", "REST_OPEN", " rest-open "])
def test_a_code_is_known_however_it_is_written(text):
    assert spans((2.0, 10.0, text)) == [(2000, 12_000, "rest_open")]


def test_a_marker_that_was_taken_back_ends_no_block():
    undone = Annotation(30.0, 0.0, "smile")
    notes = [(2.0, 0.0, "rest_open"), (30.0, 0.0, "smile"), (31.0, 0.0, undoing(undone))]
    assert spans(*notes) == [(2000, 100_000, "rest_open")]
