"""How bursts that overlap are sorted, one condition of each rule at a time."""

import numpy as np
import pytest

from emgspasm.synkinesis.acts.rules import Rules
from support.readings import FS, alike, judged, reading

LONG = round(Rules().longest * FS) + 1
"""Samples that last longer than a spasm."""

LATE = 20_000
"""Sample of a burst well after the beginning of a recording."""


def names(readings):
    return {f"{r.site.muscle}_{r.site.side}" for r in readings}


def told(*readings):
    return [(act.kind, act.side, names(act.readings)) for act in judged(*readings)]


def heard(onset=1005, offset=1070, rho=0.85, label="ZYG_L", **kind):
    """A burst beside the left eye that sounds like it."""
    return reading(label, onset, offset, rho=alike("OOC_L", rho), **({"amplitude": 8.0} | kind))


EYE = reading("OOC_L", 1000, 1080)


@pytest.mark.parametrize(
    "burst",
    [heard(1085, 1150), heard(940, 1070, label="ZYG_R"), heard(rho=0.45, mean=2.1, amplitude=2.0)],
    ids=["after it", "over there", "hardly heard"],
)
def test_an_eye_spreads_what_is_at_its_time_on_its_side_and_heard(burst):
    assert all(act.copies == () for act in judged(EYE, burst))
    assert set().union(*(act.readings for act in judged(EYE, burst))) == {EYE, burst}


def test_what_an_eye_does_not_spread_stays_beside_what_it_does():
    spread, mouth = heard(), reading("OOR_L", 1005, 1070)
    (twitch,) = judged(EYE, spread, mouth)
    assert (twitch.readings, twitch.copies) == ((EYE, mouth), (spread,))


@pytest.mark.parametrize(
    ("eye", "burst"),
    [(2.8, 20.0), (20.0, 2.0), (2.0, 20.0)],
    ids=["noise in the eye", "nothing but noise in the other", "nothing but noise in the eye"],
)
def test_the_noise_of_an_eye_and_of_what_it_spreads_does_not_part_them(eye, burst):
    (twitch,) = judged(reading("OOC_L", 1000, 1080, mean=eye), heard(rho=0.6, mean=burst))
    assert (names(twitch.readings), names(twitch.copies)) == ({"OOC_L"}, {"ZYG_L"})


UNKNOWN = {"opposite": np.nan, "li": np.nan, "least_li": np.nan}


@pytest.mark.parametrize(
    ("closed", "found"), [(300, ("blink", "B", {"OOC_R"})), (500, ("twitch", "L", {"ZYG_L"}))]
)
def test_a_cheek_goes_along_with_all_of_a_blink_and_with_the_beginning_of_a_long_closure(
    closed, found
):
    eye = reading("OOC_R", LATE, LATE + closed, **UNKNOWN)
    assert told(eye, reading("ZYG_L", LATE + 150, LATE + 250)) == [found]


def test_a_cheek_that_begins_late_beside_eyes_that_both_close_is_of_its_side():
    eyes = [reading(f"OOC_{side}", 1000, 1080, li=li) for side, li in (("R", 0.8), ("L", -0.8))]
    assert told(*eyes, reading("ZYG_L", 1060, 1120)) == [
        ("blink", "B", {"OOC_L", "OOC_R"}),
        ("twitch", "L", {"ZYG_L"}),
    ]


def test_an_eye_goes_along_with_no_other_eye():
    assert told(reading("OOC_R", 1000, 1080), reading("OOC_L", 1090, 1120)) == [
        ("twitch", "R", {"OOC_R"}),
        ("twitch", "L", {"OOC_L"}),
    ]


def test_a_weak_eye_whose_strong_one_was_missed_blinks():
    assert told(reading("OOC_L", 1000, 1100, li=-0.9)) == [("blink", "B", {"OOC_L"})]


def test_eyes_that_close_together_blink_though_each_is_the_stronger_in_its_own_burst():
    eyes = [reading("OOC_L", 1000, 1100, li=0.8), reading("OOC_R", 1010, 1105, li=0.8)]
    blink = ("blink", "B", {"OOC_L", "OOC_R"})
    assert told(*eyes) == [blink]
    cheek = reading("ZYG_L", 1080, 1180)
    assert told(*eyes, cheek) == [blink, ("twitch", "L", {"ZYG_L"})]


def test_a_burst_of_the_other_side_later_in_the_cluster_is_no_partner():
    leaning = {"li": 0.5, "opposite_silent": True}
    left, right = reading("ZYG_L", 1000, 1100, **leaning), reading("ZYG_R", 1200, 1300, **leaning)
    assert told(left, reading("OOR_L", 1050, 1300), right) == [
        ("twitch", "L", {"ZYG_L", "OOR_L"}),
        ("twitch", "R", {"ZYG_R"}),
    ]


def test_a_copy_that_lasts_longer_than_a_spasm_is_no_artifact():
    assert told(reading("ZYG_L", LATE, LATE + LONG, copy=True, neighbour=0)) == []


SPASM = ("twitch", "R", {"OOC_R", "FRO_R"})


def spasm(onset, length):
    return [reading(f"{muscle}_R", onset, onset + length) for muscle in ("OOC", "FRO")]


@pytest.mark.parametrize(
    ("artifact", "others"),
    [
        (reading("ZYG_L", LATE, LATE + 2 * LONG), spasm(LATE, 100)),
        (reading("ZYG_L", LATE, LATE + 4 * LONG), spasm(LATE + 5000, LONG)),
        (reading("ZYG_L", LATE, LATE + 100, steps=0.9), spasm(LATE, LONG)),
    ],
    ids=["a short one begins with it", "a long one later", "the artifact is short"],
)
def test_a_spasm_beside_an_artifact_is_none_unless_both_last_and_begin_together(artifact, others):
    assert told(artifact, *others) == [("artifact", "L", {"ZYG_L"}), SPASM]


@pytest.mark.parametrize(("late", "of_it"), [(90, True), (110, False)])
def test_what_lasts_and_begins_a_moment_after_a_lasting_artifact_is_of_it(late, of_it):
    alone = reading("ZYG_L", LATE, LATE + 3 * LONG)
    other = reading("OOC_L", LATE + late, LATE + late + LONG)
    of_artifact = {"ZYG_L", "OOC_L"} if of_it else {"ZYG_L"}
    assert told(alone, other)[0] == ("artifact", "L", of_artifact)


@pytest.mark.parametrize(("length", "artifact"), [(LONG // 2 + 1, False), (LONG // 2, True)])
def test_a_long_burst_is_of_muscle_where_another_goes_on_for_half_of_it(length, artifact):
    long, beside = reading("ZYG_L", LATE, LATE + LONG), reading("OOC_L", 22_000, 22_000 + length)
    assert (told(long, beside)[0][0] == "artifact") == artifact
