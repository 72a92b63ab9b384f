"""One run: source, recorder, pipeline and those who look on, in one thread.

What is analyzed is what was stored, after it was stored: live bursts and events are those that
``analyze`` finds in the file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Self

from emgspasm.config import LoadedConfig
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.errors import EmgspasmError, explained
from emgspasm.postponement import postponed
from emgspasm.session.analyzing import Analyzing
from emgspasm.session.anchor import Anchor
from emgspasm.session.disk import look_after, require_room, take_to_disk
from emgspasm.session.ending import Ending
from emgspasm.session.handover import Handover
from emgspasm.session.marking import Marking
from emgspasm.session.network import NetworkMarkers
from emgspasm.session.outlets import Outlets
from emgspasm.session.preparation import chosen, equipment, labelled, unscaled
from emgspasm.session.status import Counters, Status
from emgspasm.session.warm_up import WarmUp
from emgspasm.sources.events import SourceEvent
from emgspasm.sources.lsl.markers import LslMarkers
from emgspasm.sources.protocols import Eventful
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.tal import storable
from emgspasm.stream import Annotation, Channel, Chunk, Source, StreamInfo
from emgspasm.system import host_time, until_set


class Session:
    """A recording under way, from entering to leaving.

    Entering opens the source, creates the file and starts the thread. Leaving stops, joins and
    closes, and hears no Ctrl-C until that is done; it never raises what went wrong in the thread:
    :meth:`wait` does.

    Parameters
    ----------
    source : Source
    path : Path
        The BDF+ file; it must not exist, its folder must.
    config : LoadedConfig
    duration : float or None
        Seconds after which it ends by itself, also while the source is away.
    markers : iterable of Annotation
        Known beforehand; each is stored when the recording gets there.
    network : LslMarkers or None
        Markers of the network, opened before the source and stored as they come.
    handovers : iterable of Handover
        Where screens take their ticks from.
    clock : callable
        Host time in seconds, the source's own. It never enters the samples; it says how many are
        missing at the end, if the source is away then.

    Attributes
    ----------
    begun : bool
        Whether it has made its file: one that was there is somebody else's.
    unscaled : tuple of Channel
        Those whose source does not say their full scale, with the one they are stored within.

    Raises
    ------
    SourceError
        On entering: the source does not open, or the markers' sender is not there.
    RecordingError
        On entering: the file exists or the disk has no room.
    """

    def __init__(
        self,
        source: Source,
        path: Path,
        config: LoadedConfig | None = None,
        *,
        duration: float | None = None,
        markers: Iterable[Annotation] = (),
        network: LslMarkers | None = None,
        handovers: Iterable[Handover] = (),
        clock: Callable[[], float] = host_time,
    ) -> None:
        self.source, self.path, self.config = source, path, config or LoadedConfig()
        self._columns, self._labelled = labelled(self.config, source.info)
        self._analyzing = Analyzing(self.config, self._labelled)
        self.unscaled: tuple[Channel, ...] = unscaled(self._columns, source.info, self._labelled)
        planned = None if duration is None else round(duration * source.info.sampling_frequency)
        self._duration, self._clock, self._began = duration, clock, clock()
        self._ending = Ending(source, planned, self._now)
        self._notes: list[str] = []
        self._network = NetworkMarkers(network, source, self._notes.append) if network else None
        self._marking = Marking(markers, self._network, self._sample_at)
        self._outlets = Outlets(self.config.config.outlets, self._labelled)
        self._handovers = tuple(handovers)
        self._counters = Counters(self._labelled, self.pipeline.screen.limits(self._labelled))
        self._telling = source if isinstance(source, Eventful) else None
        self.begun = False
        self._disk_left = 0
        self._error: EmgspasmError | None = None
        self._over = threading.Event()
        self._warm_up = WarmUp(self._analyzing.warm_up)
        self._held = ExitStack()

    @property
    def refusal(self) -> str:
        """Why this stream is recorded but not analyzed; ``""`` if it is."""
        return self._analyzing.refusal

    @property
    def pipeline(self) -> Pipeline:
        """What finds bursts: the config's, with a notch once one was decided on."""
        return self._analyzing.pipeline

    @property
    def notice(self) -> str:
        """What was decided about mains, once that is known."""
        return self._analyzing.notice

    @property
    def info(self) -> StreamInfo:
        """The stream as it is stored."""
        return self._writer.info

    @property
    def events(self) -> tuple[SourceEvent, ...]:
        """Changes of state that the source reported; empty if it reports none."""
        return self._telling.events if self._telling else ()

    @property
    def status(self) -> Status:
        """How it fares now; safe from any thread."""
        counters = self._counters
        events = self.events
        age = counters.anchor.age(counters.stop, self._clock())
        return Status(
            time=counters.stop / self.info.sampling_frequency,
            state=events[-1].state if events else "streaming",
            lost_recently=counters.lost_recently,
            lost=counters.lost / max(1, counters.stop),
            latency=age if age > 1 else counters.latency,
            noise=tuple(counters.noise.tolist()),
            railed=counters.railed,
            bursts=counters.bursts.copy(),
            events=counters.events.copy(),
            disk_left=self._disk_left,
            dropped=sum(handover.dropped for handover in self._handovers),
        )

    @property
    def unreached(self) -> int:
        """Markers that the recording has not got to."""
        return self._marking.unreached

    @property
    def early(self) -> int:
        """Markers of the network from before the first sample, which are not stored."""
        return self._network.early if self._network else 0

    @property
    def missed(self) -> float:
        """Seconds that are missing at the end because the source was away, once it is over."""
        return self._ending.missed / self.info.sampling_frequency

    @property
    def error(self) -> EmgspasmError | None:
        """What has ended it, or its analysis, as :meth:`wait` raises it."""
        return self._error

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong while the recording goes on; safe from any thread."""
        return tuple(self._notes)

    def __enter__(self) -> Self:
        self._disk_left = require_room(self.path.parent, self._labelled, self._duration)
        with ExitStack() as held:
            self._warm_up.begin()  # while the source opens, which is mostly waiting
            if self._network:  # first: it takes a while, in which samples would pile up
                held.enter_context(self._network.inlet)
            held.enter_context(self._outlets)
            held.enter_context(self.source)
            self._warm_up.wait()
            with postponed():  # who is begun must be ended: a file, and threads that are waited for
                self._writer = held.enter_context(
                    BdfWriter(self.path, self._labelled, equipment=equipment(self.source))
                )
                self.begun = True
                self._start(held)
            self._held = held.pop_all()
        return self

    def _start(self, held: ExitStack) -> None:
        """Begin to record, until this is left."""
        self._marking.begin(self._writer)
        self._began = self._clock()
        for work in (
            partial(self._ending.watch, self._over),
            partial(take_to_disk, self._writer.to_disk, self._over, self._notes.append),
            self._run,
        ):
            thread = threading.Thread(target=work, name="session", daemon=True)
            thread.start()
            held.callback(thread.join)
        held.callback(self.stop)

    def __exit__(self, *_: object) -> None:
        with postponed():  # Ctrl-C, again: amid it the file would be closed before its last samples
            self._held.close()

    def forgo(self) -> None:
        """Do not begin, if that still waits for compiling; safe from any thread."""
        self._warm_up.forgo()

    def stop(self) -> None:
        """End the recording after what has arrived; safe from any thread."""
        self._ending.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the recording has ended; whether it has.

        Raises
        ------
        EmgspasmError
            What ended it, or its analysis, if it was neither :meth:`stop` nor the end of the
            source.
        """
        if timeout is None:
            until_set(self._over)
        over = self._over.wait(timeout)
        if over and self._error is not None:
            raise self._error
        return over

    def mark(self, text: str, time: float | None = None) -> Annotation:
        """Mark the sample that is being taken, or was at host time `time` (s); from any thread.

        Control characters become spaces, and only some 300 bytes of the text are kept.

        Raises
        ------
        RecordingError
            The recording has ended.
        """
        onset = self._sample_at(time) / self.info.sampling_frequency
        marker = Annotation(onset, 0.0, storable(text))
        self._marking.store(marker)
        return marker

    def _sample_at(self, time: float | None = None) -> int:
        """Number of the sample that is being taken, or was at host time `time` (s)."""
        return self._counters.anchor.sample_at(self._clock() if time is None else time)

    def _run(self) -> None:
        """Record and analyze until the source ends (the thread)."""
        chunks = self._recorded()
        try:
            for tick in self._analyzing.ticks(self.info, chunks, self._marking.tasks):
                self._counters.analyzed(*tick, self._clock())
                for handover in self._handovers:
                    handover.put(tick)
                self._outlets.push(tick, self._sample_at(), self._analyzing.delay)
        except BaseException as error:  # noqa: BLE001  # top of a thread: raised by wait
            self._error = explained(error)
            self._finish(chunks)
        finally:
            self._over.set()

    def _finish(self, chunks: Iterator[Chunk]) -> None:
        """Go on recording if it was the analysis that failed, and note that."""
        failure = f"nothing is analyzed any more, the recording goes on: {self._error}"
        try:
            for _ in chunks:
                if failure not in self._notes:
                    self._notes.append(failure)
        except BaseException as error:  # noqa: BLE001  # top of a thread: raised by wait
            self._error = explained(error)

    def _recorded(self) -> Iterator[Chunk]:
        """Chunks as they were stored, each after it was."""
        for chunk in self._ending.chunks():
            stored = self._writer.write(chosen(chunk, self._columns))
            now = self._clock()
            self._counters.arrived(stored, now)
            for handover in self._handovers:
                handover.put_stored(stored)
            self._marking.catch_up(self.events)
            if self._counters.second_over(now):
                self._look_after_file()
            yield stored
        self._marking.catch_up(self.events)

    def _look_after_file(self) -> None:
        seconds = self._counters.stop / self.info.sampling_frequency
        try:
            self._disk_left, told = look_after(self.path, self._writer.descriptor, seconds)
        except OSError as error:  # of a network disk: what counts is whether it takes samples
            told = f"{self.path}: its disk does not answer ({error.strerror}). Check the disk"
        if told and told not in self._notes:
            self._notes.append(told)

    def _now(self) -> int:
        """Number of the sample that is being taken; before any came, counted from the start."""
        counters = self._counters
        started = Anchor(counters.info.sampling_frequency).seen(0, self._began)
        return self._sample_at() if counters.stop else started.sample_at(self._clock())
