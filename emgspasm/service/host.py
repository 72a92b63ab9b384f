"""The owner of the live stream: one thread that takes it, sends it on, and serves calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

from emgspasm.config import MarkerTable
from emgspasm.desk.control import Control
from emgspasm.desk.live import Live
from emgspasm.desk.request import RecordingRequest, placing
from emgspasm.desk.wiring import Wiring
from emgspasm.errors import EmgspasmError, explained
from emgspasm.postponement import postponed
from emgspasm.service import answers
from emgspasm.service.broadcast import Broadcast, Onlooker
from emgspasm.service.refusal import Refused
from emgspasm.service.showing import Showing
from emgspasm.service.worker import Worker
from emgspasm.service.writing import Writing
from emgspasm.stream import Annotation

T = TypeVar("T")

PACE = 0.05
"""Seconds between two tellings [design]."""


class Host:
    """A live stream, recorded when asked, and sent to all pages that are open.

    Everything that touches the stream runs in its one thread, so that what is told is whole and in
    order. Calls come from any thread.

    Parameters
    ----------
    wiring : Wiring
        Of the board.
    study : Path or None
        Folder that is recorded into; None only looks.

    Attributes
    ----------
    study : Path or None
    """

    def __init__(self, wiring: Wiring, study: Path | None) -> None:
        self.study, self._showing = study, Showing(study)
        self._tables = Writing(self._showing.note)
        self._control = Control(wiring, self._open, self._tables.run)
        self._beginning = False
        self._exchanging = threading.Lock()
        self._worker = Worker(self._tick, PACE)

    @property
    def broadcast(self) -> Broadcast:
        """Where pages are told."""
        return self._showing.broadcast

    @property
    def state(self) -> answers.State:
        """How the stream fared when it was last told."""
        return self._showing.state

    @property
    def markers(self) -> MarkerTable:
        """What the digits mark."""
        return self._control.markers

    def begin(self) -> None:
        """Begin to look at the board."""
        self._worker.start()
        self.look()

    def look(self) -> None:
        """Look at the board anew, as after it was not there.

        Raises
        ------
        Refused
            A recording is under way, or another call exchanges the stream.
        """
        self._exchange(self._look)

    def record(self, participant: str, session: str, task: str) -> str:
        """Begin a recording; its file.

        Raises
        ------
        Refused
            There is no study, a label is none, or a recording is under way.
        EmgspasmError
            The study cannot be made, or the source does not fit.
        """
        return self._exchange(lambda: self._record(participant, session, task))

    def stop(self) -> answers.Recorded:
        """End the recording and go on looking; its tables are written meanwhile.

        Raises
        ------
        Refused
            Nothing is recorded.
        """
        return self._exchange(self._stop)

    def mark(self, text: str, at: float) -> Annotation:
        """Mark what was taken at host time `at` (s).

        Raises
        ------
        Refused
            Nothing streams.
        """
        self._refuse_meanwhile()
        marker = self._worker.ask(lambda: self._control.mark(text, at))
        if marker is None:
            raise Refused(409, "no marker was set (nothing streams). Wait for the stream")
        return marker

    def undo(self) -> Annotation:
        """Take the last marker back; raises what :meth:`mark` raises."""
        self._refuse_meanwhile()
        marker = self._worker.ask(self._control.undo)
        if marker is None:
            raise Refused(409, "nothing was taken back (no marker of this stream is left). Set one")
        return marker

    def events(self) -> answers.Events:
        """All that was found in the stream so far."""
        return self._worker.ask(self._showing.events)

    def welcome(self, onlooker: Onlooker) -> None:
        """Tell a page all there is to know, and then what comes."""
        self._worker.ask(lambda: self._showing.welcome(onlooker))

    def close(self, say: Callable[[str], None]) -> None:
        """End the stream; what was recorded is whole, and its tables are written.

        Parameters
        ----------
        say : callable
            Takes what there is to say.

        Raises
        ------
        EmgspasmError
            Tables could not be written.
        """
        try:
            with postponed():  # Ctrl-C, again
                self._worker.end(self._end)
        finally:
            self._tables.finish(say)

    # --- what runs in the thread --------------------------------------------------------------

    def _tick(self) -> None:
        try:
            if self._showing.tick():
                self._say_begun()
        except Exception as error:  # noqa: BLE001  # top of a thread: said on the page
            why = f"nothing is shown any more, a recording goes on: {explained(error)}"
            self._showing.fail(why)

    def _open(self, live: Live) -> None:
        """Show another stream; the one before has ended."""
        self._tell_rest()
        self._showing.open(live)

    def _tell_rest(self) -> None:
        """Tell what became certain when the stream ended."""
        self._tick()
        self._showing.end()

    def _begin_stream(self, begin: Callable[[], object]) -> None:
        """Let go of a stream and begin another.

        Raises
        ------
        EmgspasmError
            It cannot begin; nothing streams then, which is said as the state.
        """
        self._beginning = False
        try:
            begin()
        except Exception as error:  # noqa: BLE001  # top of a thread: said on the page
            self._tell_rest()
            self._showing.fail(str(explained(error)))
            raise explained(error) from None

    def _look(self) -> None:
        self._refuse_while_recording()
        with suppress(EmgspasmError):  # said as the state, which is what was asked for
            self._begin_stream(self._control.look)

    def _record(self, participant: str, session: str, task: str) -> str:
        if self.study is None:
            raise Refused(409, "nothing can be recorded (no study). Start with serve --study DIR")
        self._refuse_while_recording()
        held = ExitStack()
        try:
            place = held.enter_context(
                placing(RecordingRequest(str(self.study), participant, session, task))
            )
        except ValueError as error:
            raise Refused(422, str(error)) from None
        self._begin_stream(lambda: self._control.record(place, task.strip(), held))
        self._beginning = True
        return str(place.recording)

    def _say_begun(self) -> None:
        """Say that it is recorded once the board has answered, if it does."""
        live = self._control.live
        if self._beginning and live is not None and live.began:
            self._beginning = False
            self._showing.say(f"recording to {live.path}")

    def _refuse_while_recording(self) -> None:
        live = self._control.live
        if live is not None and live.recording:
            raise Refused(409, f"a recording is under way ({live.path}). End it first")

    def _stop(self) -> answers.Recorded:
        live = self._control.live
        if live is None or live.place is None:
            raise Refused(409, "nothing is recorded. Begin a recording first")
        said: list[str] = []
        with suppress(EmgspasmError):  # it is ended; why nothing streams is said as the state
            self._begin_stream(lambda: said.append(self._control.stop()))
        for sentence in said:
            self._showing.say(sentence)
        return answers.Recorded(str(live.path), " ".join(said))

    def _end(self) -> None:
        self._control.close()
        self._tell_rest()

    # --- calls --------------------------------------------------------------------------------

    def _exchange(self, work: Callable[[], T]) -> T:
        if not self._exchanging.acquire(blocking=False):
            raise _busy()
        try:
            return self._worker.ask(work)
        finally:
            self._exchanging.release()

    def _refuse_meanwhile(self) -> None:
        if self._exchanging.locked():
            raise _busy()


def _busy() -> Refused:
    return Refused(409, "the stream is being exchanged (one call at a time). Try again in a moment")
