"""Blocks of rest of a session, whether one recording holds them or several."""

import numpy as np
import pytest

from emgspasm.report.course.rest import FACE
from emgspasm.report.course.sessions import sessions
from emgspasm.report.course.variability import repeated
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.studies.study import Study
from emgspasm.stream import Channel, Chunk, StreamInfo

LABELS = ("OOC_L", "ZYG_L", "OOC_R", "ZYG_R")


@pytest.fixture(scope="module")
def session(tmp_path_factory, emgspasm):
    """One with eyes closed for 10 s, open for 20 s, and again for 30 s: three recordings."""
    study = Study.open_or_create(tmp_path_factory.mktemp("rest") / "study")
    channels = tuple(Channel.from_label(label, full_scale=187_500.0) for label in LABELS)
    for task, seconds in (("restclosed", 10), ("restopen", 20), ("restpost", 30)):
        samples = np.random.default_rng(1).normal(0.0, 2.0, (500 * seconds, len(LABELS)))
        with BdfWriter(study.place("01", task=task).recording, StreamInfo(500.0, channels)) as file:
            file.write(Chunk(0, samples))
    done = emgspasm("analyze", study.path)
    assert done.returncode == 0, done.stderr
    (session,) = sessions(study, "01")
    return session


def test_blocks_of_rest_in_two_recordings_tell_how_much_a_measurement_varies(session):
    first, second = repeated(session, "L", FACE)
    assert (first.seconds, second.seconds) == (pytest.approx(20, abs=3), pytest.approx(30, abs=3))


def test_the_second_block_of_rest_counts_for_no_primary_rate(session):
    assert [block.primary for block in session.blocks] == [True, False]


def test_rest_with_closed_eyes_is_no_block_of_rest_to_compare(session):
    assert len(session.blocks) == 2
