"""Qt without a screen, settings of its own, a patient in a file, a source at the seam."""

from __future__ import annotations

import gc
import os
import threading
import time
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest.importorskip("PySide6", reason="Qt is not installed")

from emgspasm.cli.conclusion import conclude
from emgspasm.cli.recording import describe
from emgspasm.config import LoadedConfig, parse_config
from emgspasm.desk.request import RecordingRequest
from emgspasm.desk.wiring import Wiring
from emgspasm.errors import EmgspasmError
from emgspasm.simulation import simulate
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Annotation, Chunk
from emgspasm.viewer.recording.recorder import Recorder
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.settings import Kept
from emgspasm.viewer.traces import raster
from emgspasm.viewer.window import Window


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory):
    """Qt keeps settings where XDG says; no test may touch the user's."""
    before = os.environ.get("XDG_CONFIG_HOME")
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("settings"))
    yield
    os.environ.pop("XDG_CONFIG_HOME")
    if before is not None:
        os.environ["XDG_CONFIG_HOME"] = before


@pytest.fixture(scope="session")
def simulated():
    """Forty seconds of a patient with spasms of the left side and everything else."""
    return simulate("hfs_mixed", side="left", sampling_frequency=1000, duration=40, seed=7)


@pytest.fixture(scope="session")
def simulated_samples(simulated):
    return np.concatenate([chunk.samples for chunk in simulated])


@pytest.fixture(scope="session")
def recording(simulated, tmp_path_factory):
    """The patient in a file, with a gap of half a second at 20 s and a marker at 5 s."""
    path = tmp_path_factory.mktemp("viewer") / "patient.bdf"
    with BdfWriter(path, simulated.info) as writer:
        for chunk in simulated:
            for low, high in ((0, 20_000), (20_500, 40_000)):
                rows = chunk.samples[max(0, low - chunk.start) : max(0, high - chunk.start)]
                if len(rows):
                    writer.write(Chunk(max(chunk.start, low), rows.copy()))
        writer.annotate(Annotation(5.0, 0.0, "rest_open"))
    return path


@pytest.fixture
def _no_garbage_elsewhere():
    """No look for garbage in a thread beside the window's, as in the application."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def open_window(qtbot, tmp_path, _no_garbage_elsewhere):
    """Opens a window; it is closed, and lets go of everything, whatever a test does.

    The test's folder is asked for so that it outlives the window, which may be recording there.
    """
    opened = []

    def open_(kept=None):
        raster.warm_up()
        window = Window(kept or Kept())
        opened.append(window)
        window.resize(1200, 760)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield open_
    for window in opened:
        window.close()
        window.review.finish(print)
        if window.recorder is not None:
            with suppress(EmgspasmError):  # too short for tables
                window.recorder.finish(print)
        window.deleteLater()


@pytest.fixture
def replayed(qtbot, open_window, recording):
    """A window with the patient's recording, paused at 30 s, all of it analyzed."""
    window = open_window()
    window.open(Replay(recording, LoadedConfig()))
    window.replays.play(on=False)
    qtbot.waitUntil(lambda: window.desk.surveyed, timeout=90_000)
    qtbot.waitUntil(lambda: len(window.desk.feed.found.events) > 5)
    window.go_to(30.0)
    window.frame()
    return window


class Paced:
    """Chunks of an array as fast as they are wanted, or in real time; then waits for the end."""

    def __init__(self, info, samples, size=20, gaps=(), real_time=False):
        self.info, self.samples, self.size = info, samples, size
        self.gaps, self.real_time = gaps, real_time
        self.given, self._stopped = 0, threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def __iter__(self):
        began = time.monotonic()
        for low, high in pairwise(range(0, len(self.samples) + 1, self.size)):
            if self._stopped.is_set():
                return
            if any(start <= low < stop for start, stop in self.gaps):
                continue
            due = began + high / self.info.sampling_frequency if self.real_time else 0.0
            if self._stopped.wait(max(0.0, due - time.monotonic())):
                return
            yield Chunk(low, self.samples[low:high].copy())
            self.given = high
        self._stopped.wait(60)

    def stop(self):
        self._stopped.set()


@pytest.fixture
def paced(simulated, simulated_samples):
    """Makes a source of the patient's samples."""

    def make(seconds=40.0, **kwargs):
        return Paced(simulated.info, simulated_samples[: round(1000 * seconds)], **kwargs)

    return make


@pytest.fixture
def watch(open_window, tmp_path):
    """Opens a window over sources, one for every session, in order."""

    def open_(*sources):
        waiting = list(sources)
        window = open_window()

        def make():
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

        wiring = Wiring(parse_config('[markers]\n1 = "smile"\n'), make, describe, conclude)
        window.watch(
            Recorder(wiring, RecordingRequest(str(tmp_path / "study"), "01", "", "rest"), window)
        )
        return window

    return open_
