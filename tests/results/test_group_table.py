"""The group table and the methods of a study, of results made by hand."""

import random
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from emgspasm.errors import RecordingError
from emgspasm.results.group.methods import UNKNOWN, methods_text
from emgspasm.results.group.results import GroupResult
from emgspasm.results.group.rows import parse_together
from emgspasm.results.group.summary import group_table
from emgspasm.results.stored import read_result_table
from emgspasm.storage.studies.sidecar import SIMULATED
from emgspasm.storage.studies.treatments import OPERATION, TOXIN, Treatment
from emgspasm.storage.tables.columns import SUMMARY
from emgspasm.storage.tables.joint_columns import GROUP
from emgspasm.storage.tables.tsv import MISSING, table, table_rows

DAY = date(2026, 3, 30)
BAND = {"low_pass": 450.0, "high_pass": 20.0, "order": 4}
HIGH = {"high_pass": 28.0, "order": 2}
DESCRIBED = {
    "EMGReference": "ear", "EMGPlacementSchemeDescription": "by landmarks",
    "PowerLineFrequency": 50, "SoftwareFilters": "none",
}  # fmt: skip


def notch(frequency, quality, *multiples):
    return {"frequency": frequency, "quality": quality, "multiples": list(multiples)}


def result(participant="01", session="A", task="rest", **said):
    """One of 90 s, in which 60 s were valid."""
    own = {key: said.pop(key) for key in ("day", "reviewed", "description") if key in said}
    name = f"sub-{participant}_ses-{session}_task-{task}"
    provenance = {
        "config_sha256": "a" * 64, "sampling_frequency": 1000.0, "emgspasm_version": "0.1.0",
        "duration_s": 90.0, "device": "Cyton", "channels": ["OOC_L", "OOC_R", "ZYG_L", "MEN"],
        "settings": {"filters": [BAND], "envelope": {"window": 0.02},
                     "detector": {"on_sigma": 6.0, "off_sigma": 3.0}},
        "detector": "hysteresis", "delay_ms": 1.5, "valid_s": [[0.0, 20.0], [50.0, 90.0]],
        "validated_on": "simulated data", "purpose": "research",
    } | said  # fmt: skip
    rows = [{"participant": participant, "recording": name, "channel": "OOC_L", "n_spasms": 3}]
    return GroupResult(
        Path(f"{name}_desc-bursts_events.tsv"), rows, provenance,
        **{"description": DESCRIBED, "day": DAY, "reviewed": False} | own,
    )  # fmt: skip


def treated(*days, participant="01", kind=TOXIN):
    return [Treatment(participant, day, kind) for day in days]


def row(found, treatments=()):
    told = group_table([found], treatments)
    assert list(told.columns) == [column.name for column in GROUP]
    return told.iloc[0]


def test_a_row_of_the_group_table_says_what_it_comes_from():
    told = row(result(device="simulated board", reviewed=True))
    assert (told["participant"], told["n_spasms"], told["sampling_frequency"]) == ("01", 3, 1000.0)
    assert (told["config_sha"], told["detector_version"]) == ("a" * 12, "0.1.0")
    assert (told["simulated"], told["reviewed"]) == ("yes", "yes")
    assert row(result())[["simulated", "reviewed"]].tolist() == ["no", "no"]


def test_days_count_from_the_last_treatment_up_to_the_day_itself():
    early, late, same = date(2026, 1, 1), date(2026, 3, 2), DAY
    treatments = treated(early) + treated(late, kind=OPERATION) + treated(date(2026, 4, 1))
    assert row(result(), treatments)[["treatment", "days_since_treatment"]].tolist() == ["mvd", 28]
    assert row(result(), treated(late, same))["days_since_treatment"] == 0


def test_of_one_day_an_injection_is_told_before_anything_else_whatever_was_entered_first():
    both = [*treated(DAY, kind="other"), *treated(DAY)]
    assert {row(result(), told)["treatment"] for told in (both, both[::-1])} == {TOXIN}


@pytest.mark.parametrize(
    ("day", "treatments"),
    [
        (DAY, treated(date(2026, 3, 31))),
        (None, treated(date(2026, 1, 1))),
        (DAY, treated(date(2026, 1, 1), participant="02")),
        (DAY, []),
    ],
)
def test_without_a_treatment_before_a_known_day_there_are_no_days_since(day, treatments):
    told = row(result(day=day), treatments)
    assert told.isna()[["treatment", "days_since_treatment"]].all()


