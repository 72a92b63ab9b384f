"""What a page says where nothing could be analyzed: never that nothing was found."""

import pytest

from emgspasm.report.document import report_page
from emgspasm.results.analysis import analyze_recording
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.opening import open_recording
from emgspasm.stream import Chunk


@pytest.fixture(scope="module")
def text_of(elements):
    """The words of the page of a recording."""

    def text(path):
        return elements(report_page(analyze_recording(path), open_recording(path))).text()

    return text


@pytest.fixture(scope="module")
def without(recorded, tmp_path_factory):
    """Writes a healthy recording in which these channels are dead."""

    def make(*dead):
        whole = open_recording(recorded("healthy", "healthy_rest", duration=20.0, seed=2))
        path = tmp_path_factory.mktemp("dead") / "dead.bdf"
        with BdfWriter(path, whole.info) as file:
            for chunk in whole:
                samples = chunk.samples.copy()
                samples[:, [whole.info.names.index(name) for name in dead]] = 0.0
                file.write(Chunk(chunk.start, samples))
        return path

    return make


def test_a_recording_too_short_to_be_analyzed_is_not_said_to_have_no_spasm(text_of, recorded):
    said = text_of(recorded("short", "hfs_mixed", duration=2.0, seed=1))
    assert "Spasms could not be sought on either side." in said
    assert "left n/a (eye or brow not analyzed); right n/a (eye or brow not analyzed)" in said
    assert "no spasm" not in said.lower()
    assert "No hemifacial spasm" not in said


def test_no_spasm_is_said_of_the_side_in_which_they_were_sought(text_of, without):
    said = text_of(without("OOC_R", "FRO_R"))
    assert "No hemifacial spasm was found on the left; on the other side none could be" in said
    assert "left n/a (no spasm of the eye); right n/a (eye or brow not analyzed)" in said


def test_a_recording_without_spasms_is_said_to_have_none(text_of, without):
    assert "No hemifacial spasm was found. " in text_of(without())


def test_valid_time_is_told_of_each_side(text_of, without):
    said = text_of(without("OOC_L", "FRO_L"))
    assert "whole recording0 / 17n/an/a0.0" in said
