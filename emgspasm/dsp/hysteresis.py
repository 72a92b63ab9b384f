"""The compiled loop of the burst detector: sample by sample, state explicit.

The loop sees one sample of one channel and nothing of the chunk it came in,
so that any chunking gives the same bursts. Envelope and filtered power arrive together.

A burst begins in one of two ways. Strong ones: the envelope reaches the `on` threshold. Weak and
long ones: window after window, the log-likelihood that the variance has risen is summed up (Page's
CUSUM, 1954: the quickest test there is) and reaches `evidence`; until it is back at zero there is
doubt, and what is in doubt is not learnt as noise. A burst ends when the envelope is under the
`off` threshold *and* the same sum, turned round, says that the noise is back. Where exactly it
began and ended is then sought in the power: the most likely moment of the change.

What every quiet window passes through is inlined: handing the memory's arrays to a function counts
references, which took longer than the arithmetic.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.emission import emit, postpone, roomy
from emgspasm.dsp.memory import (
    CALIBRATING,
    CUT,
    GOOD,
    IDLE,
    ROW,
    RUNNING,
    Memory,
    Rules,
    Sizes,
)
from emgspasm.dsp.noise import DOUBTED, account, calibrate, study


@numba.njit(cache=True, nogil=True)
def detect(
    start: int,
    filtered: NDArray[np.float64],
    envelope: NDArray[np.float64],
    sizes: Sizes,
    rules: Rules,
    past: Memory,
) -> NDArray[np.void]:
    """Bursts that become certain within these samples, shape (n,) of :data:`ROW`, by channel."""
    out = np.empty(16, ROW)
    count = np.zeros(1, np.int64)
    for channel in range(envelope.shape[1]):
        s, row = past.channels[channel], 0
        while row < len(envelope):
            if np.isnan(envelope[row, channel]):
                if s.phase != IDLE:
                    out = _end(start + row, channel, sizes, rules, past, out, count)
                row += 1
            elif s.phase == RUNNING:
                values, signal = envelope[row:, channel], filtered[row:, channel]
                n, out = _run(start + row, values, signal, channel, sizes, rules, past, out, count)
                row += n
            else:
                if s.phase == IDLE:
                    _begin(s, start + row, sizes)
                past.held_envelope[channel, s.held] = envelope[row, channel]
                past.held_signal[channel, s.held] = filtered[row, channel]
                s.held += 1
                row += 1
                if s.held == sizes.calibration:
                    out = _release(channel, sizes, rules, past, out, count)
    return out[: count[0]]


@numba.njit(cache=True, nogil=True)
def finish(stop: int, sizes: Sizes, rules: Rules, past: Memory) -> NDArray[np.void]:
    """Bursts that become certain because the segment ends before sample `stop`."""
    out = np.empty(16, ROW)
    count = np.zeros(1, np.int64)
    for channel in range(len(past.channels)):
        if past.channels[channel].phase != IDLE:
            out = _end(stop, channel, sizes, rules, past, out, count)
    return out[: count[0]]


@numba.njit(cache=True, nogil=True)
def _begin(s, sample, sizes):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    s.phase = CALIBRATING
    s.begin = sample
    s.settled = sample + sizes.settling
    s.counted = sample
    s.calm = 0
    s.held = 0
    s.seen = 0
    s.above = 0
    s.pending = 0
    s.evidence = 0.0
    s.block = sample + sizes.window - 1
    s.blocks = sizes.hop * DOUBTED
    s.on = s.off = s.base = np.nan


@numba.njit(cache=True, nogil=True)
def _release(channel, sizes, rules, past, out, count):  # type: ignore[no-untyped-def]  # see _begin
    """Learn the level from the samples held back, then run the loop over them."""
    s = past.channels[channel]
    first = count[0]
    calibrate(s, channel, sizes, rules, past)
    s.phase = RUNNING
    values, signal = past.held_envelope[channel, : s.held], past.held_signal[channel, : s.held]
    _, out = _run(s.begin, values, signal, channel, sizes, rules, past, out, count)
    s.held = 0
    postpone(out, first, count, s.now)
    return out


@numba.njit(cache=True, nogil=True)
def _end(stop, channel, sizes, rules, past, out, count):  # type: ignore[no-untyped-def]  # see _begin
    """End the channel's run before sample `stop`, as the end of the stream does."""
    s = past.channels[channel]
    first = count[0]
    if s.phase == CALIBRATING and s.held >= sizes.fewest:
        out = _release(channel, sizes, rules, past, out, count)
    if s.phase == RUNNING:
        if s.above:
            if not s.refined:
                _open(s, s.crossed, channel, sizes, past, out, count)
            _close(s, s.now + 1, s.energy, sizes)
            emit(s, CUT, channel, sizes.shortest, out, count)
        elif s.pending:
            emit(s, GOOD, channel, sizes.shortest, out, count)
        account(s)
    postpone(out, first, count, stop)
    s.phase = IDLE
    s.calm = 0
    s.on = s.off = s.base = np.nan
    return roomy(out, count)


