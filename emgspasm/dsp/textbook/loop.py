"""The compiled loop of the published detectors, sample by sample.

All of them compare a value of the last few samples with a threshold learnt from rest, and ask for
some values above it in a row. The loop sees one sample of one channel and nothing of the chunk it
came in, so that any chunking gives the same bursts.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.detection.emission import emit, emit_stretch, postpone, roomy
from emgspasm.dsp.detection.memory import CALIBRATING, CUT, GOOD, IDLE, ROW, RUNNING
from emgspasm.dsp.textbook.memory import PAIRS, TEAGER, Past, Rule


@numba.njit(cache=True, nogil=True)
def detect(
    start: int,
    filtered: NDArray[np.float64],
    envelope: NDArray[np.float64],
    rule: Rule,
    past: Past,
) -> NDArray[np.void]:
    """Bursts that become certain within these samples, shape (n,) of ``memory.ROW``.

    Among them the stretches in which they were sought, of runs that end here.
    `filtered` and `envelope` have a row a channel.
    """
    out = np.empty(16, ROW)
    count = np.zeros(1, np.int64)
    n_channels, n_samples = envelope.shape
    for channel in range(n_channels):
        s = past.channels[channel]
        for row in range(n_samples):
            level, sample = envelope[channel, row], filtered[channel, row]
            if np.isnan(level):
                if s.phase != IDLE:
                    out = _end(start + row, channel, rule, past, out, count)
                continue
            if s.phase == IDLE:
                _begin(s, start + row, rule)
            if s.phase == RUNNING:
                out = _take(level, sample, channel, rule, past, out, count)
                continue
            past.held_envelope[channel, s.held] = level
            past.held_signal[channel, s.held] = sample
            s.held += 1
            if s.held == rule.calibration:
                out = _release(channel, rule, past, out, count)
    return out[: count[0]]


@numba.njit(cache=True, nogil=True)
def earliest_onset(past: Past, rule: Rule, stop: int, shift: int) -> int:
    """Earliest onset, corrected by `shift`, that a burst still to be said can have."""
    earliest = stop
    for s in past.channels:
        if s.phase == IDLE:
            continue
        if s.phase == CALIBRATING:
            first = s.begin
        elif s.pending:
            first = s.pending_onset
        else:
            first = s.onset if s.open else _earliest(s, rule)
        earliest = min(earliest, max(first - shift, s.begin))
    return earliest


@numba.njit(cache=True, nogil=True)
def _begin(s, sample, rule):
    s.phase = CALIBRATING
    s.begin = sample
    s.now = sample - 1
    s.settled = sample + rule.settling
    s.held = s.values = s.rising = s.lasting = s.open = s.pending = 0
    s.base = s.mean = s.limit = np.nan


@numba.njit(cache=True, nogil=True)
def _end(stop, channel, rule, past, out, count):
    """End the channel's run before sample `stop`, as the end of the stream does."""
    s = past.channels[channel]
    first = count[0]
    if s.phase == CALIBRATING and s.held >= rule.fewest:
        out = _release(channel, rule, past, out, count)
    if s.phase == RUNNING:
        if s.open:
            _close(s, s.now + 1, channel, rule, past)
            emit(s, CUT, channel, rule.shortest, out, count)
        elif s.pending:
            emit(s, GOOD, channel, rule.shortest, out, count)
        emit_stretch(s, channel, out, count)
    postpone(out, first, count, stop)
    s.phase = IDLE
    s.base = s.mean = s.limit = np.nan
    return roomy(out, count)


@numba.njit(cache=True, nogil=True)
def _release(channel, rule, past, out, count):
    """Learn what rest is from the samples held back, then run the loop over them."""
    s = past.channels[channel]
    first = count[0]
    _calibrate(s, channel, rule, past)
    s.phase = RUNNING
    s.now = s.begin - 1
    for i in range(s.held):
        level, sample = past.held_envelope[channel, i], past.held_signal[channel, i]
        out = _take(level, sample, channel, rule, past, out, count)
    s.held = 0
    postpone(out, first, count, s.now)
    return out


