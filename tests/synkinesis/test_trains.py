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
    assert of_train(reading("ZYG_L", 16_600, 16_900), known.trains, FS)
    assert not of_train(reading("ZYG_L", 16_601, 16_680), known.trains, FS)
    assert not of_train(reading("ZYG_L", 10_000, 10_301), known.trains, FS)
    assert not of_train(reading("OOC_L", 10_000, 10_080), known.trains, FS)


SLOW = (1000, 1300, 1750, 1980, 2500, 2790, 3300)


def uneven(n, by):
    """Onsets whose intervals are in turn 300 ms, more and less, with a coefficient of variation."""
    steps = 300 * (1 + by * np.sqrt(1.5) * (np.arange(n) % 3 - 1))
    return np.cumsum(steps).astype(int).tolist()


@pytest.mark.parametrize(
    ("onsets", "trains"),
    [(uneven(8, 0.25), False), (uneven(7, 0.05), False), (uneven(8, 0.05), True)],
    ids=["hardly keeps time", "few", "keeps time"],
)
def test_an_eye_of_a_side_with_spasms_is_in_a_train_if_many_bursts_keep_time(onsets, trains):
    known = known_of(2)
    note_trains(chain("OOC_L", onsets), known, FS)
    assert bool(known.trains) == trains


@pytest.mark.parametrize(
    ("onsets", "both_eyes", "trains"),
    [
        (SLOW, True, False),
        (SLOW, False, True),
        (range(1000, 2500, 300), True, False),
        (range(1000, 2800, 300), True, True),
        (uneven(15, 0.15), True, False),
        (uneven(16, 0.15), True, True),
        (uneven(16, 0.25), True, False),
    ],
    ids=["keeps no time", "the other eye was not seen", "five that do", "six that do",
         "few that nearly do", "many that nearly do", "many that hardly do"],
)  # fmt: skip
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


@pytest.mark.parametrize(("n", "in_rhythm"), [(3, False), (4, True)])
def test_a_rhythm_is_one_from_four_beats_on_though_spasms_are_known(n, in_rhythm):
    known = known_of(spasms=2)
    note_trains(chain("ZYG_L", range(1000, 1000 + 400 * n, 400)), known, FS)
    assert bool(known.rhythmic) == in_rhythm


@pytest.mark.parametrize("before", range(17))
def test_a_run_of_an_eye_that_keeps_time_is_a_train_wherever_it_lies_among_others(before):
    """In rhythm is the muscle only where eyes alone are recorded: other bursts keep no time."""
    steps = np.random.default_rng(3).uniform(1500, 2500, 60)
    steps[before : before + 22] = 300.0
    for alone in (False, True):
        known = known_of()
        known.eyes_only = frozenset("L" * alone)
        note_trains(chain("OOC_L", np.cumsum(steps).astype(int).tolist()), known, FS)
        assert known.trains
        assert bool(known.rhythmic) == alone
