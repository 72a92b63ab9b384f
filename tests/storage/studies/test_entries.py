"""What people enter about treatments and scales is checked, kept, and safe from each other."""

import subprocess
import sys
from datetime import date, datetime

import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.studies.ledger import read_ledger
from emgspasm.storage.studies.lock import LOCK, locked
from emgspasm.storage.studies.placement import Placement
from emgspasm.storage.studies.scales import SCORE_COLUMNS, ScaleScore, read_scores, scale_score
from emgspasm.storage.studies.scans import read_time
from emgspasm.storage.studies.study import Study
from emgspasm.storage.studies.treatments import Treatment, read_treatments, treatment

TOXIN = {"participant_id": "01", "date": "2026-03-02", "kind": "botulinum toxin",
         "product": "Botox", "site": "ooc", "side": "left", "units": "5"}  # fmt: skip
SCORE = {"participant_id": "01", "date": "2026-03-02", "scale": "jankovic", "version": None,
         "rater": "R1", "value": "4"}  # fmt: skip


@pytest.fixture
def study(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    study.place("01", "a", task="rest")
    return study


def test_a_treatment_is_kept_as_entered(study):
    told = treatment(TOXIN)
    study.add_treatment(told)
    expected = Treatment("01", date(2026, 3, 2), "botulinum toxin", "Botox", "OOC", "L", 5.0)
    assert read_treatments(study.path) == [told] == [expected]
    assert "treatments.tsv" in (study.path / ".bidsignore").read_text()
    assert (study.path / "treatments.json").is_file()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"date": "2026-02-30"}, "date='2026-02-30'; a date is written YYYY-MM-DD"),
        ({"date": "02.03.2026"}, "a date is written YYYY-MM-DD"),
        ({"date": "20260302"}, "a date is written YYYY-MM-DD"),
        ({"date": "2199-01-01"}, "it lies in the future"),
        ({"kind": "toxin"}, "kinds are botulinum toxin, mvd, other"),
        ({"side": None}, "side is missing"),
        ({"side": "links"}, "sides are left, right and both"),
        ({"site": None}, "say which muscle was injected"),
        ({"site": "OCC"}, "the nearest code is OOC"),
        ({"units": "-5"}, "it must lie within 0"),
        ({"units": "nan"}, "it must lie within 0"),
        ({"units": "5 U"}, "it must be a number"),
        ({"units": "0"}, "leave units out"),
        ({"product": None}, "units of different products cannot be compared"),
        ({"product": "Botox\tx<b>"}, "it takes up to 60 letters"),
        ({"kind": "mvd", "product": None}, "only botulinum toxin has units"),
    ],
)
def test_a_treatment_that_breaks_a_rule_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        treatment(TOXIN | change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scale": "Jankowicz"}, "did you mean Jankovic"),
        ({"value": "9"}, "it must lie within 0 to 8"),
        ({"value": "3.5"}, "it takes whole numbers"),
        ({"value": None}, "it must be a number"),
        ({"rater": "Dr. Doe"}, "not a name"),
        ({"scale": "House-Brackmann", "value": "0"}, "within 1 to 6"),
        ({"participant_id": None}, "say whose score it is"),
    ],
)
def test_a_score_that_breaks_a_rule_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        scale_score(SCORE | change)


def test_an_unknown_participant_is_refused_and_nothing_written(study):
    with pytest.raises(ConfigError, match=r"participant '02' is not in .*Did you mean 01"):
        study.add_score(ScaleScore("02", date(2026, 3, 2), "SMC", None, "R1", 2))
    assert len(study.scores()) == 0


def test_the_same_row_twice_is_refused(study):
    study.add_score(scale_score(SCORE))
    with pytest.raises(RecordingError, match="holds this very row already"):
        study.add_score(scale_score(SCORE))
    assert len(read_scores(study.path)) == 1


def test_columns_that_people_added_stay(study):
    (study.path / "scales.tsv").write_text(
        "\t".join([*SCORE_COLUMNS, "note"]) + "\nsub-01\t2026-03-01\tSMC\tn/a\tR1\t2\tmine\n"
    )
    study.add_score(scale_score(SCORE))
    rows = read_ledger(study.path / "scales.tsv", SCORE_COLUMNS)
    assert [row["note"] for row in rows] == ["mine", None]


def test_two_columns_of_one_name_are_refused_before_one_of_them_is_lost(study):
    path = study.path / "participants.tsv"
    path.write_text("participant_id\tnote\tnote\nsub-01\ttired\tglasses\n")
    with pytest.raises(RecordingError, match="names the column note twice"):
        study.place("02", task="rest")
    assert path.read_text().endswith("tired\tglasses\n")


