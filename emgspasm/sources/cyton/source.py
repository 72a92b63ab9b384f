"""A Cyton on its serial dongle as a source.

One thread owns the port while streaming. It reads, decodes and queues, and drops nothing.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from emgspasm.errors import SourceError, SourceLost
from emgspasm.sources.cyton import conversation, decoder, dongle
from emgspasm.sources.cyton.counter import Position
from emgspasm.sources.cyton.daisy import DAISY_SKEW
from emgspasm.sources.cyton.decoder import DecoderState
from emgspasm.sources.cyton.impedance import measure_impedances
from emgspasm.sources.cyton.packets import ParserState, parse
from emgspasm.sources.cyton.settings import (
    CytonSettings,
    configure,
    layout,
    particulars,
    read_settings,
    stream_info,
)
from emgspasm.sources.events import SourceEvent, State
from emgspasm.sources.link import Link
from emgspasm.sources.protocols import Electrode
from emgspasm.sources.registry import on_port
from emgspasm.stream import Chunk, StreamInfo
from emgspasm.system import host_time

if TYPE_CHECKING:
    import serial

_GATHER = 0.012
"""Seconds that packets gather between two reads: at 6 ms, reading and analysis take half as much
CPU again, and USB may hold packets for 16 ms anyway (firmware_notes 5.1)."""

_LATE = 0.25
"""Seconds of silence after which bytes may have waited in the system, because this process or the
system itself paused [design]."""

_RATE_AFTER, _RATE_WITHIN = 10.0, 0.02
"""Seconds after which the board's rate is compared with the host's clock, and the share by which
it may differ: reads are up to 0.1 s late (firmware_notes 5.2) [design]."""


class CytonSource:
    """A Cyton, or a Cyton with Daisy, on its serial dongle.

    Entering opens and configures the board; iterating streams until :meth:`stop`. A port that
    hangs up or a board that falls silent is opened again for as long as it takes; the stream goes
    on as a new segment, its start estimated from the clock.

    Parameters
    ----------
    settings : CytonSettings
    clock : callable
        Host time in seconds, never running backwards. It anchors, and measures silence.

    Raises
    ------
    SourceNotFound
        On entering: no dongle, or no board behind it.
    SourceError
        On entering: the port is locked or forbidden, or the board refuses a setting.
    """

    def __init__(self, settings: CytonSettings, clock: Callable[[], float] = host_time) -> None:
        self.settings = settings
        self.info: StreamInfo = stream_info(settings)
        self.board: conversation.Board | None = None
        self._layout = layout(settings)
        self._clock = clock
        self._found = dongle.PortFound(settings.port, "", "")
        self._port: serial.Serial | None = None
        self._link = Link(
            clock, self._sample_at, self._release, device="the board", carries="packet"
        )
        self._run = decoder.start(0, clock())
        self._begun = False
        self._first: Position | None = None
        self._lost_before = 0
        self._rate_known = False
        self._queue: queue.SimpleQueue[Chunk | BaseException | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def events(self) -> tuple[SourceEvent, ...]:
        """All changes of state and notes so far, in order of time."""
        return self._link.events

    @property
    def state(self) -> State:
        """What the source is doing."""
        return self._link.state

    @property
    def lost_packets(self) -> int:
        """Packets that went missing inside segments so far, as counter and clock tell."""
        return self._lost_before + self._run.lost

    @property
    def channel_skews(self) -> tuple[float, ...]:
        """Seconds from the row's sample of channels 1-8 to each column's (firmware_notes 2.2)."""
        return tuple(0.0 if i < 8 else DAISY_SKEW for i in self._layout.inputs)

    @property
    def measured_frequency(self) -> float:
        """Hertz of the board by the host's clock since streaming (re)started; NaN for a second.

        Reads are up to 0.1 s late (firmware_notes 5.2), so after T seconds it is good to 0.1 / T.
        """
        return decoder.frequency(self._layout, self._first, self._run.position)

    @property
    def particulars(self) -> dict[str, object]:
        """Firmware, gains, skews, and the rate by the host's clock."""
        skews = dict(zip(self.info.names, self.channel_skews, strict=True))
        return particulars(self.settings, self.board, skews, self.measured_frequency)

    def impedances(self) -> Iterator[Electrode]:
        """Measure the electrodes; see :mod:`emgspasm.sources.cyton.impedance`."""
        return measure_impedances(self.settings)

    def __enter__(self) -> Self:
        parse(ParserState(), b"")  # compiles before the first byte comes
        place = self.settings.port or "any dongle"
        self._link.open(f"looking for a board on {place}", self._connect)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join()
        self._link.close()

    def __iter__(self) -> Iterator[Chunk]:
        if self._port is None or self._thread is not None:
            raise ValueError("a board streams once, inside its with block; open another source")
        self._thread = threading.Thread(target=self._acquire, name="cyton", daemon=True)
        self._thread.start()
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def stop(self) -> None:
        """End the stream after what has arrived; safe from any thread and signal handler."""
        self._link.stop()

    def _sample_at(self, time: float) -> int:
        """Sample number that is being taken at a host time, by the clock; 0 before the first."""
        if not self._begun:
            return 0
        elapsed = max(0.0, time - self._run.position.time)
        next_sample = decoder.next_sample(self._layout, self._run)
        return next_sample + round(elapsed * self.info.sampling_frequency)

    def _connect(self) -> None:
        """Find, lock, silence, identify and configure the board."""
        self._found = dongle.located(self.settings.port, self._found)
        self._port = port = dongle.open_port(self._found.device)
        conversation.silence(port)
        self._link.require_wanted()
        conversation.check_radio(port)
        self._link.require_wanted()
        self.board = conversation.reset(port)
        self._link.answered(f"{self.info.device}, firmware {self.board.firmware or 'unknown'}")
        for _ in configure(port, self.settings, self.board):
            self._link.require_wanted()

    def _release(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def _acquire(self) -> None:
        """Stream, and after every loss reconnect, until stopped (the thread)."""
        try:
            while not self._link.stopping:
                self._stream_or_reconnect()
        except BaseException as error:  # noqa: BLE001  # top of a thread: handed to the consumer
            self._queue.put(error)
        finally:
            self._queue.put(None)

    def _stream_or_reconnect(self) -> None:
        try:
            self._stream()
        except SourceLost as lost:
            self._link.restore(str(lost), self._connect)

    def _stream(self) -> None:
        """One run of streaming: from the start command until stopped or lost."""
        port = self._port
        assert port is not None
        conversation.write(port, b"b")
        self._begin_run()
        try:
            self._take_all(port)
        finally:
            self._end_run()
            with suppress(SourceError):  # a board out of reach cannot be told to stop
                conversation.silence(port)

    def _take_all(self, port: serial.Serial) -> None:
        """Take what comes until stopped or lost."""
        self._link.hear(self._clock())
        while not self._link.stopping:
            backlog, data, now = self._read(port)
            if self._take(data, now, backlog):
                self._link.hear(now)
            self._link.watch(now)

    def _read(self, port: serial.Serial) -> tuple[bytes, bytes, float]:
        """Read all that has arrived; apart, after a silence, what may be a backlog."""
        time.sleep(_GATHER)
        backlog, data = b"", conversation.read(port)
        if data and self._clock() - self._run.heard > _LATE:
            backlog = data + conversation.read_backlog(port)
            data = conversation.read_fresh(port)
        return backlog, data, self._clock()

    def _take(self, data: bytes, now: float, backlog: bytes) -> int:
        """Decode and queue one read; the packets it brought."""
        if not data and not backlog:
            return 0
        self._run, decoded = decoder.decode(self._layout, self._run, data, now, backlog)
        if self._first is None and decoded.n_packets:
            self._first = self._run.position
        for chunk in decoded.chunks:
            self._queue.put(chunk)
        self._compare_rate()
        for sample in decoded.estimated:
            self._link.say(
                "streaming", f"the gap before sample {sample} is estimated from the clock"
            )
        return decoded.n_packets

    def _compare_rate(self) -> None:
        """Say, once a run, if the board samples at another rate than the recording says."""
        if self._rate_known or self._first is None:
            return
        if self._run.position.time - self._first.time < _RATE_AFTER:
            return
        self._rate_known = True
        measured, nominal = self.measured_frequency, self.info.sampling_frequency
        if abs(measured / nominal - 1) > _RATE_WITHIN:
            self._link.note(
                f"the board samples at {measured:.1f} Hz by this computer's clock, not at "
                f"{nominal:g}: all times and rates are off by as much. Switch the board off and "
                "on, and record again"
            )

    def _begin_run(self) -> None:
        """Begin a segment, its first sample number estimated from the clock after the first run."""
        now = self._clock()
        again, base = self._begun, self._sample_at(now)
        self._begun, self._first, self._rate_known = True, None, False
        self._run = decoder.start(base, now)
        estimated = f"started again; sample {base} is estimated from the clock"
        self._link.say("streaming", estimated if again else f"started at sample {base}")

    def _end_run(self) -> None:
        for chunk in decoder.finish(self._layout, self._run):
            self._queue.put(chunk)
        self._lost_before += self._run.lost
        self._run = DecoderState(self._run.base, self._run.position, self._run.heard)


@on_port("port")
def open_cyton(options: Mapping[str, object]) -> CytonSource:
    """Make the source of a config table; :func:`read_settings` checks it."""
    return CytonSource(read_settings(options))
