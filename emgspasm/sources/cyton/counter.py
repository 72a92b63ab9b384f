"""Packet counters to packet numbers: what was lost, counted or estimated; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WRAP = 256
"""The counter is one byte (firmware_notes 1.6)."""

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
    estimated = np.zeros(len(counters), np.bool_)
    if len(counters) == 0:
        return position, np.empty(0, np.int64), estimated
    steps = _steps(position.packet, counters.tolist())
    elapsed = (time - position.time) * packet_rate
    turns = _missing_turns(sum(steps), elapsed) if position.packet >= 0 else 0
    if turns:
        where = steps.index(max(steps))
        steps[where] += turns * WRAP
        estimated[where] = True
    numbers: NDArray[np.int64] = position.packet + np.cumsum(steps)
    return Position(int(numbers[-1]), time), numbers, estimated


def _steps(before: int, counters: list[int]) -> list[int]:
    """Packets from each counter to the next, 1 to 256."""
    pairs = zip([before, *counters], counters, strict=False)
    return [(counter - previous - 1) % WRAP + 1 for previous, counter in pairs]


def _missing_turns(counted: int, elapsed: float) -> int:
    """Whole turns of the counter between what was counted and what the clock expects.

    Packets come late, never early, so `elapsed` is too short by no more than the packet before
    was late.
    """
    return max(0, int(elapsed - counted + _EARLY) // WRAP)
