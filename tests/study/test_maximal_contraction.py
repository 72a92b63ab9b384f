"""Maximal contractions of a session: trials of one recording serve the others of its session."""

import json
import shutil

import numpy as np
import pytest

import emgspasm as es
from emgspasm.report.course.rows import maxima as told_maxima
from emgspasm.report.course.sessions import sessions
from emgspasm.report.document import report_page
from emgspasm.report.stored import read_results
from emgspasm.results.standing import made_before
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.digest import Digest
from emgspasm.storage.studies.study import Study
from emgspasm.storage.tables.tsv import read_table
from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo

LABELS = ("OOC_L", "ZYG_L", "OOC_R", "ZYG_R")
CLOSE, SMILE = ((4.0, 9.0, 14.0), "close_forced"), ((19.0, 24.0, 29.0), "smile")


def recording(path, *moves, strength=20.0, fs=500.0):
    """A face of noise (2 uV) whose muscles all move, so many times stronger, for 2 s on cue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(1).normal(0.0, 2.0, (round(34 * fs), len(LABELS)))
    channels = tuple(Channel.from_label(label, full_scale=187_500.0) for label in LABELS)
    with BdfWriter(path, StreamInfo(fs, channels), overwrite=True) as writer:
        for onset, task in ((onset, task) for onsets, task in moves for onset in onsets):
            writer.annotate(Annotation(onset, 3.0, task))
            samples[round((onset + 0.5) * fs) : round((onset + 2.5) * fs)] *= strength
        writer.write(Chunk(0, samples))
    return path


def place(study, session, task):
    return study / f"sub-01/ses-{session}/emg/sub-01_ses-{session}_task-{task}_emg.bdf"


def table(study, session, task, name):
    folder = study / f"derivatives/emgspasm/sub-01/ses-{session}/emg"
    return read_table(folder / f"sub-01_ses-{session}_task-{task}_desc-bursts_{name}.tsv")


def told(study, session, task):
    folder = study / f"derivatives/emgspasm/sub-01/ses-{session}/emg"
    return json.loads((folder / f"sub-01_ses-{session}_task-{task}_desc-bursts.json").read_text())


def maxima(study, session, task):
    rows = table(study, session, task, "summary").dropna(subset="channel")
    return rows.set_index("channel")["mvc_uV"]


@pytest.fixture(scope="module")
def study(tmp_path_factory, emgspasm):
    """Session A: maximal trials, fewer than three, and weaker ones; session B: the same fewer."""
    study = tmp_path_factory.mktemp("maximal") / "study"
    for session in "AB":
        recording(place(study, session, "trial"), ((19.0,), "smile"), strength=10.0)
    recording(place(study, "A", "mvc"), CLOSE, SMILE)
    recording(place(study, "A", "smile"), SMILE, strength=5.0)
    (study / "dataset_description.json").write_text('{"Name": "s", "BIDSVersion": "1.11.0"}')
    done = emgspasm("analyze", study)
    assert done.returncode == 0, done.stderr
    return study


@pytest.fixture
def own_study(study, tmp_path):
    """A copy that a test may write into."""
    shutil.copytree(study, tmp_path / "study")
    return tmp_path / "study"


def test_the_maximum_of_a_session_serves_a_recording_without_maximal_trials(study):
    most = maxima(study, "A", "mvc")
    assert most.between(30, 60).all()
    assert maxima(study, "A", "trial").equals(most)
    bursts = table(study, "A", "trial", "events").query("trial_type == 'burst'")
    shares = 100 * bursts["mean_uV"] / bursts["channel"].map(most)
    assert len(bursts) >= 4
    assert bursts["pct_mvc"].to_numpy() == pytest.approx(shares.to_numpy(), rel=1e-3)


def test_a_trial_has_its_synkinesis_index_by_the_maximum_of_the_session(study):
    trials = table(study, "A", "trial", "trials")
    assert trials["prime_pctmvc"].between(25, 50).all()
    assert trials["si"].between(0.8, 1.25).all()


def test_without_maximal_trials_a_session_has_no_maximum_and_it_is_said(study):
    assert maxima(study, "B", "trial").isna().all()
    assert table(study, "B", "trial", "trials")["si"].isna().all()
    reasons = {each["measure"]: each["reason"] for each in told(study, "B", "trial")["withheld"]}
    assert "or in another of its session" in reasons["mvc_uV, pct_mvc, si, dsi, overlap"]


def test_own_maximal_trials_win_and_the_session_s_fill_what_they_lack(study):
    own, most = maxima(study, "A", "smile"), maxima(study, "A", "mvc")
    assert (own[["ZYG_L", "ZYG_R"]] < 0.4 * most[["ZYG_L", "ZYG_R"]]).all()
    assert own[["OOC_L", "OOC_R"]].equals(most[["OOC_L", "OOC_R"]])


def test_a_result_names_the_recordings_of_its_maxima_and_their_hashes(study):
    mvc, smile = (place(study, "A", task) for task in ("mvc", "smile"))
    said = told(study, "A", "smile")
    assert said["mvc_of"] == {
        **dict.fromkeys(("OOC_L", "OOC_R"), mvc.name),
        **dict.fromkeys(("ZYG_L", "ZYG_R"), smile.name),
    }
    assert said["maximal_recordings"] == {mvc.name: Digest().of(mvc)}
    assert told(study, "B", "trial")["maximal_recordings"] is None


def test_one_recording_of_a_study_has_alone_what_it_has_with_all(emgspasm, study, tmp_path):
    done = emgspasm("analyze", place(study, "A", "trial"), "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    mine = (tmp_path / "sub-01_ses-A_task-trial_desc-bursts_events.tsv").read_bytes()
    (theirs,) = study.rglob("*ses-A_task-trial_desc-bursts_events.tsv")
    assert mine == theirs.read_bytes()
    assert read_table(theirs)["pct_mvc"].notna().any()


def test_outside_a_study_no_recording_serves_another(study, tmp_path):
    folder = tmp_path / "sub-01/ses-A/emg"  # as in a study, of which nothing else is there
    shutil.copytree(place(study, "A", "trial").parent, folder)
    alone = es.analyze_recording(folder / place(study, "A", "trial").name)
    assert alone.summary["mvc_uV"].isna().all()


def test_maximal_trials_that_come_later_make_another_result_and_it_is_said(emgspasm, own_study):
    recording(place(own_study, "B", "mvc"), CLOSE)
    done = emgspasm("analyze", own_study)
    assert done.returncode == 1
    assert "1 of 5 recordings failed: sub-01_ses-B_task-trial_emg.bdf" in done.stderr
    assert "maximal trials of its session came or changed since it was made" in done.stderr
    assert emgspasm("analyze", own_study, "--overwrite").returncode == 0
    assert maxima(own_study, "B", "trial").notna().sum() == 2


def test_what_replaced_a_recording_of_maximal_trials_serves_in_its_place(own_study):
    recording(place(own_study, "A", "mvc"), CLOSE, SMILE, strength=40.0)
    one = es.analyze_recording(place(own_study, "A", "trial"))
    assert (one.summary["mvc_uV"].dropna() > 60).sum() == 4


def test_a_maximum_at_another_sampling_frequency_serves_none(own_study):
    recording(place(own_study, "B", "mvc"), CLOSE, SMILE, fs=1000.0)
    one = es.analyze_recording(place(own_study, "B", "trial"))
    assert one.summary["mvc_uV"].isna().all()


def test_a_damaged_recording_beside_it_fails_alone(emgspasm, own_study):
    place(own_study, "A", "mvc").write_bytes(b"no recording")
    done = emgspasm("analyze", own_study, "--overwrite")
    assert done.returncode == 1
    assert "1 of 4 recordings failed: sub-01_ses-A_task-mvc_emg.bdf" in done.stderr
    most = maxima(own_study, "A", "trial")
    assert list(most[most.notna()].index) == ["ZYG_L", "ZYG_R"]


def test_results_that_do_not_know_maximal_trials_of_their_session_are_named(own_study):
    trial, mvc = place(own_study, "B", "trial"), place(own_study, "B", "mvc")
    out = own_study / "derivatives/emgspasm/sub-01/ses-B/emg"
    recording(mvc, CLOSE)
    assert made_before(mvc, out) == [trial.name]
    assert made_before(trial, out) == []
    known = place(own_study, "A", "mvc")
    assert made_before(known, own_study / "derivatives/emgspasm/sub-01/ses-A/emg") == []


def test_a_course_tells_the_maximum_of_its_recording_not_an_old_copy_of_it(emgspasm, own_study):
    mvc, out = place(own_study, "A", "mvc"), own_study / "derivatives/emgspasm/sub-01/ses-A/emg"
    recording(mvc, CLOSE, SMILE, strength=10.0)
    assert emgspasm("analyze", mvc, "--out", out, "--overwrite").returncode == 0
    first, _ = sessions(Study.open(own_study), "01")
    assert told_maxima(first)["L", "OOC"] == maxima(own_study, "A", "mvc")["OOC_L"]
    assert maxima(own_study, "A", "trial")["OOC_L"] > maxima(own_study, "A", "mvc")["OOC_L"]


def test_a_page_says_which_recording_told_its_maxima(study):
    (events,) = study.rglob("*ses-A_task-trial_desc-bursts_events.tsv")
    page = report_page(read_results(events), None)
    assert "MVC of OOC_L, ZYG_L, OOC_R, ZYG_R: by maximal trials in <span" in page
