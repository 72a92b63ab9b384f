"""The group table and the methods of a study say what its results hold."""

import os
import re
import shutil
import threading
import time
from typing import get_args, get_type_hints

import pandas as pd
import pytest

from emgspasm.dsp.pipeline import Pipeline
from emgspasm.errors import RecordingError
from emgspasm.report.course.sessions import sessions
from emgspasm.report.stored import read_results, stored_results
from emgspasm.results.group.methods import FOUND_BY, methods_text
from emgspasm.results.group.results import group_results, study_of
from emgspasm.results.outputs import write_group
from emgspasm.storage.derivatives import provenance
from emgspasm.storage.derivatives.names import RESULTS, note_path
from emgspasm.storage.studies.lock import exclusive, locked
from emgspasm.storage.tables.joint_columns import GROUP
from emgspasm.storage.tables.tsv import read_table
from emgspasm.structure import kind_name


@pytest.fixture(scope="session")
def group(toxin_course):
    return read_table(toxin_course.path / RESULTS / "group_summary.tsv")


def test_every_summary_of_a_study_is_in_the_group_table(toxin_course, group):
    summary = toxin_course.results("summary")
    assert len(group) == len(summary)
    assert list(group.columns) == [column.name for column in GROUP]
    merged = group.merge(summary, on=["recording", "task", "side", "channel"], how="left")
    assert merged.valid_s_x.equals(merged.valid_s_y)
    assert merged.burden_uV_x.equals(merged.burden_uV_y)


def test_parquet_holds_what_the_table_holds(toxin_course, group):
    stored = pd.read_parquet(toxin_course.path / RESULTS / "group_summary.parquet")
    assert list(stored.columns) == list(group.columns)
    assert set(stored.participant) == {"01"}
    assert str(stored.n_spasms.dtype) == "Int64"
    numbers = [name for name in stored.columns if stored[name].dtype == "float64"]
    assert len(numbers) > 15
    assert (stored[numbers] - group[numbers]).abs().max().max() < 1e-9


def test_days_count_from_the_last_treatment(group):
    days = group.groupby("session").days_since_treatment.first()
    assert days.drop("base").to_dict() == {"W2": 14, "W4": 28, "W8": 56, "W12": 84, "W16": 112}
    assert pd.isna(days["base"])
    assert set(group.treatment.dropna()) == {"botulinum toxin"}
    assert set(group.simulated) == {"yes"}


def test_the_group_table_follows_a_review(own_course):
    from emgspasm.results.decisions import Decision
    from emgspasm.results.review import write_review

    (path,) = own_course.path.rglob("*ses-base*_desc-bursts_events.tsv")
    events = own_course.results("events")
    mine = events[(events.session == "base") & (events.trial_type == "spasm")]
    assert len(mine) > 5
    write_review(path, [Decision(name, "rejected") for name in mine.event_id], "R1")
    write_group(own_course.path, own_course.path / RESULTS)
    told = read_table(own_course.path / RESULTS / "group_summary.tsv")
    base = told[told.session == "base"]
    assert set(base.reviewed) == {"yes"}
    assert base.n_spasms.sum() == 0
    assert told[told.session != "base"].n_spasms.sum() > 0


@pytest.fixture
def replaced(own_course):
    """The name of a recording of the course that was replaced after it was analyzed."""
    (path,) = own_course.path.rglob("*ses-W4_task-rest_emg.bdf")
    (other,) = own_course.path.rglob("*ses-W8_task-rest_emg.bdf")
    path.write_bytes(other.read_bytes())
    os.utime(path, (0, 0))  # as a copy of an older file keeps its time
    return path.name


def test_recordings_untouched_since_their_results_are_not_read_again(own_course, replaced):
    later = time.time() + 60
    for events in own_course.path.rglob("*_desc-bursts_events.tsv"):
        os.utime(events, (later, later))
    assert len(set(own_course.results().session)) == 6


def test_recordings_are_read_again_where_nobody_knows_when_they_were_changed(
    own_course, replaced, monkeypatch
):
    later = time.time() + 60
    for events in own_course.path.rglob("*_desc-bursts_events.tsv"):
        os.utime(events, (later, later))
    monkeypatch.setattr(provenance, "last_changed", lambda _: None)
    with pytest.warns(UserWarning, match=f"left out: {replaced} changed"):
        assert len(set(own_course.results().session)) == 5


