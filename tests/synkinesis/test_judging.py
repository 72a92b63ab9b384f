"""What bursts that hang together in time are taken for, one rule at a time."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.acts.judging import acts
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.chains import Chain, loud
from emgspasm.synkinesis.events.experience import Experience, note_company, note_sharing
from emgspasm.synkinesis.events.naming import blink, movement
from emgspasm.synkinesis.events.spasms import spasms as events_of
from emgspasm.synkinesis.markers import Marker, Schedule
from emgspasm.synkinesis.readings.reading import Site
from support.readings import FS, MONTAGE, alike, judged, reading


def spasms(chain, marked, known, rules, fs):
    """Events of a chain of one-sided acts."""
    return [event for event, _ in events_of(chain, marked, known, rules, fs)]


def named(known, *onsets, length=50, **kind):
    """Events of twitches of the left eye."""
    chain = Chain("L", 500, 1100)
    for onset in onsets:
        burst = reading("OOC_L", onset, onset + length, **kind)
        chain.add(Act("twitch", "L", (burst,)))
    return spasms(chain, Schedule(), known, Rules(), FS)


@pytest.mark.parametrize("dragged", [(), ("OOR",)])
def test_the_lower_face_is_silent_in_a_blink_that_drags_none_of_it_along(dragged):
    eyes = [reading(f"OOC_{side}", 1000, 1100, 0.0) for side in "LR"]
    mouth = [reading(f"{muscle}_L", 1010, 1100) for muscle in dragged]
    reason = blink(Act("blink", "B", (*eyes, *mouth), dragged=dragged), Schedule(), FS).reason
    assert ("lower face silent" in reason) == (not dragged)
    assert ("moves along" in reason) == bool(dragged)


@pytest.mark.parametrize("fs", [500.0, 8000.0])
def test_a_reason_says_within_what_time_those_begin_that_begin_together(fs):
    begins = {"OOC_L": 1.0, "ZYG_L": 1.01, "FRO_L": 1.02, "OOR_L": 1.07}
    readings = [reading(name, round(t * fs), round(1.2 * fs)) for name, t in begins.items()]
    (twitch,) = acts(readings, Rules(), BlinkHistory(), fs, ().__contains__)
    chain = Chain("L", round(0.5 * fs), round(1.1 * fs))
    chain.add(twitch)
    (event,) = spasms(chain, Schedule(), Experience(), Rules(), fs)
    assert "3 muscles within 20 ms" in event.reason


@pytest.mark.parametrize(("amplitude", "rho"), [(8.0, 0.85), (2.5, 0.55)])
def test_what_an_eye_spreads_to_the_cheek_keeps_it_no_company(amplitude, rho):
    eye = reading("OOC_L", 1000, 1080)
    spread = reading("ZYG_L", 1005, 1070, amplitude=amplitude, rho=alike("OOC_L", rho))
    (twitch,) = judged(eye, spread)
    assert (twitch.readings, twitch.copies, twitch.together) == ((eye,), (spread,), 1)


def test_what_an_eye_of_one_side_spreads_makes_no_movement_of_it():
    eye = reading("OOC_L", 1000, 1080, li=0.9)
    spread = reading("FRO_L", 1005, 1070, amplitude=2.0, li=0.1, rho=alike("OOC_L", 0.65))
    (twitch,) = judged(eye, spread)
    assert (twitch.kind, twitch.readings, twitch.copies) == ("twitch", (eye,), (spread,))


def test_what_sounds_like_the_eye_is_spread_by_it_however_strong():
    eye = reading("OOC_L", 1000, 1080)
    (twitch,) = judged(eye, reading("ZYG_L", 1005, 1070, amplitude=22.0, rho=alike("OOC_L", 0.95)))
    assert (twitch.readings, twitch.together) == ((eye,), 1)


def test_what_an_eye_spreads_makes_no_spasm_of_a_blink_that_looks_one_sided():
    strong, weak = reading("OOC_L", 1000, 1080, li=0.8), reading("OOC_R", 1000, 1080, li=-0.8)
    spread = reading("ZYG_L", 1005, 1070, rho=alike("OOC_L", 0.95))
    assert [act.kind for act in judged(strong, weak, spread)] == ["blink"]


def test_noise_in_what_an_eye_spreads_makes_it_no_muscle_of_its_own():
    eye = reading("OOC_L", 1000, 1080)
    (twitch,) = judged(
        eye, reading("ZYG_L", 1005, 1070, mean=2.8, amplitude=2.0, rho=alike("OOC_L", 0.6))
    )
    assert (twitch.readings, twitch.together) == ((eye,), 1)


@pytest.mark.parametrize(
    ("amplitude", "rho"), [(2.5, 0.4), (8.0, 0.65), (20.0, 0.85), (30.0, 0.95)]
)
def test_a_cheek_that_is_strong_or_of_a_waveform_of_its_own_joins_the_eye(amplitude, rho):
    eye = reading("OOC_L", 1000, 1080)
    cheek = reading("ZYG_L", 1005, 1070, amplitude=amplitude, rho=alike("OOC_L", rho))
    (twitch,) = judged(eye, cheek)
    assert (twitch.readings, twitch.copies, twitch.together) == ((eye, cheek), (), 2)


@pytest.mark.parametrize(("li", "kind"), [(0.05, "movement"), (0.35, "twitch")])
def test_what_leans_to_the_side_of_a_muscle_that_begins_with_it_is_no_movement(li, kind):
    act, *_ = judged(reading("FRO_L", 1005, 1095, li=li), reading("ZYG_L", 1000, 1100))
    assert act.kind == kind


@pytest.mark.parametrize("li", [0.0, -0.8])
@pytest.mark.parametrize(("leaps", "together"), [(True, [2]), (False, [])])
def test_what_leaps_with_its_side_while_the_other_goes_on_is_of_its_side(li, leaps, together):
    eye, cheek = reading("OOC_L", 1000, 1100), reading("ZYG_L", 1010, 1100, li, leaps=leaps)
    found = judged(eye, cheek)
    assert [act.together for act in found if len(act.readings) == 2 and act.kind == "twitch"] == (
        together
    )


@pytest.mark.parametrize(
    ("broken", "kinds"),
    [
        ([("ZYG_L", 2040, 2080)], ["movement"]),
        ([("ZYG_L", 2150, 2190)], ["movement", "twitch"]),
        ([("ZYG_L", 2040, 2180)], ["movement"]),
        ([("ZYG_L", 2040, 2260)], ["movement", "twitch"]),
        ([("OOC_L", 2040, 2080)], ["movement", "twitch"]),
        ([("ZYG_L", 2040, 2080), ("OOC_L", 2042, 2080)], ["movement", "twitch"]),
    ],
    ids=[
        "splinter",
        "later",
        "as long as a twitch",
        "longer",
        "of a muscle that rests",
        "in company",
    ],
)
def test_what_breaks_off_a_burst_of_a_movement_is_a_part_of_it(broken, kinds):
    smile = [reading("ZYG_L", 1000, 2000, li=0.0), reading("ZYG_R", 1000, 2200, li=0.0)]
    found = judged(*smile, *(reading(*burst) for burst in broken))
    assert [act.kind for act in found] == kinds


def test_an_eye_that_leaps_with_the_other_one_blinks():
    eyes = [reading(f"OOC_{side}", 1000, 1100, 0.0, leaps=side == "L") for side in "LR"]
    found = judged(*eyes, reading("FRO_L", 1010, 1100))
    assert [(act.kind, act.side) for act in found] == [("blink", "B"), ("twitch", "L")]


def test_what_leaps_alone_may_be_of_both_sides():
    assert [act.kind for act in judged(reading("ZYG_L", 1000, 1100, 0.0, leaps=True))] == [
        "movement"
    ]


def test_what_goes_along_on_one_side_with_an_eye_that_looks_even_is_no_spasm():
    eye = reading("OOC_L", 1000, 1100, li=0.05)
    act, *_ = judged(eye, *(reading(f"{muscle}_L", 1005, 1095) for muscle in ("ZYG", "OOR")))
    assert act.kind == "blink"


def test_what_crosses_over_from_a_spasm_is_no_movement_that_takes_it_along():
    spasm = [reading(f"{muscle}_L", 1000, 1100) for muscle in ("ZYG", "OOR")]
    crossed = reading("ZYG_R", 1000, 1110, li=-0.8)
    assert [act.kind for act in judged(*spasm, crossed)] == ["twitch"]


def test_the_lower_face_keeps_the_eye_it_begins_with_where_the_other_one_joins_weakly():
    mine = [reading(f"{muscle}_L", 1000, 1080, li=0.85) for muscle in ("OOC", "OOR", "ZYG")]
    weak = reading("OOC_R", 1000, 1075, li=-0.85)
    blinks = BlinkHistory()
    blinks.seen["L"] += [True] * 5  # as blinks of a synkinesis do
    blink, twitch = acts([*mine, weak], Rules(), blinks, FS, ().__contains__)
    assert (blink.kind, blink.readings) == ("blink", (weak,))
    assert twitch.readings == tuple(mine)
    assert len(blinks.seen["L"]) == 5  # and says nothing of that


def test_one_muscle_of_the_lower_face_still_goes_along_with_the_blink_of_a_weak_eye():
    eye, mouth = (reading(f"{muscle}_L", 1000, 1080, li=0.85) for muscle in ("OOC", "OOR"))
    weak = reading("OOC_R", 1000, 1075, li=-0.85)
    blink, twitch = judged(eye, mouth, weak)
    assert blink.readings == (weak, mouth)
    assert twitch.readings == (eye,)


@pytest.mark.parametrize(("source", "links"), [("OOC_L", True), ("ZYG_R", False)])
def test_a_copy_across_the_midline_belongs_to_what_it_comes_from(source, links):
    smile = [reading(f"ZYG_{side}", 1000, 2000, li=0.0) for side in "LR"]
    eye = reading("OOC_L", 1400, 1480)
    copy = reading("OOC_R", 1010, 1990, copy=True, neighbour=MONTAGE.index(source))
    (twitch,) = (act for act in judged(*smile, eye, copy, eyed="L") if act.kind == "twitch")
    assert [r.onset for r in twitch.copies] == [1010] * links


def test_a_spasm_that_goes_on_after_a_movement_does_not_go_along_with_it():
    brow = [reading(f"FRO_{side}", 1000, 1200, li=0.0) for side in "LR"]
    spasm = [reading(f"{muscle}_L", 1050, 2200) for muscle in ("OOC", "ZYG")]
    found = {act.kind: act for act in judged(*brow, *spasm)}
    assert found["twitch"].readings == tuple(spasm)
    assert not found["movement"].dragged


def test_a_muscle_that_is_active_as_long_as_a_movement_goes_along_with_it():
    brow = [reading(f"FRO_{side}", 1000, 1800, li=0.0) for side in "LR"]
    (movement,) = judged(*brow, reading("ZYG_L", 1050, 1850))
    assert movement.dragged == ("ZYG",)


@pytest.mark.parametrize(
    ("least_li", "kinds"), [(0.9, ["movement", "twitch"]), (0.3, ["movement"])]
)
def test_a_brow_that_moves_for_certain_goes_along_with_no_smile(least_li, kinds):
    smile = [reading(f"ZYG_{side}", 1000, 1800, li=0.0) for side in "LR"]
    brow = reading("FRO_L", 1050, 1800, least_li=least_li, opposite_silent=False)
    assert [act.kind for act in judged(*smile, brow)] == kinds


def test_a_brow_that_the_movement_leaves_alone_on_the_other_side_goes_along_with_no_smile():
    smile = [reading(f"ZYG_{side}", 1000, 1800, li=0.0) for side in "LR"]
    faint = reading("FRO_L", 1050, 1090, li=0.2)
    assert "twitch" in [act.kind for act in judged(*smile, faint, reading("FRO_L", 1150, 1800))]


@pytest.mark.parametrize(
    ("eyed", "eye", "kinds"),
    [
        ("L", {}, ["movement", "twitch"]),
        ("", {}, ["movement"]),
        ("R", {}, ["movement"]),
        ("L", {"least_li": 0.3, "opposite_silent": False}, ["movement"]),
    ],
    ids=["where it takes part", "where it does not", "over there", "in doubt"],
)
def test_an_eye_that_takes_part_in_spasms_goes_along_with_no_speech(eyed, eye, kinds):
    mouth = [reading(f"OOR_{side}", 1000, 1300, li=0.0) for side in "LR"]
    eye = reading("OOC_L", 1050, 1300, **eye)
    assert [act.kind for act in judged(*mouth, eye, eyed=eyed)] == kinds


def test_an_eye_that_takes_part_in_spasms_goes_along_with_the_brow():
    brow = [reading(f"FRO_{side}", 1000, 2000, li=0.0) for side in "LR"]
    eye = reading("OOC_L", 1020, 1900)
    assert [act.kind for act in judged(*brow, eye, eyed="L")] == ["movement"]


@pytest.mark.parametrize(
    ("eyed", "cheek", "kinds"),
    [
        ("L", {}, ["movement", "twitch"]),
        ("", {}, ["movement"]),
        ("R", {}, ["movement"]),
        ("L", {"least_li": 0.3, "opposite_silent": False}, ["movement"]),
    ],
    ids=["where spasms are known", "where none are", "over there", "in doubt"],
)
def test_a_cheek_of_a_side_with_spasms_goes_along_with_no_lift_of_the_brow(eyed, cheek, kinds):
    brow = [reading(f"FRO_{side}", 1000, 2000, li=0.0) for side in "LR"]
    cheek = reading("ZYG_L", 1020, 1900, **cheek)
    assert [act.kind for act in judged(*brow, cheek, eyed=eyed)] == kinds


@pytest.mark.parametrize(("onset", "joins"), [(1030, True), (1200, False)])
def test_an_eye_that_begins_with_such_a_cheek_is_of_its_spasm(onset, joins):
    brow = [reading(f"FRO_{side}", 1000, 2000, li=0.0) for side in "LR"]
    cheek = reading("ZYG_L", 1020, 1900)
    eye = reading("OOC_L", onset, 1900, least_li=0.3)
    found = {act.kind: act for act in judged(*brow, cheek, eye, eyed="L")}
    assert ("OOC" in found["twitch"].muscles) == joins


def test_a_mouth_that_leans_to_the_side_of_such_a_cheek_makes_no_other_movement_of_the_brow():
    brow = [reading(f"FRO_{side}", 1000, 2000, li=0.0) for side in "LR"]
    mouth = reading("OOR_L", 1060, 1900, li=0.2)
    found = {act.kind: act for act in judged(*brow, reading("ZYG_L", 1020, 1900), mouth, eyed="L")}
    assert found["twitch"].muscles == {"ZYG"}


@pytest.mark.parametrize(
    ("moving", "moves"),
    [(("OOC", "FRO"), True), (("OOC",), True), (("FRO",), False), (("OOC", "OOR"), False)],
    ids=["brow and eyes", "eyes", "brow", "eyes and mouth"],
)
def test_a_cheek_and_mouth_of_one_side_know_whether_the_eyes_move_meanwhile(moving, moves):
    both = [reading(f"{m}_{side}", 1000, 3000, li=0.0) for m in moving for side in "LR"]
    found = judged(*both, *(reading(f"{m}_L", 1500, 1580) for m in ("ZYG", "OOR")))
    assert [act.eyes_move for act in found if act.kind == "twitch"] == [moves]


def test_an_eye_goes_along_with_a_movement_that_the_other_eye_makes():
    both = [reading(f"OOR_{side}", 1000, 2000, li=0.0) for side in "LR"]
    eyes = [reading("OOC_R", 1000, 1900, li=0.0), reading("OOC_L", 1050, 1900)]
    assert [act.kind for act in judged(*both, *eyes, eyed="L")] == ["movement"]


def test_a_muscle_that_begins_anew_alone_goes_along_with_a_movement():
    brow = [reading(f"FRO_{side}", 1000, 2000, li=0.0) for side in "LR"]
    parts = [reading("ZYG_L", 1000, 1300), reading("ZYG_L", 1400, 1900)]
    assert [act.kind for act in judged(*brow, *parts)] == ["movement"]


@pytest.mark.parametrize(("mean", "kind"), [(20.0, "artifact"), (3.0, "twitch")])
def test_of_what_hardly_stands_out_of_the_noise_nobody_can_tell_that_it_is_too_slow(mean, kind):
    (act,) = judged(reading("OOC_L", 1000, 1100, frequency=36.0, mean=mean))
    assert act.kind == kind


@pytest.mark.parametrize(("least_li", "said"), [(0.7, 1), (0.45, 0)])
def test_a_moment_of_one_eye_is_a_spasm_where_it_is_of_one_side_for_certain(least_li, said):
    known = Experience(proven={"L": 2, "R": 0}, even=deque([True] * 5))
    assert len(named(known, 1000, length=20, least_li=least_li)) == said


@pytest.mark.parametrize(("n_both", "seen"), [(3, False), (5, True)])
def test_both_eyes_are_seen_where_both_blink_in_a_tenth_of_what_eyes_do(n_both, seen):
    known = Experience()
    known.even.extend([True] * n_both + [False] * (40 - n_both))
    assert known.sees_both_eyes() == seen


@pytest.mark.parametrize(("amplitude", "kept"), [(2.0, False), (4.0, True)])
def test_what_is_faint_beside_the_loudest_of_its_muscle_is_no_part_of_a_chain(amplitude, kept):
    bursts = (
        reading("OOC_L", 1000, 1080, amplitude=20.0),
        reading("OOC_L", 1300, 1380, amplitude=amplitude),
    )
    both = [Act("twitch", "L", (burst,)) for burst in bursts]
    assert loud(both) == (both if kept else both[:1])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ({"length": 150}, 1),
        ({"length": 50}, 0),
        ({"length": 150, "li": 0.5, "opposite_silent": True}, 0),
        ({"length": 150, "opposite_silent": False}, 0),
    ],
)
def test_where_spasms_are_known_a_faint_burst_of_one_eye_is_one_if_it_lasts(kind, said):
    known = Experience(proven={"L": 2, "R": 0}, even=deque([True] * 5))
    assert len(named(known, 1000, mean=3.1, **({"least_li": 0.2} | kind))) == said


@pytest.mark.parametrize(
    ("muscles", "knows"), [(("OOC", "ZYG", "FRO"), True), (("OOC", "ZYG"), False)]
)
def test_three_muscles_together_make_a_side_known_at_once(muscles, knows):
    known = Experience()
    chain = Chain("L", 500, 1100)
    for twitch in judged(*(reading(f"{muscle}_L", 1000, 1080) for muscle in muscles)):
        chain.add(twitch)
    (event,) = spasms(chain, Schedule(), known, Rules(), FS)
    assert (event.trial_type, known.knows("L")) == ("spasm", knows)


def test_the_reason_of_a_spasm_on_a_blink_tells_the_laterality_that_its_row_tells():
    eye, *lower = (reading(f"{muscle}_L", 1000, 1150, li=1.0) for muscle in ("OOC", "ZYG", "OOR"))
    even = replace(eye, opposite=20.0, li=0.0)
    chain = Chain("L", 500, 1100)
    chain.add(Act("twitch", "L", tuple(lower), together=2, on_blink=True, carried=(even,)))
    (event,) = spasms(chain, Schedule(), Experience(), Rules(), FS)
    assert event.li == pytest.approx(0.5)
    assert event.reason.startswith("one side, LI 0.50;")


@pytest.mark.parametrize(("mean", "said"), [(4.0, 1), (3.0, 0)])
def test_what_hardly_stands_out_of_the_noise_is_no_spasm_by_itself(mean, said):
    known = Experience(proven={"L": 2, "R": 0}, even=deque([True] * 5))
    assert len(named(known, 1000, mean=mean)) == said


@pytest.mark.parametrize(("length", "knows"), [(50, True), (900, False)])
def test_of_an_eye_alone_twitches_make_a_side_known_and_what_may_be_synkinesis_does_not(
    length, knows
):
    known = Experience(beside=dict.fromkeys("LR", frozenset()))
    known.even.extend([True] * 5)
    for onset in (1000, 5000):
        (event,) = named(known, onset, length=length)
        assert event.trial_type == "spasm"
    assert known.knows("L") == knows


UNEVEN = (1000, 1330, 1570, 1950, 2310, 2680)
EVEN = (1000, 1330, 1680, 2010, 2350, 2680)


@pytest.mark.parametrize(("onsets", "kind"), [(UNEVEN, "spasm"), (EVEN, "myokymia")])
def test_an_eye_that_is_recorded_alone_must_keep_time_for_a_myokymia(onsets, kind):
    known = Experience(beside=dict.fromkeys("LR", frozenset()))
    known.even.extend([True] * 5)
    (event,) = named(known, *onsets, length=70)
    assert event.trial_type == kind


@pytest.mark.parametrize(("pause", "kind"), [(30, "myokymia"), (60, "spasm")])
def test_a_group_of_an_eye_that_falls_into_two_bursts_counts_as_one(pause, kind):
    known = Experience(beside=dict.fromkeys("LR", frozenset()))
    known.even.extend([True] * 5)
    (event,) = named(known, *sorted([*EVEN, EVEN[2] + 70 + pause]), length=70)
    assert event.trial_type == kind


@pytest.mark.parametrize("shift", [0, 60])
def test_a_long_train_of_an_eye_that_is_recorded_alone_may_be_less_even(shift):
    known = Experience(beside=dict.fromkeys("LR", frozenset()))
    onsets = [1000 + 340 * k + shift * (k % 2) for k in range(16)]
    (event,) = named(known, *onsets, length=70)
    assert event.trial_type == "myokymia"


def test_runs_of_an_eye_that_follow_each_other_may_have_each_a_beat_of_its_own():
    known = Experience(beside=dict.fromkeys("LR", frozenset()))
    known.even.extend([True] * 5)
    onsets = np.cumsum([1000, *[240] * 24, *[410] * 24]).tolist()
    (event,) = named(known, *onsets, length=70)
    assert event.trial_type == "myokymia"


@pytest.mark.parametrize(
    ("n_bursts", "length", "kinds"),
    [(3, 70, ["spasm"]), (2, 70, ["blink"] * 2), (3, 30, []), (3, 340, [])],
    ids=["a flurry", "as blinks follow each other", "too short for certain", "fused"],
)
def test_a_flurry_of_an_eye_that_is_recorded_alone_is_a_spasm_before_both_were_seen_to_blink(
    n_bursts, length, kinds
):
    known = Experience(beside=dict.fromkeys("LR", frozenset()))
    told = named(known, *range(1000, 1000 + 400 * n_bursts, 400), length=length)
    assert [event.trial_type for event in told] == kinds


@pytest.mark.parametrize(("n_bursts", "kinds"), [(3, ["spasm"]), (2, ["blink"] * 2)])
def test_a_flurry_of_an_eye_whose_side_has_spasms_is_one_though_the_other_eye_is_dead(
    n_bursts, kinds
):
    known = Experience(proven={"L": 2, "R": 0}, beside={"L": frozenset({"ZYG"})})
    told = named(known, *range(1000, 1000 + 400 * n_bursts, 400), length=70)
    assert [event.trial_type for event in told] == kinds


def test_a_flurry_of_an_eye_is_no_spasm_where_only_the_other_side_is_known_to_have_them():
    known = Experience(beside=dict.fromkeys("LR", frozenset()), proven={"L": 0, "R": 2})
    assert named(known, 1000, 1300, 1700, length=70) == []


def lone_eye(onset, offset):
    """Burst of the right eye, where the left one is not recorded."""
    return reading("OOC_R", onset, offset, opposite=np.nan, li=np.nan, least_li=np.nan)


def test_what_goes_along_with_a_blink_beside_an_eye_that_is_not_recorded_is_no_spasm():
    eye, brow = lone_eye(1000, 1080), reading("FRO_L", 1010, 1070)
    (blink,) = judged(eye, brow)
    assert (blink.kind, blink.readings, blink.copies) == ("blink", (eye,), (brow,))


@pytest.mark.parametrize(("onset", "offset"), [(1200, 1260), (1060, 1160)])
def test_what_begins_or_lasts_after_the_blink_is_a_twitch_although_no_eye_is_recorded(
    onset, offset
):
    kinds = [act.kind for act in judged(lone_eye(1000, 1080), reading("FRO_L", onset, offset))]
    assert kinds == ["blink", "twitch"]


def unheard(label, onset, offset):
    """Burst of a muscle whose other side is not recorded."""
    return reading(label, onset, offset, opposite=np.nan, li=np.nan, least_li=np.nan)


@pytest.mark.parametrize(
    ("label", "onset", "kinds"),
    [("ZYG_R", 1008, []), ("ZYG_R", 1040, ["blink"]), ("FRO_R", 1008, ["blink"])],
    ids=["together", "apart", "brow"],
)
def test_what_the_lower_face_begins_with_is_no_blink_although_one_side_alone_is_recorded(
    label, onset, kinds
):
    told = judged(lone_eye(1000, 1080), unheard(label, onset, onset + 70))
    assert [act.kind for act in told] == kinds


def blink_of(*readings):
    return blink(Act("blink", "B", readings), Schedule(), FS)


def test_an_eye_whose_burst_was_missed_is_not_taken_for_silent():
    event = blink_of(reading("OOC_L", 1000, 1080, li=0.1, amplitude=11.0))
    assert event.li == pytest.approx(0.1)
    assert event.log_ratio == pytest.approx(np.log(11 / 9))


def test_a_burst_in_two_parts_does_not_count_twice():
    parts = [reading("OOC_L", a, a + 40, li=0.0) for a in (1000, 1040)]
    event = blink_of(*parts, reading("OOC_R", 1000, 1080, li=0.0))
    assert event.li == pytest.approx(0.0)


TRAIN = (1000, 1700, 2400, 3100, 3800, 4500)
IRREGULAR = (1000, 1400, 2450, 2900, 3900)
IN_RHYTHM = {MONTAGE.index("OOC_L"): 900}


@pytest.mark.parametrize(("onsets", "kinds"), [(TRAIN, {"myokymia"}), (IRREGULAR, set())])
def test_a_train_of_one_muscle_that_keeps_no_time_is_nothing(onsets, kinds):
    told = named(Experience(), *onsets, li=0.8)
    assert {event.trial_type for event in told} & {"spasm", "myokymia"} == kinds


@pytest.mark.parametrize(("mean", "in_rhythm"), [(2.8, False), (20.0, True)])
def test_bursts_that_hardly_stand_out_of_the_noise_make_no_rhythm(mean, in_rhythm):
    told = named(Experience(), *TRAIN, length=20, mean=mean, li=0.8)
    assert any(event.trial_type == "myokymia" for event in told) == in_rhythm


@pytest.mark.parametrize(("mean", "n_told"), [(2.8, 0), (20.0, 1)])
def test_a_burst_that_hardly_stands_out_is_no_myokymia_though_its_muscle_is_in_rhythm(mean, n_told):
    known = Experience(trains=IN_RHYTHM, rhythmic=IN_RHYTHM)
    told = named(known, 1000, length=20, mean=mean, li=0.8)
    assert sum(event.trial_type == "myokymia" for event in told) == n_told


def brow_alone(known, *moments):
    """Remember twitches of the left brow that no muscle joins."""
    chain = Chain("L", 500, 1100)
    for onset in moments:
        chain.add(Act("twitch", "L", (reading("FRO_L", onset, onset + 50),)))
    note_company(chain, known)


def test_a_side_stays_known_where_few_muscles_stand_out():
    known = Experience()
    known.proven["L"] = 2
    known.joined["L"] += [True, True]
    brow_alone(known, 1000, 2000, 3000, 4000)
    assert known.knows("L")


def test_a_side_is_forgotten_where_muscles_hardly_ever_act_together():
    known = Experience()
    known.proven["L"] = 20
    brow_alone(known, *range(1000, 21000, 1000))
    assert not known.knows("L")


@pytest.mark.parametrize(("length", "myokymia"), [(60, True), (1500, False)])
def test_what_lasts_longer_than_the_groups_beside_it_is_no_myokymia(length, myokymia):
    known = Experience(trains=IN_RHYTHM, rhythmic=IN_RHYTHM, even=deque([True] * 5))
    chain = Chain("L", 500, 1100)
    for onset, offset in ((1000, 1060), (1300, 1360), (1600, 1600 + length)):
        chain.add(Act("twitch", "L", (reading("OOC_L", onset, offset),)))
    (event,) = spasms(chain, Schedule(), known, Rules(), FS)
    assert (event.trial_type == "myokymia") == myokymia


@pytest.mark.parametrize(("muscles", "said"), [(2, 0), (3, 1)])
def test_three_muscles_that_begin_together_are_a_spasm_whatever_acts_alone_beside_them(
    muscles, said
):
    chain = Chain("L", 500, 1100)
    for onset in (1000, 1200, 1400):
        chain.add(Act("twitch", "L", (reading("ZYG_L", onset, onset + 40),)))
    names = ("ZYG_L", "OOC_L", "OOR_L")[:muscles]
    fused = tuple(reading(name, 1600, 3500) for name in names)
    chain.add(Act("twitch", "L", fused, together=muscles))
    assert len(spasms(chain, Schedule(), Experience(), Rules(), FS)) == said


@pytest.mark.parametrize(("muscles", "said"), [(2, 0), (3, 1)])
def test_three_muscles_that_begin_together_are_a_spasm_though_the_brow_is_in_a_slow_train(
    muscles, said
):
    chain = Chain("L", 500, 1100)
    chain.add(Act("twitch", "L", (reading("FRO_L", 1000, 1090),)))
    names = ("FRO_L", "ZYG_L", "OOR_L")[:muscles]
    three = tuple(reading(name, 1240, 1300) for name in names)
    chain.add(Act("twitch", "L", three, together=muscles))
    chain.add(Act("twitch", "L", (reading("FRO_L", 1540, 1600),)))
    assert len(spasms(chain, Schedule(), Experience(), Rules(), FS)) == said


def one_of(names, onset, length=150):
    """Act of one side or of both, by the names of its channels."""
    sides = {name[-1] for name in names}
    bursts = tuple(reading(name, onset, onset + length) for name in names)
    kind, side = ("movement", "B") if len(sides) == 2 else ("twitch", sides.pop())
    return Act(kind, side, bursts)


def rhythm_beside(*others):
    """Classes told of a mouth of the left side that keeps time, after other acts."""
    known = Experience()
    chain = Chain("L", 500, 1100)
    moments = [*((names, 31_000 + 10 * k) for k, names in enumerate(others))]
    moments += [(("OOR_L",), onset) for onset in range(40_000, 47_000, 700)]
    for names, onset in moments:
        act = one_of(names, onset)
        note_sharing(act, known, FS)
        if act.side == "L" and "OOR_L" in names:
            chain.add(act)
    return {event.trial_type for event in spasms(chain, Schedule(), known, Rules(), FS)}


JAW, RIGHT, EYE = ("ZYG_L", "ZYG_R"), ("OOR_R",), ("OOC_R",)


@pytest.mark.parametrize(
    ("others", "kinds"),
    [
        ((JAW, RIGHT), {"myokymia"}),
        ((JAW, JAW, RIGHT), set()),
        ((EYE,) * 9, {"myokymia"}),
    ],
    ids=["seldom", "as in chewing", "an eye that blinks alone"],
)
def test_no_muscle_has_a_rhythm_of_its_own_while_the_other_side_acts_as_well(others, kinds):
    assert rhythm_beside(*others) == kinds


def test_acts_of_long_ago_count_for_no_rhythm():
    known = Experience()
    for onset in (0, 1000, 2000, 100_000):
        note_sharing(one_of(JAW, onset), known, FS)
    assert len(known.late) == 1


@pytest.mark.parametrize(
    ("jaws", "muscles", "said"),
    [(0, ("OOR",), 1), (3, ("OOR",), 0), (3, ("OOR", "FRO"), 1)],
    ids=["at rest", "in speech", "with the brow"],
)
def test_where_spasms_are_known_the_lower_face_alone_is_none_in_speech(jaws, muscles, said):
    known = Experience(proven={"L": 6, "R": 0})
    for k in range(jaws):
        note_sharing(one_of(JAW, 1000 * k), known, FS)
    chain = Chain("L", 500, 1100)
    chain.add(one_of([f"{muscle}_L" for muscle in muscles], 5000))
    assert len(spasms(chain, Schedule(), known, Rules(), FS)) == said


def test_acts_of_the_other_side_some_time_ago_leave_a_known_mouth_its_spasms():
    known = Experience(proven={"L": 6, "R": 0})
    for k in range(3):
        note_sharing(one_of(JAW, 1000 * k), known, FS)
    chain = Chain("L", 500, 1100)
    chain.add(one_of(("OOR_L",), 10_000))
    assert len(spasms(chain, Schedule(), known, Rules(), FS)) == 1


def mouthing(known, *acts, moments=(1000, 2000, 3000)):
    """Spasms told of these acts, by channels and onset, while the left mouth acts alone."""
    for onset in moments:
        note_sharing(one_of(("OOR_L",), onset), known, FS)
    chain = Chain("L", 500, 1100)
    for names, onset, kind in acts:
        bursts = tuple(reading(name, onset, onset + kind.pop("length", 60)) for name in names)
        act = Act("twitch", "L", bursts, together=len(names), **kind)
        note_sharing(act, known, FS)
        chain.add(act)
    return spasms(chain, Schedule(), known, Rules(), FS)


def of_the_eye(*, joins=True):
    """What is known of a face in the spasms of which the eye takes part, or does not."""
    known = Experience(proven={"L": 6, "R": 0})
    known.eyed["L"] += [joins] * 3
    return known


@pytest.mark.parametrize(
    ("joins", "moments", "said"),
    [(True, (1000, 2000, 3000), 0), (False, (1000, 2000, 3000), 1), (True, (1000,), 1)],
    ids=["as a rule", "never", "as a rule, at rest"],
)
def test_where_the_eye_takes_part_the_lower_face_is_no_spasm_as_long_as_it_often_acts_alone(
    joins, moments, said
):
    known = of_the_eye(joins=joins)
    assert len(mouthing(known, (("OOR_L", "ZYG_L"), 5000, {}), moments=moments)) == said


def test_a_lower_face_that_acted_alone_some_time_ago_leaves_a_known_side_its_spasms():
    assert len(mouthing(of_the_eye(), (("OOR_L", "ZYG_L"), 10_000, {}))) == 1


@pytest.mark.parametrize(("length", "said"), [(60, 1), (300, 0)])
def test_of_a_lower_face_on_a_blink_that_twitches_the_eye_may_be_hidden(length, said):
    on_blink = {"on_blink": True, "length": length}
    assert len(mouthing(of_the_eye(), (("OOR_L", "ZYG_L"), 5000, on_blink))) == said


@pytest.mark.parametrize(("eyes_move", "said"), [(True, 1), (False, 0)])
def test_of_a_lower_face_beside_a_movement_of_the_eyes_the_eye_may_be_hidden(eyes_move, said):
    acts = [(("OOR_L", "ZYG_L"), onset, {"eyes_move": eyes_move}) for onset in (5000, 5200)]
    assert len(mouthing(of_the_eye(), *acts)) == said


def test_a_masseter_of_one_side_keeps_its_event_where_the_lower_face_often_acts_alone():
    known = of_the_eye()
    for onset in (1000, 2000, 3000):
        note_sharing(one_of(("OOR_L",), onset), known, FS)
    cheek = reading("ZYG_L", 5000, 5200)
    masseter = replace(cheek, site=Site(8, "L", "MAS", 9), amplitude=90.0)
    chain = Chain("L", 500, 1100)
    chain.add(Act("twitch", "L", (cheek, masseter)))
    (event,) = spasms(chain, Schedule(), known, Rules(), FS)
    assert (event.trial_type, event.label) == ("voluntary", "masticatory")


def test_a_mouth_that_chews_does_not_make_one_spasm_of_two():
    eye = ("OOC_L", "ZYG_L")
    told = mouthing(of_the_eye(), (eye, 5000, {}), (("OOR_L",), 5300, {}), (eye, 5700, {}))
    assert [event.onset for event in told] == [5000, 5700]


def test_a_mouth_that_chews_alone_makes_no_side_forgotten():
    known = of_the_eye()
    for onset in range(5000, 25_000, 1000):
        mouthing(known, (("OOR_L",), onset, {}), moments=())
    assert known.knows("L")


@pytest.mark.parametrize(("muscles", "joins"), [("OOC ZYG FRO", [True]), ("OOR ZYG FRO", [False])])
def test_three_muscles_together_tell_whether_the_eye_takes_part(muscles, joins):
    known = Experience()
    mouthing(known, ([f"{muscle}_L" for muscle in muscles.split()], 5000, {}), moments=())
    assert list(known.eyed["L"]) == joins


@pytest.mark.parametrize(
    ("length", "kind"), [(800, "blepharospasm"), (60, "voluntary"), (0, "voluntary")]
)
def test_both_eyes_must_last_for_a_blepharospasm(length, kind):
    # hum of one eye goes on where a blink of both ends
    eyes = [reading("OOC_L", 1000, 1800, li=0.0)]
    eyes += [reading("OOC_R", 1000, 1000 + length, li=0.0)] if length else []
    chain = Chain("B", 500, 1100)
    chain.add(Act("movement", "B", tuple(eyes)))
    resting = Schedule([Marker(0, 9000, "rest_open", 1)])
    assert movement(chain, resting, FS).trial_type == kind


def after_spasms(known, *acts):
    """Spasms told of these acts, after two of three muscles about 20 uV loud."""
    for onset in (1000, 3000):
        mouthing(known, (("OOC_L", "ZYG_L", "FRO_L"), onset, {}), moments=())
    chain = Chain("L", 500, 1100)
    for names, onset, amplitude in acts:
        bursts = tuple(reading(n, onset, onset + 150, amplitude=amplitude) for n in names)
        chain.add(Act("twitch", "L", bursts, together=len(names)))
    return spasms(chain, Schedule(), known, Rules(), FS)


@pytest.mark.parametrize(
    ("muscles", "amplitude", "said"),
    [("FRO", 8.0, 1), ("FRO", 4.0, 0), ("OOC ZYG", 4.0, 0), ("OOC ZYG FRO", 4.0, 1)],
    ids=["a brow", "a faint brow", "two faint muscles", "three faint muscles"],
)
def test_what_is_far_fainter_than_its_muscles_in_spasms_is_none(muscles, amplitude, said):
    names = [f"{muscle}_L" for muscle in muscles.split()]
    assert len(after_spasms(Experience(), (names, 9000, amplitude))) == said


def test_a_spasm_whose_second_muscle_is_faint_in_its_chain_is_told_without_a_lag():
    known, chain = Experience(proven={"L": 2, "R": 0}), Chain("L", 500, 1100)
    for onset, cheek in ((1000, 2.0), (1300, 20.0)):
        eye = reading("OOC_L", onset, onset + 80, amplitude=20.0)
        faint = reading("ZYG_L", onset + 4, onset + 80, amplitude=cheek)
        chain.add(Act("twitch", "L", (eye, faint), together=2))
    (event,) = spasms(chain, Schedule(), known, Rules(), FS)
    assert "2 muscles together" in event.reason


def test_a_muscle_that_no_spasm_has_shown_may_be_faint():
    assert len(after_spasms(Experience(), (("OOR_L",), 9000, 4.0))) == 1


def test_a_faint_brow_does_not_make_one_spasm_of_two():
    eye = ("OOC_L", "ZYG_L")
    told = after_spasms(Experience(), (eye, 9000, 20.0), (("FRO_L",), 9400, 4.0), (eye, 9800, 20.0))
    assert [event.onset for event in told] == [9000, 9800]


def test_a_faint_beat_soon_after_a_loud_one_is_of_its_spasm():
    eye = ("OOC_L", "ZYG_L")
    (event,) = after_spasms(Experience(), (eye, 9000, 20.0), (eye, 9250, 4.0))
    assert event.offset == 9400


def test_a_faint_brow_that_moves_again_and_again_makes_no_side_forgotten():
    known = Experience()
    after_spasms(known, *((("FRO_L",), onset, 4.0) for onset in range(9000, 49_000, 2000)))
    assert known.knows("L")


BROW, LOUD_BROW = (("FRO_L",), 8.0), (("FRO_L",), 20.0)
SPASM = (("OOC_L", "ZYG_L"), 20.0)


@pytest.mark.parametrize(
    ("before", "said"),
    [([SPASM] * 8, 1), ([BROW] * 3, 0), ([LOUD_BROW] * 3, 1)],
    ids=["seldom", "often", "others as loud as in spasms"],
)
def test_slight_acts_of_one_muscle_are_no_spasms_where_they_come_often(before, said):
    acts = [(names, 9000 + 2000 * i, amplitude) for i, (names, amplitude) in enumerate(before)]
    last, (names, amplitude) = 9000 + 2000 * len(acts), BROW
    told = after_spasms(Experience(), *acts, (names, last, amplitude))
    assert sum(event.onset == last for event in told) == said


@pytest.mark.parametrize(
    ("onset", "offset", "kinds"),
    [(1025, 2990, ["movement"]), (1025, 2500, ["movement", "twitch"]),
     (1300, 2990, ["movement", "twitch"])],
    ids=["as long", "ends before", "begins later"],
)  # fmt: skip
def test_an_eye_that_takes_part_in_spasms_goes_along_with_a_smile_it_lasts_as_long_as(
    onset, offset, kinds
):
    smile = [reading(f"ZYG_{side}", 1000, 3000, li=0.0) for side in "LR"]
    eye = reading("OOC_L", onset, offset)
    assert [act.kind for act in judged(*smile, eye, eyed="L")] == kinds


def mouth(lag, length, rho=0.1):
    """A mouth that both sides pucker, the right electrodes seven times as strong."""
    crossed = {"rho": alike("OOR_R", rho)}
    return (
        reading("OOR_R", 1000, 1000 + length, li=0.75),
        reading("OOR_L", 1000 + lag, 1000 + length + 20, li=-0.75, amplitude=3.0, **crossed),
    )


def test_a_movement_that_electrodes_show_stronger_on_one_side_is_of_both():
    along = (reading(f"{muscle}_L", 1040, 2200) for muscle in ("OOC", "ZYG"))
    (act,) = judged(*mouth(70, 1200), *along)
    assert (act.kind, act.side, act.dragged) == ("movement", "B", ("OOC", "ZYG"))


@pytest.mark.parametrize(
    "readings",
    [
        mouth(150, 1200),
        mouth(20, 200),
        mouth(20, 1200, rho=0.6),
        (*mouth(20, 1200), reading("ZYG_R", 1010, 2200)),
    ],
    ids=["late", "brief", "crossed over", "joined by its side"],
)
def test_what_the_other_side_does_not_share_is_of_one_side(readings):
    assert [(act.kind, act.side) for act in judged(*readings)] == [("twitch", "R")]


LONG = round(Rules().longest * FS) + 1


@pytest.mark.parametrize(
    ("readings", "kinds"),
    [
        ([reading("ZYG_L", 1000, 1000 + LONG)], ["artifact"]),
        ([reading("ZYG_L", 1000, 999 + LONG)], ["twitch"]),
        ([reading("ZYG_L", 1000, 1000 + LONG), reading("OOC_L", 3000, 8000)],
         ["artifact", "twitch"]),
        ([reading("ZYG_L", 1000, 1000 + LONG), reading("OOC_L", 3000, 10_000)], ["twitch"]),
        ([reading(f"ZYG_{side}", 1000, 1000 + LONG, li=0.0) for side in "LR"], ["movement"]),
    ],
    ids=["alone", "no longer than a spasm", "beside a short one", "with another", "of both"],
)  # fmt: skip
def test_what_one_channel_does_alone_for_longer_than_a_spasm_is_an_artifact(readings, kinds):
    assert [act.kind for act in judged(*readings)] == kinds


@pytest.mark.parametrize("order", [1, -1])
def test_what_begins_with_such_an_artifact_and_lasts_is_one_whichever_channel_comes_first(order):
    alone = reading("ZYG_L", 1000, 1000 + 3 * LONG)
    beside = reading("OOC_L", 1000, 1000 + LONG)
    assert [act.kind for act in judged(*[alone, beside][::order])] == ["artifact"]


@pytest.mark.parametrize("li", [1.0, 0.5])
def test_a_muscle_that_begins_with_a_movement_goes_along_though_it_only_leans_to_its_side(li):
    smile = [reading(f"ZYG_{side}", 0, 2000, li=0.0) for side in "LR"]
    mouth = [reading("OOR_L", 50, 900, li=li), reading("OOR_L", 1000, 1900)]
    eye = [reading("OOC_L", 60, 160), reading("OOC_L", 1010, 1110)]
    assert judged(*smile, *mouth, *eye)[0].dragged == ("OOR",)
