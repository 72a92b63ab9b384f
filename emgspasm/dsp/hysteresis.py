"""The compiled loop of the burst detector: sample by sample, state explicit.

One call of :func:`_advance` sees one sample of one channel and nothing of the chunk it came in,
so that any chunking gives the same bursts. Envelope and filtered power arrive together: the
envelope crosses the thresholds, the power says where, near the crossing, the variance changed.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.baseline import level, quietest, remember

IDLE, CALIBRATING, RUNNING = 0, 1, 2
GOOD, SETTLING, CUT = 0, 1, 2

CHANNEL = np.dtype(
    [
        ("floor", np.float64),
        ("phase", np.int64),
        ("begin", np.int64),  # first sample of the run
        ("now", np.int64),  # last sample seen
        ("held", np.int64),  # samples held back for calibration
        ("analyzed", np.int64),  # samples past settling, over all runs
        ("noise", np.float64),  # sum of the noise level over them
        ("settled", np.int64),  # first sample past settling
        ("seen", np.int64),  # quiet values learnt in this run
        ("calm", np.int64),  # samples to come of which only one above `on` matters
        ("base", np.float64),
        ("on", np.float64),
        ("off", np.float64),
        ("above", np.int64),
        ("crossed", np.int64),  # where the envelope reached `on`
        ("closed", np.int64),  # where it last fell under `off`
        ("refined", np.int64),  # whether `onset` is known
        ("onset", np.int64),
        ("peak", np.float64),
        ("energy", np.float64),  # sum of squares from onset to now
        ("pending", np.int64),  # a finished burst that may still be merged
        ("pending_onset", np.int64),
        ("pending_offset", np.int64),
        ("pending_active", np.int64),
        ("pending_peak", np.float64),
        ("pending_energy", np.float64),
    ]
)

ROW = np.dtype(
    [
        ("channel", np.int64),
        ("begin", np.int64),
        ("onset", np.int64),
        ("offset", np.int64),
        ("moment", np.int64),  # sample at which the burst became certain
        ("peak", np.float64),
        ("mean", np.float64),
        ("baseline", np.float64),
        ("quality", np.int64),
    ]
)


class Sizes(NamedTuple):
    """Lengths in samples."""

    window: int
    back: int
    merge: int
    shortest: int
    hop: int
    settling: int
    calibration: int
    fewest: int
    longest: int
    ring: int  # a power of two, so that `sample & (ring - 1)` is its place


class Rules(NamedTuple):
    """Thresholds over the noise level, in standard deviations, and their least value."""

    on_sigma: float
    off_share: float
    least_spread: float


class Memory(NamedTuple):
    """Arrays the loop updates in place, a row a channel."""

    channels: NDArray[np.void]
    held_envelope: NDArray[np.float64]
    held_power: NDArray[np.float64]
    power: NDArray[np.float64]
    ordered: NDArray[np.float64]
    arrival: NDArray[np.float64]


def memory(floors: NDArray[np.float64], sizes: Sizes, capacity: int) -> Memory:
    """Memory before the first sample; `floors` are the least thresholds of the channels."""
    n_channels = len(floors)
    channels = np.zeros(n_channels, CHANNEL)
    channels["floor"] = floors
    channels["on"] = channels["off"] = channels["base"] = np.nan
    return Memory(
        channels,
        np.zeros((n_channels, sizes.calibration)),
        np.zeros((n_channels, sizes.calibration)),
        np.zeros((n_channels, sizes.ring)),
        np.zeros((n_channels, capacity)),
        np.zeros((n_channels, capacity)),
    )


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
        s = past.channels[channel]
        ring = past.power[channel]
        for row in range(envelope.shape[0]):
            value = envelope[row, channel]
            power = filtered[row, channel] ** 2
            if s.calm > 0 and value < s.on:
                s.calm -= 1
                _note(s, ring, start + row, power)
                continue
            if np.isnan(value):
                if s.phase != IDLE:
                    out = _end(channel, sizes, rules, past, out, count)
                continue
            if s.phase == RUNNING:
                _advance(start + row, value, power, channel, sizes, rules, past, out, count)
                if count[0] + 2 > len(out):
                    out = _grow(out)
                continue
            if s.phase == IDLE:
                _begin(s, start + row, sizes)
            past.held_envelope[channel, s.held] = value
            past.held_power[channel, s.held] = power
            s.held += 1
            if s.held == sizes.calibration:
                out = _release(channel, sizes, rules, past, out, count)
    return out[: count[0]]


@numba.njit(cache=True, nogil=True)
def finish(sizes: Sizes, rules: Rules, past: Memory) -> NDArray[np.void]:
    """Bursts that become certain because the segment ends here."""
    out = np.empty(16, ROW)
    count = np.zeros(1, np.int64)
    for channel in range(len(past.channels)):
        if past.channels[channel].phase != IDLE:
            out = _end(channel, sizes, rules, past, out, count)
    return out[: count[0]]


@numba.njit(cache=True, nogil=True)
def _grow(out):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    bigger = np.empty(2 * len(out), ROW)
    bigger[: len(out)] = out
    return bigger


@numba.njit(cache=True, nogil=True)
def _begin(s, sample, sizes):  # type: ignore[no-untyped-def]  # see _grow
    s.phase = CALIBRATING
    s.begin = sample
    s.settled = sample + sizes.settling
    s.calm = 0
    s.held = 0
    s.seen = 0
    s.above = 0
    s.pending = 0
    s.closed = sample - 1


@numba.njit(cache=True, nogil=True)
def _release(channel, sizes, rules, past, out, count):  # type: ignore[no-untyped-def]  # see _grow
    """Learn the level from the samples held back, then run the loop over them."""
    s = past.channels[channel]
    _calibrate(s, channel, sizes, rules, past)
    s.phase = RUNNING
    for i in range(s.held):
        _advance(
            s.begin + i,
            past.held_envelope[channel, i],
            past.held_power[channel, i],
            channel,
            sizes,
            rules,
            past,
            out,
            count,
        )
        if count[0] + 2 > len(out):
            out = _grow(out)
    s.held = 0
    return out


@numba.njit(cache=True, nogil=True)
def _end(channel, sizes, rules, past, out, count):  # type: ignore[no-untyped-def]  # see _grow
    """End the channel's run as the end of the stream does."""
    s = past.channels[channel]
    if s.phase == CALIBRATING and s.held >= sizes.fewest:
        out = _release(channel, sizes, rules, past, out, count)
    if s.phase == RUNNING:
        if s.above:
            if not s.refined:
                _open(s, channel, sizes, past, out, count)
            _close(s, s.now + 1, s.energy)
            _emit(s, CUT, channel, sizes, out, count)
        elif s.pending:
            _emit(s, GOOD, channel, sizes, out, count)
    s.phase = IDLE
    s.calm = 0
    s.on = s.off = s.base = np.nan
    if count[0] + 2 > len(out):
        out = _grow(out)
    return out


