"""The report as a user meets it: what it writes, and what it refuses."""

import re
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest

from emgspasm.cli.pages import index_path, plan
from emgspasm.errors import RecordingError
from emgspasm.report.pdf import BROWSERS, find_converter, print_pdf
from emgspasm.storage.derivatives.names import RESULTS, note_path


@pytest.fixture(scope="module")
def folder(emgspasm, patient, tmp_path_factory):
    """A copy of the patient's recording and results, with a page."""
    copied = shutil.copytree(patient.parent, tmp_path_factory.mktemp("report") / "results")
    done = emgspasm("report", copied / "patient_events.tsv")
    assert done.returncode == 0, done.stderr
    return copied


@pytest.fixture
def report(emgspasm):
    return partial(emgspasm, "report")


def test_the_page_stands_beside_its_results_and_needs_nothing_else(folder):
    page = (folder / "patient_report.html").read_text(encoding="utf-8")
    assert len(page) < 5_000_000
    assert "<script" not in page
    addresses = set(re.findall(r"(?:src|href)=[\"']([^\"'#]+)", page))
    assert not [a for a in addresses if not a.startswith("data:")]
    assert "research and education only" in page
    assert "validated on simulated data and public recordings of healthy people only" in page
    assert "No person was recorded: all of this is simulated." in page


def test_a_page_is_not_replaced_unasked(report, folder):
    before = (folder / "patient_report.html").read_bytes()
    done = report(folder / "patient_events.tsv")
    assert done.returncode != 0
    assert "patient_report.html exists" in done.stderr
    assert (folder / "patient_report.html").read_bytes() == before


def test_what_an_expert_rejected_is_no_spasm_of_the_page(report, emgspasm, folder, tmp_path):
    reviewed = shutil.copytree(folder, tmp_path / "reviewed")
    review = partial(emgspasm, "review", reviewed / "patient_events.tsv")
    listed = review().stdout
    # the first may begin before the filters have settled, and is not counted then
    spasm = re.findall(r"(E\d+)\D.*\bspasm +[LR].*auto", listed)[1]
    assert review("--rater", "A1", "--reject", spasm).returncode == 0
    done = report(reviewed / "patient_events.tsv", "--overwrite")
    assert done.returncode == 0, done.stderr

    def spasms(page):
        row = re.search(r"Spasms \(count\)</th>(.*?)</tr>", page.read_text(encoding="utf-8"))[1]
        return int(re.search(r"value=\"(\d+)\"|>(\d+)<", row)[0].strip('value=">< '))

    assert spasms(reviewed / "patient_report.html") == spasms(folder / "patient_report.html") - 1
    page, before = (
        each.joinpath("patient_report.html").read_text(encoding="utf-8")
        for each in (reviewed, folder)
    )
    for words in ("reviewed by", "As it was before the review:", "as the detector found them"):
        assert words in page
        assert words not in before


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("nowhere", "nowhere"),
        ("empty", "empty"),
        ("table", "tasks_events.tsv"),
    ],
)
def test_what_is_no_result_is_named(report, made, told, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "tasks_events.tsv").write_text("onset\tduration\n1\t2\n", encoding="utf-8")
    source = {"nowhere": "nowhere", "empty": "empty", "table": "tasks_events.tsv"}[made]
    done = report(tmp_path / source)
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("emgspasm: error: ")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("source", "out", "folder", "listed_in"),
    [
        ("study", None, "study/derivatives/emgspasm/sub-01/emg", "study/derivatives/emgspasm"),
        ("study", "pages", "pages/sub-01/emg", "pages"),
        ("results", None, "results/sub-01", "results"),
        ("study/sub-01/emg", None, "study/derivatives/emgspasm/sub-01/emg",
         "study/derivatives/emgspasm/sub-01/emg"),
    ],
)  # fmt: skip
def test_pages_are_listed_in_the_folder_that_was_reported(source, out, folder, listed_in, tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "study/dataset_description.json").touch()
    pages = [tmp_path / folder / name for name in ("a.html", "b.html")]
    told = index_path(tmp_path / source, out and tmp_path / out, pages)
    assert told == tmp_path / listed_in / "index.html"


def test_pages_of_a_study_are_in_order_of_participant_and_day(tmp_path):
    (tmp_path / "dataset_description.json").touch()
    days = {"sub-01_ses-W12": "2026-05-25", "sub-01_ses-W2": "2026-03-16", "sub-01_ses-base": None,
            "sub-02_ses-W2": "2026-01-05"}  # fmt: skip
    for name, day in days.items():
        home = tmp_path / name.replace("_", "/")
        (home / "emg").mkdir(parents=True)
        (home / "emg" / f"{name}_task-rest_emg.bdf").touch()
        told = f"emg/{name}_task-rest_emg.bdf\t{day}T09:00:00\n" if day else ""
        (home / f"{name}_scans.tsv").write_text(f"filename\tacq_time\n{told}")
        results = tmp_path / RESULTS / name.replace("_", "/") / "emg"
        results.mkdir(parents=True)
        for ending in ("_events.tsv", ".json"):
            (results / f"{name}_task-rest_desc-bursts{ending}").touch()
    expected = ["sub-01_ses-W2", "sub-01_ses-W12", "sub-01_ses-base", "sub-02_ses-W2"]
    assert [task.source.name.partition("_task")[0] for task in plan(tmp_path, None)] == expected


