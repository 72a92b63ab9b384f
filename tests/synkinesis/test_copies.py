"""What channels show that is of another muscle, of none, or of an eye that nobody sees."""

import numpy as np
import pytest

from support.readings import MONTAGE, alike, judged, reading


def kinds(*readings):
    return [(act.kind, act.side) for act in judged(*readings)]


SLOW = reading("ZYG_L", 1000, 1100, frequency=14.0)


@pytest.mark.parametrize(
    ("beside", "kinds_told"),
    [
        (reading("OOC_L", 1010, 1090, rho=alike("ZYG_L", 0.95)), [("artifact", "L")]),
        (reading("OOC_R", 1010, 1090, rho=alike("ZYG_L", 0.95)), [("artifact", "B")]),
        (reading("OOC_L", 1010, 1090, rho=alike("ZYG_L", 0.2)),
         [("artifact", "L"), ("twitch", "L")]),
        (reading("OOC_L", 1105, 1190, rho=alike("ZYG_L", 0.95)),
         [("artifact", "L"), ("twitch", "L")]),
    ],
    ids=["of its waveform", "over there", "of its own waveform", "afterwards"],
)  # fmt: skip
def test_what_has_the_waveform_of_an_artifact_at_the_same_time_is_one(beside, kinds_told):
    assert kinds(SLOW, beside) == kinds_told


def test_the_waveform_of_one_artifact_of_several_is_enough():
    other = reading("FRO_R", 1000, 1100, frequency=14.0)
    eye = reading("OOC_L", 1010, 1090, rho=alike("ZYG_L", 0.95))
    assert kinds(SLOW, other, eye) == [("artifact", "B")]


def test_a_copy_of_what_is_an_artifact_is_counted_to_none():
    copy = reading("OOC_L", 1010, 1090, rho=alike("ZYG_L", 0.95), copy=True)
    (artifact,) = judged(SLOW, copy)
    assert artifact.readings == (SLOW,)


def test_a_copy_over_there_does_not_make_a_burst_one_of_both_sides():
    eye = reading("OOC_L", 1000, 1080, li=0.5, opposite_silent=True)
    copy = reading("OOC_R", 1005, 1080, copy=True, neighbour=MONTAGE.index("OOC_L"))
    (twitch,) = judged(eye, copy)
    assert (twitch.kind, twitch.readings, twitch.copies) == ("twitch", (eye,), (copy,))


def test_a_copy_at_another_time_is_not_of_the_act():
    eye, other = reading("OOC_L", 1000, 1080), reading("OOR_R", 1050, 1500)
    copy = reading("ZYG_L", 1400, 1450, copy=True, neighbour=MONTAGE.index("OOC_L"))
    assert [(act.readings, act.copies) for act in judged(eye, other, copy)] == [
        ((eye,), ()), ((other,), ())
    ]  # fmt: skip


def test_an_eye_spreads_to_no_muscle_of_the_other_side():
    cheek = reading("ZYG_L", 1005, 1170, rho=alike("OOC_R", 0.8))
    assert kinds(reading("OOC_R", 1000, 1080), cheek) == [("twitch", "R"), ("twitch", "L")]


def test_an_eye_spreads_to_no_muscle_after_its_end():
    mouth = reading("OOR_L", 1000, 1300)
    cheek = reading("ZYG_L", 1200, 1290, rho=alike("OOC_L", 0.8))
    (twitch,) = judged(reading("OOC_L", 1000, 1080), mouth, cheek)
    assert cheek in twitch.readings


def test_what_crossed_over_from_one_muscle_of_a_spasm_is_no_part_of_a_movement():
    brow = [reading(f"FRO_{side}", 1000, 3000, li=0.0) for side in "LR"]
    spasm = [reading(f"{muscle}_L", 1500, 1600, li=0.8) for muscle in ("OOR", "ZYG")]
    crossed = reading("ZYG_R", 1500, 1600, li=-0.8, rho=alike("ZYG_L", 0.6))
    found = {act.kind: act for act in judged(*brow, *spasm, crossed)}
    assert found["movement"].muscles == {"FRO"}
    assert found["twitch"].muscles == {"OOR", "ZYG"}


def test_what_may_be_of_either_side_is_of_an_act_only_where_it_meets_it():
    brow, over_there = reading("FRO_L", 1000, 1100), reading("OOR_R", 1050, 1250)
    for onset, joins in ((1050, True), (1150, False)):
        eye = reading("OOC_L", onset, 1240, li=0.2, opposite_silent=True)
        told = judged(brow, over_there, eye)
        (twitch,) = (act for act in told if (act.kind, act.side) == ("twitch", "L"))
        assert twitch.readings == ((brow, eye) if joins else (brow,))


UNKNOWN = {"opposite": np.nan, "li": np.nan, "least_li": np.nan}
BROW = ("FRO_L", 1010, 1070)


@pytest.mark.parametrize(
    ("there", "brow", "along"),
    [
        (("OOC_R", 1000, 1080), BROW, True),
        (("OOC_R", 1000, 1080), ("FRO_L", 970, 1070), True),
        (("OOC_R", 1000, 1080), ("FRO_L", 900, 1070), False),
        (("OOC_R", 1000, 1080), ("FRO_L", 1010, 1110), True),
        (("ZYG_R", 1000, 1080), BROW, False),
        (("OOC_R", 1000, 1900), BROW, True),
        (("OOC_R", 1000, 1900), ("FRO_L", 1100, 1170), False),
        (("OOC_L", 1000, 1080), BROW, False),
    ],
    ids=[
        "blink",
        "at once",
        "before it",
        "to its end",
        "no eye",
        "long",
        "in its midst",
        "its own",
    ],
)
@pytest.mark.parametrize("other", [UNKNOWN, {}], ids=["not recorded", "dead"])
def test_what_goes_along_with_an_eye_that_is_seen_alone_is_of_its_blink(other, there, brow, along):
    brow = reading(*brow)
    twitches = [act for act in judged(reading(*there, **other), brow) if act.kind == "twitch"]
    assert any(brow in act.readings for act in twitches) == (not along)


def test_a_burst_whose_other_side_acts_as_well_goes_along_with_no_lone_eye():
    mouth = [reading("OOR_R", 1000, 1900), reading("OOR_L", 1000, 1900, li=0.0)]
    told = judged(reading("OOC_L", 1000, 1950), *mouth)
    assert any(act.kind == "movement" and set(mouth) <= set(act.readings) for act in told)
