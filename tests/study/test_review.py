"""An expert decides about events: the detector's table stays, and numbers follow."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pandas as pd
import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.report.course.gathering import course
from emgspasm.report.stored import read_results
from emgspasm.results.decisions import CLASSES, Decision, decisions_of_copy, relabelling
from emgspasm.results.group.results import group_results
from emgspasm.results.review import write_review
from emgspasm.results.stored import read_result
from emgspasm.results.tabulation.summary import SPASM_MEASURES
from emgspasm.storage.derivatives.names import beside
from emgspasm.storage.derivatives.reviews import reviewed_path
from emgspasm.storage.tables import hed
from emgspasm.storage.tables.tsv import read_table, write_table


@pytest.fixture
def events(own_course):
    (path,) = own_course.path.rglob("*ses-base*_desc-bursts_events.tsv")
    return path


def names(path, kind):
    frame = read_table(path)
    return list(frame[frame.trial_type == kind].event_id)


def side_row(path, side):
    summary = read_table(beside(path, "summary"))
    rows = summary[summary.channel.isna() & (summary.side == side) & (summary.task == "rest")]
    return rows.iloc[0]


def test_a_review_that_accepts_all_changes_no_number(events):
    every = [n for k in ("spasm", "blink", "voluntary", "artifact") for n in names(events, k)]
    path, _ = write_review(events, [Decision(name, "accepted") for name in every], "R1")
    before, after = (read_table(beside(each, "summary")) for each in (events, path))
    pd.testing.assert_frame_equal(before, after, rtol=1e-3, atol=1e-3)


def test_rejected_spasms_do_not_count_and_the_original_stays(events):
    original = events.read_bytes()
    spasm = names(events, "spasm")[3]  # the first may begin while the filters settle
    n_before = side_row(events, "L").n_spasms
    path, frame = write_review(events, [Decision(spasm, "rejected")], "R1")
    assert events.read_bytes() == original
    assert path.name.endswith("_desc-reviewed_events.tsv")
    row = frame[(frame.event_id == spasm) & (frame.trial_type == "spasm")].iloc[0]
    assert (row.status, row.rater) == ("rejected", "R1")
    assert row.reviewed.endswith("Z")
    assert side_row(path, "L").n_spasms == n_before - 1


def test_rejecting_every_spasm_takes_all_that_follows_from_spasms_and_nothing_else(events):
    rejected = [Decision(name, "rejected") for name in names(events, "spasm")]
    path, _ = write_review(events, rejected, "R1")
    before, after = (read_table(beside(each, "summary")) for each in (events, path))
    channels = before.channel.notna()
    changed = [c for c in before if not before[channels][c].equals(after[channels][c])]
    assert set(changed) == set(SPASM_MEASURES)
    assert (after[channels].n_spasms == 0).all()


def test_a_blink_called_a_spasm_was_detected_as_a_blink_without_a_class(events):
    blink = names(events, "blink")[0]
    _, frame = write_review(events, [relabelling(f"{blink}=spasm:isolated")], "R1")
    row = frame[(frame.event_id == blink) & (frame.trial_type == "spasm")].iloc[0]
    assert row.detected_as == "blink"


def test_a_spasm_called_a_blink_counts_as_one(events):
    spasm = names(events, "spasm")[3]  # as above
    blinks = side_row(events, "B").blink_rate_per_min
    path, frame = write_review(events, [relabelling(f"{spasm}=blink")], "R1")
    row = frame[(frame.event_id == spasm) & (frame.trial_type == "blink")].iloc[0]
    assert row.side == "B"
    assert row.detected_as.startswith("spasm:")
    seconds = side_row(path, "B").valid_s
    assert side_row(path, "B").blink_rate_per_min - blinks == pytest.approx(60 / seconds, abs=1e-3)


def test_a_blink_called_a_spasm_has_a_side_and_a_class(events):
    blink = names(events, "blink")[0]
    _, frame = write_review(events, [relabelling(f"{blink}=spasm")], "R1")
    row = frame[(frame.event_id == blink) & (frame.trial_type == "spasm")].iloc[0]
    assert row.side in ("L", "R")
    assert row["class"] in ("isolated", "grouped", "tonic", "combined")


@pytest.mark.parametrize(("kind", "sides"), [("blepharospasm", {"B"}), ("myokymia", {"L", "R"})])
def test_a_blink_called_another_involuntary_kind_is_no_spasm_and_has_its_side(events, kind, sides):
    blink = names(events, "blink")[0]
    _, frame = write_review(events, [relabelling(f"{blink}={kind}")], "R1")
    rows = frame[frame.event_id == blink]
    (side,) = rows[rows.trial_type == kind].side
    assert side in sides
    assert rows.spasm_id.isna().all()


def test_decisions_add_up_and_the_last_one_counts(events):
    first, second = names(events, "spasm")[:2]
    write_review(events, [Decision(first, "rejected")], "R1")
    write_review(events, [Decision(second, "rejected")], "R1")
    _, frame = write_review(events, [Decision(first, "accepted")], "R1")
    told = frame[frame.trial_type == "spasm"].set_index("event_id").status
    assert (told[first], told[second]) == ("accepted", "rejected")


def test_decisions_that_are_stored_at_the_same_time_add_up(events):
    spasms = names(events, "spasm")[:6]

    def decide(name):
        write_review(events, [Decision(name, "accepted")], "R1")

    with ThreadPoolExecutor(len(spasms)) as raters:
        list(raters.map(decide, spasms))
    frame = read_table(reviewed_path(events))
    assert set(frame[frame.status == "accepted"].event_id) == set(spasms)


def test_one_table_a_rater(events, tmp_path):
    spasm = names(events, "spasm")[0]
    write_review(events, [Decision(spasm, "accepted")], "R1")
    with pytest.raises(ConfigError, match="is the review of R1, not of R2"):
        write_review(events, [Decision(spasm, "rejected")], "R2")
    path, _ = write_review(
        events, [Decision(spasm, "rejected")], "R2", out=tmp_path / "r2_events.tsv"
    )
    assert path == tmp_path / "r2_events.tsv"


@pytest.mark.parametrize("columns", [["event_id", "status"], ["event_id", "note"]])
def test_a_table_that_is_no_review_is_not_written_into(events, tmp_path, columns):
    path = tmp_path / "y_events.tsv"
    write_table(pd.DataFrame([["E0001", "auto"]], columns=columns), path)
    before = path.read_bytes()
    with pytest.raises(
        ConfigError, match=r"y_events.tsv is not a review \(it has no column rater\)"
    ):
        write_review(events, [Decision(names(events, "spasm")[0], "accepted")], "R1", out=path)
    assert path.read_bytes() == before


def test_a_summary_of_something_else_is_not_replaced_by_that_of_a_review(events, tmp_path):
    summary = tmp_path / "c_summary.tsv"
    summary.write_text("mine")
    with pytest.raises(ConfigError, match=r"c_summary\.tsv exists"):
        write_review(events, [], "R1", out=tmp_path / "c_events.tsv")
    assert not (tmp_path / "c_events.tsv").exists()
    assert summary.read_text() == "mine"


def test_a_review_whose_events_were_removed_is_begun_anew(events):
    path, _ = write_review(events, [Decision(names(events, "spasm")[0], "rejected")], "R1")
    path.unlink()
    _, frame = write_review(events, [], "R1")
    assert set(frame.status) == {"auto"}


@pytest.mark.parametrize("folder", [".", "../emg"], ids=["as it is", "roundabout"])
def test_the_table_of_the_detector_is_never_written_into(events, folder):
    before, out = events.read_bytes(), events.parent / folder / events.name
    with pytest.raises(ConfigError, match=r"is the detector's table|is not a review"):
        write_review(events, [Decision(names(events, "spasm")[0], "rejected")], "R1", out=out)
    assert events.read_bytes() == before


def test_a_review_under_a_name_that_is_read_as_no_events_is_not_written(events, tmp_path):
    with pytest.raises(ConfigError, match=r"mine\.tsv is no name of an events table"):
        write_review(events, [], "R1", out=tmp_path / "mine.tsv")
    assert not (tmp_path / "mine.tsv").exists()


def test_a_decision_has_its_moment_in_universal_time(events):
    now = datetime(2026, 3, 2, 23, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=-2)))
    spasm = names(events, "spasm")[0]
    _, frame = write_review(events, [Decision(spasm, "accepted")], "R1", now=now)
    assert set(frame.reviewed.dropna()) == {"2026-03-03T01:30:15Z"}


def test_an_edited_copy_is_read_as_decisions(events, tmp_path):
    frame = read_table(events)
    spasm, other = names(events, "spasm")[:2]
    frame.loc[(frame.event_id == spasm) & (frame.trial_type != "burst"), "status"] = "rejected"
    frame.loc[(frame.event_id == other) & (frame.trial_type != "burst"), "trial_type"] = "artifact"
    write_table(frame, tmp_path / "copy.tsv")
    told = decisions_of_copy(read_table(tmp_path / "copy.tsv"), read_result(events))
    assert told == [Decision(spasm, "rejected"), Decision(other, "accepted", "artifact")]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda f: f[f.event_id != "E0001"], "differ in E0001"),
        (lambda f: f.assign(onset=f.onset + 1), "onset=.* was .*Restore it"),
        (lambda f: f.assign(status="perhaps"), "statuses are auto, accepted and rejected"),
        (lambda f: f.drop(columns="status"), "lacks the columns"),
    ],
)
def test_a_copy_that_was_mangled_is_refused(events, edit, said):
    with pytest.raises(RecordingError, match=said):
        decisions_of_copy(edit(read_table(events)), read_result(events))


def test_results_that_were_made_anew_are_not_mixed_with_an_old_review(events):
    write_review(events, [Decision(names(events, "spasm")[0], "accepted")], "R1")
    write_table(read_table(events).iloc[:-1], events, overwrite=True)
    with pytest.raises(RecordingError, match="analyzed again since"):
        write_review(events, [Decision(names(events, "spasm")[0], "accepted")], "R1")


def test_an_unknown_event_is_refused_and_nothing_written(events):
    with pytest.raises(ConfigError, match="'E9999' is not in"):
        write_review(events, [Decision("E9999", "accepted")], "R1")
    assert not reviewed_path(events).exists()


@pytest.mark.parametrize("text", ["E1", "E1=", "E1=twitch"])
def test_a_label_that_is_none_is_refused(text):
    with pytest.raises(ConfigError, match="is not understood"):
        relabelling(text)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("E1=spasm:foo", "classes of spasm: isolated, grouped, tonic, combined"),
        ("E1=blink:tonic", "classes of blink: none"),
        ("E1=artifact:smile", "classes of artifact: hum, pop, motion"),
    ],
)
def test_an_unknown_class_is_refused_with_the_known_ones(text, known):
    with pytest.raises(ConfigError, match=f"is unknown .{known}"):
        relabelling(text)


def test_an_unknown_class_in_an_edited_copy_is_refused_by_event(events):
    copy = read_table(events)
    row = copy.index[copy["trial_type"] == "spasm"][0]
    copy["class"] = copy["class"].astype(object)
    copy.loc[row, "class"] = "foo"
    with pytest.raises(RecordingError, match=rf"{copy.event_id[row]}: class 'foo' is unknown"):
        decisions_of_copy(copy, read_result(events))


def test_the_classes_of_a_review_are_those_with_a_meaning():
    assert {label for labels in CLASSES.values() for label in labels} == set(hed.CLASSES)


def read_frames(own_course, _):
    return own_course.results("events")


def read_group(own_course, _):
    return list(group_results(own_course))


def read_course(own_course, _):
    return course(own_course, "01")


def read_page(_, events):
    return read_results(events)


def read_review(_, events):
    return read_result(reviewed_path(events))


@pytest.mark.parametrize("read", [read_frames, read_group, read_course, read_page, read_review])
def test_a_review_of_results_that_were_replaced_is_not_taken_for_theirs(own_course, events, read):
    write_review(events, [Decision(names(events, "spasm")[0], "rejected")], "R1")
    read(own_course, events)
    write_table(read_table(events).iloc[1:], events, overwrite=True)
    with pytest.raises(RecordingError, match=r"reviews other results than .*Move it away"):
        read(own_course, events)


@pytest.mark.parametrize("read", [read_frames, read_group, read_course, read_page])
def test_a_review_that_lost_a_column_is_refused_by_name(own_course, events, read):
    path, frame = write_review(events, [Decision(names(events, "spasm")[0], "rejected")], "R1")
    write_table(frame.drop(columns="onset"), path, overwrite=True)
    with pytest.raises(RecordingError, match=r"reviewed_events\.tsv lacks the columns onset"):
        read(own_course, events)


def test_the_events_of_a_study_say_who_reviewed_them_wherever_the_review_stands(own_course, events):
    write_review(events, [Decision(names(events, "spasm")[0], "rejected")], "R1")
    told = own_course.results("events").dropna(subset="rater")
    assert set(told["session"]) == {"base"}  # which is the last of the sessions
    assert set(told["status"]) == {"rejected"}
