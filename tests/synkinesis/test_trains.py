"""Which muscles burst in trains, and how long that is remembered."""

import pytest

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.events.trains import note_trains, of_train
from support.readings import FS, reading


def chain(label, onsets):
    """Twitches of one muscle of the left side."""
    told = Chain("L", 500, 1100)
    for onset in onsets:
        told.add(Act("twitch", "L", (reading(label, onset, onset + 80),)))
    return told


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
