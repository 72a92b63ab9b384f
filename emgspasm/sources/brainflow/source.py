"""Any board of BrainFlow as a source: watched, renumbered and kept quiet.

BrainFlow reads the board in a thread of its own; this source empties its buffer every 10 ms.
What BrainFlow does not tell, it finds out: a silent board by the count of samples, a port that
hung up by asking the kernel, lost samples by the package number. BrainFlow's time stamps are host
times of arrival and are not used. A Cyton is better served by :mod:`emgspasm.sources.cyton.source`,
whose parser does not believe damaged packets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import SourceError, SourceLost
from emgspasm.sources.brainflow import session as brainflow_session
from emgspasm.sources.brainflow.boards import (
    CYTON_DAISY,
    CYTON_DAISY_WIFI,
    CYTON_WIFI,
    PLAYBACK,
    SERIAL_CYTONS,
    BrainflowSettings,
    describe,
    parameters,
)
from emgspasm.sources.brainflow.session import hung_up, lock_port, playable_rows
from emgspasm.sources.cyton import dongle
from emgspasm.sources.events import SourceEvent, State
from emgspasm.sources.link import Link
from emgspasm.sources.numbering import Count, number_rows
from emgspasm.sources.registry import on_port
from emgspasm.sources.rows import chunks
from emgspasm.stream import Chunk, StreamInfo
from emgspasm.structure import structure
from emgspasm.system import host_time

if TYPE_CHECKING:
    import serial

POLL = 0.01
"""Seconds between two looks into BrainFlow's buffer."""

BUFFER = 60.0
"""Seconds of samples BrainFlow keeps for a consumer that pauses; then it drops the oldest."""

_LATE = 0.1
"""Seconds without samples from which what comes then may be a part of a backlog [design]."""

_LOOKS = 10
"""Times of :data:`_LATE` seconds in which a backlog has come, on a busy machine too [design]."""

_BUNCHED = 1.5
"""Times the samples of a look at which they come at their own rate, not from a backlog [design]."""

_REMEDIES = {CYTON_DAISY_WIFI: "battery, distance and Daisy"}
"""What to check where a board is silent: BrainFlow waits for both halves (firmware_notes 2.6)."""


