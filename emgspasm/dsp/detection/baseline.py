"""The noise level a burst has to rise from: median and MAD of the quiet part, sample by sample.

Envelope values of quiet moments, one per four windows, fill a ring of the last ten seconds of
*quiet*; a burst adds nothing, so ten seconds of tonic spasm leave the level where it was, while
noise that grows slowly carries it along. The values are kept sorted: the median is the middle
one, the median absolute deviation (MAD) is found from both sides of it.

The kernels work on one channel's arrays in place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP
from emgspasm.dsp.rates import DAY

Values = NDArray[np.float64]

MAD_TO_SIGMA = 1.4826
"""Standard deviation of Gaussian values in units of their MAD."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """How the noise level is learnt.

    Parameters
    ----------
    memory : float
        Seconds of quiet that count (clinical facts 4).
    calibration : float
        Seconds after a start that are held back until the level is known; their bursts are then
        found as any others. The quietest 40 ms seed the level, so neither a burst that fills the
        first second nor a train that is under way spoils it.
    shortest : float
        A run of samples shorter than this (seconds) carries no level and is not analyzed; longer
        than the half second after which the screen calls a channel dead [design].
    longest_burst : float
        Seconds above threshold after which it is taken for a new noise level: the burst is cut
        and the level learnt anew [design]. Tonic spasms last 8 s at most (clinical facts 9).
    """

    memory: float = 10.0
    calibration: float = 2.0
    shortest: float = 0.6
    longest_burst: float = 60.0

    def __post_init__(self) -> None:
        if not 0 < self.shortest <= self.calibration <= self.memory:
            raise ValueError(
                f"shortest={self.shortest:g} s, calibration={self.calibration:g} s, "
                f"memory={self.memory:g} s; they must be positive and in this order"
            )
        if self.longest_burst > DAY:
            raise ValueError(f"longest_burst={self.longest_burst:g} s; a day ({DAY:g}) is the most")
        if not self.longest_burst > self.memory:
            raise ValueError(
                f"longest_burst={self.longest_burst:g} s; it must exceed memory={self.memory:g} s, "
                "or a tonic spasm would be taken for noise"
            )


@numba.njit(inline="always", **LOOP)
def _places(values, first, second):
    """First indices of sorted `values` not below the one and the other.

    All are compared, several at once: bisection, of a hundred, takes longer for its branches.
    """
    place, other = 0, 0
    for i in range(len(values)):
        place += values[i] < first
        other += values[i] < second
    return place, other


@numba.njit(**LOOP)
def remember(ordered: Values, arrival: Values, seen: int, value: float) -> None:
    """Put `value` into the sorted ring in place of the oldest one.

    Parameters
    ----------
    ordered, arrival : ndarray, shape (capacity,)
        The same values, sorted and in order of arrival.
    seen : int
        How many values came before.
    """
    capacity = len(ordered)
    slot = seen % capacity
    count = min(seen, capacity)
    # the oldest one leaves a hole; before the ring is full, the end is one
    oldest = arrival[slot] if seen >= capacity else np.inf
    target, hole = _places(ordered[:count], value, oldest)
    if target > hole:
        target -= 1  # slices of one length: several values are moved at once
        there, here = ordered[hole:target], ordered[hole + 1 : target + 1]
        for i in range(len(there)):
            there[i] = here[i]
    else:
        there, here = ordered[target + 1 : hole + 1], ordered[target:hole]
        for i in range(len(there) - 1, -1, -1):
            there[i] = here[i]
    ordered[target] = value
    arrival[slot] = value


@numba.njit(**LOOP)
def level(ordered: Values, count: int) -> tuple[float, float]:
    """Median and 1.4826 MAD of the first `count` sorted values.

    The half of the values nearest to the median are neighbours in the sorted ring: the stretch
    is found by bisection, and its farther end is the MAD (the lower of two when even).
    """
    middle = count // 2
    median = ordered[middle] if count % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    half = (count + 1) // 2
    low, high = 0, count - half
    while low < high:
        i = (low + high) // 2
        if median - ordered[i] > ordered[i + half - 1] - median:
            low = i + 1
        else:
            high = i
    distance = max(ordered[low + half - 1] - median, median - ordered[low])
    if low > 0:
        distance = min(distance, median - ordered[low - 1])
    return median, MAD_TO_SIGMA * distance


@numba.njit(cache=True, nogil=True)
def quietest(envelope: Values, window: int) -> float:
    """Smallest mean over `window` consecutive values."""
    window = min(window, len(envelope))
    total = 0.0
    for i in range(window):
        total += envelope[i]
    smallest = total
    for i in range(window, len(envelope)):
        total += envelope[i] - envelope[i - window]
        smallest = min(smallest, total)
    return max(smallest, 0.0) / window
