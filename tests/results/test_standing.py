"""A call that was interrupted goes on: what is whole stays, what is cut is done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from emgspasm.batch.jobs import Job, run_job
from emgspasm.batch.joint import write_joint
from emgspasm.batch.running import run
from emgspasm.config import Config, LoadedConfig
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.results.analysis import analyze_recording
from emgspasm.results.origin import ORIGIN
from emgspasm.results.outputs import write_results
from emgspasm.results.standing import standing
from emgspasm.results.stored import read_result
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.derivatives.names import note_path
from emgspasm.storage.montage import Assignment, Montage
from emgspasm.stream import Channel, Chunk, StreamInfo

LABELS = ("OOC_L", "OOC_R")


def write_recording(path, seed=0, seconds=6, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).normal(0.0, 2.0, (500 * seconds, 2))
    samples[1500:1550, 0] *= 10.0
    channels = tuple(Channel.from_label(label, full_scale=187_500.0) for label in LABELS)
    with BdfWriter(path, StreamInfo(500.0, channels), **options) as writer:
        writer.write(Chunk(0, samples))
    return path


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def times(folder):
    return {p.name: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def job(tmp_path):
    return Job(write_recording(tmp_path / "r.bdf"), tmp_path / "out", LoadedConfig())


@pytest.fixture
def done(job):
    assert run_job(job).error is None
    return job


def cut(job, *lacking):
    """Leave results as a call does that is killed while it writes them."""
    told = json.loads((job.out / "r.json").read_text())
    note_path(job.out / "r.json").write_text(json.dumps(told))
    for name in ("r.json", *lacking):
        (job.out / name).unlink()


def test_results_of_the_same_call_are_kept_untouched_with_their_warnings(done):
    before = times(done.out)
    outcome = run_job(done)
    assert (outcome.error, outcome.kept) == (None, True)
    assert any("500 Hz" in warning for warning in outcome.warnings)
    assert times(done.out) == before


def test_overwrite_does_all_anew(done):
    before = times(done.out)
    outcome = run_job(replace(done, overwrite=True))
    assert (outcome.error, outcome.kept) == (None, False)
    assert all(now != before[name] for name, now in times(done.out).items())


def test_results_that_were_cut_are_done_and_nothing_else_is_left(done):
    before = contents(done.out)
    cut(done, "r_pairs.tsv")
    (done.out / ".r_pairs.tsv.4711.tmp").write_text("half")
    outcome = run_job(done)
    assert (outcome.error, outcome.kept) == (None, False)
    assert contents(done.out) == before


@pytest.mark.parametrize("name", ["r_events.tsv", "r_summary.tsv", "r_quality.tsv", "r_pairs.tsv"])
def test_results_that_lack_a_table_are_not_whole(done, name):
    before = contents(done.out)
    (done.out / name).unlink()
    assert not run_job(done).kept
    assert contents(done.out) == before


def test_results_whose_origin_nothing_tells_are_refused(done):
    (done.out / "r.json").unlink()
    before = contents(done.out)
    error = run_job(done).error
    assert isinstance(error, ConfigError)
    assert "r_events.tsv exists (nothing is overwritten unasked). Use --overwrite" in str(error)
    assert contents(done.out) == before


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "\0"])
def test_results_whose_origin_is_damaged_are_refused(done, text):
    (done.out / "r.json").write_text(text)
    assert "exists (nothing is overwritten unasked). Use" in str(run_job(done).error)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"config": LoadedConfig(Config(mains="off"))}, "made with another config"),
        ({"config": LoadedConfig(Config(exploratory=True))}, "montage, rate, gain or exploratory"),
        ({"sampling_frequency": 500.0}, "montage, rate, gain or exploratory"),
        ({"gain": 24.0}, "montage, rate, gain or exploratory"),
    ],
)
def test_results_of_another_call_are_refused_and_it_is_said_why(done, changes, why):
    before = contents(done.out)
    error = run_job(replace(done, **changes)).error
    assert isinstance(error, ConfigError)
    assert why in str(error)
    assert "\n" not in str(error)
    assert contents(done.out) == before


WHY = {
    "recording": "it is of another recording",
    "input_sha256": "it is of another recording",
    "config_sha256": "it was made with another config",
    "emgspasm_version": "it was made by another version",
    "given": "it was made with another montage, rate, gain or exploratory",
    "maximal_recordings": "maximal trials of its session came or changed since it was made",
}


@pytest.mark.parametrize("key", ORIGIN)
@pytest.mark.parametrize("noted", [False, True], ids=["whole", "cut"])
def test_whatever_differs_of_the_origin_of_results_is_said(tmp_path, key, noted):
    origin = dict.fromkeys(ORIGIN, "a")
    told = tmp_path / "r.json"
    (note_path(told) if noted else told).write_text(json.dumps(origin))
    (tmp_path / "r_events.tsv").touch()
    with pytest.raises(ConfigError, match=rf"r_events.tsv exists .*; {WHY[key]}\)\. Use"):
        standing(tmp_path, "r", lambda: origin | {key: "b"})


def test_a_montage_that_swaps_the_sides_makes_another_result(job):
    def montage(*order):
        channels = (Assignment(i, label) for i, label in zip(order, LABELS, strict=True))
        return Montage(tuple(channels))

    first = replace(job, montage=montage(1, 2))
    assert run_job(first).error is None
    assert run_job(replace(first, montage=replace(montage(1, 2), name="another file"))).kept
    assert "another montage" in str(run_job(replace(first, montage=montage(2, 1))).error)


def test_a_table_that_new_results_do_not_have_goes_with_the_old_ones(done):
    trials = done.out / "r_trials.tsv"
    trials.write_text("of a recording that had markers of tasks")
    assert run_job(replace(done, overwrite=True)).error is None
    assert not trials.exists()


def test_results_of_a_recording_that_changed_are_refused(done):
    write_recording(done.path, seed=1, overwrite=True)
    assert "it is of another recording" in str(run_job(done).error)


def test_results_of_another_version_are_refused(done):
    told = json.loads((done.out / "r.json").read_text())
    (done.out / "r.json").write_text(json.dumps(told | {"emgspasm_version": "0.0.1"}))
    assert "made by another version" in str(run_job(done).error)


def test_a_comment_in_the_config_makes_no_other_call(done):
    assert run_job(replace(done, config=LoadedConfig(text="# why"))).kept


def test_results_half_overwritten_belong_to_the_call_that_overwrote(done):
    other = replace(done, config=LoadedConfig(Config(mains="off")), overwrite=True)
    results = analyze_recording(other.path, other.config)
    with pytest.raises(AttributeError):  # the events are replaced, the rest is not
        write_results(replace(results, pairs=None), other.out, overwrite=True)
    assert "made with another config" in str(run_job(done).error)
    with pytest.raises(RecordingError, match="may be of two calls"):
        read_result(done.out / "r_events.tsv")
    again = run_job(replace(other, overwrite=False))
    assert (again.error, again.kept) == (None, False)
    assert run_job(replace(other, overwrite=False)).kept


def test_the_joint_summary_has_the_rows_of_what_was_kept(tmp_path):
    paths = [write_recording(tmp_path / f"r{i}.bdf", seed=i) for i in range(3)]
    jobs = [Job(path, tmp_path / "out", LoadedConfig()) for path in paths]
    whole, out = tmp_path / "whole", tmp_path / "out"
    write_joint(list(run([replace(job, out=whole) for job in jobs])), whole)
    assert run_job(jobs[1]).error is None
    write_joint(list(run(jobs)), out)
    assert contents(out) == contents(whole)


def until(condition):
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def n_whole(out):
    """Results that were written to their end."""
    found = out.rglob("*_desc-bursts.json")
    return sum(not note_path(provenance).exists() for provenance in found)


def analyzing(*arguments, **more):
    command = [sys.executable, "-m", "emgspasm", "analyze", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **more)


@pytest.mark.slow
@pytest.mark.real_time
@pytest.mark.parametrize("workers", [1, 2])
def test_a_call_that_is_killed_goes_on_and_makes_the_same_bytes(emgspasm, tmp_path, workers):
    study, out = tmp_path / "study", tmp_path / "study/derivatives/emgspasm"
    for i in range(6):
        write_recording(study / f"sub-{i}/emg/sub-{i}_task-rest_emg.bdf", seed=i)
    (study / "dataset_description.json").write_text('{"Name": "s", "BIDSVersion": "1.11.0"}')
    given = (study, "--workers", workers)
    with analyzing(*given, start_new_session=True) as process:
        until(lambda: len(list(out.rglob("*_pairs.tsv"))) >= 2)
        until(lambda: n_whole(out))  # two at a time end together
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert not (out / "summary.tsv").exists()
    n_kept = n_whole(out)
    assert 1 <= n_kept < 6
    done = emgspasm("analyze", *given)
    assert done.returncode == 0, done.stderr
    assert "6 of 6 recordings analyzed" in done.stderr
    assert f"({n_kept} done before, kept)" in done.stderr
    left = contents(out)
    assert emgspasm("analyze", study, "--overwrite").returncode == 0
    assert contents(out) == left
    assert len(left) == 6 * 6 + 6  # the tables of each, and those of all
