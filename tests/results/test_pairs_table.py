"""The table of pairs of muscles, of findings made by hand."""

import numpy as np
import pytest

from emgspasm.results.tabulation.pairs import pairs_table
from emgspasm.storage.tables.columns import PAIRS
from support.findings import findings, stream

LABELS = ("OOC_L", "ECG", "ZYG_L", "MEN", "OOC_R", "ZYG_R", "OOR")
EYE, CHEEK = 0, 2
ONSETS = [10_000, 20_000, 30_000, 40_000]
LATER = [10_004, 20_008, 30_012, 40_500]


def read(column, onsets, copies=(), neighbour=-1):
    return [(column, t, t in copies, neighbour if t in copies else -1) for t in onsets]


def rows(readings, fs=1000.0, **more):
    """The table by its muscles and side; the heart's channel is no EMG."""
    rho = np.zeros((6, 6))
    rho[0, 1], rho[1, 0], rho[3, 4] = 0.25, 0.5, 0.75
    found = findings(7, read=sorted(readings, key=lambda r: r[1]), rho=rho, **more)
    table = pairs_table(stream(*LABELS, fs=fs), found, {"task": "rest", "recording": "x"})
    assert list(table.columns) == [column.name for column in PAIRS]
    assert set(table["task"]) == {"rest"}
    return table.set_index(["side", "muscle_a", "muscle_b"])


def left(*readings, **more):
    return rows([row for part in readings for row in part], **more).loc["L", "OOC", "ZYG"]


def test_pairs_are_of_one_side_not_of_the_midline_and_in_the_order_of_the_channels():
    assert list(rows([]).index) == [("L", "OOC", "ZYG"), ("R", "OOC", "ZYG")]


def test_lags_are_those_of_the_second_after_the_first():
    told = left(read(EYE, ONSETS), read(CHEEK, LATER))
    assert (told["n_pairs"], told["sync_pct"], told["valid"]) == (3, 75.0, True)
    assert (told["lag_median_ms"], told["lag_iqr_ms"]) == (8.0, 4.0)
    assert told["sync_z"] > 5
    alone = left(read(EYE, ONSETS[:1]), read(CHEEK, LATER[:1]))
    assert alone["n_pairs"] == 1
    assert alone.isna()[["lag_median_ms", "lag_iqr_ms"]].tolist() == [False, True]


def test_lags_are_milliseconds_at_any_rate():
    assert left(read(EYE, ONSETS), read(CHEEK, LATER), fs=2000.0)["lag_median_ms"] == 4.0


def test_muscles_that_never_meet_have_a_share_of_0_and_no_lag():
    told = left(read(EYE, ONSETS), read(CHEEK, [t + 5000 for t in ONSETS]))
    assert (told["n_pairs"], told["sync_pct"], told["valid"]) == (0, 0.0, True)
    assert told.isna()[["lag_median_ms", "lag_iqr_ms", "sync_z", "xcorr_peak"]].all()


def test_a_muscle_without_bursts_is_why_nothing_is_told_of_its_pair():
    told = left(read(EYE, ONSETS))
    reason = "a muscle without bursts in valid time of both"
    assert (told["n_pairs"], told["valid"], told["reason"]) == (0, False, reason)
    assert told.isna()[["sync_pct", "lag_median_ms"]].all()


def test_bursts_while_the_other_muscle_was_not_seen_count_neither_for_nor_against_synchrony():
    seen = {CHEEK: [(0, 15_000), (35_000, 100_000)]}
    told = left(read(EYE, ONSETS), read(CHEEK, [10_004, 40_006]), sought=seen)
    assert (told["n_pairs"], told["sync_pct"], told["lag_median_ms"]) == (2, 100.0, 5.0)


def test_bursts_before_the_filters_settled_are_none_of_a_pair():
    seen = {EYE: [(15_000, 100_000)], CHEEK: [(15_000, 100_000)]}
    told = left(read(EYE, ONSETS), read(CHEEK, LATER), sought=seen)
    assert (told["n_pairs"], told["lag_median_ms"]) == (2, 10.0)


def test_under_1000_hz_no_lag_of_a_pair_is_told_and_why():
    told = left(read(EYE, ONSETS), read(CHEEK, LATER), fs=500.0)
    assert (told["valid"], told["reason"]) == (False, "500 Hz: lags of pairs need 1000 Hz")
    assert told.isna()[["n_pairs", "sync_pct", "lag_median_ms"]].all()
    assert told["raw_rho_max"] == 0.5


def test_what_cross_talk_explains_counts_as_a_copy_and_in_no_share():
    told = left(read(EYE, ONSETS), read(CHEEK, LATER, copies=LATER[:2], neighbour=0))
    assert (told["n_copies"], told["crosstalk_flag"]) == (2, "yes")
    assert (told["n_pairs"], told["sync_pct"], told["lag_median_ms"]) == (1, 25.0, 12.0)


def test_a_copy_of_a_third_muscle_is_none_of_the_pair():
    told = left(read(EYE, ONSETS), read(CHEEK, LATER, copies=LATER[:2], neighbour=3))
    assert (told["n_copies"], told["crosstalk_flag"]) == (0, "no")


@pytest.mark.parametrize("neighbour", [0, 1])
def test_a_third_muscle_s_copy_of_either_is_none_of_the_pair(neighbour):
    third = read(4, ONSETS, copies=ONSETS, neighbour=neighbour)
    told = left(read(EYE, ONSETS), read(CHEEK, LATER), third)
    assert (told["n_copies"], told["crosstalk_flag"]) == (0, "no")


def test_either_may_be_the_copy_of_the_other():
    eye = read(EYE, ONSETS, copies=ONSETS[:1], neighbour=1)
    told = left(eye, read(CHEEK, LATER, copies=LATER[2:], neighbour=0))
    assert told["n_copies"] == 3


@pytest.mark.parametrize(("side", "largest"), [("L", 0.5), ("R", 0.75)])
def test_the_largest_correlation_is_that_of_either_muscle_s_bursts(side, largest):
    everything = [row for c in (0, 2, 4, 5) for row in read(c, ONSETS)]
    assert rows(everything).loc[side, "OOC", "ZYG"]["raw_rho_max"] == largest


def test_without_a_burst_no_correlation_is_told_and_no_flag():
    assert left().isna()[["raw_rho_max", "crosstalk_flag"]].all()
    assert left()["n_copies"] == 0


def test_the_peak_of_the_cross_correlation_is_the_median_of_the_pair_s_spasms():
    lags = [(0, 2, 3, 0.5), (0, 2, 3, 0.9), (0, 2, 3, 0.6), (0, 3, 3, 0.1), (2, 4, 3, 0.1)]
    told = left(read(EYE, ONSETS), read(CHEEK, LATER), lags=lags)
    assert told["xcorr_peak"] == 0.6
