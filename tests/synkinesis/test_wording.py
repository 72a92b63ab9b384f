"""Events of readings: what follows from these, and the words in which they are explained."""

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.stream import Burst
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.spasms import on_cue
from emgspasm.synkinesis.events.wording import event, reasons, remarked
from emgspasm.synkinesis.markers import Marker, Schedule
from emgspasm.synkinesis.readings.reading import Site
from support.readings import FS, reading


def twitch(*labels, onset=1000, **kind):
    """Muscles of the left side that begin 4 ms after each other."""
    bursts = tuple(reading(f"{m}_L", onset + 4 * k, onset + 80) for k, m in enumerate(labels))
    return Act("twitch", "L", bursts, together=len(labels), **kind)


def explained(*part, li=(0.8, 2.2), fs=FS):
    muscles = {r.site.muscle for act in part for r in act.readings}
    return "; ".join(reasons(part, li, muscles, Rules(), fs))


EYE = twitch("OOC")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ([EYE], "OOC alone"),
        ([twitch("FRO"), EYE], "FRO+OOC alone"),
        ([twitch("FRO", "OOC")], "2 muscles within 4 ms"),
        ([EYE, twitch("OOC", "FRO", "OOR"), EYE], "3 muscles within 8 ms; lower face active"),
        ([twitch("OOC", "ZYG")], "2 muscles within 4 ms; lower face active"),
        ([EYE, twitch("OOC", on_blink=True)], "OOC alone; rides on a blink"),
    ],
    ids=["eye", "neighbours", "brow", "the most of its acts", "cheek", "blink"],
)
def test_the_reason_of_a_spasm_says_what_proves_it_and_no_more(part, reason):
    assert explained(*part) == f"one side, LI 0.80; {reason}"


def test_a_reason_tells_no_laterality_where_none_is_known():
    assert explained(EYE, li=(np.nan, np.nan)) == "one side; OOC alone"


def test_a_movement_on_cue_tells_no_laterality_where_none_is_known():
    wink = event("spasm", "L", "isolated", [reading("OOC_L", 1000, 1200)], 1000, 1200, Schedule(),
                 FS, "")  # fmt: skip
    asked = Schedule([Marker(900, 3900, "wink", 1)])
    told = on_cue(replace(wink, li=np.nan), asked, FS, unseen=frozenset())
    assert told.reason == "one side; a marker asks for wink"


@pytest.mark.parametrize(("fs", "lag"), [(500.0, "within 8 ms"), (250.0, "together")])
def test_a_reason_tells_a_lag_where_the_sampling_rate_allows_one(fs, lag):
    assert explained(twitch("OOC", "FRO"), fs=fs) == f"one side, LI 0.80; 2 muscles {lag}"


def test_a_reason_tells_no_lag_of_a_muscle_that_was_recorded_at_a_lower_rate():
    eye, brow = twitch("OOC", "FRO").readings
    slower = replace(brow, site=Site(3, "L", "FRO", 7, frequency=250.0))
    act = Act("twitch", "L", (eye, slower), together=2)
    assert explained(act) == "one side, LI 0.80; 2 muscles together"


def test_the_lag_of_muscles_that_begin_together_is_between_two_of_them():
    act = Act("twitch", "L", (  # in whatever order they come
        reading("FRO_L", 1012, 1080), reading("OOC_L", 1000, 1010), reading("OOC_L", 1022, 1080),
    ), together=2)  # fmt: skip
    assert explained(act).endswith("2 muscles within 12 ms")


def told(trial_type, side, *readings, **kind):
    return event(trial_type, side, "", readings, 1000, 1100, Schedule(), FS, "", **kind)


@pytest.mark.parametrize(
    ("trial_type", "side", "labels", "li"),
    [("spasm", "R", ["OOC_R"], 0.5), ("blink", "B", ["OOC_L", "OOC_R"], -0.5)],
)
def test_the_index_of_one_side_is_of_that_side_and_that_of_both_of_the_left(
    trial_type, side, labels, li
):
    strong = {"OOC_R": reading("OOC_R", 1000, 1100, li=0.5, amplitude=30.0)}
    weak = {"OOC_L": reading("OOC_L", 1000, 1100, li=-0.5, amplitude=10.0)}
    found = told(trial_type, side, *((strong | weak)[label] for label in labels))
    assert found.li == pytest.approx(li)
    assert found.log_ratio == pytest.approx(np.copysign(np.log(3), li))


def test_the_balance_of_both_sides_is_of_the_energy_of_all_bursts_of_a_muscle():
    brief = reading("OOC_L", 1000, 1100, amplitude=30.0, opposite=10.0)
    long = reading("OOC_L", 1200, 1500, amplitude=10.0, opposite=10.0)
    left = np.sqrt((100 * 30.0**2 + 300 * 10.0**2) / 400)
    assert told("blink", "B", brief, long).li == pytest.approx((left - 10.0) / (left + 10.0))


def test_the_bursts_of_an_event_are_in_order_of_onset_and_channel():
    bursts = told("spasm", "L", *(reading(f"{m}_L", t, 1100) for m, t in (
        ("FRO", 1000), ("OOR", 1010), ("OOC", 1000), ("ZYG", 990),
    ))).bursts  # fmt: skip
    assert [(b.onset, b.channel) for b in bursts] == [(990, 1), (1000, 0), (1000, 3), (1010, 2)]


@pytest.mark.parametrize(("trial_type", "stage"), [("spasm", 3), ("voluntary", 0)])
def test_a_spasm_alone_has_a_stage_and_none_rides_on_a_blink_unless_it_is_said(trial_type, stage):
    found = told(trial_type, "L", reading("OOC_L", 1000, 1100), reading("OOR_L", 1000, 1100))
    assert (found.spread_stage, found.blink_coincident) == (stage, False)


@pytest.mark.parametrize(
    ("qualities", "worst"),
    [("good good", "good"), ("good settling", "settling"), ("settling cut good", "cut")],
)
def test_an_event_is_as_good_as_the_worst_of_its_bursts(qualities, worst):
    bursts = [
        reading("OOC_L", 1000 + k, 1100, burst=Burst(0, 1000 + k, 1100, 9.0, 9.0, 2.0, quality))
        for k, quality in enumerate(qualities.split())
    ]
    assert told("spasm", "L", *bursts).quality == worst


@pytest.mark.parametrize(
    ("marker", "task", "trial"),
    [
        (Marker(0, 2000, "smile", 4), "smile", 4),
        (Marker(0, 2000, "rest_open", 2), "rest_open", 0),
        (Marker(5000, 9000, "smile", 1), "", 0),
    ],
    ids=["trial", "block", "later"],
)
def test_an_event_is_of_the_trial_or_the_block_under_way_whenever_its_marker_comes(
    marker, task, trial
):
    marked, eye = Schedule([marker]), reading("OOC_L", 1000, 1100)
    found = event("spasm", "L", "", [eye], 1000, 1100, marked, FS, "")
    assert (found.task, found.trial) == (task, trial)
    assert remarked(told("spasm", "L", eye), marked, FS) == found
