"""Blinks and movements of both sides, and what goes along with them."""

import numpy as np
import pytest

from emgspasm.synkinesis.acts.blinks import BlinkHistory
from support.readings import judged, reading


def both(muscle, onset, offset, li=0.0):
    return [reading(f"{muscle}_L", onset, offset, li), reading(f"{muscle}_R", onset, offset, -li)]


def kinds(*readings, **known):
    return [(act.kind, act.side) for act in judged(*readings, **known)]


def after_blinks(*, joined, times=5):
    """What is known after blinks with which the left lower face went along, or did not."""
    blinks = BlinkHistory()
    blinks.seen["L"].extend([joined] * times)
    return blinks


def test_a_brow_that_both_raise_in_a_blink_is_a_part_of_it():
    eyes = [reading("OOC_L", 1000, 1200, 0.0), reading("OOC_R", 1010, 1350, 0.0)]
    brow = both("FRO", 980, 1380)
    (blink,) = judged(*eyes, *brow)
    assert (blink.kind, set(blink.readings)) == ("blink", {*eyes, *brow})


@pytest.mark.parametrize(("onset", "offset"), [(900, 1200), (1010, 1300)])
def test_a_brow_that_begins_before_a_blink_or_lasts_after_it_is_a_movement(onset, offset):
    told = kinds(*both("OOC", 1000, 1200), *both("FRO", onset, offset))
    assert sorted(told) == [("blink", "B"), ("movement", "B")]


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ((1000, 1100, 0.5), (1000, 1700, -0.7), "blink"),
        ((1000, 1900, 0.5), (1000, 1900, -0.5), "movement"),
        ((1000, 1100, 0.0), (1000, 1700, 0.0), "movement"),
        ((1000, 1380, 0.0), (1000, 1380, 0.0), "blink"),
    ],
    ids=["a spasm over it", "both long", "one missed in part", "both brief"],
)
def test_what_both_eyes_do_is_a_blink_if_the_briefer_side_and_what_is_even_is_brief(
    left, right, kind
):
    told = kinds(reading("OOC_L", *left), reading("OOC_R", *right))
    assert (kind, "B") in told
    assert not {"blink", "movement"} - {kind} & {name for name, _ in told}


def test_lone_bursts_of_an_eye_that_last_together_for_longer_than_a_blink_are_none():
    unknown = {"opposite": np.nan, "li": np.nan, "least_li": np.nan}
    bursts = [reading("OOC_R", *span, **unknown) for span in ((1000, 1350), (1300, 1500))]
    assert kinds(bursts[0]) == [("blink", "B")]
    assert kinds(*bursts) == []


@pytest.mark.parametrize(
    ("mouth", "dragged"), [(1000, True), (1030, True), (1090, False), (900, False)]
)
def test_what_goes_along_with_a_blink_begins_with_the_stronger_eye(mouth, dragged):
    eyes = [reading("OOC_L", 1000, 1200, li=0.4), reading("OOC_R", 1060, 1200, -0.4, amplitude=5.0)]
    told = {act.kind: act for act in judged(*eyes, reading("OOR_L", mouth, 1150))}
    assert told["blink"].dragged == (("OOR",) if dragged else ())
    assert ("twitch" in told) == (not dragged)


def test_several_muscles_of_the_lower_face_go_along_with_a_blink():
    lower = [reading("ZYG_L", 1010, 1150), reading("OOR_L", 1015, 1150)]
    (blink,) = judged(*both("OOC", 1000, 1200), *lower)
    assert blink.dragged == ("OOR", "ZYG")


@pytest.mark.parametrize(
    ("joined", "times", "kinds_told"),
    [(True, 0, ["blink"]), (True, 5, ["blink"]), (False, 5, ["blink", "twitch"])],
    ids=["first blink", "as a rule", "seldom"],
)
def test_a_mouth_goes_along_with_a_blink_unless_it_seldom_does(joined, times, kinds_told):
    blinks = after_blinks(joined=joined, times=times)
    told = judged(*both("OOC", 1000, 1200), reading("OOR_L", 1010, 1150), blinks=blinks)
    assert [act.kind for act in told] == kinds_told
    assert list(blinks.seen["L"]) == [joined] * times + [True]  # and it is remembered
    assert list(blinks.seen["R"]) == [False]


