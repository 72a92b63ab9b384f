"""What acts are called, of which extent they are, and the whole reason."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.events.naming import artifact, blink, movement
from emgspasm.synkinesis.events.spasms import spasms
from emgspasm.synkinesis.markers import Marker, Schedule
from emgspasm.synkinesis.readings.reading import Site
from support.readings import FS, reading

MUSCLES = ("OOC", "ZYG")


def both(muscle, onset=1000, offset=1080, lag=0):
    """Bursts of a muscle of both sides, about as strong; the right one may lag behind."""
    ends = (("L", 0), ("R", lag))
    return [reading(f"{muscle}_{side}", onset + t, offset + t, li=0.0) for side, t in ends]


EYES = [*both("OOC"), reading("FRO_L", 990, 1200)]
LATE_EYES = [reading("OOC_L", 1000, 1080, li=0.0), reading("OOC_R", 1010, 1060, li=0.0)]


@pytest.mark.parametrize(
    ("readings", "dragged", "reason"),
    [
        (EYES[:1], (), "bursts of one eye, 80 ms; no sign of one side alone"),
        ([EYES[0].but(opposite=np.nan, li=np.nan)], (),
         "bursts of one eye, 80 ms; the other eye is not recorded"),
        ([EYES[0].but(opposite=np.nan, li=np.nan), EYES[0]], (),
         "bursts of one eye, 80 ms; no sign of one side alone"),
        (LATE_EYES, (), "both eyes, the shorter burst 50 ms; lower face silent"),
        (EYES, ("OOR", "ZYG"),
         "both eyes, the shorter burst 80 ms; OOR+ZYG of one side moves along"),
    ],
)  # fmt: skip
def test_the_reason_of_a_blink_is_what_its_eyes_do(readings, dragged, reason):
    told = blink(Act("blink", "B", tuple(readings), dragged=dragged), Schedule(), FS)
    assert (told.trial_type, told.side, told.label, told.reason) == ("blink", "B", "", reason)


@pytest.mark.parametrize("readings", [EYES, LATE_EYES], ids=["beside a brow", "of two lengths"])
def test_a_blink_lasts_as_long_as_its_eyes(readings):
    told = blink(Act("blink", "B", tuple(readings)), Schedule(), FS)
    assert (told.onset, told.offset) == (1000, 1080)
    assert len(told.bursts) == len(readings)


@pytest.mark.parametrize(("offset", "ends"), [(1109, 1109), (1110, 1080), (2000, 1080)])
def test_a_blink_ends_with_the_first_eye_where_the_other_goes_on(offset, ends):
    eyes = (reading("OOC_L", 1000, offset, li=0.5), reading("OOC_R", 1000, 1080, li=0.0))
    assert blink(Act("blink", "B", eyes), Schedule(), FS).offset == ends


@pytest.mark.parametrize(
    ("kinds", "label", "reason"),
    [
        ([{"hum": 0.6}, {"hum": 0.1}], "hum", "repeats with the mains"),
        ([{"shared": 3}, {"shared": 0}], "pop",
         "one waveform in 4 channels: an electrode they share"),
        ([{"steps": 0.81}, {"steps": 0.2}], "pop", "steps explain 81 % of it: an electrode"),
        ([{"frequency": 14.2}, {"frequency": 44.0}], "motion", "too slow for muscle: 14 Hz"),
        ([{"frequency": np.nan}, {"frequency": 14.2}], "motion", "too slow for muscle: 14 Hz"),
        ([{"hum": 0.6, "shared": 3, "steps": 0.9}], "hum", "repeats with the mains"),
        ([{"hum": 0.6, "frequency": np.nan}], "hum", "repeats with the mains"),
    ],
    ids=["hum", "shared", "steps", "slow", "one pitch", "all of them", "no pitch"],
)  # fmt: skip
def test_an_artifact_is_called_by_what_shows_it_in_one_of_its_bursts(kinds, label, reason):
    bursts = tuple(reading(f"{MUSCLES[k]}_L", 1000, 1100, **kind) for k, kind in enumerate(kinds))
    told = artifact(Act("artifact", "L", bursts), Schedule(), Rules(), FS)
    assert (told.trial_type, told.side, told.label, told.reason) == ("artifact", "L", label, reason)


def test_an_artifact_that_lasts_too_long_for_muscle_is_the_noise_of_an_electrode():
    length = round(Rules().longest * FS)
    long, slow = (reading("ZYG_L", 1000, 1001 + length, frequency=f) for f in (120.0, 14.2))
    told = artifact(Act("artifact", "L", (long,)), Schedule(), Rules(), FS)
    assert told.label == "noise"
    assert told.reason == "one channel for 12 s, and no other: an electrode"
    assert artifact(Act("artifact", "L", (slow,)), Schedule(), Rules(), FS).label == "motion"


def test_channels_that_last_together_are_counted_in_their_reason():
    bursts = tuple(reading(f"{muscle}_L", 1000, 13_100) for muscle in ("ZYG", "OOC"))
    told = artifact(Act("artifact", "L", bursts), Schedule(), Rules(), FS)
    assert told.reason == "2 channels for 12 s, and no other: an electrode"


def moved(*readings, task=None, dragged=(), lasts=3000):
    """Event of a movement of both sides, under a marker if there is a task."""
    chain = Chain("B", 500, 1100)
    for k, reading_ in enumerate(readings):
        chain.add(Act("movement", "B", (reading_,), dragged=dragged[k : k + 1]))
    return movement(chain, Schedule([Marker(0, lasts, task, 1)] if task else []), FS)


CLOSED, BLINKED = both("OOC", 1000, 1800), [reading("OOC_L", 1000, 1800, li=0.0),
                                            reading("OOC_R", 1000, 1080, li=0.0)]  # fmt: skip
FROWN = [*CLOSED, reading("OOC_L", 1000, 1800, site=Site(8, "L", "COR", 9), li=0.0)]
FROWNED = [*BLINKED, reading("OOC_R", 1000, 1800, site=Site(9, "R", "COR", 8), li=0.0)]
LIFT = [*CLOSED, *both("FRO", 1000, 1800)]
SMILE = both("ZYG", 1000, 2000)
LONE = reading("OOC_R", 1000, 1800, opposite=np.nan, li=np.nan)  # the other is not recorded
ALONE = "both sides; eyes alone, longer than a blink: "


@pytest.mark.parametrize(
    ("readings", "task", "told"),
    [
        (CLOSED, "rest_open", ("blepharospasm", "",
         "both eyes closed at rest, longer than a blink; frontalis silent")),
        (FROWN, "rest_open", ("blepharospasm", "",
         "both eyes closed at rest, longer than a blink; frontalis silent")),
        (LIFT, "rest_open", ("voluntary", "", "both sides")),
        (SMILE, "rest_open", ("voluntary", "", "both sides")),
        (BLINKED, "rest_open", ("voluntary", "", ALONE + "one eye no longer")),
        (FROWNED, "rest_open", ("voluntary", "", ALONE + "one eye no longer")),
        ([CLOSED[0], LONE.but(site=CLOSED[0].site)], "rest_open", ("voluntary", "",
         ALONE + "one eye no longer")),
        ([LONE], "rest_open", ("blepharospasm", "",
         "both eyes closed at rest, longer than a blink; frontalis silent")),
        (CLOSED, None, ("voluntary", "", ALONE + "without a marker of rest, a movement")),
        (CLOSED, "close_forced", ("voluntary", "close_forced",
         ALONE + "without a marker of rest, a movement")),
        (SMILE, "smile", ("voluntary", "smile", "both sides")),
        (SMILE, "speech", ("voluntary", "speech", "both sides")),
        (SMILE, None, ("voluntary", "", "both sides")),
    ],
)  # fmt: skip
def test_what_both_sides_do_is_called_by_its_muscles_and_its_marker(readings, task, told):
    event = moved(*readings, task=task)
    assert (event.trial_type, event.label, event.reason) == told
    assert event.side == "B"


def test_a_movement_names_what_moves_along_each_once_and_lasts_from_first_to_last():
    event = moved(*SMILE, *both("ZYG", 2100, 2300), dragged=("OOR", "OOC", "OOR"))
    assert event.reason == ("both sides; OOC+OOR of one side moves along from the start to the end")
    assert (event.onset, event.offset) == (1000, 2300)


def named(*acts, known=None, marked=None):
    """Events of acts of the left side, and what they are called under other markers."""
    chain = Chain("L", 500, 1100)
    for act in acts:
        chain.add(act)
    return list(spasms(chain, marked or Schedule(), known or Experience(), Rules(), FS))


def one_sided(*acts, known=None, marked=None):
    return [event for event, _ in named(*acts, known=known, marked=marked)]


MASSETER = replace(reading("FRO_L", 1000, 1200, amplitude=90.0), site=Site(8, "L", "MAS", 9))


@pytest.mark.parametrize("labels", [(), ("ZYG_L",)], ids=["alone", "loudest"])
def test_a_masseter_that_leads_its_side_is_a_movement_that_chews(labels):
    bursts = (MASSETER, *(reading(label, 1005, 1190) for label in labels))
    (event,) = one_sided(Act("twitch", "L", bursts))
    assert (event.trial_type, event.side, event.label) == ("voluntary", "L", "masticatory")
    assert event.reason == "one side; chewing muscles lead"
    assert (event.onset, event.offset) == (1000, 1200)


def test_a_muscle_of_the_forearm_that_leads_does_not_chew():
    forearm = replace(MASSETER, site=Site(8, "L", "FCR", 9))
    (event,) = one_sided(Act("twitch", "L", (forearm,)))
    assert (event.trial_type, event.label) == ("voluntary", "")
    assert event.reason == "one side; no muscle of the facial nerve leads"


def test_a_myokymia_names_the_muscle_that_keeps_time_and_lasts_from_first_to_last():
    beats = [Act("twitch", "L", (reading("ZYG_L", t, t + 80),)) for t in range(1000, 4000, 300)]
    (event,) = one_sided(*beats)
    assert (event.trial_type, event.label) == ("myokymia", "")
    assert event.reason == "one side; ZYG in a rhythm of its own, not together"
    assert (event.onset, event.offset) == (1000, 3780)


def together(onset, **kind):
    """Eye and cheek that begin together."""
    bursts = tuple(reading(f"{muscle}_L", onset, onset + 80) for muscle in ("OOC", "ZYG"))
    return Act("twitch", "L", bursts, together=2, **kind)


@pytest.mark.parametrize("ride", [(False, False), (True, False), (False, True)])
def test_a_spasm_of_which_an_act_rides_on_a_blink_coincides_with_it(ride):
    (event,) = one_sided(*(together(1000 + 200 * k, on_blink=on) for k, on in enumerate(ride)))
    assert event.trial_type == "spasm"
    assert event.blink_coincident == any(ride)


def test_a_spasm_tells_what_its_acts_explain_by_cross_talk():
    copies = [reading("OOR_L", onset, onset + 60) for onset in (1010, 1310)]
    acts = (together(c.onset - 10, copies=(c,)) for c in copies)
    (event,) = one_sided(*acts)
    assert event.copies == tuple(c.burst for c in copies)
    assert not {*event.copies} & {*event.bursts}


def test_muscles_that_begin_together_are_a_spasm_though_each_was_in_a_rhythm():
    channels = {reading(name, 0, 1).burst.channel: 900 for name in ("OOC_L", "ZYG_L")}
    known = Experience(trains=dict(channels), rhythmic=dict(channels))
    (event,) = one_sided(together(1000), together(1300), known=known)
    assert event.trial_type == "spasm"


@pytest.mark.parametrize(
    ("length", "on_blink", "kinds"),
    [(100, False, ["blink"]), (350, False, ["blink"]), (700, False, []), (100, True, [])],
)
def test_what_an_eye_does_that_proves_nothing_is_a_blink_if_it_is_as_brief_and_no_other_is(
    length, on_blink, kinds
):
    eye = reading("OOC_L", 1000, 1000 + length, li=0.7, opposite_silent=False)
    told = one_sided(Act("twitch", "L", (eye,), on_blink=on_blink))
    assert [event.trial_type for event in told] == kinds


def test_a_surge_is_classed_by_itself_and_not_by_the_burst_that_holds_it():
    movement = reading("OOC_L", 0, 3000).burst
    parts = [reading("OOC_L", t, t + 80, burst=movement) for t in (1000, 1200)]
    (event,) = one_sided(
        *(Act("twitch", "L", (part,)) for part in parts),
        known=Experience(proven={"L": 2, "R": 0}, even=deque([True] * 5)),
    )
    assert event.label == "grouped"
    assert (event.onset, event.offset) == (1000, 1280)


def test_a_burst_that_surges_beside_an_act_that_it_outlasts_is_of_the_spasm_once():
    eye = reading("OOC_L", 1000, 1300, li=0.3)
    surge = reading("OOC_L", 1200, 1300, burst=eye.burst)
    cheeks = tuple(reading(f"{m}_L", 1050, 1150) for m in ("ZYG", "OOR"))
    acts = [
        Act("twitch", "L", cheeks, together=2, on_blink=True, carried=(eye,)),
        Act("twitch", "L", (surge,), on_blink=True),
    ]
    (event,) = one_sided(*acts, known=Experience(proven={"L": 2, "R": 0}))
    assert sorted(burst.channel for burst in event.bursts) == [0, 1, 2]


def cued(task):
    return Schedule([Marker(500, 3500, task, 2)])


def eye_alone(length=700, spasms=0, onset=1000, beside=()):
    """An eye of one side, `beside` what else is recorded; both eyes were seen to blink."""
    known = Experience(beside=dict.fromkeys("LR", frozenset(beside)), proven={"L": spasms, "R": 0})
    known.even.extend([True] * 5)
    return [Act("twitch", "L", (reading("OOC_L", onset, onset + length),))], known


@pytest.mark.parametrize(
    ("task", "length", "onset", "kind"),
    [
        ("wink", 300, 1000, "voluntary"),
        ("wink", 300, 4400, "voluntary"),
        ("wink", 300, 4600, "spasm"),
        ("wink", 60, 1000, "spasm"),
        ("smile", 300, 1000, "spasm"),
        ("rest_open", 300, 1000, "spasm"),
    ],
    ids=["wink", "late", "too late", "too short", "smile", "rest"],
)
def test_a_wink_is_told_by_its_marker(task, length, onset, kind):
    known = Experience(proven={"L": 2, "R": 0})
    bursts = tuple(reading(f"{m}_L", onset, onset + length) for m in ("OOC", "ZYG"))
    act = Act("twitch", "L", bursts, together=2)
    (event,) = one_sided(act, known=known, marked=cued(task))
    assert event.trial_type == kind
    if kind == "voluntary":
        assert (event.side, event.label, event.task, event.trial) == ("L", "wink", "wink", 2)
        assert event.reason == "one side, LI 1.00; a marker asks for wink"
        assert event.spread_stage == 0


@pytest.mark.parametrize(
    ("task", "length", "spasms", "kind"),
    [
        ("pucker", 700, 0, "voluntary"),
        ("pucker", 300, 0, "spasm"),
        ("pucker", 700, 2, "spasm"),
        ("speech", 700, 0, "spasm"),
    ],
    ids=["movement", "twitch", "known to have spasms", "no movement"],
)
def test_an_eye_that_is_recorded_alone_may_go_along_with_a_movement_on_cue(
    task, length, spasms, kind
):
    acts, known = eye_alone(length, spasms)
    (event,) = one_sided(*acts, known=known, marked=cued(task))
    assert event.trial_type == kind
    assert (event.label == task) == (kind == "voluntary")


@pytest.mark.parametrize(
    ("task", "kind"), [("pucker", "voluntary"), ("smile", "spasm")], ids=["unseen", "seen"]
)
def test_an_eye_alone_may_go_along_with_a_movement_whose_muscle_is_not_recorded(task, kind):
    acts, known = eye_alone(beside={"ZYG"})
    (event,) = one_sided(*acts, known=known, marked=cued(task))
    assert event.trial_type == kind


def test_two_muscles_that_contract_together_are_a_spasm_whatever_movement_a_marker_asks_for():
    bursts = tuple(reading(f"{m}_L", 1000, 1700) for m in ("OOC", "ZYG"))
    known = Experience(beside=dict.fromkeys("LR", frozenset({"ZYG"})))
    act = Act("twitch", "L", bursts, together=2)
    (event,) = one_sided(act, known=known, marked=cued("pucker"))
    assert event.trial_type == "spasm"


def test_a_marker_that_comes_late_or_is_taken_back_names_what_it_asks_for_anew():
    acts, known = eye_alone()
    ((event, naming),) = named(*acts, known=known)
    assert event.trial_type == "spasm"
    assert naming(cued("pucker")).trial_type == "voluntary"
    acts, known = eye_alone()
    ((event, naming),) = named(*acts, known=known, marked=cued("pucker"))
    assert event.trial_type == "voluntary"
    assert (naming(Schedule()).trial_type, naming(Schedule()).spread_stage) == ("spasm", 1)
