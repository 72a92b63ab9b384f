"""A burst, read against every other channel over the same stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, pi, sin, sqrt

import numpy as np

from emgspasm.stream import Burst, StreamInfo
from emgspasm.synkinesis import kernels
from emgspasm.synkinesis.crosstalk import Explanation, explain
from emgspasm.synkinesis.history import History, noise, stretch
from emgspasm.synkinesis.laterality import corrected, laterality_index

MAINS = (50.0, 60.0)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a channel lies: its column among the EMG channels, and that of the other side."""

    column: int
    side: str
    muscle: str
    opposite: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What the samples say of a burst.

    Parameters
    ----------
    burst : Burst
    site : Site
    amplitude, opposite : float
        Noise-corrected amplitudes here and over the same muscle of the other side (NaN without
        one), in the channel's unit.
    opposite_most : float
        What the other side's amplitude may be, given the scatter of noise power (two standard
        deviations).
    opposite_silent : bool
        Whether the other side's power is that of noise.
    explanation : Explanation
        By a larger neighbour.
    twin : float
        Largest |rho| with a channel of similar size: the same waveform twice is no muscle.
    frequency : float
        Hz: root mean square of the slope over that of the signal, 2 pi apart.
    hum : float
        Largest autocorrelation at a period of the mains.
    """

    burst: Burst
    site: Site
    amplitude: float
    opposite: float
    opposite_most: float
    opposite_silent: bool
    explanation: Explanation
    twin: float
    frequency: float
    hum: float

    @property
    def onset(self) -> int:
        """Sample number."""
        return self.burst.onset

    @property
    def offset(self) -> int:
        """Sample number, half open."""
        return self.burst.offset

    @property
    def li(self) -> float:
        """Laterality index, seen from this side; NaN without the other side's channel."""
        return laterality_index(self.amplitude, self.opposite)

    @property
    def least_li(self) -> float:
        """The least it may be."""
        return laterality_index(self.amplitude, self.opposite_most)


def sites(info: StreamInfo) -> dict[int, Site]:
    """Where every EMG channel lies, by its column of the stream."""
    columns = info.columns()
    places = {
        (info.channels[c].muscle, info.channels[c].side): i
        for i, c in reversed(list(enumerate(columns)))
    }
    other = {"left": "right", "right": "left"}
    found = {}
    for i, c in enumerate(columns):
        channel = info.channels[c]
        opposite = places.get((channel.muscle, other.get(channel.side or "")), -1)  # type: ignore[arg-type]  # no such key, no channel
        letter = {"left": "L", "right": "R"}.get(channel.side or "", "")
        found[c] = Site(i, letter, channel.muscle or "", opposite)
    return found


def read(burst: Burst, site: Site, history: History) -> Reading:
    """Read a burst against the history of all channels."""
    rows = stretch(history, burst.onset, burst.offset)
    levels = noise(history, burst.onset + history.shift)
    power, product = kernels.survey(rows, site.column)
    width = min(450.0, 0.45 * history.fs) - 20.0
    freedom = max(2 * width / history.fs * len(rows), 1.0)
    amplitude = corrected(power[site.column], levels[site.column])
    opposite, most, silent = nan, nan, False
    if site.opposite >= 0 and power[site.opposite] == power[site.opposite]:
        opposite = corrected(power[site.opposite], levels[site.opposite])
        scatter = levels[site.opposite] * sqrt(2 / freedom)
        silent = power[site.opposite] <= levels[site.opposite] + 3 * scatter
        if not silent and _is_copy(rows, levels, site.opposite, freedom):
            opposite, silent = 0.0, True
        most = sqrt(opposite**2 + 2 * scatter)
    return Reading(
        burst,
        site,
        amplitude,
        opposite,
        most,
        silent,
        explain(power, product, levels, site.column, freedom),
        _twin(power, product, levels, site.column),
        _frequency(product[site.column], power[site.column], levels[site.column], history.fs),
        max(_hum(rows[:, site.column], history.fs, mains) for mains in MAINS),
    )


def _twin(
    power: np.ndarray, product: np.ndarray, levels: np.ndarray, column: int  # type: ignore[type-arg]
) -> float:
    similar = (power - levels) * 9 > power[column] - levels[column]
    similar[column] = False
    if not similar.any():
        return 0.0
    rho = np.abs(product[similar]).max(axis=1) / np.sqrt(power[similar] * power[column])
    return float(np.nanmax(rho, initial=0.0))


def _is_copy(rows: np.ndarray, levels: np.ndarray, column: int, freedom: float) -> bool:  # type: ignore[type-arg]
    power, product = kernels.survey(rows, column)
    return explain(power, product, levels, column, freedom).copy


def _frequency(product: np.ndarray, power: float, noise: float, fs: float) -> float:  # type: ignore[type-arg]
    """Hz of the sine that has the same correlation from one sample to the next.

    Noise, taken as white within the band, is subtracted where there is enough besides it.
    """
    if not power > 0:
        return nan
    if not power > 1.5 * noise:
        noise = 0.0
    low, high = 2 * pi * 20.0 / fs, 2 * pi * min(450.0, 0.45 * fs) / fs
    white = (sin(high) - sin(low)) / (high - low)
    return float(np.arccos(np.clip((product[2] - noise * white) / (power - noise), -1, 1)) * fs / (2 * pi))


def _hum(values: np.ndarray, fs: float, mains: float) -> float:  # type: ignore[type-arg]
    """Correlation with itself five periods of the mains later."""
    lag = round(5 * fs / mains)
    return kernels.similarity(values, lag) if len(values) >= 2 * lag else 0.0