@numba.njit(cache=True, nogil=True)
def _run(start, values, signal, channel, sizes, rules, past, out, count):  # type: ignore[no-untyped-def]  # see _begin
    """Take samples in until one is missing or the channel stops running; how many were taken."""
    s, ring = past.channels[channel], past.power[channel]
    taken, due = 0, True
    while due and s.phase == RUNNING:
        if s.above:
            taken, due = _last(s, ring, rules, start, taken, values, signal)
        else:
            taken, due = _wait(s, ring, start, taken, values, signal)
        if due:
            out = _decide(values[taken - 1], channel, sizes, rules, past, out, count)
    return taken, out


@numba.njit(cache=True, nogil=True)
def _wait(s, ring, start, i, values, signal):  # type: ignore[no-untyped-def]  # see _begin
    """Take quiet samples in up to one that asks for a decision; whether there is one."""
    on, calm, due = s.on, s.calm, False
    while i < len(values) and not due and not np.isnan(values[i]):
        ring[(start + i) & (len(ring) - 1)] = signal[i] * signal[i]
        calm -= 1
        due = calm < 0 or values[i] >= on
        i += 1
    s.calm = calm
    s.now = start + i - 1
    return i, due


@numba.njit(cache=True, nogil=True)
def _last(s, ring, rules, start, i, values, signal):  # type: ignore[no-untyped-def]  # see _begin
    """Take samples of a burst in up to one that asks for a decision; whether there is one."""
    peak, energy, relief, due = s.peak, s.energy, s.relief, False
    while i < len(values) and not due and not np.isnan(values[i]):
        power = signal[i] * signal[i]
        ring[(start + i) & (len(ring) - 1)] = power
        peak = max(peak, values[i])
        energy += power
        relief = max(0.0, relief - power * s.slope + s.cost)
        if relief == 0.0:
            s.loud = start + i
        over = values[i] < s.off and relief >= rules.relief
        due = over or not s.refined or start + i >= s.block
        i += 1
    s.peak, s.energy, s.relief = peak, energy, relief
    s.now = start + i - 1
    return i, due


@numba.njit(cache=True, nogil=True, inline="always")
def _decide(value, channel, sizes, rules, past, out, count):  # type: ignore[no-untyped-def]  # see _begin
    """The textbook loop, for the sample just taken in."""
    s = past.channels[channel]
    if s.above:
        over = value < s.off and s.relief >= rules.relief
        if not s.refined and (s.now - s.crossed >= sizes.window or over):
            _open(s, s.crossed, channel, sizes, past, out, count)
        if over:
            offset = max(s.loud, s.onset, s.now + 1 - sizes.ring) + 1
            tail = _mean(past.power[channel], offset, s.now + 1) * (s.now + 1 - offset)
            _close(s, offset, s.energy - tail, sizes)
        elif s.now - s.crossed >= sizes.longest:
            _close(s, s.now + 1, s.energy, sizes)
            emit(s, CUT, channel, sizes.shortest, out, count)
            account(s)
            _begin(s, s.now + 1, sizes)
        elif s.refined and s.now >= s.block:
            s.block = s.now + sizes.window
            _expect(s, s.energy / (s.now + 1 - s.onset), rules)
            if value < s.on:
                study(s, value, 1, channel, sizes, rules, past)
    elif value >= s.on:
        _cross(s, s.now, value, sizes, rules)
    else:
        if s.now >= s.block:
            _weigh(s, value, channel, sizes, rules, past, out, count)
        if s.pending and _earliest(s, sizes) >= s.pending_offset + sizes.merge:
            emit(s, GOOD, channel, sizes.shortest, out, count)
        s.calm = 0 if s.above else _calm(s, sizes)
    return roomy(out, count) if count[0] + 2 > len(out) else out


@numba.njit(cache=True, nogil=True)
def _expect(s, loud, rules):  # type: ignore[no-untyped-def]  # see _begin
    """Weigh relief for a burst of this power: a loud one is missed at once, a weak one later."""
    rise = max(rules.rise, loud / s.quiet)
    s.slope = 0.5 * s.weight * (1.0 - 1.0 / rise) / s.quiet
    s.cost = 0.5 * s.weight * np.log(rise)


