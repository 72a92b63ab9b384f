"""What an edited copy of an events table decides; tables made by hand."""

from pathlib import Path

import pandas as pd
import pytest

from emgspasm.errors import RecordingError
from emgspasm.results.decisions import Decision, decisions_of_copy
from emgspasm.results.stored import StoredResult

NOTHING = pd.DataFrame()


def events(*changes, rows=(1, 2, 3)):
    """Three spasms and a burst; `changes` of the first, the second and so on."""
    table = [
        {"event_id": f"E{n:04d}", "onset": 1.5 * n, "duration": 0.25, "trial_type": "spasm",
         "class": "tonic", "status": "auto"}
        for n in rows
    ]  # fmt: skip
    for row, change in zip(table, changes, strict=False):
        row |= change
    return pd.DataFrame([*table, table[0] | {"trial_type": "burst", "status": "nonsense"}])


def told(copy):
    return decisions_of_copy(copy, StoredResult(Path("x_events.tsv"), events(), NOTHING, {}))


def test_what_was_left_as_it_was_is_no_decision():
    assert told(events()) == []
    assert told(events({"status": "accepted"})) == [Decision("E0001", "accepted")]


def test_a_rejected_event_is_rejected_whatever_else_was_edited_of_it():
    assert told(events({"status": "rejected", "trial_type": "blink"})) == [
        Decision("E0001", "rejected")
    ]


def test_a_class_that_was_edited_is_accepted_and_one_that_was_left_is_not_the_new_type_s():
    assert told(events({"class": "isolated"})) == [
        Decision("E0001", "accepted", "spasm", "isolated")
    ]
    assert told(events({"trial_type": "voluntary"})) == [Decision("E0001", "accepted", "voluntary")]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"onset": "1,5"}, r"E0001: onset=1,5 was 1\.5 .*decimals have a point.*Restore it"),
        ({"onset": None}, r"E0001: onset=n/a was 1\.5"),
        ({"duration": 0.26}, r"E0001: duration=0\.26 was 0\.25"),
        ({"onset": 1.500002}, "onset=1.500002 was 1.5"),
    ],
)
def test_a_time_that_was_edited_is_named(edit, said):
    with pytest.raises(RecordingError, match=said):
        told(events(edit))


def test_a_time_as_near_as_a_spreadsheet_stores_it_is_the_same():
    assert told(events({"onset": 1.5000004, "duration": "0.25"})) == []


@pytest.mark.parametrize("rows", [(1, 1, 2, 3), (1, 2), (1, 2, 3, 4)])
def test_an_event_that_stands_twice_or_is_new_or_gone_is_named(rows):
    with pytest.raises(RecordingError, match=r"differ in E000[134] \("):
        told(events(rows=rows))


def test_a_type_that_is_none_is_refused_by_name():
    with pytest.raises(RecordingError, match=r"E0001: trial_type='twitch' \(types are spasm"):
        told(events({"trial_type": "twitch"}))
