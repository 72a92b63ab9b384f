"""Which muscles burst in trains, and how long that is remembered."""

import numpy as np
import pytest

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.events.trains import note_trains, of_train
from support.readings import FS, reading


def chain(label, onsets, length=80, **kind):
    """Twitches of one muscle of the left side."""
    told = Chain("L", 500, 1100)
    for onset in onsets:
        told.add(Act("twitch", "L", (reading(label, onset, onset + length, **kind),)))
    return told


def known_of(spasms=0, *, both_eyes=True):
    """What is known of a face with other muscles, its spasms and blinks of both eyes."""
    known = Experience(proven={"L": spasms, "R": 0}, beside={"L": frozenset({"ZYG"})})
    known.even.extend([both_eyes] * 5)
    return known


def test_a_muscle_that_keeps_time_is_in_a_train_and_in_rhythm_until_some_time_after():
    known = Experience()
    note_trains(chain("ZYG_L", range(1000, 5000, 400)), known, FS)
    channel = reading("ZYG_L", 0, 1).burst.channel
    assert known.trains == known.rhythmic == {channel: 4600}
    assert of_train(reading("ZYG_L", 10_000, 10_080), known.trains, FS)
    assert not of_train(reading("ZYG_L", 20_000, 20_080), known.trains, FS)
    assert not of_train(reading("ZYG_L", 10_000, 10_900), known.trains, FS)
    assert not of_train(reading("OOC_L", 10_000, 10_080), known.trains, FS)


SLOW = (1000, 1300, 1750, 1980, 2500, 2790, 3300)


@pytest.mark.parametrize(
    ("onsets", "both_eyes", "trains"),
    [
        (SLOW, True, False),
        (SLOW, False, True),
        (range(1000, 2500, 300), True, False),
        (range(1000, 2800, 300), True, True),
    ],
    ids=["keeps no time", "the other eye was not seen", "five that do", "six that do"],
)
def test_a_slow_train_of_an_eye_that_keeps_no_time_may_be_its_spasms(onsets, both_eyes, trains):
    known = Experience(beside={"L": frozenset({"ZYG"})})
    known.even.extend([both_eyes] * 5)
    note_trains(chain("OOC_L", onsets), known, FS)
    assert bool(known.trains) == trains


@pytest.mark.parametrize(("spasms", "trains"), [(0, True), (2, False)])
def test_a_slow_train_counts_only_where_no_spasms_are_known(spasms, trains):
    known = Experience(proven={"L": spasms, "R": 0})
    note_trains(chain("ZYG_L", (1000, 1700, 2400)), known, FS)
    assert bool(known.trains) == trains


@pytest.mark.parametrize(
    ("label", "onsets", "spasms", "trains"),
    [
        ("ZYG_L", SLOW, 0, True),
        ("OOC_L", range(1000, 2800, 300), 2, False),
        ("ZYG_L", range(1000, 4200, 400), 2, True),
        ("ZYG_L", range(1000, 3800, 400), 2, False),
        ("ZYG_L", (1000, 1100, 1290, 1350), 0, False),
    ],
    ids=["a cheek keeps no time", "six of an eye with spasms", "eight of a cheek with spasms",
         "seven of it", "fast"],
)  # fmt: skip
def test_how_many_bursts_are_a_train_depends_on_the_muscle_and_on_what_is_known(
    label, onsets, spasms, trains
):
    known = known_of(spasms)
    note_trains(chain(label, onsets), known, FS)
    assert bool(known.trains) == trains


@pytest.mark.parametrize(("mean", "length", "trains"), [(2.5, 20, False), (2.5, 900, True)])
def test_faint_bursts_are_no_train_unless_they_last(mean, length, trains):
    known = Experience()
    onsets = range(1000, 10_000, 1000)
    note_trains(chain("ZYG_L", onsets, length, mean=mean), known, FS)
    assert bool(known.trains) == trains


def test_an_eye_that_is_recorded_alone_is_in_rhythm_only_in_a_train():
    known = known_of()
    known.eyes_only = frozenset("L")
    note_trains(chain("OOC_L", SLOW), known, FS)
    assert not known.trains
    assert not known.rhythmic


def test_a_run_of_an_eye_that_keeps_time_is_a_train_wherever_it_lies_among_others():
    rng, known = np.random.default_rng(3), known_of()
    before, after = rng.uniform(200, 900, (2, 24))
    steps = np.concatenate([before, np.full(16, 300.0), after])
    note_trains(chain("OOC_L", np.cumsum(steps).astype(int).tolist()), known, FS)
    assert known.trains
