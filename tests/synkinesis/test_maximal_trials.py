"""Maximal contractions, and what counts as moving along; numbers computed by hand."""

import numpy as np
import pytest

from emgspasm.stream import Burst
from emgspasm.synkinesis.markers import Marker
from emgspasm.synkinesis.measures.trials import maximal_contraction, trials
from emgspasm.synkinesis.readings.reading import Site

FS = 100.0
SITES = {0: Site(0, "L", "ZYG", 2), 1: Site(1, "L", "OOC", 3), 2: Site(2, "R", "ZYG", 0),
         3: Site(3, "R", "OOC", 1)}  # fmt: skip
SMILE = Marker(1000, 4000, "smile", 1)
SEEN = {channel: np.array([[0, 10_000]]) for channel in range(7)}


def trial(peak, seconds=3.0):
    """Envelope of a trial: half a second of a ramp up to `peak`, weak before and after."""
    envelope = np.full(round(seconds * FS), 0.1)
    envelope[70:120] = np.linspace(peak / 2, peak, 50)
    return envelope


def test_the_maximum_is_the_95th_percentile_of_the_best_half_second_of_the_three_best_trials():
    best = [np.linspace(peak / 2, peak, 50) for peak in (60.0, 50.0, 40.0)]
    told = maximal_contraction([trial(peak) for peak in (40.0, 10.0, 50.0, 60.0)], FS)
    assert told == pytest.approx(np.percentile(np.concatenate(best), 95))


def test_two_maximal_trials_tell_no_maximum():
    assert maximal_contraction([trial(40.0)] * 2, FS) is None


@pytest.mark.parametrize("spoilt", [np.full(49, 90.0), np.append(trial(90.0), np.nan)])
def test_a_trial_that_is_too_short_or_misses_a_sample_is_none(spoilt):
    assert maximal_contraction([trial(40.0), trial(40.0), spoilt], FS) is None
    assert maximal_contraction([trial(40.0)] * 3 + [spoilt], FS) == maximal_contraction(
        [trial(40.0)] * 3, FS
    )


def test_a_trial_of_just_half_a_second_is_taken_whole():
    assert maximal_contraction([np.full(50, 7.0)] * 3, FS) == 7.0


def burst(channel, onset, mean=20.0, length=1000):
    return Burst(channel, onset, onset + length, 2 * mean, mean, 0.0)


def left_eye(*bursts, spasms=(), maxima=None, marker=SMILE):
    told = trials([marker], sorted(bursts, key=lambda b: b.onset), spasms, SITES, maxima or {}, {},
                  SEEN, 1000.0)  # fmt: skip
    (one,) = (t for t in told if (t.side, t.other_muscle) == ("L", "OOC"))
    return one


@pytest.mark.parametrize(("later", "told"), [(-51, False), (-50, True), (150, True), (151, False)])
def test_what_begins_from_50_ms_before_to_150_ms_after_the_prime_muscle_moves_along(later, told):
    assert left_eye(burst(0, 2000), burst(1, 2000 + later)).synkinesis is told


@pytest.mark.parametrize(("onset", "told"), [(999, None), (1000, True), (4999, True), (5000, None)])
def test_a_trial_reaches_from_its_cue_to_a_second_after_its_end(onset, told):
    assert left_eye(burst(0, onset), burst(1, onset)).synkinesis is told


def test_the_prime_burst_of_a_trial_is_the_one_that_holds_most_energy():
    told = left_eye(burst(0, 1500, 20.0, 1000), burst(0, 3000, 50.0, 100), burst(1, 1510))
    assert told.prime.onset == 1500
    told = left_eye(burst(0, 1500, 20.0, 1000), burst(0, 3000, 70.0, 100))
    assert told.prime.onset == 3000


@pytest.mark.parametrize(("mean", "told"), [(10.0, False), (10.1, True)])
def test_more_than_a_tenth_of_the_maximum_moves_along(mean, told):
    told_here = left_eye(burst(0, 2000), burst(1, 2000, mean), maxima={1: 100.0})
    assert told_here.synkinesis is told
    assert told_here.other_share == pytest.approx(mean)


@pytest.mark.parametrize(
    ("spasm", "told"),
    [((0, 1000, "L"), False), ((0, 1001, "L"), True), ((4999, 9000, "L"), True),
     ((5000, 9000, "L"), False), ((2000, 3000, "R"), False)],
)  # fmt: skip
def test_a_spasm_of_the_side_overlaps_a_trial_where_they_share_a_sample(spasm, told):
    assert left_eye(burst(0, 2000), spasms=[spasm]).spasm is told


@pytest.mark.parametrize("task", ["rest_open", "speech", "blink30"])
def test_what_has_no_prime_muscle_has_no_trials(task):
    marked = [Marker(1000, 4000, task, 1)]
    assert list(trials(marked, [burst(0, 2000)], [], SITES, {}, {}, SEEN, 1000.0)) == []


def test_every_muscle_of_a_side_but_the_prime_one_has_its_trial():
    sites = SITES | {4: Site(4, "L", "MEN", -1), 5: Site(5, None, "FRO", -1)}
    told = trials([SMILE], [], [], sites, {}, {}, SEEN, 1000.0)
    assert [(t.side, t.prime_muscle, t.other_muscle) for t in told] == [
        ("L", "ZYG", "OOC"),
        ("L", "ZYG", "MEN"),
        ("R", "ZYG", "OOC"),
    ]


def test_a_prime_muscle_of_the_midline_has_no_trials():
    sites = {0: Site(0, "", "MEN", -1), 1: Site(1, "", "PLA", -1)}
    lip = Marker(1000, 4000, "lip", 1)
    parts = [burst(0, 2000), burst(1, 2000)]
    assert list(trials([lip], parts, [], sites, {}, {}, SEEN, 1000.0)) == []


@pytest.mark.parametrize(
    ("task", "prime"),
    [("brow", "FRO"), ("close_gentle", "OOC"), ("close_forced", "OOC"), ("wink", "OOC"),
     ("smile", "ZYG"), ("snarl", "ZYG"), ("pucker", "OOR"), ("lip", "MEN"), ("platysma", "PLA")],
)  # fmt: skip
def test_a_movement_is_that_of_its_muscle(task, prime):
    face = ("FRO", "COR", "OOC", "ZYG", "OOR", "MEN", "PLA")
    sites = {i: Site(i, "L", muscle, -1) for i, muscle in enumerate(face)}
    told = list(trials([Marker(1000, 4000, task, 1)], [], [], sites, {}, {}, SEEN, 1000.0))
    assert {t.prime_muscle for t in told} == {prime}
    assert len(told) == len(face) - 1
