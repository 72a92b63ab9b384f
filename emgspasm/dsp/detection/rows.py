"""Rows that the compiled detectors wrote, as bursts and stretches of the stream."""

from __future__ import annotations

from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.detection.memory import ROW, SOUGHT
from emgspasm.stream import Burst, BurstQuality

_certainty = itemgetter(*map((ROW.names or ()).index, ("moment", "channel", "onset")))
_QUALITIES: tuple[BurstQuality, ...] = ("good", "settling", "cut")

Stretch = tuple[int, int, int]
"""Channel, first sample, and the sample after the last one."""


def to_bursts(rows: NDArray[np.void], shift: int) -> tuple[tuple[Burst, ...], list[Stretch]]:
    """Rows of the kernel as bursts, and as stretches in which bursts were sought.

    In the order in which they became certain; times are corrected for the filters' delay.
    """
    bursts, stretches = [], []
    for channel, begin, onset, offset, _, peak, mean, baseline, quality in sorted(
        rows.tolist(), key=_certainty
    ):
        if quality == SOUGHT:
            stretches.append((channel, onset - shift, offset - shift))
            continue
        first, stop = max(onset - shift, begin), max(offset - shift, begin + 1)
        bursts.append(Burst(channel, first, stop, peak, mean, baseline, _QUALITIES[quality]))
    return tuple(bursts), stretches


def in_order(stretches: list[Stretch]) -> NDArray[np.int64]:
    """Stretches in order of channel and time, whatever chunks they ended in; shape (n, 3)."""
    return np.array(sorted(stretches), np.int64).reshape(-1, 3)
