"""Bytes of a streaming board to chunks: parse, number, scale, pair; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emgspasm.sources.cyton.counter import Position, unwrap, unwrap_backlog
from emgspasm.sources.cyton.daisy import NO_HALF, Half, pair, unpaired
from emgspasm.sources.cyton.packets import (
    PACKET_RATE,
    Packets,
    ParserState,
    joined,
    microvolts_per_count,
    parse,
)
from emgspasm.sources.rows import chunks
from emgspasm.stream import Chunk


@dataclass(frozen=True, slots=True)
class Layout:
    """How the packets of a board become columns.

    Parameters
    ----------
    gains : tuple of int
        Gain of every input: 8 for a Cyton, 16 for a Cyton with Daisy.
    inputs : tuple of int
        Inputs (0-based) that are columns, in column order.
    """

    gains: tuple[int, ...]
    inputs: tuple[int, ...]

    @property
    def daisy(self) -> bool:
        """Whether two packets make one row."""
        return len(self.gains) == 16

    @property
    def packets_per_row(self) -> int:
        """1 for a Cyton, 2 with a Daisy."""
        return 2 if self.daisy else 1


@dataclass(frozen=True, slots=True)
class DecoderState:
    """What decoding remembers; one per run of streaming.

    Parameters
    ----------
    base : int
        Sample number of the run's first row.
    position : Position
        Packets numbered so far.
    heard : float
        Host time of the latest read that brought bytes, in seconds.
    parser : ParserState
    half : Half
    lost : int
        Packets missing so far.
    """

    base: int
    position: Position
    heard: float
    parser: ParserState = field(default=ParserState())
    half: Half = field(default=NO_HALF)
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one read brought.

    Parameters
    ----------
    chunks : tuple of Chunk
        Rows that are complete.
    n_packets : int
        Packets believed.
    estimated : tuple of int
        Sample numbers behind a gap whose length was estimated from the clock.
    """

    chunks: tuple[Chunk, ...]
    n_packets: int
    estimated: tuple[int, ...]


def start(base: int, time: float) -> DecoderState:
    """State at the start of streaming: row 0 will be sample `base`; `time` in seconds."""
    return DecoderState(base, Position(-1, time), time)


def decode(
    layout: Layout, state: DecoderState, data: bytes, time: float, backlog: bytes = b""
) -> tuple[DecoderState, Decoded]:
    """Turn the bytes of one read, taken at host time `time` (s), into chunks in uV.

    What may have piled up before, in a silence, is its backlog.
    """
    parser, old = parse(state.parser, backlog)
    parser, new = parse(parser, data)
    packets, waited = joined(old, new), old.n_carried if backlog else new.n_carried
    position, numbers, estimated = _number(state, packets, waited, time)
    if backlog:
        time = position.time  # earlier, if nothing came fresh
    half, rows, samples = _rows(layout, state.half, numbers, packets)
    lost = state.lost + position.packet - state.position.packet - len(packets)
    behind = state.base + numbers[estimated] // layout.packets_per_row
    decoded = Decoded(
        tuple(chunks(state.base, rows, samples)), len(packets), tuple(behind.tolist())
    )
    heard = time if data or backlog else state.heard
    return DecoderState(state.base, position, heard, parser, half, lost), decoded


def finish(layout: Layout, state: DecoderState) -> tuple[Chunk, ...]:
    """Give the last row of a run, if half of it is still waiting."""
    rows, counts = unpaired(state.half)
    return tuple(chunks(state.base, rows, _microvolts(layout, counts)))


def next_sample(layout: Layout, state: DecoderState) -> int:
    """Give the first sample number behind the run as it stands."""
    return state.base + state.position.packet // layout.packets_per_row + 1


def frequency(layout: Layout, first: Position | None, last: Position) -> float:
    """Rows per second between two positions, in hertz; NaN under a second."""
    if first is None or last.time - first.time < 1:
        return float("nan")
    return (last.packet - first.packet) / layout.packets_per_row / (last.time - first.time)


def _number(
    state: DecoderState, packets: Packets, waited: int, time: float
) -> tuple[Position, NDArray[np.int64], NDArray[np.bool_]]:
    """Give packets their numbers; the first, that waited for a successor, count when they came."""
    n_old, counters = packets.n_carried - waited, packets.counters
    before = unwrap(state.position, counters[:waited], state.heard, PACKET_RATE)
    position, numbers, estimated = unwrap_backlog(
        before[0], counters[waited:], n_old, time, PACKET_RATE
    )
    return position, np.append(before[1], numbers), np.append(before[2], estimated)


def _rows(
    layout: Layout, half: Half, numbers: NDArray[np.int64], packets: Packets
) -> tuple[Half, NDArray[np.int64], NDArray[np.float64]]:
    counts = packets.counts.astype(np.float64)
    if layout.daisy:
        half, numbers, counts = pair(half, numbers, counts)
    return half, numbers, _microvolts(layout, counts)


def _microvolts(layout: Layout, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns of the stream from the counts of all inputs."""
    return counts[:, list(layout.inputs)] * _scale(layout)


@lru_cache
def _scale(layout: Layout) -> NDArray[np.float64]:
    """Microvolts of one count in every column."""
    return np.array([microvolts_per_count(layout.gains[i]) for i in layout.inputs])
