"""A study is a valid BIDS dataset, whoever adds to it."""

import json
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.studies.sidecar import write_sidecars
from emgspasm.storage.studies.study import Study
from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo

BESIDE = str(Path(sys.executable).parent)
VALIDATOR = shutil.which("bids-validator-deno") or shutil.which("bids-validator-deno", path=BESIDE)


def add(study, participant, session, task, run=None):
    place = study.place(participant, session, task=task, run=run)
    channels = (
        Channel.from_label("OOC_L", full_scale=187_500.0),
        Channel.from_label("OOC_R", full_scale=187_500.0),
        Channel("X", kind="ACCEL", unit="g", full_scale=4.0),
    )
    with BdfWriter(place.recording, StreamInfo(250.0, channels)) as writer:
        writer.write(Chunk(0, np.zeros((1000, 3))))
        writer.annotate(Annotation(1.0, 2.0, "smile"))
    write_sidecars(open_edf(place.recording), place.sidecars, task=task)
    return place


def test_a_new_study_describes_itself(tmp_path):
    study = Study.open_or_create(tmp_path / "toxin")
    described = json.loads((study.path / "dataset_description.json").read_text())
    assert described["Name"] == "toxin"
    assert described["DatasetType"] == "raw"
    assert described["GeneratedBy"][0]["Name"] == "emgspasm"
    assert "toxin" in (study.path / "README").read_text()
    assert study.participants == ()


def test_a_study_in_a_folder_whose_name_is_no_utf_8_has_a_readable_one(tmp_path):
    study = Study.open_or_create(tmp_path / "n\udce4me")
    description = json.loads((study.path / "dataset_description.json").read_text("utf-8"))
    assert description["Name"] == "n\ufffdme"


def test_a_recording_has_its_place_and_its_participant_a_row(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    place = study.place("01", "W2", task="rest", run=2)
    folder = tmp_path / "study/sub-01/ses-W2/emg"
    assert place.recording == folder / "sub-01_ses-W2_task-rest_run-2_emg.bdf"
    assert place.sidecars.description == folder / "sub-01_ses-W2_task-rest_run-2_emg.json"
    assert place.sidecars.channels == folder / "sub-01_ses-W2_task-rest_run-2_channels.tsv"
    assert place.sidecars.events == folder / "sub-01_ses-W2_task-rest_run-2_events.tsv"
    assert folder.is_dir()
    assert study.participants == ("01",)


def test_a_place_in_which_no_recording_came_to_be_is_undone(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    before = study.path.joinpath("participants.tsv").read_bytes()
    with pytest.raises(KeyboardInterrupt), study.placing("01", "W2", task="rest"):
        raise KeyboardInterrupt
    assert study.path.joinpath("participants.tsv").read_bytes() == before
    assert not list(study.path.glob("sub-*"))


def test_what_was_there_before_a_place_that_is_undone_stays(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    table = study.path / "participants.tsv"
    table.write_text("participant_id\tage\nsub-01\t61\n")
    (study.path / "sub-02").mkdir()
    (study.path / "sub-02" / "notes.txt").touch()
    for participant in ("01", "02"):
        with study.placing(participant, task="rest"):
            pass
    assert table.read_text() == "participant_id\tage\nsub-01\t61\nsub-02\tn/a\n"
    assert [path.name for path in study.path.glob("sub-*")] == ["sub-02"]


def test_a_place_with_a_recording_stays_whatever_comes_after(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    with suppress(KeyboardInterrupt), study.placing("01", task="rest") as place:
        place.recording.touch()
        raise KeyboardInterrupt
    assert study.participants == ("01",)


def test_a_session_may_be_left_out(tmp_path):
    place = Study.open_or_create(tmp_path / "study").place("01", task="rest")
    assert place.recording == tmp_path / "study/sub-01/emg/sub-01_task-rest_emg.bdf"


def test_a_study_is_opened_again_as_it_was_left(tmp_path):
    first = Study.open_or_create(tmp_path / "study")
    add(first, "02", None, "rest")
    add(first, "01", "b", "rest")
    (first.path / "README").write_text("mine")
    again = Study.open_or_create(tmp_path / "study")
    assert (again.path / "README").read_text() == "mine"
    assert again.participants == ("02", "01")
    assert [path.name for path in again.recordings()] == [
        "sub-01_ses-b_task-rest_emg.bdf",
        "sub-02_task-rest_emg.bdf",
    ]


def test_a_line_of_participants_that_names_nobody_is_refused_by_its_number(tmp_path):
    study = Study.open_or_create(tmp_path / "new")
    (study.path / "participants.tsv").write_text("participant_id\tage\nsub-01\t50\nn/a\t45\n")
    with pytest.raises(RecordingError, match=r"line 3: participant_id is missing"):
        study.participants  # noqa: B018  reads the table


def test_columns_which_people_added_to_participants_are_kept(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    table = study.path / "participants.tsv"
    table.write_text("participant_id\tage\tsex\nsub-01\t61\tF\n")
    study.place("01", task="rest")
    study.place("02", task="rest")
    assert table.read_text() == "participant_id\tage\tsex\nsub-01\t61\tF\nsub-02\tn/a\tn/a\n"


@pytest.mark.parametrize(
    "labels",
    [
        {"participant": "J. Doe"},
        {"participant": ""},
        {"participant": "../x"},
        {"session": "week-2"},
        {"task": "rest_open"},
        {"task": "é"},
    ],
)
def test_labels_of_other_than_letters_and_digits_are_refused(tmp_path, labels):
    study = Study.open_or_create(tmp_path / "study")
    (named,) = labels
    with pytest.raises(ValueError, match=f"^{named} .* letters and digits"):
        study.place(**({"participant": "01", "session": "1", "task": "rest"} | labels))
    assert not list(study.path.glob("sub-*"))


def test_a_new_study_has_the_tables_that_people_enter_with_their_headings(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    for name in ("treatments", "scales"):
        heading = (study.path / f"{name}.tsv").read_text().splitlines()
        described = json.loads((study.path / f"{name}.json").read_text())
        assert [line.split("\t") for line in heading] == [list(described)]
    assert (len(study.treatments()), len(study.scores())) == (0, 0)


def test_a_folder_of_something_else_is_not_made_a_study(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "x.jpg").write_bytes(b"x")
    with pytest.raises(RecordingError, match="is not a study"):
        Study.open_or_create(tmp_path / "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["x.jpg"]


def test_a_file_is_not_made_a_study(tmp_path):
    (tmp_path / "x").write_bytes(b"x")
    with pytest.raises(RecordingError, match="is not a study"):
        Study.open_or_create(tmp_path / "x")


@pytest.mark.slow
@pytest.mark.skipif(VALIDATOR is None, reason="bids-validator-deno is not installed")
def test_the_official_validator_passes_a_study(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    add(study, "01", "base", "rest")
    add(study, "01", "W2", "smile", run=1)
    add(study, "02", None, "rest", run=2)
    done = subprocess.run(
        [VALIDATOR, str(study.path), "--format", "json"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    issues = json.loads(done.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []
    assert json.loads(done.stdout)["summary"]["modalities"] == ["emg"]
    codes = {issue["code"] for issue in issues}
    assert codes <= {"SIDECAR_KEY_RECOMMENDED", "JSON_KEY_RECOMMENDED", "NO_AUTHORS",
                     "TOO_FEW_AUTHORS"}  # fmt: skip
