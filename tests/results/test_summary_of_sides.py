"""What the summary says of a side: intervals, change, brow and rhythm, against the events table."""

import numpy as np
import pytest

import emgspasm as es
from emgspasm.results.findings import Findings, event_rows, part_rows
from emgspasm.results.tabulation.blocks import rest_counts
from emgspasm.results.tabulation.summary import side_rows
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Annotation, Event
from emgspasm.synkinesis.markers import Marker
from emgspasm.synkinesis.measures.intervals import wilson
from support.findings import burst, findings, spasm, stream


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("s") / "x.bdf"
    sim = es.simulate("hfs_clonic", duration=150, seed=81)
    with BdfWriter(path, sim.info) as writer:
        for chunk in sim:
            writer.write(chunk)
        writer.annotate(Annotation(5.0, 65.0, "rest_open"))
        writer.annotate(Annotation(80.0, 65.0, "rest_post"))
    return es.analyze_recording(path)


@pytest.fixture(scope="module")
def sides(results):
    whole = results.summary[results.summary["channel"].isna() & results.summary["task"].isna()]
    return whole.set_index("side")


@pytest.fixture(scope="module")
def spasms(results):
    return results.events.query("trial_type == 'spasm' and side == 'L'")


def test_the_change_is_that_of_the_two_rest_blocks(sides, spasms):
    onsets = spasms["onset"].to_numpy()
    first, last = (60 * np.sum((onsets >= a) & (onsets < a + 65)) / 65 for a in (5, 80))
    counting = np.sqrt((first + last) * 60 / 65)
    most = max(abs(last - first), counting)
    assert sides.loc["L", "rate_mdc_per_min"] == pytest.approx(1.96 * most, abs=0.01)


def test_the_change_is_missing_without_a_spasm_in_the_rest_blocks(sides, results):
    assert np.isnan(sides.loc["R", "rate_mdc_per_min"])
    told = {item["measure"]: item["reason"] for item in results.provenance["withheld"]}
    assert told["rate_mdc_per_min of spasms of the right side"] == "none in the two rest blocks"


def test_the_intervals_of_a_side_vary_as_its_spasms_do(sides, spasms):
    gaps = np.diff(spasms["onset"].to_numpy())
    assert len(gaps) >= 19
    assert sides.loc["L", "interval_cv"] == pytest.approx(gaps.std() / gaps.mean(), rel=0.05)
    assert np.isnan(sides.loc["R", "interval_cv"])


def test_the_brow_s_share_lies_in_wilson_s_interval_and_is_missing_without_spasms(sides, results):
    row = sides.loc["L"]
    [told] = [x for x in results.provenance["brow_lift"] if x["side"] == "L"]
    assert row["brow_lift_pct"] == pytest.approx(100 * told["joined"] / told["spasms"], abs=0.01)
    low, high = wilson(told["joined"], told["spasms"])
    assert (row["brow_lift_ci_lo"], row["brow_lift_ci_hi"]) == pytest.approx(
        (100 * low, 100 * high), abs=0.01
    )
    assert row["brow_lift_pct"] > 50  # clinical facts 2 [lit]: 68-86 % of hemifacial spasm
    assert np.isnan(sides.loc["R", "brow_lift_pct"])


def test_the_blink_rate_lies_in_its_interval(sides):
    row = sides.loc["B"]
    assert 0 < row["blink_ci_lo"] < row["blink_rate_per_min"] < row["blink_ci_hi"]


def test_no_burst_is_counted_for_two_spasms(results):
    linked = results.events[results.events["trial_type"] == "burst"].dropna(subset=["spasm_id"])
    assert not linked.duplicated(["channel", "onset"]).any()


def rested(blocks, spasms=((12, 13), (100, 101))):
    """Counts and minutes of blocks of rest, in seconds, of a recording of 200 s of 1000 Hz."""
    events = [
        Event("spasm", 1000 * a, 1000 * b, "L", "isolated", (), (), 1.0, 5.0, 2, False)
        for a, b in spasms
    ]
    marked = tuple(
        Marker(1000 * a, 1000 * b, "rest_open", i) for i, (a, b) in enumerate(blocks, start=1)
    )
    nothing, valid = np.empty(0), np.array([[0, 200_000]])
    found = Findings(
        nothing,
        event_rows(events),
        part_rows(events, 0),
        nothing,
        nothing,
        nothing,
        {},
        marked,
        {},
        1000.0,
    )
    return rest_counts("L", found, valid, 1000.0)


def test_a_block_of_rest_of_some_seconds_tells_no_rate_to_compare():
    assert rested([(10, 70), (80, 140)]) == [(1, 1.0), (1, 1.0)]
    assert rested([(10, 70), (80, 140), (198, 258)]) == [(1, 1.0), (1, 1.0)]  # the end comes at 200
    assert rested([(10, 70), (90, 105)]) == [(1, 1.0), (1, 0.25)]
    assert rested([(10, 70), (91, 105)]) == [(1, 1.0)]


def test_rest_that_two_blocks_hold_is_compared_with_no_part_of_itself():
    assert rested([(10, 70), (30, 140)]) == [(1, 1.0), (1, 70 / 60)]
    assert rested([(10, 70), (10, 70)]) == [(1, 1.0)]


def change_of(onsets, *blocks):
    """Detectable change of the rate of the left side, between blocks of rest in milliseconds."""
    rests = tuple(Marker(a, b, "rest_open", i) for i, (a, b) in enumerate(blocks, start=1))
    told = findings(4, [spasm(burst(0, k, k + 100)) for k in onsets], marked=rests, end=400_000)
    rows = side_rows(stream("OOC_L", "ZYG_L", "OOC_R", "ZYG_R"), told, None)
    return next(row["rate_mdc_per_min"] for row in rows if row["side"] == "L")


def test_where_spasms_come_in_bouts_a_larger_change_is_detectable():
    rests = (0, 180_000), (200_000, 380_000)
    steady = [10_000 * k for k in (*range(1, 18), *range(21, 38))]
    bouts = [a + 1000 * k for a in (40_000, 300_000) for k in range(17)]
    assert change_of(steady, *rests) == pytest.approx(1.96 * np.sqrt(2 * 17) / 3, abs=0.01)
    assert change_of(bouts, *rests) > 2 * change_of(steady, *rests)


def test_a_change_is_one_from_the_first_to_the_last_block_of_rest():
    first, last = (0, 90_000), (300_000, 390_000)
    onsets = [*range(20_000, 30_000, 1000), *range(110_000, 280_000, 700), 301_000, 330_000]
    told = change_of(onsets, first, (100_000, 190_000), (200_000, 290_000), last)
    assert told == change_of(onsets, first, last)
    assert told != change_of(onsets, first, (100_000, 190_000))
    assert change_of(onsets, first) is None
