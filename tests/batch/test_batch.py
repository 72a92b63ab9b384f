"""Many recordings: every one done or named, nothing overwritten, the same bytes whoever does it."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest

from emgspasm.batch.jobs import Job, Outcome, in_order, run_job
from emgspasm.batch.joint import rates_of, summarized, write_joint
from emgspasm.batch.running import run
from emgspasm.cli.analysis import analyze, conclude
from emgspasm.config import Config, LoadedConfig
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.results.analysis import analyze_recording
from emgspasm.results.outputs import require_own, result_paths, summary_rows, write_results
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.derivatives.names import result_path
from emgspasm.storage.files import refuse_existing
from emgspasm.storage.studies.collection import find_recordings, results_folder
from emgspasm.storage.tables.columns import QUALITY, SUMMARY
from emgspasm.storage.tables.event_columns import EVENTS
from emgspasm.stream import Channel, Chunk, StreamInfo

LABELS = ("OOC_L", "OOC_R")

ANYWHERE = not hasattr(os, "geteuid") or os.geteuid() == 0


def write_recording(path, seed=0, fs=500.0, seconds=8, labels=LABELS):
    """Noise of 2 uV with a burst of 20 dB every two seconds in the first channel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).normal(0.0, 2.0, (round(seconds * fs), len(labels)))
    for second in range(3, seconds - 1, 2):
        samples[round(second * fs) : round((second + 0.1) * fs), 0] *= 10.0
    channels = tuple(Channel.from_label(label, full_scale=187_500.0) for label in labels)
    with BdfWriter(path, StreamInfo(fs, channels)) as writer:
        writer.write(Chunk(0, samples))
    return path


def jobs_for(paths, out, **options):
    return [Job(path, out, LoadedConfig(), **options) for path in paths]


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    return [write_recording(folder / f"r{i}.bdf", seed=i) for i in range(3)]