def test_what_was_recorded_is_counted_once_each():
    text = methods_text([result(), result(task="smile"), result(session="B"), result("02")])
    assert (
        "of 2 participants was recorded in 3 sessions (4 recordings, 6.0 min; tasks: rest, smile) "
        "with Cyton at 1000 Hz." in text
    )
    assert "4.0 min were valid." in text
    one = methods_text([result(device="")])
    assert "of 1 participant was recorded in 1 session (1 recording, 1.5 min" in one
    assert "with a device that is not named at" in one


def test_electrodes_are_told_by_muscle_and_side():
    text = methods_text([result()])
    assert "mentalis (midline); orbicularis oculi (left, right); zygomaticus" in text
    assert "Reference: ear. Placement: by landmarks." in text


def test_of_simulated_faces_the_placement_is_told_once_with_all_scenarios():
    found = [
        result(description=DESCRIBED | {"EMGPlacementSchemeDescription": f"{SIMULATED}hfs_{task}"})
        for task in ("rest", "smile", "speech")
    ]
    told = "Placement: by landmarks, none: simulated face, scenario hfs_rest, hfs_smile, hfs_speech"
    assert f"{told}." in methods_text([*found, result("02")])


def test_muscles_that_no_label_tells_are_named_by_a_montage_file():
    assert "Muscles: named by a montage file." in methods_text([result(channels=["EMG1", "2"])])
    some = methods_text([result(channels=["OOC_R", "EMG1"])])
    assert "Muscles: orbicularis oculi (right). Reference" in some


def test_settings_are_told_in_words_with_what_their_numbers_count():
    own = {
        "filters": [BAND],
        "envelope": {"window": 0.02},
        "detector": {"on_sigma": 6.0, "kept": 3, "own_noise": {"least_share": 0.25, "by": "rank"}},
    }
    text = methods_text([result(settings=own)])
    words = "on sigma 6, kept 3, own noise (least share 0.25, by rank)"
    assert f"over the noise of each channel: {words} (sigma: standard deviation of" in text
    assert f"whitened): {words} (uV; s)." in methods_text([result(settings=own, detector="bonato")])
    assert f"by the detector wavelet: {words} (uV; s)." in methods_text(
        [result(settings=own, detector="wavelet")]
    )


def test_settings_that_an_older_result_does_not_hold_are_not_told():
    older = result()
    for name in ("settings", "valid_s", "detector"):
        del older.provenance[name]
    text = methods_text([older])
    assert "Filters, causal: none. There was no notch" in text
    assert "Envelope: not told. Bursts were found by a double threshold over the noise" in text
    assert "of each channel: not told (sigma" in text
    assert "0.0 min were valid." in text


def test_filters_are_told_with_the_corners_that_they_have_at_the_rate():
    assert "causal: Butterworth of order 4, 20-450 Hz." in methods_text([result()])
    slow = result(sampling_frequency=250.0)
    assert "causal: Butterworth of order 4, from 20 Hz." in methods_text([slow])
    settings = {"filters": [HIGH, notch(50.0, 30.0, 1)]}
    assert "causal: Butterworth of order 2, from 28 Hz." in methods_text(
        [result(settings=settings)]
    )
    assert "causal: none." in methods_text([result(settings={"filters": []})])


def test_notches_are_told_by_how_many_recordings_had_them_and_delays_from_the_least_to_the_most():
    notched = [
        result(settings={"filters": [BAND, notch(50.0, q, *multiples)]}, delay_ms=ms)
        for q, multiples, ms in ((100.0, (1, 3), 2.5), (30.0, (1,), 9.25))
    ]
    text = methods_text([result(), *notched])
    assert "Notch, of 3 recordings: at 50 Hz in 2 (Q 30, 100; multiples 1, 3)." in text
    assert "(1.5 to 9.25 ms)" in text
    assert "There was no notch at the mains." in methods_text([result()])
    assert "(1.5 ms)" in methods_text([result(), result("02")])


def test_of_a_notch_the_multiples_are_told_that_the_rate_carries():
    settings = {"filters": [BAND, notch(50.0, 30.0, 1, 2, 3)]}
    slow = [result(settings=settings, sampling_frequency=250.0)]
    assert "at 50 Hz in 1 (Q 30; multiples 1, 2)." in methods_text(slow)


