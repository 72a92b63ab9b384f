"""Learning the noise: thresholds from quiet windows, and what counts as one.

Compiled helpers of :mod:`emgspasm.dsp.hysteresis`; `s` is one row of ``memory.CHANNEL``.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.baseline import level, quietest, remember

DOUBTED = 4
"""Windows that are learnt from as much as from one without doubt: noise that grows is followed in
half a minute, a weak contraction of ten seconds hardly raises the level [design]."""


@numba.njit(cache=True, nogil=True)
def calibrate(s, channel, sizes, rules, past):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Grow the quiet part from the quietest tenth of a second of the samples held back."""
    skip = min(sizes.settling, s.held // 2)
    envelope = past.held_envelope[channel, skip : s.held]
    # a recorder may begin with a constant; its rounding is no level
    envelope = envelope[envelope >= 1e-9 * envelope.max()]
    limit = 2.0 * quietest(envelope, 5 * sizes.window)
    for _ in range(4):
        s.seen = 0
        for i in range(0, len(envelope), sizes.window):
            if envelope[i] <= limit:
                learn(s, envelope[i], channel, past)
        if s.seen == 0:
            learn(s, limit / 2.0, channel, past)
        threshold(s, past.ordered[channel], sizes, rules)
        limit = s.on


@numba.njit(cache=True, nogil=True, inline="always")
def study(s, value, weight, channel, sizes, rules, past):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Learn the level of every so many windows; one in doubt counts for less of them."""
    s.blocks -= weight
    if s.blocks <= 0:
        s.blocks = sizes.hop * DOUBTED
        account(s)
        learn(s, value, channel, past)
        threshold(s, past.ordered[channel], sizes, rules)


@numba.njit(cache=True, nogil=True, inline="always")
def account(s):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Count the samples since the last call, at the level they had."""
    n_samples = s.now + 1 - max(s.counted, s.settled)
    if n_samples > 0:
        s.analyzed += n_samples
        s.noise += n_samples * s.base
    s.counted = s.now + 1


@numba.njit(cache=True, nogil=True, inline="always")
def learn(s, value, channel, past):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Remember a quiet value of the envelope, as its power 2/3 (see :func:`threshold`)."""
    remember(past.ordered[channel], past.arrival[channel], s.seen, np.cbrt(value * value))
    s.seen += 1


@numba.njit(cache=True, nogil=True, inline="always")
def threshold(s, ordered, sizes, rules):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Thresholds from the quiet values.

    The power of noise in a window is chi-squared with few degrees of freedom: skewed, so that six
    standard deviations of the envelope itself are reached by chance. Its cube root is Gaussian to
    a good approximation (Wilson & Hilferty 1931), with standard deviation / mean =
    sqrt(2 / (9 freedom)): thresholds are set there, and the spread tells the degrees of freedom.
    """
    middle, spread = level(ordered, min(s.seen, len(ordered)))
    middle = max(middle, 1e-3 * np.cbrt(s.floor * s.floor), 1e-100)
    spread = max(spread, rules.least_spread * middle)
    on = _envelope(middle + rules.on_sigma * spread)
    off = _envelope(middle + rules.off_sigma * spread)
    s.base = _envelope(middle)
    s.on = max(on, s.floor)
    s.off = s.base + (s.on - s.base) * (off - s.base) / (on - s.base)
    s.quiet = (middle + spread * spread / middle) ** 3
    s.weight = min(1.0, (middle / spread) ** 2 / (4.5 * sizes.window))


@numba.njit(cache=True, nogil=True, inline="always")
def _envelope(value):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Power 3/2: back from where the noise is Gaussian."""
    return value * np.sqrt(value)
