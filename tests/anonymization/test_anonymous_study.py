"""No planted name is left in any file, name of a file or header of an anonymous copy."""

import errno
import json
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pytest

from emgspasm.anonymization.recording import anonymous, anonymous_channel, anonymous_info
from emgspasm.anonymization.study import anonymize_study
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.exporters.formats import export_recording
from emgspasm.storage.studies.placement import Placement, bids_entities
from emgspasm.storage.studies.scales import ScaleScore, read_scores
from emgspasm.storage.studies.scans import read_time
from emgspasm.storage.studies.sidecar import Acquisition, write_sidecars
from emgspasm.storage.studies.study import Study
from emgspasm.storage.studies.treatments import Treatment, read_treatments
from emgspasm.stream import SKIP, Annotation, Channel, Chunk, StreamInfo
from emgspasm.synkinesis.markers import markers, undoing

NAME = "Mustermann"
BEFORE, INJECTED, AFTER = date(2026, 2, 25), date(2026, 3, 2), date(2026, 3, 16)
ROWS = np.random.default_rng(3).integers(-500, 500, (2000, 4)).astype(float)


def header_with_names(path):
    """Write a name and a date into every free field of the header of a BDF+ file."""
    raw = bytearray(path.read_bytes())
    n_signals = int(raw[252:256])
    raw[8:88] = f"{NAME} M 01-JAN-1970 {NAME}".ljust(80).encode()
    raw[88:168] = f"Startdate 25-FEB-2026 {NAME} {NAME} OpenBCI_Cyton_{NAME}".ljust(80).encode()
    raw[168:184] = b"25.02.2609.41.07"
    at = 256 + 16 * n_signals
    for _ in range(n_signals - 1):  # transducers; the last signal is the annotations
        raw[at : at + 80] = f"{NAME} electrode".ljust(80).encode()
        at += 80
    at = 256 + n_signals * (16 + 80 + 8 * 5)
    for _ in range(n_signals - 1):  # prefiltering
        raw[at : at + 80] = f"HP by {NAME}".ljust(80).encode()
        at += 80
    path.write_bytes(bytes(raw))


def add(study, session, day):
    place = study.place(NAME, session, task=f"rest{NAME}")
    names = ("OOC_L", "OOC_R", NAME, "BOB_L")
    channels = tuple(Channel.from_label(name, full_scale=187_500.0) for name in names)
    info = StreamInfo(250.0, channels, f"OpenBCI Cyton of {NAME}")
    with BdfWriter(place.recording, info, equipment=info.device) as writer:
        writer.write(Chunk(0, ROWS[:1000].copy()))
        writer.write(Chunk(1250, ROWS[1000:].copy()))
        writer.annotate(Annotation(1.0, 2.0, "smile"))
        writer.annotate(Annotation(4.0, 0.5, f"{NAME} coughs", (NAME,)))
    written = open_edf(place.recording)
    known = Acquisition("Bipolar", f"by Dr {NAME}", 50.0, {NAME: {"by": NAME}})
    write_sidecars(
        written, place.sidecars, task=f"rest{NAME}", acquisition=known, software={"by": NAME}
    )
    header_with_names(place.recording)
    study.note_time(place, datetime.combine(day, time(9, 41, 7)))
    return place


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    study = Study.open_or_create(tmp_path_factory.mktemp("named") / f"study_{NAME}")
    add(study, NAME, BEFORE)
    add(study, "W2", AFTER)
    study.add_treatment(
        Treatment(NAME, INJECTED, "botulinum toxin", f"{NAME} toxin", f"by {NAME}", "L", 5.0)
    )
    study.add_treatment(Treatment(NAME, INJECTED, "botulinum toxin", "Botox", "OOC", "L", 5.0))
    study.add_score(ScaleScore(NAME, AFTER, "Jankovic", NAME, NAME, 3.0))
    study.add_score(ScaleScore(NAME, AFTER, "Jankovic", "1990", NAME, 3.0))
    people = study.path / "participants.tsv"
    people.write_text(f"participant_id\tage\tsex\tname\nsub-{NAME}\t93\tF\t{NAME}\n")
    (study.path / "README").write_text(f"About {NAME}")
    (study.path / f"{NAME}.txt").write_text(NAME)
    results = study.path / "derivatives" / "emgspasm"
    results.mkdir(parents=True)
    (results / "summary.tsv").write_text(NAME)
    return study


