"""A burst, read against every other channel over the same stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, nan, pi

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Burst, StreamInfo
from emgspasm.synkinesis import kernels
from emgspasm.synkinesis.crosstalk import Explanation, explanation
from emgspasm.synkinesis.history import History, noise, stretch
from emgspasm.synkinesis.laterality import corrected, laterality_index

MAINS = (50.0, 60.0)
LOUD = 2.0
"""Times the noise power from which the frequency of a burst is told [design]."""

SLOW_AS_STEPS, APART = 1.2, 0.04
"""Times the frequency of a step up to which steps are sought, and seconds from one to the next
[design]."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a channel lies: its column among the EMG channels, and that of the other side."""

    column: int
    side: str
    muscle: str
    opposite: int


@dataclass(frozen=True, slots=True, eq=False)
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
    rho : ndarray of float
        Largest raw |correlation| with every channel at lags of -1, 0 and 1 sample.
    frequency : float
        Hz of the sine whose neighbouring samples correlate alike, without the noise's share; NaN
        where the burst is too faint for that.
    hum : float
        Largest autocorrelation at a period of the mains.
    steps : float
        Share of its energy that steps explain, where it is as slow as they are.
    """

    burst: Burst
    site: Site
    amplitude: float
    opposite: float
    opposite_most: float
    opposite_silent: bool
    explanation: Explanation
    rho: Values
    frequency: float
    hum: float
    steps: float

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
    levels, colours = noise(history, burst.onset + history.shift)
    width = min(450.0, 0.45 * history.fs) - 20.0
    freedom = max(2 * width / history.fs * len(rows), 1.0)
    power, product, rho, explained = examine(rows, site.column, levels, freedom)
    opposite, most, silent = other_side(rows, power, levels, site.opposite, freedom)
    own, level = float(power[site.column]), float(levels[site.column])
    frequency = _frequency(product, own, level, float(colours[site.column]), history.fs)
    return Reading(
        burst,
        site,
        corrected(own - explained[3], level),
        opposite,
        most,
        silent,
        Explanation(*explained),
        rho,
        frequency,
        _hum(rows[:, site.column], history.fs),
        _steps(rows[:, site.column], frequency, history),
    )


@numba.njit(cache=True, nogil=True)
def examine(rows, column, levels, freedom):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Powers, correlation with the next sample, raw correlations and the explanation."""
    power, product = kernels.survey(rows, column)
    rho = np.empty(len(power))
    for k in range(len(power)):
        scale = np.sqrt(power[k] * power[column])
        rho[k] = np.abs(product[k]).max() / scale if scale > 0.0 else np.nan
    explained = explanation(power, product, levels, column, freedom)
    return power, product[column, 2], rho, explained


@numba.njit(cache=True, nogil=True)
def other_side(rows, power, levels, column, freedom):  # type: ignore[no-untyped-def]  # see examine
    """Amplitude over the same muscle of the other side, the most it may be, and its silence.

    What cross-talk explains there is left out.
    """
    if column < 0 or np.isnan(power[column]):
        return np.nan, np.nan, False
    scatter = levels[column] * np.sqrt(2.0 / freedom)
    silent = power[column] <= levels[column] + 3.0 * scatter
    explained = 0.0
    if not silent:
        own, product = kernels.survey(rows, column)
        explained = explanation(own, product, levels, column, freedom)[3]
        silent = power[column] - explained <= levels[column] + 3.0 * scatter
    amplitude = np.sqrt(max(power[column] - explained - levels[column], 0.0))
    return amplitude, np.sqrt(amplitude**2 + 2.0 * scatter), silent


def _frequency(product: float, power: float, noise: float, colour: float, fs: float) -> float:
    """Hz of the sine whose neighbouring samples correlate alike, the noise's share taken out."""
    if not power > LOUD * noise:
        return nan
    correlation = (product - noise * colour) / (power - noise)
    return _hertz(correlation, fs)


def _steps(values: Values, frequency: float, history: History) -> float:
    """Share of the energy that steps explain: of an electrode that loses its contact for a moment.

    A step holds all frequencies, in the band of EMG about 93 Hz on average (65 Hz at 500 Hz).
    """
    step = history.step
    alike = float(step[1:] @ step[:-1] / (step @ step))
    if not frequency <= SLOW_AS_STEPS * _hertz(alike, history.fs):
        return 0.0
    most = round(len(values) / (APART * history.fs))
    return kernels.step_share(np.ascontiguousarray(values), step, min(max(most, 1), 4))


def _hertz(correlation: float, fs: float) -> float:
    """Hz of the sine whose neighbouring samples correlate so."""
    return acos(min(max(correlation, -1.0), 1.0)) * fs / (2 * pi)


def _hum(values: Values, fs: float) -> float:
    """Largest correlation with itself five periods of the mains later."""
    lags = [round(5 * fs / mains) for mains in MAINS]
    if len(values) < 2 * min(lags):
        return 0.0
    return max(kernels.similarity(values, lag) for lag in lags if len(values) >= 2 * lag)
