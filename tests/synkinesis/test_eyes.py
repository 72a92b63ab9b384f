"""Eyes that differ in strength: what their bursts say against their usual ratio in blinks."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.stream import Burst
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.acts.judging import acts
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.events.eyes import against_usual, note_balance
from emgspasm.synkinesis.memory import copied
from emgspasm.synkinesis.readings.reading import Reading, Site

FS = 1000.0
MONTAGE = ("OOC_L", "ZYG_L", "OOC_R", "ZYG_R")


def reading(label, onset, offset, li, *, silent=False):
    """Reading of a burst; the other side is not `silent` unless told so."""
    muscle, side = label.split("_")
    column, opposite = MONTAGE.index(label), 20.0 * (1 - li) / (1 + li)
    return Reading(
        Burst(column, onset, offset, 30.0, 20.0, 2.0), Site(column, side, muscle, (column + 2) % 4),
        onset, offset, np.zeros(4), copy=False, neighbour=-1, amplitude=20.0, opposite=opposite,
        opposite_most=opposite, opposite_silent=silent, li=li, least_li=li, frequency=120.0,
        hum=0.0, steps=0.0, shared=0, tonic=0.0, leaps=False,
    )  # fmt: skip


def kinds(readings):
    """Kinds of the acts that these readings are."""
    return [act.kind for act in acts(readings, Rules(), BlinkHistory(), FS, ().__contains__)]


def blinked(times, ratio=3.0, **other):
    """What is known after blinks whose left eye is so many times as strong as the right one."""
    known, li = Experience(), (ratio - 1) / (ratio + 1)
    for k in range(times):
        left, right = 2000 * k, 2000 * k + other.get("lag", 0)
        eyes = (
            reading("OOC_L", left, left + 100, li=li),
            reading("OOC_R", right, right + other.get("length", 100), li=-li),
        )
        note_balance(Act("blink", "B", eyes), (), known, FS)
    return known


@pytest.mark.parametrize(
    ("times", "told"), [(3, ["blink"]), (2, ["twitch"])], ids=["known", "not known"]
)
def test_a_blink_of_which_the_weak_eye_is_not_found_is_none_of_one_side(times, told):
    eye = reading("OOC_L", 90_000, 90_100, li=0.6)
    assert kinds(against_usual([eye], blinked(times))) == told


def test_an_eye_that_goes_far_beyond_its_usual_ratio_is_of_one_side():
    eye = reading("OOC_L", 90_000, 90_100, li=0.95)
    assert kinds(against_usual([eye], blinked(9))) == ["twitch"]


def test_the_weak_eye_is_of_one_side_as_soon_as_it_is_stronger_than_usual():
    eye = reading("OOC_R", 90_000, 90_100, li=0.4)
    assert kinds(against_usual([eye], blinked(9))) == ["twitch"]


def test_an_eye_that_goes_on_as_much_stronger_than_the_other_as_usual_is_of_a_blink():
    strong = reading("OOC_L", 90_000, 90_300, li=2 / 3)
    weak = replace(reading("OOC_R", 90_000, 90_100, li=-2 / 3), amplitude=4.0, opposite=20.0)
    assert kinds(against_usual([strong, weak], blinked(9, 5.0))) == ["blink"]


@pytest.mark.parametrize("li", [1.0, -1.0, np.nan])
def test_an_index_that_no_ratio_changes_stays(li):
    eye = replace(reading("OOC_L", 90_000, 90_100, li=0.5), li=li, least_li=li)
    (told,) = against_usual([eye], blinked(9))
    assert [told.li, told.least_li] == pytest.approx([li, li], nan_ok=True)


def test_other_muscles_keep_their_laterality():
    cheek = reading("ZYG_L", 90_000, 90_100, li=0.6)
    assert against_usual([cheek], blinked(9)) == [cheek]


@pytest.mark.parametrize(
    "other",
    [{"lag": 50}, {"lag": -50}, {"length": 200}, {"length": 50}, {"lag": 50, "length": 50}],
)
def test_eyes_that_do_not_begin_and_end_together_tell_no_ratio(other):
    assert not blinked(9, **other).balance


@pytest.mark.parametrize(
    ("silent", "muscles", "told"),
    [(False, ("OOC",), 1), (True, ("OOC",), 0), (False, ("OOC", "ZYG"), 0)],
    ids=["too weak to be found", "silent", "in a spasm"],
)
def test_an_eye_beside_which_the_other_one_is_not_silent_tells_the_ratio(silent, muscles, told):
    known = Experience()
    bursts = tuple(reading(f"{muscle}_L", 1000, 1100, 0.7, silent=silent) for muscle in muscles)
    note_balance(Act("twitch", "L", bursts), (), known, FS)
    assert (len(known.lone), len(known.balance)) == (told, 0)


@pytest.mark.parametrize(
    ("side", "together", "onset", "told"),
    [("L", 3, 1010, 0), ("L", 1, 1010, 1), ("R", 3, 1010, 1), ("L", 3, 1150, 1)],
    ids=["a spasm over there", "an eye alone over there", "of its own side", "afterwards"],
)
def test_a_weak_eye_beside_a_spasm_of_the_other_one_tells_no_ratio(side, together, onset, told):
    known = Experience()
    blink = Act("blink", "B", (reading("OOC_R", 1000, 1100, -0.8),))
    spasm = Act("twitch", side, (reading(f"ZYG_{side}", onset, 1200, 0.8),), together=together)
    note_balance(blink, [blink, spasm], known, FS)
    assert len(known.lone) == told


def test_an_eye_beside_which_the_other_one_does_nothing_at_all_tells_no_ratio():
    known = Experience()
    eyes = (reading("OOC_L", 1000, 1100, 1.0), reading("OOC_R", 1000, 1100, 0.0))
    for found in (eyes, eyes[:1]):
        note_balance(Act("blink", "B", found), (), known, FS)
    assert not known.balance
    assert not known.lone


CHEEK = reading("ZYG_L", 1000, 1100, 0.7)


@pytest.mark.parametrize(
    ("proven", "copies", "told"),
    [(2, (CHEEK,), 0), (0, (CHEEK,), 1), (2, (), 1)],
    ids=["spasms known", "none known", "nothing sounds like it"],
)
def test_an_eye_along_with_what_sounds_like_it_tells_no_ratio_where_spasms_are_known(
    proven, copies, told
):
    known = Experience(proven={"L": proven, "R": 0})
    act = Act("twitch", "L", (reading("OOC_L", 1000, 1100, 0.7),), copies=copies)
    note_balance(act, (), known, FS)
    assert len(known.lone) == told


def test_eyes_that_begin_a_little_apart_tell_their_ratio_and_other_muscles_none():
    known = blinked(3, lag=10)
    assert known.usual == pytest.approx(log(3.0))
    note_balance(Act("twitch", "L", (reading("ZYG_L", 1000, 1100, 0.7),)), (), known, FS)
    assert (len(known.balance), len(known.lone)) == (3, 0)


def test_two_bursts_of_one_eye_tell_no_ratio():
    known = Experience()
    eyes = (reading("OOC_L", 1000, 1100, 0.5), reading("OOC_L", 1020, 1090, 0.5))
    note_balance(Act("blink", "B", eyes), (), known, FS)
    assert not known.balance
    assert not known.lone


@pytest.mark.parametrize(("both", "ratio"), [(0, 9.0), (2, 9.0), (3, 3.0), (8, 3.0)])
def test_blinks_of_one_eye_tell_the_ratio_until_three_of_both_outvote_them(both, ratio):
    known = blinked(both)
    for _ in range(20):
        note_balance(Act("twitch", "L", (reading("OOC_L", 90_000, 90_100, 0.8),)), (), known, FS)
    assert known.usual == pytest.approx(log(ratio))


def test_of_blinks_of_one_eye_the_last_count():
    known = Experience()
    known.balance.extend(log(ratio) for ratio in (2.0, 3.0, 4.0, 5.0))
    for li in (0.8, 0.8, 0.8, 0.1, 0.1):  # the last two, half as many as of both
        note_balance(Act("twitch", "L", (reading("OOC_L", 90_000, 90_100, li),)), (), known, FS)
    assert known.usual == pytest.approx((log(2.0) + log(3.0)) / 2)


def test_an_eye_of_which_nothing_is_left_without_its_noise_tells_no_ratio():
    known = Experience()
    eyes = [replace(reading("OOC_L", 1000, 1100, li=0.0), amplitude=a) for a in (0.0, 20.0)]
    other = replace(reading("OOC_R", 1000, 1100, li=0.0), opposite=0.0)
    note_balance(Act("blink", "B", (eyes[0], reading("OOC_R", 1000, 1100, 0.0))), (), known, FS)
    note_balance(Act("blink", "B", (eyes[1], other)), (), known, FS)
    assert not known.balance


def test_where_blinks_of_both_eyes_differ_those_of_one_move_their_median():
    known = Experience()
    for ratio in (2.0, 3.0, 4.0, 5.0):
        known.balance.append(log(ratio))
    for _ in range(9):
        note_balance(Act("twitch", "L", (reading("OOC_L", 90_000, 90_100, 0.8),)), (), known, FS)
    assert known.usual == pytest.approx((log(4.0) + log(5.0)) / 2)


@given(st.floats(1.1, 9.0), st.floats(-0.99, 0.99), st.sampled_from("LR"))
def test_the_log_ratio_of_an_eye_is_told_less_the_usual_one(usual, li, side):
    eye = reading(f"OOC_{side}", 90_000, 90_100, li=li)
    (told,) = against_usual([eye], blinked(9, usual))
    expected = log((1 + li) / (1 - li)) - (log(usual) if side == "L" else -log(usual))
    for index in (told.li, told.least_li):
        assert log((1 + index) / (1 - index)) == pytest.approx(expected, abs=1e-6)


def test_a_copy_of_what_is_known_learns_by_itself():
    known = blinked(5)
    known.lone.append(1.0)
    other = copied(known)
    other.balance.clear()
    other.lone.clear()
    assert (len(known.balance), len(known.lone)) == (5, 1)
