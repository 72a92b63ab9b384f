"""Whether bursts of one muscle come in a rhythm of their own (clinical facts 2 and 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SLOWEST, FASTEST = 1.0, 7.0
"""Groups a second of facial myokymia (clinical facts 2)."""

REGULAR = 0.25
"""Coefficient of variation of intervals under which bursts are regular [design]: clonic spasms
are irregular and clustered."""

FEWEST = 3


def is_rhythm(onsets: Sequence[int], sampling_frequency: float) -> bool:
    """Whether these onsets (sample numbers, in order) are a rhythm of 1 to 7 a second."""
    if len(onsets) < FEWEST:
        return False
    intervals = np.diff(onsets) / sampling_frequency
    middle = float(np.median(intervals))
    if not 0.9 / FASTEST <= middle <= 1.1 / SLOWEST:
        return False
    # a group that was missed makes one interval of two
    beats = intervals / np.maximum(np.rint(intervals / middle), 1)
    return bool(np.std(beats) < REGULAR * np.mean(beats))