@pytest.mark.parametrize("table", ["events", "quality"])
def test_data_frames_leave_out_results_of_a_replaced_recording_and_say_so(
    own_course, replaced, table
):
    words = f"left out: {replaced} changed after it was analyzed .emgspasm analyze --overwrite"
    with pytest.warns(UserWarning, match=words) as told:
        frame = own_course.results(table)
    assert set(frame.session) == {"base", "W2", "W8", "W12", "W16"}
    assert [warning.filename for warning in told] == [__file__]


def test_the_group_table_leaves_out_results_of_a_replaced_recording_and_says_so(
    own_course, replaced, emgspasm
):
    (events,) = own_course.path.rglob("*ses-base_*_desc-bursts_events.tsv")
    told = emgspasm("review", events, "--accept", "E0001", "--rater", "R1")
    assert told.returncode == 0, told.stderr
    sentence = f"{replaced} changed after it was analyzed (emgspasm analyze --overwrite)"
    assert told.stderr.count(sentence) == 1
    group = read_table(own_course.path / RESULTS / "group_summary.tsv")
    assert set(group.session) == {"base", "W2", "W8", "W12", "W16"}
    assert "(5 recordings, " in (own_course.path / RESULTS / "methods.md").read_text()


def test_a_study_of_nothing_but_replaced_recordings_has_no_results_and_says_why(own_course):
    for path in own_course.recordings():
        path.write_bytes(b"another recording")
    with pytest.raises(RecordingError, match=r"only old results: .*ses-W4.* --overwrite"):
        own_course.results()
    (left_out,) = write_group(own_course.path, own_course.path / RESULTS)
    assert left_out.startswith("left out of the group table: ")
    assert not list((own_course.path / RESULTS).glob("group_*"))


def test_a_page_of_a_replaced_recording_is_not_made(own_course, replaced, emgspasm, tmp_path):
    for session in ("base", "W2", "W12", "W16"):  # a page takes more than a second
        shutil.rmtree(own_course.path / RESULTS / "sub-01" / f"ses-{session}")
    told = emgspasm("report", own_course.path / RESULTS, "--out", tmp_path / "pages")
    assert told.returncode == 1
    assert f"1 of 2 pages failed: {replaced} changed after it was analyzed" in told.stderr
    assert len(told.stdout.splitlines()) == 1


@pytest.mark.parametrize("content", ['{"EMGReference": ', "[]"])
def test_a_damaged_description_of_a_recording_is_named_not_taken_as_missing(own_course, content):
    (description,) = own_course.path.glob("sub-01/ses-W4/emg/*_emg.json")
    description.write_text(content)
    with pytest.raises(RecordingError, match=r"ses-W4\S*_emg\.json .* Correct"):
        group_results(own_course)


def test_a_description_that_cannot_be_read_is_named(own_course):
    (description,) = own_course.path.glob("sub-01/ses-W4/emg/*_emg.json")
    description.unlink()
    description.mkdir()
    with pytest.raises(RecordingError, match=r"ses-W4\S*_emg\.json cannot be read .* Correct"):
        group_results(own_course)


def test_a_recording_that_nobody_described_has_an_empty_description(own_course):
    (path,) = own_course.path.rglob("*ses-W4_task-rest_emg.json")
    path.unlink()
    results, _ = group_results(own_course)
    assert [r.events_path.name for r in results if not r.description] == [
        "sub-01_ses-W4_task-rest_desc-bursts_events.tsv"
    ]


READERS = {
    "group": lambda study: len(group_results(study)[0]),
    "compare": lambda study: sum(len(each.results) for each in sessions(study, "01")),
    "report": lambda study: len(list(map(read_results, stored_results(study.path / RESULTS)))),
    "Study.results": lambda study: study.results().session.nunique(),
}


@pytest.mark.parametrize("reader", READERS)
def test_results_that_another_process_is_writing_are_waited_for(own_course, reader):
    (told,) = own_course.path.rglob("*ses-W12_task-rest_desc-bursts.json")  # the first
    begun = threading.Event()

    def write():
        with exclusive(told.parent):
            note_path(told).touch()
            begun.set()
            time.sleep(0.3)
            note_path(told).unlink()

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(10)
    assert READERS[reader](own_course) == 6
    thread.join()


def test_a_study_can_be_written_into_while_its_group_table_is_made(own_course):
    (told,) = own_course.path.rglob("*ses-W12_task-rest_desc-bursts.json")  # the first
    making = threading.Thread(target=write_group, args=(own_course.path, own_course.path / RESULTS))
    with exclusive(told.parent):
        making.start()
        time.sleep(0.5)
        with locked(own_course.path, patience=0.1):
            assert making.is_alive()
    making.join()