def test_a_cell_with_a_line_break_of_a_word_processor_is_one_cell(study):
    path = study.path / "participants.tsv"
    path.write_text("participant_id\tnote\nsub-01\ttired\x0band\u2028cold\n", encoding="utf-8")
    study.place("02", task="rest")
    assert path.read_text() == "participant_id\tnote\nsub-01\ttired and cold\nsub-02\tn/a\n"


@pytest.mark.parametrize("n_blank", [0, 2])
def test_a_mistake_made_by_hand_is_named_with_its_line(study, n_blank):
    study.add_score(scale_score(SCORE))
    path = study.path / "scales.tsv"
    heading, row = path.read_text().splitlines()
    path.write_text("\n".join([heading, *[""] * n_blank, row.replace("\t4", "\t44")]))
    said = rf"scales.tsv, line {2 + n_blank}: value of Jankovic=44"
    with pytest.raises(RecordingError, match=said):
        read_scores(study.path)


def test_the_time_of_a_recording_is_kept_in_the_scans_of_its_session(study):
    place = study.place("01", "a", task="rest")
    study.note_time(place, datetime.fromisoformat("2026-03-02T09:41:07"))
    study.note_time(place, datetime.fromisoformat("2026-03-03T10:00:00"))
    scans = study.path / "sub-01/ses-a/sub-01_ses-a_scans.tsv"
    assert scans.read_text().splitlines() == [
        "filename\tacq_time",
        "emg/sub-01_ses-a_task-rest_emg.bdf\t2026-03-03T10:00:00",
    ]
    assert read_time(place).date() == date(2026, 3, 3)


@pytest.mark.parametrize("kind", ["bdf", "edf"])
def test_a_recording_of_another_program_has_the_date_that_its_study_says(study, kind):
    emg = study.path / "sub-07" / "ses-a" / "emg"
    emg.mkdir(parents=True)
    recording = emg / f"sub-07_ses-a_task-rest_emg.{kind}"
    recording.touch()
    scans = emg.parent / "sub-07_ses-a_scans.tsv"
    scans.write_text(f"filename\tacq_time\nemg/{recording.name}\t2026-03-02T09:41:07")
    assert study.sessions().date.dt.date.tolist() == [date(2026, 3, 2)]
    study.note_time(Placement.of(recording), datetime.fromisoformat("2026-03-03T10:00:00"))
    assert scans.read_text().splitlines()[1:] == [f"emg/{recording.name}\t2026-03-03T10:00:00"]


def test_scans_of_another_program_need_no_times_and_get_them_as_a_column(study):
    place = study.place("01", "a", task="rest")
    scans = study.path / "sub-01/ses-a/sub-01_ses-a_scans.tsv"
    name = "emg/sub-01_ses-a_task-rest_emg.bdf"
    scans.write_text(f"filename\toperator\n{name}\tR1\n")
    assert read_time(place) is None
    assert not study.forget_time(place)
    study.note_time(place, datetime.fromisoformat("2026-03-02T09:41:07"))
    assert scans.read_text().splitlines() == [
        "filename\toperator\tacq_time", f"{name}\tR1\t2026-03-02T09:41:07",
    ]  # fmt: skip


ADD = """
import sys
from datetime import date, timedelta
from emgspasm.storage.studies.scales import ScaleScore
from emgspasm.storage.studies.study import Study
study = Study.open(sys.argv[1])
for day in range(25):
    when = date(2025, 1, 1) + timedelta(day)
    study.add_score(ScaleScore("01", when, "SMC", None, sys.argv[2], 2))
    study.place(f"{sys.argv[2]}{day}", None, task="rest")
"""


def test_two_processes_on_one_study_lose_no_row(study):
    command = [sys.executable, "-c", ADD, str(study.path)]
    processes = [subprocess.Popen([*command, rater]) for rater in ("A", "B")]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    raters = [score.rater for score in read_scores(study.path)]
    assert (raters.count("A"), raters.count("B")) == (25, 25)
    assert len(set(study.participants)) == len(study.participants) == 51


def test_a_study_that_another_process_writes_is_waited_for_then_refused(study):
    with (
        locked(study.path),
        pytest.raises(RecordingError, match="is being written by another process"),
        locked(study.path, patience=0.05),
    ):
        pass
    assert (study.path / LOCK).is_file()
