"""Surges: what one side does by itself in the bursts of what both sides do."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.stream import Burst, Channel, Chunk, StreamInfo
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.events.eyes import against_usual
from emgspasm.synkinesis.events.proof import is_spasm
from emgspasm.synkinesis.folding import Folding, fold
from emgspasm.synkinesis.readings.history import append, begin
from emgspasm.synkinesis.readings.reading import read, sites
from emgspasm.synkinesis.readings.surging import APART, surge
from support.readings import FS, judged, reading

SIZE = 5


def summed(own, other, noises):
    """Sums of the scores of all stretches of whole blocks, by where they begin and end."""
    n = len(own) // SIZE
    mine, others = (
        np.mean(x[: n * SIZE].reshape(n, SIZE) ** 2, axis=1) / noise
        for x, noise in zip((own, other), noises, strict=True)
    )
    scores = np.log((mine + 1) / (others + 1)) - APART
    return {(a, b): scores[a:b].sum() for a in range(n) for b in range(a + 1, n + 1)}


@given(seed=st.integers(0, 10_000), n_samples=st.integers(0, 120), gain=st.floats(0.5, 20))
def test_a_surge_is_the_stretch_whose_blocks_speak_most_for_one_side(seed, n_samples, gain):
    rng = np.random.default_rng(seed)
    own, other = rng.normal(size=(2, n_samples))
    own[n_samples // 3 : n_samples // 2] *= gain
    noises = rng.uniform(0.1, 2.0, 2)
    start, stop = surge(own, other, *noises, SIZE)
    sums = summed(own, other, noises)
    best = max(sums.values(), default=0.0)
    if best > 0:
        assert sums[start // SIZE, stop // SIZE] == pytest.approx(best)
    else:
        assert (start, stop) == (0, 0)


def test_a_surge_does_not_reach_over_a_missing_sample():
    own, other = np.full(100, 9.0), np.full(100, 0.1)
    assert surge(own, other, 1.0, 1.0, SIZE) == (0, 100)
    other[32] = np.nan
    assert surge(own, other, 1.0, 1.0, SIZE) == (35, 100)


@pytest.mark.parametrize("noises", [(0.0, 1.0), (1.0, 0.0), (np.nan, 1.0)])
def test_without_a_noise_level_nothing_surges(noises):
    assert surge(np.full(100, 9.0), np.full(100, 0.1), *noises, SIZE) == (0, 0)


@pytest.mark.parametrize(
    ("fs", "lasts", "read_by_itself"),
    [(1000, 0.04, True), (1000, 0.02, False), (250, 0.08, True), (250, 0.04, False)],
)
def test_a_surge_must_last_the_longer_the_less_the_rate_tells_of_durations(
    fs, lasts, read_by_itself
):
    rng = np.random.default_rng(3)
    rows = rng.normal(0, 2.0, (10 * fs, 2))
    a, b, rise = 8 * fs, 9 * fs, round(8.5 * fs)
    rows[a:b] += rng.choice([-8.0, 8.0], (b - a, 2))
    rows[rise : rise + round(lasts * fs)] = rng.choice([-40.0, 40.0], (round(lasts * fs), 2))
    rows[rise : rise + round(lasts * fs), 1] /= 40.0
    history = begin(float(fs), 2, 0, 0, 1.0, np.ones(20))
    append(history, Chunk(0, rows))
    info = StreamInfo(fs, tuple(map(Channel.from_label, ("OOC_L", "OOC_R"))))
    (told,) = read([Burst(0, a, b, 40.0, 10.0, 2.0)], sites(info), history)
    assert (told.surge is not None) == read_by_itself
    if read_by_itself:
        assert abs(told.surge.onset - rise) <= 0.01 * fs
        assert told.surge.li > told.li


def rising(label, onset, offset, start, stop, *, overall=15.0, **kind):
    """A burst of both sides of which a part is loud on its own side alone, at 30 uV."""
    whole = reading(label, onset, offset, li=0.2, amplitude=overall)
    told = {"li": 0.8, "amplitude": 30.0, "burst": whole.burst} | kind
    whole.surge = reading(label, start, stop, **told)
    return whole


def twitches(*readings, **known):
    return [act for act in judged(*readings, **known) if act.kind == "twitch"]


MOVING = [reading("OOC_R", 1000, 3000, li=0.0), reading("ZYG_R", 1000, 3000, li=0.0)]


@pytest.mark.parametrize(
    ("kind", "stands"),
    [
        ({}, True),
        ({"li": 0.55}, False),
        ({"least_li": 0.45}, False),
        ({"overall": 28.0}, False),
        ({"overall": 19.5}, False),
        ({"overall": 18.9}, True),
        ({"overall": 5.0}, True),
        ({"steps": 0.9}, False),
    ],
    ids=["of one side", "of both", "in the scatter", "as loud as the rest", "not twice as loud",
         "twice as loud", "louder than all that was compared", "an artifact"],
)  # fmt: skip
def test_a_surge_of_one_side_stands_out_of_a_movement_of_both(kind, stands):
    eye = rising("OOC_L", 1000, 3000, 1800, 2200, **kind)
    found = twitches(eye, *MOVING)
    assert [(act.side, act.onset, act.offset) for act in found] == [("L", 1800, 2200)] * stands


@pytest.mark.parametrize(("muscles", "found"), [(("OOC",), 0), (("OOC", "ZYG"), 1)])
def test_a_short_surge_in_a_movement_is_flutter_unless_another_muscle_surges_with_it(
    muscles, found
):
    fluttering = [rising(f"{muscle}_L", 1000, 3000, 1800, 1860) for muscle in muscles]
    assert len(twitches(*fluttering, *MOVING)) == found


@pytest.mark.parametrize(("stop", "found"), [(3395, 0), (3405, 1)])
def test_what_goes_on_alone_after_a_movement_for_longer_than_a_blink_is_none_of_it(stop, found):
    eye = rising("OOC_L", 1000, stop, 2000, stop, overall=28.0)
    assert len(twitches(eye, *MOVING)) == found


@pytest.mark.parametrize(
    ("rest", "found"),
    [((2200, 2605), 1), ((2200, 2595), 0), ((2600, 2600), 0)],
    ids=["longer than a blink", "no longer", "another muscle moves on"],
)
def test_what_lasts_between_two_movements_while_the_other_side_rests_is_none_of_them(rest, found):
    eye = rising("OOC_L", 1000, 4000, 1900, 2900, overall=28.0)
    first = reading("OOC_R", 1000, 2100, li=0.0), reading("ZYG_R", 1000, rest[0], li=0.0)
    second = [reading(f"{muscle}_R", rest[1], 4000, li=0.0) for muscle in ("OOC", "ZYG")]
    assert len(twitches(eye, *first, *second)) == found


def test_while_the_other_side_had_ended_before_is_no_longer_than_the_surge_itself():
    eye = rising("OOC_L", 1000, 4000, 1900, 2900, overall=28.0)
    others = [reading("OOC_R", *span, li=0.0) for span in ((1000, 1200), (2200, 4000))]
    assert not twitches(eye, *others)


@pytest.mark.parametrize(
    ("eye", "heard", "span"),
    [
        ((1100, 2900), [(1100, 2900)], (2000, 2080)),
        ((1100, 2900), [(1000, 1550), (2000, 2450)], (2000, 2080)),
        ((1100, 2900), [(1100, 1990)], (1100, 2900)),
        ((1100, 2900), [], (1100, 2900)),
        ((1900, 2395), [(1900, 2395)], (1900, 2395)),
        ((1100, 5000), [(1100, 5000)], (1100, 5000)),
    ],
    ids=["all of it", "half of it, in pieces", "less", "nothing", "no movement's length",
         "longer than the movement"],
)  # fmt: skip
def test_an_eye_that_hears_a_smile_on_both_sides_acts_as_long_as_the_muscles_with_it(
    eye, heard, span
):
    smile = [reading(f"{muscle}_{side}", 800, 3000, li=0.0)
             for muscle in ("ZYG", "OOR") for side in "LR"]  # fmt: skip
    mine = [reading("OOC_L", *eye), reading("FRO_L", 2000, 2080)]
    over_there = [reading("OOC_R", *each, copy=True) for each in heard]
    (twitch,) = twitches(*smile, *mine, *over_there, eyed="L")
    assert {r.site.muscle for r in twitch.readings} == {"OOC", "FRO"}
    assert (twitch.onset, twitch.offset) == span


def test_a_short_surge_of_one_muscle_at_the_end_of_a_movement_is_flutter():
    assert not twitches(rising("OOC_L", 1000, 3080, 3020, 3080), *MOVING)


def test_a_brow_that_goes_on_after_a_blink_is_no_act_of_its_own():
    eyes = [reading(f"OOC_{side}", 1000, 1200, li=0.0) for side in "LR"]
    brow = rising("FRO_L", 1000, 1245, 1080, 1245), reading("FRO_R", 1000, 1190, li=0.0)
    (blink,) = judged(*eyes, *brow)
    assert (blink.kind, set(blink.readings)) == ("blink", {*eyes, *brow})


def test_the_movement_keeps_the_burst_that_surges():
    eye = rising("OOC_L", 1000, 3000, 1800, 2200)
    (movement,) = (act for act in judged(eye, *MOVING) if act.kind == "movement")
    assert eye in movement.readings
    assert (movement.onset, movement.offset) == (1000, 3000)


@pytest.mark.parametrize(("stop", "rides"), [(1180, True), (1125, False)])
def test_an_eye_that_goes_on_after_a_blink_rides_on_it(stop, rides):
    eye = rising("OOC_L", 1000, stop, 1080, stop, overall=30.0)
    other = reading("OOC_R", 1000, 1100, li=0.0)
    found = twitches(eye, other)
    assert [(act.onset, act.offset, act.on_blink) for act in found] == [(1080, stop, True)] * rides
    assert not any(act.carried for act in found)  # the burst is there already


BLINKING = reading("OOC_R", 1000, 1110, li=0.0)


def going_on(label, onset, offset, start=1110, **kind):
    """A burst of one side whose surge begins when a blink ends."""
    whole = reading(label, onset, offset, li=0.9, opposite_silent=False)
    whole.surge = reading(label, start, offset, li=0.95, burst=whole.burst, **kind)
    return whole


def test_an_eye_that_blinks_and_goes_on_alone_is_a_blink_and_then_its_own():
    blink, twitch = judged(going_on("OOC_L", 1005, 3000), BLINKING)
    assert (blink.kind, {r.site.side for r in blink.readings}) == ("blink", {"L", "R"})
    assert (twitch.onset, twitch.offset, twitch.on_blink) == (1110, 3000, True)


@pytest.mark.parametrize(("surges_from", "until"), [(1080, 1110), (1200, 1200)])
def test_a_blink_ends_with_the_other_eye_or_where_its_own_goes_on_alone(surges_from, until):
    blink, _ = judged(going_on("OOC_L", 1005, 3000, surges_from), BLINKING)
    assert (blink.onset, blink.offset) == (1000, until)
    assert {r.offset for r in blink.readings if r.site.side == "L"} == {until}


@pytest.mark.parametrize(
    ("eye", "other"),
    [
        (going_on("OOC_L", 1005, 3000, least_li=0.4), BLINKING),
        (going_on("OOC_L", 1005, 3000), reading("OOC_R", 950, 1110, li=0.0)),
        (going_on("OOC_L", 1005, 1135, 1080), BLINKING),
        (going_on("ZYG_L", 1005, 3000), reading("ZYG_R", 1000, 1110, li=0.0)),
    ],
    ids=["not for certain", "long after the other", "hardly longer than it", "no eye"],
)
def test_of_both_eyes_is_only_a_blink_that_both_begin_and_one_goes_on_after(eye, other):
    assert [act.readings for act in judged(eye, other) if act.kind != "twitch"] == [(other,)]


@pytest.mark.parametrize(
    ("cheek", "both", "onset"),
    [
        (going_on("ZYG_L", 1005, 3000), ("OOC", 1110), 1110),
        (going_on("ZYG_L", 1005, 3000, least_li=0.4), ("OOC", 1110), 1005),
        (going_on("FRO_L", 1005, 3000), ("OOR", 1600), 1005),
    ],
    ids=["blink", "not for certain", "movement"],
)
def test_what_a_neighbour_of_the_eyes_hears_of_a_blink_is_none_of_its_act(cheek, both, onset):
    muscle, offset = both
    others = (reading(f"{muscle}_{side}", 1000, offset, li=0.0) for side in "LR")
    (twitch,) = twitches(cheek, *others)
    assert twitch.onset == onset


def test_a_blink_has_the_balance_that_both_eyes_have_in_the_burst_of_the_other_one():
    other = reading("OOC_R", 1000, 1110, li=0.2, amplitude=24.0)
    blink, _ = judged(going_on("OOC_L", 1000, 1400), other)
    (left,) = (r for r in blink.readings if r.site.side == "L")
    assert (left.amplitude, left.opposite) == (other.opposite, other.amplitude)
    assert (left.li, left.least_li) == (-0.2, -0.2)


def test_two_blinks_of_the_other_eye_in_a_tonic_spasm_are_no_movement():
    again = reading("OOC_R", 2500, 2600, li=-0.2)
    cheek = reading("ZYG_L", 1100, 3000)
    acts = judged(going_on("OOC_L", 1005, 3000), cheek, BLINKING, again)
    assert sorted(act.kind for act in acts) == ["blink", "blink", "twitch"]


def test_an_eye_does_not_blink_first_where_the_other_one_blinks_amid_its_burst():
    blink = reading("OOC_R", 2000, 2110, li=0.0)
    (twitch,) = twitches(going_on("OOC_L", 1005, 3000, 1110), blink)
    assert (twitch.onset, twitch.offset) == (1005, 3000)


@pytest.mark.parametrize(
    ("cheek", "onset", "together"),
    [
        (going_on("ZYG_L", 985, 3000), 1110, 2),
        (reading("ZYG_L", 1040, 3000), 1040, 2),
        (reading("ZYG_L", 960, 3000), 960, 1),
        (reading("ZYG_L", 1040, 2000), 1040, 1),
    ],
    ids=["hears the blink", "begins in it", "begins before it", "ends early"],
)
def test_what_goes_on_after_a_blink_with_the_eye_began_with_it(cheek, onset, together):
    (twitch,) = twitches(going_on("OOC_L", 1005, 3000), cheek, BLINKING)
    assert (twitch.onset, twitch.together) == (onset, together)


@pytest.mark.parametrize(
    ("tails", "stop", "rides"),
    [
        ((20, 15, 15), 1170, True),
        ((20, 20, 15), 1170, False),
        ((20, 20, 15), 1190, True),
        ((20, 20), 1170, True),
        ((60, 60, 60), 1201, True),
    ],
    ids=["longer than usual", "usual", "longer than that", "nobody knows", "lasts"],
)
def test_an_eye_that_goes_on_for_no_longer_than_blinks_of_this_face_do_by_chance_rides_on_none(
    tails, stop, rides
):
    blinks = BlinkHistory()
    blinks.tails["R"].extend(tails)
    eye = rising("OOC_L", 1000, stop, 1100, stop, overall=30.0)
    acts = judged(eye, reading("OOC_R", 1000, 1100, li=0.0), blinks=blinks)
    assert [act.kind for act in acts] == ["blink"] + ["twitch"] * rides


@pytest.mark.parametrize(("side", "told"), [("L", [("L", 2)]), ("R", [("R", 1)])])
def test_a_short_tail_counts_where_another_muscle_of_its_side_begins_with_it(side, told):
    blinks = BlinkHistory()
    blinks.tails["R"].extend((30, 30, 30))
    eye = rising("OOC_L", 1000, 1170, 1100, 1170, overall=30.0)
    other = reading("OOC_R", 1000, 1100, li=0.0)
    acts = judged(eye, other, reading(f"FRO_{side}", 1105, 1170), blinks=blinks)
    assert [(act.side, act.together) for act in acts if act.kind == "twitch"] == told


def test_an_eye_that_blinks_first_and_goes_along_with_a_movement_is_of_that():
    eye = going_on("OOC_L", 1005, 3000)
    moving = [reading(f"OOR_{side}", 990, 3010, li=0.0) for side in "LR"]
    assert not twitches(eye, BLINKING, *moving)


@pytest.mark.parametrize(("mouth", "moves"), [((), False), (("L", "R"), True)])
def test_an_act_knows_whether_both_sides_move_meanwhile(mouth, moves):
    moving = [reading(f"OOR_{side}", 2000, 2600, li=0.0) for side in mouth]
    (twitch,) = twitches(going_on("OOC_L", 1005, 3000), BLINKING, *moving)
    assert (twitch.on_blink, twitch.in_movement) == (True, moves)


def test_muscles_that_surge_together_are_counted_together():
    eye, cheek = (rising(f"{m}_L", 1000, 3000, 1800, 2200) for m in ("OOC", "ZYG"))
    (act,) = twitches(eye, cheek, *MOVING)
    assert act.together == 2


@pytest.mark.parametrize(("spasms", "proved"), [(0, False), (2, True)])
def test_what_surges_proves_a_spasm_only_where_they_are_known(spasms, proved):
    known = Experience(proven={"L": spasms, "R": 0})
    known.even.extend([True] * 5)
    parts = tuple(rising(f"{m}_L", 0, 900, 300, 600).surge for m in ("OOC", "ZYG", "FRO"))
    assert is_spasm([Act("twitch", "L", parts, together=3)], known, "L", Rules(), FS) == proved


def test_the_usual_balance_of_the_eyes_counts_for_a_surge_as_well():
    eye = rising("OOC_L", 1000, 3000, 1800, 2200, li=0.8)
    (told,) = against_usual([eye], Experience(usual=1.0))
    assert told.surge.li < 0.8
    assert told.surge.is_surge
    assert not told.is_surge


@cache
def eyes(*, fs=1000):
    """Two eyes that blink, of which the left one twitches, and later rises within a movement."""
    rng = np.random.default_rng(11)
    rows = rng.normal(0, 2.0, (40 * fs, 2))

    def contract(columns, start, stop, loudness):
        for column in columns:
            a, b = round(start * fs), round(stop * fs)
            rows[a:b, column] += rng.normal(0, loudness, b - a)

    for at in (5, 7, 9, 11, 22, 38):
        contract((0, 1), at, at + 0.12, 30.0)
    for at in (13, 15, 17, 19):
        contract((0,), at, at + 0.1, 30.0)
    contract((0, 1), 25, 28, 6.0)
    contract((0,), 26.5, 26.9, 30.0)
    info = StreamInfo(fs, tuple(map(Channel.from_label, ("OOC_L", "OOC_R"))))
    chunks = [Chunk(a, rows[a : a + fs].copy()) for a in range(0, len(rows), fs)]
    analyses = analyze(Pipeline(), info, chunks)
    return [
        event for _, told in fold(Folding(), Pipeline(), info, analyses) for event in told.events
    ]


def test_a_spasm_is_found_in_a_movement_of_the_same_muscle():
    (spasm,) = (e for e in eyes() if e.trial_type == "spasm" and e.onset > 24_000)
    assert (spasm.side, spasm.label) == ("L", "isolated")
    assert abs(spasm.onset - 26_500) <= 20
    assert abs(spasm.offset - 26_900) <= 20
    (burst,) = spasm.bursts
    (movement,) = (e for e in eyes() if e.trial_type == "voluntary")
    assert burst in movement.bursts
    assert spasm.li == pytest.approx(24 / 36, abs=0.05)
