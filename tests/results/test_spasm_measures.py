"""What the summary says of the spasms of a muscle and of a side, of findings made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.results.tabulation.blocks import task_blocks
from emgspasm.results.tabulation.summary import (
    SPASM_MEASURES,
    side_columns,
    side_rows,
    spasm_measures,
)
from emgspasm.stream import Event
from emgspasm.synkinesis.markers import Marker
from support.findings import burst, findings, spasm, stream

INFO = stream("OOC_L", "ZYG_L", "OOC_R", "ZYG_R")
EYE, CHEEK, OTHER_EYE = 0, 1, 2
WHOLE = np.array([[0, 100_000]])


def of_cheek(*events, info=INFO, **more):
    """Measures of the left cheek in 100 s."""
    told = spasm_measures(info, CHEEK, findings(4, events, **more))
    assert tuple(told) == SPASM_MEASURES
    return told


def three():
    """Spasms of 100, 200 and 400 ms in the cheek, and one of the eye alone."""
    return [
        spasm(burst(EYE, 990, 1100), burst(CHEEK, 1000, 1100)),
        spasm(burst(CHEEK, 20_000, 20_050), burst(CHEEK, 20_100, 20_200)),
        spasm(burst(CHEEK, 40_000, 40_400, mean=12.0, peak=30.0)),
        spasm(burst(EYE, 60_000, 60_100)),
    ]


def test_a_muscle_s_spasms_are_those_it_takes_part_in():
    told = of_cheek(*three())
    assert (told["n_spasms"], told["spasm_rate_per_min"], told["involved_pct"]) == (3, 1.8, 75.0)


def test_a_spasm_lasts_from_the_muscle_s_first_onset_to_its_last_offset():
    told = of_cheek(*three())
    low, middle, high, most = np.percentile([100, 200, 400], [25, 50, 75, 95])
    assert (told["spasm_dur_median_ms"], told["spasm_dur_iqr_ms"], told["spasm_dur_p95_ms"]) == (
        pytest.approx((middle, high - low, most))
    )
    alone = of_cheek(three()[0])
    assert (alone["spasm_dur_median_ms"], alone["spasm_dur_p95_ms"]) == (100, 100)
    assert alone["spasm_dur_iqr_ms"] is None


def test_time_and_burden_are_of_its_bursts_over_valid_time():
    told = of_cheek(*three())
    assert told["spasm_pct_time"] == pytest.approx(100 * (0.1 + 0.05 + 0.1 + 0.4) / 100)
    assert told["spasm_burden_uV"] == pytest.approx((5 * 0.25 + 10 * 0.4) / 100)
    assert told["spasm_peak_p95_uV"] == pytest.approx(np.percentile([10, 10, 10, 30], 95))


def test_of_a_burst_that_a_spasm_is_a_part_of_counts_what_lies_in_the_spasm():
    surges = replace(spasm(burst(CHEEK, 10_000, 13_000)), onset=11_000, offset=11_400)
    rides = spasm(burst(EYE, 30_100, 30_300), burst(CHEEK, 30_000, 30_200))
    told = of_cheek(surges, replace(rides, onset=30_100))
    assert told["spasm_pct_time"] == pytest.approx(100 * (0.4 + 0.1) / 100)
    assert told["spasm_burden_uV"] == pytest.approx(5 * (0.4 + 0.1) / 100)
    assert told["spasm_dur_median_ms"] == pytest.approx((400 + 100) / 2)


def test_amplitudes_of_another_unit_are_in_microvolts_and_of_no_voltage_missing():
    info = stream("OOC_L", "ZYG_L", "OOC_R", "ZYG_R", unit="mV")
    told = of_cheek(*three(), info=info)
    assert told["spasm_burden_uV"] == pytest.approx(1000 * (5 * 0.25 + 10 * 0.4) / 100)
    assert told["spasm_peak_p95_uV"] == pytest.approx(1000 * np.percentile([10, 10, 10, 30], 95))
    told = of_cheek(*three(), info=stream("OOC_L", "ZYG_L", "OOC_R", "ZYG_R", unit="count"))
    assert np.isnan([told["spasm_burden_uV"], told["spasm_peak_p95_uV"]]).all()
    assert told["n_spasms"] == 3


def test_copies_blinks_and_other_kinds_of_events_are_none_of_a_muscle_s_spasms():
    told = of_cheek(
        spasm(burst(EYE, 1000, 1100), copies=(burst(CHEEK, 1000, 1100),)),
        Event("blink", 5000, 5100, "B", bursts=(burst(CHEEK, 5000, 5100),)),
        Event("myokymia", 9000, 9100, "L", bursts=(burst(CHEEK, 9000, 9100),)),
    )
    assert (told["n_spasms"], told["spasm_pct_time"], told["spasm_burden_uV"]) == (0, 0.0, 0.0)
    assert told["involved_pct"] == 0.0
    assert (told["spasm_peak_p95_uV"], told["spasm_dur_median_ms"]) == (None, None)


def test_spasms_count_that_begin_in_valid_time_and_as_long_as_it_lasts():
    told = of_cheek(
        spasm(burst(CHEEK, 9_900, 10_300)),
        spasm(burst(CHEEK, 59_800, 60_200)),
        sought={CHEEK: [(10_000, 60_000)]},
    )
    assert (told["n_spasms"], told["spasm_rate_per_min"], told["involved_pct"]) == (1, 1.2, 100.0)
    assert told["spasm_pct_time"] == pytest.approx(100 * 0.2 / 50)
    assert told["spasm_burden_uV"] == pytest.approx(5 * 0.2 / 50)


def test_without_valid_time_nothing_is_told_of_a_muscle():
    told = of_cheek(*three(), sought={EYE: [], OTHER_EYE: []})
    assert set(told.values()) == {None}


def test_without_a_spasm_of_the_side_no_share_of_them_is_told():
    assert of_cheek()["involved_pct"] is None


def of_left(*events, valid=WHOLE, n_channels=4):
    return side_columns(INFO, "L", findings(n_channels, events), valid, 1000.0)


def test_a_side_counts_its_own_spasms_by_class():
    told = of_left(
        spasm(burst(EYE, 1000, 1100), label="grouped"),
        spasm(burst(EYE, 2000, 2100), label="grouped"),
        spasm(burst(EYE, 3000, 4000), label="tonic"),
        spasm(burst(EYE, 5000, 5100)),
        Event("blepharospasm", 6000, 6100, "B", bursts=(burst(EYE, 6000, 6100),)),
        spasm(burst(OTHER_EYE, 7000, 7100), side="R"),
        spasm(burst(EYE, 100_000, 100_100), label="combined"),
    )
    assert told["n_spasms"] == 4
    classes = ("isolated", "grouped", "tonic", "combined")
    assert [told[f"n_{name}"] for name in classes] == [1, 2, 1, 0]


def test_spasms_of_a_side_that_overlap_take_their_time_once():
    told = of_left(
        spasm(burst(EYE, 1000, 3000)), spasm(burst(EYE, 2000, 4000)),
        spasm(burst(EYE, 99_000, 102_000)),
    )  # fmt: skip
    assert told["spasm_pct_time"] == pytest.approx(100 * (3 + 1) / 100)


def test_a_side_has_spread_as_far_as_a_tenth_of_its_spasms_in_valid_time():
    here = [spasm(burst(EYE, 1000 * k, 1000 * k + 50), spread_stage=1) for k in range(1, 10)]
    told = of_left(*here, spasm(burst(EYE, 50_000, 50_100), spread_stage=3))
    assert told["spread_stage"] == 3
    told = of_left(*here, spasm(burst(EYE, 100_000, 100_100), spread_stage=3))
    assert told["spread_stage"] == 1


@pytest.mark.parametrize(("cheek_lost_from", "stage"), [(50_000, 1), (9500, 2)])
def test_a_side_has_spread_as_far_as_a_tenth_of_the_spasms_that_could_be_seen_to(
    cheek_lost_from, stage
):
    events = [
        spasm(burst(EYE, 1000 * k, 1000 * k + 50), spread_stage=2 if k == 1 else 1)
        for k in range(1, 21)
    ]
    found = findings(4, events, sought={CHEEK: [(0, cheek_lost_from)]})
    assert side_columns(INFO, "L", found, WHOLE, 1000.0)["spread_stage"] == stage


def test_spasms_in_rhythm_tell_their_frequency_and_how_regular_they_are():
    beats = [spasm(burst(EYE, 400 * k, 400 * k + 50)) for k in range(1, 100)]
    told = of_left(*beats)
    assert told["rhythm_hz"] == pytest.approx(2.5, abs=0.05)
    assert told["interval_cv"] == 0.0


def test_blinks_count_on_both_sides_and_none_of_another_kind():
    events = [Event("blink", 1000 * k, 1000 * k + 100, "B") for k in range(1, 11)]
    found = findings(4, [*events, spasm(burst(EYE, 500, 600))])
    told = side_columns(INFO, "B", found, np.array([[0, 150_000]]), 1000.0)
    assert told["blink_rate_per_min"] == 4.0
    assert told["blink_ci_lo"] <= 4.0 <= told["blink_ci_hi"]
    assert set(told) == {"side", "valid_s", "blink_rate_per_min", "blink_ci_lo", "blink_ci_hi"}


def test_tasks_have_rows_of_their_own_after_those_of_the_recording():
    marked = (
        Marker(0, 30_000, "rest_open", 1), Marker(30_000, 33_000, "smile", 1),
        Marker(40_000, 60_000, "speech", 1), Marker(60_000, 80_000, "rest_open", 2),
    )  # fmt: skip
    found = findings(4, three(), marked=marked)
    rows = list(side_rows(INFO, found, "rest"))
    assert [(row["task"], row["side"], row["valid_s"]) for row in rows] == [
        (task, side, seconds)
        for task, seconds in (("rest", 100.0), ("rest_open", 50.0), ("speech", 20.0))
        for side in "LRB"
    ]
    assert [row["n_spasms"] for row in rows if row["side"] == "L"] == [4, 3, 1]
    assert task_blocks(marked, "speech") == {"rest_open": [(0, 30_000), (60_000, 80_000)]}
