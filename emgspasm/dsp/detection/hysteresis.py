"""The compiled loop of the burst detector: sample by sample, state explicit.

The loop decides by samples up to now and by nothing of the chunk they came in, so that any
chunking gives the same bursts.

A burst begins in one of two ways. Strong ones: the envelope reaches the `on` threshold, and what is
behind the matched filter is loud as well, which a cable that swings is not. Weak ones: behind the
matched filter, some stretch up to now is too powerful for noise
(:mod:`emgspasm.dsp.detection.evidence`); until the evidence is back at zero there is doubt, and
what is in doubt is not learnt as noise. A burst ends when the envelope is under the `off` threshold
*and* the log-likelihood that the noise is back, summed sample by sample, is high enough; less of it
will do where bursts come in trains. Where exactly it began and ended is then sought in the power
(:mod:`emgspasm.dsp.detection.underway`, :mod:`emgspasm.dsp.detection.boundaries`).

Filters ring. What they still ring with after a burst is known from its power: it is added to the
noise until it has faded, so that no burst has an echo.

What every quiet window passes through is inlined: a call, with all the memory's arrays, took longer
than the arithmetic.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP, copy, read_only
from emgspasm.dsp.detection.emission import emit, emit_stretch, has_room, postpone, roomy
from emgspasm.dsp.detection.evidence import confirmed, seek_weak
from emgspasm.dsp.detection.matched import power_behind
from emgspasm.dsp.detection.memory import (
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
from emgspasm.dsp.detection.noise import (
    DOUBTED,
    HOP,
    calibrate,
    count_analyzed,
    learn_window,
    may_be_noise,
)
from emgspasm.dsp.detection.strides import calm_ahead, is_parted, take_burst, take_quiet
from emgspasm.dsp.detection.underway import (
    ECHO,
    begin_burst,
    end_burst,
    end_window,
    find_onset,
    follow_burst,
    reconsider_onset,
    shortest,
)
from emgspasm.dsp.detection.watermark import next_crossing
from emgspasm.dsp.kernels import present

AT_HAND = 2048
"""Samples of a channel that are taken at a time: all that is made of them stays in the nearest
cache."""


@numba.njit(cache=True, nogil=True)
def detect(
    start: int,
    filtered: NDArray[np.float64],
    envelope: NDArray[np.float64],
    sizes: Sizes,
    rules: Rules,
    past: Memory,
) -> NDArray[np.void]:
    """Bursts that become certain within these samples, shape (n,) of :data:`ROW`, by channel.

    Among them the stretches in which they were sought, of runs that end here.
    `filtered` and `envelope` have a row a channel.
    """
    out = np.empty(16, ROW)
    count = np.zeros(1, np.int64)
    n_channels, n_samples = envelope.shape
    for channel in range(n_channels):
        s, row = past.channels[channel], 0
        while row < n_samples:
            if np.isnan(envelope[channel, row]):
                if s.phase != IDLE:
                    out = _end(start + row, channel, sizes, rules, past, out, count)
                row += 1
            elif s.phase == RUNNING:
                values = read_only(envelope[channel, row:])
                signal = read_only(filtered[channel, row:])
                n, out = _run(start + row, values, signal, channel, sizes, rules, past, out, count)
                row += n
            else:
                if s.phase == IDLE:
                    _begin(s, start + row, sizes)
                past.held_envelope[channel, s.held] = envelope[channel, row]
                past.held_signal[channel, s.held] = filtered[channel, row]
                s.held += 1
                row += 1
                if s.held == sizes.calibration:
                    out = _release(channel, sizes, rules, past, out, count)
    return out[: count[0]]


@numba.njit(**LOOP)
def _begin(s, sample, sizes):
    s.phase = CALIBRATING
    s.begin = sample
    s.settled = sample + sizes.settling
    s.counted = sample
    s.calm = s.held = s.seen = s.lower = 0
    s.above = s.pending = 0
    # what was before a missing sample makes no train
    s.pending_core = s.pending_offset = sample - sizes.pause
    s.beyond = sample - 1
    s.reached = sample
    s.blocks = 0
    s.evidence = s.wanted = s.glow = s.faint_rate = s.pause_rate = s.filled = s.total = 0.0
    s.window = sample + sizes.window - 1
    s.windows = HOP * DOUBTED
    s.on = s.off = s.base = np.nan


@numba.njit(inline="always", cache=True, nogil=True)
def _release(channel, sizes, rules, past, out, count):
    """Learn the level from the samples held back, then run the loop over them."""
    s = past.channels[channel]
    first = count[0]
    calibrate(s, channel, sizes, rules, past)
    s.phase = RUNNING
    past.signal[channel] = past.matched[channel] = past.sums[channel] = 0.0
    values = read_only(past.held_envelope[channel, : s.held])
    signal = read_only(past.held_signal[channel, : s.held])
    _, out = _run(s.begin, values, signal, channel, sizes, rules, past, out, count)
    s.held = 0
    postpone(out, first, count, s.now)
    return out


@numba.njit(inline="always", cache=True, nogil=True)
def _end(stop, channel, sizes, rules, past, out, count):
    """End the channel's run before sample `stop`, as the end of the stream does."""
    s = past.channels[channel]
    first = count[0]
    if s.phase == CALIBRATING and s.held >= sizes.fewest:
        out = _release(channel, sizes, rules, past, out, count)
    out = roomy(out, count)
    if s.phase == RUNNING:
        if s.above:
            origin = s.now + 1 - sizes.recent
            signal, matched = past.signal[channel], past.matched[channel]
            if not s.refined:
                find_onset(s, s.crossed, signal, matched, origin, channel, sizes, past, out, count)
            if not s.looked:
                reconsider_onset(
                    s, s.now + 1, signal, matched, origin, channel, sizes, past, out, count
                )
            end_burst(
                s, s.now + 1, s.now + 1, s.now + 1, s.energy, sizes, rules, past.sums[channel]
            )
            emit(s, CUT, channel, sizes.shortest, out, count)
        elif s.pending:
            emit(s, GOOD, channel, shortest(s, sizes), out, count)
        count_analyzed(s)
        emit_stretch(s, channel, out, count)
    postpone(out, first, count, stop)
    s.phase = IDLE
    s.calm = 0
    s.on = s.off = s.base = np.nan
    return roomy(out, count)


