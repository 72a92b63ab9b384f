"""What a recording has shown so far: what is remembered, for how long, and what follows."""

from collections import deque
from dataclasses import fields

import pytest

from emgspasm.dsp.pipeline import Pipeline
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.experience import (
    Experience,
    LateAct,
    note_company,
    note_eyes,
    note_sharing,
)
from emgspasm.synkinesis.folding import Folding
from emgspasm.synkinesis.memory import copied
from support.findings import stream
from support.readings import FS, reading

UNEVEN = 0.8


def act(kind, *labels, onset=1000, li=0.0, **more):
    signs = {"L": 1, "R": -1}
    bursts = [reading(label, onset, onset + 80, signs[label[-1]] * li) for label in labels]
    sides = {label[-1] for label in labels}
    return Act(kind, sides.pop() if len(sides) == 1 else "B", tuple(bursts), **more)


def containers(value):
    """Everything in it that may change."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from containers(each)
    elif isinstance(value, deque):
        yield value


def test_a_copy_shares_nothing_that_may_change():
    known = Experience(loudness={3: deque([1.0])}, usually={3: 1.0}, trains={1: 5})
    copy = copied(known)
    assert copy == known
    for field in fields(Experience):
        theirs = {id(each) for each in containers(getattr(known, field.name))}
        assert not theirs & {id(each) for each in containers(getattr(copy, field.name))}, field.name


@pytest.mark.parametrize("name", ["joined", "eyed", "slight"])
@pytest.mark.parametrize("side", "LR")
def test_of_each_side_the_last_twenty_acts_count(name, side):
    seen = getattr(Experience(), name)[side]
    seen.extend([True] * 15 + [False] * 20)
    assert list(seen) == [False] * 20


@pytest.mark.parametrize(
    ("seen", "joins"),
    [([True] * 2, False), ([True] * 4 + [False], True), ([True] * 3 + [False], False)],
)
def test_an_eye_joins_where_it_took_part_in_four_of_five_spasms(seen, joins):
    known = Experience()
    known.eyed["R"].extend(seen)
    assert known.eye_joins("R") == joins
    assert not known.eye_joins("L")
    assert not known.eye_joins("B")


@pytest.mark.parametrize(
    ("others", "mine", "shared"),
    [
        ((1, 2, 3), (), True),
        ((1, 2), (), False),
        ((1, 2, 3), [-k / 10 for k in range(40)], False),
        ((7, 8, 9), (), False),
        ((-7, -8, -9), (), False),
        ((-1, -2, 3), (0, 1), True),
    ],
    ids=["three", "two", "few of all", "later", "long ago", "around it"],
)
def test_a_side_is_shared_where_the_other_one_acts_about_as_often_at_that_time(
    others, mine, shared
):
    known = Experience()
    for second in sorted([*others, *mine]):
        side = "R" if second in others else "L"
        onset = round(20_000 + 1000 * second)
        known.late.append(LateAct(onset, side, beside_eye=True, lower_face=True))
    assert known.is_shared("L", 20_000, FS, 5.0) == shared


def test_eyes_that_act_over_there_share_nothing():
    known = Experience()
    known.late.extend([LateAct(k, "R", beside_eye=False, lower_face=False) for k in range(9)])
    assert not known.is_shared("L", 5, FS, 5.0)


@pytest.mark.parametrize(
    ("seen", "remembered"),
    [
        (act("blink", "OOC_L", "OOC_R"), [True]),
        (act("blink", "OOC_L", "OOC_R", li=0.3), [True]),
        (act("blink", "OOC_L", "OOC_R", "FRO_L"), [True]),
        (act("blink", "OOC_L"), [False]),
        (act("blink", "OOC_L", "OOC_R", li=UNEVEN), [False]),
        (act("blink", "OOC_L", "OOC_R", "FRO_L", li=UNEVEN), []),
        (act("twitch", "OOC_L", li=UNEVEN), [False]),
        (act("twitch", "OOC_L"), [False]),
        (act("twitch", "OOC_L", "ZYG_L", li=UNEVEN), []),
    ],
)
def test_what_eyes_do_alone_or_as_one_tells_whether_both_are_seen(seen, remembered):
    known = Experience()
    note_eyes(seen, known)
    assert list(known.even) == remembered


def test_an_act_is_remembered_with_its_side_and_whether_the_lower_face_was_alone():
    known = Experience()
    for k, labels in enumerate((["OOC_L"], ["OOC_L", "ZYG_L"], ["OOR_R"], ["ZYG_L", "ZYG_R"])):
        note_sharing(act("twitch", *labels, onset=1000 * k), known, FS)
    assert known.late == deque([
        LateAct(0, "L", beside_eye=False, lower_face=False),
        LateAct(1000, "L", beside_eye=True, lower_face=False),
        LateAct(2000, "R", beside_eye=True, lower_face=True),
        LateAct(3000, "B", beside_eye=True, lower_face=True),
    ])  # fmt: skip
    assert known.n_of_lower_face(2500, 1000) == 2
    assert known.n_of_lower_face(2500, 400) == 0
    assert known.n_of_lower_face(1000, 1500) == 1


def chain(*acts, side="L"):
    told = Chain(side, 500, 1100)
    for each in acts:
        told.add(each)
    return told


@pytest.mark.parametrize(
    ("muscles", "amplitude", "together", "joined"),
    [
        ("ZYG", 9.0, 1, [False]),
        ("ZYG", 8.9, 1, []),
        ("ZYG", 8.9, 2, [True]),
        ("OOC", 20.0, 1, []),
    ],
    ids=["alone", "perhaps heard of the eye", "joined", "the eye"],
)
def test_muscles_beside_the_eye_are_remembered_as_joined_or_alone(
    muscles, amplitude, together, joined
):
    known = Experience()
    known.twitching["L"].extend([30.0] * 4)
    one = reading(f"{muscles}_L", 1000, 1080, amplitude=amplitude)
    note_company(chain(Act("twitch", "L", (one,), together=together)), known)
    assert list(known.joined["L"]) == joined
    assert not known.joined["R"]


def test_how_loud_the_eye_is_is_known_of_its_acts_and_from_four_on():
    known = Experience()
    eye = reading("OOC_L", 1000, 1080, amplitude=30.0)
    for n in range(5):
        assert known.least_beside("L") == (9.0 if n >= 4 else 0.0)
        note_company(chain(Act("twitch", "L", (eye,))), known)
    note_company(chain(Act("movement", "B", (eye,)), side="B"), known)
    assert list(known.twitching["L"]) == [30.0] * 5


def test_an_eye_that_is_recorded_alone_proves_a_spasm_with_a_lower_index():
    eyes, face = Experience(beside=dict.fromkeys("LR", frozenset())), Experience()
    proven = Experience(proven={"L": 2, "R": 0})
    assert proven.least_li("L") < eyes.least_li("L") < face.least_li("L")


@pytest.mark.parametrize(
    ("labels", "sides"),
    [
        ("OOC_L OOC_R", "LR"),
        ("OOC_L OOC_R ZYG_R", "L"),
        ("OOC_L MAS_L ZYG_R", "L"),
        ("OOC_L FRO_L OOC_R FRO_R", ""),
        ("ZYG_L", ""),
    ],
)
def test_of_a_side_eyes_alone_are_recorded_where_no_other_muscle_of_the_face_is(labels, sides):
    state = Folding().init(Pipeline(), stream(*labels.split()), 0)
    assert state.known.eyes_only == {*sides}
