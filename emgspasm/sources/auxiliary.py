"""The six auxiliary bytes of a Cyton packet: acceleration, raw words, the board's clock; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.sources.cyton import Packets

_G_PER_COUNT = 0.002 / 16  # firmware_notes 1.8


@dataclass(frozen=True, slots=True, eq=False)
class Auxiliary:
    """The six auxiliary bytes, read as the end byte says; NaN where a packet has no such value.

    Parameters
    ----------
    acceleration : ndarray of float64, shape (n_packets, 3)
        In g; NaN also means that the packet brought no news (firmware_notes 1.8).
    analog : ndarray of float64, shape (n_packets, 3)
        Raw analog, digital or marker words.
    board_time : ndarray of float64, shape (n_packets,)
        Milliseconds of the board's clock.
    """

    acceleration: NDArray[np.float64]
    analog: NDArray[np.float64]
    board_time: NDArray[np.float64]


def decode_auxiliary(packets: Packets) -> Auxiliary:
    """Read the auxiliary bytes as each packet's end byte says (firmware_notes 1.7 to 1.9)."""
    words = np.ascontiguousarray(packets.auxiliary).view(">i2").astype(np.float64)
    end = packets.end_bytes[:, None]
    acceleration = np.where((end == 0xC0) & words.any(axis=1, keepdims=True), words, np.nan)
    axis = packets.counters.astype(np.intp) % 10 - 7
    rows = np.flatnonzero(np.isin(packets.end_bytes, (0xC3, 0xC4)) & (axis >= 0))
    acceleration[rows, axis[rows]] = words[rows, 0]
    analog = np.where(end == 0xC1, words, np.nan)
    timed_raw = packets.end_bytes >= 0xC5
    analog[timed_raw, 0] = words[timed_raw, 0]
    clock = np.ascontiguousarray(packets.auxiliary[:, 2:]).view(">u4")[:, 0].astype(np.float64)
    clock[packets.end_bytes < 0xC3] = np.nan
    return Auxiliary(acceleration * _G_PER_COUNT, analog, clock)
