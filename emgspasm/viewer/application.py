"""Start the window: the application, its display, its first page."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from pyqtgraph.util.garbage_collector import GarbageCollector
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from emgspasm.config import LoadedConfig
from emgspasm.desk.request import RecordingRequest
from emgspasm.desk.wiring import Wiring
from emgspasm.errors import explained
from emgspasm.postponement import speak_to_nobody
from emgspasm.system import ENDING, is_hangup
from emgspasm.viewer import settings
from emgspasm.viewer.recording.recorder import Recorder
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.traces import raster
from emgspasm.viewer.window import Window

STARTED = 3.0
"""Seconds after which the window stands and a source streams [design]."""


def replay(
    path: Path,
    config: LoadedConfig,
    speed: float,
    say: Callable[[str], None],
    *,
    sampling_frequency: float | None = None,
    gain: float | None = None,
) -> None:
    """Show a stored recording until the window is closed; `say` takes what is said then.

    Parameters are those of :class:`emgspasm.viewer.replaying.replay.Replay`.
    """
    app = application()
    raster.warm_up()
    desk = Replay(path, config, speed, sampling_frequency=sampling_frequency, gain=gain)
    window = Window(settings.load())
    window.tuner.begin(config)
    window.open(desk)
    window.show()
    with faults_told(window.surface.notice.tell):
        run(app, window)
    window.review.finish(say)


def live(wiring: Wiring, study: Path | None, say: Callable[[str], None]) -> None:
    """Show a board, and record it when asked, until the window is closed.

    Parameters
    ----------
    wiring : Wiring
    study : Path or None
        Folder that the dialog proposes.
    say : callable
        Takes what there is to say when the window is closed.

    Raises
    ------
    EmgspasmError
        The tables of what was recorded could not be written.
    """
    app = application()
    kept = settings.load()
    window = Window(kept)
    folder = str(study.resolve()) if study else kept.study
    request = RecordingRequest(folder, participant="", session="", task=kept.task)
    window.surface.status.show_state("CONNECTING", window.appearance.colours.accent)
    window.show()
    window.tuner.begin(wiring.config)
    app.processEvents()  # it stands before the board is looked for
    recorder = Recorder(wiring, request, window)
    window.watch(recorder)
    with faults_told(window.surface.notice.tell):
        run(app, window)
    recorder.finish(say)


@contextmanager
def faults_told(tell: Callable[[str], None]) -> Iterator[None]:
    """Say in the window what goes wrong in it, since Qt goes on where Python's callers would end.

    Whoever looks at the window would take it for stuck. On the terminal it is told as ever.

    Parameters
    ----------
    tell : callable
        Takes the sentence.
    """
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        tell(f"something failed in the window, a recording goes on: {explained(error)}")
        before(kind, error, trace)

    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = before


def application() -> QApplication:
    """The application; there is one a process."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)  # nobody makes another kind
    app.setApplicationName("emgspasm")
    return app


def run(app: QApplication, window: Window) -> None:
    """Run until the window is closed, or Ctrl-C, SIGTERM or SIGHUP come."""

    def end(number: int, frame: object) -> None:  # noqa: ARG001  signal's signature
        if is_hangup(number):
            speak_to_nobody()
        QTimer.singleShot(0, window.close)  # a signal may come amid the painting of what closes

    heard = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in heard}
    with garbage_collected_here(STARTED):
        app.exec()  # the frames let Python see signals thirty times a second
    for number, handler in before.items():
        signal.signal(number, handler)


@contextmanager
def garbage_collected_here(after: float) -> Iterator[None]:
    """Collect garbage in this thread alone, the window's.

    Elsewhere a look for garbage may end objects of Qt, with one of its locks held and Python's
    waited for, while the window waits for that lock with Python's held: both stood still for ever,
    and so did the recording.

    Parameters
    ----------
    after : float
        Seconds until the first look. What is there by then, start-up has made for good: a look at
        all of it would stop the picture for a fifth of a second now and then.
    """
    was = gc.isenabled()
    gc.disable()
    collectors: list[GarbageCollector] = []

    def begin() -> None:
        gc.freeze()
        collectors.append(GarbageCollector())

    timer = QTimer(singleShot=True, interval=round(1000 * after))
    timer.timeout.connect(begin)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        for collector in collectors:
            collector.timer.stop()
        if was:
            gc.enable()
