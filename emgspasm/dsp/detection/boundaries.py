"""Where a burst began and ended: the most likely moment of a change of variance.

A strong burst is looked at as it is; one that hardly stands out, or that a swinging cable begins,
carries or outlasts, behind the matched filter, where it does, at the price of a few milliseconds'
smear. `s` is one row of ``memory.CHANNEL``; `signal` and `matched` begin with sample `origin`, the
latter as it came out of the filter, half its length later.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.compiled import LOOP
from emgspasm.dsp.detection.evidence import matched_noise
from emgspasm.dsp.detection.skirts import AT_ONCE, CUT_OFF, skirt_begin

FADED = 3.0
"""Power, in units of the noise, of the weakest burst that relief is weighed for: noise may have
grown by 2 dB meanwhile [design]."""

STRONG = 10.0
"""Power of a burst, in units of the noise, from which the matched filter is not needed [design]."""

PURE = 0.2
"""Where the matched filter leaves less of it, in units of the noise, something slow is louder than
the burst: EMG between 30 and 120 Hz keeps a third [sim]."""

RESOUNDING = 20.0
"""Power of a burst, in units of the noise, from which its end allows for the filters' ringing
[sim]."""

UNSURE = 3
"""Samples after the end of such a burst that may speak against the end, not for it: what rings is
known in the mean only, and a burst has lulls as short as this [sim]."""

CONTACT = 10
"""Windows until the filters are done with what a lost contact leaves in them, which is slow as
well [design]."""


@numba.njit(inline="always", **LOOP)
def earliest_begin(s, crossed, sizes):
    """Earliest sample at which a burst is sought to begin that crosses `on` at this one."""
    earliest = crossed - sizes.back
    return min(earliest, s.doubt - sizes.window) if s.evidence > 0.0 else earliest


@numba.njit(**LOOP)
def locate_onset(s, loud_from, signal, matched, origin, channel, sizes, past):
    """Find where the burst began, and begin to weigh whether it is over."""
    earliest = max(earliest_begin(s, s.crossed, sizes), s.begin)
    if s.pending:
        earliest = max(earliest, s.pending_core)
    loud, quiet, last = mean_power(signal, loud_from - origin, s.now + 1 - origin), s.quiet, s.now
    s.weak = loud < STRONG * quiet or _slow(s, loud_from, signal, matched, origin, sizes)
    if not s.weak:
        s.core = _step(s, earliest, last, loud, quiet, signal, matched, origin, sizes, past.decay)
        s.weak = _slow(s, s.core, signal, matched, origin, sizes)
    if s.weak:
        last, quiet = s.now - sizes.half, matched_noise(s)
        loud = mean_of(matched, loud_from + sizes.half - origin, s.now + 1 - origin)
        s.core = _step(s, earliest, last, loud, quiet, signal, matched, origin, sizes, past.decay)
    s.onset = _swell(s, earliest, last, quiet, signal, matched, origin, sizes, past)
    first, stop = s.onset - origin, s.now + 1 - origin
    s.energy = mean_power(signal, first, stop) * (stop - first)
    s.peak = max(s.peak, loudest(signal, first, stop, sizes.window))
    s.refined = 1
    s.evidence = 0.0
    s.relief = 0.0
    s.last_loud = max(s.last_loud, s.core)
    s.relieved = s.last_loud + 1
    s.core_energy = loud * (s.relieved - s.core)
    set_relief_weights(s, loud, quiet, channel, past)


@numba.njit(**LOOP)
def _slow(s, first, signal, matched, origin, sizes):
    """Whether the window that begins with sample `first` is loud only by a swinging cable."""
    first, stop = first - origin, min(first + sizes.window, s.now + 1 - sizes.half) - origin
    behind = mean_of(matched, first + sizes.half, stop + sizes.half)
    return behind / matched_noise(s) < PURE * mean_power(signal, first, stop) / s.quiet


@numba.njit(**LOOP)
def _step(s, earliest, last, loud, quiet, signal, matched, origin, sizes, decay):
    """Where the variance most likely stepped from that of the noise to the burst's.

    Right after the burst before, the filters still ring with that.
    """
    core = max(earliest, s.crossed - sizes.window // 2)
    if loud > 1.2 * quiet:
        likelihood, best = 0.0, -np.inf
        slope, cost = 1.0 / quiet - 1.0 / loud, np.log(loud / quiet)
        ringing = s.pending_energy / s.pending_active if s.pending and not s.weak else 0.0
        for k in range(last, earliest - 1, -1):
            if ringing > 0.0 and k < s.pending_core + len(decay):
                noise = min(quiet + ringing * decay[k - s.pending_core], loud)
                slope, cost = 1.0 / noise - 1.0 / loud, np.log(loud / noise)
            likelihood += power_of(s, k, signal, matched, origin, sizes) * slope - cost
            if likelihood > best and k <= s.crossed:
                best = likelihood
                core = k
    return core


@numba.njit(**LOOP)
def _swell(s, earliest, last, quiet, signal, matched, origin, sizes, past):
    """Onset of a burst whose core is known: where it began to swell.

    Not before the pending one had faded, which, if it does not merge, is early enough for a gap.
    """
    if s.pending and s.core - s.pending_core >= s.pending_gap:  # two bursts stay two
        cut_pending(s, s.core - sizes.merge, signal, origin, sizes)
        earliest = max(earliest, s.pending_offset + sizes.merge)
    last = min(last, s.core + 2 * sizes.window)
    power, likely = past.room[0, : last + 1 - earliest], past.room[1:]
    for i in range(len(power)):
        power[i] = power_of(s, earliest + i, signal, matched, origin, sizes)
    core, free = s.core - earliest, freedom(s)
    return earliest + skirt_begin(power, core, 0, AT_ONCE, quiet, free, sizes.window, likely)


@numba.njit(**LOOP)
def cut_pending(s, stop, signal, origin, sizes):
    """End the pending burst at sample `stop`, if it lasts longer, and its energy with it.

    As far as its tail is still remembered, whatever else happens to be at hand.
    """
    if stop < s.pending_offset:
        n_samples, first = s.pending_offset - stop, max(stop, s.now + 1 - sizes.recent)
        tail = mean_power(signal, first - origin, s.pending_offset - origin)
        s.pending_energy = max(s.pending_energy - n_samples * tail, 0.0)
        s.pending_active -= n_samples
        s.pending_offset = stop


@numba.njit(**LOOP)
def locate_offset(s, core, quiet, signal, matched, origin, sizes, rules, past):
    """Offset of a burst: where it had faded.

    `core` is the sample after its core, `quiet` the first that is noise even if nothing rings. What
    the filters ring with after a loud burst looks like a fade, but is slow, and hardly passes the
    matched filter: where the burst ends earlier behind that, it does.
    """
    offset = _faded(s, quiet, s.weak, signal, matched, origin, sizes, rules.ringing, past)
    if s.unsure:  # a loud one
        offset = min(offset, _faded(s, core, 1, signal, matched, origin, sizes, 0.0, past))
    return offset


@numba.njit(**LOOP)
def _faded(s, core, behind, signal, matched, origin, sizes, ringing, past):
    """Where a burst had faded whose core ends before `core`, as it is or `behind` the filter."""
    stop = max(s.relieved, core)
    if behind:
        stop = max(min(stop, s.now + 1 - sizes.half), core)
    first = max(core - 2 * sizes.window, s.core, s.now + 1 - sizes.recent)
    power, likely = past.room[0, : stop - first], past.room[1:]
    for i in range(len(power)):
        k = stop - 1 - i
        power[i] = matched[k + sizes.half - origin] if behind else signal[k - origin] ** 2
    outside = stop - core
    noise = matched_noise(s) if behind else s.quiet
    noise += ringing * mean_of(power, outside, len(power))
    # what rings may have kept the core from ending
    window, free = sizes.window, s.matched_weight if behind else s.weight
    return stop - skirt_begin(power, outside, window, CUT_OFF, noise, free, window, likely)


@numba.njit(**LOOP)
def quiet_from(s, core, signal, matched, origin, sizes):
    """First sample from `core` on that is noise even if nothing rings.

    A slow fade looks like ringing, so that where a burst has faded, and how long it is, are found
    without allowing for any.
    """
    relief, quiet = 0.0, core
    for k in range(core, s.relieved if s.unsure else core):
        power = power_of(s, k, signal, matched, origin, sizes)
        relief = max(0.0, relief + s.cost - power * s.slope)
        if relief == 0.0:
            quiet = k + 1
    return quiet


@numba.njit(inline="always", **LOOP)
def freedom(s):
    """Independent values in a sample of the signal in which this burst's boundaries are sought."""
    return s.matched_weight if s.weak else s.weight