@pytest.fixture(scope="module")
def copy(named, tmp_path_factory):
    return anonymize_study(named, tmp_path_factory.mktemp("out") / "copy")


def holds(folder, word):
    """Files in whose name or content a word stands, in any case."""
    wanted = word.lower().encode()
    return [
        path
        for path in folder.rglob("*")
        if wanted in path.name.lower().encode()
        or (path.is_file() and wanted in path.read_bytes().lower())
    ]


def test_names_were_planted_everywhere(named):
    found = {path.name.replace(NAME, "X").replace("sub-X_ses-X_", "") for path in
             holds(named.path, NAME)}  # fmt: skip
    assert {
        "task-restX_emg.bdf", "task-restX_emg.json", "task-restX_channels.tsv",
        "task-restX_events.tsv", "scans.tsv", "participants.tsv", "treatments.tsv", "scales.tsv",
        "README", "X.txt", "summary.tsv", "dataset_description.json", "sub-X", "ses-X",
    } <= found  # fmt: skip


@pytest.mark.parametrize("word", [NAME, "2026", "25-FEB", "25.02", "09:41", "coughs", "BOB"])
def test_nothing_that_identifies_is_left(named, copy, word):
    assert holds(named.path, word)
    assert holds(copy.path, word) == []


def test_samples_gaps_and_task_codes_are_kept(copy):
    recording = open_edf(next(copy.recordings()))
    assert [(c.start, c.stop) for c in recording] == [(0, 1000), (1250, 2250)]
    samples = np.concatenate([chunk.samples for chunk in recording])
    np.testing.assert_allclose(samples, ROWS, atol=0.03)
    told = [(mark.onset, mark.duration, mark.text) for mark in recording.annotations]
    assert told == [(1.0, 2.0, "smile"), (4.0, 0.5, "note"), (4.0, 1.0, SKIP)]
    assert recording.info.device == "OpenBCI Cyton"
    assert recording.start is None


def test_days_between_sessions_treatments_and_scores_stay(copy):
    times = [read_time(Placement.of(path)) for path in copy.recordings()]
    sessions = [bids_entities(path.name)["ses"] for path in copy.recordings()]
    days = dict(zip(sessions, (told.date() for told in times), strict=True))
    injected = {row.date for row in read_treatments(copy.path)}
    scored = {row.date for row in read_scores(copy.path)}
    assert sorted(sessions) == ["W2", "x1"]
    assert [(day - days["x1"]).days for day in (*injected, days["W2"], *scored)] == [5, 19, 19]
    assert all(day.year < 1925 for day in days.values())
    assert {told.time().isoformat() for told in times} == {"00:00:00"}


def test_shifts_are_secret(named, tmp_path):
    days = set()
    for number in range(3):
        copy = anonymize_study(named, tmp_path / f"c{number}")
        days.add(read_treatments(copy.path)[0].date)
    assert len(days) == 3


@pytest.mark.parametrize(
    ("side", "muscle", "name"),
    [("left", "OOC", "OOC_L"), ("left", None, "EMG"), (None, "MEN", "MEN")],
)
def test_a_channel_is_named_by_its_codes_alone(side, muscle, name):
    assert anonymous_channel(Channel("Jane's cheek", side, muscle)).name == name


@pytest.mark.parametrize(("unit", "left"), [("Jane", "n/a"), ("microV", "microV"), ("g", "g")])
def test_a_unit_passes_where_it_is_one(unit, left):
    assert anonymous_channel(Channel("x", unit=unit)).unit == left


def test_a_kind_that_is_none_does_not_pass():
    assert anonymous_channel(Channel("x", kind="Jane")).kind == "MISC"


