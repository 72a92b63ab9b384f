"""Probabilities of synkinesis, brow lifts and maxima of a recording, of findings made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from emgspasm.results.tabulation.trials import (
    brow_lifts,
    maxima,
    synkinesis_shares,
    trial_list,
    trials_table,
)
from emgspasm.storage.tables.columns import TRIALS
from emgspasm.synkinesis.markers import Marker
from support.findings import burst, findings, spasm, stream

INFO = stream("ZYG_L", "OOC_L", "ZYG_R", "OOC_R")
CHEEK, EYE = 0, 1


def smiles(n):
    return tuple(Marker(8000 * k, 8000 * k + 3000, "smile", k) for k in range(1, n + 1))


def shares(n, along, events=(), **more):
    """Shares of `n` smiles of the left cheek; in those of `along` the eye moves too."""
    moved = [burst(CHEEK, m.onset + 500, m.onset + 2500) for m in smiles(n)]
    moved += [burst(EYE, 8000 * k + 520, 8000 * k + 2500) for k in along]
    found = findings(4, events, moved, marked=smiles(n), **more)
    (told,) = synkinesis_shares(trial_list(INFO, found, {}))  # the right side never moves
    return told


def test_a_probability_is_the_share_of_trials_with_wilson_s_interval():
    told = shares(5, along=(1, 2, 4, 5))
    interval = binomtest(4, 5).proportion_ci(method="wilson")
    assert told == {
        "task": "smile", "side": "L", "prime": "ZYG", "muscle": "OOC", "trials": 5,
        "synkinesis": 4, "probability": 0.8,
        "ci": pytest.approx([interval.low, interval.high], abs=1e-4),
    }  # fmt: skip


def test_a_trial_that_a_spasm_overlaps_is_left_out():
    told = shares(5, along=(1, 2, 4, 5), events=[spasm(burst(EYE, 8100, 8200))])
    assert (told["trials"], told["synkinesis"], told["probability"]) == (4, 3, 0.75)


def test_of_three_trials_a_probability_is_told_and_of_two_it_is_withheld():
    assert shares(3, along=())["probability"] == 0.0
    told = shares(2, along=(1,))
    assert (told["trials"], told["synkinesis"], told["withheld"]) == (2, 1, "under 3 trials")
    assert "probability" not in told


@pytest.mark.parametrize(
    ("lost", "n"),
    [((0, 100_000), 0), ((0, 20_000), 3), ((24_649, 24_660), 4), ((24_651, 60_000), 3)],
)
def test_a_trial_in_which_a_muscle_was_lost_does_not_say_that_it_stood_still(lost, n):
    seen = [(0, lost[0]), (lost[1], 100_000)]
    told = shares(5, along=(), sought={EYE: seen})
    assert (told["trials"], told["synkinesis"]) == (n, 0)
    assert ("probability" in told) == (n >= 3)


@pytest.mark.parametrize(
    ("lost", "n"),
    [((7000, 9600), 4), ((8000, 8001), 4), ((7999, 8000), 5), ((8500, 8501), 4), ((8501, 9000), 5)],
)
def test_a_trial_whose_prime_muscle_was_not_seen_from_the_cue_on_tells_nothing(lost, n):
    seen = [(0, lost[0]), (lost[1], 100_000)]
    told = shares(5, along=(1, 2, 3, 4, 5), sought={CHEEK: seen})
    assert (told["trials"], told["synkinesis"]) == (n, n)


def test_what_moves_on_once_it_is_seen_again_is_not_where_the_prime_muscle_began():
    moved = [burst(CHEEK, 9500, 10_500), burst(CHEEK, 9700, 9750), burst(EYE, 8520, 10_500)]
    found = findings(4, (), moved, marked=smiles(1), sought={CHEEK: [(0, 8400), (9600, 100_000)]})
    (left, _) = trial_list(INFO, found, {})
    assert (left.prime, left.synkinesis) == (None, None)


@pytest.mark.parametrize(
    ("lost", "told"), [((8000, 8001), None), ((10_999, 11_000), None), ((11_000, 12_000), False)]
)
def test_where_no_spasm_can_be_told_no_trial_is_said_to_be_free_of_one(lost, told):
    seen = {EYE: [(0, lost[0]), (lost[1], 100_000)]}
    found = findings(4, (), [burst(CHEEK, 8500, 10_500)], marked=smiles(1), sought=seen)
    (left, _) = trial_list(INFO, found, {})
    assert left.spasm is told


def test_a_spasm_that_was_told_overlaps_though_its_side_was_lost_meanwhile():
    seen = {EYE: [(0, 9000), (9500, 100_000)]}
    events = [spasm(burst(EYE, 8100, 8200))]
    (left, _) = trial_list(INFO, findings(4, events, marked=smiles(1), sought=seen), {})
    assert left.spasm is True


def test_the_table_of_trials_holds_each_number_in_its_unit():
    moved = [burst(CHEEK, 8500, 10_500, mean=40.0), burst(EYE, 8525, 10_500, mean=10.0)]
    envelopes = {(smiles(1)[0], c): [np.full(3000, e)] for c, e in ((0, 20.0), (1, 12.0))}
    marked = (Marker(0, 8000, "rest_open", 1), *smiles(1))
    found = findings(4, (), moved, marked=marked, envelopes=envelopes)
    told = trials_table(trial_list(INFO, found, {CHEEK: 80.0, EYE: 40.0}), INFO, {"recording": "x"})
    assert list(told.columns) == [column.name for column in TRIALS]
    row = told[told["side"] == "L"].iloc[0]
    assert (row["task"], row["trial"], row["recording"]) == ("smile", 1, "x")
    assert (row["prime_muscle"], row["syn_muscle"]) == ("ZYG", "OOC")
    assert (row["cue_onset_s"], row["prime_onset_s"], row["syn_latency_ms"]) == (8.0, 8.5, 25.0)
    assert (row["prime_pctmvc"], row["syn_pctmvc"], row["si"]) == (50.0, 25.0, 0.5)
    prime, along = np.sqrt(20.0**2 - 2.0**2) / 80, np.sqrt(12.0**2 - 2.0**2) / 40
    assert row["overlap"] == pytest.approx(prime / along, abs=1e-4)
    assert (row["synk"], row["spasm_overlap"]) == (True, False)


def test_no_movement_on_cue_is_no_trial():
    found = findings(4, (), [burst(CHEEK, 500, 900)], marked=(Marker(0, 9000, "rest_open", 1),))
    assert trial_list(INFO, found, {}) == []


def test_a_copy_moves_nothing():
    moved = [burst(CHEEK, 8500, 9500), burst(EYE, 8510, 9500)]
    read = [(CHEEK, 8500, False, -1), (EYE, 8510, True, 0)]
    found = findings(4, (), moved, marked=smiles(1), read=read)
    (left, _) = trial_list(INFO, found, {})
    assert left.synkinesis is False


def largest(events=(), labels=("ZYG_L", "OOC_L", "ZYG_R", "OOC_R"), n=3):
    envelopes = {(m, c): [np.full(1000, 10.0 * (c + 1))] * 3 for m in smiles(n) for c in range(4)}
    return maxima(stream(*labels), findings(4, events, marked=smiles(n), envelopes=envelopes))


def test_a_movement_tells_the_maxima_of_its_muscle_alone_on_both_sides():
    assert largest() == {0: 10.0, 2: 30.0}
    assert largest(n=2) == {}


def test_a_spasm_in_a_maximal_trial_spoils_it_for_its_side_alone():
    assert largest([spasm(burst(EYE, 8000, 8100))]) == {2: 30.0}
    assert largest([spasm(burst(EYE, 10_999, 11_100))]) == {2: 30.0}
    assert largest([spasm(burst(EYE, 11_000, 11_100))]) == {0: 10.0, 2: 30.0}
    assert largest([spasm(burst(EYE, 7000, 8000))]) == {0: 10.0, 2: 30.0}


@pytest.mark.parametrize(("onset", "told"), [(10_999, {2: 30.0}), (11_000, {0: 10.0, 2: 30.0})])
def test_an_artifact_in_a_maximal_trial_spoils_it_for_its_channel_alone(onset, told):
    pop = replace(spasm(burst(0, onset, onset + 100)), trial_type="artifact", label="pop")
    assert largest([pop]) == told
    assert largest([replace(pop, bursts=(burst(1, onset, onset + 100),))]) == {0: 10.0, 2: 30.0}


FACE = stream("OOC_L", "FRO_L", "OOC_R", "FRO_R")


def lifts(*events, **more):
    told = {row["side"]: row for row in brow_lifts(FACE, findings(4, events, **more))}
    assert list(told) == ["L", "R"]
    return told["L"]


def lifted(onset, lag):
    return spasm(burst(0, onset, onset + 300), burst(1, onset + lag, onset + 300))


def test_the_brow_lift_index_is_the_share_of_the_eye_s_spasms_with_wilson_s_interval():
    told = lifts(
        lifted(1000, 51), lifted(3000, 50), lifted(5000, -40), spasm(burst(1, 9000, 9100)),
        spasm(burst(0, 20_000, 20_100)),
    )  # fmt: skip
    interval = binomtest(2, 4).proportion_ci(method="wilson")
    assert (told["spasms"], told["joined"], told["pct"]) == (4, 2, 50.0)
    assert told["ci_pct"] == pytest.approx([100 * interval.low, 100 * interval.high], abs=0.01)


def test_spasms_while_the_brow_was_lost_say_nothing_of_it():
    told = lifts(lifted(1000, 10), spasm(burst(0, 50_000, 50_100)), sought={1: [(0, 40_000)]})
    assert (told["spasms"], told["joined"]) == (1, 1)


def test_without_a_spasm_of_the_eye_no_share_is_told():
    assert lifts() == {"side": "L", "spasms": 0, "joined": 0}


def test_no_brow_lift_index_is_told_where_cross_talk_is_only_possible():
    face = stream("OOC_L", "FRO_L", "OOC_R", "FRO_R", fs=500.0)
    [left, _] = brow_lifts(face, findings(4, [lifted(1000, 10)]))
    assert left == {"side": "L", "spasms": 1, "joined": 1}


def test_a_side_without_brow_has_no_brow_lift_index():
    info = stream("OOC_L", "ZYG_L", "OOC_R", "FRO_R")
    assert [row["side"] for row in brow_lifts(info, findings(4))] == ["R"]
