"""Acts that follow each other: how long a chain waits, what it keeps, where it is parted."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.stream import Event
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.amending import amend, remember
from emgspasm.synkinesis.events.chains import (
    BY_CHANCE,
    FEWEST_BURSTS,
    Chain,
    loud,
    split,
    together_by_chance,
)
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.events.spasms import spasms
from emgspasm.synkinesis.markers import Marker, Schedule
from support.readings import FS, reading

GAP, PATIENCE = 500, 1100


def twitch(onset, offset, *labels, together=1, **kind):
    bursts = (reading(label, onset, offset, **kind) for label in labels or ("OOC_L",))
    return Act("twitch", "L", tuple(bursts), together=together)


def extents(acts):
    return [(act.onset, act.offset) for act in acts]


@pytest.mark.parametrize(
    ("side", "together", "waits"),
    [
        ("L", [1], PATIENCE),
        ("R", [2, 1, 1], PATIENCE),
        ("L", [2, 2, 1], GAP),
        ("L", [3], GAP),
        ("B", [1], GAP),
    ],
    ids=["one muscle", "mostly one", "mostly two", "three", "both sides"],
)
def test_a_chain_waits_longer_while_it_may_be_a_rhythm_of_single_muscles(side, together, waits):
    chain = Chain(side, GAP, PATIENCE)
    for k, n in enumerate(together):
        chain.add(twitch(1000 + 100 * k, 1600 - 100 * k, together=n))
    assert (chain.offset, chain.closing) == (1600, 1600 + waits)


def test_acts_are_parted_where_a_pause_is_as_long_as_the_gap_whatever_their_order():
    acts = [twitch(*s) for s in ((2000, 2100), (1000, 1600), (1100, 1200), (2599, 2700))]
    assert [extents(part) for part in split(acts, GAP)] == [
        [(1000, 1600), (1100, 1200), (2000, 2100), (2599, 2700)]
    ]
    assert [extents(part) for part in split(acts, 400)] == [
        [(1000, 1600), (1100, 1200)],
        [(2000, 2100)],
        [(2599, 2700)],
    ]


def test_an_act_within_the_first_gap_of_a_recording_is_a_part_by_itself():
    assert [extents(part) for part in split([twitch(10, 60)], GAP)] == [[(10, 60)]]
    assert split([], GAP) == []


def test_an_act_keeps_the_muscles_that_are_not_faint_in_it():
    eye = reading("OOC_L", 1500, 1600, amplitude=20.0)
    faint = reading("ZYG_L", 1500, 1600, amplitude=1.0)
    both = Act("twitch", "L", (eye, faint), together=2)
    cheek = twitch(1000, 1100, "ZYG_L")
    kept = loud([cheek, both])
    assert [act.readings for act in kept] == [cheek.readings, (eye,)]


def test_an_event_is_amended_where_an_earlier_trial_of_its_task_came_late():
    smiled = Event("spasm", 20_500, 20_600, "L", task="smile", trial=1)
    rested = Event("spasm", 500, 600, "L")
    said = deque()
    remember(said, [rested, smiled], {}, 21_000, FS)
    late = Schedule([Marker(5000, 8000, "smile", 1), Marker(20_000, 23_000, "smile", 2)])
    ((before, now),) = amend(said, late)
    assert (before, now.task, now.trial) == (smiled, "smile", 2)
    assert [event for event, _ in said] == [rested, now]
    assert amend(said, late) == []


def test_events_of_the_last_minute_may_be_amended_as_they_are_named():
    said, moved = deque(), Event("voluntary", 69_900, 70_000, "B")
    old, blink, smile = (Event("blink", end - 100, end, "B") for end in (19_000, 21_000, 70_000))
    remember(said, [old, blink], {}, 30_000, FS)
    assert [event for event, _ in said] == [old, blink]
    remember(said, [smile], {0: lambda _: moved}, 80_000, FS)
    assert [(event, naming(Schedule())) for event, naming in said] == [
        (blink, blink),
        (smile, moved),
    ]
    remember(said, [], {}, 900_000, FS)
    assert not said


def trains_of_two(rng, lag_s, *, rates=(5.0, 5.5), flutter=0.05):
    """Twitches of cheek and mouth of the left side, 20 s of groups in rhythm."""
    n = 100
    cheek = np.cumsum(rng.normal(1 / rates[0], flutter / rates[0], n))
    mouth = np.cumsum(rng.normal(1 / rates[1], flutter / rates[1], n))
    if lag_s is not None:
        mouth = cheek + lag_s
    moments = [("ZYG_L", t) for t in cheek] + [("OOR_L", t) for t in mouth]
    starts = sorted((round(1000 * t), label) for label, t in moments)
    return [Act("twitch", "L", (reading(label, t, t + 60),)) for t, label in starts]


@given(seed=st.integers(0, 10_000))
def test_rhythms_of_their_own_meet_by_chance(seed):
    assert together_by_chance(trains_of_two(np.random.default_rng(seed), None), 25.0)


@given(seed=st.integers(0, 10_000), lag_s=st.floats(-0.02, 0.02))
def test_muscles_of_one_nerve_do_not_meet_by_chance(seed, lag_s):
    assert not together_by_chance(trains_of_two(np.random.default_rng(seed), lag_s), 25.0)


def test_chance_is_asked_of_many_bursts_alone():
    acts = trains_of_two(np.random.default_rng(1), None)[: 2 * FEWEST_BURSTS - 2]
    assert not together_by_chance(acts, 25.0)


@pytest.mark.parametrize(("n_met", "by_chance"), [(14, True), (15, False)])
def test_muscles_meet_by_chance_up_to_a_share_of_what_chance_does_not_explain(n_met, by_chance):
    """Of 24 beats each, in one window: 28 and 30 of 48 meet, where chance makes 14.6 and 15.0."""
    cheek = [10_000 + 100 * k for k in range(24)]
    mouth = [10_000 + 100 * k for k in range(24 - n_met, 48 - n_met)]
    span = mouth[-1] - cheek[0]
    expected = 48 * (1 - np.exp(-24 * 50 / span))
    assert (2 * n_met - expected <= BY_CHANCE * (48 - expected)) == by_chance
    acts = [twitch(t, t + 50, "ZYG_L") for t in cheek] + [twitch(t, t + 50, "OOR_L") for t in mouth]
    assert together_by_chance(acts, 25.0) == by_chance


def test_whether_muscles_meet_by_chance_does_not_depend_on_which_of_them_comes_first():
    few = [twitch(3000 * k, 3000 * k + 50, "ZYG_L") for k in range(1, 9)]
    many = [twitch(1000 * k, 1000 * k + 50, "OOC_L") for k in range(1, 25)]
    assert together_by_chance(few + many, 25.0) == together_by_chance(many + few, 25.0)


def test_a_long_chain_of_muscles_that_meet_by_chance_is_no_spasm():
    acts = trains_of_two(np.random.default_rng(2), None)
    several = [replace(act, together=3) for act in acts[::3]]  # three begin together now and then
    chain = Chain("L", 500, 1100)
    for act in sorted(several + [a for i, a in enumerate(acts) if i % 3], key=lambda a: a.onset):
        chain.add(act)
    told = [event.trial_type for event, _ in spasms(chain, Schedule(), Experience(), Rules(), FS)]
    assert "spasm" not in told
