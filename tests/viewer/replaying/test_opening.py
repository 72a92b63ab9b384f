"""Another recording is opened while the one that is shown goes on."""

import threading

import pytest

from emgspasm.config import LoadedConfig, parse_config
from emgspasm.viewer.replaying.replay import Replay

pytestmark = pytest.mark.real_time


@pytest.fixture
def playing(open_window, recording):
    window = open_window()
    window.open(Replay(recording, LoadedConfig()))
    return window


@pytest.fixture
def held(monkeypatch):
    """Recordings are opened once this is set, as a large table is after seconds."""
    may_open, at_last = threading.Event(), Replay.anew

    def anew(*asked):
        may_open.wait(60)
        return at_last(*asked)

    monkeypatch.setattr(Replay, "anew", anew)
    return may_open


def test_the_picture_goes_on_until_another_recording_is_open(playing, recording, held, qtbot):
    before = playing.desk
    playing.opening.open(recording)
    reached = before.position
    qtbot.waitUntil(lambda: before.position > reached)
    assert playing.desk is before
    held.set()
    qtbot.waitUntil(lambda: playing.desk is not before, timeout=90_000)
    assert playing.surface.overview.timeline.duration == 40.0


def test_what_is_opened_has_the_thresholds_that_were_dragged_meanwhile(
    playing, recording, held, qtbot
):
    before, dragged = playing.desk, parse_config("[pipeline.detector]\nfloor = 9.0\n")
    playing.opening.open(recording)
    before.config = dragged
    held.set()
    qtbot.waitUntil(lambda: playing.desk is not before, timeout=90_000)
    assert playing.desk.config is dragged


def test_a_recording_that_cannot_be_opened_is_said_and_the_picture_stays(
    playing, tmp_path, qtbot
):  # fmt: skip
    before, said = playing.desk, playing.surface.notice.said
    (tmp_path / "notes.txt").write_text("no recording")
    playing.opening.open(tmp_path / "notes.txt")
    qtbot.waitUntil(lambda: sum("notes.txt" in sentence for sentence in said) == 2, timeout=90_000)
    assert playing.desk is before


def test_a_window_that_is_closed_lets_go_of_what_it_opens(playing, recording, held):
    playing.opening.open(recording)
    held.set()
    playing.close()
    assert not any(thread.name == "survey" for thread in threading.enumerate())
