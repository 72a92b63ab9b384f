"""The events table, of findings made by hand: which cell says what of events and of bursts."""

import numpy as np
import pytest

from emgspasm.results.tabulation.events import events_table
from emgspasm.stream import Burst, Event
from emgspasm.synkinesis.markers import Marker
from support.findings import burst, findings, spasm, stream

INFO = stream("OOC_L", "ZYG_L", "OOC_R", "MEN")
EYE, CHEEK, OTHER_EYE, CHIN = 0, 1, 2, 3


def table(*events, info=INFO, most=None, origin=None, **more):
    return events_table(info, findings(4, events, **more), most or {}, origin or {})


def bursts(*events, **more):
    told = table(*events, **more)
    return told[told["trial_type"] == "burst"]


def whole(frame):
    """Rows as lists, None where a cell is missing."""
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


def test_rows_stand_by_onset_then_the_longest_then_events_before_bursts_by_name():
    event = spasm(burst(EYE, 1000, 1200), burst(CHEEK, 1000, 1300), burst(OTHER_EYE, 1000, 1200))
    told = table(event, alone=[burst(CHIN, 900, 950)])
    assert whole(told[["onset", "trial_type", "channel"]]) == [
        [0.9, "burst", "MEN"],
        [1.0, "spasm", None],
        [1.0, "burst", "ZYG_L"],
        [1.0, "burst", "OOC_L"],
        [1.0, "burst", "OOC_R"],
    ]


def test_events_are_numbered_by_onset_and_then_the_longest_first():
    told = table(
        spasm(burst(EYE, 5000, 5100)),
        spasm(burst(CHEEK, 1000, 1100)),
        Event("blink", 1000, 1200, "B", bursts=(burst(OTHER_EYE, 1000, 1200),)),
    )
    events = told[told["trial_type"] != "burst"]
    assert whole(events[["event_id", "trial_type", "onset", "spasm_id"]]) == [
        ["E0001", "blink", 1.0, None],
        ["E0002", "spasm", 1.0, "E0002"],
        ["E0003", "spasm", 5.0, "E0003"],
    ]


def test_a_burst_has_the_numbers_of_its_event_and_alone_it_has_none():
    told = bursts(
        Event("blink", 1000, 1200, "B", bursts=(burst(EYE, 1000, 1200),)),
        spasm(burst(EYE, 2000, 2100)),
        alone=[burst(CHEEK, 3000, 3100)],
    )
    assert whole(told[["event_id", "spasm_id"]]) == [
        ["E0001", None],
        ["E0002", "E0002"],
        [None, None],
    ]


def test_a_burst_of_a_blink_and_of_the_spasm_on_it_is_the_spasm_s():
    shared = burst(EYE, 1000, 1400)
    events = [
        spasm(shared, burst(CHEEK, 1100, 1400)),
        Event("blink", 1000, 1400, "B", bursts=(shared, burst(OTHER_EYE, 1000, 1100))),
    ]
    for order in (events, events[::-1]):
        told = table(*order).query("channel == 'OOC_L'")
        assert len(told) == 1
        assert told["spasm_id"].tolist() == told["event_id"].tolist()
        assert told["spasm_id"].notna().all()


def test_times_and_amplitudes_of_a_burst():
    told = bursts(alone=[Burst(EYE, 1234, 1484, 30.0, 12.0, 4.0)]).iloc[0]
    assert (told["onset"], told["duration"]) == (1.234, 0.25)
    assert (told["peak_uV"], told["mean_uV"], told["burden_uVs"]) == (30.0, 12.0, 8.0 * 0.25)
    assert (told["side"], told["muscle"], told["muscles"], told["n_muscles"]) == (
        "L", "OOC", "OOC", 1,
    )  # fmt: skip


def test_a_burst_under_its_noise_has_no_negative_burden():
    assert bursts(alone=[Burst(EYE, 1000, 1100, 5.0, 3.0, 4.0)])["burden_uVs"].tolist() == [0.0]


@pytest.mark.parametrize(("unit", "scale"), [("mV", 1000.0), ("count", np.nan)])
def test_amplitudes_are_in_microvolts_or_missing(unit, scale):
    info = stream("OOC_L", "ZYG_L", "OOC_R", "MEN", unit=unit)
    told = bursts(alone=[Burst(EYE, 1000, 1100, 3.0, 2.0, 1.0)], info=info, most={EYE: 8.0})
    cells = told[["peak_uV", "mean_uV", "burden_uVs"]].to_numpy(float)[0]
    assert cells == pytest.approx(scale * np.array([3.0, 2.0, 0.1]), nan_ok=True)
    assert told["pct_mvc"].tolist() == [25.0]  # of the maximum in the same unit


def test_a_share_of_the_maximum_is_told_where_there_is_one():
    told = bursts(alone=[burst(EYE, 1000, 1100), burst(CHEEK, 1000, 1100)], most={CHEEK: 28.0})
    assert whole(told[["channel", "pct_mvc"]]) == [["OOC_L", None], ["ZYG_L", 25.0]]


