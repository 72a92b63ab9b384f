"""Packet counters to packet numbers: what was lost, counted or estimated; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WRAP = 256
"""The counter is one byte (firmware_notes 1.6)."""

HELD = 25
"""Packets that the radio holds back (firmware_notes 5.2)."""

_EARLY = 68
"""Packets in the 0.27 s after which the dongle gives up (firmware_notes 5.2): none is later."""

_FULL = 100
"""Packets that no system's buffer is too small for: one of 4 KiB holds 124 (firmware_notes 5.6)."""

_SETTLED = 500
"""Packets until all of them being late counts as the usual delay, or as the board's own rate: one
a fifth too slow is 0.4 s late by then [design]."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a stream stands.

    Parameters
    ----------
    packet : int
        Number of the last packet, counted from the start of streaming; -1 before the first.
    time : float
        Host time of the read that brought it, in seconds; before the first, of the start.
    late : float
        Seconds that it came later than the most punctual packets of the last seconds.
    """

    packet: int
    time: float
    late: float = 0.0

    @property
    def due(self) -> float:
        """Host time at which it would have been punctual, in seconds."""
        return self.time - self.late


def unwrap(
    position: Position, counters: NDArray[np.uint8], time: float, packet_rate: float
) -> tuple[Position, NDArray[np.int64], NDArray[np.bool_]]:
    """Number the packets that one read brought.

    Between two packets the counter says how many were lost, modulo 256. The host clock settles
    how many whole turns of the counter to add: an exact number unless packets arrive 0.75 s later
    than the most punctual ones, which dongle and radio cannot cause (firmware_notes 5.2). A read
    must therefore hold all that had arrived by `time`.

    Parameters
    ----------
    position : Position
        After the previous read; ``Position(-1, start)`` when streaming starts, because the
        first packet has counter 0. The clock counts from that packet on: boards take their time
        to start.
    counters : ndarray of uint8, shape (n_packets,)
        In order of arrival.
    time : float
        Host time of the read, in seconds.
    packet_rate : float
        Packets per second.

    Returns
    -------
    Position
        After this read.
    numbers : ndarray of int64, shape (n_packets,)
        Strictly rising packet numbers.
    estimated : ndarray of bool, shape (n_packets,)
        True at the packet behind a loss of 256 or more: its length comes from the clock. Where
        one read holds several losses, the turns go to the longest of them.
    """
    if len(counters) == 0:
        return position, np.empty(0, np.int64), np.zeros(0, np.bool_)
    steps = _steps(position.packet, counters.tolist())
    turns = _missing_turns(position, steps, time, packet_rate)
    numbers, estimated = _numbered(position, steps, turns, steps.index(max(steps)))
    return _moved(position, numbers, time, packet_rate), numbers, estimated


def unwrap_backlog(
    position: Position, counters: NDArray[np.uint8], n_old: int, time: float, packet_rate: float
) -> tuple[Position, NDArray[np.int64], NDArray[np.bool_]]:
    """Number what came after a silence: what may have piled up in the system, and what is fresh.

    Of a pause of this process the system's full buffer keeps what is old and drops what is new. So
    what the clock misses is missing before the first fresh packet, unless that follows closely on
    a backlog with a loss in it, or the backlog would have filled no buffer: then, as in
    :func:`unwrap`, in the longest loss.

    Parameters
    ----------
    position : Position
    counters : ndarray of uint8, shape (n_packets,)
    n_old : int
        How many of them, from the first, may have piled up. Where nothing came fresh, nobody knows
        when they came: a loss longer than what the radio holds back is told as estimated, a
        shorter one gets no turns, and the next read settles what is missing.
    time : float
        Host time at which the fresh ones had come, in seconds; where there are none, a time after
        which the last one came.
    packet_rate : float

    Returns
    -------
    Position, ndarray of int64, ndarray of bool
        As :func:`unwrap` gives them.
    """
    if n_old == 0 or position.packet < 0:
        return unwrap(position, counters, time, packet_rate)
    steps = _steps(position.packet, counters.tolist())
    longest, where = max(steps), steps.index(max(steps))
    turns = _missing_turns(position, steps, time, packet_rate)
    if n_old == len(steps):
        certain = turns if longest > HELD else 0
        numbers, estimated = _numbered(position, steps, certain, where)
        estimated[where] = longest > HELD
        came = position.due + float(numbers[-1] - position.packet) / packet_rate
        return Position(int(numbers[-1]), came), numbers, estimated
    if n_old >= _FULL and (steps[n_old] > HELD or longest <= HELD):
        where = n_old
    elif longest <= HELD:
        where = 0
    numbers, estimated = _numbered(position, steps, turns, where)
    return _moved(position, numbers, time, packet_rate), numbers, estimated


def _numbered(
    position: Position, steps: list[int], turns: int, where: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Packet numbers from steps, with whole turns of the counter more at one of them."""
    estimated = np.zeros(len(steps), np.bool_)
    if turns:
        steps[where] += turns * WRAP
        estimated[where] = True
    numbers: NDArray[np.int64] = position.packet + np.cumsum(steps)
    return numbers, estimated


def _moved(
    position: Position, numbers: NDArray[np.int64], time: float, packet_rate: float
) -> Position:
    """Position behind a read: it is the later, the less of the delay has become the usual one."""
    last = int(numbers[-1])
    if position.packet < 0:
        return Position(last, time)
    late = time - position.due - (last - position.packet) / packet_rate
    return Position(last, time, max(0.0, late * (1 - min(last - position.packet, HELD) / _SETTLED)))


def _steps(before: int, counters: list[int]) -> list[int]:
    """Packets from each counter to the next, 1 to 256."""
    pairs = zip([before, *counters], counters, strict=False)
    return [(counter - previous - 1) % WRAP + 1 for previous, counter in pairs]


def _missing_turns(position: Position, steps: list[int], time: float, packet_rate: float) -> int:
    """Whole turns of the counter between what was counted and what the clock expects.

    Packets come late, never early, so the time is too short by no more than the most punctual ones
    were late.
    """
    if position.packet < 0:
        return 0
    elapsed = (time - position.due) * packet_rate
    return max(0, int(elapsed - sum(steps) + _EARLY) // WRAP)