@pytest.fixture(scope="module")
def results(recordings, tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    outcomes = list(run(jobs_for(recordings, out)))
    write_joint(outcomes, out)
    assert [o.error for o in outcomes] == [None] * 3
    return out


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_recording_has_its_files_and_the_call_has_the_joint_ones(results):
    names = {f"r{i}{end}" for i in range(3) for end in ("_events.tsv", "_summary.tsv")}
    names |= {f"r{i}{end}" for i in range(3) for end in ("_quality.tsv", "_pairs.tsv", ".json")}
    assert {p.name for p in results.iterdir()} == names | {"summary.tsv", "dataset.json"}


@pytest.mark.parametrize(
    ("name", "columns"), [("events", EVENTS), ("summary", SUMMARY), ("quality", QUALITY)]
)
def test_a_table_has_exactly_the_columns_of_the_dictionary(results, name, columns):
    heading = (results / f"r0_{name}.tsv").read_text(encoding="utf-8").splitlines()[0]
    assert heading.split("\t") == [column.name for column in columns]


def test_every_row_has_every_cell_and_missing_is_n_a(results):
    for path in results.glob("*.tsv"):
        text = path.read_bytes().decode("utf-8")
        assert "\r" not in text
        assert text.endswith("\n")
        width = text.splitlines()[0].count("\t")
        for line in text.splitlines():
            assert line.count("\t") == width
            assert all(cell not in ("", "nan", "NaN", "None") for cell in line.split("\t"))


def test_the_dictionary_describes_every_column_of_every_table(results):
    described = json.loads((results / "dataset.json").read_text(encoding="utf-8"))
    for table in ("events", "summary", "quality"):
        heading = (results / f"r1_{table}.tsv").read_text().splitlines()[0].split("\t")
        assert list(described[f"{table}.tsv"]) == heading
        assert all(entry["Description"] for entry in described[f"{table}.tsv"].values())


def test_the_joint_summary_is_all_summaries_one_after_the_other(results):
    joint = (results / "summary.tsv").read_text().splitlines()
    apart = [(results / f"r{i}_summary.tsv").read_text().splitlines() for i in range(3)]
    assert joint == [apart[0][0], *(row for rows in apart for row in rows[1:])]


def test_the_joint_tables_are_the_same_whichever_recording_ended_first(
    recordings, results, tmp_path
):
    outcomes = [Outcome(job) for job in jobs_for(recordings, results)]
    write_joint(outcomes[::-1], tmp_path / "out")
    names = "summary.tsv", "dataset.json"
    assert contents(tmp_path / "out") == {Path(n): (results / n).read_bytes() for n in names}


def test_again_gives_the_same_bytes(recordings, results):
    before = contents(results)
    outcomes = list(run(jobs_for(recordings, results, overwrite=True)))
    write_joint(outcomes, results)
    assert contents(results) == before


@pytest.mark.parametrize("name", ["a\tb.bdf", "a\nb.bdf", "n\udce4me.bdf"])
def test_a_name_that_cannot_stand_in_tables_is_refused(recordings, tmp_path, name):
    (tmp_path / name).symlink_to(recordings[0])
    with pytest.raises(RecordingError, match=r"its name cannot stand in tables .* Rename it"):
        analyze_recording(tmp_path / name)


def test_what_became_of_files_is_told_in_their_order_whichever_ended_first(tmp_path):
    jobs = jobs_for([tmp_path / f"{name}.bdf" for name in "cab"], tmp_path)
    ended = [Outcome(replace(jobs[i]), RecordingError(f"failure {i}")) for i in (2, 0, 1)]
    with click.Context(analyze), pytest.raises(RecordingError) as caught:
        conclude(in_order(ended, jobs), [tmp_path])
    assert re.findall(r"failure \d", str(caught.value)) == ["failure 0", "failure 1", "failure 2"]


def test_two_workers_give_the_same_bytes_as_one(recordings, results, tmp_path):
    outcomes = list(run(jobs_for(recordings, tmp_path), workers=2))
    write_joint(outcomes, tmp_path)
    assert contents(tmp_path) == contents(results)


def test_a_dask_cluster_in_another_folder_gives_the_same_bytes_as_one_worker(
    recordings, results, tmp_path, monkeypatch
):
    distributed = pytest.importorskip("distributed", reason="Dask (extra: cluster) is missing")
    options = {"n_workers": 1, "threads_per_worker": 1, "host": "127.0.0.1"}
    monkeypatch.chdir(tmp_path)
    with distributed.LocalCluster(**options, dashboard_address="127.0.0.1:0") as cluster:
        monkeypatch.chdir(recordings[0].parent)
        out = Path("..", tmp_path.name)
        jobs = jobs_for([Path(path.name) for path in recordings], out)
        outcomes = list(run(jobs, cluster=cluster.scheduler_address))
    assert [(o.job, o.error) for o in in_order(outcomes, jobs)] == [(job, None) for job in jobs]
    write_joint(outcomes, out)
    assert contents(tmp_path) == contents(results)


@pytest.mark.slow  # a client waits ten seconds for its scheduler
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "http://127.0.0.1:80"])
def test_a_cluster_without_dask_or_scheduler_is_a_wrong_call(recordings, tmp_path, address):
    with pytest.raises(ConfigError, match=r"emgspasm\[cluster\]|no Dask scheduler at"):
        list(run(jobs_for(recordings, tmp_path), cluster=address))


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def mixed(request, recordings, tmp_path_factory):
    """What becomes of recordings of which one is cut and one meets a fault; their folder."""
    folder = tmp_path_factory.mktemp("mixed")
    bad = folder / "bad.bdf"
    bad.write_bytes(recordings[0].read_bytes()[:300])
    out = folder / "out"
    wrong = Job(recordings[0], out, config="no config")
    jobs = [wrong, *jobs_for([recordings[1], bad, recordings[2]], out)]
    outcomes = list(run(jobs, workers=request.param))
    return {o.job.path.name: o.error for o in outcomes}, out


def test_one_bad_recording_does_not_stop_the_others(mixed):
    errors, out = mixed
    assert {name for name, error in errors.items() if error} == {"r0.bdf", "bad.bdf"}
    assert isinstance(errors["bad.bdf"], RecordingError)
    assert "bad.bdf" in str(errors["bad.bdf"])
    assert sorted(p.name for p in out.glob("*_events.tsv")) == ["r1_events.tsv", "r2_events.tsv"]
    assert not list(out.glob("*bad*"))


def test_a_fault_of_the_program_fails_its_recording_alone(mixed):
    error = mixed[0]["r0.bdf"]
    assert isinstance(error, RecordingError)
    assert re.search(r"r0\.bdf: TypeError: .*--debug", str(error))
    assert "Traceback" in error.__notes__[0]


