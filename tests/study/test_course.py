"""The treatment course: what is simulated is recovered, and nothing is said that is not known."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from emgspasm.config import load_config, parse_config
from emgspasm.errors import ConfigError
from emgspasm.report.course.figures import apart, course_figure
from emgspasm.report.course.gathering import course
from emgspasm.report.course.page import course_page
from emgspasm.simulation.toxin import remaining_amplitude
from emgspasm.storage.studies.study import Study
from emgspasm.storage.studies.treatments import Treatment
from emgspasm.synkinesis.measures.intervals import minimal_detectable_change
from emgspasm.synkinesis.measures.occurrence import block_sums

INJECTED = date(2026, 3, 2)
VISITS = {"base": -5, "W2": 14, "W4": 28, "W8": 56, "W12": 84, "W16": 112}
JUDGING = re.compile(
    r"\b(fail|failed|failure|success|improved|effective|should|recommend)", re.IGNORECASE
)


@pytest.fixture(scope="session")
def told(toxin_course):
    return course(toxin_course, "01")


@pytest.fixture(scope="session")
def shown(told):
    return course_page(told)


def values(told, region, measure, side="L"):
    rows = told.table
    rows = rows[(rows.side == side) & (rows.region == region) & (rows.measure == measure)]
    return dict(zip(rows.session, rows.value.astype(float), strict=True))


def test_sessions_stand_on_days_since_the_injection(told):
    rows = told.table[(told.table.measure == "rate") & (told.table.region == "face")]
    rows = rows[rows.side == "L"]
    assert dict(zip(rows.session, rows.day, strict=True)) == VISITS
    assert list(rows.visit) == ["baseline", "W2", "W4", "W8", "W12", "W16"]
    assert told.axis == "days since injection"
    assert told.affected == "L"


@pytest.mark.parametrize("region", ["eye", "cheek"])
def test_amplitude_of_injected_muscles_falls_and_returns(told, region):
    amplitude = values(told, region, "amplitude")
    nadir = min(amplitude, key=amplitude.get)
    assert nadir in ("W2", "W4", "W8")
    for session, day in VISITS.items():
        share = amplitude[session] / amplitude["base"]
        assert share == pytest.approx(remaining_amplitude(day), abs=0.15)


@pytest.mark.parametrize("region", ["eye", "cheek"])
def test_burden_has_its_nadir_in_weeks_2_to_8_and_returns_by_week_16(told, region):
    burden = values(told, region, "burden")
    assert min(burden, key=burden.get) in ("W2", "W4", "W8")
    assert burden["W4"] < 0.3 * burden["base"]
    assert burden["W12"] > 0.4 * burden["base"]
    assert burden["W16"] == pytest.approx(burden["base"], rel=0.15)


def test_rate_stays_where_the_model_leaves_it(told):
    for region in ("face", "mouth", "brow"):
        rate = values(told, region, "rate")
        assert all(rate[s] == pytest.approx(rate["base"], rel=0.15) for s in VISITS)


def test_muscles_that_were_not_injected_keep_their_burden(told):
    for region in ("mouth", "brow"):
        burden = values(told, region, "burden")
        assert all(burden[s] == pytest.approx(burden["base"], rel=0.15) for s in VISITS)


def test_a_change_is_called_larger_only_beyond_the_variability(told):
    rows = told.table[told.table.change.notna() & told.table.mdc.notna()]
    assert len(rows) > 20
    larger = rows.change.astype(float).abs() > rows.mdc.astype(float)
    assert (rows.verdict.str.startswith("larger") == larger).all()
    eye = rows[(rows.region == "eye") & (rows.measure == "burden") & (rows.side == "L")]
    assert set(eye[eye.verdict.str.startswith("larger")].session) >= {"W2", "W4"}


def test_each_limit_of_variability_is_a_line_or_an_arrow_to_where_it_lies(told):
    rows = told.table[(told.table.side == "L") & (told.table.baseline == "yes")]
    drawn = course_figure(told).axes
    arrows = []
    for k, axes in enumerate(drawn):
        region = ("face", "brow", "eye", "cheek", "mouth", "neck")[k // 2]
        row = rows[(rows.region == region) & (rows.measure == ("rate", "burden")[k % 2])].iloc[0]
        limits = [row.value - row.mdc, row.value + row.mdc]
        dotted = [y for line in axes.lines for y in {*line.get_ydata()} if y in limits]
        arrow = [note.xy[1] for note in axes.texts if note.arrow_patch is not None]
        top = axes.get_ylim()[1]
        assert sorted(dotted) == [y for y in limits if 0 < y <= top]
        assert sorted(arrow) == [int(y > top) for y in limits if not 0 < y <= top]
        arrows += arrow
    assert 1 in arrows


def test_of_a_side_without_spasms_no_variability_is_told_and_a_note_says_why(told):
    quiet = told.table[(told.table.side == "R") & (told.table.measure == "rate")]
    assert (quiet[quiet.region == "face"].n_spasms == 0).all()
    assert quiet[quiet.region == "face"].mdc.isna().all()
    assert [note for note in told.notes if "right side" in note]
    assert not [note for note in told.notes if "left side" in note]


def test_minimal_detectable_change_is_196_root_2_sem():
    first, second = np.array([4.0, 6.0, 9.0]), np.array([5.0, 5.0, 7.0])
    standard_error = np.sqrt(np.mean((second - first) ** 2) / 2)
    expected = 1.959964 * np.sqrt(2) * standard_error
    assert minimal_detectable_change(first, second) == pytest.approx(expected, rel=1e-6)


def test_blocks_hold_every_event_and_second_once():
    valid = [(0, 40_000), (45_000, 90_500)]
    onsets = np.array([0, 39_999, 45_000, 60_000, 90_499])
    counts, seconds = block_sums(onsets, valid, 1000.0)
    sums, _ = block_sums(onsets, valid, 1000.0, 2.0 * np.ones(5))
    assert counts.sum() == 5
    assert sums.sum() == 10
    assert seconds.sum() == pytest.approx(85.5)


def test_blocks_are_equal_parts_of_valid_time():
    valid = [(0, 31_000), (45_000, 102_000)]  # by the clock one block would hold a second
    assert block_sums(np.empty(0), valid, 1000.0)[1] == pytest.approx([88 / 3] * 3)


class Page(HTMLParser):
    """Addresses and exact values of the cells that a page shows."""

    def __init__(self):
        super().__init__()
        self.cells = []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "data":
            self.cells.append((told["data-source"], told["value"]))


def test_every_number_of_the_page_is_in_the_table(told, shown):
    page = Page()
    page.feed(shown)
    assert len(page.cells) > 100
    texts = told.table.astype(object).where(told.table.notna(), None).map(str)
    for source, value in page.cells:
        _, where, column = source.split(":", 2) if source.count(":") == 2 else (None, None, None)
        assert where, source
        rows = texts
        for part in where.split(";"):
            key, _, wanted = part.partition("=")
            rows = rows[rows[key] == wanted]
        assert rows.iloc[0][column] == value, source


def test_the_page_needs_no_network_and_no_script(shown):
    assert "<script" not in shown
    assert not re.search(r'(?:src|href)="(?!#)', shown.replace("xlink:", ""))
    assert "simulated recordings" in shown
    assert "research and education only" in shown


def test_strength_is_explained_only_where_it_is_told(told):
    table = told.table
    without = course_page(replace(told, table=table[table.measure != "mvc_ratio"]))
    assert "Strength is not told: no session has maximal contractions" in without
    assert "Strength: maximal" not in without
    ratio = table[table.measure == "rate"].iloc[:1].assign(measure="mvc_ratio", muscles="OOC")
    with_it = course_page(replace(told, table=pd.concat([table, ratio])))
    assert "Strength: maximal" in with_it


def test_the_page_judges_nothing(shown):
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", shown, flags=re.DOTALL)
    assert not JUDGING.search(text)


def test_before_12_months_the_outcome_of_an_operation_is_not_told(own_course):
    own_course.add_treatment(Treatment("01", INJECTED + timedelta(days=20), "mvd", side="L"))
    told = course(own_course, "01")
    (note,) = [n for n in told.notes if "decompression" in n]
    assert "nothing is said here about the outcome" in note
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", course_page(told), flags=re.DOTALL)
    assert not JUDGING.search(text)


def test_without_a_treatment_days_count_from_the_first_session(own_course):
    (own_course.path / "treatments.tsv").unlink()
    told = course(own_course, "01")
    assert told.axis == "days since the first session"
    days = told.table[told.table.measure == "rate"].day
    assert days.min() == 0
    assert days.max() == VISITS["W16"] - VISITS["base"]
    assert "days since the first session" in course_page(told)


def test_a_session_with_other_settings_is_named_not_compared(
    own_course, tmp_path, simulate_into, analyze_study
):
    simulate_into(own_course, "01", "W20", 140, seconds=30.0)
    other = tmp_path / "other.toml"
    other.write_text("[pipeline.detector]\non_sigma = 7.0\n")
    analyze_study(own_course, load_config(other))
    told = course(own_course, "01")
    assert [s.label for s in told.sessions] == list(VISITS)
    (reason,) = told.left_out
    assert re.match(r"W20: not compared, analyzed with settings \w{12} instead of \w{12}", reason)
    assert reason in course_page(told)


def test_a_session_of_another_source_compares(own_course, simulate_into, analyze_study):
    simulate_into(own_course, "01", "W20", 140, seconds=30.0)
    analyze_study(own_course, parse_config('[source]\nkind = "simulated"\nseed = 7\n'))
    told = course(own_course, "01")
    assert [s.label for s in told.sessions] == [*VISITS, "W20"]
    assert told.left_out == []


def test_a_session_of_another_sampling_frequency_is_named_not_compared(
    own_course, simulate_into, analyze_study
):
    simulate_into(own_course, "01", "W20", 140, fs=250, seconds=30.0)
    analyze_study(own_course)
    told = course(own_course, "01")
    assert told.left_out == ["W20: not compared, analyzed with 250 Hz instead of 500 Hz"]


def test_a_session_without_a_date_or_without_results_is_named(own_course, simulate_into):
    (own_course.path / "sub-01/ses-W2/sub-01_ses-W2_scans.tsv").unlink()
    simulate_into(own_course, "01", "W20", 140, seconds=30.0)
    told = course(own_course, "01")
    assert [reason.partition(":")[0] for reason in told.left_out] == ["W2", "W20"]
    assert "its date is not known" in told.left_out[0]
    assert "has no results" in told.left_out[1]


def test_a_session_whose_recording_was_replaced_is_named_not_compared(own_course):
    (path,) = own_course.path.rglob("*ses-W4_task-rest_emg.bdf")
    (other,) = own_course.path.rglob("*ses-W8_task-rest_emg.bdf")
    path.write_bytes(other.read_bytes())
    told = course(own_course, "01")
    assert "W4" not in [s.label for s in told.sessions]
    assert told.left_out == [
        f"W4: {path.name} changed after it was analyzed (emgspasm analyze --overwrite)"
    ]


def test_a_session_of_recordings_at_two_rates_is_named_with_them(
    own_course, tmp_path, simulate_into, analyze_study
):
    simulate_into(own_course, "01", "W20", 140, seconds=30.0)
    beside = Study.open_or_create(tmp_path / "beside")
    place, _ = simulate_into(beside, "01", "W20", 140, fs=250, seconds=30.0)
    for path in place.folder.iterdir():  # a second run of the session
        name = path.name.replace("_task-rest", "_task-rest_run-2")
        path.rename(own_course.path / "sub-01/ses-W20/emg" / name)
    analyze_study(own_course)
    told = course(own_course, "01")
    assert told.left_out == ["W20: its recordings were analyzed with 250 Hz instead of 500 Hz"]


def test_a_review_changes_the_course(own_course):
    from emgspasm.results.decisions import Decision
    from emgspasm.results.review import write_review

    (path,) = own_course.path.rglob("*ses-base*_desc-bursts_events.tsv")
    events = own_course.results("events")
    mine = events[(events.session == "base") & (events.trial_type == "spasm")]
    write_review(path, [Decision(name, "rejected") for name in mine.event_id], "R1")
    told = course(own_course, "01")
    assert values(told, "face", "rate")["base"] == 0
    assert any("reviewed by an expert" in note for note in told.notes)


def test_units_and_scores_are_shown_as_they_were_entered(shown):
    entered = re.findall(r'measure=(?:treatment|scale)[^"]*:value">([^<]*)<', shown)
    assert entered
    assert not [number for number in entered if number.endswith(".0")]


def test_day_zero_is_a_treatment_that_was_entered(toxin_course, told):
    assert course(toxin_course, "01", INJECTED).origin.date == INJECTED
    with pytest.raises(ConfigError, match=r"no treatment on 2026-01-01 \(treatments: 2026-03-02\)"):
        course(toxin_course, "01", date(2026, 1, 1))


def test_an_unknown_participant_is_refused(toxin_course):
    with pytest.raises(ConfigError, match=r"participant '02' is not in .*lists 01"):
        course(toxin_course, "02")


def test_a_course_without_comparable_sessions_is_still_a_page(told):
    page = course_page(replace(told, sessions=[], table=told.table.iloc[:0]))
    assert "No session can be compared" in page


def test_names_of_muscles_stand_apart_in_their_order():
    assert apart([1.0, 1.02, 0.2], 0.1) == [1.0, pytest.approx(1.1), 0.2]
    assert apart([], 0.1) == []
