"""What all channels did a moment ago: filtered samples of the last seconds, and noise levels.

A burst of one muscle says nothing of the others; to compare sides, the same stretch of every
channel must still be at hand when the burst becomes certain.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Chunk
from emgspasm.synkinesis import kernels

LOOK = 4.0
"""Seconds at the end of a burst that are compared [design]."""

BLOCK = 0.020
"""Seconds of a block of power: the window of detection (clinical facts 4)."""

QUIET_SHARE = 0.25
"""The quarter of the blocks that is quietest bounds the noise: a face is active for less than
three quarters of the time, or it has no rest [design]."""

QUIET_QUANTILE = -0.674489750196  # of the standard normal distribution at QUIET_SHARE
MEMORY = 500
"""Blocks that count for the noise level: 10 s (clinical facts 4)."""

FEWEST_LEVELS = 2
"""Levels before one is believed: a spasm of a second or two may fill the first [design]."""

PACE = 100
"""Blocks from one noise level to the next: 2 s, the calibration of the detector."""


@dataclass(slots=True)
class History:
    """Filtered samples since `first`, powers of blocks of so many, and the noise found in them."""

    fs: float
    shift: int
    keep: int
    begin: int
    first: int
    filled: int
    rows: NDArray[np.float64]
    block: int
    blocks: NDArray[np.float64]
    limit: NDArray[np.float64]
    step: NDArray[np.float64]
    n_blocks: int = 0
    moments: deque[int] = field(default_factory=deque)
    levels: deque[NDArray[np.float64]] = field(default_factory=deque)

    @property
    def stop(self) -> int:
        """Sample number after the last one."""
        return self.first + self.filled


def begin(
    fs: float,
    n_channels: int,
    start: int,
    shift: int,
    held: float,
    step: NDArray[np.float64],
) -> History:
    """History before the first sample of a segment.

    Parameters
    ----------
    fs : float
        Hertz.
    n_channels : int
    start : int
        First sample of the segment.
    shift : int
        Samples by which the onsets of bursts are corrected.
    held : float
        Seconds for which a burst may be held back before it is said.
    step : ndarray
        What the filters answer to a step.
    """
    keep = round((LOOK + held + FEWEST_LEVELS * PACE * BLOCK) * fs)
    rows = np.empty((4 * keep, n_channels))
    blocks, limit = np.empty((2, n_channels, MEMORY)), np.full(n_channels, np.nan)
    block = max(2, round(BLOCK * fs))
    return History(fs, shift, keep, start, start, 0, rows, block, blocks, limit, step)


def append(history: History, chunk: Chunk) -> None:
    """Add the filtered samples that follow."""
    count = len(chunk.samples)
    if history.filled + count > len(history.rows):
        _forget(history, count)
    history.rows[history.filled : history.filled + count] = chunk.samples
    history.filled += count
    if history.begin + (history.n_blocks + 1) * history.block <= history.stop:
        _learn(history)


def _forget(history: History, coming: int) -> None:
    """Make room: keep the last seconds, and whatever no block has been made of."""
    blocked = history.begin + history.n_blocks * history.block
    kept = max(min(history.keep, history.filled), history.stop - blocked)
    past = history.rows[history.filled - kept : history.filled]
    if kept + coming > len(history.rows):
        history.rows = np.empty((kept + coming + history.keep, past.shape[1]))
    history.rows[:kept] = past
    history.first, history.filled = history.stop - kept, kept


def _learn(history: History) -> None:
    """Take in the blocks that are whole by now, and the noise level at every moment reached."""
    size, known = history.block, history.n_blocks
    start = history.begin + known * size
    low, count = start - history.first, (history.stop - start) // size
    rows = history.rows[low : low + count * size]
    learnt = kernels.learn(rows, size, history.blocks, known, PACE, QUIET_SHARE, history.limit)
    history.n_blocks += count
    for i, level in enumerate(learnt, known // PACE + 1):
        history.moments.append(history.begin + i * PACE * size)
        history.levels.append(_noise(history, level))
    # bursts last at most a minute (detector: longest_burst)
    while len(history.moments) > 64:
        history.moments.popleft()
        history.levels.popleft()


def _noise(history: History, level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Noise of every channel, from the quietest quarter of the blocks; see :func:`noise`.

    The power of noise in a block is chi-squared; its quantile over its mean follows from the
    degrees of freedom, twice duration times bandwidth (Wilson & Hilferty 1931).
    """
    width = min(450.0, 0.45 * history.fs) - 20.0
    spread = 2 / (9 * max(2 * BLOCK * width, 1.0))
    share = (1 - spread + QUIET_QUANTILE * sqrt(spread)) ** 3
    return np.array([level[0] / share, level[1]])


def noise(history: History, sample: int) -> NDArray[np.float64]:
    """Noise of every channel as it was known at a sample, shape (2, n_channels).

    Its mean square, and the correlation of neighbouring samples, which tells its colour.
    """
    if len(history.moments) < FEWEST_LEVELS:
        powers, products = history.blocks[:, :, : min(history.n_blocks, MEMORY)]
        limit, product = kernels.quietest(powers, products, QUIET_SHARE, history.limit)
        return _noise(history, np.array([limit, product]))
    place = bisect_right(history.moments, sample) - 1
    return history.levels[max(place, FEWEST_LEVELS - 1)]


def known(history: History) -> bool:
    """Whether the segment is old enough for a noise level."""
    return len(history.moments) >= FEWEST_LEVELS


def limits(history: History, onset: int, offset: int) -> tuple[int, int]:
    """First row and row after the last while a burst lasted, its last seconds if it was long."""
    low = max(onset, offset - round(LOOK * history.fs)) + history.shift - history.first
    high = offset + history.shift - history.first
    return max(low, 0), min(max(high, 0), history.filled)


def stretch(history: History, onset: int, offset: int) -> NDArray[np.float64]:
    """Filtered samples of all channels while a burst lasted; see :func:`limits`."""
    low, high = limits(history, onset, offset)
    return history.rows[low:high]
