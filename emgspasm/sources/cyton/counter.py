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


@dataclass(frozen=True, slots=True)
class Position:
    """Where a stream stands.

    Parameters
    ----------
    packet : int
        Number of the last packet, counted from the start of streaming; -1 before the first.
    time : float
        Host time of the read that brought it, in seconds; before the first, of the start.
    """

    packet: int
    time: float


def unwrap(
    position: Position, counters: NDArray[np.uint8], time: float, packet_rate: float
) -> tuple[Position, NDArray[np.int64], NDArray[np.bool_]]:
    """Number the packets that one read brought.

    Between two packets the counter says how many were lost, modulo 256. The host clock settles
    how many whole turns of the counter to add: an exact number unless packets arrive 0.75 s late,
    which dongle and radio cannot cause (firmware_notes 5.2). A read must therefore hold all that
    had arrived by `time`.

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
    return _numbered(position, steps, turns, steps.index(max(steps)), time)


def unwrap_backlog(
    position: Position, counters: NDArray[np.uint8], n_old: int, time: float, packet_rate: float
) -> tuple[Position, NDArray[np.int64], NDArray[np.bool_]]:
    """Number what came after a silence: what may have piled up in the system, and what is fresh.

    Of a pause of this process the system's buffer keeps what is old and drops what is new. So what
    the clock misses is missing before the first fresh packet, unless that continues the backlog:
    then, as in :func:`unwrap`, in the longest loss. No more packets than the radio holds back are
    no backlog.

    Parameters
    ----------
    position : Position
    counters : ndarray of uint8, shape (n_packets,)
    n_old : int
        How many of them, from the first, may have piled up. Where nothing came fresh, they are
        taken to have come in their time, so that the next read settles what is missing.
    time : float
        Host time at which the fresh ones had come, in seconds.
    packet_rate : float

    Returns
    -------
    Position, ndarray of int64, ndarray of bool
        As :func:`unwrap` gives them.
    """
    if n_old <= HELD or position.packet < 0:
        return unwrap(position, counters, time, packet_rate)
    steps = _steps(position.packet, counters.tolist())
    if n_old == len(steps):
        came = min(time, position.time + sum(steps) / packet_rate)
        return _numbered(position, steps, 0, 0, came)
    turns = _missing_turns(position, steps, time, packet_rate)
    continues = steps[n_old] == 1 and max(steps) > 1
    return _numbered(position, steps, turns, steps.index(max(steps)) if continues else n_old, time)


def _numbered(
    position: Position, steps: list[int], turns: int, where: int, time: float
) -> tuple[Position, NDArray[np.int64], NDArray[np.bool_]]:
    """Packet numbers from steps, with whole turns of the counter more at one of them."""
    estimated = np.zeros(len(steps), np.bool_)
    if turns:
        steps[where] += turns * WRAP
        estimated[where] = True
    numbers: NDArray[np.int64] = position.packet + np.cumsum(steps)
    return Position(int(numbers[-1]), time), numbers, estimated


def _steps(before: int, counters: list[int]) -> list[int]:
    """Packets from each counter to the next, 1 to 256."""
    pairs = zip([before, *counters], counters, strict=False)
    return [(counter - previous - 1) % WRAP + 1 for previous, counter in pairs]


def _missing_turns(position: Position, steps: list[int], time: float, packet_rate: float) -> int:
    """Whole turns of the counter between what was counted and what the clock expects.

    Packets come late, never early, so the time is too short by no more than the packet before was
    late.
    """
    if position.packet < 0:
        return 0
    elapsed = (time - position.time) * packet_rate
    return max(0, int(elapsed - sum(steps) + _EARLY) // WRAP)
