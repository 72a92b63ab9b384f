"""Ranges of channels: rails, dead channels, full scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.board import LARGEST_COUNT, LARGEST_SAMPLE, LEAST_SAMPLE

COUNT_SCALE = float(LARGEST_COUNT)
"""Full scale of a converter of 24 bits, in counts."""

AT_RAIL = 1 - 1e-4
"""Share of full scale from which a sample counts as railed."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """What was seen of every channel.

    Parameters
    ----------
    low, high : ndarray of float64, shape (n_channels,)
        Least and largest value; NaN where there is none.
    n_missing : ndarray of int64, shape (n_channels,)
        NaN samples.
    n_railed : ndarray of int64, shape (n_scales, n_channels)
        Samples at the rail of each full scale.
    n_rows : int
        Rows seen.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n_missing: NDArray[np.int64]
    n_railed: NDArray[np.int64]
    n_rows: int = 0

    @property
    def magnitude(self) -> NDArray[np.float64]:
        """Largest magnitude of every channel; NaN where there is no sample."""
        return np.fmax(np.abs(self.low), np.abs(self.high))

    @property
    def flat(self) -> NDArray[np.bool_]:
        """Channels that never change."""
        return np.asarray(self.low == self.high)


def no_ranges(n_channels: int, scales: Sequence[float]) -> Ranges:
    """Begin a scan."""
    nothing = np.full(n_channels, np.nan)
    zeros = np.zeros(n_channels, dtype=np.int64)
    return Ranges(nothing, nothing, zeros, np.zeros((len(scales), n_channels), dtype=np.int64))


def measured(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Samples, any shape, with NaN for what is too large for any recorder and 0 for too little."""
    magnitude = np.abs(samples)
    kept = np.where(magnitude <= LARGEST_SAMPLE, samples, np.nan)
    return np.where(magnitude < LEAST_SAMPLE, 0.0, kept)


def widen(ranges: Ranges, block: NDArray[np.float64], scales: Sequence[float]) -> Ranges:
    """Take in the next rows, at least one, shape (n_rows, n_channels)."""
    low, high = np.fmin.reduce(block), np.fmax.reduce(block)
    magnitude = np.fmax(np.abs(low), np.abs(high))
    railed = [
        np.count_nonzero(np.abs(np.abs(block) - scale) <= scale * (1 - AT_RAIL), axis=0)
        if np.any(magnitude >= scale * AT_RAIL)
        else np.zeros(block.shape[1], dtype=np.int64)
        for scale in scales
    ]
    return Ranges(
        np.fmin(ranges.low, low),
        np.fmax(ranges.high, high),
        ranges.n_missing + np.count_nonzero(np.isnan(block), axis=0),
        ranges.n_railed + np.array(railed, dtype=np.int64).reshape(ranges.n_railed.shape),
        ranges.n_rows + len(block),
    )


def full_scale(ranges: Ranges, scales: Sequence[float], *, guessed: bool = False) -> float:
    """Choose the least full scale that holds everything seen; infinite if none does.

    Parameters
    ----------
    ranges : Ranges
        What was seen.
    scales : sequence of float
        Full scales, ascending.
    guessed : bool
        Whether the device is unknown: then a scale counts only if a sample lies on its rail.
    """
    largest = float(np.fmax.reduce(ranges.magnitude, initial=0.0))
    for scale, railed in zip(scales, ranges.n_railed, strict=True):
        if largest <= scale * (2 - AT_RAIL) and (railed.any() or not guessed):
            return scale
    return np.inf


def describe_ranges(
    ranges: Ranges, names: Sequence[str], scales: Sequence[float], scale: float
) -> list[str]:
    """Say which channels are railed, flat or missing samples."""
    findings = []
    unit = "counts" if scale == COUNT_SCALE else "uV"
    railed = ranges.n_railed[list(scales).index(scale)] if scale in scales else ranges.n_missing * 0
    for column, name in enumerate(names):
        share = 100 * railed[column] / max(ranges.n_rows, 1)
        if share:
            findings.append(
                f"{name} is railed for {share:.3g} % of the recording (at the limit of "
                f"{scale:.0f} {unit}): an electrode is off or its offset too large"
            )
        elif ranges.flat[column]:
            findings.append(f"{name} never changes from {ranges.low[column]:g}: nothing connected")
        if ranges.n_missing[column]:
            findings.append(
                f"{name} lacks {ranges.n_missing[column]} of {ranges.n_rows} samples (empty, NaN "
                f"or over {LARGEST_SAMPLE:g})"
            )
    return findings
