"""What a feed remembers of a stream: findings in order of onset, thresholds as they were."""

from __future__ import annotations

import numpy as np

from emgspasm.desk.feed import Found, Levels
from emgspasm.stream import Burst, Event


def burst(channel, onset, offset):
    return Burst(channel, onset, offset, 9.0, 5.0, 1.0)


def test_bursts_of_all_channels_stand_in_order_of_onset():
    found = Found()
    found.add((burst(1, 100, 900), burst(0, 300, 400), burst(0, 200, 250)), ())
    assert [b.onset for b in found.bursts] == [100, 200, 300]


def test_what_touches_a_stretch_is_found_as_far_back_as_it_is_sought():
    found = Found()
    bursts = [burst(0, 100, 200), burst(0, 150, 320), burst(0, 300, 310), burst(0, 400, 500)]
    found.add(tuple(bursts), ())
    assert list(found.bursts_in(200, 400, slack=100)) == bursts[1:3]
    assert list(found.bursts_in(200, 401, slack=49)) == bursts[2:]


def test_an_event_that_is_called_otherwise_takes_its_place_and_no_other_one_s():
    left, right = Event("blink", 100, 200, "L"), Event("blink", 100, 200, "R")
    found = Found()
    found.add((), (left, right))
    now = Event("voluntary", 100, 200, "L", "wink")
    found.amend(left, now)
    assert found.events == [now, right]


def test_thresholds_are_those_of_the_step_a_sample_lies_in_and_none_beyond_the_last():
    levels = Levels(1, spacing=100)
    for stop in (100, 150, 250, 260):
        levels.add(stop, np.full((3, 1), float(stop)), valid=stop)
    told = [levels.at(sample)[0, 0] for sample in (0, 99, 100, 249, 255, 260, 261)]
    np.testing.assert_equal(told, [100, 100, 250, 250, 260, 260, np.nan])
