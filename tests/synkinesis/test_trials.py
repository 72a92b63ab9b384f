"""Movements on cue: what moves along, and by how much; numbers computed by hand."""

import numpy as np
import pytest

import emgspasm as es
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Burst
from emgspasm.synkinesis.markers import Marker
from emgspasm.synkinesis.measures.trials import overlap, trials
from emgspasm.synkinesis.readings.reading import Site

SITES = {0: Site(0, "L", "ZYG", 2), 1: Site(1, "L", "OOC", 3), 2: Site(2, "R", "ZYG", 0),
         3: Site(3, "R", "OOC", 1)}  # fmt: skip
MAXIMA = {0: 100.0, 1: 50.0, 2: 100.0, 3: 50.0}
SMILE = Marker(1000, 4000, "smile", 1)
SEEN = {channel: np.array([[0, 10_000]]) for channel in SITES}


def burst(channel, onset, mean):
    return Burst(channel, onset, onset + 1000, 2 * mean, mean, 0.0)


def of(bursts, envelopes=None, maxima=MAXIMA, valid=SEEN):
    told = trials([SMILE], bursts, [], SITES, maxima, envelopes or {}, valid, 1000.0)
    return {(t.side, t.other_muscle): t for t in told}


def test_the_synkinesis_index_is_the_ratio_of_shares_and_its_difference_corrects_for_the_side():
    found = of([burst(0, 1500, 80.0), burst(2, 1500, 40.0), burst(1, 1520, 20.0),
                burst(3, 1520, 4.0)])  # fmt: skip
    left, right = found["L", "OOC"], found["R", "OOC"]
    assert left.index == pytest.approx((20 / 50) / (80 / 100))
    assert right.index == pytest.approx((4 / 50) / (40 / 100))
    assert left.difference == pytest.approx(0.5 - 0.2)
    assert right.difference == pytest.approx(0.2 - 0.5)
    assert (left.synkinesis, right.synkinesis) == (True, False)  # 8 % is under 10


def test_a_muscle_moves_along_as_much_later_as_its_burst_begins_later():
    found = of([burst(0, 1500, 80.0), burst(1, 1520, 20.0), burst(3, 1490, 20.0)])
    assert found["L", "OOC"].latency == pytest.approx(0.02)
    assert (found["R", "OOC"].latency, found["R", "OOC"].synkinesis) == (None, None)


def test_a_muscle_without_a_burst_counts_nothing_where_the_prime_moved():
    found = of([burst(0, 1500, 80.0), burst(2, 1500, 40.0), burst(1, 1520, 20.0)])
    assert found["L", "OOC"].difference == pytest.approx(0.5)
    assert found["R", "OOC"].index is None


def test_a_muscle_that_was_not_seen_counts_nothing_at_all():
    parts = [burst(0, 1500, 80.0), burst(2, 1500, 40.0), burst(1, 1520, 20.0)]
    assert of(parts, valid=SEEN | {3: np.empty((0, 2), int)})["L", "OOC"].difference is None


def test_a_burst_that_was_seen_counts_though_its_muscle_was_lost_just_before():
    parts = [burst(0, 1500, 80.0), burst(1, 1520, 20.0)]
    assert of(parts, valid=SEEN | {1: np.array([[1510, 10_000]])})["L", "OOC"].synkinesis is True


def test_a_burst_is_of_the_last_trial_whose_cue_it_follows():
    cues = [Marker(1000, 3000, "smile", 1), Marker(3000, 5000, "smile", 2)]
    parts = [burst(0, 1500, 40.0), burst(0, 3500, 80.0)]
    told = trials(cues, parts, [], SITES, MAXIMA, {}, SEEN, 1000.0)
    assert [t.prime.onset for t in told if t.prime] == [1500, 3500]


def test_without_a_maximum_or_a_prime_no_index_is_told():
    parts = [burst(0, 1500, 80.0), burst(1, 1520, 20.0)]
    assert of(parts)["L", "OOC"].difference is None  # the right side did not move
    assert of(parts, maxima={})["L", "OOC"].index is None


def test_overlap_is_the_smaller_over_the_larger_area():
    assert overlap(np.array([0, 2, 2, 0.0]), np.array([0, 0, 1, 1.0])) == pytest.approx(1 / 5)
    assert overlap(np.array([0.02]), np.array([0.01])) == pytest.approx(1 / 2)
    same = np.random.default_rng(1).uniform(0, 1, 50)
    assert overlap(same, same) == pytest.approx(1.0)
    assert overlap(np.zeros(3), np.zeros(3)) is None
    assert overlap(np.array([np.nan, 1.0]), np.array([1.0, 1.0])) is None


def test_overlap_in_a_trial_is_of_noise_corrected_shares_of_the_maximum():
    prime, other = Burst(0, 1500, 2500, 90, 80, 3.0), Burst(1, 1500, 2500, 40, 30, 4.0)
    envelopes = {(SMILE, 0): [np.full(1000, 3.0), np.full(2000, 5.0)],
                 (SMILE, 1): [np.full(1000, 4.0), np.full(2000, 5.0)]}  # fmt: skip
    found = of([prime, other], envelopes)["L", "OOC"]
    assert found.overlap == pytest.approx((4 / 100) / (3 / 50))  # sqrt(25-9) and sqrt(25-16)


def test_after_palsy_the_eye_moves_along_on_the_affected_side_alone(tmp_path):
    sim = es.simulate("synkinesis", side="right", duration=200, seed=71)
    with BdfWriter(tmp_path / "x.bdf", sim.info) as writer:
        for chunk in sim:
            writer.write(chunk)
        for note in sim.annotations:
            writer.annotate(note)
    results = es.analyze_recording(tmp_path / "x.bdf")
    smiles = results.trials.query("task == 'smile' and syn_muscle == 'OOC'")
    sick, sound = (smiles[smiles["side"] == side] for side in "RL")
    assert sick["synk"].mean() == 1.0
    assert sound["synk"].mean() < 0.5
    mouth = results.trials.query("task == 'smile' and syn_muscle == 'OOR'")
    left, right = (mouth[mouth["side"] == side]["dsi"].to_numpy() for side in "LR")
    assert np.count_nonzero(left) == len(left) >= 3
    assert left == pytest.approx(-right)
    assert mouth["overlap"].between(0.2, 0.6).all()  # the mouth does 0.4 of the cheek's share
    assert any(
        "dsi" in w["measure"] and "OOC_L" in w["reason"] for w in results.provenance["withheld"]
    )
