"""Clocks and dates of rows as seconds, block after block of a file."""

from datetime import datetime

import numpy as np
import pytest

from emgspasm.storage.importers.stamps import (
    clock_seconds,
    is_local,
    is_moment,
    moment_seconds,
    of_place,
)

DAY = 86_400.0


@pytest.mark.parametrize("read", [clock_seconds, moment_seconds])
@pytest.mark.parametrize(
    ("last", "clocks", "seconds"),
    [
        (np.nan, [b"23:59:59.500", b"00:00:00.250"], [DAY - 0.5, DAY + 0.25]),
        (np.nan, [b"09:41:07.125", b"09:41:07.129"], [34_867.125, 34_867.129]),
        (34_867.125, [b"09:41:07.129"], [34_867.129]),
        (DAY - 0.5, [b"00:00:00.250", b"00:00:00.254"], [DAY + 0.25, DAY + 0.254]),
        (DAY + 0.25, [b"00:00:00.254"], [DAY + 0.254]),
        (2 * DAY - 0.5, [b"00:00:00.250"], [2 * DAY + 0.25]),
        (DAY - 0.5, [b"damaged", b"00:00:00.254"], [np.nan, DAY + 0.254]),
    ],
)
def test_clocks_go_on_from_the_row_before_past_midnight(read, last, clocks, seconds):
    np.testing.assert_allclose(read(np.array(clocks), last), seconds, rtol=0, atol=1e-9)


def test_dates_are_the_same_seconds_in_every_block():
    texts = np.array([b"2026-03-02T23:59:59.5", b"2026-03-03T00:00:00.5"])
    first = moment_seconds(texts[:1], np.nan)
    assert first.tolist() == [1_772_495_999.5]
    assert moment_seconds(texts[1:], float(first[0])).tolist() == [1_772_496_000.5]


@pytest.mark.parametrize("text", [b"09:41:0x.125", b"12", b""])
def test_a_text_that_is_no_clock_has_no_time(text):
    assert np.isnan(moment_seconds(np.array([text]), np.nan)).all()


def test_a_damaged_clock_has_no_time_and_those_after_it_do():
    seconds = clock_seconds(np.array([b"09:41:0x.125", b"09:41:07.129"]), 34_867.121)
    np.testing.assert_allclose(seconds, [np.nan, 34_867.129], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "moment", "local"),
    [
        ("2026-03-02 09:41:07", True, True),
        ("2026-03-02T09:41:07+01:00", True, False),
        ("09:41:07", True, True),
    ],
)
def test_a_moment_is_of_the_place_unless_it_names_a_zone(text, moment, local):
    assert (is_moment(text), is_local(text)) == (moment, local)


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("2024-03-30 18:30:00.000", "2024-03-30T18:30:00"),  # California
        ("18:30:00.000", "2024-03-30T18:30:00"),
        ("2024-03-31 14:30:00.000", "2024-03-31T14:30:00"),  # New Zealand in summer
        ("03:30:00", "2024-03-31T03:30:00"),
        ("14:30:00.000", "2024-03-31T01:30:00+00:00"),  # New Zealand, or Samoa the day before
        ("2019-01-01 01:30:00.000", "2024-03-31T01:30:00+00:00"),
        ("1:30 PM", "2024-03-31T01:30:00+00:00"),
    ],
)
def test_the_clock_of_a_place_tells_its_day(told, place):
    moment = datetime.fromisoformat("2024-03-31T01:30:00+00:00")
    assert of_place(moment, told) == datetime.fromisoformat(place)
