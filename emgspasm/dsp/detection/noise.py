"""Learning the noise: thresholds from quiet windows, and what counts as one.

Compiled helpers of :mod:`emgspasm.dsp.detection.hysteresis`; `s` is one row of ``memory.CHANNEL``.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.compiled import LOOP
from emgspasm.dsp.detection.baseline import level, quietest, remember
from emgspasm.dsp.detection.boundaries import mean_power
from emgspasm.dsp.detection.matched import design

SEED = 2
"""Consecutive windows, the quietest of which are the first guess of the noise: the pauses of a
train are at least that long [design]."""

WHITENED = 1.12
"""Most independent values behind the matched filter, in units of those it leaves of white noise:
it can make other noise whiter, so a little more than 1; with 1 weak bursts are lost [sim]."""

HOP = 4
"""Windows from one that is learnt to the next [design]."""

DOUBTED = 4
"""Windows in doubt that count as much as one without doubt. So noise that grows is followed within
half a minute, and a weak contraction of ten seconds hardly raises the level [design]."""

PATIENCE = 0.01
"""Weight of a new window in the slow means of the noise's power before and behind the matched
filter, and of its scatter [design]."""

QUIET = 6.0
"""Standard deviations over the noise level up to which a window may be noise, wherever a burst is
said to begin (clinical facts 4 [design]): noise is what it is."""

SWINGS = 2.0
"""A cable swings in the first seconds where the matched filter leaves this many times as large a
share of the quietest windows' power as of the power of all windows that may be noise [sim]."""

CALM, STILL = 0.1, 0.3
"""Share of the first seconds that the quietest windows must make up, and of the noise level that
they must reach, to be used alone: after a recorder stood still for a moment, windows hold what the
filters still ring with, not noise [design]."""

TRAIN = 1.0
"""Short pauses per second from which the ends of bursts are not taken for noise [sim]: they made
the level creep up in a train without rest, until the detector was deaf."""

LOWER = 12
"""Windows in a row that must be too quiet for the level before it is learnt anew: a quarter of a
second, longer than any lull of a tonic contraction [design]."""


