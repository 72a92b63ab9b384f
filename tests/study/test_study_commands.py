"""Commands about studies as a user meets them: exit codes and one line of error."""

import json

import pytest

from emgspasm.storage.studies.study import Study


@pytest.fixture
def run(emgspasm):
    """Calls the command line; returns exit code, stdout, stderr."""

    def call(*args):
        done = emgspasm(*args)
        return done.returncode, done.stdout, done.stderr

    return call


def test_a_study_is_made_and_filled_by_commands_alone(run, tmp_path):
    study = tmp_path / "study"
    where = ["--study", study, "--participant", "01", "--session", "W2", "--task", "rest"]
    made = ["simulate", *where, "--scenario", "hfs_clonic", "--duration", 10, "--seed", 3]
    assert run(*made, "--sampling-frequency", 250)[0] == 0
    who = [study, "--participant", "01", "--date", "2026-03-02"]
    toxin = ["--kind", "botulinum toxin", "--product", "Botox", "--site", "OOC", "--side", "left"]
    assert run("study", "add-treatment", *who, *toxin, "--units", 5)[0] == 0
    assert run("study", "add-score", *who, "--scale", "SMC", "--value", 2, "--rater", "R1")[0] == 0
    dated = ["--participant", "01", "--session", "W2", "--date", "2026-03-16"]
    assert run("study", "set-date", study, *dated)[0] == 0
    code, out, _ = run("study", "list", study, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["recordings"][0]["date"] == "2026-03-16"
    assert told["treatments"][0]["units"] == 5
    assert told["scores"][0]["scale"] == "SMC"
    assert (study / "derivatives/truth/sub-01/ses-W2/emg").is_dir()
    code, _, err = run(*made)
    assert (code, "exist" in err) == (2, True)


def test_labels_may_be_written_as_tables_and_folders_have_them(run, tmp_path):
    study = tmp_path / "study"
    who = ["--participant", "sub-01", "--session", "ses-W2"]
    made = ["simulate", "--study", study, *who, "--task", "task-rest", "--scenario", "healthy_rest"]
    assert run(*made, "--duration", 5)[0] == 0
    assert (study / "sub-01/ses-W2/emg/sub-01_ses-W2_task-rest_emg.bdf").exists()
    assert run("study", "set-date", study, *who, "--date", "2026-03-16")[0] == 0
    told = json.loads(run("study", "list", study, "--participant", "sub-01", "--json")[1])
    assert [(r["participant"], r["date"]) for r in told["recordings"]] == [("01", "2026-03-16")]


@pytest.fixture
def small_study(run, tmp_path):
    """A study with a recording of a few seconds."""
    where = ["--study", tmp_path / "s", "--participant", "01", "--session", "a", "--task", "rest"]
    assert run("simulate", *where, "--scenario", "hfs_clonic", "--duration", 8)[0] == 0
    return tmp_path / "s"


RECORDED = "sub-01/ses-a/emg"


@pytest.mark.parametrize("named", [f"{RECORDED}/sub-01_ses-a_task-rest_emg.bdf", RECORDED])
def test_a_recording_of_a_study_is_analyzed_into_the_study(run, small_study, named):
    code, _, err = run("analyze", small_study / named)
    assert code == 0, err
    results = small_study / "derivatives/emgspasm"
    assert (results / RECORDED / "sub-01_ses-a_task-rest_desc-bursts_events.tsv").exists()
    assert (results / "summary.tsv").exists()


def test_the_page_of_a_recording_of_a_study_lies_among_its_results(run, small_study):
    code, out, err = run("report", small_study / RECORDED / "sub-01_ses-a_task-rest_emg.bdf")
    assert code == 0, err
    page = small_study / "derivatives/emgspasm" / RECORDED
    assert out.strip() == str(page / "sub-01_ses-a_task-rest_desc-bursts_report.html")
    assert not list((small_study / "sub-01").rglob("*.html"))


def test_an_import_in_place_of_another_keeps_neither_its_date_nor_its_markers(run, tmp_path):
    made, bare = tmp_path / "made.bdf", tmp_path / "bare.csv"
    assert run("simulate", made, "--scenario", "hfs_clonic", "--duration", 10)[0] == 0
    bare.write_text("OOC_L,OOC_R\n" + "1.5,2.5\n3.5,-4.5\n" * 100)
    where = ["--study", tmp_path / "study", "--participant", "01", "--task", "rest"]
    dated = ["--participant", "01", "--date", "2026-03-16"]
    assert run("import", made, *where)[0] == 0
    assert run("study", "set-date", tmp_path / "study", *dated)[0] == 0
    code, _, err = run("import", bare, *where, "--sampling-frequency", 250, "--overwrite")
    assert (code, "that of the recording it replaces is gone" in err) == (0, True)
    told = json.loads(run("study", "list", tmp_path / "study", "--json")[1])
    assert told["recordings"][0]["date"] is None
    assert not list((tmp_path / "study").rglob("*_events.tsv"))


def test_compare_writes_a_page_and_its_table(run, own_course):
    code, out, err = run("compare", own_course.path, "--participant", "sub-01")
    page = own_course.path / "derivatives/emgspasm/sub-01/sub-01_course.html"
    assert (code, out) == (0, f"{page}\n")
    assert "6 sessions compared" in err
    assert page.with_suffix(".tsv").read_text().startswith("participant\tsession\tdate\tday")
    assert page.stat().st_size < 1_000_000
    code, out, err = run("compare", own_course.path, "--participant", "01")
    assert (code, out) == (2, "")
    assert "nothing is overwritten unasked" in err


def test_a_course_without_a_session_ends_with_1_and_says_why(run, own_course):
    for path in own_course.path.rglob("*_scans.tsv"):
        path.unlink()
    code, out, err = run("compare", own_course.path, "--participant", "01")
    assert (code, out) == (1, "")
    assert "no session of participant 01 can be compared" in err
    assert "W4: its date is not known" in err


def test_review_writes_beside_and_mends_the_tables_of_the_study(run, own_course):
    (path,) = own_course.path.rglob("*ses-base*_desc-bursts_events.tsv")
    code, out, _ = run("review", path, "--json")
    listed = json.loads(out)
    spasm = next(e["event_id"] for e in listed if e["trial_type"] == "spasm")
    group = own_course.path / "derivatives/emgspasm/group_summary.tsv"
    before = group.read_text()
    code, _, err = run("review", path, "--rater", "R1", "--reject", spasm)
    assert code == 0
    assert "1 decision of R1; 0 events accepted, 1 rejected" in err
    assert group.read_text() != before


def test_another_date_is_replaced_only_when_asked(run, own_course):
    (day,) = set(own_course.sessions().query("session == 'W4'").date.dt.strftime("%Y-%m-%d"))
    who = ["study", "set-date", own_course.path, "--participant", "01", "--session", "W4"]
    scans = [path.read_bytes() for path in own_course.path.rglob("*_scans.tsv")]
    code, _, err = run(*who, "--date", "2026-04-01")
    assert code == 2
    assert f"is dated {day} already" in err
    assert "--overwrite" in err
    assert run(*who, "--date", day)[0] == 0
    assert [path.read_bytes() for path in own_course.path.rglob("*_scans.tsv")] == scans
    assert run(*who, "--date", "2026-04-01", "--overwrite")[0] == 0
    assert [path.read_bytes() for path in own_course.path.rglob("*_scans.tsv")] != scans


def test_an_anonymous_copy_is_made_by_command(run, own_course, tmp_path):
    code, _, err = run("export", own_course.path, "--anonymize", "--out", tmp_path / "copy")
    assert code == 0
    assert "1 participant and 6 recordings copied" in err
    assert Study.open(tmp_path / "copy").participants == ("01",)


@pytest.mark.parametrize(
    ("code", "args", "said"),
    [
        (2, ["compare", "STUDY", "--participant", "99"], "participant '99' is not in"),
        (2, ["compare", "STUDY", "--participant", "01", "--since", "2.3.26"], "YYYY-MM-DD"),
        (2, ["compare", "STUDY", "--participant", "01", "--since", "2026-03-05"],
         "no treatment on 2026-03-05 (treatments: 2026-03-02)"),
        (2, ["compare", "STUDY", "--participant", "01", "--out", "x.pdf"], "ends in .html"),
        (2, ["compare", "STUDY"], "Missing option '--participant'"),
        (1, ["compare", "no/such/study", "--participant", "01"], "is not a study"),
        (2, ["export", "STUDY", "--format", "edf", "--out", "x"], "--anonymize"),
        (2, ["export", "x.bdf", "--out", "x.edf"], "say what to write"),
        (2, ["study", "add-treatment", "STUDY", "--participant", "01", "--date", "2026-03-02",
             "--kind", "toxin"], "kinds are botulinum toxin, mvd, other"),
        (2, ["study", "add-score", "STUDY", "--participant", "01", "--date", "2199-03-02",
             "--scale", "SMC", "--value", "2", "--rater", "R1"], "lies in the future"),
        (2, ["study", "set-date", "STUDY", "--participant", "01", "--session", "W3",
             "--date", "2026-03-02"], "has no recording of session W3"),
        (1, ["review", "x.txt", "--rater", "R1", "--accept", "E1"], "not an events table"),
        (2, ["review", "x_events.tsv", "--accept", "E1"], "say who decides"),
        (2, ["simulate", "--study", "STUDY", "--scenario", "hfs_clonic"], "--participant ID"),
        (2, ["simulate", "x.bdf", "--scenario", "hfs_clonic", "--injected", "OOC_L"],
         "give both or neither"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_one_line(run, toxin_course, code, args, said):
    args = [str(toxin_course.path) if each == "STUDY" else each for each in args]
    before = sorted(toxin_course.path.rglob("*"))
    told, out, err = run(*args)
    assert (told, out) == (code, "")
    assert err.startswith("emgspasm: error: ")
    assert said in err
    assert err.count("\n") == 1
    assert sorted(toxin_course.path.rglob("*")) == before
