"""Where samples are missing, found from time stamps alone.

Stamps jitter, rows arrive in bunches and late, and no device runs at its nominal rate. So a sample
counts as missing only where stamps step ahead by a period and a half and stay ahead: levels before
and after are compared over windows, from one row on to two seconds. As samples are never gained,
the lower end of such steps is jitter alone, and says what a step ahead is worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emgspasm.grammar import several
from emgspasm.storage.importers.losses import LONGEST_GAP

STEP_BACK = 0.5
"""Seconds; stamps that step back further are of a clock that was set."""

WIDTHS = (1, 3, *(2**power + 1 for power in range(3, 13)))
"""Rows compared before and after a step, odd: where jitter is small, few are enough."""

LONGEST_WINDOW = 2.0
"""Seconds."""

WINDOWS = 8
"""Of a stretch at least: nearly all of fewer ones hold a loss, which then passes for jitter."""

LEAST_STEP = 0.5
"""Samples; less than that is no sample."""

GRAINS = 1.5
"""Steps of the stamps themselves that a loss exceeds, where they are coarse."""

CERTAIN = 7.0
"""Standard deviations of the jitter that a step exceeds [design]."""

LOWEST, LOW = (0.005, -2.576), (0.05, -1.645)
"""Two quantiles of the normal distribution: share and deviations."""

FEIGNED = 0.05
"""Share by which losses may slow even a quarter of a recording."""

LEAST_WHOLE = 0.25
"""Share of stretches without a gap that tell the period."""

TICK_TOLERANCE, BUNCHED = 0.01, 0.05
"""Ticks that a whole number of them may be off; share of rows whose stamp repeats."""

AT_ONCE = 0.05
"""Share of a period within which stamps are one: a host that hands the rows of a bunch on one by
one stamps each of them, 5 to 50 us after the other [design]."""

PASSES = 5
"""Times the period is estimated anew without the losses found."""

RATE_TOLERANCE, LEAST_DRIFT = 1e-4, 3.0
"""Share of the nominal rate that crystals keep within, and samples that a jitter may feign."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stamped:
    """What the time stamps of a file show.

    Parameters
    ----------
    losses : sequence of (int, int)
        A row and the samples missing just before it, in order.
    jumps : sequence of int
        Rows before which the clock was set: one sample counts as missing.
    stamps : ndarray of float64, shape (n,)
        The finite stamps, seconds.
    samples : ndarray of int64, shape (n,)
        Sample numbers of their rows.
    edges : sequence of int
        Where stretches of one clock begin and end among the stamps.
    period : float
        Seconds a sample by these stamps.
    """

    losses: Sequence[tuple[int, int]]
    jumps: Sequence[int]
    stamps: Floats
    samples: Ints
    edges: Sequence[int]
    period: float

    def sample_at(self, time: float) -> float:
        """Sample number, with a fraction, that was taken at a time of the same clock.

        The rows within a second of it tell: no jitter of one of them, and no drift of years.
        """
        begin, end = min(
            pairwise(self.edges),
            key=lambda edge: max(self.stamps[edge[0]] - time, 0, time - self.stamps[edge[1] - 1]),
        )
        ordered = np.maximum.accumulate(self.stamps[begin:end])
        near = int(np.searchsorted(ordered, time)) + begin
        second = int(1 / self.period) + 1
        rows = slice(max(min(near, end - 1) - second, begin), min(near + second, end))
        zero = np.median(self.stamps[rows] - self.samples[rows] * self.period)
        sample = float((time - zero) / self.period)
        if begin:
            sample = max(sample, float(self.samples[begin]))
        return sample if end == len(self.stamps) else min(sample, float(self.samples[end - 1]))


def read_stamps(times: Floats, sampling_frequency: float) -> Stamped:
    """Find what is missing.

    Parameters
    ----------
    times : ndarray of float64, shape (n_rows,)
        Time stamps, seconds, at least one of them finite; NaN where a row has none.
    sampling_frequency : float
        Hertz, as the file says.
    """
    rows = np.flatnonzero(np.isfinite(times))
    stamps = times[rows]
    steps = np.diff(stamps)
    set_at = np.flatnonzero((steps < -STEP_BACK) | (steps > LONGEST_GAP)) + 1
    edges = [0, *set_at.tolist(), len(rows)]
    lost = np.zeros(len(rows), np.int64)
    for begin, end in pairwise(edges):
        lost[begin:end] = _lost(stamps[begin:end], rows[begin:end], sampling_frequency)
    lost[set_at] = 1
    at = np.flatnonzero(lost)
    losses = list(zip(rows[at].tolist(), lost[at].tolist(), strict=True))
    samples = rows + np.cumsum(lost)
    longest = int(np.argmax(np.diff(edges)))
    piece = slice(*edges[longest : longest + 2])
    period = _slope(samples[piece], stamps[piece], 1 / sampling_frequency)
    return Stamped(losses, rows[set_at].tolist(), stamps, samples, edges, period)


def describe_stamped(stamped: Stamped, sampling_frequency: float) -> list[str]:
    """Sentences on what the time stamps show."""
    findings = []
    jumps = set(stamped.jumps)
    lost = [n_samples for row, n_samples in stamped.losses if row not in jumps]
    if lost:
        findings.append(
            f"{several(sum(lost), 'sample')} missing at {several(len(lost), 'place')}, estimated "
            "from time stamps: gaps"
        )
    if jumps:
        findings.append(
            f"the clock of the time stamps was set {several(len(jumps), 'time')}: a gap of one "
            "sample each, how long it was is unknown"
        )
    rate = 1 / stamped.period
    off = abs(rate / sampling_frequency - 1)
    if off > RATE_TOLERANCE and off * len(stamped.stamps) > LEAST_DRIFT:
        findings.append(
            f"the time stamps say {rate:.2f} samples a second where the sampling frequency "
            f"is {sampling_frequency:g} Hz (another clock, or losses that jitter hides): seconds "
            f"are counted at {sampling_frequency:g} Hz"
        )
    return findings


