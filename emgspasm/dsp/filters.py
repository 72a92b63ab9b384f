"""Causal filters: Butterworth band-pass and high-pass, notch with harmonics, and their cascade.

A filter is a design: frozen parameters that answer second-order sections for a sampling
frequency. :class:`Cascade` is the stage that runs them. It starts in the steady state of the
first sample of a segment, so that an electrode offset of millivolts makes no transient.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp import sections
from emgspasm.dsp.design import Sos, butterworth, notch, steady
from emgspasm.dsp.rates import EDGE, HIGH_PASS, LOW_PASS, MAINS_EDGE, notched, upper_corner
from emgspasm.dsp.responses import decay, rise, settling_samples
from emgspasm.stream import Chunk, StreamInfo

LOWEST = 0.01
"""Hertz from which a high-pass is one: far under it, its sections are singular [design]."""

CONCENTRATED = 2.5
"""Power of EMG at 50 Hz and at 20 Hz over that of white noise of the same power in the band, at
most: what filters of these frequencies ring with more (spectra of clinical facts 9 [sim])."""

SLOWEST = 600.0
"""Seconds in which a start has decayed to 1 %, at most [design]: until then nothing is analyzed. A
high-pass of :data:`LOWEST` and the highest order takes 560."""

PROMPT = 0.020
"""Seconds after its end in which a burst may still fade by itself [design]."""

AUDIBLE = 0.03
"""Power after a burst, in units of the burst's, down to which its decay is given sample by sample
[design]."""


@dataclass(frozen=True, slots=True)
class BandPass:
    """Butterworth band-pass.

    Parameters
    ----------
    high_pass, low_pass : float
        Corners in Hz (20-450 Hz: clinical facts 4, after van Boxtel 2001 [lit]). Where `low_pass`
        is over 0.45 of the sampling frequency, and that is 200 Hz or more, there is none
        (:func:`emgspasm.dsp.rates.upper_corner`).
    order : int
        Order of each slope.
    """

    high_pass: float = HIGH_PASS
    low_pass: float = LOW_PASS
    order: int = 4

    def __post_init__(self) -> None:
        _check_order(self.order)
        if not LOWEST <= self.high_pass < self.low_pass:
            raise ValueError(
                f"band {self.high_pass:g}-{self.low_pass:g} Hz; high_pass must lie between "
                f"{LOWEST:g} and low_pass"
            )

    def band(self, sampling_frequency: float) -> tuple[float, float]:
        """Lowest and highest frequency in Hz that remain at this sampling frequency.

        Raises
        ------
        ValueError
            If nothing of the band remains.
        """
        top = min(self.low_pass, EDGE * sampling_frequency)
        if top <= self.high_pass:
            raise ValueError(
                f"sampling frequency {sampling_frequency:g} Hz carries signals up to {top:g} Hz, "
                f"so nothing remains of the band {self.high_pass:g}-{self.low_pass:g} Hz. Record "
                f"at {ceil(self.high_pass / EDGE) + 1} Hz or more, or lower high_pass"
            )
        return self.high_pass, top

    def sos(self, sampling_frequency: float) -> Sos:
        """Second-order sections at this sampling frequency."""
        low, _ = self.band(sampling_frequency)
        corner = upper_corner(sampling_frequency, self.low_pass)
        if corner is None:
            return butterworth(self.order, (low,), "highpass", sampling_frequency)
        return butterworth(self.order, (low, corner), "bandpass", sampling_frequency)


@dataclass(frozen=True, slots=True)
class HighPass:
    """Butterworth high-pass.

    Parameters
    ----------
    high_pass : float
        Corner in Hz.
    order : int
        Order of the slope.
    """

    high_pass: float = HIGH_PASS
    order: int = 4

    def __post_init__(self) -> None:
        _check_order(self.order)
        if not self.high_pass >= LOWEST:
            raise ValueError(f"high_pass={self.high_pass:g} Hz; it must be {LOWEST:g} or more")

    def sos(self, sampling_frequency: float) -> Sos:
        """Second-order sections at this sampling frequency.

        Raises
        ------
        ValueError
            If the corner lies above the usable band.
        """
        if self.high_pass >= EDGE * sampling_frequency:
            raise ValueError(above_band("high_pass", self.high_pass, sampling_frequency))
        return butterworth(self.order, (self.high_pass,), "highpass", sampling_frequency)


@dataclass(frozen=True, slots=True)
class Notch:
    """Notch at the mains frequency and its harmonics.

    Causal, so that it cannot ring *before* a burst and move its onset, as narrow zero-phase
    notches do (peers facts, accuracy).

    Parameters
    ----------
    frequency : float
        Hz, 50 or 60.
    quality : float
        Q of the fundamental. Harmonics keep its width in Hz, so all ring equally long
        (Q 30: clinical facts 4 [design]).
    multiples : tuple of int
        1 is the fundamental. Each notch rings a little after every burst, so take out no more
        than there is; those above 0.49 of the sampling frequency are left out.
    """

    frequency: float = 50.0
    quality: float = 30.0
    multiples: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9)

    def __post_init__(self) -> None:
        if not self.frequency >= LOWEST:
            raise ValueError(f"frequency={self.frequency:g} Hz; it must be {LOWEST:g} or more")
        if not 1 <= self.quality <= 100:
            raise ValueError(
                f"quality={self.quality:g}; it must lie in 1..100: narrower ones ring for seconds"
            )
        if not self.multiples or min(self.multiples) < 1:
            raise ValueError(f"multiples={self.multiples}; at least one, from 1 on")

    def sos(self, sampling_frequency: float) -> Sos:
        """Second-order sections at this sampling frequency.

        Raises
        ------
        ValueError
            If not even the fundamental lies in the usable band.
        """
        multiples = notched(sampling_frequency, self.frequency, self.multiples)
        if not multiples:
            raise ValueError(
                above_band("notch frequency", self.frequency, sampling_frequency, MAINS_EDGE)
            )
        sections = [
            notch(k * self.frequency, k * self.quality, sampling_frequency) for k in multiples
        ]
        return np.array(sections)


Filter = BandPass | HighPass | Notch


def above_band(name: str, value: float, sampling_frequency: float, edge: float = EDGE) -> str:
    """What is said of a frequency (Hz) that lies above what a sampling frequency carries."""
    return (
        f"{name}={value:g} Hz at {sampling_frequency:g} Hz, which carries signals up to "
        f"{edge * sampling_frequency:g} Hz. Lower it or leave it out"
    )


def _check_order(order: int) -> None:
    if not 1 <= order <= 12:
        raise ValueError(f"order={order}; it must lie in 1..12")


@dataclass(slots=True)
class CascadeState:
    """Sections, their steady state, and the memory of each channel."""

    sos: Sos
    steady: NDArray[np.float64]
    memory: NDArray[np.float64]
    running: NDArray[np.bool_]


def before(sos: Sos, steady: NDArray[np.float64], first: Chunk) -> CascadeState:
    """State of sections before the first sample of any channel."""
    n_channels = first.samples.shape[1]
    memory = sections.rest(len(sos), n_channels)
    return CascadeState(sos, steady, memory, np.zeros(n_channels, np.bool_))


@dataclass(frozen=True, slots=True)
class Cascade:
    """The stage that runs filters one after the other.

    Parameters
    ----------
    filters : tuple of BandPass, HighPass or Notch
    """

    filters: tuple[Filter, ...] = (BandPass(),)

    def sos(self, sampling_frequency: float) -> Sos:
        """All second-order sections, in order, shape (n_sections, 6)."""
        if not self.filters:
            return np.array([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]])
        return np.concatenate([design.sos(sampling_frequency) for design in self.filters])

    def init(self, info: StreamInfo, first: Chunk) -> CascadeState:
        """State before the first sample; see :class:`emgspasm.dsp.stage.Stage`."""
        sos = self.sos(info.sampling_frequency)
        return before(sos, steady(sos), first)

    def step(self, state: CascadeState, chunk: Chunk) -> tuple[CascadeState, Chunk]:
        """Fold one chunk."""
        rows = np.ascontiguousarray(chunk.samples)
        rows.flags.writeable = False  # as those of all chunks are: another type to the loop
        samples = sections.sosfilt(state.sos, state.steady, rows, state.memory, state.running)
        return state, Chunk(chunk.start, samples)

    def delay(self, info: StreamInfo) -> float:
        """Seconds until half the power of a burst has come; :func:`emgspasm.dsp.responses.rise`."""
        return _times(self, info.sampling_frequency)[0] / info.sampling_frequency

    def settling(self, info: StreamInfo) -> float:
        """Seconds until a start has decayed to 1 %."""
        return _times(self, info.sampling_frequency)[1] / info.sampling_frequency

    def ringing(self, info: StreamInfo) -> tuple[float, float]:
        """Power left :data:`PROMPT` seconds behind a burst of EMG in units of the burst's, and the
        seconds in which it falls to 1/e.
        """
        fs = info.sampling_frequency
        _, settling, left = _times(self, fs)
        behind = left[round(PROMPT * fs) - 1 :]  # nothing where all has come out by then
        return CONCENTRATED * float(behind[:1].sum()), settling / (2 * log(100)) / fs

    def decay(self, info: StreamInfo) -> tuple[float, ...]:
        """Power in each sample after a burst in units of the burst's, down to :data:`AUDIBLE`."""
        left = _times(self, info.sampling_frequency)[2]
        return tuple(left[: np.count_nonzero(left > AUDIBLE)].tolist())


@lru_cache(maxsize=64)
def _times(cascade: Cascade, sampling_frequency: float) -> tuple[float, int, NDArray[np.float64]]:
    """Rise and settling in samples, decay; asked for at the start of every segment."""
    sos = cascade.sos(sampling_frequency)
    settling = settling_samples(sos)
    if settling > SLOWEST * sampling_frequency:
        raise ValueError(
            f"the filters ring for {settling / sampling_frequency:.0f} s after a start, "
            f"{SLOWEST:g} s is the most: "
            f"{', '.join(map(str, cascade.filters))}. Widen the narrowest band or notch, or raise "
            "high_pass"
        )
    return rise(sos), settling, decay(sos)
