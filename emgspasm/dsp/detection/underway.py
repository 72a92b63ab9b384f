"""A burst from its crossing to its end.

Compiled helpers of :mod:`emgspasm.dsp.detection.hysteresis`; `s` is one row of ``memory.CHANNEL``.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.compiled import LOOP
from emgspasm.dsp.detection.boundaries import (
    add_relief,
    cut_pending,
    freedom,
    heed_swings,
    locate_offset,
    locate_onset,
    mean_power,
    quiet_from,
    set_relief_weights,
)
from emgspasm.dsp.detection.emission import emit
from emgspasm.dsp.detection.evidence import frequency, is_clear, matched_noise, pass_over
from emgspasm.dsp.detection.memory import CUT, GOOD
from emgspasm.dsp.detection.noise import count_analyzed, learn_window, may_be_noise
from emgspasm.dsp.detection.second_look import look_again

ECHO = 4.0
"""Power of an echo, at most, in units of what is expected of it: 6 dB more [design]."""

SELDOM = 0.15
"""Frequency of short pauses, per second, with which the relief needed begins to fall: one in seven
seconds [sim]."""

LULL = 0.7
"""Share of a short pause that counts beside a faint burst: it may be a lull of one [sim]."""

LEAST_RELIEF = 1.0
"""Least relief that ends a burst, in the densest train and the narrowest band [design]."""

LASTING, LULLS = 10, 25.0
"""Windows that a contraction lasts in which lulls are to be expected, and power, in units of the
noise, from which no lull sinks to the noise level [sim]. Where few units fire, or the spectrum is
narrow, the power of a contraction flutters: at 10 dB some 40 ms of it now and then look like noise,
and no true pause after so long a burst is that short."""

LULL_GAPS = 2
"""Merge gaps after such a contraction within which what begins is still a part of it [sim]."""

INAUDIBLE = 1e-9
"""Power that the filters still ring with, in units of the noise's, which is set to zero. Left to
fade for ever, it would become a subnormal number, with which processors take a hundred times as
long, in every window of a face at rest."""


@numba.njit(inline="always", **LOOP)
def begin_burst(s, sample, value, sizes):
    """A burst begins: the envelope has crossed `on`, or there is evidence of a weak one."""
    s.above = 1
    s.refined = s.looked = s.faint = 0
    s.crossed = sample
    s.peak = value
    s.energy = 0.0
    s.last_loud = sample
    s.leave = s.off
    s.step = s.now + sizes.block - (s.now - sample) % sizes.block
    s.window = sample + sizes.window
    s.calm = 0


@numba.njit(inline="always", **LOOP)
def _needed(s, rules):
    """Relief that ends a burst, given how often short pauses have come of late.

    As Bayes has it, the log of their odds is known before any sample: in speech, or in a train of
    clonic bursts, a lull is a pause; in a face that is quiet between long contractions it is one of
    the lulls that these have.
    """
    return max(rules.relief - np.log(1.0 + frequency(s, s.pause_rate) / SELDOM), LEAST_RELIEF)


@numba.njit(inline="always", **LOOP)
def follow_burst(s, value, signal, matched, origin, channel, sizes, rules, past, out, count):
    """Find where the burst under way began, and whether it is over.

    True if it has become too long for one: what is there now is the noise. Inlined, for it is asked
    every 5 ms: a call hands over every field of the memory, a hundred words, which takes longer.
    """
    s.step = s.now + sizes.block
    if not s.refined and s.now - s.crossed >= sizes.window:
        find_onset(s, s.crossed, signal, matched, origin, channel, sizes, past, out, count)
    if not s.refined:
        return False
    add_relief(s, signal, matched, origin, channel, sizes, past)
    if not s.looked and s.now - s.onset >= sizes.long:
        reconsider_onset(s, s.now + 1, signal, matched, origin, channel, sizes, past, out, count)
    if value < s.leave and s.relief >= _needed(s, rules) and _end_is_known(s, sizes):
        core = max(s.last_loud, s.core, s.now + 1 - sizes.recent) + 1
        quiet = quiet_from(s, core, signal, matched, origin, sizes)
        offset = locate_offset(s, core, quiet, signal, matched, origin, sizes, rules, past)
        if not s.looked:
            reconsider_onset(s, offset, signal, matched, origin, channel, sizes, past, out, count)
        n_after = s.now + 1 - offset
        tail = n_after * mean_power(signal, offset - origin, s.now + 1 - origin)
        end_burst(s, core, quiet, offset, s.energy - tail, sizes, rules, past.sums[channel])
    elif s.now - s.crossed >= sizes.longest:
        end_burst(s, s.now + 1, s.now + 1, s.now + 1, s.energy, sizes, rules, past.sums[channel])
        emit(s, CUT, channel, sizes.shortest, out, count)
        count_analyzed(s)
        return True
    elif s.now >= s.window:
        end_window(s, sizes, rules)
        heed_swings(s, signal, matched, origin, sizes)
        loud = s.core_energy / max(s.relieved - s.core, 1)
        set_relief_weights(s, loud, matched_noise(s) if s.weak else s.quiet, channel, past)
        s.leave = max(s.off, np.sqrt(ECHO * rules.ringing * s.energy / (s.now + 1 - s.core)))
        if may_be_noise(s, value):
            learn_window(s, value, 1, signal, matched, origin, channel, sizes, rules, past)
    return False


@numba.njit(inline="always", **LOOP)
def _end_is_known(s, sizes):
    """Whether the end of a loud burst, looked at behind the matched filter too, has come through.

    Of what drops at once by 30 dB and more, the relief is high enough earlier.
    """
    return not s.unsure or max(s.last_loud, s.core) <= s.now - sizes.half


@numba.njit(**LOOP)
def find_onset(s, loud_from, signal, matched, origin, channel, sizes, past, out, count):
    """Find where the burst began; emit the pending one if it lies too far back to merge."""
    locate_onset(s, loud_from, signal, matched, origin, channel, sizes, past)
    if s.pending and s.core - s.pending_core >= s.pending_gap:
        emit(s, GOOD, channel, shortest(s, sizes), out, count)


@numba.njit(**LOOP)
def reconsider_onset(s, stop, signal, matched, origin, channel, sizes, past, out, count):
    """Look again at where the burst began; emit the pending one if it is now too far back."""
    look_again(s, stop, signal, matched, origin, sizes, past)
    if s.pending and s.core - s.pending_core >= s.pending_gap:
        cut_pending(s, s.core - sizes.merge, signal, origin, sizes)
        s.onset = max(s.onset, s.pending_offset + sizes.merge)
        emit(s, GOOD, channel, shortest(s, sizes), out, count)
    elif s.pending:  # one with it: what both hold counts once
        cut_pending(s, s.onset, signal, origin, sizes)


@numba.njit(**LOOP)
def end_burst(s, core, quiet, offset, energy, sizes, rules, sums):
    """Make the burst under way pending, merged with a burst that is pending already.

    `core` is the sample after its core, `quiet` the first at which the filters no longer ring with
    it, `offset` the first after it has faded, `energy` its sum of squares up to there.
    """
    n_samples = offset - s.onset
    if s.pending:
        s.pending_peak = max(s.pending_peak, s.peak)
        s.pending_energy += energy
        s.pending_active += n_samples
        s.pending_weak = min(s.pending_weak, s.weak)
    else:
        s.pending = 1
        s.pending_onset = s.onset
        s.pending_swell = s.core - s.onset
        s.pending_peak = s.peak
        s.pending_energy = energy
        s.pending_active = n_samples
        s.pending_weak = s.weak
        faint = s.faint and not _stands_out(s, core - s.core, rules)
        if faint:
            s.faint_rate += rules.counting
            s.wanted = 0.0  # less from now on
        if s.core - s.pending_core < sizes.pause:
            s.pause_rate += rules.counting * (LULL if faint else 1.0)
    s.pending_core = core
    s.pending_quiet = quiet
    s.pending_offset = offset
    s.pending_gap = sizes.merge * (LULL_GAPS if _has_lulls(s, sizes) else 1)
    s.above = 0
    s.glow = max(s.glow, rules.ringing * max(energy, 0.0) / max(core - s.core, 1))
    s.window = s.now + sizes.window
    pass_over(s, sums, sizes)


@numba.njit(inline="always", **LOOP)
def _has_lulls(s, sizes):
    """Whether the pending burst lasts so long, and is so faint, that a lull of it seems a pause."""
    if s.pending_offset - s.pending_onset < LASTING * sizes.window:
        return False
    return s.pending_energy < LULLS * s.quiet * s.pending_active


@numba.njit(inline="always", **LOOP)
def _stands_out(s, n_samples, rules):
    """Whether the burst that ends now, its core `n_samples` long, is too clear to be faint."""
    loud = s.core_energy / max(s.relieved - s.core, 1)
    return is_clear(n_samples, loud / (matched_noise(s) if s.weak else s.quiet), freedom(s), rules)


@numba.njit(inline="always", **LOOP)
def shortest(s, sizes):
    """How long a burst has to be from onset to offset.

    Of a weak one the core has to be long enough, which is known less well behind the matched
    filter: noise has skirts too. A strong one may swell and fade within its shortest length.
    """
    skirts = s.pending_swell + s.pending_offset - s.pending_quiet
    return sizes.shortest + (skirts - sizes.half if s.pending_weak else min(skirts, 0))


@numba.njit(inline="always", **LOOP)
def end_window(s, sizes, rules):
    """End a window: the ring and the counts of faint bursts and pauses fade."""
    s.window = s.now + sizes.window
    s.glow = s.glow * rules.fading if s.glow > INAUDIBLE * s.quiet else 0.0
    s.faint_rate *= rules.forgetting
    s.pause_rate *= rules.forgetting
    s.filled = 1.0 - (1.0 - s.filled) * rules.forgetting
