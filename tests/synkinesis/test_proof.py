"""What proves a spasm of a side, by what is known of it."""

import pytest

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.experience import (
    Experience,
    note_eye_bursts,
    note_sharing,
)
from emgspasm.synkinesis.events.proof import is_spasm, note_proof
from support.readings import FS, reading


def face(spasms=0, *, both_eyes=True, other_side=0):
    """What is known of a face after spasms of the left side, and blinks that both eyes showed."""
    known = Experience(proven={"L": spasms, "R": other_side})
    known.even.extend([both_eyes] * 5)
    return known


def twitch(muscles="OOC", onset=1000, length=100, together=1, **kind):
    bursts = (reading(f"{m}_L", onset, onset + length, **kind) for m in muscles.split())
    return Act("twitch", "L", tuple(bursts), together=together)


def is_one(known, *acts, fs=FS):
    return is_spasm(acts, known, "L", Rules(), fs)


@pytest.mark.parametrize(
    ("li", "spasms", "proved"), [(0.5, 0, False), (0.5, 2, True), (0.3, 2, False), (0.8, 0, True)]
)
def test_two_muscles_must_lean_to_their_side_less_where_it_is_known_to_have_spasms(
    li, spasms, proved
):
    assert is_one(face(spasms), twitch("OOC ZYG", together=2, li=li)) == proved


def test_two_muscles_prove_nothing_where_only_the_other_side_is_known_to_have_spasms():
    two, three = twitch("OOC ZYG", together=2), twitch("OOC ZYG FRO", together=3)
    assert not is_one(face(other_side=2), two)
    assert is_one(face(other_side=2), three)
    assert is_one(face(2, other_side=2), two)


def test_three_muscles_without_the_eye_prove_a_spasm_on_any_side():
    three = twitch("ZYG OOR FRO", together=3)
    assert is_one(face(other_side=2), three)
    assert is_one(face(), three)


@pytest.mark.parametrize(("muscles", "proved"), [("ZYG OOR", False), ("ZYG OOR FRO", True)])
def test_three_muscles_of_the_lower_face_prove_none_while_the_other_side_acts_as_well(
    muscles, proved
):
    known = face()
    assert is_one(known, twitch(muscles, together=3))
    for onset in (-3000, -2000, -1000):
        mouth = (reading("OOR_R", onset, onset + 100),)
        note_sharing(Act("twitch", "R", mouth), known, FS)
    assert is_one(known, twitch(muscles, together=3)) == proved


@pytest.mark.parametrize(
    ("steps", "frequency", "fs", "proved"),
    [
        (0.5, 40.0, FS, False),
        (0.2, 40.0, FS, True),
        (0.5, 90.0, FS, True),
        (0.5, 40.0, 250.0, True),
    ],
)
def test_what_may_be_a_saccade_or_a_heart_proves_no_spasm_alone(steps, frequency, fs, proved):
    kind = {"length": round(0.04 * fs), "steps": steps, "frequency": frequency}
    for spasms in (0, 2):
        assert is_one(face(spasms), twitch("OOC", **kind), fs=fs) == proved
    assert is_one(face(), twitch("OOC ZYG FRO", together=3, **kind), fs=fs)


@pytest.mark.parametrize(("spasms", "proved"), [(0, False), (2, True)])
def test_a_brow_alone_proves_a_spasm_only_where_they_are_known(spasms, proved):
    assert is_one(face(spasms), twitch("FRO")) == proved


@pytest.mark.parametrize(("spasms", "proved"), [(0, False), (2, True)])
def test_a_lower_face_of_which_two_muscles_begin_together_is_one_only_where_they_are_known(
    spasms, proved
):
    assert is_one(face(spasms), twitch("ZYG OOR", together=2)) == proved


FAINT = {"mean": 3.1, "length": 150}  # hardly above a noise of 2 uV
OTHER_EYE = {"li": 0.85, "opposite_silent": False}


@pytest.mark.parametrize(
    ("spasms", "both_eyes", "eye", "proved"),
    [
        (0, True, {}, True),
        (0, False, {}, False),
        (2, False, {}, False),
        (0, True, FAINT, False),
        (2, True, FAINT, True),
        (0, True, OTHER_EYE, False),
        (2, True, OTHER_EYE, True),
        (0, True, {"least_li": 0.65}, False),
        (2, True, {"least_li": 0.65}, True),
        (2, True, {"least_li": 0.4, "li": 0.5, "opposite_silent": False}, False),
    ],
)
def test_an_eye_alone_proves_less_as_long_as_no_spasms_are_known(spasms, both_eyes, eye, proved):
    assert is_one(face(spasms, both_eyes=both_eyes), twitch(**eye)) == proved


@pytest.mark.parametrize(
    ("eyes_only", "both_eyes", "length", "li", "proved"),
    [
        ("LR", True, 401, 0.85, True),
        ("LR", True, 400, 0.85, False),
        ("LR", True, 401, 0.8, False),
        ("LR", False, 401, 0.85, False),
        ("", True, 401, 0.85, False),
    ],
    ids=["lasts", "as a blink", "less of one side", "other eye unseen", "other muscles recorded"],
)
def test_an_eye_that_is_recorded_alone_proves_a_spasm_that_lasts_though_the_other_is_not_silent(
    eyes_only, both_eyes, length, li, proved
):
    known = face(both_eyes=both_eyes)
    known.eyes_only = frozenset(eyes_only)
    assert is_one(known, twitch(li=li, opposite_silent=False, length=length)) == proved