class BrainflowSource:
    """A board, real or synthetic, that BrainFlow reads.

    Entering opens the board; iterating streams until :meth:`stop`. A board that is lost is opened
    again for as long as it takes, and the stream goes on as a new segment whose start is
    estimated from the clock. The playback of a file ends with the file.

    Parameters
    ----------
    settings : BrainflowSettings
    clock : callable
        Host time in seconds, never running backwards. It anchors, and measures silence.

    Raises
    ------
    ConfigError
        No such board, or options it does not take.
    SourceNotFound
        On entering: no such port or file, or no board answers.
    SourceError
        On entering: the board is in use, or refuses a command.
    """

    def __init__(self, settings: BrainflowSettings, clock: Callable[[], float] = host_time) -> None:
        self.settings = settings
        self.board = describe(settings)
        self.info: StreamInfo = self.board.info
        self._clock = clock
        self._found = dongle.PortFound(settings.serial_port, "", "")
        self._port: serial.Serial | None = None
        self._shim: Any = None
        self._link = Link(
            clock,
            self._sample_at,
            self._release,
            device=self.info.device,
            remedy=_REMEDIES.get(self.board.board_id, "battery and distance"),
        )
        self._iterating = False
        self._count = Count()
        self._base: int | None = 0
        self._next = self._received = self._lost_before = 0
        self._heard = clock()
        self._left = np.inf

    @property
    def events(self) -> tuple[SourceEvent, ...]:
        """All changes of state and notes so far, in order of time."""
        return self._link.events

    @property
    def state(self) -> State:
        """What the source is doing."""
        return self._link.state

    @property
    def lost_samples(self) -> int:
        """Samples that went missing inside segments so far, as numbers and clock tell."""
        return self._lost_before + self._count.row + 1 - self._received

    @property
    def channel_skews(self) -> tuple[float, ...]:
        """Seconds from a sample's number to each column's sampling (firmware_notes 2.2)."""
        return self.board.skews

    def __enter__(self) -> Self:
        self._link.open(f"looking for {self.info.device}", self._connect)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._link.close()

    def __iter__(self) -> Iterator[Chunk]:
        if self._shim is None or self._iterating:
            raise ValueError("a board streams once, inside its with block; open another source")
        self._iterating = True
        self._start()
        over = False
        while self._shim is not None and not over:
            over = self._link.stopping
            try:
                yield from self._poll()
            except SourceLost as lost:
                self._reconnect(str(lost))

    def stop(self) -> None:
        """End the stream after what has arrived; safe from any thread and signal handler."""
        self._link.stop()

    def _sample_at(self, time: float) -> int:
        """Sample number that is being taken at a host time, by the clock; 0 before the first."""
        passed = round((time - self._heard) * self.info.sampling_frequency)
        return self._next + passed if self._next else 0

    def _connect(self) -> None:
        """Lock the port, open the board, send the commands and verify the rate."""
        if self.board.board_id == PLAYBACK:
            self._left = playable_rows(Path(self.settings.file), self.board.n_rows)
        extra = self._lock_port()
        given = parameters(self.settings, self.board, self._found.device)
        device = self.info.device
        self._shim = brainflow_session.open_session(self.board.board_id, given, device)
        self._link.answered(f"{device} answers")
        serial = self.board.board_id in SERIAL_CYTONS
        if extra:  # BrainFlow's reset has attached it again
            brainflow_session.tell(self._shim, "c", device, answers=serial)
        for command in self.settings.commands:  # a Cyton's one-letter commands have no answer
            answers = serial and len(command) > 1
            brainflow_session.tell(self._shim, command, device, answers=answers)
        brainflow_session.check_rate(self._shim, self.info)

    def _lock_port(self) -> bool:
        """Hold the serial port, if there is one; a Cyton's dongle is found, also when it moved.

        BrainFlow takes every packet for one of the board that it was told (firmware_notes 2.6), so
        a missing Daisy is refused; whether there is, or may be, one to be detached is returned.
        """
        is_cyton = self.board.board_id in SERIAL_CYTONS
        if is_cyton:
            self._found = dongle.located(self.settings.serial_port, self._found)
        if not self._found.device:
            return self.board.board_id == CYTON_WIFI  # which does not say whether it has one
        self._port, has_daisy = lock_port(self._found.device, is_cyton=is_cyton)
        wanted = self.board.board_id == CYTON_DAISY
        if wanted and not has_daisy:
            raise SourceError(
                f'board = "cyton_daisy", but the board on {self._found.device} names no Daisy. '
                'Seat the Daisy and switch the board off and on, or set board = "cyton"'
            )
        return has_daisy and not wanted

    def _start(self) -> None:
        """Begin to stream, as a new segment."""
        n_buffered = round(BUFFER * self.info.sampling_frequency)
        brainflow_session.start(self._shim, n_buffered, self.info.device)
        self._link.hear(self._clock())
        self._link.say("streaming", "started")

    def _poll(self) -> Iterator[Chunk]:
        """Wait, take what has come, watch."""
        self._link.wait(POLL)
        data, now = self._read()
        yield from self._take(data, now)
        self._watch(now)

    def _read(self) -> tuple[NDArray[np.float64], float]:
        """Read all that has arrived, shape (n_rows, n_read), and when.

        After a pause a backlog comes in parts; it is numbered as a whole (firmware_notes 5.6).
        """
        data = brainflow_session.read(self._shim, self.info.device)
        if data.shape[1] and self._link.silence(self._clock()) > _LATE:
            data = np.hstack((data, *self._rest_of_backlog()))
        return data, self._clock()

    def _rest_of_backlog(self) -> Iterator[NDArray[np.float64]]:
        """What comes behind the first samples after a pause, until they come at their own rate."""
        usual = _BUNCHED * _LATE * self.info.sampling_frequency
        for _ in range(_LOOKS):
            self._link.wait(_LATE)
            more = brainflow_session.read(self._shim, self.info.device)
            yield more
            if 0 < more.shape[1] <= max(1, usual) or self._link.stopping:
                return

    def _take(self, data: NDArray[np.float64], now: float) -> Iterator[Chunk]:
        """Number the rows of one read and cut them into chunks."""
        n_read = data.shape[1]
        if not n_read:
            return
        self._link.hear(now)
        row, fs = self.board.number_row, self.info.sampling_frequency
        numbers = np.zeros(n_read) if row is None else data[row]
        self._count, read = number_rows(self.board.numbering, self._count, numbers, now, fs)
        samples = np.ascontiguousarray(data[list(self.board.rows)][:, read.kept].T)
        if len(samples):
            base = self._place(int(read.rows[-1]), now)
            self._received += len(samples)
            self._next, self._heard = base + self._count.row + 1, now
            for row in read.rows[read.estimated]:
                self._link.note(f"the gap before sample {base + row} is estimated")
            yield from chunks(base, read.rows, samples)
        self._left -= n_read
        if self._left <= 0:
            self.stop()

    def _place(self, last_row: int, now: float) -> int:
        """Sample number of the segment's row 0; after a loss, where the clock puts the rows."""
        if self._base is None:
            self._base = max(self._next, self._sample_at(now) - 1 - last_row)
            self._link.say("streaming", f"goes on; sample {self._base} is estimated from the clock")
        return self._base

    def _watch(self, now: float) -> None:
        """Say a stall and its end; raise when it lasts or the port hung up."""
        if self.board.board_id == PLAYBACK:
            return
        if self._port is not None and hung_up(self._port):
            raise SourceLost(f"port {self._found.device} is gone. Plug the dongle in again")
        self._link.watch(now)

    def _release(self) -> None:
        if self._shim is not None:
            brainflow_session.release(self._shim)
            self._shim = None
        if self._port is not None:
            self._port.close()
            self._port = None

    def _reconnect(self, lost: str) -> None:
        """Begin a new segment when the board is back."""
        self._lost_before, self._received = self.lost_samples, 0
        self._count, self._base = Count(), None
        self._link.restore(lost, self._connect_and_start)

    def _connect_and_start(self) -> None:
        self._connect()
        self._start()


@on_port("serial_port")
def open_brainflow(options: Mapping[str, object]) -> BrainflowSource:
    """Make the source of a config table with the keys of :class:`BrainflowSettings`.

    Raises
    ------
    ConfigError
        A key or value is wrong.
    """
    return BrainflowSource(structure(options, BrainflowSettings, "source"))
