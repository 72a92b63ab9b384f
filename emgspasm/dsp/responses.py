"""What second-order sections answer in time: how late they are, how long they ring."""

from __future__ import annotations

from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp import sections
from emgspasm.dsp.design import Sos, slowest_pole
from emgspasm.stream import Chunk


def response(sos: Sos, signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """What comes out of sections at rest when a signal of shape (n_samples,) comes in."""
    chunk = Chunk(0, signal[:, None])  # a chunk, for which the kernel is compiled already
    memory, running = sections.rest(len(sos), 1), np.zeros(1, np.bool_)
    out: NDArray[np.float64] = sections.sosfilt(
        sos.copy(), np.zeros((len(sos), 2)), chunk.samples, memory, running
    )
    return out[:, 0]


def rise(sos: Sos) -> float:
    """Samples until half of the power of white noise switched on at 0 has arrived.

    Noise that starts at sample 0 leaves the filter with variance ``sum(h[:n]**2)``: this is where
    that sum reaches half of its end, interpolated. What a detector of power is late by; long weak
    ringing of a notch, which delays no onset, hardly enters.
    """
    return _half(np.cumsum(_impulse_response(sos) ** 2))


def decay(sos: Sos) -> NDArray[np.float64]:
    """Power in every sample after the end of a burst of white noise, in units of the burst's."""
    power = _impulse_response(sos) ** 2
    left = np.cumsum(power[::-1])[::-1] / power.sum()
    return np.append(left[round(rise(sos)) + 1 :], 0.0)


def step_rise(sos: Sos) -> float:
    """Samples until a low-pass has followed a step to half its height, interpolated."""
    return _half(np.cumsum(_impulse_response(sos)))


def settling_samples(sos: Sos) -> int:
    """Samples until the slowest pole has decayed to 1 %."""
    radius = min(slowest_pole(sos), 1 - 2**-53)  # on the circle it never does
    return ceil(log(0.01) / log(radius)) if radius > 0 else 1


def _impulse_response(sos: Sos) -> NDArray[np.float64]:
    impulse = np.zeros(4 * settling_samples(sos) + 64)
    impulse[0] = 1.0
    return response(sos, impulse)


def _half(growth: NDArray[np.float64]) -> float:
    """Where a growing quantity first reaches half of its end, between samples."""
    half = growth[-1] / 2
    after = int(np.argmax(growth >= half))
    before = growth[after - 1] if after else 0.0
    return float(after + (half - before) / (growth[after] - before)) - 0.5