@numba.njit(cache=True, nogil=True, inline="always")
def _favour(power, quiet, rise):  # type: ignore[no-untyped-def]  # see _begin
    """Log-likelihood ratio of a Gaussian value: variance `rise` times `quiet`, against `quiet`."""
    return 0.5 * (power / quiet * (1.0 - 1.0 / rise) - np.log(rise))


@numba.njit(cache=True, nogil=True)
def _cross(s, sample, value, sizes, rules):  # type: ignore[no-untyped-def]  # see _begin
    s.above = 1
    s.refined = 0
    s.crossed = sample
    s.peak = value
    s.relief = 0.0
    s.loud = sample
    s.block = sample + sizes.window
    s.calm = 0
    _expect(s, value * value, rules)


@numba.njit(cache=True, nogil=True, inline="always")
def _weigh(s, value, channel, sizes, rules, past, out, count):  # type: ignore[no-untyped-def]  # see _begin
    """Judge the window that ends here: more evidence, or quiet to learn from."""
    s.block = s.now + sizes.window
    if s.evidence == 0.0:
        s.doubt = s.now + 1 - sizes.window
    s.doubt = max(s.doubt, s.now - sizes.doubt)
    favour = sizes.window * s.weight * _favour(value * value, s.quiet, rules.rise)
    s.evidence = max(0.0, s.evidence + favour)
    if s.evidence >= rules.evidence:
        _cross(s, s.now, value, sizes, rules)
        _open(s, s.doubt, channel, sizes, past, out, count)
    else:  # a little evidence comes and goes with loud noise, which is to be learnt as noise
        weight = 1 if s.evidence > rules.evidence / 3 else DOUBTED
        study(s, value, weight, channel, sizes, rules, past)


@numba.njit(cache=True, nogil=True, inline="always")
def _earliest(s, sizes):  # type: ignore[no-untyped-def]  # see _begin
    """Earliest onset a burst to come can be given."""
    earliest = s.now + 1 - sizes.back
    return min(earliest, s.doubt - sizes.window) if s.evidence > 0.0 else earliest


@numba.njit(cache=True, nogil=True, inline="always")
def _calm(s, sizes):  # type: ignore[no-untyped-def]  # see _begin
    """Samples until the next that can change anything, unless it is above `on`."""
    calm = s.block - s.now - 1
    if s.pending and s.evidence == 0.0:
        calm = min(calm, s.pending_offset + sizes.merge + sizes.back - s.now - 2)
    return max(calm, 0)


@numba.njit(cache=True, nogil=True)
def _open(s, loud_from, channel, sizes, past, out, count):  # type: ignore[no-untyped-def]  # see _begin
    """Find where the burst began; let the one before go if it lies too far back to merge."""
    power = past.power[channel]
    earliest = s.crossed - sizes.back
    if s.evidence > 0.0:
        earliest = min(earliest, s.doubt - sizes.window)
    earliest = max(earliest, s.begin)
    if s.pending:
        earliest = max(earliest, s.pending_offset)
    loud = _mean(power, loud_from, s.now + 1)
    s.onset = max(earliest, s.crossed - sizes.window // 2)
    if loud > 1.2 * s.quiet:
        likelihood, best = 0.0, -np.inf
        slope, cost = 1.0 / s.quiet - 1.0 / loud, np.log(loud / s.quiet)
        for k in range(s.now, earliest - 1, -1):
            likelihood += power[k & (sizes.ring - 1)] * slope - cost
            if likelihood > best and k <= s.crossed:
                best = likelihood
                s.onset = k
    s.energy = _mean(power, s.onset, s.now + 1) * (s.now + 1 - s.onset)
    s.refined = 1
    s.evidence = 0.0
    if s.pending and s.onset - s.pending_offset >= sizes.merge:
        emit(s, GOOD, channel, sizes.shortest, out, count)


@numba.njit(cache=True, nogil=True)
def _mean(ring, start, stop):  # type: ignore[no-untyped-def]  # see _begin
    """Mean of the ring from sample `start` to `stop`, half open; 0 if that is nothing."""
    total = 0.0
    for i in range(start, stop):
        total += ring[i & (len(ring) - 1)]
    return total / max(stop - start, 1)


@numba.njit(cache=True, nogil=True)
def _close(s, offset, energy, sizes):  # type: ignore[no-untyped-def]  # see _begin
    """Make the open burst pending, merged with the one that is."""
    if s.pending:
        s.pending_peak = max(s.pending_peak, s.peak)
        s.pending_energy += energy
        s.pending_active += offset - s.onset
    else:
        s.pending = 1
        s.pending_onset = s.onset
        s.pending_peak = s.peak
        s.pending_energy = energy
        s.pending_active = offset - s.onset
    s.pending_offset = offset
    s.above = 0
    s.evidence = 0.0
    s.block = s.now + sizes.window