@pytest.mark.parametrize(
    ("envelope", "told"),
    [
        ({"window": 0.02}, "root mean square of 0.02 s"),
        ({"low_pass": 20.0, "order": 2}, "rectified, low-pass of 20 Hz, order 2"),
        ({}, "not told"),
    ],
)
def test_an_envelope_is_told_with_its_unit(envelope, told):
    assert f"Envelope: {told}." in methods_text([result(settings={"envelope": envelope})])


def test_the_maximum_is_told_as_it_is_made():
    assert (
        "take the 95th percentile of the best 0.5 s of each of the 3 best maximal trials"
        in methods_text([result()])
    )


def test_ways_of_analysis_have_a_paragraph_each_and_it_is_said_that_they_do_not_compare():
    text = methods_text([result(), result("02", config_sha256="b" * 64)])
    assert text.count("Facial surface EMG of 1 participant") == 2
    assert "analyzed in 2 different ways" in text
    assert f"settings {'b' * 12}." in text
    assert "different ways" not in methods_text([result(), result("02")])


def test_that_ways_of_analysis_do_not_compare_is_said_before_them():
    text = methods_text([result(), result("02", config_sha256="b" * 64)])
    assert text.index("the paragraphs below") < text.index("Facial surface EMG")


def test_what_authors_must_add_is_what_no_file_says():
    known, unknown = (
        methods_text([result()]),
        methods_text([result(), result("02", description={})]),
    )
    assert all(f"- {item}\n" in known for item in UNKNOWN)
    assert known.startswith("# Methods\n\nFacial surface EMG")
    assert "Reference: ear, n/a. Placement: by landmarks, n/a." in unknown
    for words in ("how electrode sites were found", "mains frequency (not", "filters that other"):
        assert words not in known
        assert words in unknown


def test_reviewed_recordings_are_counted():
    text = methods_text([result(reviewed=True), result("02"), result("03")])
    assert "Events of 1 of 3 recordings were reviewed by an expert." in text


COLUMNS = [column.name for column in SUMMARY]
WAYS = {
    "plain": lambda text: text,
    "of Windows": lambda text: text.replace("\n", "\r\n"),
    "without its last line end": lambda text: text[:-1],
    "with blank lines": lambda text: text.replace("\n", "\n \n\n", 2),
    "with a line end in quotes": lambda text: text.replace("rest", '"re\nst"', 1),
    "with a column of one's own": lambda text: text.replace("\n", "\tx\n"),
    "with a cell too many": lambda text: text.replace("rest", "rest\t1", 1),
    "with a cell too few": lambda text: text.replace("\trest", "", 1),
    "of an older version": lambda text: text.replace("n_bursts", "n_older", 1),
    "with a word for a number": lambda text: text.replace("4.5", "many", 1),
    "without a row": lambda text: text[: text.index("\n") + 1],
    "empty": lambda _: "",
}


def summary_text(seed):
    """A summary with cells that are missing, whole or broken, in any row and column."""
    draw = random.Random(seed).choice
    words = {"participant": "01", "session": "007", "task": "rest", "side": "L", "channel": "OOC_L"}
    rows = [
        [words.get(name) or draw((MISSING, "3", "4.5", "0.0") if name in LOOSE else (MISSING, "3"))
         for name in COLUMNS]
        for _ in range(draw((1, 2, 8)))
    ]  # fmt: skip
    rows[0][COLUMNS.index("valid_s")] = "4.5"
    return "".join("\t".join(row) + "\n" for row in (COLUMNS, *rows))


LOOSE = {column.name for column in SUMMARY if column.unit}


def outcome(rows):
    try:
        found = list(rows())
        return [len(mine) for mine in found], table([r for mine in found for r in mine], GROUP)
    except RecordingError as error:
        return str(error)


@pytest.mark.parametrize("way", WAYS)
def test_tables_that_are_parsed_together_are_as_if_each_were_parsed_alone(way, tmp_path):
    paths = [tmp_path / f"{number}_summary.tsv" for number in range(3)]
    for number, path in enumerate(paths):
        text = summary_text(f"{way} {number}")
        path.write_bytes((WAYS[way](text) if number != 1 else text).encode())
    alone = outcome(lambda: [table_rows(read_result_table(path, "summary")) for path in paths])
    contents = {path: path.read_bytes() for path in paths}
    together = outcome(lambda: [parse_together(contents, "summary")[path] for path in paths])
    if isinstance(alone, str):
        assert together == alone
    else:
        assert together[0] == alone[0]
        pd.testing.assert_frame_equal(together[1], alone[1])