def _slope(samples: Ints, stamps: Floats, nominal: float) -> float:
    """Seconds a sample, by least squares."""
    offsets = samples - samples.mean()
    spread = float(offsets @ offsets)
    slope = float(offsets @ (stamps - stamps.mean())) / spread if spread else nominal
    return slope if slope > 0 else nominal


def _lost(stamps: Floats, rows: Ints, fs: float) -> Ints:
    """Samples missing before each row, in a stretch of one clock."""
    lost = np.zeros(len(rows), np.int64)
    longest = max(min(len(rows) // WINDOWS, LONGEST_WINDOW * fs), 1)
    widths = [width for width in WIDTHS if width <= longest]
    if len(stamps) < 2:
        return lost
    period = _first_period(stamps, rows, fs)
    late = (stamps - stamps[0]) / period - rows
    least = _least(stamps, period)
    jitter = {width: _jitter(_steps(late, width)) for width in widths}
    for width in widths:
        for _ in range(PASSES):
            late = (stamps - stamps[0]) / period - rows
            at = np.union1d(np.flatnonzero(lost), _ahead(late - np.cumsum(lost), width, least))
            before, lost = lost, _amounts(late, at, jitter, least)
            # again without the neighbours that were none, between which few rows had to tell
            lost = _amounts(late, np.flatnonzero(lost), jitter, least)
            period = _period(stamps, rows, lost, fs)
            if np.array_equal(before, lost):
                break
        if CERTAIN * jitter[width] < least:
            break
    return lost


def _first_period(stamps: Floats, rows: Ints, fs: float) -> float:
    """Seconds a sample: as the file says, where losses may be all that makes stamps slower."""
    period = _period(stamps, rows, np.zeros(len(rows), np.int64), fs)
    span = max(len(rows) // 16, 1)
    least = np.quantile((stamps[span:] - stamps[:-span]) / (rows[span:] - rows[:-span]), 0.25)
    return 1 / fs if period * fs > 1 and least * fs < 1 + FEIGNED else period


def _period(stamps: Floats, rows: Ints, lost: Ints, fs: float) -> float:
    """Seconds a sample: the median over stretches without a gap, of ten seconds at most."""
    gaps = np.cumsum(lost > 0)
    span = min(int(10 * fs) + 1, len(stamps) // 2)
    while span:
        whole = gaps[span:] == gaps[:-span]
        if whole.mean() > LEAST_WHOLE:
            slopes = (stamps[span:] - stamps[:-span]) / (rows[span:] - rows[:-span])
            period = float(np.median(slopes[whole]))
            return period if period > 0 else 1 / fs
        span //= 2
    return 1 / fs


def _steps(late: Floats, width: int) -> Floats:
    """Median of the rows from each on, less that of the rows before it."""
    from scipy.ndimage import median_filter

    half = width // 2
    levels = median_filter(late, width)[half : len(late) - half]
    return np.asarray(levels[width:] - levels[:-width])


def _jitter(steps: Floats) -> float:
    """Standard deviation of steps where nothing is lost: their lower end tells."""
    low, lowest = np.quantile(steps, (LOW[0], LOWEST[0]))
    return float(low - lowest) / (LOW[1] - LOWEST[1])


def _least(stamps: Floats, period: float) -> float:
    """Samples that a loss exceeds: half of one, or more where stamps are coarse.

    They are where rows share a stamp, or where a period is no whole number of a clock's ticks.
    """
    steps = np.diff(stamps)
    bunch = len(steps) / max(int(np.count_nonzero(steps > AT_ONCE * period)), 1)
    usual = np.unique(np.round(steps[(steps >= 0) & (steps < 2.5 * period)], 9))
    ticks = float(period / np.diff(usual).min()) if len(usual) > 1 else 1.0
    grain = 0.0 if abs(ticks - max(round(ticks), 1)) < TICK_TOLERANCE else 1 / ticks
    shared = bunch if bunch > 1 + BUNCHED else 0.0
    return max(LEAST_STEP, GRAINS * grain, GRAINS * shared)


def _ahead(late: Floats, width: int, least: float) -> Ints:
    """Rows from which stamps stay late, as windows of this width tell."""
    from scipy.ndimage import maximum_filter1d

    steps = _steps(late, width)
    ahead = np.diff(late)[width - 1 : len(late) - width] > LEAST_STEP
    score = np.where(ahead, steps, -np.inf)
    peak = score == maximum_filter1d(score, width)
    return np.flatnonzero(peak & (score > max(least, CERTAIN * _jitter(steps)))) + width


def _amounts(late: Floats, at: Ints, jitter: Mapping[int, float], least: float) -> Ints:
    """Samples missing before these rows; 0 where jitter may be all, or where rows catch up."""
    lost = np.zeros(len(late), np.int64)
    edges = [0, *at.tolist(), len(late)]
    for before, row, after in zip(edges, edges[1:], edges[2:], strict=False):
        width = max(width for width in jitter if width <= min(row - before, after - row))
        then = np.median(late[row - width : row])
        caught_up = min(row + 2 * int(abs(late[row] - late[row - 1])), after - width)
        levels = [np.median(late[begin : begin + width]) for begin in (row, caught_up)]
        step = float(min(levels) - then)
        if step > max(least, CERTAIN * jitter[width]):
            lost[row] = round(step)
    return lost