@numba.njit(**LOOP)
def set_relief_weights(s, loud, quiet, channel, past):
    """Set how much each sample adds to, or takes from, the relief of a burst of this power.

    The end of a loud burst shows at once, that of a weak one later. For the first samples after a
    loud one there are weights of their own, which allow for what the filters still ring with.
    """
    rise, half = max(FADED, loud / quiet), 0.5 * freedom(s)
    s.slope, s.cost = half * (1.0 - 1.0 / rise) / quiet, half * np.log(rise)
    s.unsure = 0 if s.weak or rise < RESOUNDING else UNSURE
    slopes, costs = past.slopes[channel], past.costs[channel]
    for k in range(len(slopes) if s.unsure else 0):
        left = 1.0 + past.decay[k] * rise
        slopes[k] = half * max(1.0 / left - 1.0 / rise, 0.0) / quiet
        costs[k] = half * max(np.log(rise / left), 0.0)


@numba.njit(**LOOP)
def heed_swings(s, signal, matched, origin, sizes):
    """Judge the burst behind the matched filter from now on if only a swinging cable is loud."""
    known = s.now + 1 - sizes.half  # what came out of the matched filter by now
    if s.weak or s.now - s.core < CONTACT * sizes.window:
        return
    if not _slow(s, known - sizes.window, signal, matched, origin, sizes):
        return
    s.weak = 1
    s.relief = 0.0
    s.relieved = known
    s.last_loud = min(s.last_loud, known - 1)
    earliest = max(s.core, s.now + 1 - sizes.recent)
    behind = mean_of(matched, earliest + sizes.half - origin, known + sizes.half - origin)
    s.core_energy = behind * (known - s.core)


