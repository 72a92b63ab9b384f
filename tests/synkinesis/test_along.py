"""What goes along with blinks and movements, one condition of each rule at a time."""

import numpy as np
import pytest

from support.readings import judged, reading


def both(muscle, onset, offset):
    return [reading(f"{muscle}_{side}", onset, offset, li=0.0) for side in "LR"]


def found(*readings, **known):
    """Of each act its kind, the muscles that it drags along, and its copies."""
    return [(act.kind, act.dragged, act.copies) for act in judged(*readings, **known)]


def kinds(*readings, **known):
    return [kind for kind, _, _ in found(*readings, **known)]


def test_what_goes_along_with_one_blink_beside_an_unseen_eye_is_none_of_the_next():
    unknown = {"opposite": np.nan, "li": np.nan, "least_li": np.nan}
    eyes = [reading("OOC_R", *span, **unknown) for span in ((1000, 1100), (1300, 1400))]
    cheek = reading("ZYG_L", 1010, 1090)
    assert found(*eyes, cheek) == [("blink", (), (cheek,)), ("blink", (), ())]


def test_an_eye_that_closes_again_while_the_other_stays_closed_does_not_blink():
    left = [reading("OOC_L", *span, li=0.5) for span in ((1000, 1100), (1500, 1600))]
    assert kinds(*left, reading("OOC_R", 1000, 1700, li=-0.7)) == ["movement"]


def test_a_muscle_goes_along_for_half_of_a_movement_whatever_it_does_afterwards():
    mouth = [reading("OOR_L", 50, 1200), reading("OOR_L", 2100, 4100)]
    movement, eye, after = found(*both("ZYG", 0, 2000), *mouth, reading("OOC_L", 60, 160))
    assert movement == ("movement", ("OOR",), ())
    assert eye[0] == after[0] == "twitch"


def test_an_eye_that_begins_with_a_brow_of_one_side_still_goes_along_with_a_smile():
    one = [reading("FRO_L", 1010, 1950), reading("OOC_L", 1012, 1950)]
    assert found(*both("ZYG", 1000, 2000), *one) == [("movement", ("OOC",), ()), ("twitch", (), ())]


def test_an_eye_that_begins_long_before_a_smile_does_not_go_along_with_it():
    eye = reading("OOC_L", 800, 2000)
    assert kinds(*both("ZYG", 1000, 2000), eye, eyed="L") == ["twitch", "movement"]


def test_a_cheek_of_a_side_with_spasms_goes_along_with_a_closure_of_the_eyes():
    eye, cheek = reading("OOC_L", 1000, 2000, li=0.0), reading("ZYG_L", 1010, 1950)
    assert found(eye, cheek, eyed="L") == [("movement", ("ZYG",), ())]


@pytest.mark.parametrize(
    ("silent", "told"), [(True, ["movement", "twitch"]), (False, ["movement"])]
)
def test_a_brow_whose_other_one_is_silent_goes_along_with_no_smile(silent, told):
    brow = reading("FRO_L", 1010, 1950, least_li=0.3, opposite_silent=silent)
    assert kinds(*both("ZYG", 1000, 2000), brow) == told


@pytest.mark.parametrize(("offset", "told"), [(1590, ["movement", "twitch"]), (1610, ["movement"])])
def test_a_muscle_alone_in_a_movement_twitches_only_if_it_is_as_brief_as_a_twitch(offset, told):
    assert kinds(*both("FRO", 1000, 3000), reading("ZYG_L", 1300, offset)) == told
