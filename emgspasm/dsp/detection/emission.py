"""How every compiled detector says a burst: a row of :data:`emgspasm.dsp.detection.memory.ROW`.

Another row says in which stretch of a run it sought them, once that has ended.

`s` is the row of a channel's memory, whose fields ``pending...`` hold a finished burst that may
still be merged with the next.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.compiled import LOOP, copy
from emgspasm.dsp.detection.memory import GOOD, ROW, SETTLING, SOUGHT


@numba.njit(**LOOP)
def emit(s, quality, channel, shortest, out, count):
    """Write the pending burst out if it has `shortest` samples and is loud enough.

    What begins with the run and is over before that has settled is no burst: to a notch, mains
    begins there.
    """
    s.pending = 0
    if s.pending_offset - s.pending_onset < shortest or s.pending_peak < s.floor:
        return
    if s.pending_offset <= s.settled and s.pending_onset < s.begin + shortest:
        return
    row = out[count[0]]
    row.channel = channel
    row.begin = s.begin
    row.onset = s.pending_onset
    row.offset = s.pending_offset
    row.moment = s.now
    row.peak = s.pending_peak
    row.mean = np.sqrt(max(s.pending_energy, 0.0) / s.pending_active)
    row.baseline = s.base
    row.quality = quality
    if quality == GOOD and s.pending_onset < s.settled:
        row.quality = SETTLING
    count[0] += 1


@numba.njit(**LOOP)
def emit_stretch(s, channel, out, count):
    """Write out what of the run that ends now was past settling."""
    if s.now < s.settled:
        return
    row = out[count[0]]
    row.channel = channel
    row.begin = s.begin
    row.onset = s.settled
    row.offset = s.now + 1
    row.moment = s.now
    row.peak = row.mean = row.baseline = np.nan
    row.quality = SOUGHT
    count[0] += 1


@numba.njit(inline="always", **LOOP)
def postpone(out, first, count, moment):
    """What was found from row `first` on became certain only now."""
    for i in range(first, count[0]):
        out[i].moment = moment


@numba.njit(inline="always", **LOOP)
def has_room(out, count):
    """Whether there is room for two bursts and a stretch, which a decision may say."""
    return count[0] + 3 <= len(out)


@numba.njit(cache=True, nogil=True)
def roomy(out, count):
    """`out`, or a copy of twice its size if there is no room."""
    if has_room(out, count):
        return out
    bigger = np.empty(2 * len(out), ROW)
    copy(out, bigger)
    return bigger
