"""A study with gaps, results, a review and a course passes the tools of others."""

import json
import shutil
import subprocess
import sys
import warnings
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from emgspasm.anonymization.study import anonymize_study
from emgspasm.report.course.gathering import course
from emgspasm.results.decisions import Decision
from emgspasm.results.review import write_review
from emgspasm.storage.bdf.recovery import recover
from emgspasm.storage.derivatives.names import RESULTS
from emgspasm.storage.studies.scales import ScaleScore
from emgspasm.storage.studies.study import Study
from emgspasm.storage.studies.treatments import Treatment
from emgspasm.storage.tables.tsv import write_table
from emgspasm.stream import SKIP

BESIDE = str(Path(sys.executable).parent)
VALIDATOR = shutil.which("bids-validator-deno") or shutil.which("bids-validator-deno", path=BESIDE)


@pytest.fixture(scope="module")
def study(tmp_path_factory, simulate_into, analyze_study):
    """Two participants, three sessions each, packets lost, all results there are."""
    study = Study.open_or_create(tmp_path_factory.mktemp("bids") / "study")
    for participant in ("01", "02"):
        for session, day in (("base", -5), ("W2", 14), ("W4", 28)):
            simulate_into(study, participant, session, day, fs=250, seconds=30.0, packet_loss=0.02)
        day = date(2026, 3, 2)
        study.add_treatment(Treatment(participant, day, "mvd", side="L"))
        score = ScaleScore(participant, day + timedelta(days=14), "SMC", None, "R1", 2)
        study.add_score(score)
    analyze_study(study)
    (events,) = study.path.rglob("sub-01_ses-base*_desc-bursts_events.tsv")
    write_review(events, [Decision("E0001", "accepted")], "R1")
    for participant in study.participants:
        path = study.path / RESULTS / f"sub-{participant}" / f"sub-{participant}_course.tsv"
        write_table(course(study, participant).table, path)
    return study


def errors_of(path):
    command = [VALIDATOR, str(path), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    told = json.loads(done.stdout)
    assert told["summary"]["modalities"] == ["emg"]
    return [each for each in told["issues"]["issues"] if each["severity"] == "error"]


def test_recordings_of_the_study_have_gaps(study):
    import emgspasm as es

    for path in study.recordings():
        recording = es.open_recording(path)
        assert any(mark.text == SKIP for mark in recording.annotations)


@pytest.mark.slow
@pytest.mark.skipif(VALIDATOR is None, reason="bids-validator-deno is not installed")
def test_the_official_validator_finds_no_error(study):
    assert errors_of(study.path) == []


@pytest.mark.slow
@pytest.mark.skipif(VALIDATOR is None, reason="bids-validator-deno is not installed")
def test_the_official_validator_finds_no_error_in_an_anonymous_copy(study, tmp_path):
    assert errors_of(anonymize_study(study, tmp_path / "copy").path) == []


@pytest.mark.slow
@pytest.mark.skipif(VALIDATOR is None, reason="bids-validator-deno is not installed")
def test_the_official_validator_finds_no_error_beside_a_recovered_recording(study, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(study.path, copy)
    path = next(iter(Study.open(copy).recordings()))
    path.write_bytes(path.read_bytes()[:-100])
    assert recover(path).tail.is_file()
    assert errors_of(copy) == []


@pytest.mark.slow
def test_mne_bids_reads_samples_gaps_and_markers(study):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of both packages' own imports
        mne_bids = pytest.importorskip("mne_bids", reason="mne-bids is not installed")
        paths = mne_bids.find_matching_paths(study.path, datatypes="emg", extensions=".bdf")
        raw = mne_bids.read_raw_bids(paths[0], verbose="error")
    import emgspasm as es

    assert len(paths) == 6
    mine = es.open_recording(paths[0].fpath).to_mne()
    assert raw.ch_names == mine.ch_names
    assert set(raw.get_channel_types()) == {"emg"}
    present = np.ones(raw.n_times, bool)
    for mark in mine.annotations:
        if mark["description"] == SKIP:
            onset, duration = (round(mark[key] * 250) for key in ("onset", "duration"))
            present[onset : onset + duration] = False
    assert 0.9 < present.mean() < 1
    np.testing.assert_allclose(raw.get_data()[:, present], mine.get_data()[:, present], atol=1e-12)


@pytest.mark.slow
def test_the_hed_validator_passes_the_events_of_a_result(study):
    from emgspasm.storage.tables.hed import VERSION

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the validator's own imports
        models = pytest.importorskip("hed.models", reason="hedtools is not installed")
        from hed.schema import load_schema_version

        (table,) = study.path.rglob("sub-01_ses-W2*_desc-bursts_events.tsv")
        sidecar = models.Sidecar(str(table.with_suffix(".json")))
        told = models.TabularInput(str(table), sidecar=sidecar)
        assert told.validate(load_schema_version(VERSION)) == []