def test_a_recording_of_a_study_that_cannot_be_analyzed_fails_the_call(report, recorded, tmp_path):
    (tmp_path / "dataset_description.json").write_text('{"Name": "s", "BIDSVersion": "1.11.0"}')
    good, bad = (tmp_path / f"sub-0{n}/emg/sub-0{n}_task-rest_emg.bdf" for n in (1, 2))
    good.parent.mkdir(parents=True)
    recorded(good.stem, "hfs_clonic", good.parent, duration=15.0)
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"nonsense")
    done = report(tmp_path, "--quiet")
    assert done.returncode == 1
    assert re.search(r"error: 1 of 2 pages failed: \S*sub-02_task-rest_emg\.bdf", done.stderr)
    assert "sub-01_task-rest_desc-bursts_report.html" in done.stdout


def test_one_page_for_a_study_of_several_recordings_is_refused_before_they_are_analyzed(
    report, tmp_path
):
    (tmp_path / "dataset_description.json").touch()
    for n in (1, 2):
        recording = tmp_path / f"sub-0{n}/emg/sub-0{n}_task-rest_emg.bdf"
        recording.parent.mkdir(parents=True)
        recording.touch()
    done = report(tmp_path, "--out", tmp_path / "page.html")
    assert done.returncode == 2
    assert "page.html is one page for 2 recordings" in done.stderr


def test_a_result_of_a_study_that_was_cut_is_made_whole_first(report, recorded, tmp_path):
    (tmp_path / "dataset_description.json").write_text('{"Name": "s", "BIDSVersion": "1.11.0"}')
    folder = tmp_path / "sub-01/emg"
    folder.mkdir(parents=True)
    recorded("sub-01_task-rest_emg", "hfs_clonic", folder, duration=15.0)
    results = tmp_path / "derivatives/emgspasm/sub-01/emg"
    told = results / "sub-01_task-rest_desc-bursts.json"
    assert report(tmp_path, "--quiet").returncode == 0
    told.rename(note_path(told))  # as a killed call leaves it
    done = report(tmp_path, "--quiet", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert told.exists()
    assert not note_path(told).exists()


def test_a_page_that_failed_is_not_told_as_made_though_an_older_one_is_there(
    report, folder, tmp_path
):
    copied = shutil.copytree(folder, tmp_path / "two")
    for file in copied.glob("patient_*.tsv"):
        shutil.copy(file, copied / file.name.replace("patient", "other"))
    shutil.copy(copied / "patient.json", copied / "other.json")
    (copied / "other_summary.tsv").write_text("no such table\n", encoding="utf-8")
    (copied / "other_report.html").write_text("older", encoding="utf-8")
    done = report(copied, "--overwrite")
    assert done.returncode == 1
    assert "1 of 2 pages failed" in done.stderr
    assert [Path(line).name for line in done.stdout.splitlines()] == ["patient_report.html"]


@pytest.mark.parametrize("named", ["patient_events.tsv", "."])
@pytest.mark.parametrize(("option", "value"), [("--gain", 8), ("--sampling-frequency", 500)])
def test_settings_that_change_nothing_of_results_are_refused(report, folder, named, option, value):
    done = report(folder / named, option, value, "--overwrite")
    assert done.returncode == 2
    assert f"{option} changes nothing of" in done.stderr
    assert "report the recording" in done.stderr


def test_a_page_of_another_name_is_refused(report, folder):
    done = report(folder / "patient_events.tsv", "--out", folder / "page.docx")
    assert done.returncode == 2
    assert "Name it FILE.html" in done.stderr


def test_a_pdf_has_two_pages(report, folder):
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip("no browser prints here")
    done = report(folder / "patient_events.tsv", "--pdf", "--overwrite")
    if "No usable sandbox" in done.stderr:
        pytest.skip("the browser is not allowed a sandbox here (Debian: chromium-sandbox)")
    assert done.returncode == 0, done.stderr
    pdf = (folder / "patient_report.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


def test_a_converter_that_does_not_end_is_given_up_and_the_page_named(tmp_path):
    converter = tmp_path / "chromium"
    converter.write_text("#!/bin/sh\nexec sleep 60\n")
    converter.chmod(0o755)
    with pytest.raises(RecordingError, match=r"x\.pdf .* within 0\.2 s.*x\.html is there"):
        print_pdf(tmp_path / "x.html", tmp_path / "x.pdf", str(converter), patience=0.2)


def test_without_a_converter_a_pdf_is_refused_before_anything_is_written(
    report, folder, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    if shutil.which("weasyprint"):
        pytest.skip("weasyprint stands beside the interpreter")
    target = tmp_path / "page.html"
    done = report(folder / "patient_events.tsv", "--pdf", "--out", target)
    assert done.returncode == 2
    assert "--pdf needs a converter" in done.stderr
    assert not target.exists()


def test_a_browser_is_found_where_windows_installs_it_beside_the_search_path(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("ProgramFiles(x86)", str(tmp_path))
    browser = tmp_path / "Microsoft/Edge/Application/msedge.exe"
    browser.parent.mkdir(parents=True)
    browser.touch()
    assert find_converter() == str(browser)


def test_what_a_converter_says_in_another_encoding_is_told(tmp_path):
    converter = tmp_path / "chromium"
    converter.write_text(
        "#!/bin/sh\nprintf 'kein Zugriff m\\366glich' >&2\nexit 3\n", encoding="utf-8"
    )
    converter.chmod(0o755)
    with pytest.raises(RecordingError, match="kein Zugriff m"):
        print_pdf(tmp_path / "x.html", tmp_path / "x.pdf", str(converter))
