"""What the page of a treatment course shows, of sessions made by hand."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emgspasm.report.course.course import Course
from emgspasm.report.course.figures import beside_figure
from emgspasm.report.course.page import course_page
from emgspasm.report.course.rest import RestBlock
from emgspasm.report.course.rows import course_rows
from emgspasm.report.course.sessions import Session
from emgspasm.results.stored import StoredResult
from emgspasm.storage.studies.scales import ScaleScore
from emgspasm.storage.studies.treatments import OPERATION, TOXIN, Treatment
from emgspasm.storage.tables.columns import SUMMARY
from emgspasm.storage.tables.joint_columns import COURSE
from emgspasm.storage.tables.tsv import table
from support.findings import burst, findings, spasm, stream

DAY = date(2026, 3, 2)
SAID = {
    "recording": "x.bdf",
    "device": "",
    "config_sha256": "a" * 64,
    "sampling_frequency": 1000.0,
    "emgspasm_version": "1",
}


def session(label, day, *labels, **most):
    """A minute of rest with a spasm of the first channel; maximal contractions by label."""
    found = findings(len(labels), [spasm(burst(0, 1000, 1500))])
    block = RestBlock(stream(*labels), found, np.array([[0, 60_000]]), primary=True)
    rows = [
        {"channel": channel, "side": channel[-1], "muscle": channel[:3], "mvc_uV": value}
        for channel, value in most.items()
    ]
    result = StoredResult(Path("x_events.tsv"), pd.DataFrame(), table(rows, SUMMARY), SAID)
    return Session(label, DAY + timedelta(days=day), [result], [block], [])


def course(*sessions, treatments=(), scores=(), origin=None):
    told, scored = list(treatments), list(scores)
    shown = Course("01", list(sessions), [], told, scored, origin, "L", table((), COURSE))
    rows = [row | {"participant": "01"} for row in course_rows(shown)]
    return replace(shown, table=table(rows, COURSE))


def page(*sessions, **more):
    return course_page(course(*sessions, **more))


def test_a_region_is_told_with_its_muscles_though_the_first_session_lacks_them():
    told = page(
        session("a", -3, "OOC_L", "OOC_R"), session("b", 9, "OOC_L", "FRO_L", "OOC_R", "FRO_R")
    )
    regions = re.findall(r'class="nowrap">(\w[\w ]*?)\s*<span class="missing">(.*?)<', told)
    assert regions == [("brow", "FRO"), ("eye", "OOC")]


def test_a_page_says_what_the_scales_mean_that_somebody_scored():
    scores = [ScaleScore("01", DAY, name, None, "R1", 3.0) for name in ("SMC", "Jankovic")]
    told = re.search(r"<caption>Scales\. (.*?)\s*</caption>", page(scores=scores))
    assert re.findall(r"([\w-]+): \d", told[1]) == ["Jankovic", "SMC"]
    assert told[1].startswith("Jankovic: 0 to 8, severity 0-4 plus frequency")


def test_two_sessions_of_one_day_have_a_ratio_of_strength_each():
    eyes = ("OOC_L", "OOC_R")
    shown = course(
        session("a", -3, *eyes, OOC_L=50.0, OOC_R=100.0),
        session("b", -3, *eyes, OOC_L=80.0, OOC_R=100.0),
        session("c", 9, *eyes),
        session("d", 30, *eyes, OOC_L=20.0, OOC_R=100.0),
    )
    (axes,) = beside_figure(shown).axes
    line = next(line for line in axes.lines if len(line.get_xdata()) == 4)
    assert line.get_xdata().tolist() == [0, 0, 12, 33]
    assert line.get_ydata().tolist() == pytest.approx([0.5, 0.8, np.nan, 0.2], nan_ok=True)


@pytest.mark.parametrize(("first", "told"), [(0, True), (1, False)])
def test_windows_of_visits_are_explained_where_they_are_drawn(first, told):
    treatments = [
        Treatment("01", DAY, TOXIN, "Botox", "OOC", "L", 12.5),
        Treatment("01", DAY, OPERATION, side="L"),
    ]
    shown = page(
        session("a", -3, "OOC_L", "OOC_R"), treatments=treatments, origin=treatments[first]
    )
    assert "with injected muscles and units as entered." in shown
    assert ("Shaded: windows of visits." in shown) is told
