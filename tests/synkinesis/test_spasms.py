"""Chains of one-sided acts: whether they keep time, meet by chance, or are on cue."""

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.stream import Event
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.events.spasms import on_cue, spasms
from emgspasm.synkinesis.events.wording import balance, laterality
from emgspasm.synkinesis.markers import Marker, Schedule
from emgspasm.synkinesis.readings.reading import Site
from support.readings import FS, reading


def told(acts, known=None):
    """Kinds of the events of a chain, and what is known afterwards."""
    known, chain = known or Experience(), Chain("L", 500, 1100)
    for act in sorted(acts, key=lambda a: a.onset):
        chain.add(act)
    found = spasms(chain, Schedule(), known, Rules(), FS)
    return [event for event, _ in found], known


def beats(label, onsets, **kind):
    return [Act("twitch", "L", (reading(label, t, t + 60),), **kind) for t in onsets]


def trains_of_two(lag=None, n=100):
    """Cheek and mouth, about five times a second; the mouth by itself, or after the cheek."""
    rng = np.random.default_rng(2)
    cheek, mouth = (np.cumsum(rng.normal(t, 10, n)).astype(int) + 1000 for t in (200, 182))
    return cheek, mouth if lag is None else cheek + lag


def with_several(acts, share):
    """Acts of which every so many count as three muscles that begin together."""
    return [replace(act, together=3) if k % 5 < 5 * share else act for k, act in enumerate(acts)]


def test_muscles_that_meet_by_chance_are_no_spasm_though_they_often_do():
    cheek, mouth = trains_of_two()
    events, known = told(with_several(beats("ZYG_L", cheek) + beats("OOR_L", mouth), 0.6))
    assert "spasm" not in {event.trial_type for event in events}
    assert known.trains


def test_muscles_of_one_nerve_are_a_spasm_however_regular_and_make_no_train():
    cheek, mouth = trains_of_two(lag=10)
    events, known = told(with_several(beats("ZYG_L", cheek) + beats("OOR_L", mouth), 1.0))
    assert {event.trial_type for event in events} == {"spasm"}
    assert not known.trains


def test_a_muscle_that_keeps_time_is_a_myokymia_though_once_three_begin_together():
    acts = beats("ZYG_L", range(1000, 6000, 400))
    three = tuple(reading(f"{m}_L", 3000, 3060) for m in ("ZYG", "OOC", "FRO"))
    acts[5] = Act("twitch", "L", three, together=3)
    events, _ = told(acts)
    assert [event.trial_type for event in events] == ["myokymia"]


@pytest.mark.parametrize(("onset", "offset"), [(1700, 2000), (1000, 1300)])
def test_a_spasm_is_classed_by_the_part_of_a_burst_that_is_its_own(onset, offset):
    whole = reading("OOC_L", 1000, 2000).burst
    parts = (reading("OOC_L", onset, offset, burst=whole), reading("ZYG_L", onset, offset))
    events, _ = told([Act("twitch", "L", parts, together=2)])
    assert [event.label for event in events] == ["isolated"]


def cued(kind, *spans):
    """What an event is called while a marker asks for a wink."""
    bursts = tuple(reading("OOC_L", *span).burst for span in spans)
    asked = Schedule([Marker(900, 3900, "wink", 1)])
    event = Event(kind, 1000, 1500, "L", bursts=bursts, li=1.0)
    return on_cue(event, asked, FS, unseen=frozenset()).trial_type


def test_a_wink_lasts_as_long_as_its_longest_burst():
    assert cued("spasm", (1000, 1300), (1400, 1450)) == "voluntary"
    assert cued("spasm", (1000, 1050), (1400, 1450)) == "spasm"


def test_a_marker_makes_no_wink_of_what_is_no_spasm():
    assert cued("myokymia", (1000, 1300)) == "myokymia"


BOTH, ALONE = reading("OOC_L", 0, 100, 0.5), reading("ZYG_L", 0, 100, opposite=np.nan, li=np.nan)


@pytest.mark.parametrize("of", [laterality, balance])
def test_a_muscle_of_which_the_other_side_is_not_recorded_tells_no_laterality(of):
    assert of([BOTH, ALONE]) == of([BOTH]) == (pytest.approx(0.5), pytest.approx(np.log(3)))


def test_a_masseter_beside_a_spasm_is_not_named_as_what_proves_it():
    masseter = reading("FRO_L", 1000, 1100, amplitude=5.0, site=Site(8, "L", "MAS", 9))
    known = Experience(proven={"L": 2, "R": 0})
    known.even.extend([True] * 5)
    (event,), _ = told([Act("twitch", "L", (reading("OOC_L", 1000, 1100), masseter))], known)
    assert event.reason == "one side, LI 1.00; OOC alone"
