"""Days of a course: what they are counted from, and which visit they are (clinical facts 7)."""

from datetime import date, timedelta

import pytest

from emgspasm.errors import ConfigError
from emgspasm.report.course.visits import operation_note, origin, visit
from emgspasm.storage.studies.treatments import OPERATION, TOXIN, Treatment

FIRST, SECOND = date(2026, 3, 2), date(2026, 6, 1)


def treatment(day, kind=TOXIN):
    return Treatment("01", day, kind)


def days(*numbers, of=FIRST):
    return [of + timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("baseline", -14, 0),
        ("W2", 10, 18),
        ("W4", 21, 35),
        ("W8", 49, 63),
        ("W12", 77, 91),
        ("W16", 105, 119),
    ],
)
def test_a_visit_reaches_from_its_first_to_its_last_day(name, first, last):
    assert [visit(day, TOXIN) for day in (first, last)] == [name, name]
    assert [visit(day, TOXIN) for day in (first - 1, last + 1)] == [None, None]


@pytest.mark.parametrize("kind", [OPERATION, None])
def test_visits_are_those_of_a_course_of_toxin(kind):
    assert visit(14, kind) is None


def test_days_count_from_the_last_treatment_that_a_session_follows():
    one, other = treatment(FIRST), treatment(SECOND)
    assert origin([other, one], days(-5, 14), None) == one
    assert origin([other, one], days(-5, 14, 120), None) == other
    assert origin([one, other], days(0, of=SECOND), None) == one  # not yet on the day itself


def test_before_all_treatments_days_count_to_the_last_and_without_one_from_none():
    one, other = treatment(FIRST), treatment(SECOND)
    assert origin([other, one], days(-5), None) == other
    assert origin([], days(-5), None) is None


def test_days_may_be_counted_from_any_treatment_and_another_day_is_refused():
    told = [treatment(SECOND), treatment(FIRST)]
    assert origin(told, days(200), FIRST) == told[1]
    with pytest.raises(ConfigError, match=r"treatments: 2026-03-02, 2026-06-01\). Name one"):
        origin(told, days(200), date(2026, 3, 3))
    with pytest.raises(ConfigError, match=r"treatments: none"):
        origin([], days(200), FIRST)


@pytest.mark.parametrize("since", [None, FIRST])
def test_an_injection_is_day_0_before_what_else_was_done_that_day(since):
    injection, other = treatment(FIRST), treatment(FIRST, "other")
    assert origin([injection, other], days(14), since) == injection
    assert origin([other, injection], days(14), since) == injection


def test_of_an_operation_nothing_is_said_of_its_outcome_for_365_days():
    done = [treatment(FIRST, OPERATION), treatment(FIRST - timedelta(days=900), OPERATION)]
    before, after = (operation_note(done, *days(number)) for number in (364, 365))
    assert before.startswith("The last session is day 364 after decompression. Relief is delayed")
    assert after == "The last session is day 365 after decompression."


def test_an_operation_after_the_last_session_does_not_hide_the_one_before():
    done = [treatment(FIRST, OPERATION), treatment(SECOND, OPERATION)]
    assert operation_note(done, *days(50)).startswith("The last session is day 50 after")


def test_before_an_operation_or_without_one_nothing_is_to_be_said():
    assert operation_note([treatment(FIRST, OPERATION)], *days(-1)) is None
    assert operation_note([treatment(FIRST, OPERATION)], None) is None
    assert operation_note([treatment(FIRST)], *days(10)) is None
    assert operation_note([treatment(FIRST, OPERATION)], *days(0)).startswith(
        "The last session is day 0"
    )
