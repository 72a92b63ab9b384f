"""The owner of the live stream: one thread that takes it, sends it on, and serves calls."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from emgspasm.config import MarkerTable
from emgspasm.desk.lead import Lead
from emgspasm.desk.live import Live
from emgspasm.desk.wanted import Wanted, placing
from emgspasm.desk.wiring import Wiring
from emgspasm.errors import EmgspasmError, explained
from emgspasm.postponement import postponed
from emgspasm.service import answers
from emgspasm.service.answers import Refused, text_of
from emgspasm.service.broadcast import Broadcast, Message, Onlooker
from emgspasm.service.telling import Telling
from emgspasm.service.turns import Turns
from emgspasm.service.writing import Writing
from emgspasm.stream import Annotation

T = TypeVar("T")

PACE = 0.05
"""Seconds between two tellings [design]."""

REMEMBERED = 8
"""Sentences of the service that are still shown [design]."""


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
    broadcast : Broadcast
    state : State
        How the stream fared when it was last told.
    """

    def __init__(self, wiring: Wiring, study: Path | None) -> None:
        self.study, self.broadcast = study, Broadcast()
        self._folder = re.compile(rf"(?<![^\s('\"]){re.escape(f'{study}/')}") if study else None
        self._said = deque[str](maxlen=REMEMBERED)
        self._tables = Writing(self._said.append)
        self._lead = Lead(wiring, self._open, self._tables.run)
        self._place = ExitStack()
        self._telling: Telling | None = None
        self._n_streams = 0
        self._failed, self._beginning = "", False
        self._exchanging = threading.Lock()
        self._turns = Turns(self._tick, PACE)
        self.state = answers.State("connecting")

    @property
    def markers(self) -> MarkerTable:
        """What the digits mark."""
        return self._lead.markers

    def begin(self) -> None:
        """Begin to look at the board."""
        self._turns.start()
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
        path: str = self._exchange(lambda: self._record(participant, session, task))
        return path

    def stop(self) -> answers.Recorded:
        """End the recording and go on looking; its tables are written meanwhile.

        Raises
        ------
        Refused
            Nothing is recorded.
        """
        ended: answers.Recorded = self._exchange(self._stop)
        return ended

    def mark(self, text: str, at: float) -> Annotation:
        """Mark what was taken at host time `at` (s).

        Raises
        ------
        Refused
            Nothing streams.
        """
        self._refuse_meanwhile()
        marker = self._turns.ask(lambda: self._lead.mark(text, at))
        if marker is None:
            raise Refused(409, "no marker was set (nothing streams). Wait for the stream")
        return marker

    def undo(self) -> Annotation:
        """Take the last marker back; raises what :meth:`mark` raises."""
        self._refuse_meanwhile()
        marker = self._turns.ask(self._lead.undo)
        if marker is None:
            raise Refused(409, "nothing was taken back (no marker of this stream is left). Set one")
        return marker

    def events(self) -> answers.Events:
        """All that was found in the stream so far."""
        return self._turns.ask(self._events)

    def welcome(self, onlooker: Onlooker) -> None:
        """Tell a page all there is to know, and then what comes."""
        self._turns.ask(lambda: self._welcome(onlooker))

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
                self._turns.end(self._end)
        finally:
            self._tables.finish(say)

    # --- what runs in the thread --------------------------------------------------------------

    def _tick(self) -> None:
        if self._telling is None:
            return
        try:
            self._tell_news(self._telling)
        except Exception as error:  # noqa: BLE001  # top of a thread: said on the page
            self._telling = None
            self._failed = f"nothing is shown any more, a recording goes on: {explained(error)}"
            self._tell_state()

    def _tell_news(self, telling: Telling) -> None:
        for message in telling.tick():
            self.broadcast.tell(message)
        if telling.state_is_due:
            self._tell_state()
        self._say_begun()

    def _tell_state(self) -> None:
        said, n = tuple(self._said), len(self.broadcast)
        if self._telling is not None:
            self.state = self._telling.state(n, said, self._failed)
        else:
            self.state = answers.State("ended", notices=said, error=self._failed, onlookers=n)
        self.state = replace(
            self.state,
            path=self._within(self.state.path),
            notices=tuple(map(self._within, self.state.notices)),
            error=self._within(self.state.error),
        )
        self.broadcast.tell(Message(text_of(self.state)))

    def _within(self, text: str) -> str:
        """The text with paths as they are in the study: where it lies may hold names."""
        return self._folder.sub("", text) if self._folder else text

    def _welcome(self, onlooker: Onlooker) -> None:
        onlooker.begin_anew()
        for message in self._telling.introduction() if self._telling else ():
            onlooker.put(message)
        onlooker.put(Message(text_of(self.state)))
        self.broadcast.add(onlooker)

    def _events(self) -> answers.Events:
        return self._telling.events() if self._telling else answers.Events((), ())

    def _open(self, live: Live) -> None:
        """Tell of another stream; the one before has ended."""
        self._tell_rest()
        self._n_streams += 1
        self._telling, self._failed = Telling(live, self._n_streams), ""
        for message in self._telling.introduction():
            self.broadcast.tell(message)
        self._tell_state()

    def _tell_rest(self) -> None:
        """Tell what became certain when the stream ended."""
        if self._telling is not None:
            self._tick()
            self._telling = None

    def _begin_stream(self, begin: Callable[[], object], place: ExitStack | None = None) -> None:
        """Let go of a stream and begin another; `place` is undone where no recording comes of it.

        Raises
        ------
        EmgspasmError
            It cannot begin; nothing streams then, which is said as the state.
        """
        before, self._place = self._place, place or ExitStack()
        self._beginning = False
        try:
            begin()
        except Exception as error:  # noqa: BLE001  # top of a thread: said on the page
            self._tell_rest()
            self._failed = str(explained(error))
            self._tell_state()
            raise explained(error) from None
        finally:
            before.close()

    def _look(self) -> None:
        self._refuse_while_recording()
        with suppress(EmgspasmError):  # said as the state, which is what was asked for
            self._begin_stream(self._lead.look)

    def _record(self, participant: str, session: str, task: str) -> str:
        if self.study is None:
            raise Refused(409, "nothing can be recorded (no study). Start with serve --study DIR")
        self._refuse_while_recording()
        held = ExitStack()
        try:
            place = held.enter_context(placing(Wanted(str(self.study), participant, session, task)))
        except ValueError as error:
            raise Refused(422, str(error)) from None
        self._begin_stream(lambda: self._lead.record(place, task.strip()), held)
        self._beginning = True
        return str(place.recording)

    def _say_begun(self) -> None:
        """Say that it is recorded once the board has answered, if it does."""
        live = self._lead.live
        if self._beginning and live is not None and live.began:
            self._beginning = False
            self._say(f"recording to {live.path}")

    def _refuse_while_recording(self) -> None:
        live = self._lead.live
        if live is not None and live.recording:
            raise Refused(409, f"a recording is under way ({live.path}). End it first")

    def _stop(self) -> answers.Recorded:
        live = self._lead.live
        if live is None or live.place is None:
            raise Refused(409, "nothing is recorded. Begin a recording first")
        said: list[str] = []
        with suppress(EmgspasmError):  # it is ended; why nothing streams is said as the state
            self._begin_stream(lambda: said.append(self._lead.stop()))
        for sentence in said:
            self._say(sentence)
        return answers.Recorded(str(live.path), " ".join(said))

    def _end(self) -> None:
        self._lead.close()
        self._place.close()
        self._tell_rest()

    def _say(self, sentence: str) -> None:
        self._said.append(sentence)
        self._tell_state()

    # --- calls --------------------------------------------------------------------------------

    def _exchange(self, work: Callable[[], T]) -> T:
        if not self._exchanging.acquire(blocking=False):
            raise _busy()
        try:
            return self._turns.ask(work)
        finally:
            self._exchanging.release()

    def _refuse_meanwhile(self) -> None:
        if self._exchanging.locked():
            raise _busy()


def _busy() -> Refused:
    return Refused(409, "the stream is being exchanged (one call at a time). Try again in a moment")
