"""What an event is after an expert's decision: kind, side, class, stage; events made by hand."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from emgspasm.errors import ConfigError
from emgspasm.results.decisions import Decision
from emgspasm.results.review import decided
from emgspasm.results.stored import StoredResult
from emgspasm.results.tabulation.events import events_table
from emgspasm.storage.tables.event_columns import REVIEWED_EVENTS
from emgspasm.storage.tables.tsv import table, table_rows
from emgspasm.stream import Event
from support.findings import burst, findings, spasm, stream

INFO = stream("OOC_L", "ZYG_L", "OOC_R")
WHEN = "2026-03-02T10:00:00Z"


def result(*events):
    found = findings(3, events, [burst(0, 50_000, 50_100)])
    said = {"sampling_frequency": 1000.0, "tasks": [], "channels_sought_s": {}}
    frame = events_table(INFO, found, {}, {"status": "auto"})
    return StoredResult(Path("x_events.tsv"), frame, pd.DataFrame(), said)


def blink(left, right, cheek=0):
    """Of both eyes, each for so long, from sample 1000 on; the left cheek may go along."""
    bursts = [burst(0, 1000, 1000 + left), burst(2, 1000, 1000 + right)]
    bursts += [burst(1, 1000, 1000 + cheek)] if cheek else []
    return Event("blink", 1000, 1000 + max(left, right), "B", "", tuple(bursts))


def rows(original, *decisions, rater="R1"):
    frame = table(table_rows(original.events), REVIEWED_EVENTS)
    return table_rows(decided(frame, decisions, rater, WHEN, original, INFO))


def row(event, decision):
    (mine,) = [r for r in rows(result(event), decision) if r["trial_type"] != "burst"
               and r["event_id"] == "E0001"]  # fmt: skip
    return mine


@pytest.mark.parametrize(
    ("left", "right", "side"), [(120, 100, "L"), (100, 120, "R"), (100, 100, "L")]
)
@pytest.mark.parametrize("kind", ["spasm", "myokymia"])
def test_what_was_of_both_and_is_called_one_of_one_side_is_of_that_on_which_more_happened(
    left, right, side, kind
):
    assert row(blink(left, right), Decision("E0001", "accepted", kind))["side"] == side


@pytest.mark.parametrize(
    ("left", "right", "side"), [(120, 100, "L"), (100, 120, "R"), (100, 100, "L")]
)
def test_where_no_amplitude_is_known_more_happened_where_it_lasted_longer(left, right, side):
    original = result(blink(left, right))
    original.events[["peak_uV", "mean_uV", "burden_uVs"]] = float("nan")
    told = rows(original, Decision("E0001", "accepted", "spasm"))
    assert {r["side"] for r in told if r["trial_type"] == "spasm"} == {side}


@pytest.mark.parametrize(
    ("event", "kind", "side"),
    [
        (spasm(burst(0, 1000, 1100)), "blink", "B"),
        (spasm(burst(0, 1000, 1100)), "blepharospasm", "B"),
        (spasm(burst(2, 1000, 1100), side="R"), "myokymia", "R"),
        (spasm(burst(2, 1000, 1100), side="R"), "voluntary", "R"),
        (blink(100, 100), "voluntary", "B"),
        (blink(100, 100), "artifact", "B"),
    ],
)
def test_an_event_keeps_its_side_unless_its_new_kind_is_of_both(event, kind, side):
    told = row(event, Decision("E0001", "accepted", kind))
    assert (told["trial_type"], told["side"], told["spread_stage"]) == (kind, side, None)


@pytest.mark.parametrize(
    ("event", "label", "said"),
    [
        (blink(100, 100), "", ("isolated", 1, "blink")),
        (blink(900, 100), "", ("tonic", 1, "blink")),
        (blink(100, 100, cheek=90), "tonic", ("tonic", 2, "blink")),
        (spasm(burst(0, 1000, 1100), burst(0, 1200, 1300), label="grouped"), "isolated",
         ("isolated", 1, "spasm:grouped")),
    ],
)  # fmt: skip
def test_what_is_called_a_spasm_has_the_class_of_its_bursts_or_that_of_the_expert(
    event, label, said
):
    told = row(event, Decision("E0001", "accepted", "spasm", label))
    assert (told["class"], told["spread_stage"], told["detected_as"]) == said


def test_class_and_spread_of_what_is_called_a_spasm_are_those_of_its_side():
    event = replace(
        blink(600, 200, cheek=500),
        bursts=(
            burst(0, 1000, 1600, mean=3.0),
            burst(1, 1000, 1500, mean=3.0),
            burst(2, 1000, 1200, mean=20.0),
        ),
    )
    told = row(event, Decision("E0001", "accepted", "spasm"))
    assert (told["side"], told["class"], told["spread_stage"]) == ("R", "isolated", 1)
    assert (told["muscles"], told["n_muscles"]) == ("OOC", 1)
    told = row(event, Decision("E0001", "accepted", "voluntary"))
    assert (told["side"], told["muscles"], told["n_muscles"]) == ("B", "OOC+ZYG", 2)


@pytest.mark.parametrize("label", ["", "grouped"])
def test_what_is_called_as_it_was_detected_is_as_it_was(label):
    event = spasm(burst(0, 1000, 1100), burst(0, 1200, 1300), label="grouped", spread_stage=1)
    told = row(event, Decision("E0001", "accepted", "spasm", label))
    assert (told["class"], told["spread_stage"], told["detected_as"]) == ("grouped", 1, None)


@pytest.mark.parametrize(
    ("decision", "spasm_id"),
    [
        (Decision("E0001", "accepted"), "E0001"),
        (Decision("E0001", "rejected"), None),
        (Decision("E0001", "accepted", "blink"), None),
    ],
)
def test_a_decision_stands_on_the_rows_of_the_bursts_too_and_on_those_of_no_other_event(
    decision, spasm_id
):
    first, second = (spasm(burst(0, t, t + 100)) for t in (1000, 9000))
    told = rows(result(first, second), decision)
    mine = [r for r in told if r["event_id"] == "E0001"]
    assert {r["trial_type"] for r in mine} == {"burst", decision.trial_type or "spasm"}
    assert {(r["status"], r["rater"], r["reviewed"], r["spasm_id"]) for r in mine} == {
        (decision.status, "R1", WHEN, spasm_id)
    }
    others = [r for r in told if r["event_id"] != "E0001"]
    assert len(others) == 3  # the other spasm with its burst, and a burst of none
    assert {(r["status"], r["rater"], r["reviewed"]) for r in others} == {("auto", None, None)}


@pytest.mark.parametrize(
    ("was", "kind", "side", "sign"),
    [
        ("B", "spasm", "R", -1),
        ("R", "blink", "B", -1),
        ("L", "blink", "B", 1),
        ("R", "myokymia", "R", 1),
        ("B", "voluntary", "B", 1),
    ],
)
def test_laterality_is_that_of_the_side_the_event_is_called_to_be_of(was, kind, side, sign):
    parts = blink(90, 100).bursts
    event = Event("blink" if was == "B" else "spasm", 1000, 1100, was, "", parts, (), 0.2, 0.4055)
    told = row(event, Decision("E0001", "accepted", kind))
    assert (told["side"], told["li"], told["log_ratio"]) == (side, sign * 0.2, sign * 0.4055)


def test_a_decision_that_is_taken_back_leaves_laterality_as_it_was():
    event = replace(blink(90, 100), li=0.2, log_ratio=0.4055)
    first = Decision("E0001", "accepted", "spasm")
    told = rows(result(event), first, Decision("E0001", "accepted"))
    (mine,) = [r for r in told if r["trial_type"] == "blink"]
    assert (mine["side"], mine["li"], mine["log_ratio"]) == ("B", 0.2, 0.4055)
    assert (mine["muscles"], mine["n_muscles"]) == ("OOC", 1)


def test_an_event_that_is_not_there_is_refused_with_how_many_there_are():
    said = r"event 'E0009' is not in x_events.tsv \(it holds 1 events, from E0001\). Check the name"
    with pytest.raises(ConfigError, match=said):
        rows(result(blink(100, 100)), Decision("E0009", "accepted"))
    with pytest.raises(ConfigError, match=r"it holds 0 events, from none"):
        rows(result(), Decision("E0009", "accepted"))
