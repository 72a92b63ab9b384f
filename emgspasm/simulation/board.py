"""An emulated Cyton, or Cyton with Daisy, on a pseudo-terminal.

It answers commands as the firmware does, streams any source at the true rate, makes faults to
order and remembers what it really sent.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgspasm.simulation.board_faults import Fault, Kind, active, strike
from emgspasm.simulation.board_packets import mean, packet, quantize
from emgspasm.simulation.board_port import BoardPort, require_terminals
from emgspasm.simulation.board_state import power_on, receive
from emgspasm.stream import Source

RATE = 250.0
"""Packets a second (firmware_notes 1.1)."""

LOST, WHOLE, DAMAGED = 0, 1, 2
"""Fates of a packet."""

_BACKLOG = 256_000  # bytes the client may leave unread before packets are lost, as on a real port
_TICK = 0.001  # seconds between two looks at the clock
_AT_ONCE = 25  # samples, of those that are due, until packets are sent: they must not lag the clock
_LOOK = 0.2  # seconds until a board that died is missed
_BEHIND = 0.5  # seconds; from 0.75 on, a driver takes what is late for lost (firmware_notes 5.6)
_RADIO_CHANNEL = 8  # on which the board listens
_NO_BOARD = "Failure: Communications timeout - Device failed to poll Host$$$"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of streaming: packet `n` is sample ``first + n`` of the source.

    Parameters
    ----------
    first : int
        Sample of the source that became packet 0.
    time : float
        ``time.perf_counter`` at its start.
    fates : bytearray
        ``LOST``, ``WHOLE`` or ``DAMAGED`` of every packet so far.
    """

    first: int
    time: float
    fates: bytearray = field(default_factory=bytearray)


