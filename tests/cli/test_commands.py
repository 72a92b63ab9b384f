"""The commands as a user meets them: processes, exit codes, one line of error, no leftovers."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import emgspasm as es
from emgspasm.cli.program import COMMANDS
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.tables.dictionary import TABLES
from emgspasm.storage.tables.tsv import read_table, table_rows
from emgspasm.stream import Chunk

EMGSPASM = [sys.executable, "-W", "error", "-m", "emgspasm"]


def call(*args, cwd=None):
    return subprocess.run(
        [*EMGSPASM, *map(str, args)], capture_output=True, text=True, check=False, cwd=cwd
    )


def assert_refused(done, code, *said):
    """One line of error on stderr, nothing on stdout, no traceback."""
    assert done.returncode == code, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("emgspasm: error: ")]
    assert len(lines) == 1, done.stderr
    assert done.stderr.splitlines()[-1] == lines[0]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    for words in said:
        assert words in lines[0]


@pytest.fixture(scope="module")
def recording(emgspasm, tmp_path_factory):
    path = tmp_path_factory.mktemp("simulated") / "clonic.bdf"
    done = emgspasm("simulate", path, "--scenario", "hfs_clonic", "--duration", 15, "--seed", 3)
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def results(emgspasm, recording):
    out = recording.parent / "results"
    done = emgspasm("analyze", recording, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "1 of 1 recordings analyzed" in done.stderr
    return out


@pytest.mark.parametrize("command", [[], *([name] for name in sorted(COMMANDS))])
def test_help_answers(emgspasm, command):
    done = emgspasm(*command, "--help")
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("Usage: ")


def test_help_lists_every_command(emgspasm):
    listed = emgspasm("--help").stdout
    assert all(f"\n  {name} " in listed for name in COMMANDS)


def test_the_help_of_analyze_names_every_table(emgspasm):
    listed = emgspasm("analyze", "--help").stdout
    assert all(f"X_{name}.tsv" in listed for name in TABLES)


def test_the_version_is_the_package_s():
    assert call("--version").stdout == f"emgspasm, version {es.__version__}\n"


def test_no_command_shows_the_help_and_is_a_wrong_call():
    done = call()
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")
    assert "\nCommands:\n" in done.stderr
    assert "error" not in done.stderr.split("Commands:")[0]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["analyse"], "no command 'analyse'; the nearest is analyze. emgspasm --help lists them"),
        (["xyz"], "no command 'xyz'. emgspasm --help lists them"),
        (["analyze", "x.bdf", "--otu", "y"], "No such option"),
        (["analyze"], "Missing argument 'SOURCE...'"),
        (["analyze", "x.bdf", "--workers", "0"], "0 is not in the range"),
        (["report", ""], "'SOURCE_OR_RESULTS': '' names nothing"),
        (["analyze", "x.bdf", "--out", ""], "'--out': '' names nothing"),
        (["simulate"], "give OUT.bdf and --scenario NAME"),
        (["simulate", "x.bdf", "--scenario", "hfs_clonik"], "hfs_clonic"),
        (["simulate", "x.edf", "--scenario", "hfs_clonic"], "x.edf does not end in .bdf"),
        (["simulate", "x.bdf", "--scenario", "hfs_clonic", "--duration", "-1"], "duration=-1"),
        (["simulate", "x.bdf", "--scenario", "hfs_clonic", "--side", "up"], "'up' is not one of"),
        (["simulate", "x.bdf", "--scenario", "hfs_clonic", "--task", "rest"], "Give --study DIR"),
        (["score", "x.tsv"], "Missing argument 'TRUTH'"),
        (["quality", "x.txt", "--sampling-frequency", "-5"], "-5; it must be positive"),
        (
            ["demo", "--duration", "1,5"],
            "'1,5' is not a valid float. Write it with a point, as 1.5",
        ),
        (["quality", "--gain", "24"], "are for a recording"),
        (["quality", "x.bdf", "--port", "y"], "x.bdf is a recording"),
        (["export", ".", "--out", "x", "--anonymize", "--gain", "24"], "are for a recording"),
        (["view", "x.bdf", "--speed", "nan"], "nan; it must be positive"),
        (["quality", "x.txt", "--sampling-frequency", "nan"], "nan; it must be positive"),
    ],
)
def test_a_wrong_call_is_2_and_one_line(emgspasm, tmp_path, args, said):
    assert_refused(emgspasm(*args, cwd=tmp_path), 2, said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("plain.csv", "OOC_L,OOC_R\n" + 9 * "1,2\n", "give it (--sampling-frequency HZ)"),
        ("OBCI_01.TXT", 9 * ("00" + 8 * ",0000F1" + "\n"), "no gain is given; give the one"),
    ],
)
def test_a_call_that_lacks_what_the_file_does_not_say_is_2(emgspasm, tmp_path, name, row, said):
    (tmp_path / name).write_text(row)
    assert_refused(emgspasm("quality", name, cwd=tmp_path), 2, said)


def test_a_wrong_config_is_2_and_names_the_nearest_key(emgspasm, recording, tmp_path):
    (tmp_path / "my.toml").write_text("[pipeline.detectr]\n")
    done = emgspasm("analyze", recording, "--out", "out", "--config", "my.toml", cwd=tmp_path)
    assert_refused(done, 2, "my.toml: unknown key pipeline.detectr", "Did you mean detector?")
    assert not (tmp_path / "out").exists()


def test_recordings_of_different_rates_are_said_not_to_compare(emgspasm, tmp_path):
    for fs in (250, 500):
        named = ("--duration", 5, "--sampling-frequency", fs, "--scenario", "healthy_rest")
        assert emgspasm("simulate", f"archive/x{fs}.bdf", *named, cwd=tmp_path).returncode == 0
    done = emgspasm("analyze", "archive", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0
    assert "sampled at 250 and 500 Hz; numbers at different rates cannot be compared" in done.stderr


def test_labels_without_sides_are_2_and_named(emgspasm, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n" + "".join(f"{i % 7},{i % 5}\n" for i in range(3000)))
    done = emgspasm("analyze", "x.csv", "--sampling-frequency", 500, "--out", "o", cwd=tmp_path)
    assert_refused(done, 2, "channels a, b", "--montage FILE.toml")


def test_where_nothing_was_analyzed_the_error_alone_is_said(emgspasm, tmp_path):
    (tmp_path / "x.bdf").write_bytes(b"")
    done = emgspasm("analyze", "x.bdf", "--out", "o", cwd=tmp_path)
    said = "emgspasm: error: x.bdf: the file is empty; give one that holds a recording\n"
    assert done.stderr == said


@pytest.mark.parametrize("command", ["analyze", "quality", "score"])
def test_a_missing_file_is_1_and_named(emgspasm, tmp_path, command):
    rest = {"analyze": ["--out", "o"], "quality": [], "score": ["truth.tsv"]}[command]
    assert_refused(emgspasm(command, "no.bdf", *rest, cwd=tmp_path), 1, "no.bdf")


def test_a_folder_without_recordings_is_1_and_named(emgspasm, tmp_path):
    assert_refused(emgspasm("analyze", tmp_path, "--out", tmp_path / "o"), 1, "holds no recording")


def test_a_recording_named_twice_is_analyzed_once(emgspasm, recording, tmp_path):
    done = emgspasm("analyze", recording, recording, "--out", tmp_path / "r")
    assert done.returncode == 0, done.stderr
    assert "1 of 1 recordings analyzed" in done.stderr


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("simulate --scenario hfs_g", "hfs_grouped"),
        ("emulate --scenario hfs_g", "hfs_grouped"),
        ("configs gan", "ganglion"),
    ],
)
def test_the_shell_completes_names_of_scenarios_and_configs(line, name):
    words = {"COMP_WORDS": f"emgspasm {line}", "COMP_CWORD": str(len(line.split()))}
    installed = "import sys; sys.argv = ['emgspasm']; from emgspasm.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", installed],
        capture_output=True, text=True, check=False,
        env=os.environ | words | {"_EMGSPASM_COMPLETE": "bash_complete"},
    )  # fmt: skip
    assert done.stdout.split() == [f"plain,{name}"], done.stderr


def test_recordings_deeper_in_a_folder_are_said_to_be_left_out(emgspasm, recording, tmp_path):
    deeper = tmp_path / "monday" / "x.bdf"
    deeper.parent.mkdir()
    deeper.hardlink_to(recording)
    assert_refused(emgspasm("analyze", tmp_path, "--out", tmp_path / "r"), 1, f"{deeper.parent}")
    (tmp_path / "y.bdf").hardlink_to(recording)
    done = emgspasm("analyze", tmp_path, "--out", tmp_path / "r")
    assert done.returncode == 0
    assert f"folders within it are left out, as {deeper.parent}" in done.stderr


@pytest.mark.parametrize("content", [b"", b"\xffBIOSEMI"])
def test_a_broken_file_is_1_and_named(emgspasm, tmp_path, content):
    (tmp_path / "broken.bdf").write_bytes(content)
    done = emgspasm("analyze", "broken.bdf", "--out", "o", cwd=tmp_path)
    assert_refused(done, 1, "broken.bdf")
    assert not list(tmp_path.glob("o/broken*"))


def test_one_bad_recording_among_good_ones_is_1_and_the_good_ones_are_done(
    emgspasm, recording, tmp_path
):
    (tmp_path / "good.bdf").write_bytes(recording.read_bytes())
    (tmp_path / "bad.bdf").write_bytes(b"nonsense")
    done = emgspasm("analyze", tmp_path, "--out", tmp_path / "o")
    assert_refused(done, 1, "1 of 2 recordings failed: bad.bdf: ")
    assert (tmp_path / "o" / "good_events.tsv").is_file()
    assert (tmp_path / "o" / "summary.tsv").is_file()


def test_results_that_exist_are_kept_until_overwrite_is_said(emgspasm, recording, results):
    before = {p.name: p.read_bytes() for p in results.iterdir()}
    again = emgspasm("analyze", recording, "--out", results)
    assert_refused(again, 2, "clonic_events.tsv exists", "nothing is left to do", "--overwrite")
    other = write_config(recording.parent / "other.toml")
    refused = emgspasm("analyze", recording, "--out", results, "--config", other)
    assert_refused(refused, 2, "clonic_events.tsv exists", "with another config", "--overwrite")
    assert emgspasm("analyze", recording, "--out", results, "--overwrite").returncode == 0
    assert {p.name: p.read_bytes() for p in results.iterdir()} == before


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["simulate", "{folder}/clonic.bdf", "--scenario", "hfs_clonic"], "clonic.bdf"),
        (["analyze", "{folder}/clonic.bdf", "--out", "."], "clonic_pairs.tsv"),
        (["export", "{folder}/clonic.bdf", "--format", "csv", "--out", "x.csv"], "x.csv"),
    ],
)
def test_what_exists_is_2_in_the_same_words_whatever_the_command(
    emgspasm, recording, results, tmp_path, command, name
):
    for file in ("x.csv", "clonic_pairs.tsv"):
        (tmp_path / file).write_text("mine")
    done = emgspasm(*(part.format(folder=recording.parent) for part in command), cwd=tmp_path)
    words = f"{name} exists (nothing is overwritten unasked). Use --overwrite or another name"
    assert_refused(done, 2, words)


def test_a_folder_of_which_one_result_exists_is_1_and_the_other_is_done(
    emgspasm, recording, tmp_path
):
    for name in ("a.bdf", "b.bdf"):
        (tmp_path / name).write_bytes(recording.read_bytes())
    out = tmp_path / "out"
    assert emgspasm("analyze", tmp_path / "a.bdf", "--out", out).returncode == 0
    given = ("analyze", tmp_path, "--out", out, "--config", write_config(tmp_path / "other.toml"))
    done = emgspasm(*given)
    assert_refused(done, 1, "1 of 2 recordings failed: a.bdf: ", "a_events.tsv exists")
    assert (out / "b_events.tsv").is_file()
    (out / "b.json").unlink()
    assert_refused(emgspasm(*given), 2, "2 of 2 recordings failed")


def write_config(path):
    path.write_text('mains = "off"\n')
    return path


def test_the_same_call_again_keeps_what_is_done_and_does_the_rest(emgspasm, recording, tmp_path):
    for name in ("a.bdf", "b.bdf"):
        (tmp_path / name).write_bytes(recording.read_bytes())
    out = tmp_path / "out"
    assert emgspasm("analyze", tmp_path / "a.bdf", "--out", out).returncode == 0
    done = emgspasm("analyze", tmp_path, "--out", out)
    assert done.returncode == 0, done.stderr
    assert f"2 of 2 recordings analyzed into {out} (1 done before, kept)" in done.stderr
    rows = (out / "summary.tsv").read_text().splitlines()[1:]
    assert {row.split("\t")[-1] for row in rows} == {"a", "b"}


def test_to_overwrite_one_recording_leaves_the_rows_of_the_others(emgspasm, recording, tmp_path):
    for name in ("a.bdf", "b.bdf"):
        (tmp_path / name).write_bytes(recording.read_bytes())
    out = tmp_path / "out"
    assert emgspasm("analyze", tmp_path / "a.bdf", tmp_path / "b.bdf", "--out", out).returncode == 0
    before = sorted((out / "summary.tsv").read_text().splitlines())
    assert emgspasm("analyze", tmp_path / "a.bdf", "--out", out, "--overwrite").returncode == 0
    assert sorted((out / "summary.tsv").read_text().splitlines()) == before


@pytest.fixture
def two_studies(recording, tmp_path):
    """Studies of one recording each, not analyzed yet."""
    studies = [tmp_path / "first", tmp_path / "second"]
    for i, study in enumerate(studies, 1):
        path = study / f"sub-{i:02}/emg/sub-{i:02}_task-rest_emg.bdf"
        path.parent.mkdir(parents=True)
        path.write_bytes(recording.read_bytes())
        (study / "dataset_description.json").write_text('{"Name": "s", "BIDSVersion": "1.11.0"}')
    return studies


def test_every_study_of_a_call_has_the_tables_of_its_own_recordings(emgspasm, two_studies):
    done = emgspasm("analyze", *two_studies)
    assert done.returncode == 0, done.stderr
    for i, study in enumerate(two_studies, 1):
        folder = study / "derivatives" / "emgspasm"
        rows = (folder / "summary.tsv").read_text().splitlines()[1:]
        assert {row.split("\t")[-1] for row in rows} == {f"sub-{i:02}_task-rest_emg"}
        assert {p.name for p in folder.glob("*.*")} == {
            *("summary.tsv", "dataset.json", "group_summary.tsv", "group_summary.parquet"),
            "methods.md",
        }


def test_a_study_whose_tables_cannot_be_joined_leaves_another_its_own(emgspasm, two_studies):
    first, second = two_studies
    (first / "sub-01/emg/sub-01_task-rest_emg.json").write_text('{"EMGReference": ')
    done = emgspasm("analyze", first, second)
    assert_refused(done, 1, "sub-01_task-rest_emg.json")
    assert (second / "derivatives/emgspasm/methods.md").is_file()


def test_a_summary_of_others_stops_the_call_before_the_work(emgspasm, recording, tmp_path):
    (tmp_path / "summary.tsv").write_text("mine\n1\n")
    done = emgspasm("analyze", recording, "--out", tmp_path, "--overwrite")
    assert_refused(done, 2, "summary.tsv was not written by emgspasm", "columns are mine")
    assert [p.name for p in tmp_path.iterdir()] == ["summary.tsv"]


def test_a_folder_below_a_file_is_1_and_no_temporary_name_is_shown(emgspasm, recording, tmp_path):
    (tmp_path / "file").touch()
    done = emgspasm("analyze", recording, "--out", tmp_path / "file" / "o")
    assert_refused(done, 1, "o cannot be written (no folder")
    assert ".tmp" not in done.stderr


def test_a_simulation_that_exists_is_kept(emgspasm, recording):
    before = recording.read_bytes()
    done = emgspasm("simulate", recording, "--scenario", "healthy_rest", "--duration", 2)
    assert_refused(done, 2, "clonic.bdf exists", "--overwrite")
    assert recording.read_bytes() == before


def test_the_same_seed_gives_the_same_bytes(emgspasm, recording, tmp_path):
    again = tmp_path / "clonic.bdf"
    emgspasm("simulate", again, "--scenario", "hfs_clonic", "--duration", 15, "--seed", 3)
    assert again.read_bytes() == recording.read_bytes()
    truths = [p.with_name("clonic_truth.tsv").read_bytes() for p in (again, recording)]
    assert truths[0] == truths[1]


def test_a_session_cut_short_is_said(emgspasm, tmp_path):
    short = emgspasm("simulate", tmp_path / "x.bdf", "--scenario", "hfs_protocol", "--duration", 3)
    assert "the whole session takes 723 s; these are its first 3" in short.stderr


def test_a_simulation_s_bursts_are_found(emgspasm, recording, results):
    truth = recording.with_name("clonic_truth.tsv")
    done = emgspasm("score", results / "clonic_events.tsv", truth, "--json")
    (pooled,) = [
        s for s in json.loads(done.stdout) if (s["trial_type"], s["channel"]) == ("burst", "all")
    ]
    assert pooled["sensitivity"] > 0.9
    assert pooled["ppv"] > 0.9
    assert pooled["n_crosstalk"] > 0
    assert abs(pooled["onset_bias_ms"]) < 5


def test_json_parses_and_holds_no_nan_and_no_more_decimals_than_tables(
    emgspasm, recording, results
):
    truth = recording.with_name("clonic_truth.tsv")
    for args in (
        ["quality", recording],
        ["score", results / "clonic_events.tsv", truth],
        ["simulate", "--list"],
    ):
        done = emgspasm(*args, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout, parse_constant=pytest.fail)
        assert not re.search(r"\.\d{5}", done.stdout)


def test_quality_tells_programs_the_columns_of_the_table(emgspasm, recording, results):
    told = json.loads(emgspasm("quality", recording, "--json").stdout)["channels"]
    stored = table_rows(read_table(results / "clonic_quality.tsv"))
    beside = {"recording": "clonic", "impedance_kohm": None}  # electrodes are told apart
    assert [row | beside for row in told] == stored


def test_score_and_quality_print_a_table(emgspasm, recording, results):
    table = emgspasm(
        "score", results / "clonic_events.tsv", recording.with_name("clonic_truth.tsv")
    )
    assert table.stdout.splitlines()[0].split()[:4] == ["event", "channel", "true", "found"]
    rows = emgspasm("quality", recording).stdout.splitlines()
    assert [row.split()[0] for row in rows][:3] == ["channel", "OOC_L", "ZYG_L"]


def test_score_of_what_is_no_events_table_is_1(emgspasm, recording, tmp_path):
    (tmp_path / "x.tsv").write_text("a\tb\n1\t2\n")
    done = emgspasm("score", "x.tsv", recording.with_name("clonic_truth.tsv"), cwd=tmp_path)
    assert_refused(done, 1, "lacks the columns")


@pytest.mark.parametrize("command", [["review"], ["report"]])
def test_a_word_where_a_number_belongs_is_1_and_named(emgspasm, results, tmp_path, command):
    for path in results.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    events = tmp_path / "clonic_events.tsv"
    rows = pd.read_csv(events, sep="\t", dtype=str, keep_default_na=False)
    rows.loc[2, "peak_uV"] = "loud"
    rows.to_csv(events, sep="\t", index=False)
    more = ["--accept", "E0001", "--rater", "R1"] if command == ["review"] else []
    done = emgspasm(*command, events, *more)
    assert_refused(done, 1, "clonic_events.tsv: peak_uV is 'loud' in line 4")


def test_review_of_what_is_no_events_table_is_1(emgspasm, results):
    done = emgspasm("review", results / "clonic_summary.tsv")
    assert_refused(done, 1, "clonic_summary.tsv lacks the columns", "of an events table")


def test_a_rate_that_no_amplifier_has_is_refused(emgspasm, tmp_path):
    (tmp_path / "x.csv").write_text("OOC_L,OOC_R\n" + "1,2\n" * 3000)
    rate = ["--sampling-frequency", "1e12"]
    done = emgspasm("analyze", "x.csv", *rate, "--out", "o", cwd=tmp_path)
    assert_refused(done, 2, "sampling frequency 1e+12 Hz (1e+06 Hz is the most)")


def test_an_import_beside_descriptions_of_another_recording_leaves_nothing(emgspasm, tmp_path):
    (tmp_path / "x.csv").write_text("OOC_L,OOC_R\n" + "1,2\n3,4\n" * 500)
    line = ["import", "x.csv", "--study", "s", "--participant", "01", "--task", "rest",
            "--sampling-frequency", "250"]  # fmt: skip
    assert emgspasm(*line, cwd=tmp_path).returncode == 0
    recording = tmp_path / "s/sub-01/emg/sub-01_task-rest_emg.bdf"
    recording.unlink()
    done = emgspasm(*line, cwd=tmp_path)
    assert_refused(done, 2, "sub-01_task-rest_emg.json exists")
    assert not recording.exists()


def test_recover_names_a_file_that_is_none_once(emgspasm, tmp_path):
    (tmp_path / "x.bdf").touch()
    done = emgspasm("recover", "x.bdf", cwd=tmp_path)
    assert_refused(done, 1, "1 of 1 files failed: x.bdf: ")
    assert done.stderr.count("x.bdf") == 1


def test_what_recover_keeps_beside_a_recording_is_hidden_from_bids_in_older_studies_too(
    emgspasm, tmp_path
):
    study = tmp_path / "s"
    emgspasm("simulate", "--study", study, "--participant", "01", "--task", "rest",
             "--scenario", "healthy_rest", "--duration", 2)  # fmt: skip
    (study / ".bidsignore").write_text("mine.txt\n")
    path = study / "sub-01/emg/sub-01_task-rest_emg.bdf"
    assert emgspasm("recover", path).returncode == 0
    assert (study / ".bidsignore").read_text() == "mine.txt\n"  # nothing is kept of a whole one
    path.write_bytes(path.read_bytes()[:-100])
    assert emgspasm("recover", path).returncode == 0
    assert {"mine.txt", "*.bdf.tail", "*.edf.tail"} <= {
        *(study / ".bidsignore").read_text().splitlines()
    }


@pytest.fixture(scope="module")
def cut_in_study(emgspasm, tmp_path_factory):
    study = tmp_path_factory.mktemp("cut") / "s"
    where = ("--study", study, "--participant", "01", "--session", "01", "--task", "rest")
    emgspasm("simulate", *where, "--scenario", "healthy_rest", "--duration", 2)
    path = study / "sub-01/ses-01/emg/sub-01_ses-01_task-rest_emg.bdf"
    path.write_bytes(path.read_bytes()[:-100])
    return path


def copied(files, folder):
    folder.mkdir(parents=True)
    for path in files.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_recover_works_in_the_folder_of_the_recording(emgspasm, cut_in_study, tmp_path):
    folder = copied(cut_in_study.parent, tmp_path / "emg")
    done = emgspasm("recover", cut_in_study.name, cwd=folder)
    assert done.returncode == 0, done.stderr
    described = json.loads((folder / cut_in_study.name).with_suffix(".json").read_text())
    assert described["RecordingDuration"] < 2


def test_recover_writes_nothing_into_folders_above_that_are_no_study(
    emgspasm, cut_in_study, tmp_path
):
    folder = copied(cut_in_study.parent, tmp_path / "a" / "b" / "c")
    assert emgspasm("recover", folder / cut_in_study.name).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert [path.name for path in (tmp_path / "a").rglob("*") if path.is_dir()] == ["b", "c"]
    assert not list(tmp_path.rglob(".bidsignore"))


@pytest.mark.parametrize("content", ["[]", "{"])
def test_recover_names_a_description_that_is_none(emgspasm, cut_in_study, tmp_path, content):
    folder = copied(cut_in_study.parent, tmp_path / "emg")
    path = folder / cut_in_study.name
    path.with_suffix(".json").write_text(content)
    done = emgspasm("recover", path)
    assert_refused(done, 1, "emg.json", "the recording itself is repaired")


def test_a_command_works_where_its_streams_are_closed(recording, tmp_path):
    line = " ".join([*EMGSPASM, "analyze", str(recording), "--out", str(tmp_path / "o")])
    done = subprocess.run(["sh", "-c", f"{line} 2>&- <&-"], check=False)
    assert done.returncode == 0
    assert (tmp_path / "o" / "clonic_events.tsv").is_file()


def test_an_export_never_replaces_the_recording_it_reads(emgspasm, recording):
    before = recording.read_bytes()
    args = ["--format", "edf", "--out", recording, "--overwrite"]
    assert_refused(emgspasm("export", recording, *args), 2, "clonic.bdf is the recording itself")
    assert recording.read_bytes() == before


def test_an_sd_card_file_is_exported_with_its_gain(emgspasm, tmp_path):
    row = ",".join(f"{100_000 * (n + 1):06X}" for n in range(8))
    lines = ["%START AT", "000003E8", *(f"{n % 256:02X},{row}" for n in range(500))]
    (tmp_path / "SDEMG01.TXT").write_text("\n".join(lines) + "\n")
    args = ("export", tmp_path / "SDEMG01.TXT", "--format", "csv", "--out", tmp_path / "x.csv")
    assert_refused(emgspasm(*args), 2, "--gain 24 is its default")
    assert emgspasm(*args, "--gain", 24).returncode == 0
    first = (tmp_path / "x.csv").read_text().splitlines()[1].split(",")
    assert float(first[1]) == pytest.approx(100_000 * 4.5e6 / 24 / (2**23 - 1), rel=1e-4)


def test_a_label_that_no_file_holds_is_sent_to_a_montage(emgspasm, tmp_path):
    (tmp_path / "x.csv").write_text("Größe,b\n" + "1.5,2.5\n" * 400, encoding="utf-8")
    done = emgspasm("import", tmp_path / "x.csv", "--study", tmp_path / "s", "--participant", "01",
                    "--task", "rest", "--sampling-frequency", 250)  # fmt: skip
    assert_refused(done, 1, "label 'Größe' does not fit", "in a montage")


def test_an_import_says_where_a_table_lacks_units(emgspasm, tmp_path):
    (tmp_path / "x.csv").write_text("OOC_L,OOC_R\n" + "1.5,2.5\n3.5,0.5\n" * 400)
    done = emgspasm("import", tmp_path / "x.csv", "--study", tmp_path / "s", "--participant", "01",
                    "--task", "rest", "--sampling-frequency", 250)  # fmt: skip
    assert "x.csv: OOC_L, OOC_R are in count, not in volts" in done.stderr
    assert 'unit = "uV"' in done.stderr


def test_an_import_without_emg_is_whole_and_says_so(emgspasm, tmp_path):
    (tmp_path / "x.csv").write_text("ECG,ACC_X\n" + "1.5,2.5\n3.5,0.5\n" * 400)
    done = emgspasm("import", tmp_path / "x.csv", "--study", tmp_path / "s", "--participant", "01",
                    "--task", "rest", "--sampling-frequency", 250)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "x.csv: no EMG channel among ECG, ACC_X. Give --montage" in done.stderr


def test_the_package_lists_its_public_names():
    assert dir(es) == sorted(es.__all__)


def test_an_import_that_fails_leaves_nothing_in_the_study(emgspasm, tmp_path):
    (tmp_path / "x.csv").write_text("OOC_L,OOC_R\n" + "1,2\n" * 300)
    into = ["--study", "s", "--participant", "01", "--session", "a", "--task", "rest"]
    done = emgspasm("import", "x.csv", "--sampling-frequency", "1e12", *into, cwd=tmp_path)
    assert_refused(done, 1, "sampling_frequency=1000000000000.0 Hz cannot be stored")
    assert (tmp_path / "s" / "participants.tsv").read_text() == "participant_id\n"
    assert not list(tmp_path.glob("s/sub-*"))


@pytest.mark.parametrize(
    "command", [["import", "x.csv"], ["simulate", "--scenario", "healthy_rest"]]
)
def test_a_mistyped_label_begins_no_study(emgspasm, tmp_path, command):
    (tmp_path / "x.csv").write_text("OOC_L,OOC_R\n" + "1.5,2.5\n" * 400)
    into = ["--study", "s", "--participant", "anna b", "--task", "rest"]
    rate = ["--sampling-frequency", "1000"]
    done = emgspasm(*command, *into, *rate, cwd=tmp_path)
    assert_refused(done, 2, "participant 'anna b'", "letters and digits")
    assert not (tmp_path / "s").exists()


def test_a_simulation_whose_truth_cannot_be_written_is_not_kept(emgspasm, tmp_path):
    (tmp_path / "x_truth.tsv").mkdir()
    args = ["--scenario", "healthy_rest", "--duration", 2, "--overwrite"]
    done = emgspasm("simulate", "x.bdf", *args, cwd=tmp_path)
    assert_refused(done, 1, "cannot be written (Is a directory)")
    assert [path.name for path in tmp_path.iterdir()] == ["x_truth.tsv"]


def test_quiet_says_nothing_but_errors(recording, tmp_path):
    done = call("analyze", recording, "--out", tmp_path / "o", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_verbose_says_the_warnings(emgspasm, tmp_path):
    slow = tmp_path / "slow.bdf"
    emgspasm(
        "simulate", slow, "--scenario", "hfs_clonic", "--sampling-frequency", 500, "--duration", 5
    )
    done = emgspasm("analyze", slow, "--out", tmp_path / "o", "-v")
    assert "slow.bdf: 500 Hz: synchrony and lags of pairs," in done.stderr


def test_debug_shows_where_an_error_came_from(tmp_path):
    done = call("analyze", "no.bdf", "--out", "o", "--debug", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_a_reader_that_goes_away_ends_the_command_quietly():
    """As ``emgspasm simulate --list | head -1`` once head has had its line."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*EMGSPASM, "simulate", "--list"], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 1  # click's answer to EPIPE


