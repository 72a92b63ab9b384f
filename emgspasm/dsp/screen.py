"""The first stage: what is no signal never reaches a filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp import kernels
from emgspasm.dsp.rates import DAY
from emgspasm.stream import Chunk, StreamInfo


@dataclass(slots=True)
class ScreenState:
    """Last value and its repeats a channel; counts of samples missing, clipped, flat."""

    limits: NDArray[np.float64]
    flat_run: int
    last: NDArray[np.float64]
    repeats: NDArray[np.int64]
    counts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Screen:
    """Turn NaN, impossible, clipped and flat samples into NaN, which ends the channel's run.

    Parameters
    ----------
    clip_fraction : float
        Samples at or beyond this share of full scale are clipped (clinical facts 4 [design]).
    flat_seconds : float
        The same value for this long is a dead electrode [design]. The stretch up to then was
        passed on; it is constant, so a filter started from its first sample sees nothing in it.
    """

    clip_fraction: float = 0.9
    flat_seconds: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.clip_fraction <= 1:
            raise ValueError(f"clip_fraction={self.clip_fraction}; it must lie in (0, 1]")
        if not 0 < self.flat_seconds <= DAY:
            raise ValueError(
                f"flat_seconds={self.flat_seconds:g} s; it must be positive, {DAY:g} at most"
            )

    def limits(self, info: StreamInfo) -> NDArray[np.float64]:
        """Magnitude from which on samples of each channel are clipped, in its unit."""
        return self.clip_fraction * np.array([channel.full_scale for channel in info.channels])

    def init(self, info: StreamInfo, first: Chunk) -> ScreenState:
        """State before the first sample; see :class:`emgspasm.dsp.stage.Stage`."""
        n_channels = first.samples.shape[1]
        return ScreenState(
            limits=np.minimum(self.limits(info), kernels.IMPOSSIBLE),
            flat_run=max(2, round(self.flat_seconds * info.sampling_frequency)),
            last=np.full(n_channels, np.nan),
            repeats=np.zeros(n_channels, np.int64),
            counts=np.zeros((3, n_channels), np.int64),
        )

    def step(self, state: ScreenState, chunk: Chunk) -> tuple[ScreenState, Chunk]:
        """Fold one chunk, which passes as it is where all of it is signal."""
        if not chunk.samples.flags.c_contiguous:  # of another type to loops
            chunk = Chunk(chunk.start, np.ascontiguousarray(chunk.samples))
        rules = chunk.samples, state.limits, state.flat_run, state.last, state.repeats
        if kernels.plain(*rules):
            return state, chunk
        return state, Chunk(chunk.start, kernels.screen(*rules, state.counts))

    def delay(self, info: StreamInfo) -> float:  # noqa: ARG002  the protocol's argument
        """No delay."""
        return 0.0

    def settling(self, info: StreamInfo) -> float:  # noqa: ARG002  the protocol's argument
        """Nothing to settle."""
        return 0.0