@numba.njit(cache=True, nogil=True)
def _calibrate(s, channel, sizes, rules, past):  # type: ignore[no-untyped-def]  # see _grow
    """Grow the quiet part from the quietest tenth of a second of the samples held back."""
    skip = min(sizes.settling, s.held // 2)
    envelope = past.held_envelope[channel, skip : s.held]
    limit = 2.0 * quietest(envelope, 5 * sizes.window)
    for _ in range(4):
        s.seen = 0
        for i in range(0, len(envelope), sizes.window):
            if envelope[i] <= limit:
                remember(past.ordered[channel], past.arrival[channel], s.seen, envelope[i])
                s.seen += 1
        if s.seen == 0:
            remember(past.ordered[channel], past.arrival[channel], 0, limit / 2.0)
            s.seen = 1
        _threshold(s, past.ordered[channel], rules)
        limit = s.on


@numba.njit(cache=True, nogil=True)
def _threshold(s, ordered, rules):  # type: ignore[no-untyped-def]  # see _grow
    base, spread = level(ordered, min(s.seen, len(ordered)))
    spread = max(spread, rules.least_spread * base)
    s.base = base
    s.on = max(base + rules.on_sigma * spread, s.floor)
    s.off = base + (s.on - base) * rules.off_share


@numba.njit(cache=True, nogil=True, inline="always")
def _note(s, ring, sample, power):  # type: ignore[no-untyped-def]  # see _grow
    """What every sample of a running channel leaves behind."""
    s.now = sample
    if sample >= s.settled:
        s.analyzed += 1
        s.noise += s.base
    ring[sample & (len(ring) - 1)] = power


@numba.njit(cache=True, nogil=True)
def _advance(sample, value, power, channel, sizes, rules, past, out, count):  # type: ignore[no-untyped-def]  # see _grow
    """The textbook loop: one sample of one channel."""
    s = past.channels[channel]
    _note(s, past.power[channel], sample, power)
    if s.above:
        s.peak = max(s.peak, value)
        if s.refined:
            s.energy += power
        elif sample - s.crossed >= sizes.window or value < s.off:
            _open(s, channel, sizes, past, out, count)
        if value < s.off:
            offset, tail = _offset(s, past.power[channel], sizes)
            _close(s, offset, s.energy - tail)
        elif sample - s.crossed >= sizes.longest:
            _close(s, sample + 1, s.energy)
            _emit(s, CUT, channel, sizes, out, count)
            _begin(s, sample + 1, sizes)
    elif value >= s.on:
        s.above = 1
        s.refined = 0
        s.crossed = sample
        s.peak = value
        s.calm = 0
    elif s.pending:
        wait = s.pending_offset + sizes.merge + sizes.back - sample
        if wait <= 0:
            _emit(s, GOOD, channel, sizes, out, count)
        s.calm = max(wait - 1, 0)
    elif sample - s.closed > sizes.window:
        remember(past.ordered[channel], past.arrival[channel], s.seen, value)
        s.seen += 1
        _threshold(s, past.ordered[channel], rules)
        s.calm = sizes.hop - 1


@numba.njit(cache=True, nogil=True)
def _open(s, channel, sizes, past, out, count):  # type: ignore[no-untyped-def]  # see _grow
    """Find where the burst began; let the one before go if it lies too far back to merge."""
    power = past.power[channel]
    earliest = max(s.begin, s.crossed - sizes.back)
    if s.pending:
        earliest = max(earliest, s.pending_offset)
    loud = 0.0
    for i in range(s.crossed, s.now + 1):
        loud += power[i & (sizes.ring - 1)]
    loud /= s.now + 1 - s.crossed
    quiet = max(s.base, 1e-3 * s.on) ** 2
    s.onset = max(earliest, s.crossed - sizes.window // 2)
    if loud > 1.2 * quiet:
        # the likelihood that the variance was `quiet` before k and `loud` from k on
        slope, cost = 1.0 / quiet - 1.0 / loud, np.log(loud / quiet)
        likelihood, best = 0.0, -np.inf
        for k in range(s.crossed, earliest - 1, -1):
            likelihood += power[k & (sizes.ring - 1)] * slope - cost
            if likelihood > best:
                best = likelihood
                s.onset = k
    s.energy = 0.0
    for i in range(s.onset, s.now + 1):
        s.energy += power[i & (sizes.ring - 1)]
    s.refined = 1
    if s.pending and s.onset - s.pending_offset >= sizes.merge:
        _emit(s, GOOD, channel, sizes, out, count)


@numba.njit(cache=True, nogil=True)
def _offset(s, power, sizes):  # type: ignore[no-untyped-def]  # see _grow
    """Where the burst ended, and the energy from there to now."""
    first = max(s.onset, s.now - 3 * sizes.window)
    last_loud = max(first, s.now - sizes.window)
    loud = 0.0
    for i in range(first, last_loud + 1):
        loud += power[i & (sizes.ring - 1)]
    loud /= last_loud + 1 - first
    quiet = max(s.base, 1e-3 * s.on) ** 2
    offset = max(s.now - sizes.window // 2, s.onset + 1)
    if loud > 1.2 * quiet:
        slope, cost = 1.0 / quiet - 1.0 / loud, np.log(loud / quiet)
        likelihood, best = 0.0, -np.inf
        for k in range(first, s.now + 1):
            likelihood += power[k & (sizes.ring - 1)] * slope - cost
            if likelihood > best:
                best = likelihood
                offset = k + 1
    tail = 0.0
    for i in range(offset, s.now + 1):
        tail += power[i & (sizes.ring - 1)]
    return offset, tail


@numba.njit(cache=True, nogil=True)
def _close(s, offset, energy):  # type: ignore[no-untyped-def]  # see _grow
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
    s.closed = s.now


@numba.njit(cache=True, nogil=True)
def _emit(s, quality, channel, sizes, out, count):  # type: ignore[no-untyped-def]  # see _grow
    """Write the pending burst out if it is long enough."""
    s.pending = 0
    if s.pending_offset - s.pending_onset < sizes.shortest:
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