def test_channels_that_lose_their_names_stay_apart():
    channels = tuple(map(Channel.from_label, ("Jane", "John", "OOC_L", "Joan")))
    assert anonymous_info(StreamInfo(250.0, channels)).names == ("EMG", "EMG2", "OOC_L", "EMG3")


def test_units_of_an_unknown_product_stay_apart(copy):
    products = {(row.product, row.site, row.units) for row in read_treatments(copy.path)}
    assert products == {("product 1", "other site 1", 5.0), ("Botox", "OOC", 5.0)}


def test_what_is_known_of_a_recording_is_kept_where_it_is_no_words(copy):
    described = json.loads(next(copy.path.rglob("*_emg.json")).read_text())
    assert described["PowerLineFrequency"] == 50.0
    assert described["EMGReference"] == "Bipolar"
    assert described["EMGPlacementSchemeDescription"] == "n/a"
    assert described["SoftwareFilters"] == "n/a"  # there are some, named by somebody
    assert "Emgspasm" not in described


def test_what_is_not_known_of_a_recording_stays_unknown(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    silence(study, "01", "rest")
    study.add_treatment(Treatment("01", INJECTED, "mvd", side="L"))
    copy = anonymize_study(study, tmp_path / "copy")
    described = json.loads(next(copy.path.rglob("*_emg.json")).read_text())
    assert {described[key] for key in ("PowerLineFrequency", "SoftwareFilters")} == {"n/a"}
    (operated,) = read_treatments(copy.path)
    assert (operated.product, operated.site, operated.side) == (None, None, "L")


def test_a_version_of_a_scale_passes_only_as_a_number(copy):
    assert {row.version for row in read_scores(copy.path)} == {None, "1990"}


@pytest.mark.parametrize(
    ("version", "left"),
    [("2", "2"), ("1.10", "1.10"), ("1990", "1990"), ("31.01.2026", None), ("20260131", None),
     ("3101", None), ("0131", None), (str(AFTER.year), None)],
)  # fmt: skip
def test_a_version_of_a_scale_that_may_be_a_day_does_not_pass(tmp_path, version, left):
    study = Study.open_or_create(tmp_path / "study")
    silence(study, "01", "rest")
    study.add_score(ScaleScore("01", AFTER, "Jankovic", version, "R1", 3.0))
    copied = anonymize_study(study, tmp_path / "copy")
    assert [row.version for row in read_scores(copied.path)] == [left]


def test_an_age_over_89_is_not_told(copy):
    rows = (copy.path / "participants.tsv").read_text().splitlines()
    assert rows == ["participant_id\tage\tsex", "sub-01\tn/a\tF"]


def silence(study, participant, task, seconds=1, **labels):
    place = study.place(participant, task=task, **labels)
    with BdfWriter(place.recording, StreamInfo(250.0, (Channel("OOC_L", full_scale=1e3),))) as file:
        file.write(Chunk(0, np.zeros((250 * seconds, 1))))
    write_sidecars(open_edf(place.recording), place.sidecars, task=task)
    return place


def test_each_participant_keeps_what_is_theirs(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    for name, seconds in (("Zoe", 3), ("Adam", 2)):
        study.note_time(silence(study, name, "rest", seconds), datetime.combine(BEFORE, time(9)))
        when = date(2026, 3, seconds)
        study.add_treatment(Treatment(name, when, "botulinum toxin", "Botox", "OOC", "L", seconds))
        study.add_score(ScaleScore(name, when, "Jankovic", None, f"by{name}", seconds))
    people = study.path / "participants.tsv"
    people.write_text("participant_id\tage\tsex\nsub-Zoe\t89\tF\nsub-Adam\t2\tn/a\n")
    copy = anonymize_study(study, tmp_path / "copy")
    table = (copy.path / "participants.tsv").read_text()
    assert table == "participant_id\tage\tsex\nsub-01\t89\tF\nsub-02\t2\tn/a\n"
    for (number, seconds), path in zip((("01", 3), ("02", 2)), copy.recordings(), strict=True):
        assert bids_entities(path.name)["sub"] == number
        assert open_edf(path).n_samples == 250 * seconds
        (given,) = (row for row in read_treatments(copy.path) if row.participant == number)
        (scored,) = (row for row in read_scores(copy.path) if row.participant == number)
        assert (given.units, scored.value) == (seconds, seconds)
        assert (scored.date - given.date).days == 0
        days = (given.date - read_time(Placement.of(path)).date()).days
        assert days == (date(2026, 3, seconds) - BEFORE).days


def test_tasks_of_the_protocol_and_runs_keep_their_names_and_others_become_numbers(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    for task in ("restopen", "protocol", "smileBob", "smileTed"):
        silence(study, "01", task)
    silence(study, "01", "rest", run=3)
    copy = anonymize_study(study, tmp_path / "copy")
    named = [path.name.removeprefix("sub-01_task-") for path in copy.recordings()]
    tasks = ["other1", "other2", "protocol", "rest_run-3", "restopen"]
    assert named == [f"{task}_emg.bdf" for task in tasks]


def test_a_run_that_may_be_a_day_does_not_pass(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    for run in (20260225, 20260316):
        silence(study, "01", "rest", run=run)
    copied = anonymize_study(study, tmp_path / "copy")
    assert [bids_entities(path.name).get("run") for path in copied.recordings()] == [None, "2"]


def test_recordings_whose_names_would_become_one_are_all_copied(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    place = silence(study, "01", "rest")
    for number, person in enumerate(("Bob", "Ted"), 2):
        other = silence(study, "01", person, number).recording
        other.rename(place.folder / f"sub-01_acq-{person}_task-rest_emg.bdf")
    copy = anonymize_study(study, tmp_path / "copy")
    lengths = {path.name: open_edf(path).n_samples for path in copy.recordings()}
    runs = ("", "_run-2", "_run-3")
    assert sorted(lengths) == sorted(f"sub-01_task-rest{run}_emg.bdf" for run in runs)
    assert sorted(lengths.values()) == [250, 500, 750]


def test_sessions_whose_labels_may_not_pass_are_numbered_by_date(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    for session, seconds, day in (("atBobs", 2, AFTER), ("atTeds", 1, BEFORE)):
        place = silence(study, "01", "rest", seconds, session=session)
        study.note_time(place, datetime.combine(day, time(9)))
    copy = anonymize_study(study, tmp_path / "copy")
    lengths = [open_edf(path).n_samples for path in copy.recordings()]
    assert [bids_entities(path.name)["ses"] for path in copy.recordings()] == ["x1", "x2"]
    assert lengths == [250, 500]


def test_dates_of_everybody_lie_before_1925_however_far_they_are_shifted(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    for participant, day in (("01", BEFORE), ("02", AFTER)):
        study.note_time(silence(study, participant, "rest"), datetime.combine(day, time(9)))
        study.add_score(ScaleScore(participant, BEFORE, "Jankovic", None, "R1", 3.0))
    copy = anonymize_study(study, tmp_path / "copy", random_below=lambda n: n - 1)
    for path in copy.recordings():
        assert read_time(Placement.of(path)).year == 1924
    assert all(row.date.year == 1924 for row in read_scores(copy.path))


def test_an_empty_folder_becomes_a_study_of_its_name(named, tmp_path):
    out = tmp_path / "shared"
    out.mkdir()
    copy = anonymize_study(named, out)
    assert json.loads((copy.path / "dataset_description.json").read_text())["Name"] == "shared"
    assert [path.name for path in tmp_path.iterdir()] == ["shared"]


@pytest.mark.parametrize("kind", ["edf", "csv", "parquet", "openbci"])
def test_one_recording_is_exported_without_names(named, tmp_path, kind):
    recording = open_edf(next(named.recordings()))
    export_recording(recording, kind, tmp_path / f"named.{kind}")
    export_recording(anonymous(recording), kind, tmp_path / f"x.{kind}")
    assert NAME.encode() in (tmp_path / f"named.{kind}").read_bytes()
    for word in (NAME, "2026", "25-FEB", "coughs", "BOB"):
        assert word.encode() not in (tmp_path / f"x.{kind}").read_bytes()


def test_a_folder_that_is_there_is_not_written_into(named, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigError, match="takes a new folder"):
        anonymize_study(named, tmp_path)
    with pytest.raises(RecordingError, match="lies inside the study itself"):
        anonymize_study(named, named.path / "copy")


def test_the_folder_one_is_in_is_not_replaced(named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="the folder you are in"):
        anonymize_study(named, Path())


def test_a_copy_that_fails_leaves_nothing(named, tmp_path):
    broken = Study.open_or_create(tmp_path / "broken")
    place = add(broken, "W2", AFTER)
    place.recording.write_bytes(place.recording.read_bytes()[:100])
    with pytest.raises(RecordingError):
        anonymize_study(broken, tmp_path / "copy")
    assert {path.name for path in tmp_path.iterdir()} == {"broken"}


def test_a_copy_for_which_there_is_no_room_is_told_of(named, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("emgspasm.anonymization.study.rename_over", full)
    with pytest.raises(RecordingError, match=r"\(No space left on device\), and nothing of it"):
        anonymize_study(named, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"), [("{", "cannot be read"), ("[]", "is not a JSON object")]
)
def test_a_description_that_is_none_is_named(tmp_path, content, said):
    study = Study.open_or_create(tmp_path / "study")
    silence(study, "01", "rest").sidecars.description.write_text(content)
    with pytest.raises(RecordingError, match=rf"task-rest_emg\.json {said}"):
        anonymize_study(study, tmp_path / "copy")


@pytest.mark.parametrize(
    "content", ['{"EMGReference": ["Bipolar"]}', '{"PowerLineFrequency": NaN}']
)
def test_what_a_description_says_wrongly_is_left_out(tmp_path, content):
    study = Study.open_or_create(tmp_path / "study")
    silence(study, "01", "rest").sidecars.description.write_text(content)
    (copied,) = anonymize_study(study, tmp_path / "copy").recordings()
    described = json.loads(copied.with_suffix(".json").read_text())
    assert {described[key] for key in ("EMGReference", "PowerLineFrequency")} == {"n/a"}


def test_an_injection_that_was_entered_twice_is_copied_twice(tmp_path):
    study = Study.open_or_create(tmp_path / "study")
    silence(study, "01", "rest")
    study.add_treatment(Treatment("01", INJECTED, "botulinum toxin", "Botox", "OOC", "L", 2.5))
    entered = study.path / "treatments.tsv"
    heading, row = entered.read_text().splitlines()
    entered.write_text(f"{heading}\tpoint\n{row}\tlateral\n{row}\tmedial\n")
    copied = anonymize_study(study, tmp_path / "copy")
    assert [row.units for row in read_treatments(copied.path)] == [2.5, 2.5]
    assert (copied.path / "treatments.json").is_file()


def test_a_marker_that_was_taken_back_stays_so_in_a_copy(tmp_path):
    marks = [Annotation(1.0, 0.0, "smile"), Annotation(2.0, 0.0, "smile")]
    notes = [*marks, Annotation(3.0, 0.0, undoing(marks[1])), Annotation(4.0, 0.0, NAME)]
    notes.append(Annotation(5.0, 0.0, undoing(notes[-1])))
    with BdfWriter(
        tmp_path / "x.bdf", StreamInfo(250.0, (Channel("a", full_scale=1e3),))
    ) as writer:
        writer.write(Chunk(0, np.zeros((2000, 1))))
        for note in notes:
            writer.annotate(note)
    recording = open_edf(tmp_path / "x.bdf")
    copied = anonymous(recording).annotations
    assert markers(copied, 250.0) == markers(recording.annotations, 250.0)
    assert not any(NAME in note.text for note in copied)
