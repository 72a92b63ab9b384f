"""How far the detector has made up its mind: no burst to come begins before the watermark."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP
from emgspasm.dsp.detection.boundaries import earliest_begin
from emgspasm.dsp.detection.memory import CALIBRATING, IDLE, Sizes


@numba.njit(inline="always", **LOOP)
def next_crossing(s, sizes):
    """Earliest crossing of `on` that a burst to come can be given.

    One that has been reached may still be confirmed behind the matched filter, which is late.
    """
    if s.beyond == s.now:
        return max(s.reached, s.now - sizes.half - sizes.block)
    return s.now + 1


@numba.njit(cache=True, nogil=True)
def earliest_onset(channels: NDArray[np.void], sizes: Sizes, stop: int, shift: int) -> int:
    """Earliest onset that a burst still to be said can have.

    Parameters
    ----------
    channels : ndarray of CHANNEL
        Of the memory of the detector, which has seen the samples before `stop`; not all of it,
        for it takes longer to hand over than to look at.
    sizes : Sizes
    stop : int
        Sample number after the last one seen.
    shift : int
        Samples by which onsets are corrected.
    """
    earliest = stop
    for s in channels:
        if s.phase == IDLE:
            continue
        if s.phase == CALIBRATING:
            first = s.begin
        elif s.pending:
            first = s.pending_onset
        elif s.above and s.refined:
            first = s.onset if s.looked else s.onset - sizes.reach
            first = max(first, s.begin)
        else:
            moment = s.crossed if s.above else next_crossing(s, sizes)
            first = max(earliest_begin(s, moment, sizes) - sizes.reach, s.begin)
        earliest = min(earliest, max(first - shift, s.begin))
    return earliest
