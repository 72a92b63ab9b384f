"""Numbers per valid time, where channels are lost: n/a where nothing was looked for, never zero."""

import numpy as np
import pytest

import emgspasm as es
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Annotation, Chunk, StreamInfo

SECONDS, FS, RAIL = 150, 1000, 187_500.0
LOST = slice(40 * FS, 110 * FS)
EYES, LEFT, LEFT_EYE_AND_BROW = [0, 4], [0, 1, 2, 3], [0, 3]


@pytest.fixture(scope="module")
def face():
    sim = es.simulate("hfs_clonic", duration=SECONDS, seed=5)
    samples = np.concatenate([chunk.samples for chunk in sim])
    assert sim.info.names[:5] == ("OOC_L", "ZYG_L", "OOR_L", "FRO_L", "OOC_R")
    return sim.info, samples


@pytest.fixture(scope="module")
def analyzed(face, tmp_path_factory):
    """Results of the face with `columns` of it, `lost` of them railed; told once for each."""
    folder, known = tmp_path_factory.mktemp("valid"), {}

    def analyzed(name, lost=(), stretch=LOST, columns=range(8), gap=False, notes=()):
        if name not in known:
            info, samples = face
            samples = samples.copy()
            samples[stretch, list(lost)] = RAIL
            here = StreamInfo(info.sampling_frequency, tuple(info.channels[c] for c in columns))
            pieces = (slice(0, LOST.start), slice(LOST.stop, None)) if gap else (slice(0, None),)
            with BdfWriter(folder / f"{name}.bdf", here) as writer:
                for piece in pieces:
                    writer.write(Chunk(piece.start, samples[piece][:, list(columns)].copy()))
                for note in notes:
                    writer.annotate(Annotation(*note))
            known[name] = es.analyze_recording(folder / f"{name}.bdf")
        return known[name]

    return analyzed


def side(results, letter, task=None):
    summary = results.summary
    rows = summary[summary["channel"].isna() & (summary["side"] == letter)]
    [row] = rows[rows["task"].isna() if task is None else rows["task"] == task].iloc
    return row


def channel(results, name):
    return results.summary.set_index("channel").loc[name]


def reasons(results):
    return {item["measure"]: item["reason"] for item in results.provenance["withheld"]}


def missing(row):
    return {name for name in row.index if row.isna()[name]}


SPASMS = {"n_spasms", "spasm_rate_per_min", "rate_ci_lo", "rate_ci_hi", "spasm_pct_time",
          "n_isolated", "n_grouped", "n_tonic", "n_combined"}  # fmt: skip
BLINKS = {"blink_rate_per_min", "blink_ci_lo", "blink_ci_hi"}


def test_time_in_which_all_channels_are_clipped_is_as_invalid_as_a_gap(analyzed):
    clipped, gap = analyzed("clipped", range(8)), analyzed("gap", gap=True)
    for letter in "LRB":
        assert side(clipped, letter)["valid_s"] == pytest.approx(80 - 2 * 2.952, abs=0.01)
        assert side(clipped, letter)["valid_s"] == side(gap, letter)["valid_s"]
    assert side(clipped, "L")["n_spasms"] > 0
    for name in ("n_spasms", "spasm_rate_per_min", "spasm_pct_time"):
        assert side(clipped, "L")[name] == pytest.approx(side(gap, "L")[name])


def test_a_rate_is_that_of_the_spasms_and_of_the_valid_time_of_its_row(analyzed):
    results = analyzed("clipped", range(8))
    for row in (side(results, "L"), channel(results, "OOC_L"), channel(results, "ZYG_L")):
        rate = 60 * row["n_spasms"] / row["valid_s"]
        assert row["spasm_rate_per_min"] == pytest.approx(rate, abs=1e-3)


def test_a_spasm_that_begins_before_valid_time_counts_nowhere(analyzed):
    whole = analyzed("whole").events
    spasms = whole[(whole["trial_type"] == "spasm") & (whole["onset"] > 10)]
    longest = spasms.loc[spasms["duration"].idxmax()]
    settled = longest["onset"] + longest["duration"] / 2
    railed = slice(5 * FS, round((settled - 2.952) * FS))
    results = analyzed("railed before a spasm", range(8), railed)
    events, eye = results.events, channel(results, "OOC_L")
    events = events[events["onset"] > 5]
    (_, (begin, _)) = results.provenance["channels_valid_s"]["OOC_L"]
    early = set(events[(events["trial_type"] == "spasm") & (events["onset"] < begin)]["event_id"])
    late = events[(events["channel"] == "OOC_L") & (events["onset"] >= begin)]
    assert early & set(late["spasm_id"])  # it goes on in valid time
    own = late[late["spasm_id"].notna() & ~late["spasm_id"].isin(early)]
    spasm = events.set_index("event_id").loc[own["spasm_id"]].query("trial_type == 'spasm'")
    first, last = spasm["onset"].to_numpy(), (spasm["onset"] + spasm["duration"]).to_numpy()
    onset = np.maximum(own["onset"], first)  # what hangs on a blink begins and ends with it
    share = 100 * (np.minimum(own["onset"] + own["duration"], last) - onset).sum() / eye["valid_s"]
    assert eye["spasm_pct_time"] == pytest.approx(share, abs=1e-3)
    [lift] = [told for told in results.provenance["brow_lift"] if told["side"] == "L"]
    assert lift["spasms"] == eye["n_spasms"]


