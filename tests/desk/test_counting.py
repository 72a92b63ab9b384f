"""Counts, times and valid time of a stream so far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.desk.clock import clock
from emgspasm.desk.counting import Counting
from emgspasm.desk.feed import Feed, Levels
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.stream import Channel, Event, StreamInfo

SPASM = Event("spasm", 30_000, 31_000, "R", "tonic", reason="one side, LI 0.95")
BLINK = Event("blink", 40_000, 40_100, "B")


def test_what_is_no_spasm_counts_apart():
    counting = Counting(1000.0)
    for event in (
        BLINK,
        replace(SPASM, trial_type="myokymia", label=""),
        replace(SPASM, side="B", trial_type="blepharospasm", label=""),
        replace(SPASM, quality="settling"),
    ):
        counting.take(event)
    assert counting.of("R").count == 0
    assert [counting.other(k) for k in ("blink", "myokymia", "blepharospasm")] == [1, 1, 1]


def test_spasms_that_overlap_are_one_stretch_of_time():
    counting = Counting(1000.0, valid_seconds=100.0)
    counting.take(SPASM)
    counting.take(replace(SPASM, onset=30_500, offset=32_000))
    assert counting.of("R").time_share == pytest.approx(2.0)


LEFT_AND_RIGHT = StreamInfo(
    1000.0, tuple(Channel.from_label(n) for n in ("OOC_L", "ZYG_L", "OOC_R", "ZYG_R"))
)


@pytest.mark.parametrize(
    ("dead", "untold"),
    [([], ""), ([3], ""), ([2], "RB"), ([1, 3], ""), ([2, 3], "LRB"), ([0, 1, 2, 3], "")],
)
def test_where_the_muscles_that_tell_are_dead_nothing_is_told(dead, untold):
    feed = Feed(LEFT_AND_RIGHT, Pipeline(), 10.0)
    levels = np.ones((3, 4))
    levels[:, dead] = np.nan
    feed.levels_log.add(1000, levels, valid=900)
    assert feed.untold == set(untold)


def test_no_zero_is_counted_of_a_side_that_cannot_be_told():
    counting = Counting(1000.0, valid_seconds=100.0, untold=frozenset("R"))
    told = counting.of("R")
    assert (told.count, told.recent, told.rate, told.time_share) == (None,) * 4
    assert counting.of("L").rate == 0.0


def test_times_are_written_as_people_read_them():
    assert [clock(s) for s in (0, 59.6, 3725)] == ["0:00", "1:00", "1:02:05"]
    assert [clock(61.25, 0.1), clock(61.25, 0.01), clock(-1.0)] == ["1:01.2", "1:01.25", "-0:01"]


def test_valid_time_is_known_between_two_steps_of_an_analysis_and_settling_comes_first():
    levels = Levels(1, spacing=1)
    levels.add(1000, np.zeros((3, 1)), valid=900)
    levels.add(2000, np.zeros((3, 1)), valid=1900)
    assert [levels.valid(s) for s in (50, 100, 400, 1000, 1500, 5000)] == [
        0,
        0,
        300,
        900,
        1400,
        1900,
    ]
