"""Which texts are codes of tasks, and which of them stand."""

import re
from pathlib import Path

import pytest

from emgspasm.stream import Annotation
from emgspasm.synkinesis.markers import (
    RESTS,
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