@pytest.mark.parametrize(
    ("muscles", "length", "on_blink", "in_movement", "proved"),
    [
        ("OOC", 401, True, False, True),
        ("OOC", 400, True, False, False),
        ("OOC ZYG", 101, True, False, True),
        ("OOC ZYG", 100, True, False, False),
        ("OOC ZYG", 401, False, False, False),
        ("OOC ZYG", 401, True, True, False),
    ],
    ids=["lasts", "as a blink", "two last", "two are short", "no blink", "both sides move"],
)
def test_what_goes_on_after_a_blink_proves_a_spasm_where_none_is_known_if_it(
    muscles, length, on_blink, in_movement, proved
):
    parts = []
    for muscle in muscles.split():
        whole = reading(f"{muscle}_L", 900, 1000 + length)
        kind = {"li": 0.9, "opposite_silent": False, "burst": whole.burst}
        parts.append(reading(f"{muscle}_L", 1000, 1000 + length, **kind))
    kind = {"on_blink": on_blink, "in_movement": in_movement}
    assert is_one(face(), Act("twitch", "L", tuple(parts), together=len(parts), **kind)) == proved


@pytest.mark.parametrize(
    ("recorded", "n", "proved"), [("LR", 3, True), ("LR", 2, False), ("", 3, False)]
)
def test_a_flurry_of_an_eye_is_one_where_eyes_alone_are_recorded(recorded, n, proved):
    known = Experience(beside=dict.fromkeys(recorded, frozenset()))
    assert is_one(known, *(twitch(onset=1000 + 400 * k) for k in range(n))) == proved


@pytest.mark.parametrize("beside", [frozenset(), frozenset({"ZYG"})])
@pytest.mark.parametrize(("lengths", "proven"), [((100, 100), 1), ((100, 900), 0), ((900,), 0)])
def test_an_eye_alone_counts_for_its_side_where_all_it_does_is_twitch(lengths, proven, beside):
    known = Experience(beside=dict.fromkeys("LR", beside))
    acts = [twitch(onset=1000 + 1000 * k, length=length) for k, length in enumerate(lengths)]
    note_proof(acts, {"OOC"}, known, "L", FS)
    assert known.proven["L"] == proven


def test_one_burst_that_is_certain_proves_what_goes_along_with_it():
    doubtful = {"mean": 2.1, "length": 20, "least_li": 0.3}
    assert not is_one(face(2), twitch(**doubtful))
    assert is_one(face(2), twitch(**doubtful), twitch(onset=1300), twitch(onset=1600, **doubtful))


@pytest.mark.parametrize(
    ("muscles", "together", "proven", "eyed"),
    [
        ("OOC ZYG", [2], 1, []),
        ("OOC ZYG FRO", [3], 2, [True]),
        ("ZYG OOR FRO", [3], 2, [False]),
        ("OOC ZYG", [2, 1, 1], 0, []),
        ("OOC", [1, 1], 1, []),
    ],
    ids=["two", "three", "without the eye", "mostly apart", "the eye alone"],
)
def test_a_spasm_counts_for_its_side_by_how_many_muscles_begin_together(
    muscles, together, proven, eyed
):
    known = Experience()
    acts = [twitch(muscles, 1000 + 300 * k, together=n) for k, n in enumerate(together)]
    note_proof(acts, {*muscles.split()}, known, "L", FS)
    assert known.proven == {"L": proven, "R": 0}
    assert list(known.eyed["L"]) == eyed
    assert bool(known.loudness) == bool(eyed)  # of what is sure alone


def surge(muscle="OOC", onset=1000, length=300, **kind):
    """What a muscle does after a blink that began 100 ms before."""
    whole = reading(f"{muscle}_L", onset - 100, onset + length)
    return reading(f"{muscle}_L", onset, onset + length, burst=whole.burst, **kind)


def test_a_surge_of_an_eye_that_is_as_brief_as_a_blink_proves_nothing_though_the_other_is_silent():
    brief = Act("twitch", "L", (surge(),), on_blink=True)
    lasting = Act("twitch", "L", (surge(length=401),), on_blink=True)
    assert not is_one(face(), brief)
    assert is_one(face(), lasting)
    assert is_one(face(), brief, lasting)


def test_two_muscles_of_which_one_surges_prove_a_spasm():
    parts = surge("OOC", opposite_silent=False), reading("ZYG_L", 1000, 1300)
    assert is_one(face(), Act("twitch", "L", parts, together=2))


def test_an_eye_alone_proves_nothing_where_only_the_other_side_is_known_to_have_spasms():
    assert not is_one(face(other_side=2), twitch())
    assert is_one(face(2, other_side=2), twitch())


@pytest.mark.parametrize(("first", "proved"), [(4000, False), (8000, True)])
def test_a_lower_face_is_no_spasm_where_the_other_side_acts_about_when_it_begins(first, proved):
    known = face(2)
    for onset in (0, 300, 600, 900, 1200):
        over_there = Act("twitch", "R", (reading("ZYG_R", onset, onset + 100),))
        note_sharing(over_there, known, FS)
    acts = [twitch("ZYG OOR", onset, together=2) for onset in (first, 8000)]
    assert is_one(known, *acts) == proved


@pytest.mark.parametrize(("n", "spasms", "proved"), [(3, 2, True), (4, 2, False), (4, 0, False)])
def test_an_eye_alone_proves_nothing_while_the_other_one_is_active_on_and_off(n, spasms, proved):
    known = face(spasms)
    for onset in range(700, 700 + 200 * n, 200):
        note_eye_bursts(Act("blink", "B", (reading("OOC_R", onset, onset + 30),)), known, FS)
    assert is_one(known, twitch()) == proved
    assert is_one(known, twitch(onset=5000))