def test_work_goes_on_where_nobody_reads_what_is_said_of_it(tmp_path):
    """As ``emgspasm record 2>&1 >/dev/null | head -1``: a recording must not end with its log."""
    reader, writer = os.pipe()
    os.close(reader)
    call_ = [*EMGSPASM, "simulate", "x.bdf", "--scenario", "healthy_rest", "--duration", "2"]
    done = subprocess.run(call_, cwd=tmp_path, stderr=writer, check=False)
    os.close(writer)
    assert done.returncode == 0


@pytest.mark.parametrize("said", ["-v", "-q"], ids=["what is told", "nothing"])
def test_work_goes_on_where_the_terminal_is_gone(recording, tmp_path, said):
    """As ``emgspasm analyze ... &`` in a shell that its user has left."""
    pty = pytest.importorskip("pty", reason="no pseudo-terminals")
    ours, theirs = pty.openpty()
    os.close(ours)
    call_ = [*EMGSPASM, "analyze", str(recording), "--out", "results", said]
    done = subprocess.run(call_, cwd=tmp_path, stderr=theirs, check=False)
    os.close(theirs)
    assert done.returncode == 0


def interrupted(args, cwd, number, until, group=False):
    """Start, wait until there is work to interrupt, send a signal, and see how it ends."""
    process = subprocess.Popen(
        [*EMGSPASM, *map(str, args)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not until(process) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        assert process.poll() is None, process.communicate()[1]
        if group:  # as a terminal does on Ctrl-C
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
    finally:
        if process.poll() is None:  # minutes of work, beside all tests that follow
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, stderr


def assert_interrupted(stderr):
    """One line says so.

    With all warnings on, as in tests, Python may name a file that it was just about to open.
    """
    *before, told = filter(None, stderr.splitlines())
    assert told == "emgspasm: error: interrupted. What was written before stays"
    assert before == [] or "ResourceWarning: unclosed file" in before[-1]


@pytest.mark.real_time
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_simulation_leaves_nothing(tmp_path, number):
    args = ["simulate", "long.bdf", "--scenario", "hfs_mixed", "--duration", 600]
    code, stderr = interrupted(args, tmp_path, number, lambda _: list(tmp_path.glob(".long.bdf*")))
    assert code == 130
    assert_interrupted(stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def many(recording, tmp_path_factory):
    """A folder of many recordings: minutes of work for one process."""
    folder = tmp_path_factory.mktemp("many")
    for i in range(400):
        os.link(recording, folder / f"r{i:03}.bdf")
    return folder


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGTERM, 1), (signal.SIGTERM, 2), (signal.SIGINT, 2)]
)
def test_an_interrupted_analysis_keeps_whole_results_and_no_halves(many, tmp_path, number, workers):
    args = ["analyze", many, "--out", tmp_path / "o", "--workers", workers]
    code, stderr = interrupted(
        args,
        tmp_path,
        number,
        lambda _: len(list(tmp_path.glob("o/*.json"))) > 1,  # so the first result is whole
        group=number == signal.SIGINT,
    )
    assert code == 130
    assert_interrupted(stderr)
    kept = [p.name for p in (tmp_path / "o").iterdir()]
    assert 1 <= len([name for name in kept if name.endswith(".json")]) < 400
    assert not [name for name in kept if name.endswith(".tmp")]
    for path in (tmp_path / "o").glob("*.tsv"):
        assert path.read_bytes().endswith(b"\n")