def test_the_valid_time_of_a_channel_is_its_own_and_that_of_a_side_any_eye_s_or_brow_s(analyzed):
    results = analyzed("eye", [0])
    assert channel(results, "OOC_L")["valid_s"] == pytest.approx(80 - 2 * 2.952, abs=0.01)
    assert side(results, "L")["valid_s"] == channel(results, "FRO_L")["valid_s"]
    assert side(results, "L")["valid_s"] == side(results, "R")["valid_s"]


def test_blinks_are_told_while_both_eyes_are(analyzed):
    results = analyzed("eye", [0])
    assert side(results, "B")["valid_s"] == channel(results, "OOC_L")["valid_s"]


def test_where_eye_and_brow_are_lost_a_muscle_s_spasms_are_not_told_either(analyzed):
    results = analyzed("eye and brow", LEFT_EYE_AND_BROW)
    cheek, own = channel(results, "ZYG_L"), side(results, "L")
    assert cheek["valid_s"] == pytest.approx(SECONDS - 2.952, abs=0.01)
    assert cheek["n_spasms"] > 0
    rate = 60 * cheek["n_spasms"] / own["valid_s"]
    assert cheek["spasm_rate_per_min"] == pytest.approx(rate, abs=1e-3)


def test_a_side_that_is_clipped_throughout_has_no_numbers_but_a_reason(analyzed):
    results = analyzed("left clipped", LEFT, slice(None))
    assert side(results, "L")["valid_s"] == 0.0
    assert missing(side(results, "L")) >= SPASMS
    assert reasons(results)["spasms of the left side"] == (
        "bursts could not be sought in its eye or brow and a muscle of both sides at once"
    )


def test_a_side_that_is_not_recorded_has_no_numbers_and_nor_have_blinks(analyzed):
    results = analyzed("left only", columns=LEFT)
    assert missing(side(results, "R")) >= SPASMS
    assert missing(side(results, "B")) >= BLINKS
    assert reasons(results)["blinks"] == "bursts could not be sought in both eyes at once"


def test_while_the_other_side_is_lost_nobody_knows_which_side_a_burst_is_of(analyzed):
    results = analyzed("right clipped", [4, 5, 6, 7])
    for letter in "LR":
        assert side(results, letter)["valid_s"] == pytest.approx(80 - 2 * 2.952, abs=0.01)
    only = analyzed("left only", columns=LEFT)
    assert missing(side(only, "L")) >= SPASMS


def test_a_muscle_of_both_sides_is_enough_to_know_the_side(analyzed):
    results = analyzed("cheek of the right", columns=[0, 1, 5])
    assert side(results, "L")["valid_s"] == pytest.approx(SECONDS - 2.952, abs=0.01)
    assert side(results, "L")["n_spasms"] > 0


def test_without_eye_and_brow_no_spasm_is_told_of_a_side_or_a_muscle(analyzed):
    results = analyzed("no eyes", columns=[1, 2, 5, 6])
    assert missing(side(results, "L")) >= SPASMS
    assert missing(channel(results, "ZYG_L")) >= {"n_spasms", "spasm_rate_per_min"}
    assert channel(results, "ZYG_L")["n_bursts"] > 0


def test_a_task_without_valid_time_has_no_numbers_but_a_reason(analyzed):
    results = analyzed("task", LEFT_EYE_AND_BROW, notes=[(45.0, 60.0, "rest_open")])
    assert missing(side(results, "L", "rest_open")) >= SPASMS
    assert side(results, "R", "rest_open")["valid_s"] == pytest.approx(60.0, abs=0.01)
    assert "spasms of the left side in rest_open" in reasons(results)
    assert "spasms of the right side in rest_open" not in reasons(results)


def test_valid_time_is_stored_a_channel_each_and_of_the_face(analyzed):
    told = analyzed("eye", [0]).provenance
    (_, b), (c, d) = told["channels_valid_s"]["OOC_L"]
    assert (b, c - b, d) == pytest.approx((40, 70 + 2.952, 150), abs=0.01)
    [whole] = told["channels_valid_s"]["FRO_L"]
    assert told["valid_s"] == [whole]
    assert whole == pytest.approx([2.952, 150], abs=0.01)


def test_blocks_of_a_task_that_overlap_count_once(analyzed):
    notes = [(10.0, 60.0, "rest_open"), (40.0, 60.0, "rest_open")]
    results = analyzed("overlapping", notes=notes)
    assert side(results, "L", "rest_open")["valid_s"] == pytest.approx(90.0)


def test_a_marker_of_the_recording_s_own_task_leaves_its_row_the_whole_recording_s(analyzed):
    results = analyzed("sub-01_task-rest_emg", notes=[(0.0, 60.0, "rest")])
    row = side(results, "L", "rest")
    assert row["valid_s"] == pytest.approx(SECONDS - 2.952, abs=0.01)


def test_a_result_says_for_how_long_one_eye_alone_was_seen(analyzed):
    (told,) = (w for w in analyzed("eye", [0]).provenance["warnings"] if "was not seen" in w)
    assert told.startswith("the left eye was not seen for 73 s in which spasms of the right side")
    for both in (analyzed("clipped", range(8)), analyzed("whole")):
        assert "was not seen" not in " ".join(both.provenance["warnings"])
