"""Present amplitudes as bars show them: averaged, with peaks held, on one scale."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emgspasm.desk.muscles import Pair
from emgspasm.desk.scales import GAINS
from emgspasm.synkinesis.readings.laterality import DOUBTFUL, UNILATERAL, laterality_index

FLOOR, NOISE_FLOOR = 4.0, 2.5
"""The index is undefined where both sides are at or under the larger of 4 uV and 2.5 times the
noise (clinical facts 4 and 5); bursts have a lower floor now."""

AVERAGED = 3
"""Updates that an amplitude is the mean power of: 0.3 s at ten a second [design]."""

HELD = 20
"""Updates for which the highest amplitude is remembered: spasms are shorter than a glance
[design]."""

RANGES = GAINS
"""Microvolts at the end of a bar: those that a division may have."""

PATIENCE = 100
"""Updates for which half of the next smaller range must have been enough before it is taken; a
larger one is taken at once [design]."""


@dataclass(slots=True)
class Meter:
    """Amplitudes of `n_channels` EMG channels.

    Parameters
    ----------
    n_channels : int

    Attributes
    ----------
    amplitude, noise, peak : ndarray, shape (n_channels,)
        Noise-corrected RMS, noise level, highest of the last :data:`HELD` updates, in uV.
    range : float
        Microvolts at the end of a bar, the same for all.
    """

    n_channels: int
    amplitude: NDArray[np.float64] = field(init=False)
    noise: NDArray[np.float64] = field(init=False)
    peak: NDArray[np.float64] = field(init=False)
    range: float = RANGES[1]
    _powers: deque[NDArray[np.float64]] = field(default_factory=lambda: deque(maxlen=AVERAGED))
    _age: NDArray[np.int64] = field(init=False)
    _small: int = 0

    def __post_init__(self) -> None:
        self.amplitude = np.full(self.n_channels, np.nan)
        self.noise = np.full(self.n_channels, np.nan)
        self.peak = np.zeros(self.n_channels)
        self._age = np.zeros(self.n_channels, np.int64)

    def take(self, envelope: NDArray[np.float64], noise: NDArray[np.float64]) -> None:
        """Take RMS since the last call and noise level, in uV; NaN where unknown."""
        self._powers.append(np.square(envelope))
        power = np.mean(self._powers, axis=0)
        self.noise = np.array(noise, np.float64)
        self.amplitude = np.sqrt(np.maximum(power - np.square(self.noise), 0.0))
        higher = self.amplitude >= self.peak
        self._age = np.where(higher, 0, self._age + 1)
        self.peak = np.where(higher | (self._age > HELD), np.nan_to_num(self.amplitude), self.peak)
        self._choose_range()

    def _choose_range(self) -> None:
        highest = float(self.peak.max(initial=0.0))
        wanted = next((r for r in RANGES if r >= highest), RANGES[-1])
        smaller = RANGES[max(0, RANGES.index(self.range) - 1)]
        self._small = self._small + 1 if highest < smaller / 2 else 0
        if wanted > self.range or self._small > PATIENCE:
            self.range, self._small = max(wanted, smaller) if wanted > self.range else smaller, 0

    def index(self, pair: Pair) -> float:
        """Laterality index: 1 is the right alone, -1 the left alone; NaN where undefined."""
        if pair.left is None or pair.right is None:
            return np.nan
        right, left = float(self.amplitude[pair.right]), float(self.amplitude[pair.left])
        noise = max(float(self.noise[pair.right]), float(self.noise[pair.left]))
        return laterality_index(right, left, max(FLOOR, NOISE_FLOOR * noise))

    def knows(self, pair: Pair) -> bool:
        """Whether the amplitudes of both sides are known."""
        columns = [column for column in (pair.left, pair.right) if column is not None]
        return len(columns) == 2 and bool(np.isfinite(self.amplitude[columns]).all())

    def verdict(self, pair: Pair) -> str:
        """What the laterality index of a muscle says, in words."""
        if not self.knows(pair):
            return "no index: no signal, or noise not known"
        return verdict(self.index(pair))


def short(li: float, *, known: bool) -> str:
    """A laterality index (1 right, -1 left) in a column of numbers: ``L 0.81``, ``R 0.40?``.

    Parameters
    ----------
    li : float
        NaN where it is undefined.
    known : bool
        Whether the amplitudes of both sides are.
    """
    if li != li:
        return "floor" if known else "n/a"
    if abs(li) < DOUBTFUL:
        return f"{abs(li):.2f}"
    side = "R" if li > 0 else "L"
    return f"{side} {abs(li):.2f}" + ("" if abs(li) >= UNILATERAL else "?")


def verdict(li: float) -> str:
    """What a laterality index (1 right, -1 left) says, in words (clinical facts 4)."""
    if li != li:
        return "no index: both sides under the noise floor"
    side = "right" if li > 0 else "left"
    if abs(li) >= UNILATERAL:
        return f"one-sided, {side}, index {abs(li):.2f}"
    if abs(li) >= DOUBTFUL:
        return f"doubtful, more on the {side}, index {abs(li):.2f}"
    return f"both sides, index {abs(li):.2f}"