@numba.njit(cache=True, nogil=True)
def _run(start, values, signal, channel, sizes, rules, past, out, count):
    """Take samples in until one is missing or the channel stops running; how many were taken."""
    room = np.empty((2, sizes.recent + min(len(values), AT_HAND)))
    taken, n = np.int64(0), np.int64(1)  # a plain 0 is compiled for as a type of its own
    while n > 0 and taken < len(values):
        out = roomy(out, count)
        ahead, samples = values[taken : taken + AT_HAND], signal[taken : taken + AT_HAND]
        n = _take_some(start + taken, ahead, samples, channel, sizes, rules, past, room, out, count)
        taken += n
    return taken, out


@numba.njit(**LOOP)
def _take_some(start, values, signal, channel, sizes, rules, past, room, out, count):
    """Take samples in as :func:`_run`, or until `out` is full; `room` is for what is made of them.

    Called, not inlined: that would count a reference to every array of the memory.
    """
    n = present(values) if past.channels[channel].phase == RUNNING else 0
    known, matched = room[0, : sizes.recent + n], room[1, : sizes.recent + n]
    copy(past.signal[channel], known)
    copy(signal, known[sizes.recent :])
    copy(past.matched[channel], matched)
    power_behind(past.taps[channel], known, matched, sizes.recent)
    taken = _take(start, values[:n], known, matched, channel, sizes, rules, past, out, count)
    copy(known[taken:], past.signal[channel])
    copy(matched[taken:], past.matched[channel])
    return taken


@numba.njit(**LOOP)
def _take(start, values, signal, matched, channel, sizes, rules, past, out, count):
    """Take samples in until the channel stops running or `out` is full; how many are taken."""
    s, taken = past.channels[channel], 0
    origin = start - sizes.recent
    while taken < len(values) and s.phase == RUNNING and has_room(out, count):
        if s.above:
            taken, due = take_burst(s, start, taken, values, signal[sizes.recent :])
        else:
            taken, due = take_quiet(s, start, taken, values)
        if due:
            value = values[taken - 1]
            _decide(s, value, signal, matched, origin, channel, sizes, rules, past, out, count)
    return taken


@numba.njit(inline="always", **LOOP)
def _decide(s, value, signal, matched, origin, channel, sizes, rules, past, out, count):
    """The textbook loop, for the sample just taken in."""
    if s.above:
        if follow_burst(s, value, signal, matched, origin, channel, sizes, rules, past, out, count):
            emit_stretch(s, channel, out, count)
            _begin(s, s.now + 1, sizes)
        return
    loud = value >= s.on and value * value >= ECHO * s.glow
    if loud:
        _reach(s)
    if loud and confirmed(s, matched, origin, sizes):
        begin_burst(s, next_crossing(s, sizes), value, sizes)
        return
    if s.now >= s.window:
        _judge(s, value, signal, matched, origin, channel, sizes, rules, past, out, count)
    if not s.above:
        if s.pending and is_parted(s, sizes):
            emit(s, GOOD, channel, shortest(s, sizes), out, count)
        s.calm = calm_ahead(s, sizes)


@numba.njit(inline="always", **LOOP)
def _reach(s):
    """The envelope is above `on`: remember since when."""
    if s.now > s.beyond + 1:
        s.reached = s.now
    s.beyond = s.now


@numba.njit(inline="always", **LOOP)
def _judge(s, value, signal, matched, origin, channel, sizes, rules, past, out, count):
    """Judge the window that ends here: a weak burst, doubt, or quiet to learn from."""
    end_window(s, sizes, rules)
    stop, doubted = seek_weak(s, value, matched, origin, past.sums[channel], sizes, rules)
    if stop:
        begin_burst(s, s.now, value, sizes)
        s.last_loud, s.faint = stop - 1, 1
        find_onset(s, s.doubt, signal, matched, origin, channel, sizes, past, out, count)
    elif may_be_noise(s, value):
        weight = 1 if doubted else DOUBTED
        learn_window(s, value, weight, signal, matched, origin, channel, sizes, rules, past)
