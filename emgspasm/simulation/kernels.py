"""Compiled loops of the simulation: they add to arrays that the caller owns."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def add_potentials(
    signal: Floats, column: int, starts: Ints, units: Ints, shapes: Floats, lengths: Ints
) -> None:
    """Add the potential of unit ``units[i]`` at row ``starts[i]`` of one column of `signal`."""
    for i in range(len(starts)):
        unit = units[i]
        for j in range(lengths[unit]):
            signal[starts[i] + j, column] += shapes[unit, j]


@njit(cache=True, nogil=True)
def add_electrode_noise(
    signal: Floats, white: Floats, state: Floats, pole: float, shelf: float, scale: Floats
) -> None:
    """Add white noise raised by `shelf` below the pole; `state` is carried between blocks."""
    for i in range(signal.shape[0]):
        for c in range(signal.shape[1]):
            state[c] = pole * state[c] + (1 - pole) * white[i, c]
            signal[i, c] += scale[c] * (white[i, c] + shelf * state[c])


@njit(cache=True, nogil=True)
def decimate(signal: Floats, weights: Floats, ratio: int, out: Floats) -> None:
    """Row n of `out` is the weighted sum of the rows of `signal` from ``n * ratio`` on."""
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            out[n, c] = 0.0
        for j in range(len(weights)):
            for c in range(out.shape[1]):
                out[n, c] += weights[j] * signal[n * ratio + j, c]