def children_of(process):
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_workers_start_shows_nothing_of_theirs(many, tmp_path, number):
    args = ["analyze", many, "--out", "o", "--workers", 2]
    code, stderr = interrupted(
        args,
        tmp_path,
        number,
        lambda process: len(children_of(process)) >= 3,  # one of them tracks resources
        group=number == signal.SIGINT,
    )
    assert code == 130
    assert_interrupted(stderr)


@pytest.mark.real_time
def test_a_signal_ends_workers_amid_a_long_recording(recording, tmp_path):
    long = tmp_path / "long.bdf"
    repeat(recording, long, 120)
    os.link(long, tmp_path / "twin.bdf")

    def amid(process):
        read = [files_of(worker) & {long, tmp_path / "twin.bdf"} for worker in children_of(process)]
        return len([True for files in read if files]) == 2

    args = ["analyze", long, tmp_path / "twin.bdf", "--out", tmp_path / "o", "--workers", 2]
    code, _ = interrupted(args, tmp_path, signal.SIGTERM, amid)
    assert code == 130
    assert not list(tmp_path.rglob("*_events.tsv"))


def repeat(recording, path, times):
    """Write a stored recording anew, its samples so often one after the other."""
    with es.open_recording(recording) as short:
        chunks, info = list(short), short.info
    with BdfWriter(path, info) as writer:
        for k in range(times):
            for chunk in chunks:
                writer.write(Chunk(chunk.start + k * chunks[-1].stop, chunk.samples))


def files_of(process):
    """Files that a process has open."""
    files = set()
    for place in Path(f"/proc/{process}/fd").glob("*"):
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            files.add(place.readlink())
    return files


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_python_imports_is_told_in_one_line(tmp_path, number):
    args = ["simulate", "x.bdf", "--scenario", "hfs_mixed", "--duration", 600]
    code, stderr = interrupted(args, tmp_path, number, heeds())
    assert code == 130
    assert_interrupted(stderr)


def test_ctrl_c_again_and_again_is_told_in_one_line(tmp_path):
    args = ["simulate", "x.bdf", "--scenario", "hfs_mixed", "--duration", 600]
    command = [sys.executable, "-m", "emgspasm", *map(str, args)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    ready = heeds()
    while not ready(process):
        assert process.poll() is None  # as where whoever runs the tests lets them ignore Ctrl-C
        time.sleep(0.01)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    assert process.returncode == 130
    assert_interrupted(process.communicate()[1])


def heeds():
    """Whether a process has begun to catch a signal as emgspasm does: both of them."""
    both = (1 << (signal.SIGINT - 1)) | (1 << (signal.SIGTERM - 1))

    def answer(process):
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return int(caught.split()[1], 16) & both == both

    return answer
