"""Whether bursts of one muscle come in a rhythm of their own (clinical facts 2 and 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SLOWEST, FASTEST = 1.0, 5.0
"""Groups a second of facial myokymia; clinical facts 2 say 1 to 7, but from 5 on (120 ms is the
median interval of clonic bursts) a rhythm of few beats may be chance [sim]."""

REGULAR = 0.25
"""Coefficient of variation of intervals under which bursts are regular [design]: clonic spasms
are irregular and clustered."""

SLOW = 0.2
"""Seconds between onsets; clonic bursts follow each other faster (median 120 ms, clinical
facts 9)."""


def is_slow_train(onsets: Sequence[int], sampling_frequency: float, fewest: int) -> bool:
    """Whether these are so many bursts or more, each some time after the one before."""
    return len(onsets) >= fewest and float(np.median(np.diff(onsets))) >= SLOW * sampling_frequency


def is_rhythm(onsets: Sequence[int], sampling_frequency: float, fewest: int = 4) -> bool:
    """Whether these onsets (sample numbers, in order) are a rhythm of 1 to 5 a second."""
    if len(onsets) < fewest:
        return False
    intervals = np.diff(onsets) / sampling_frequency
    middle = float(np.median(intervals))
    if not 0.9 / FASTEST <= middle <= 1.1 / SLOWEST:
        return False
    # a group that was missed makes one interval of two
    beats = intervals / np.maximum(np.rint(intervals / middle), 1)
    return bool(np.std(beats) < REGULAR * np.mean(beats))