def test_the_error_about_many_recordings_shows_where_each_fault_came_from(recordings, tmp_path):
    outcomes = [run_job(Job(path, tmp_path, config="no config")) for path in recordings[:2]]
    with click.Context(analyze), pytest.raises(RecordingError, match="2 of 2") as caught:
        conclude(outcomes, [tmp_path])
    assert [note.count("TypeError: ") for note in caught.value.__notes__] == [1, 1]


class Deadly:
    """Ends the process that unpickles it, as the system does where memory runs out."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_process_that_dies_fails_recordings_and_ends_no_call(recordings, tmp_path):
    deadly = Job(recordings[0], tmp_path, LoadedConfig(), montage=Deadly())
    outcomes = list(run([deadly, *jobs_for(recordings[1:], tmp_path)], workers=2))
    assert {o.job.path for o in outcomes} == set(recordings)
    (died,) = [o.error for o in outcomes if o.job.path == recordings[0]]
    assert re.search(r"r0\.bdf: no result came back from its process .*--workers", str(died))


def test_results_that_exist_are_refused_before_the_work_and_kept(recordings, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "r0_quality.tsv").write_text("mine")
    (outcome,) = run(jobs_for(recordings[:1], out))
    assert "r0_quality.tsv exists" in str(outcome.error)
    assert contents(out) == {Path("r0_quality.tsv"): b"mine"}


def test_results_that_exist_are_replaced_where_that_is_asked_for(recordings, results, tmp_path):
    (tmp_path / "r0_quality.tsv").write_text("mine")
    (outcome,) = run(jobs_for(recordings[:1], tmp_path, overwrite=True))
    assert outcome.error is None
    name = "r0_quality.tsv"
    assert (tmp_path / name).read_bytes() == (results / name).read_bytes()


def test_results_of_which_one_cannot_be_written_leave_none(recordings, tmp_path):
    results = analyze_recording(recordings[0])
    with pytest.raises(AttributeError):
        write_results(replace(results, pairs=None), tmp_path)
    assert contents(tmp_path) == {}
    write_results(results, tmp_path)
    assert (tmp_path / "r0.json").is_file()


def test_results_that_exist_in_part_are_refused_whatever_the_part(tmp_path):
    for name in ("x_events.tsv", "x_summary.tsv", "x_quality.tsv", "x.json"):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        refuse_existing(*result_paths(folder, "x"))
        (folder / name).touch()
        with pytest.raises(ConfigError, match=rf"{name} exists .*--overwrite"):
            refuse_existing(*result_paths(folder, "x"))


def test_a_later_call_leaves_the_rows_of_an_earlier_one_in_the_joint_summary(recordings, tmp_path):
    write_joint(list(run(jobs_for(recordings[:1], tmp_path))), tmp_path)
    write_joint(list(run(jobs_for(recordings[1:], tmp_path))), tmp_path)
    rows = [row for row in read(tmp_path / "summary.tsv") if row["channel"] != "n/a"]
    assert [row["recording"] for row in rows] == [*("r0", "r0", "r1", "r1", "r2", "r2")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("summary.tsv", b"patient\tscore\nA\t1\n"),
        ("summary.tsv", b"patient\trecording\nA\t1\n"),
        ("summary.tsv", b"channel\trecording\nA\n"),
        ("summary.tsv", b"\xff\xfe not text"),
        ("summary.tsv", b""),
        ("dataset.json", b'{"mine": 1}'),
        ("dataset.json", b"no json"),
        ("dataset.json", b'["events.tsv", "summary.tsv"]'),
    ],
)
def test_a_file_of_others_with_the_name_of_a_joint_table_is_refused_and_kept(
    tmp_path, name, content
):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(
        ConfigError, match=rf"{name} was not written by emgspasm .*Choose another folder"
    ):
        require_own(tmp_path)
    with pytest.raises(ConfigError, match="was not written by emgspasm"):
        write_joint([], tmp_path)
    assert contents(tmp_path) == {Path(name): content}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no such names")
@pytest.mark.parametrize("name", ['a "b"', "a\u2028b"])
def test_a_recording_is_known_again_in_the_joint_summary_whatever_its_name(
    recordings, tmp_path, name
):
    (tmp_path / f"{name}.bdf").symlink_to(recordings[0])
    (job,) = jobs_for([tmp_path / f"{name}.bdf"], tmp_path / "out", overwrite=True)
    for _ in range(2):
        write_joint([run_job(job)], job.out)
    assert summarized(job.out) == {job.path.stem}
    assert read(job.out / "summary.tsv") == read(job.out / f"{name}_summary.tsv")


def test_joint_tables_of_emgspasm_are_no_files_of_others(results):
    require_own(results)


def test_rows_of_an_earlier_version_lack_what_it_did_not_have(results, tmp_path):
    names = [column.name for column in SUMMARY]
    kept = [*names[:5], names[-1]]
    (tmp_path / "summary.tsv").write_text("\t".join(kept) + "\n" + "\t".join("abcdef") + "\n")
    (row,) = summary_rows(tmp_path / "summary.tsv")
    assert dict(zip(names, row, strict=True)) == dict.fromkeys(names, "n/a") | dict(
        zip(kept, "abcdef", strict=True)
    )


def test_a_folder_that_cannot_be_written_to_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"file/out cannot be written \(no folder"):
        require_own(tmp_path / "file" / "out")


@pytest.mark.skipif(ANYWHERE, reason="root may write anywhere, and Windows has no such rights")
def test_a_folder_that_may_not_be_written_is_refused_before_the_work(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(RecordingError, match="not allowed"):
        require_own(tmp_path / "out")


def test_two_recordings_of_one_name_are_refused_before_anything_is_written(recordings, tmp_path):
    other = write_recording(tmp_path / "elsewhere" / "r0.bdf")
    out = tmp_path / "out"
    with pytest.raises(ConfigError, match=r"r0\.bdf and .*elsewhere/r0\.bdf would both") as caught:
        list(run(jobs_for([recordings[0], other], out)))
    assert "different folders" in str(caught.value)
    assert not out.exists()


def test_names_that_differ_in_case_alone_clash_only_on_a_disk_that_does_not_tell_them(
    tmp_path,
):
    lower, upper = tmp_path / "a" / "x.bdf", tmp_path / "b" / "X.bdf"
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    jobs = jobs_for([lower, upper], out)
    assert len(list(run([*jobs, *jobs_for([upper], elsewhere)]))) == 3
    (tmp_path / "OUT").symlink_to("out")
    assert len(list(run([jobs[0], *jobs_for([upper], elsewhere)]))) == 2
    with pytest.raises(ConfigError, match=r"x\.bdf and .*X\.bdf would both be written"):
        list(run(jobs))


def test_a_recording_with_the_name_of_the_data_dictionary_is_refused_before_the_work(tmp_path):
    with pytest.raises(ConfigError, match=r"Dataset\.bdf: .* dataset\.json, .* Rename"):
        list(run(jobs_for([tmp_path / "Dataset.bdf"], tmp_path / "out")))
    assert not (tmp_path / "out").exists()


def test_recordings_of_a_folder_are_found_by_suffix_in_order_of_name(tmp_path):
    for name in ("b.bdf", "a.EDF", "c.txt", "d.tsv", "e.xdf", "._b.bdf"):
        (tmp_path / name).touch()
    (tmp_path / "folder.bdf").mkdir()
    assert [p.name for p in find_recordings(tmp_path)] == ["a.EDF", "b.bdf", "e.xdf"]
    assert find_recordings(tmp_path / "c.txt") == [tmp_path / "c.txt"]


def test_a_source_without_recordings_is_named(tmp_path):
    with pytest.raises(RecordingError, match=r"holds no recording \(\.bdf, \.edf, \.xdf\)"):
        find_recordings(tmp_path)
    with pytest.raises(RecordingError, match="nowhere does not exist"):
        find_recordings(tmp_path / "nowhere")
    with pytest.raises(RecordingError, match="/dev/null is neither a file nor a folder"):
        find_recordings(Path("/dev/null"))


def test_where_nothing_was_analyzed_no_joint_table_is_begun(tmp_path):
    assert write_joint([], tmp_path / "out") == ()
    assert not (tmp_path / "out").exists()


def test_of_a_recording_that_failed_joint_tables_and_rates_know_nothing(recordings, tmp_path):
    done, failed = jobs_for(recordings[:2], tmp_path)
    outcomes = [Outcome(failed, RecordingError("cut")), run_job(done)]
    write_joint(outcomes, tmp_path)
    assert {row["recording"] for row in read(tmp_path / "summary.tsv")} == {"r0"}
    assert summarized(tmp_path) == {done.path.stem}
    assert rates_of(outcomes) == [500.0]


def test_a_job_tells_the_rate_of_a_file_that_does_not(tmp_path):
    samples = np.random.default_rng(0).normal(0.0, 2.0, (4000, 2))
    np.savetxt(tmp_path / "x.csv", samples, "%.3f", ",", header="OOC_L,OOC_R", comments="")
    job = Job(tmp_path / "x.csv", tmp_path, LoadedConfig())
    assert "--sampling-frequency" in str(run_job(job).error)
    told = run_job(replace(job, sampling_frequency=500.0))
    assert told.error is None
    assert rates_of([told]) == [500.0]


def test_where_every_recording_failed_no_joint_table_is_begun(recordings, tmp_path):
    (job,) = jobs_for(recordings[:1], tmp_path / "out")
    assert write_joint([Outcome(job, RecordingError("cut"))], tmp_path / "out") == ()
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "dataset_description.json").write_text('{"Name": "s", "BIDSVersion": "1.11.0"}')
    write_recording(folder / "sub-01/ses-W2/emg/sub-01_ses-W2_task-rest_emg.bdf")
    write_recording(folder / "sub-02/emg/sub-02_task-smile_emg.bdf", seed=1)
    return folder


def test_a_study_s_results_go_to_its_derivatives_under_bids_names(study):
    found = find_recordings(study)
    assert [p.name for p in found] == [
        "sub-01_ses-W2_task-rest_emg.bdf",
        "sub-02_task-smile_emg.bdf",
    ]
    jobs = [Job(p, results_folder(study, p, None), LoadedConfig()) for p in found]
    outcomes = list(run(jobs))
    derivatives = study / "derivatives" / "emgspasm"
    write_joint(outcomes, derivatives)
    first = derivatives / "sub-01/ses-W2/emg"
    assert sorted(p.name for p in first.iterdir()) == [
        "sub-01_ses-W2_task-rest_desc-bursts.json",
        "sub-01_ses-W2_task-rest_desc-bursts_events.json",
        "sub-01_ses-W2_task-rest_desc-bursts_events.tsv",
        "sub-01_ses-W2_task-rest_desc-bursts_pairs.tsv",
        "sub-01_ses-W2_task-rest_desc-bursts_quality.tsv",
        "sub-01_ses-W2_task-rest_desc-bursts_summary.tsv",
    ]
    rows = [row for row in read(derivatives / "summary.tsv") if row["channel"] != "n/a"]
    assert [(r["participant"], r["session"], r["task"], r["channel"]) for r in rows] == [
        ("01", "W2", "rest", "OOC_L"),
        ("01", "W2", "rest", "OOC_R"),
        ("02", "n/a", "smile", "OOC_L"),
        ("02", "n/a", "smile", "OOC_R"),
    ]
    assert find_recordings(study) == found


@pytest.fixture
def own_study(study, tmp_path):
    """A copy of the study without results, which a test may write into, and a recording of it."""
    shutil.copytree(study, tmp_path / "own", ignore=shutil.ignore_patterns("derivatives"))
    return tmp_path / "own", next((tmp_path / "own").rglob("*smile_emg.bdf"))


def test_the_results_of_a_study_say_what_they_are(own_study):
    study, recording = own_study
    results = study / "derivatives" / "emgspasm"
    assert write_joint([run_job(Job(recording, results, LoadedConfig()))], results) == ()
    assert "emgspasm" in (results / "README").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["derivatives/mine", "derivatives", "emgspasm"])
def test_another_folder_of_a_study_keeps_its_readme_and_has_no_group_table(own_study, folder):
    study, recording = own_study
    out = study / folder
    out.mkdir(parents=True)
    (out / "README").write_text("mine")
    assert write_joint([run_job(Job(recording, out, LoadedConfig()))], out) == ()
    assert (out / "README").read_text() == "mine"
    assert {path.name for path in out.glob("*summary.tsv")} == {
        "summary.tsv",
        "sub-02_task-smile_desc-bursts_summary.tsv",
    }


def test_a_folder_of_derivatives_need_not_lie_in_a_study(recordings, tmp_path):
    out = tmp_path / "derivatives" / "emgspasm"
    assert write_joint(list(run(jobs_for(recordings[:1], out))), out) == ()
    assert [path.name for path in tmp_path.iterdir()] == ["derivatives"]
    assert (out / "summary.tsv").is_file()


def test_outside_a_study_a_folder_must_be_named(recordings, tmp_path):
    with pytest.raises(ConfigError, match="no folder for the results"):
        results_folder(recordings[0], recordings[0], None)
    assert results_folder(recordings[0], recordings[0], tmp_path) == tmp_path


def test_result_names_follow_the_recording_s():
    out = Path("out")
    assert result_path(out, "a", "events") == out / "a_events.tsv"
    assert result_path(out, "a", "", ".json") == out / "a.json"
    assert result_path(out, "sub-01_emg", "events") == out / "sub-01_desc-bursts_events.tsv"


@pytest.mark.parametrize("fs", [125.0, 150.0])
def test_a_rate_too_low_for_emg_is_refused_unless_exploratory_and_then_marked(tmp_path, fs):
    path = write_recording(tmp_path / "slow.bdf", fs=fs, seconds=30)
    (refused,) = run(jobs_for([path], tmp_path / "no"))
    assert isinstance(refused.error, ConfigError)
    assert f"sampling frequency {fs:g} Hz" in str(refused.error)
    assert f"20-{0.45 * fs:g} Hz remain" in str(refused.error)
    assert "exploratory = true" in str(refused.error)
    assert not (tmp_path / "no").exists()
    job = Job(path, tmp_path / "out", LoadedConfig(Config(exploratory=True)))
    (done,) = run([job])
    assert done.error is None
    assert any(warning.startswith("exploratory") for warning in done.warnings)
    written = json.loads((tmp_path / "out" / "slow.json").read_text())
    assert written["exploratory"] is True


def test_channels_without_a_side_are_refused_by_name(tmp_path):
    path = write_recording(tmp_path / "x.bdf", labels=("OOC_L", "Chan 2", "Chan3"))
    (outcome,) = run(jobs_for([path], tmp_path / "out"))
    assert isinstance(outcome.error, ConfigError)
    assert "channels Chan 2, Chan3" in str(outcome.error)
    assert "--montage" in str(outcome.error)


def test_a_folder_that_cannot_be_written_to_is_one_error_that_names_it(recordings, tmp_path):
    (tmp_path / "file").touch()
    (outcome,) = run(jobs_for(recordings[:1], tmp_path / "file" / "out"))
    assert "file/out cannot be written (Not a directory)" in str(outcome.error)
    assert ".tmp" not in str(outcome.error)


@pytest.mark.skipif(ANYWHERE, reason="root may write anywhere, and Windows has no such rights")
def test_a_read_only_folder_is_one_error_that_names_it(recordings, tmp_path):
    tmp_path.chmod(0o500)
    (outcome,) = run(jobs_for(recordings[:1], tmp_path))
    assert "cannot be written (Permission denied)" in str(outcome.error)


def test_workers_end_with_a_process_that_ends_without_a_word():
    code = (
        "import os; from emgspasm.batch.running import _executor\n"
        "with _executor([], 1, None) as pool:\n"
        "    print(pool.submit(len, 'started').result(), flush=True); os._exit(3)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=60)  # all hold it
    assert (done.returncode, done.stdout.strip()) == (3, b"7")


def test_warnings_of_a_recording_come_with_its_outcome(recordings, tmp_path):
    (outcome,) = run(jobs_for(recordings[:1], tmp_path))
    assert (
        "500 Hz: synchrony and lags of pairs, verdicts on cross-talk, brow-lift indices withheld"
        in outcome.warnings
    )


def test_a_job_keeps_its_config_beside_the_result(recordings, tmp_path):
    loaded = LoadedConfig(Config(mains="off"), "mains = 'off'  # why")
    list(run([replace(jobs_for(recordings[:1], tmp_path)[0], config=loaded)]))
    written = json.loads((tmp_path / "r0.json").read_text())
    assert written["config"] == loaded.text
    assert written["config_sha256"] == loaded.sha256
    assert read(tmp_path / "r0_events.tsv")[0]["config_sha"] == loaded.sha256[:12]
