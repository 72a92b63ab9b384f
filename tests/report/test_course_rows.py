"""Every row of a treatment course, from sessions made by hand."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emgspasm.report.course.course import Course
from emgspasm.report.course.gathering import affected_side
from emgspasm.report.course.remarks import other_muscles, remarks
from emgspasm.report.course.rest import RestBlock
from emgspasm.report.course.rows import course_rows, maxima
from emgspasm.report.course.sessions import Session
from emgspasm.results.stored import StoredResult
from emgspasm.storage.studies.scales import ScaleScore
from emgspasm.storage.studies.treatments import OPERATION, TOXIN, Treatment
from emgspasm.storage.tables.columns import SUMMARY
from emgspasm.storage.tables.joint_columns import COURSE
from emgspasm.storage.tables.tsv import table
from support.findings import burst, findings, spasm, stream

DAY = date(2026, 3, 2)
INFO = stream("OOC_L", "ZYG_L", "OOC_R", "ZYG_R")
NOTHING = pd.DataFrame()
MINUTE = 60_000


def rest(*rates):
    """A minute of rest: so many spasms of the left eye, and of the right one if told."""
    events = [
        spasm(burst(2 * k, 1000 * n, 1000 * n + 500), side="LR"[k])
        for k, rate in enumerate(rates)
        for n in range(rate)
    ]
    return RestBlock(INFO, findings(4, events), np.array([[0, MINUTE]]), primary=True)


def stored(name="x.bdf", lent=None, *, reviewed=False, **most):
    rows = [
        {"channel": label, "side": label[-1], "muscle": label[:3], "mvc_uV": value}
        for label, value in most.items()
    ]
    said = {"recording": name, "mvc_of": lent or {}}
    return StoredResult(
        Path("x_events.tsv"), NOTHING, table(rows, SUMMARY), said, reviewed=reviewed
    )


def session(label, day, *blocks, results=()):
    when = None if day is None else DAY + timedelta(days=day)
    return Session(label, when, list(results), list(blocks), [])


def told(*sessions, origin=None, affected=None, treatments=(), scores=()):
    return Course(
        "01", list(sessions), [], list(treatments), list(scores), origin, affected,
        table((), COURSE),
    )  # fmt: skip


def rows(course, **wanted):
    return [r for r in course_rows(course) if all(r.get(k) == v for k, v in wanted.items())]


INJECTION = Treatment("01", DAY, TOXIN, "Botox", "OOC", "L", 12.5)


@pytest.mark.parametrize(
    ("days", "origin", "index"),
    [((-20, -5, 14), INJECTION, 1), ((-5, 0, 14), INJECTION, 1), ((3, 14), INJECTION, None),
     ((3, 14), None, 0), ((), None, None)],
)  # fmt: skip
def test_others_are_compared_with_the_last_session_before_the_treatment_or_the_first(
    days, origin, index
):
    sessions = [session(str(day), day, rest(1)) for day in days]
    assert told(*sessions, origin=origin).baseline == index


def test_a_change_is_the_value_less_the_baseline_s_and_larger_only_beyond_what_varies():
    rates = {"old": (9, 9), "base": (10, 12), "W2": (1, 3), "W4": (10, 9)}
    sessions = [
        session(label, day, *(rest(rate) for rate in pair))
        for day, (label, pair) in zip((-60, -3, 14, 28), rates.items(), strict=True)
    ]
    mine = rows(told(*sessions, origin=INJECTION), measure="rate", side="L", region="face")
    assert [(r["session"], r["value"], r.get("change"), r.get("baseline")) for r in mine] == [
        ("old", 9.0, -2.0, None), ("base", 11.0, None, "yes"),
        ("W2", 2.0, -9.0, None), ("W4", 9.5, -1.5, None),
    ]  # fmt: skip
    (mdc,) = {r["mdc"] for r in mine}
    assert 2.0 < mdc < 9.0
    assert [r.get("verdict") for r in mine] == [
        "not larger than measurement variability", None,
        "larger than measurement variability", "not larger than measurement variability",
    ]  # fmt: skip
    assert (mine[0]["n_spasms"], mine[0]["valid_s"]) == (18, 120.0)
    assert all(r["ci_lo"] < r["value"] < r["ci_hi"] for r in mine)


def test_of_few_sessions_a_change_is_told_without_a_verdict():
    few = told(session("a", -3, rest(4)), session("b", 14, rest(1)), origin=INJECTION)
    assert all("verdict" not in row for row in rows(few, baseline="yes"))
    last = rows(few, measure="rate", side="L", region="eye")[-1]
    assert (last["change"], last["mdc"], last["verdict"]) == (-3.0, None, None)


def test_what_one_of_two_sessions_lacks_has_no_change():
    quiet, face = session("a", -3, rest(0)), session("b", 14, rest(3))
    amplitude = rows(told(quiet, face, origin=INJECTION), measure="amplitude", region="eye")
    left = [r for r in amplitude if r["side"] == "L"]
    assert [(r["value"], r.get("change")) for r in left] == [(None, None), (5.0, None)]


def test_without_a_session_before_the_treatment_nothing_is_compared():
    late = told(*(session(str(day), day, rest(4), rest(3)) for day in (3, 14, 28)),
                origin=INJECTION)  # fmt: skip
    mine = rows(late, measure="rate", side="L", region="face")
    assert len(mine) == 3
    assert all(r["mdc"] > 0 and not r.get("baseline") and "change" not in r for r in mine)


def test_a_region_that_one_session_lacks_is_told_of_all():
    other = replace(rest(3), info=stream("OOC_L", "FRO_L", "OOC_R", "FRO_R"))
    found = rows(told(session("a", 3, rest(2)), session("b", 9, other)), measure="rate", side="L")
    assert [(r["session"], r["region"], r["muscles"], r["value"]) for r in found] == [
        ("a", "face", "OOC+ZYG", 2.0), ("b", "face", "FRO+OOC", 3.0),
        ("a", "brow", None, None), ("b", "brow", "FRO", 0.0),
        ("a", "eye", "OOC", 2.0), ("b", "eye", "OOC", 3.0),
        ("a", "cheek", "ZYG", 0.0), ("b", "cheek", None, None),
    ]  # fmt: skip


BROW = replace(rest(3), info=stream("OOC_L", "FRO_L", "OOC_R", "FRO_R"))


def without_cheek(rate):
    """A minute of rest in which the electrode of the left cheek was off."""
    return replace(rest(rate), found=replace(rest(rate).found, sought=rest(rate).found.sought
                                             | {1: np.empty((0, 2), int)}))  # fmt: skip


@pytest.mark.parametrize(("block", "muscles"), [(BROW, "FRO+OOC"), (without_cheek(3), "OOC")])
def test_a_change_is_told_of_the_same_muscles_alone(block, muscles):
    found = rows(told(session("a", 3, rest(2)), session("b", 9, block)), side="L", session="b")
    mine = {(r["region"], r["measure"]): (r["muscles"], r.get("change")) for r in found}
    assert mine["face", "rate"] == (muscles, None)
    assert mine["face", "burden"] == (muscles, None)
    assert mine["eye", "rate"] == ("OOC", 1.0)


@pytest.mark.parametrize(("seconds", "change"), [(14, None), (15, -2.0)])
def test_rest_of_some_seconds_tells_no_change(seconds, change):
    short = replace(rest(0), spans=np.array([[0, 1000 * seconds]]))
    for sessions in ((rest(2), short), (short, rest(2))):
        course = told(*(session(str(k), k, block) for k, block in enumerate(sessions)))
        last = rows(course, side="L", region="eye", measure="rate")[-1]
        assert last["value"] == (0.0 if sessions[1] is short else 2.0)
        assert abs(last.get("change") or 0.0) == abs(change or 0.0)


def test_a_course_says_which_sessions_tell_of_other_muscles():
    one = told(session("a", 3, rest(2)), session("b", 9, BROW), session("c", 20, without_cheek(3)),
               session("d", 30, rest(1)))  # fmt: skip
    expected = [("b", "FRO+OOC", "left"), ("b", "FRO+OOC", "right"), ("c", "OOC", "left")]
    assert other_muscles(one) == [
        f"Session {label} tells of {muscles} of the {side} side, session a of OOC+ZYG: "
        "where muscles differ, no change is told."
        for label, muscles, side in expected
    ]
    assert other_muscles(told(session("a", 3, rest(2)), session("b", 9, rest(1)))) == []
    assert other_muscles(told()) == []


def test_rates_are_per_minute_and_amplitudes_in_microvolts():
    units = {r["measure"]: r["unit"] for r in rows(told(session("a", 3, rest(1))))}
    assert units == {"rate": "1/min", "burden": "uV", "amplitude": "uV"}


def test_regions_are_those_that_have_a_channel_with_the_muscles_of_each():
    one = told(session("a", 3, rest(1, 2)))
    found = {(r["side"], r["region"]): r["muscles"] for r in rows(one, measure="burden")}
    assert found == {
        (side, region): muscles
        for side in "LR"
        for region, muscles in (("face", "OOC+ZYG"), ("eye", "OOC"), ("cheek", "ZYG"))
    }
    assert [r["value"] for r in rows(one, measure="rate", region="eye")] == [1.0, 2.0]
    assert [r["value"] for r in rows(one, measure="rate", region="cheek")] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("affected", "ratios"), [("L", (0.4, 0.3333)), ("R", (2.5, 3.0)), (None, ())]
)
def test_strength_is_the_maximum_of_the_affected_side_over_that_of_the_other(affected, ratios):
    most = stored(OOC_L=40.0, OOC_R=100.0, ZYG_L=10.0, ZYG_R=30.0, FRO_R=0.0, MEN_L=None, MEN_R=3.0)
    one = told(session("a", 3, rest(1), results=[most]), origin=INJECTION, affected=affected)
    expected = zip(("eye", "cheek"), ("OOC", "ZYG"), ratios, strict=False)
    assert rows(one, measure="mvc_ratio") == [
        {"session": "a", "date": "2026-03-05", "day": 3, "visit": None, "side": affected,
         "region": region, "muscles": muscle, "measure": "mvc_ratio", "value": ratio}
        for region, muscle, ratio in expected
    ]  # fmt: skip


def test_a_maximum_is_the_largest_that_recordings_tell_of_their_own_trials():
    own, lent = stored("a.bdf", OOC_L=40.0, ZYG_L=7.0), stored("b.bdf", {"OOC_L": "a.bdf"},
                                                              OOC_L=90.0, ZYG_L=9.0)  # fmt: skip
    assert maxima(session("a", 3, results=[own, lent])) == {("L", "OOC"): 40.0, ("L", "ZYG"): 9.0}
    assert maxima(session("a", 3, results=[lent, own])) == {("L", "OOC"): 40.0, ("L", "ZYG"): 9.0}


RIGHT = replace(INJECTION, side="R")
BOTH = replace(INJECTION, side=None)


@pytest.mark.parametrize(
    ("treatments", "rates", "side"),
    [
        ([INJECTION, BOTH], (1, 5), "L"),
        ([RIGHT], (5, 1), "R"),
        ([INJECTION, RIGHT], (1, 5), "R"),
        ([BOTH], (5, 1), "L"),
        ([], (2, 2), None),
    ],
)
def test_the_affected_side_is_the_treated_one_or_that_with_more_spasms(treatments, rates, side):
    assert affected_side(treatments, [session("a", 3, rest(*rates)), session("b", 9)]) == side


@pytest.mark.parametrize(
    ("origin", "day", "visit", "axis"),
    [
        (INJECTION, 14, "W2", "days since injection"),
        (replace(INJECTION, kind=OPERATION), 14, None, "days since operation"),
        (replace(INJECTION, kind="other"), 14, None, "days since treatment"),
        (None, 17, None, "days since the first session"),
    ],
)
def test_scores_and_treatments_stand_at_their_day_as_they_were_entered(origin, day, visit, axis):
    score = ScaleScore("01", DAY + timedelta(days=14), "Jankovic", None, "R1", 3.0)
    one = told(session("a", -3, rest(1)), origin=origin, scores=[score],
               treatments=[INJECTION, replace(INJECTION, product=None, units=None)])  # fmt: skip
    assert one.axis == axis
    assert rows(one, measure="scale") == [
        {"date": "2026-03-16", "day": day, "visit": visit, "measure": "scale", "name": "Jankovic",
         "value": 3.0, "rater": "R1"}
    ]  # fmt: skip
    first, second = rows(one, measure="treatment")
    assert (first["date"], first["day"]) == ("2026-03-02", 3 if origin is None else 0)
    assert (first["name"], first["side"], first["muscles"]) == (f"{TOXIN} Botox", "L", "OOC")
    assert (first["value"], first["unit"]) == (12.5, "units")
    assert (second["name"], second["value"], second["unit"]) == (TOXIN, None, None)


def test_without_a_day_zero_scores_have_a_date_and_no_day():
    score = ScaleScore("01", DAY, "Jankovic", None, "R1", 3.0)
    (row,) = rows(told(scores=[score]))
    assert row["date"] == "2026-03-02"
    assert "day" not in row


HALVES = "Where a session has one block of rest, its two halves tell how much a measurement varies."


def quiet(side):
    return (f"No block of rest has a spasm of the {side} side: how much its rate varies by itself "
            "is not known (MDC n/a).")  # fmt: skip


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([(2, 2), (1, 1)], []),
        ([(2, 0), (1, 0)], [quiet("right")]),
        ([(0, 0), (0, 1)], [quiet("left")]),
        ([(2, 1)], [HALVES]),
        ([], []),
    ],
)
def test_a_course_says_how_it_knows_what_varies_and_of_which_side_it_does_not(blocks, said):
    two, one = session("a", 3, rest(3, 3), rest(3, 3)), session("b", 9, *(rest(*b) for b in blocks))
    assert remarks([one] * 3 if blocks else [], []) == said
    assert remarks([two, two, one] if blocks else [], []) == [n for n in said if n == HALVES]


def test_a_course_of_two_sessions_says_why_it_knows_no_variability():
    kept = [session(label, day, rest(3), rest(3)) for label, day in (("a", 3), ("b", 9))]
    (note,) = remarks(kept, [])
    assert note == (
        "Under 3 sessions have two blocks of rest, or halves of one, of 15 s and more of the left "
        "and right side: how much a measurement varies by itself is not known (MDC n/a)."
    )


def test_a_course_says_of_the_side_that_was_seen_too_seldom_that_it_knows_no_variability():
    seen, half = rest(3, 3), replace(rest(3, 3), info=stream("OOC_L", "ZYG_L", "X_1", "ZYG_R"))
    kept = [session(label, day, block, block)
            for label, day, block in (("a", 3, seen), ("b", 9, seen), ("c", 15, half))]  # fmt: skip
    (note,) = remarks(kept, [])
    assert note.startswith("Under 3 sessions")
    assert "of the right side" in note


def test_a_course_names_the_sessions_that_an_expert_reviewed():
    kept = [
        session(label, day, rest(1, 1), rest(1, 1), results=[stored(), stored(reviewed=reviewed)])
        for label, day, reviewed in (("a", 3, True), ("b", 9, False), ("c", 20, True))
    ]
    assert remarks(kept, []) == ["Events of session a, c were reviewed by an expert."]


def test_a_course_tells_the_day_of_its_last_session_after_an_operation():
    days = (("a", 3), ("b", 9), ("c", 400))
    kept = [session(label, day, rest(1, 1), rest(1, 1)) for label, day in days]
    done = replace(INJECTION, kind=OPERATION)
    assert remarks(kept, [done]) == ["The last session is day 400 after decompression."]
    assert remarks([], [done]) == []
