"""A second look at where a burst began, once it has been seen whole or for long.

The first look, a window after the crossing, does not know yet how loud the burst will be: of a
muscle that swells for 0.3 s it finds the beginning too late, and where noise has grown or a cable
swings right before a burst, too early. Now all of it is weighed behind the matched filter, ramps
that last as long among the beginnings, and a noise before it that is louder than quiet is.

`s` is one row of ``memory.CHANNEL``.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.compiled import LOOP
from emgspasm.dsp.detection.boundaries import loudest, mean_power, power_of
from emgspasm.dsp.detection.evidence import matched_noise
from emgspasm.dsp.detection.skirts import AT_ONCE, SHORTEST, highest, median, rising_odds, weigh

LONG, REACH = 15, 5
"""Windows after its onset at which a burst that lasts is looked at again, and by which it may begin
earlier than was found at first [sim]."""

RAMPS = (0, 1, 2, 4, 8, 12)
"""Windows over which beginnings that are weighed rise: at once, and up to 0.24 s [sim]."""

KINDS = len(RAMPS)

STEADY, GROWN = 0.6, 2.2
"""Prior probability that the noise before a burst is at its quiet level, and its power, in units of
that level, otherwise [sim]."""

CLEAR = 5.0
"""Power of a burst, in units of the noise, from which a second look is better than the first: in
weaker ones it finds false pauses [sim]."""

OF_PEAK = 0.35
"""Share of the power of its loudest stretch that a burst has at least: it may be short, after
something faint that is none of it [sim]."""


@numba.njit(**LOOP)
def look_again(s, stop, signal, matched, origin, sizes, past):
    """Find the onset anew of a burst that lasts until sample `stop`, or longer.

    Not before the last burst had faded and the pause that keeps two apart is over; one that it
    may merge with may go on up to it.
    """
    s.looked = 1
    earliest = s.pending_core if s.pending else s.pending_offset + sizes.merge
    earliest = min(max(earliest, s.onset - sizes.reach, s.begin), s.onset)
    n = min(stop, s.now + 1 - sizes.half, s.onset + sizes.long) - earliest
    if earliest + n - s.onset < sizes.block:
        return
    power = matched[earliest + sizes.half - origin :]
    sums, likely = past.room[KINDS + 1, : n + 1], past.room[: KINDS + 1]
    sums[0] = 0.0
    for k in range(n):
        sums[k + 1] = sums[k] + power[k]
    quiet, loud = matched_noise(s), _loud(sums, s.onset - earliest, stop - s.onset, sizes)
    if not (quiet > 0.0 and loud >= CLEAR * quiet):
        return
    onset = earliest + _sought(sums, loud, quiet, s.matched_weight, sizes, likely)
    # the filter smears by half its length: nearer, what was found without it is right
    if abs(onset - s.onset) > sizes.half:
        _begin_at(s, onset, signal, matched, origin, sizes)


@numba.njit(**LOOP)
def _loud(sums, onset, length, sizes):
    """Power of a burst in its middle, or somewhat less than it has at most."""
    n = len(sums) - 1
    if length > sizes.long:
        first, stop = onset + sizes.long // 2, n
    else:
        first, stop = onset + length // 4, min(onset + 3 * length // 4, n)
    if stop - first < sizes.block:
        first, stop = onset, n
    size, most = min(3 * sizes.window // 2, n - onset), 0.0
    for i in range(onset, n - size + 1, sizes.block):
        most = max(most, sums[i + size] - sums[i])
    return max((sums[stop] - sums[first]) / (stop - first), OF_PEAK * most / size)


@numba.njit(**LOOP)
def _sought(sums, loud, quiet, weight, sizes, likely):
    """Index at which a burst of this power began: the median of the posterior.

    At once or over a ramp out of quiet, or at once out of noise that has grown.
    """
    n, half = len(sums) - 1, 0.5 * weight
    n_likely, most = n - sizes.block + 1, -np.inf
    odds, grown = rising_odds(quiet, loud, half), rising_odds(GROWN * quiet, loud, half)
    for kind in range(KINDS + 1):
        row = likely[kind][:n_likely]
        noise = quiet if kind < KINDS else GROWN * quiet
        length = RAMPS[kind] * sizes.window if kind < KINDS else 0
        if 0 < length < SHORTEST:
            row[:] = -np.inf
            continue
        share = 1.0 - STEADY if kind == KINDS else STEADY * (1.0 - AT_ONCE) / (KINDS - 1)
        if kind == 0:
            share = STEADY * AT_ONCE
        # how likely all of it is noise, from which the burst departs
        prior = np.log(share) - half * (n * np.log(noise) + sums[n] / noise)
        weigh(sums, length, odds if kind < KINDS else grown, prior, row)
        most = max(most, highest(row))
    return median(likely, n_likely, most)


@numba.njit(**LOOP)
def _begin_at(s, onset, signal, matched, origin, sizes):
    """Let the burst under way begin at this sample instead."""
    first, stop = onset - origin, s.now + 1 - origin
    if onset > s.crossed:  # what it was found by is none of it
        s.peak = 0.0
    s.onset = onset
    s.energy = mean_power(signal, first, stop) * (stop - first)
    s.peak = max(s.peak, loudest(signal, first, stop, sizes.window))
    if onset > s.core:
        s.core = onset
        s.last_loud = max(s.last_loud, onset)
        s.relieved = max(s.relieved, s.core + 1)
        s.core_energy = 0.0
        for k in range(s.core, s.relieved):
            s.core_energy += power_of(s, k, signal, matched, origin, sizes)
