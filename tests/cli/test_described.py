"""What stands beside a recording is that of its file, whatever ends it."""

from __future__ import annotations

import json
import os
import signal
import threading
import time

import numpy as np
import pytest

from emgspasm.cli.interruption import heed
from emgspasm.cli.recording import described
from emgspasm.errors import ConfigError
from emgspasm.postponement import postponed
from emgspasm.session import Session
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.studies.study import Study
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.system import signal_main

pytestmark = pytest.mark.usefixtures("heard")

SECONDS = 3


def press():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)


class Source:
    """Three seconds of silence; may do something when it is opened and when it is closed."""

    info = StreamInfo(250.0, (Channel.from_label("OOC_L", full_scale=1000.0),))

    def __init__(self, opening=None, closing=None):
        self._opening, self._closing = opening, closing

    def __enter__(self):
        if self._opening:
            self._opening()
        return self

    def __exit__(self, *_):
        if self._closing:
            self._closing()

    def __iter__(self):
        for start in range(0, 250 * SECONDS, 250):
            yield Chunk(start, np.zeros((250, 1)))

    def stop(self):
        pass


@pytest.fixture
def place(tmp_path):
    return Study.open_or_create(tmp_path / "study").place("01", task="rest")


def duration(place):
    return json.loads(place.sidecars.description.read_text())["RecordingDuration"]


def test_ctrl_c_while_the_recording_is_closed_leaves_its_whole_duration_beside_it(place):
    session = Session(Source(closing=press), place.recording)

    def work():
        with described(session, place, "rest"):
            session.wait()

    with pytest.raises(KeyboardInterrupt):
        heed(work)
    assert open_edf(place.recording).n_samples == 250 * SECONDS
    assert duration(place) == SECONDS


def test_ctrl_c_again_while_the_recording_is_closed_leaves_its_whole_duration_beside_it(place):
    session = Session(Source(closing=press), place.recording)

    def work():
        with described(session, place, "rest"):
            session.wait()
            press()

    with pytest.raises(KeyboardInterrupt):
        heed(work)
    assert duration(place) == SECONDS


def test_ctrl_c_while_the_last_samples_come_leaves_them_in_the_file(place):
    class Slow(Source):
        """Gives its samples some time after it was told to stop, as a board's radio does."""

        stopped = threading.Event()

        def __iter__(self):
            self.stopped.wait(10)
            time.sleep(0.3)
            yield from super().__iter__()

        def stop(self):
            self.stopped.set()

    def work():
        with Session(Slow(), place.recording):
            threading.Timer(0.1, signal_main, (signal.SIGINT,)).start()

    with pytest.raises(KeyboardInterrupt):
        heed(work)
    assert open_edf(place.recording).n_samples == 250 * SECONDS


def test_a_recording_that_another_process_begins_meanwhile_is_left_to_it_and_that_is_said(place):
    def begin():
        BdfWriter(place.recording, Source.info).close()
        place.sidecars.description.write_text("another's")

    session = Session(Source(opening=begin), place.recording)
    with (
        pytest.raises(ConfigError, match=r"another process may .* another run, session or"),
        described(session, place, "rest"),
    ):
        pytest.fail("it began")
    assert place.sidecars.description.read_text() == "another's"


def test_a_signal_that_is_postponed_comes_when_the_work_is_done():
    done = []

    def work():
        with postponed():
            press()
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        heed(work)
    assert done
