"""How far the loop goes before it must decide again.

Most samples change nothing by themselves: they are taken in a stride, up to the next that asks for
a decision. Compiled helpers of :mod:`emgspasm.dsp.detection.hysteresis`; `s` is one row of
``memory.CHANNEL``.
"""

from __future__ import annotations

import numba

from emgspasm.dsp.compiled import LOOP
from emgspasm.dsp.detection.boundaries import earliest_begin
from emgspasm.dsp.detection.watermark import next_crossing


@numba.njit(inline="always", **LOOP)
def take_quiet(s, start, i, values):
    """Take quiet samples in up to one that asks for a decision; whether there is one."""
    ahead, on, n_loud = values[i : i + s.calm + 1], s.on, 0
    for k in range(len(ahead)):  # without a branch: several at once
        n_loud += ahead[k] >= on
    n = len(ahead) - 1
    if n_loud:
        n = 0
        while ahead[n] < on:
            n += 1
    due = n_loud > 0 or n == s.calm
    s.calm -= n + 1
    s.now = start + i + n
    return i + n + 1, due


@numba.njit(inline="always", **LOOP)
def take_burst(s, start, i, values, signal):
    """Take samples of a burst in up to one that asks for a decision; whether there is one."""
    stop = max(s.step - start, i) + 1
    ahead, samples = values[i:stop], signal[i:stop]
    peak, energy = s.peak, s.energy  # as locals they stay in registers
    for n in range(len(ahead)):
        peak = max(peak, ahead[n])
        energy += samples[n] * samples[n]
    s.peak, s.energy = peak, energy
    s.now = start + i + len(ahead) - 1
    return i + len(ahead), s.now >= s.step


@numba.njit(inline="always", **LOOP)
def is_parted(s, sizes):
    """Whether no burst to come can merge with the pending one."""
    return earliest_begin(s, next_crossing(s, sizes), sizes) >= _merging(s)


@numba.njit(inline="always", **LOOP)
def calm_ahead(s, sizes):
    """Samples until the next that can change anything, unless it is above `on`."""
    calm = s.window - s.now - 1
    if s.pending and s.evidence == 0.0:
        calm = min(calm, _merging(s) + sizes.back - s.now - 2)
    return max(calm, 0)


@numba.njit(inline="always", **LOOP)
def _merging(s):
    """First sample at which the core of a burst is too late to merge with the pending one."""
    return max(s.pending_offset, s.pending_core) + s.pending_gap
