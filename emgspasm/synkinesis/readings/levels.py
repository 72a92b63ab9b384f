"""How strong blocks of filtered samples are, and how quiet and how steady that makes a channel.

Compiled: one pass over all channels.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP, SUM, copy

Values = NDArray[np.float64]

QUIET_SHARE = 0.25
"""The quarter of the blocks that is quietest bounds the noise: a face is active for less than
three quarters of the time, or it has no rest [design]."""

STRETCH = 5
"""Blocks of a stretch, 0.1 s: a unit that discharges at rest does so 8 times a second and more
[mem], so that hardly a stretch is without. Speech and chewing pause for longer, and so do the
groups of a myokymia, mostly."""

IDLE_SHARE = 0.1
"""Share of the stretches in which a muscle that does not rest may be quiet [sim]: with a quarter,
groups of myokymia that come 4 times a second were taken for it."""

PACE = 100
"""Blocks from one level to the next: 2 s, the calibration of the detector; whole stretches."""


@numba.njit(cache=True, nogil=True)
def learn(
    samples: Values,
    start: int,
    stop: int,
    blocks: Values,
    n_blocks: int,
    size: int,
    limit: Values,
) -> Values:
    """Remember how strong whole blocks are, and learn at a steady pace how quiet it gets.

    Parameters
    ----------
    samples : ndarray, shape (n_channels, n_samples)
        Filtered.
    start, stop : int
        Where the blocks lie that are added, half open.
    blocks : ndarray, shape (2, n_channels, n_remembered)
        A ring of the mean squares of blocks and of the mean products of their neighbouring
        samples, NaN where a sample is missing; updated in place.
    n_blocks : int
        How many have been added before.
    size : int
        Samples of a block.
    limit
        The guess of :func:`quietest`, updated in place.

    Returns
    -------
    ndarray, shape (n_moments, 3, n_channels)
        What :func:`quietest` and :func:`steadiest` tell at every moment reached.
    """
    n_channels, total = len(samples), n_blocks + (stop - start) // size
    learnt = np.empty((total // PACE - n_blocks // PACE, 3, n_channels))
    for moment in range(len(learnt)):
        n_more = PACE - n_blocks % PACE
        _add(samples, start, n_more, blocks, n_blocks, size)
        start, n_blocks = start + n_more * size, n_blocks + n_more
        limits, correlations = quietest(blocks, n_blocks, limit)
        copy(limits, limit)
        copy(limits, learnt[moment, 0])
        copy(correlations, learnt[moment, 1])
        copy(steadiest(blocks[0], n_blocks, limits), learnt[moment, 2])
    _add(samples, start, total - n_blocks, blocks, n_blocks, size)
    return learnt


@numba.njit(**LOOP)
def _add(samples, start, n_new, blocks, n_blocks, size):
    """Add so many blocks, the first of which begins at index `start`, to the ring of :func:`learn`.

    Before, `n_blocks` have been added to it.
    """
    for k in range(len(samples)):
        place = n_blocks % blocks.shape[2]
        for first in range(start, start + n_new * size, size):
            square, product = _energy(samples[k, first : first + size])
            blocks[0, k, place] = square / size
            blocks[1, k, place] = product / (size - 1)
            place = place + 1 if place + 1 < blocks.shape[2] else 0


@numba.njit(**SUM)
def _energy(values):
    """Sums of the squares, and of the products of neighbours."""
    square, product = values[0] * values[0], 0.0
    late = values[1:]
    for i in range(len(late)):
        square += late[i] * late[i]
        product += late[i] * values[i]
    return square, product


BITS = np.int64
"""Values that are not negative stand in the order of their bits (IEEE 754), NaN behind all others.

