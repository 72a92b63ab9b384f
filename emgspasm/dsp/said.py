"""Rows that the compiled detectors wrote, as bursts and stretches of the stream."""

from __future__ import annotations

from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.memory import ROW, SOUGHT
from emgspasm.stream import Burst, BurstQuality

_certainty = itemgetter(*map((ROW.names or ()).index, ("moment", "channel", "onset")))
_STRETCH = ["channel", "onset", "offset"]
_QUALITIES: tuple[BurstQuality, ...] = ("good", "settling", "cut")


def bursts_of(rows: NDArray[np.void], shift: int) -> tuple[Burst, ...]:
    """Rows of the kernel as bursts, times corrected for the filters' delay; stretches left out."""
    if not len(rows):
        return ()
    return tuple(
        Burst(
            channel,
            max(onset - shift, begin),
            max(offset - shift, begin + 1),
            peak,
            mean,
            baseline,
            _QUALITIES[quality],
        )
        for channel, begin, onset, offset, _, peak, mean, baseline, quality in sorted(
            rows[rows["quality"] != SOUGHT].tolist(), key=_certainty
        )
    )


def stretches_of(rows: NDArray[np.void], shift: int) -> list[NDArray[np.int64]]:
    """Rows of the kernel that are stretches: channel, onset and offset of each, corrected alike."""
    if not len(rows):  # as nearly always, live
        return []
    told = rows["quality"] == SOUGHT
    if not told.any():
        return []
    rows = rows[told]
    return [np.array([c, a - shift, b - shift]) for c, a, b in rows[_STRETCH].tolist()]


def in_order(stretches: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Stretches in order of channel and time, whatever chunks they ended in; shape (n, 3)."""
    table = np.array(stretches, np.int64).reshape(-1, 3)
    return table[np.lexsort((table[:, 1], table[:, 0]))]