@numba.njit(**LOOP)
def add_relief(s, signal, matched, origin, channel, sizes, past):
    """Add the samples that have come to the relief, the evidence that the burst is over.

    Those right after a loud sample are compared with what the filters ring with, later ones with
    the noise.
    """
    stop = s.now + 1 - (sizes.half if s.weak else 0)
    slopes, costs = past.slopes[channel], past.costs[channel]
    n_ringing = len(slopes) if s.unsure else 0
    # as locals they stay in registers
    relief, loud, energy, slope, cost = s.relief, s.last_loud, s.core_energy, s.slope, s.cost
    for k in range(s.relieved, stop):
        power = power_of(s, k, signal, matched, origin, sizes)
        energy += power
        n_since = k - loud - 1
        if n_since < n_ringing:
            favour = costs[n_since] - power * slopes[n_since]
            if n_since < s.unsure:
                favour = min(favour, 0.0)
        else:
            favour = cost - power * slope
        relief = max(0.0, relief + favour)
        if relief == 0.0 and favour < 0.0:
            loud = k
    s.relief, s.last_loud, s.core_energy = relief, loud, energy
    s.relieved = max(s.relieved, stop)


@numba.njit(inline="always", **LOOP)
def power_of(s, sample, signal, matched, origin, sizes):
    """What the boundaries of this burst are told from."""
    if s.weak:
        return matched[sample + sizes.half - origin]
    return signal[sample - origin] ** 2


@numba.njit(**LOOP)
def mean_power(signal, start, stop):
    """Mean square from index `start` to `stop`, half open; 0 if that is nothing."""
    total = 0.0
    for i in range(start, stop):
        total += signal[i] * signal[i]
    return total / max(stop - start, 1)


@numba.njit(**LOOP)
def mean_of(power, start, stop):
    """Mean from index `start` to `stop`, half open; 0 if that is nothing."""
    total = 0.0
    for i in range(start, stop):
        total += power[i]
    return total / max(stop - start, 1)


@numba.njit(**LOOP)
def loudest(signal, start, stop, window):
    """Largest root mean square of `window` samples in a row; 0 of fewer."""
    if stop - start < window:
        return 0.0
    most = energy = window * mean_power(signal, start, start + window)
    for last in range(start + window, stop):
        energy += signal[last] ** 2 - signal[last - window] ** 2
        most = max(most, energy)
    return np.sqrt(most / window)
