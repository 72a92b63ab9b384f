"""A live session on the screen: looked at only, or recorded into a study."""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from emgspasm.desk.desk import News
from emgspasm.desk.feed import Feed, Stretch
from emgspasm.desk.marks import Marks
from emgspasm.desk.pages import cut, page
from emgspasm.desk.shaping import Sliceable
from emgspasm.desk.strip import Strip
from emgspasm.desk.wiring import Wiring
from emgspasm.dsp.pipeline import Analysis, Pipeline
from emgspasm.errors import EmgspasmError, RecordingError, explained
from emgspasm.results.channels import channel_warnings
from emgspasm.session import Handover, Session, Status
from emgspasm.session.preparation import equipment, labelled
from emgspasm.sources.events import AWAY
from emgspasm.storage.bdf.layout import stored_info
from emgspasm.storage.opening import open_recording
from emgspasm.storage.studies.study import Placement, Study
from emgspasm.stream import Annotation, Chunk, Event
from emgspasm.synkinesis.events.amending import Amendment

CAPACITY = 6000
"""Chunks that may wait for the screen: half a minute or more of any board [design]."""


def joined(chunks: list[Chunk]) -> list[Chunk]:
    """The same samples in as few chunks as there are stretches without a gap."""
    found: list[list[Chunk]] = []
    for chunk in chunks:
        if found and found[-1][-1].stop == chunk.start:
            found[-1].append(chunk)
        else:
            found.append([chunk])
    return [
        Chunk(parts[0].start, np.concatenate([part.samples for part in parts])) for parts in found
    ]