@numba.njit(cache=True, nogil=True)
def calibrate(s, channel, sizes, rules, past):
    """Grow the quiet part from the quietest windows of the samples held back.

    By the lower threshold: up to the upper one, in a narrow band, it would take whole bursts in.
    """
    skip = min(sizes.settling, s.held // 2)
    held = past.held_envelope[channel, skip : s.held]
    # a recorder may begin with a constant; its rounding is no level
    envelope = held[held >= 1e-9 * held.max()]
    limit = 2.0 * quietest(envelope, SEED * sizes.window)
    s.raw = s.passed = s.narrowing = s.white_weight = 1.0
    for _ in range(4):
        s.seen = 0
        s.scatter = 0.0
        for i in range(0, len(envelope), sizes.window):
            if envelope[i] <= limit:
                learn(s, envelope[i], past.ordered[channel], past.arrival[channel])
        if s.seen == 0:
            learn(s, limit / 2.0, past.ordered[channel], past.arrival[channel])
        threshold(s, past.ordered[channel], sizes, rules)
        limit = s.off
    signal = past.held_signal[channel, skip : s.held]
    share = _match(s, held, signal, past.spectrum, past.taps[channel], sizes)
    s.matched_weight = _matched_weight(s)
    s.raw = s.quiet
    s.passed = s.lately = s.quiet * share


@numba.njit(inline="always", cache=True, nogil=True)
def _match(s, held, signal, spectrum, taps, sizes):
    """Design the matched filter; returns the share of the noise's power that it leaves.

    The quietest windows are few, and not like all of the noise: the filter is designed from them
    alone only where a cable swung in the others.
    """
    early, late = held[: len(held) - sizes.window + 1], held[sizes.window - 1 :]
    signal = signal[: len(late)]  # the envelope looks back
    loudest, least = np.maximum(early, late), np.minimum(early, late)
    share, s.narrowing, s.white_weight = design(signal, loudest <= s.noise_most, spectrum, taps)
    calm, calm_taps = (loudest <= s.base) & (least >= STILL * s.base), np.empty_like(taps)
    calm_share, narrow, widest = design(signal, calm, spectrum, calm_taps)
    if calm_share > SWINGS * share and calm.sum() >= CALM * len(calm):
        share, s.narrowing, s.white_weight = calm_share, narrow, widest
        taps[:] = calm_taps
    return share


@numba.njit(inline="always", **LOOP)
def may_be_noise(s, value):
    """Whether a window is quiet enough to be learnt from, by its envelope."""
    return value < (s.off if s.pause_rate > TRAIN else s.noise_most)


@numba.njit(inline="always", **LOOP)
def learn_window(s, value, weight, signal, matched, origin, channel, sizes, rules, past):
    """Learn the level of one window in :data:`HOP`; one in doubt counts for a quarter of one."""
    # a hundredth of the noise is no noise but a recorder that stands still
    s.lower = s.lower + 1 if 0.01 * s.base < value < s.noise_least else 0
    s.windows -= weight
    if s.lower >= LOWER:
        _relearn(s, signal, origin, channel, sizes, rules, past)
    elif s.windows <= 0:
        s.windows = HOP * DOUBTED
        ordered, arrival = past.ordered[channel], past.arrival[channel]
        _learn_now(s, value, signal, matched, origin, ordered, arrival, sizes, rules)


@numba.njit(**LOOP)
def _learn_now(s, value, signal, matched, origin, ordered, arrival, sizes, rules):
    """Learn from the window that ends now.

    Called often: it takes the rows of `past` that it needs, for to hand over all of it takes long.
    """
    count_analyzed(s)
    learn(s, value, ordered, arrival)
    _compare(s, signal, matched, origin, sizes)
    threshold(s, ordered, sizes, rules)


@numba.njit(**LOOP)
def _relearn(s, signal, origin, channel, sizes, rules, past):
    """Learn the level from the last windows alone: it was that of a contraction."""
    count_analyzed(s)
    s.lower = s.seen = 0
    ordered, arrival = past.ordered[channel], past.arrival[channel]
    for i in range(LOWER):
        first = s.now + 1 - (LOWER - i) * sizes.window - origin
        learn(s, np.sqrt(mean_power(signal, first, first + sizes.window)), ordered, arrival)
    threshold(s, ordered, sizes, rules)


@numba.njit(inline="always", **LOOP)
def _compare(s, signal, matched, origin, sizes):
    """Follow what the matched filter leaves of the noise, over the window that ends now."""
    first, raw, passed = s.now + 1 - sizes.window - origin, 0.0, 0.0
    before, after = signal[first:], matched[first:]
    for i in range(sizes.window):
        raw += before[i] * before[i]
        passed += after[i]
    s.raw += PATIENCE * (raw / sizes.window - s.raw)
    s.passed += PATIENCE * (passed / sizes.window - s.passed)


@numba.njit(inline="always", **LOOP)
def count_analyzed(s):
    """Count the samples since the last call, at the level they had."""
    n_samples = s.now + 1 - max(s.counted, s.settled)
    if n_samples > 0:
        s.analyzed += n_samples
        s.noise += n_samples * s.base
    s.counted = s.now + 1


@numba.njit(inline="always", **LOOP)
def learn(s, value, ordered, arrival):
    """Remember a quiet value of the envelope, as its power 2/3 (see :func:`threshold`)."""
    remember(ordered, arrival, s.seen, np.cbrt(value * value))
    s.seen += 1


@numba.njit(inline="always", **LOOP)
def threshold(s, ordered, sizes, rules):
    """Thresholds from the quiet values.

    The power of noise in a window is chi-squared with few degrees of freedom: skewed, so that six
    standard deviations of the envelope itself are reached by chance. Its cube root is Gaussian to
    a good approximation (Wilson & Hilferty 1931), with standard deviation / mean =
    sqrt(2 / (9 freedom)): thresholds are set there, and the spread tells the degrees of freedom.
    """
    middle, spread = level(ordered, min(s.seen, len(ordered)))
    middle = max(middle, s.bottom)
    spread = max(spread, rules.least_spread * middle)
    on = _envelope(middle + rules.on_sigma * spread)
    off = _envelope(middle + rules.off_sigma * spread)
    s.base = _envelope(middle)
    s.noise_least = _envelope(max(middle - 2.0 * spread, 0.0))
    s.on = max(on, s.floor)
    s.noise_most = min(max(_envelope(middle + QUIET * spread), s.floor), s.on)
    s.off = s.base + (s.on - s.base) * (off - s.base) / (on - s.base)
    s.quiet = (middle + spread * spread / middle) ** 3
    scatter = (spread / middle) ** 2
    s.scatter += (scatter - s.scatter) * (PATIENCE if s.scatter > 0.0 else 1.0)
    s.weight = min(1.0, 1.0 / (4.5 * sizes.window * s.scatter))
    s.matched_weight = _matched_weight(s)


@numba.njit(inline="always", **LOOP)
def _matched_weight(s):
    """Independent values in a sample behind the matched filter, bounded by those of white noise.

    The share that the filter leaves of them is estimated from the first seconds. Where a cable
    swung in these, it comes out many times too large, and the noise that follows would be full of
    evidence for the rest of the run.
    """
    return min(s.weight * s.narrowing, WHITENED * s.white_weight)


@numba.njit(inline="always", **LOOP)
def _envelope(value):
    """Power 3/2: back from where the noise is Gaussian."""
    return value * np.sqrt(value)