def test_company_of_blinks_is_that_of_the_last_twenty():
    blinks = after_blinks(joined=True, times=40)
    assert blinks.usual("L") is True
    assert blinks.usual("R") is None
    blinks.seen["L"].extend([False] * 20)
    assert blinks.usual("L") is False


@pytest.mark.parametrize(
    ("muscle", "joined", "kinds_told"),
    [
        ("OOC", True, ["movement", "twitch"]),
        ("OOR", True, ["movement"]),
        ("OOR", False, ["movement", "twitch"]),
    ],
)
def test_a_twitch_of_the_lower_face_may_hide_in_a_movement_where_it_goes_along_with_blinks(
    muscle, joined, kinds_told
):
    twitch = reading(f"{muscle}_L", 1500, 1560)
    told = judged(*both("ZYG", 1000, 3000), twitch, blinks=after_blinks(joined=joined))
    assert [act.kind for act in told] == kinds_told


LIFT = both("FRO", 1000, 2000)
DOUBTFUL = {"least_li": 0.3, "opposite_silent": False}


@pytest.mark.parametrize(
    ("readings", "dragged"),
    [
        ([reading(f"{m}_L", 1300, 2000, **DOUBTFUL) for m in ("ZYG", "OOR")], ()),
        ([reading(f"{m}_L", 1300, 1500, **DOUBTFUL) for m in ("ZYG", "OOR")], ()),
        ([reading("ZYG_L", 1300, 1500, **DOUBTFUL)], ("ZYG",)),
        ([reading("ZYG_L", 1900, 2900, **DOUBTFUL)], ()),
        ([reading("ZYG_L", 1100, 1900, **DOUBTFUL)], ("ZYG",)),
    ],
    ids=["late together", "briefly together", "alone", "for longer", "as long"],
)
def test_what_goes_along_with_a_movement_begins_with_it_or_is_alone_in_it(readings, dragged):
    told = {act.kind: act for act in judged(*LIFT, *readings)}
    assert told["movement"].dragged == dragged
    assert ("twitch" in told) == (not dragged)


def test_a_mouth_goes_along_with_a_movement_of_brow_and_cheek_of_both_sides():
    mouth = reading("OOR_L", 1020, 1900)
    assert kinds(*LIFT, *both("ZYG", 1000, 2000), mouth, eyed="L") == [("movement", "B")]


def test_a_brow_goes_along_with_a_movement_in_which_the_other_brow_takes_part():
    brows = [reading("FRO_R", 1000, 1900, 0.0), reading("FRO_L", 1050, 1900)]
    assert kinds(*both("ZYG", 1000, 2000), *brows) == [("movement", "B")]


@pytest.mark.parametrize(("offset", "carried"), [(1210, False), (1260, True)])
def test_a_blink_holds_a_part_of_a_spasm_where_its_eye_goes_on_after_all_of_the_other_s(
    offset, carried
):
    mine = reading("OOC_L", 1000, offset, li=0.0)
    others = [reading("OOC_R", *span, li=0.0) for span in ((1000, 1050), (1060, 1200))]
    spasm = [reading("FRO_L", 1060, 1200), reading("ZYG_L", 1062, 1200)]
    (twitch,) = (act for act in judged(mine, *others, *spasm) if act.kind == "twitch")
    assert twitch.on_blink
    assert twitch.carried == ((mine,) if carried else ())


def test_a_spasm_rides_on_a_blink_that_only_its_first_muscle_meets():
    spasm = [reading("FRO_L", 1000, 1100), reading("ZYG_L", 1060, 1300)]
    (twitch,) = (a for a in judged(*both("OOC", 950, 1050), *spasm) if a.kind == "twitch")
    assert twitch.on_blink