class Live:
    """A session whose samples, bursts and events come to the screen; a `Desk`.

    Its source opens in a thread of its own: the window stands before the board has answered.
    What is only looked at is recorded too, into a temporary file that goes with it, so that the
    frozen picture scrolls back through all of it.

    Parameters
    ----------
    wiring : Wiring
    place : Placement or None
        Where it is recorded; None only looks.
    task : str
        What is recorded.
    held : ExitStack or None
        Holds the place, and undoes it where no recording comes of it; taken over from the caller
        once nothing can be refused any more.

    Attributes
    ----------
    feed : Feed
    session : Session
    analyses : list of Analysis
        Those of the last tick.

    Raises
    ------
    ConfigError
        The source or the montage does not fit.
    """

    def __init__(
        self,
        wiring: Wiring,
        place: Placement | None = None,
        task: str = "",
        held: ExitStack | None = None,
    ) -> None:
        self._wiring, self.place, self._task = wiring, place, task
        source = wiring.make_source()
        info = stored_info(labelled(wiring.config, source.info)[1])
        # nothing fails from here on, so all it holds will be released
        self._held = ExitStack() if held is None else held.pop_all()
        self._path = place.recording if place else self._temporary()
        self._handover = Handover(CAPACITY, stored=CAPACITY)
        self.session = Session(source, self._path, wiring.config, handovers=(self._handover,))
        self.feed = Feed(info, wiring.config.pipeline)
        self._channels = channel_warnings(info)
        self.analyses: list[Analysis] = []
        self._marks = Marks(self._store, self.feed.found.markers)
        self._n_events = self._n_gaps = self._n_dropped = 0
        self._open, self._closing = False, False
        self._error: EmgspasmError | None = None
        self._opened: Sliceable | None = None
        self._opening = threading.Thread(target=self._enter, name="opening", daemon=True)
        self._opening.start()

    def _temporary(self) -> Path:
        return Path(self._held.enter_context(TemporaryDirectory(prefix="emgspasm-")), "look.bdf")

    def _enter(self) -> None:
        """Open the source and begin (the thread)."""
        try:
            self._held.enter_context(self.session)
            if self.place is not None:
                self._wiring.describe(self.session, self.place, self._task)
                Study.open(self.place.study).note_time(self.place, datetime.now())  # noqa: DTZ005  BIDS: the clock of the place
        except Exception as error:  # noqa: BLE001  # top of a thread: said in the window
            with suppress(Exception):  # why it ended is said, and no more
                self._held.close()  # at once: the same place may be recorded to next
            self._error = explained(error)
            return
        self._open = True

    @property
    def began(self) -> bool:
        """Whether its source has opened, so that there is a file."""
        return self._open

    @property
    def name(self) -> str:
        """Its file, or else its device, marked as simulated once the device has answered so."""
        if self.place:
            return self.place.stem
        device = equipment(self.session.source) if self._open else self.feed.info.device
        return device or "live"

    @property
    def path(self) -> Path | None:
        """Where it is recorded; None if it is only looked at."""
        return self._path if self.place else None

    @property
    def recording(self) -> bool:
        """Whether what comes is kept."""
        return self.place is not None and self._error is None

    @property
    def pipeline(self) -> Pipeline:
        """What finds bursts in it."""
        return self.session.pipeline

    @property
    def refusal(self) -> str:
        """Why it is shown but not analyzed; ``""`` if it is, or while the source opens."""
        return self.session.refusal if self._open else ""

    @property
    def notices(self) -> tuple[str, ...]:
        """What was decided or went wrong, in sentences for people."""
        session = self.session
        refused = f"not analyzed: {self.refusal}" if self.refusal else ""
        said = (self.error, refused, session.notice, *session.notes, *self._channels)
        return tuple(filter(None, said))

    @property
    def stop(self) -> int:
        """Sample number after the newest one."""
        return self.feed.strip.stop

    @property
    def duration(self) -> float | None:
        """It grows."""
        return None

    @property
    def status(self) -> Status | None:
        """How the session fares; None before it has begun."""
        return self.session.status if self._open else None

    @property
    def state(self) -> str:
        """State of the source, in a word."""
        if self._error is not None:
            return "ended"
        status = self.status
        return status.state if status else "connecting"

    @property
    def error(self) -> str:
        """Why it has ended, in a sentence for people; ``""`` while it goes on."""
        return str(self._error) if self._error else ""

    @property
    def away(self) -> str:
        """Why nothing comes for now, in the source's words; ``""`` while it streams."""
        events = self.session.events if self._open else ()
        return events[-1].text if events and events[-1].state in AWAY else ""

    @property
    def dropped(self) -> int:
        """Chunks that this screen was too slow for."""
        return self._handover.dropped

    def tick(self, seconds: float) -> News:  # noqa: ARG002  a board keeps its own time
        """Take what has come."""
        feed, stale, events, amended = self.feed, [], list[Event](), list[Amendment]()
        stored = joined(self._handover.take_stored())
        if stored and self.dropped > self._n_dropped:  # too slow a screen loses nothing
            feed.strip.reach_blank(stored[0].start)
        self._n_dropped = self.dropped
        for chunk in stored:
            feed.stored(chunk)
        self.analyses = []
        for analysis, folded in self._handover.take():
            stale += feed.take(analysis, folded)
            events += folded.events
            amended += folded.amended
            self.analyses.append(analysis)
        self._listen()
        feed.silent = bool(self.error or self.away)
        gaps: list[Stretch] = feed.found.gaps[self._n_gaps :]
        self._n_gaps = len(feed.found.gaps)
        found = tuple(events)
        return News(found, found, tuple(stale), tuple(gaps), *self._marks.news(), tuple(amended))

    def _listen(self) -> None:
        """Take changes of state of the source, and whether the session has ended."""
        if not self._open:
            return
        said = self.session.events
        for event in said[self._n_events :]:
            self._marks.add(event.annotation(self.feed.sampling_frequency))
        self._n_events = len(said)
        if self._error is None:
            try:
                over = self.session.wait(0)
            except EmgspasmError as error:
                self._error = error
            else:
                if over and not self._closing:
                    self._error = EmgspasmError("the source has ended; what came is kept")

    def mark(self, text: str, at: float) -> Annotation | None:
        """Mark the sample that was taken at host time `at` (s)."""
        return self._marks.set(text, at)

    def undo(self) -> Annotation | None:
        """Take the last marker back; the recording keeps it, and that it was undone."""
        return self._marks.undo()

    def _store(self, text: str, at: float | None) -> Annotation | None:
        """Store a marker, if there is a recording under way to store it in."""
        if not self._open or self._error is not None:
            return None
        try:
            return self.session.mark(text, at)
        except RecordingError:  # it has just ended: the next tick says why
            return None

    def page(self, start: int, stop: int) -> Strip:
        """A stretch of the whole session: what is still held, else what is in the file."""
        if max(0, start) >= self.feed.strip.start or not self._open:
            return cut(self.feed, start, stop)
        return page(self.feed, self._file(stop), self.pipeline, start, stop)

    def _file(self, stop: int) -> Sliceable:
        """The file as far as it was written when it was last opened, anew if `stop` is beyond."""
        if self._opened is None or stop > self._opened.n_samples:
            stored = open_recording(self._path)
            assert isinstance(stored, Sliceable)  # the session writes BDF+
            self._opened = stored
        return self._opened

    def close(self) -> None:
        """End the session; its file is whole."""
        self._closing = True
        self.session.forgo()
        self._opening.join()
        with self._held:
            if self._open:
                self.session.stop()
                self.session.__exit__(None, None, None)
                if self.place is not None:
                    self._wiring.describe(self.session, self.place, self._task)
