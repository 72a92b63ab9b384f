"""Stored results of other versions, or damaged by hand, are named: none is a fault of emgspasm."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from emgspasm.errors import RecordingError
from emgspasm.report.document import OTHER_SETTINGS, report_page, signal_of
from emgspasm.report.stored import read_results
from emgspasm.results.stored import read_result
from emgspasm.storage.tables.dictionary import KEYS
from emgspasm.storage.tables.tsv import read_table, write_table


@pytest.fixture
def events(patient, tmp_path):
    """The events table of a result that a test may spoil."""
    copied = shutil.copytree(patient.parent, tmp_path / "results")
    return copied / patient.name


def refused(events, words):
    for read in (read_results, read_result):
        with pytest.raises(RecordingError, match=words) as caught:
            read(events)
        assert str(caught.value).endswith("Analyze again")


@pytest.mark.parametrize(
    "key", ["recording", "config_sha256", "sampling_frequency", "duration_s", "channels_sought_s"]
)
@pytest.mark.parametrize("wrong", [None, []])
def test_what_x_json_must_say_and_does_not_is_named(events, key, wrong):
    path = events.with_name("patient.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: wrong}))
    refused(events, f"patient.json does not say {key} .*another version")


def test_the_signal_of_a_study_is_found_from_within_the_folder_of_its_results(
    patient, tmp_path, monkeypatch
):
    results = tmp_path / "study" / "derivatives" / "emgspasm" / "sub-01" / "emg"
    shutil.copytree(patient.parent, results)
    recording = tmp_path / "study" / "sub-01" / "emg" / "patient.bdf"
    recording.parent.mkdir(parents=True)
    (results / "patient.bdf").rename(recording)
    monkeypatch.chdir(results)
    events = Path(patient.name)
    found, _ = signal_of(read_results(events), events)
    assert found is not None
    assert found.path == recording


def test_a_recording_that_was_replaced_is_noticed_where_derivatives_are_a_link(patient, tmp_path):
    study = tmp_path / "study"
    recording = study / "sub-01" / "emg" / "patient.bdf"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(b"another")
    (study / "dataset_description.json").touch()
    shutil.copytree(patient.parent, tmp_path / "disk" / "emgspasm" / "sub-01" / "emg")
    (study / "derivatives").symlink_to(tmp_path / "disk")
    with pytest.raises(RecordingError, match=r"patient.bdf changed after it was analyzed"):
        read_results(study / "derivatives" / "emgspasm" / "sub-01" / "emg" / patient.name)


@pytest.mark.parametrize(
    "config", ["[pipeline]\nformer = 1\n", "[pipeline.detector]\non_sigma = 7.0\n"]
)
def test_the_signal_is_left_out_where_the_settings_are_not_those_of_the_results(events, config):
    path = events.with_name("patient.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"config": config}))
    results = read_results(events)
    recording, _ = signal_of(results, events)
    assert f"Left out: {OTHER_SETTINGS}." in report_page(results, recording)


@pytest.mark.parametrize("text", ["[]", "3", "null"])
def test_an_x_json_that_says_nothing_is_named(events, text):
    events.with_name("patient.json").write_text(text)
    refused(events, "patient.json does not say recording, ")


@pytest.mark.parametrize("column", KEYS["events"])
def test_a_column_that_is_needed_and_lacks_is_named(events, column):
    write_table(read_table(events).drop(columns=column), events, overwrite=True)
    refused(events, f"patient_events.tsv lacks the columns {column} ")


@pytest.mark.parametrize("column", ["onset", "duration", "trial_type"])
def test_a_cell_that_is_needed_and_lacks_is_named_with_its_line(events, column):
    frame = read_table(events)
    frame.loc[2, column] = None
    write_table(frame, events, overwrite=True)
    refused(events, f"patient_events.tsv: {column} is n/a in line 4")


def test_a_word_where_a_number_without_a_unit_belongs_is_named_with_its_line(events):
    frame = read_table(events)
    frame["li"] = frame["li"].map("{:.4f}".format).str.replace(".", ",")  # as some spreadsheets do
    write_table(frame, events, overwrite=True)
    for read in (read_results, read_result):
        with pytest.raises(RecordingError, match=r"li is '-?\d,\d{4}' in line \d+ \(a number, or"):
            read(events)


def test_a_fraction_where_a_whole_number_belongs_is_named_with_its_line(events):
    path = events.with_name("patient_summary.tsv")
    frame = read_table(path)
    write_table(frame.assign(n_bursts=frame["n_bursts"] + 0.5), path, overwrite=True)
    for read in (read_results, read_result):
        with pytest.raises(
            RecordingError, match=r"n_bursts is '\d+\.5' in line 2 \(a whole number"
        ):
            read(events)


def test_a_row_that_stands_twice_is_named(events):
    path = events.with_name("patient_summary.tsv")
    frame = read_table(path)
    write_table(frame.iloc[[0, *range(len(frame))]], path, overwrite=True)
    with pytest.raises(RecordingError, match=r"2 rows at summary:channel=.*Analyze again"):
        report_page(read_results(events), None)