Counting how many bits are under some need not branch, and so takes several at once.
"""

UNSIGNED, MISSING = 0x7FFF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0001
"""All bits but that of the sign, which NaN may have, and the first bits that are those of NaN."""

NEAR = 1 << 46
"""By how many bits a value is first sought beside a guess: 1 to 3 % of it."""


@numba.njit(cache=True, nogil=True)
def quietest(blocks: Values, n_blocks: int, guess: Values) -> tuple[Values, Values]:
    """Power that :data:`QUIET_SHARE` of the blocks stays under, and how their samples correlate.

    Parameters
    ----------
    blocks : ndarray, shape (2, n_channels, n_remembered)
        The ring of :func:`learn`.
    n_blocks : int
        How many have been added to it.
    guess : ndarray, shape (n_channels,)
        Limits that may be near, such as those of a moment ago; only speed depends on them.

    Returns
    -------
    limit, correlation : ndarray, shape (n_channels,)
        NaN and 0 where all blocks of a channel are missing.
    """
    n_channels, n_seen = blocks.shape[1], min(n_blocks, blocks.shape[2])
    limits, correlations = np.empty(n_channels), np.empty(n_channels)
    for k in range(n_channels):
        powers, products = blocks[0, k, :n_seen], blocks[1, k, :n_seen]
        limits[k] = _limit(powers, QUIET_SHARE, guess.view(BITS)[k])
        correlations[k] = _correlation(powers, products, limits[k])
    return limits, correlations


@numba.njit(cache=True, nogil=True)
def steadiest(powers: Values, n_blocks: int, guess: Values) -> Values:
    """Power under which the strongest block stays in :data:`IDLE_SHARE` of the stretches.

    Parameters
    ----------
    powers : ndarray, shape (n_channels, n_remembered)
        A ring of the mean squares of blocks, as long as some stretches.
    n_blocks : int
        How many have been added to it; the last stretch is whole.
    guess : ndarray, shape (n_channels,)
        Powers that may be near, such as :func:`quietest` tells; only speed depends on them.

    Returns
    -------
    ndarray, shape (n_channels,)
        NaN where all stretches of a channel miss a block.
    """
    n_stretches = min(n_blocks, powers.shape[1]) // STRETCH
    strongest, steady = np.empty(n_stretches), np.empty(len(powers))
    for k in range(len(powers)):
        _strongest(powers[k], strongest)
        steady[k] = _limit(strongest, IDLE_SHARE, guess.view(BITS)[k])
    return steady


@numba.njit(**LOOP)
def _strongest(powers, strongest):
    """Fill in the largest power of each stretch; NaN if one is missing."""
    for i in range(len(strongest)):
        most = total = 0.0
        for power in powers[i * STRETCH : (i + 1) * STRETCH]:
            most = max(most, power)
            total += power
        strongest[i] = most if total == total else np.nan


@numba.njit(**SUM)
def _correlation(powers, products, limit):
    """Correlation of neighbouring samples in the blocks up to this power; 0 if there is none."""
    total = product = 0.0
    for i in range(len(powers)):
        under = powers[i] <= limit
        total += powers[i] if under else 0.0
        product += products[i] if under else 0.0
    return product / total if total > 0.0 else 0.0


@numba.njit(**LOOP)
def _limit(values, share, guess):
    """Value that this share of those that are there stays under; NaN if none is there.

    The bits of `guess` are where it is sought first, then in steps that grow, then between two.
    """
    bits = values.view(BITS)
    below, under = 0, _n_under(bits, MISSING)
    if under == 0:
        return np.nan
    place = int(share * (under - 1))
    low, high, reach = 0, MISSING, NEAR
    middle = min(guess & UNSIGNED, MISSING - 1)
    while under - below > 1 and high - low > 1:
        n = _n_under(bits, middle)
        if n <= place:
            low, below = middle, n
            middle += min(reach, (high - low) // 2)
        else:
            high, under = middle, n
            middle -= min(reach, (high - low) // 2)
        reach = min(4 * reach, MISSING // 4)
    for i in range(len(values)):  # one is left there, or several that are the same
        if low <= bits[i] & UNSIGNED < high:
            return values[i]
    return np.nan


@numba.njit(**LOOP)
def _n_under(bits, limit):
    """How many bits are under a limit."""
    n = 0
    for i in range(len(bits)):
        n += (bits[i] & UNSIGNED) < limit
    return n
