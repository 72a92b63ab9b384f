"""What all channels did a moment ago: filtered samples of the last seconds, and noise levels.

A burst of one muscle says nothing of the others; to compare sides, the same stretch of every
channel must still be at hand when the burst becomes certain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.quality import LINES
from emgspasm.dsp.rates import bandwidth
from emgspasm.stream import Chunk
from emgspasm.synkinesis.readings.levels import PACE, learn, quietest

LOOK = 4.0
"""Seconds at the end of a burst that are compared [design]."""

BLOCK = 0.020
"""Seconds of a block of power: the window of detection (clinical facts 4)."""

QUIET_QUANTILE = -0.674489750196
"""Of the standard normal distribution at :data:`QUIET_SHARE`."""

LOUDEST_QUANTILE = 0.334390
"""Of the standard normal distribution, where the strongest of :data:`STRETCH` stays under in
:data:`IDLE_SHARE` of the cases."""

MEMORY = 500
"""Blocks that count for the noise level: 10 s (clinical facts 4)."""

FEWEST_LEVELS = 2
"""Levels before one is believed: a spasm of a second or two may fill the first [design]."""

ROOM = 8
"""Times what is kept that there is room for: the more, the seldomer it is moved."""

REMEMBERED = 64
"""Levels that are remembered, beside those of the chunk that came last: bursts last at most a
minute (detector: longest_burst)."""


@dataclass(slots=True)
class History:
    """Filtered samples since `first`, powers of blocks of so many, and the noise found in them.

    Channel by channel, as the filters give them and as sums over them want them. Hum repeats at
    the `lags`.
    """

    fs: float
    shift: int
    keep: int
    begin: int
    first: int
    filled: int
    samples: NDArray[np.float64]
    block: int
    blocks: NDArray[np.float64]
    limit: NDArray[np.float64]
    step: NDArray[np.float64]
    n_blocks: int = 0
    levels: NDArray[np.float64] = field(init=False)
    quantiles: NDArray[np.float64] = field(init=False)
    lags: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.levels = np.empty((0, 3, len(self.samples)))
        self.quantiles = _quantiles(self.fs)
        self.lags = np.array([round(5 * self.fs / mains) for mains in LINES])

    @property
    def stop(self) -> int:
        """Sample number after the last one."""
        return self.first + self.filled

    @property
    def n_levels(self) -> int:
        """How many noise levels were learnt, the last of which are remembered."""
        return self.n_blocks // PACE


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
    samples = np.empty((n_channels, ROOM * keep))
    blocks, limit = np.empty((2, n_channels, MEMORY)), np.full(n_channels, np.nan)
    block = max(2, round(BLOCK * fs))
    return History(fs, shift, keep, start, start, 0, samples, block, blocks, limit, step)


def append(history: History, chunk: Chunk) -> None:
    """Add the filtered samples that follow."""
    count = len(chunk.samples)
    if history.filled + count > history.samples.shape[1]:
        _forget(history, count)
    history.samples[:, history.filled : history.filled + count] = chunk.samples.T
    history.filled += count
    if history.begin + (history.n_blocks + 1) * history.block <= history.stop:
        _learn(history)


def _forget(history: History, coming: int) -> None:
    """Make room: keep the last seconds, and whatever no block has been made of."""
    blocked = history.begin + history.n_blocks * history.block
    kept = max(min(history.keep, history.filled), history.stop - blocked)
    past = history.samples[:, history.filled - kept : history.filled]
    if kept + coming > history.samples.shape[1]:
        history.samples = np.empty((len(past), kept + coming + history.keep))
    history.samples[:, :kept] = past
    history.first, history.filled = history.stop - kept, kept


def _learn(history: History) -> None:
    """Take in the blocks that are whole by now, and the noise level at every moment reached."""
    size, known = history.block, history.n_blocks
    start = history.begin + known * size - history.first
    learnt = learn(
        history.samples, start, history.filled, history.blocks, known, size, history.limit
    )
    if len(learnt):
        levels = learnt / history.quantiles
        history.levels = np.concatenate([history.levels[-REMEMBERED:], levels])
    history.n_blocks += (history.filled - start) // size


def _quantiles(fs: float) -> NDArray[np.float64]:
    """By what a level is divided to be the noise of :func:`noise`, shape (3, 1).

    The power of noise in a block is chi-squared; its quantile over its mean follows from the
    degrees of freedom, twice duration times bandwidth (Wilson & Hilferty 1931).
    """
    spread = 2 / (9 * max(2 * BLOCK * bandwidth(fs), 1.0))
    quiet, loudest = (
        (1 - spread + quantile * sqrt(spread)) ** 3
        for quantile in (QUIET_QUANTILE, LOUDEST_QUANTILE)
    )
    return np.array([[quiet], [1.0], [loudest]])


def noise(history: History, samples: NDArray[np.int64]) -> NDArray[np.float64]:
    """Noise of every channel as it was known at some samples, shape (n, 3, n_channels).

    Its mean square; the correlation of neighbouring samples, which tells its colour; and the mean
    square of noise as strong as what the channel does in nearly every stretch, which is the same
    where the muscle rests.
    """
    if not known(history):
        told = quietest(history.blocks, history.n_blocks, history.limit)
        level = np.array([*told, np.zeros(len(history.samples))]) / history.quantiles
        return np.repeat(level[None], len(samples), axis=0)  # a view is of another type to loops
    forgotten = history.n_levels - len(history.levels)
    earliest, last = max(forgotten, FEWEST_LEVELS - 1), history.n_levels - 1
    learnt = (samples - history.begin) // (PACE * history.block) - 1
    places: NDArray[np.int64] = np.minimum(np.maximum(learnt, earliest), last) - forgotten
    return history.levels[places]


def known(history: History) -> bool:
    """Whether the segment is old enough for a noise level."""
    return history.n_levels >= FEWEST_LEVELS


def stretch(history: History, onset: int, offset: int) -> NDArray[np.float64]:
    """Filtered samples from `onset` to `offset`, as far as they are at hand, a row a channel."""
    past = history.shift - history.first
    return history.samples[:, max(onset + past, 0) : min(max(offset + past, 0), history.filled)]