def test_of_two_group_tables_one_is_made_after_the_other(own_course):
    out = own_course.path / RESULTS
    making = threading.Thread(target=write_group, args=(own_course.path, out))
    with exclusive(out):
        before = (out / "methods.md").stat().st_mtime_ns
        making.start()
        making.join(2)
        assert making.is_alive()
        assert (out / "methods.md").stat().st_mtime_ns == before
    making.join()
    assert (out / "methods.md").stat().st_mtime_ns > before


def test_methods_fill_in_what_was_really_used(toxin_course):
    text = (toxin_course.path / RESULTS / "methods.md").read_text()
    for fact in (
        "of 1 participant was recorded in 6 sessions (6 recordings, 15.0 min; tasks: rest)",
        "with ADS1299 (simulated) at 500 Hz",
        "orbicularis oculi (left, right)",
        "Reference: Bipolar. Placement: none: simulated face.",
        "Butterworth of order 4, from 20 Hz",
        "on sigma 6, off sigma 3",
        "sigma: standard deviation of the quiet envelope's power 2/3",
        "corrected for the delay of the filters",
        "reviewed by an expert",
        "research and education only",
        "- electrode material, shape, size",
    ):
        assert fact in text
    assert "different ways" not in text


def test_methods_part_recordings_that_were_analyzed_otherwise(toxin_course):
    results, _ = group_results(toxin_course)
    results[0].provenance["sampling_frequency"] = 250.0
    text = methods_text(results)
    assert "analyzed in 2 different ways" in text
    assert len(re.findall(r"at (?:250|500) Hz\.", text)) == 2


def test_methods_count_notches_by_frequency_wherever_they_come_from(toxin_course):
    results, _ = group_results(toxin_course)
    band = {"high_pass": 20.0, "low_pass": 450.0, "order": 4}
    notches = [(50.0, 30.0, [1, 3]), (50.0, 100.0, [1]), (60.0, 30.0, [1]), *[()] * 3]
    for result, notch in zip(results, notches, strict=True):
        named = zip(("frequency", "quality", "multiples"), notch, strict=False)
        result.provenance["settings"]["filters"] = [band, *([dict(named)] if notch else [])]
    assert (
        "Filters, causal: Butterworth of order 4, from 20 Hz. Notch, of 6 recordings: "
        "at 50 Hz in 2 (Q 30, 100; multiples 1, 3), at 60 Hz in 1 (Q 30; multiples 1)."
    ) in methods_text(results)


def test_methods_tell_the_delays_of_all_recordings(toxin_course):
    results, _ = group_results(toxin_course)
    for result, delay in zip(results, (1.5, 1.75, 1.5, 2.0, 1.5, 1.5), strict=True):
        result.provenance["delay_ms"] = delay
    assert "delay of the filters (1.5 to 2 ms)" in methods_text(results)


def test_a_result_knows_its_study(toxin_course, tmp_path):
    (path,) = toxin_course.path.rglob("*ses-W2*_desc-bursts_events.tsv")
    assert study_of(path) == toxin_course.path.absolute()
    assert study_of(shutil.copy(path, tmp_path / path.name)) is None


def test_a_study_is_data_frames(toxin_course):
    import emgspasm as es

    study = es.open_study(toxin_course.path)
    sessions = study.sessions()
    assert list(sessions.participant) == ["01"] * 6
    assert (sessions.date - sessions.date.min()).dt.days.max() == 117
    assert list(study.treatments().units) == [5.0, 2.5]
    assert set(study.scores().rater) == {"R1"}
    events = study.results("events")
    assert set(events.session) == set(sessions.session)
    spasms = events[events.trial_type == "spasm"].groupby("session").size()
    one = es.analyze_recording(study.path / sessions.path[0])
    assert spasms[sessions.session[0]] == (one.events.trial_type == "spasm").sum()
    with pytest.raises(ValueError, match="the tables of results are events, summary"):
        study.results("spasms")


def test_a_study_without_results_says_how_to_make_them(tmp_path):
    import emgspasm as es
    from emgspasm.errors import RecordingError
    from emgspasm.storage.studies.study import Study

    Study.open_or_create(tmp_path / "new")
    with pytest.raises(RecordingError, match=r"emgspasm analyze .* makes the results"):
        es.open_study(tmp_path / "new").results()
    with pytest.raises(RecordingError, match="is not a study"):
        es.open_study(tmp_path)


def test_every_detector_that_a_config_can_name_has_words_for_the_methods():
    detectors = get_args(get_type_hints(Pipeline)["detector"])
    assert len(detectors) > 1
    assert {kind_name(detector) for detector in detectors} == set(FOUND_BY)