def test_a_muscle_of_the_midline_has_no_side():
    assert bursts(alone=[burst(CHIN, 1000, 1100)])["side"].isna().all()


def test_what_only_events_say_stands_in_their_rows():
    event = spasm(
        burst(EYE, 1000, 1100), burst(CHEEK, 1000, 1150), li=0.87654, log_ratio=-1.23456,
        spread_stage=2, blink_coincident=True, label="grouped", reason="one side",
    )  # fmt: skip
    told = table(event)
    names = ["class", "li", "log_ratio", "spread_stage", "blink_coincident", "reason"]
    assert whole(told[names]) == [
        ["grouped", 0.8765, -1.2346, 2, True, "one side"],
        [None] * 6,
        [None] * 6,
    ]
    assert whole(told[["muscles", "n_muscles", "crosstalk_flag", "side"]])[0] == [
        "OOC+ZYG", 2, "no", "L",
    ]  # fmt: skip


def test_the_stage_and_the_blink_are_a_spasm_s_alone():
    told = table(Event("voluntary", 1000, 2000, "B", label="smile", spread_stage=2)).iloc[0]
    assert told["class"] == "smile"
    assert told.isna()[
        ["spread_stage", "blink_coincident", "spasm_id", "crosstalk_flag", "li"]
    ].all()


def test_a_copy_is_none_of_its_event_s_muscles_and_is_flagged():
    event = spasm(burst(EYE, 1000, 1100), copies=(burst(CHEEK, 1001, 1100),))
    told = table(event)
    assert whole(told[["trial_type", "muscles", "n_muscles", "crosstalk_flag"]]) == [
        ["spasm", "OOC", 1, "no"],
        ["burst", "OOC", 1, "no"],
        ["burst", "ZYG", 1, "yes"],
    ]


def test_a_copy_of_no_event_is_flagged_too_and_below_1000_hz_only_possible():
    alone = [burst(EYE, 1000, 1100), burst(CHEEK, 1000, 1100)]
    readings = [(EYE, 1000, False, -1), (CHEEK, 1000, True, 0)]
    assert bursts(alone=alone, read=readings)["crosstalk_flag"].tolist() == ["no", "yes"]
    slow = stream("OOC_L", "ZYG_L", "OOC_R", "MEN", fs=999.0)
    assert whole(bursts(alone=alone, read=readings, info=slow)[["crosstalk_flag"]]) == [
        [None],
        ["possible"],
    ]


def test_lags_are_told_from_500_hz_on():
    event = spasm(burst(EYE, 1000, 1100), burst(CHEEK, 1010, 1100))
    for fs, lags in ((500.0, [[0.0], [20.0]]), (499.0, [[None], [None]])):
        info = stream("OOC_L", "ZYG_L", "OOC_R", "MEN", fs=fs)
        assert whole(bursts(event, info=info)[["onset_lag_ms"]]) == lags


def test_an_event_has_its_own_task_and_trial_or_the_recording_s_task():
    told = table(
        Event("voluntary", 1000, 2000, "B", label="smile", task="smile", trial=2),
        Event("blink", 3000, 3100, "B"),
        origin={"task": "rest"},
    )
    assert whole(told[["task", "trial"]]) == [["smile", 2], ["rest", None]]


def test_a_burst_takes_the_task_of_its_event_before_that_of_its_own_time():
    event = Event(
        "voluntary", 900, 2000, "B", bursts=(burst(EYE, 2500, 2600),), label="smile", task="smile",
        trial=2,
    )  # fmt: skip
    marked = (Marker(2400, 9000, "speech", 1),)
    told = bursts(event, alone=[burst(CHEEK, 2500, 2600)], marked=marked)
    assert whole(told[["channel", "task", "trial"]]) == [
        ["OOC_L", "smile", 2],
        ["ZYG_L", "speech", None],
    ]


def test_a_burst_alone_is_of_a_movement_up_to_a_second_after_its_cue():
    marked = (Marker(1000, 4000, "smile", 3), Marker(0, 90_000, "rest_open", 1))
    alone = [burst(EYE, t, t + 10) for t in (980, 995, 4990, 5000)]
    told = bursts(alone=alone, marked=marked)
    assert whole(told[["task", "trial"]]) == [
        ["rest_open", None],
        ["smile", 3],
        ["smile", 3],
        ["rest_open", None],
    ]


def test_every_row_says_what_it_comes_from():
    origin = {"task": "rest", "source": "detector", "status": "auto", "config_sha": "0123"}
    told = table(spasm(burst(EYE, 1000, 1100)), origin=origin)
    assert (
        whole(told[["source", "status", "config_sha", "task"]])
        == [["detector", "auto", "0123", "rest"]] * 2
    )


def test_the_quality_of_a_row_is_its_own():
    event = spasm(burst(EYE, 1000, 1100)._replace(quality="settling"), quality="settling")
    told = table(event, alone=[burst(CHEEK, 2000, 2100)._replace(quality="cut")])
    assert told["quality"].tolist() == ["settling", "settling", "cut"]
