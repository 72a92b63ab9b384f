"""How good a recording is: mains, noise, clipping, dropouts, flat stretches, and a grade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Chunk, StreamInfo

LINES = (50, 60)
"""Mains frequencies in Hz."""

GRADES = ("good", "fair", "poor", "unusable")
"""From the best to the worst."""

NOISE_FAIR, NOISE_POOR = 3.0, 5.0
"""uV RMS of the quiet, filtered signal beyond which a channel is fair, and poor (clinical facts 4
[design])."""

LINE_FAIR = 6.0
"""dB of the mains over its neighbours beyond which it is fair (clinical facts 4 [design])."""

DROPOUT_FAIR = 0.5
"""Percent of samples missing beyond which it is fair (clinical facts 4 [design])."""

USABLE = 10.0
"""Percent of the time that must be analyzed for a channel to count at all (clinical facts 4
[design])."""

MOST = 50.0
"""Percent of the time from which a fault is most of it, or under which the analysis is not
[design]."""

SPOILT = 5.0
"""Percent of the time clipped or flat from which a channel is poor [design]."""


@dataclass(frozen=True, slots=True)
class ChannelQuality:
    """What is known of one channel.

    Parameters
    ----------
    channel : str
        Name.
    noise : float
        RMS of the quiet, filtered signal in uV; NaN if never quiet, or in no voltage.
    line_frequency, line_ratio : float
        The stronger mains frequency in Hz and its height over its neighbours in dB; NaN where
        no second of signal was whole.
    clipped, dropped, flat : float
        Percent of all samples; `clipped` is NaN where nobody says the recorder's range.
    grade : str
        One of :data:`GRADES`.
    reason : str
        Why it is not good; ``""`` if it is.
    """

    channel: str
    noise: float
    line_frequency: float
    line_ratio: float
    clipped: float
    dropped: float
    flat: float
    grade: str
    reason: str


@dataclass(slots=True)
class SpectrumState:
    """The second under way and its first sample; the power spectra of those that are done."""

    taper: NDArray[np.float64]
    window: NDArray[np.float64]
    first: int
    power: NDArray[np.float64]
    count: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MeanSpectrum:
    """Mean power spectrum of the first ten seconds and of every so many after, however chunked.

    Parameters
    ----------
    every : int
        Seconds from one second looked at to the next; a part of the signal tells the mains.
    """

    every: int = 20

    def init(self, info: StreamInfo) -> SpectrumState:
        """State before the first sample of a stream; gaps do not end it."""
        n, n_channels = round(info.sampling_frequency), len(info.channels)
        return SpectrumState(
            np.hanning(n),
            np.full((n_channels, n), np.nan),
            0,
            np.zeros((n // 2 + 1, n_channels)),
            np.zeros(n_channels, np.int64),
        )

    def step(self, state: SpectrumState, chunk: Chunk) -> None:
        """Fold one chunk into the state."""
        length = state.window.shape[1]
        start, stop, samples = chunk.start, chunk.stop, chunk.samples
        for second in range(start // length, -(-stop // length)):
            if second >= 10 and second % self.every:
                continue
            first = second * length
            low, high = max(first, start), min(first + length, stop)
            if low < high:
                if state.first != first:  # a gap cut the second before
                    state.first, state.window[:] = first, np.nan
                state.window[:, low - first : high - first] = samples[low - start : high - start].T
                if high == first + length:
                    _add_spectrum(state)


def _add_spectrum(state: SpectrumState) -> None:
    with np.errstate(invalid="ignore"):  # a sample may be infinite
        mean = state.window.mean(axis=1)
    whole = np.isfinite(mean)
    spectrum = np.fft.rfft((state.window[whole] - mean[whole, None]) * state.taper)
    state.power[:, whole] += (spectrum.real**2 + spectrum.imag**2).T
    state.count += whole
    state.window[:] = np.nan


def peak_ratio(state: SpectrumState, frequency: int) -> NDArray[np.float64]:
    """Height in dB of a spectral line of each channel.

    The largest power within 1 Hz of `frequency` (Hz) over the median power 3 to 8 Hz beside it, as
    far as the band goes; NaN where no second was whole or the frequency lies outside the band.
    """
    n_bins, n_channels = state.power.shape
    ratio = np.full(n_channels, np.nan)
    if 8 < frequency < n_bins - 1:
        peak = state.power[frequency - 1 : frequency + 2].max(axis=0)
        beside = np.r_[frequency - 8 : frequency - 2, frequency + 3 : frequency + 9]
        floor = np.median(state.power[beside[beside < n_bins]], axis=0)
        known = (state.count > 0) & (floor > 0) & (peak > 0)
        ratio[known] = 10 * np.log10(peak[known] / floor[known])
    return ratio


def line_ratio(state: SpectrumState) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequency (Hz) and height (dB) of the stronger mains peak of each channel, or NaN."""
    ratios = np.array([peak_ratio(state, line) for line in LINES])
    stronger = np.argmax(np.where(np.isnan(ratios), -np.inf, ratios), axis=0)
    height = ratios[stronger, np.arange(ratios.shape[1])]
    return np.where(np.isnan(height), np.nan, np.array(LINES, np.float64)[stronger]), height


def grade(
    *,
    noise: float,
    line: float,
    clipped: float,
    dropped: float,
    flat: float,
    analyzed: float,
) -> tuple[str, str]:
    """Grade and the reason for it; `noise` in uV, NaN where unknown; the rest in percent and dB."""
    if analyzed < USABLE:
        share, worst = max((clipped, "clipped"), (dropped, "missing"), (flat, "flat"))
        if share > MOST:
            return "unusable", f"{worst} for {share:.1f} % of the time"
        spoilt = f"{worst} for {share:.1f} % of the time, too close together"
        why = spoilt if share > SPOILT else "too short, or gaps too close"
        return "unusable", f"only {analyzed:.1f} % can be analyzed: {why}"
    complaints = [
        (noise > NOISE_POOR, "poor", f"noise {noise:.1f} uV"),
        (clipped + flat > SPOILT, "poor", f"clipped or flat for {clipped + flat:.1f} %"),
        (line > LINE_FAIR, "fair", f"mains {line:.0f} dB over its neighbours"),
        (noise > NOISE_FAIR, "fair", f"noise {noise:.1f} uV"),
        (dropped > DROPOUT_FAIR, "fair", f"{dropped:.1f} % missing"),
        (analyzed < MOST, "fair", f"only {analyzed:.1f} % can be analyzed"),
        (0 < clipped + flat <= SPOILT, "fair", f"clipped or flat for {_some(clipped + flat)} %"),
    ]
    found = [(name, text) for wrong, name, text in complaints if wrong]
    if not found:
        return "good", ""
    return found[0][0], "; ".join(dict.fromkeys(text for _, text in found))


def _some(share: float) -> str:
    """A share that is not zero, in percent, and is not called so."""
    return f"{share:.2f}" if share >= 0.005 else "under 0.01"
