"""What is told provisionally is told as if the segment ended, and leaves no trace."""

from copy import deepcopy
from types import SimpleNamespace

import numpy as np
import pytest

from emgspasm.dsp.pipeline import Pipeline
from emgspasm.stream import Chunk
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.folding import Folding
from emgspasm.synkinesis.readings import history as past
from support.findings import stream
from support.readings import MONTAGE, reading


def muscles(onset, side="L"):
    return [reading(f"{muscle}_{side}", onset, onset + 100) for muscle in ("OOC", "ZYG", "FRO")]


def waiting():
    """A spasm that goes on after a blink with mouth and brow, and one of the other side."""
    state = Folding().init(Pipeline(), stream(*MONTAGE), 0)
    past.append(state.history, Chunk(0, np.random.default_rng(1).normal(0, 2.0, (20_000, 8))))
    chain = state.chains["L"] = Chain("L", 500, 1100)
    chain.add(Act("twitch", "L", tuple(muscles(17_700)), together=3))
    for side in "LR":
        state.cluster.add(reading(f"OOC_{side}", 18_000, 18_100, li=0.0))
    state.cluster.add(reading("OOR_L", 18_010, 18_090))
    brow = reading("FRO_R", 18_050, 18_090, li=0.0)
    state.waiting = [brow, *muscles(18_200), *muscles(19_000, "R")]
    return state


def test_what_waits_is_told_provisionally_and_goes_on_waiting():
    state = waiting()
    blinks, known = deepcopy(state.blinks.seen), deepcopy(state.known)
    acts, closing = list(state.chains["L"].acts), state.chains["L"].closing
    readings, coming = list(state.cluster.readings), list(state.waiting)
    told = Folding().provisional(state)
    assert [(e.trial_type, e.side, e.onset, e.offset) for e in told] == [
        ("blink", "B", 18_000, 18_100), ("spasm", "L", 17_700, 18_300),
        ("spasm", "R", 19_000, 19_100),
    ]  # fmt: skip
    assert Folding().provisional(state) == told
    assert (state.blinks.seen, state.known) == (blinks, known)
    assert {s: (chain.acts, chain.closing) for s, chain in state.chains.items()} == {
        "L": (acts, closing)
    }
    assert (state.cluster.readings, state.waiting) == (readings, coming)
    assert not state.begun
    assert not state.said


@pytest.mark.parametrize(("first", "second"), ["LR", "RL"])
def test_of_spasms_that_end_together_the_one_that_began_first_is_said_first(first, second):
    state = waiting()
    state.cluster.readings.clear()
    state.waiting.clear()
    for side, onsets in ((first, (17_500, 17_900)), (second, (17_700, 17_900))):
        chain = state.chains[side] = Chain(side, 500, 1100)
        for onset in onsets:
            chain.add(Act("twitch", side, tuple(muscles(onset, side)), together=3))
    told = Folding().provisional(state)
    assert [(e.side, e.onset) for e in told] == [(first, 17_500), (second, 17_700)]


def test_at_the_end_all_is_said_and_blinks_tell_of_the_eyes_but_of_no_side():
    state = waiting()
    rows = Chunk(20_000, np.empty((0, 8)))
    ends = SimpleNamespace(chunk=rows, filtered=rows, bursts=(), earliest=20_000)
    expected = Folding().provisional(state)
    state, folded = Folding().step(state, ends)
    assert folded.events == expected
    assert [event for event, _ in state.said] == list(expected)
    assert (state.chains, state.waiting, state.cluster.readings) == ({}, [], [])
    assert [(act.onset, act.side) for act in state.known.late] == [(18_200, "L"), (19_000, "R")]
    assert list(state.known.even) == [True]
    assert list(state.blinks.seen["L"]) == [True]


def test_nothing_is_told_provisionally_before_the_noise_is_known():
    state = Folding().init(Pipeline(), stream(*MONTAGE), 0)
    state.cluster.add(reading("OOC_L", 1000, 1080))
    assert Folding().provisional(state) == ()