class EmulatedBoard:
    """A board to connect to, from entering to leaving.

    Parameters
    ----------
    source : Source
        Plays at 250 Hz, channel after input, from its start again when it ends.
    daisy : bool
        With a Daisy.
    faults : tuple of Fault
    seed : int
        Of the faults.
    speed : float
        Seconds of the board in one second.
    impedance : array_like of float, broadcast to (16, 2)
        Of the P and the N electrode of every input, in ohm; seen with the lead-off current on.

    Raises
    ------
    ConfigError
        There are no pseudo-terminals.
    ValueError
        The source has another rate than 250 Hz, or too many channels.
    """

    def __init__(
        self,
        source: Source,
        *,
        daisy: bool = False,
        faults: tuple[Fault, ...] = (),
        seed: int = 0,
        speed: float = 1.0,
        impedance: ArrayLike = 5000.0,
    ) -> None:
        require_terminals()
        if source.info.sampling_frequency != RATE:
            raise ValueError(
                f"the source has {source.info.sampling_frequency:g} Hz; a Cyton samples at 250 Hz. "
                "Simulate or resample it at 250 Hz"
            )
        if len(source.info.channels) > (16 if daisy else 8):
            raise ValueError(
                f"the source has {len(source.info.channels)} channels; a Cyton has 8 inputs, with "
                "a Daisy 16. Leave channels out"
            )
        self._source, self._faults, self._seed = source, faults, seed
        self._speed, self._impedance = speed, impedance
        self._kinds: set[Kind] = {each.kind for each in faults}
        self._rate = RATE * (1 + sum(each.rate for each in faults if each.kind == "drift"))
        self.state = power_on(daisy=daisy)
        self.runs: list[Run] = []
        self.received_while_streaming = b""
        self._held = ExitStack()
        self._stopping = threading.Event()
        self._error: BaseException | None = None
        self._dongle = b""
        self._age = 0  # samples of the source so far
        self.behind = 0.0  # seconds of samples that were due at once, at most
        self._before = np.zeros(16, np.int64)

    @property
    def port(self) -> str:
        """Path to connect to; the same before and after a hang-up."""
        return str(self._port.link)

    def clock(self) -> float:
        """Seconds the board has sampled: a host clock for whoever must not outrun it.

        Of an accelerated board, or of one in a process that may be kept waiting, as no real one is.
        Raises what the board died of: a clock that stands still would never tell.
        """
        self.require_alive()
        return self._age / self._rate

    def __enter__(self) -> Self:
        with ExitStack() as held:
            folder = held.enter_context(tempfile.TemporaryDirectory(prefix="emgspasm-board-"))
            self._port = BoardPort(Path(folder, "port"))
            self._samples = _play(held.enter_context(self._source))
            self._port.plug()
            held.callback(self._port.unplug)
            thread = threading.Thread(target=self._run, name="emulated-board", daemon=True)
            if "streaming-at-open" in self._kinds:
                self._take("b")
            thread.start()
            held.callback(thread.join)
            held.callback(self._stopping.set)
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def require_alive(self) -> None:
        """Raise what the board died of, if it did."""
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._live()
        except BaseException as error:  # noqa: BLE001  # top of a thread: raised by require_alive
            self._error = error

    def _live(self) -> None:
        """Listen, sample and send until told to stop (the thread)."""
        while not self._stopping.is_set():
            self._hang_up_or_plug()
            for byte in self._port.hear(_TICK):
                self._hear(byte)
            if self.state.streaming:
                self._sample()
            self._port.send()

    def _hang_up_or_plug(self) -> None:
        """Let the dongle leave and come back; the board behind it goes on."""
        now = self._age / RATE
        out = self._age and any(f.kind == "hang-up" and active(f, now) for f in self._faults)
        if out and self._port.plugged:
            self._port.unplug()
        elif not out and not self._port.plugged:
            self._port.plug()

    def _hear(self, byte: int) -> None:
        """One byte at the dongle: its own commands begin with F0, the rest goes to the board."""
        if self._dongle or byte == 0xF0:
            self._dongle += bytes((byte,))
            if len(self._dongle) == 2:
                self._answer(self._dongle_answer(self._dongle[1]))
                self._dongle = b""
        elif "wrong-channel" in self._kinds:
            self._answer(_NO_BOARD)
        else:
            self._take(chr(byte))

    def _dongle_answer(self, command: int) -> str:
        up = "wrong-channel" not in self._kinds
        if command == 0x07:
            return "Success: System is Up$$$" if up else "Failure: System is Down$$$"
        if command == 0x00:
            number = f"Channel number: {_RADIO_CHANNEL}{chr(_RADIO_CHANNEL)}$$$"
            return f"Success: Host and Device on {number}" if up else f"Failure: Host on {number}"
        return ""

    def _take(self, byte: str) -> None:
        """One byte at the board."""
        if self.state.streaming:
            self.received_while_streaming += byte.encode("latin-1")
        run = self.state.run
        self.state, answer = receive(self.state, byte, time.perf_counter() * self._speed)
        if self.state.run != run:
            self.runs.append(Run(self._age, time.perf_counter()))
        self._answer(answer)

    def _answer(self, text: str) -> None:
        if text:
            self._port.put(text.encode("latin-1"))

    def _sample(self) -> None:
        """Take samples that are due."""
        run = self.runs[-1]
        elapsed = (time.perf_counter() - run.time) * self._speed
        first, due = len(run.fates), int(elapsed * self._rate)
        self.behind = max(self.behind, (due - first) / self._rate)
        for number in range(first, min(due, first + _AT_ONCE)):
            self._convert(run, number, elapsed)

    def _convert(self, run: Run, number: int, now: float) -> None:
        """One sample of the source to one packet, sent, damaged or lost."""
        counts = quantize(self.state, next(self._samples), number, self._impedance)
        data = packet(self.state, number, self._choose(number, counts))
        self.state = replace(self.state, marker=0)
        self._before = counts
        left = strike(self._faults, number, self._age, data, self._seed)
        if not self._port.plugged or self._port.n_waiting > _BACKLOG:
            left = b""
        run.fates.append(LOST if not left else WHOLE if left == data else DAMAGED)
        if left:
            self._port.put(left, run.time + self._release(run, now) / self._speed)
        self._age += 1

    def _choose(self, number: int, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Choose the eight counts of a packet (firmware_notes 2.1)."""
        if not self.state.attached:
            return counts[:8]
        both = mean(self._before, counts)
        return both[:8] if number % 2 else both[8:]

    def _release(self, run: Run, now: float) -> float:
        """When a packet made at `now` leaves the dongle, in seconds of the run."""
        for each in self._faults:
            if each.kind == "bunching":
                now = np.ceil(now / each.duration) * each.duration
            elif each.kind == "radio-delay" and active(each, self._age / RATE):
                now = max(now, (each.at or 0.0) + each.duration - run.first / RATE)
        return now


def run_board(
    board: EmulatedBoard,
    ready: Callable[[str], None] = print,
    until: threading.Event | None = None,
    *,
    warn: Callable[[str], None] = print,
) -> None:
    """Emulate until interrupted, or until an event is set; `ready` is told the port.

    `warn` is told, once, if the machine is too busy for the board.
    """
    over, said = until or threading.Event(), False
    with board:
        ready(board.port)
        while not over.wait(_LOOK):
            board.require_alive()
            if board.behind > _BEHIND and not said:
                warn(
                    f"this machine is too busy: the board was {board.behind:.1f} s behind, as no "
                    "real one is. A recording of it may tell losses that were none"
                )
                said = True


def _play(source: Source) -> Iterator[NDArray[np.float64]]:
    """Rows of a source, for ever; missing samples are left out, an empty source is silent."""
    silence = np.zeros(len(source.info.channels))
    while True:
        played = False
        for chunk in source:
            played = True
            yield from chunk.samples
        if not played:
            yield silence
