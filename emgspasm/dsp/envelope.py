"""Envelopes: how strong the signal is, sample by sample."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp import kernels, sections
from emgspasm.dsp.design import Sos, butterworth
from emgspasm.dsp.filters import LOWEST, CascadeState, above_band, before
from emgspasm.dsp.rates import EDGE
from emgspasm.dsp.responses import settling_samples, step_rise
from emgspasm.stream import Chunk, StreamInfo


@dataclass(slots=True)
class RmsState:
    """The last squares, their sums and how many samples each channel has seen."""

    recent: NDArray[np.float64]
    sums: NDArray[np.float64]
    filled: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RmsEnvelope:
    """Root mean square of a moving window.

    Parameters
    ----------
    window : float
        Seconds: 0.020 to detect, 0.050 to show, 0.008 for lags (clinical facts 4 [design]).
    """

    window: float = 0.020

    def __post_init__(self) -> None:
        if not 0 < self.window <= 1:
            raise ValueError(f"window={self.window:g} s; it must lie in (0, 1]")

    def samples(self, sampling_frequency: float) -> int:
        """Length of the window in samples, at least 2."""
        return max(2, round(self.window * sampling_frequency))

    def init(self, info: StreamInfo, first: Chunk) -> RmsState:
        """State before the first sample; see :class:`emgspasm.dsp.stage.Stage`."""
        n_channels = first.samples.shape[1]
        return RmsState(
            np.zeros((n_channels, self.samples(info.sampling_frequency))),
            np.zeros(n_channels),
            np.zeros(n_channels, np.int64),
        )

    def step(self, state: RmsState, chunk: Chunk) -> tuple[RmsState, Chunk]:
        """Fold one chunk."""
        rows = kernels.moving_rms(chunk.samples.T, state.recent, state.sums, state.filled)
        return state, Chunk(chunk.start, rows.T)

    def delay(self, info: StreamInfo) -> float:
        """Half of the window, in seconds."""
        return (self.samples(info.sampling_frequency) - 1) / 2 / info.sampling_frequency

    def settling(self, info: StreamInfo) -> float:
        """One window, in seconds."""
        return self.samples(info.sampling_frequency) / info.sampling_frequency


@dataclass(frozen=True, slots=True)
class LinearEnvelope:
    """Rectified and low-passed signal, scaled so that Gaussian noise reads its RMS.

    Parameters
    ----------
    low_pass : float
        Corner in Hz of a causal Butterworth low-pass.
    order : int
        Its order, 1 to 4. It overshoots a step by 4, 8 and 11 % from 2 on; more near the end of
        the band.
    """

    low_pass: float = 20.0
    order: int = 2

    def __post_init__(self) -> None:
        if not self.low_pass >= LOWEST:
            raise ValueError(f"low_pass={self.low_pass:g} Hz; it must be {LOWEST:g} or more")
        if not 1 <= self.order <= 4:
            raise ValueError(f"order={self.order}; it must lie in 1..4")

    def sos(self, sampling_frequency: float) -> Sos:
        """Second-order sections of the low-pass.

        Raises
        ------
        ValueError
            If the corner lies above the usable band.
        """
        if self.low_pass >= EDGE * sampling_frequency:
            raise ValueError(above_band("low_pass", self.low_pass, sampling_frequency))
        return butterworth(self.order, (self.low_pass,), "lowpass", sampling_frequency)

    def init(self, info: StreamInfo, first: Chunk) -> CascadeState:
        """State before the first sample: at rest, since the steady state of a single rectified
        sample would be a guess of the whole envelope.
        """
        sos = self.sos(info.sampling_frequency)
        return before(sos, np.zeros((len(sos), 2)), first)

    def step(self, state: CascadeState, chunk: Chunk) -> tuple[CascadeState, Chunk]:
        """Fold one chunk."""
        # mean |x| of Gaussian noise is sqrt(2/pi) of its RMS
        rectified = np.abs(np.ascontiguousarray(chunk.samples)) * sqrt(pi / 2)
        smooth = sections.sosfilt(state.sos, state.steady, rectified, state.memory, state.running)
        return state, Chunk(chunk.start, np.maximum(smooth, 0.0))

    def delay(self, info: StreamInfo) -> float:
        """Seconds until the envelope of a burst has risen to half."""
        return step_rise(self.sos(info.sampling_frequency)) / info.sampling_frequency

    def settling(self, info: StreamInfo) -> float:
        """Seconds until the start from rest has decayed to 1 %."""
        return settling_samples(self.sos(info.sampling_frequency)) / info.sampling_frequency


Envelope = RmsEnvelope | LinearEnvelope