@numba.njit(cache=True, nogil=True)
def _calibrate(s, channel, rule, past):
    """Threshold from the quietest stretch of what was held back."""
    held = past.held_signal[channel, : s.held]
    values = np.empty(s.held)
    for i in range(s.held):
        s.now = s.begin + i
        past.signal[channel, s.now & (rule.ring - 1)] = held[i]
        values[i] = _value(s, past.signal[channel], rule)
    first = min(rule.settling, s.held // 2) + rule.window + 2
    length = min(rule.rest, s.held - first)
    best, at = np.inf, first
    for start in range(first, s.held - length + 1):
        mean = float(np.mean(values[start : start + length]))
        if mean < best:
            best, at = mean, start
    s.mean = best
    s.limit = rule.factor * best + rule.sigmas * np.std(values[at : at + length])
    s.base = np.sqrt(np.mean(held[at : at + length] ** 2))


@numba.njit(cache=True, nogil=True)
def _value(s, ring, rule):
    """What is compared with the threshold at the sample `now`; 0 until there is enough."""
    mask = len(ring) - 1
    total = 0.0
    if s.now - s.begin < rule.window + 1:
        return total
    if rule.value == PAIRS:
        one, other = ring[s.now & mask], ring[(s.now - 1) & mask]
        return one * one + other * other
    for k in range(s.now - rule.window + 1, s.now + 1):
        here = ring[k & mask]
        if rule.value == TEAGER:
            middle = ring[(k - 1) & mask]
            total += abs(middle * middle - here * ring[(k - 2) & mask])
        else:
            total += abs(here)
    return total / rule.window


@numba.njit(cache=True, nogil=True)
def _take(level, sample, channel, rule, past, out, count):
    """The textbook loop, for one sample."""
    s = past.channels[channel]
    s.now += 1
    past.envelope[channel, s.now & (rule.ring - 1)] = level
    past.signal[channel, s.now & (rule.ring - 1)] = sample
    if s.now >= s.settled:
        s.analyzed += 1
        s.noise += s.base
    if s.open:
        s.peak = max(s.peak, level)
        s.energy += sample * sample
    if (s.now - s.begin + 1) % rule.step == 0:
        _count(s, channel, rule, past)
        if not s.open and s.rising >= rule.least:
            _open(s, channel, rule, past, out, count)
        elif s.open and s.lasting < rule.keep:
            _close(s, max(s.onset, s.last - rule.lag) + 1, channel, rule, past)
        elif not s.open and s.pending and _earliest(s, rule) >= s.pending_offset + rule.merge:
            emit(s, GOOD, channel, rule.shortest, out, count)
    if s.open and s.now - s.onset >= rule.longest:
        _close(s, s.now + 1, channel, rule, past)
        emit(s, CUT, channel, rule.shortest, out, count)
        emit_stretch(s, channel, out, count)
        _begin(s, s.now + 1, rule)
    return roomy(out, count)


@numba.njit(cache=True, nogil=True)
def _count(s, channel, rule, past):
    """How many of the last values are above the threshold."""
    above, mask = past.above[channel], rule.ring - 1
    is_above = 1 if _value(s, past.signal[channel], rule) > s.limit else 0
    if s.values >= rule.span:
        s.rising -= above[(s.values - rule.span) & mask]
    if s.values >= rule.out_span:
        s.lasting -= above[(s.values - rule.out_span) & mask]
    above[s.values & mask] = is_above
    s.rising += is_above
    s.lasting += is_above
    s.values += 1
    if is_above:
        s.last = s.now


@numba.njit(cache=True, nogil=True)
def _earliest(s, rule):
    """Earliest onset a burst to come can be given."""
    return max(s.now + 1 - (rule.span - 1) * rule.step - rule.lead, s.begin)


@numba.njit(cache=True, nogil=True)
def _open(s, channel, rule, past, out, count):
    """Begin at the first of the values that made the burst."""
    mask = rule.ring - 1
    j = s.values - min(rule.span, s.values)
    while not past.above[channel, j & mask]:
        j += 1
    s.onset = max(s.now - (s.values - 1 - j) * rule.step - rule.lead, s.begin)
    if s.pending:
        s.onset = max(s.onset, s.pending_offset)
    s.open = 1
    s.peak = s.energy = 0.0
    for k in range(s.onset, s.now + 1):
        s.peak = max(s.peak, past.envelope[channel, k & mask])
        s.energy += past.signal[channel, k & mask] ** 2
    if s.pending and s.onset - s.pending_offset >= rule.merge:
        emit(s, GOOD, channel, rule.shortest, out, count)


@numba.njit(cache=True, nogil=True)
def _close(s, offset, channel, rule, past):
    """Make the open burst pending, merged with the one that is."""
    energy = s.energy
    for k in range(offset, s.now + 1):
        energy -= past.signal[channel, k & (rule.ring - 1)] ** 2
    if not s.pending:
        s.pending_onset = s.onset
        s.pending_peak = s.pending_energy = 0.0
        s.pending_active = 0
    s.pending = 1
    s.pending_peak = max(s.pending_peak, s.peak)
    s.pending_energy += energy
    s.pending_active += offset - s.onset
    s.pending_offset = offset
    s.open = 0
