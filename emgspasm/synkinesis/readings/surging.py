"""Surges: where within a burst its own side is loud, and the other one is not.

While both sides move or both eyes blink, a spasm hides in the bursts of its muscles: over all of
such a burst both sides are about as strong.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP
from emgspasm.synkinesis.readings import kernels

BLOCK = 0.005
"""Seconds of a block of power: a quarter of the window of detection [design]."""

APART = 1.4
"""Log ratio of the sides' powers from which a block is of a surge: 6 dB, half of what makes
activity one-sided (clinical facts 4: LI 0.6, 12 dB)."""

ONE_SIDED = 0.9
"""LI from which a burst is of its side as a whole, and no surge of it would be more so [design]: a
ratio of 19."""

Values = NDArray[np.float64]


@numba.njit(**LOOP)
def surge(
    own: Values, other: Values, own_noise: float, other_noise: float, size: int
) -> tuple[int, int]:
    """Find the stretch that speaks most for one side alone.

    That of the largest sum of log ratios less :data:`APART` (Kadane). Either side is taken in units
    of its noise, so that noise speaks for none.

    Parameters
    ----------
    own, other : ndarray, shape (n_samples,)
        Filtered samples of a burst, and of the same muscle of the other side meanwhile.
    own_noise, other_noise : float
        Mean squares of their noise.
    size : int
        Samples of a block.

    Returns
    -------
    int, int
        From where to where, half open; both 0 where no block does.
    """
    best = total = 0.0
    begin = start = stop = 0
    if not (own_noise > 0.0 and other_noise > 0.0):
        return start, stop
    for place in range(0, len(own) - size + 1, size):
        mine = kernels.loudest(own[place : place + size], size) / own_noise
        others = kernels.loudest(other[place : place + size], size) / other_noise
        total += np.log((mine + 1.0) / (others + 1.0)) - APART
        if not total > 0.0:  # or a sample is missing
            total, begin = 0.0, place + size
        elif total > best:
            best, start, stop = total, begin, place + size
    return start, stop
