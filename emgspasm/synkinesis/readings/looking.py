"""A look at bursts in the filtered samples of all channels, compiled."""

from __future__ import annotations

from math import acos, pi

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.rates import bandwidth
from emgspasm.synkinesis.readings import kernels, surging
from emgspasm.synkinesis.readings.crosstalk import RATIO, explanation
from emgspasm.synkinesis.readings.history import BLOCK, LOOK
from emgspasm.synkinesis.readings.laterality import UNILATERAL, corrected, laterality_index

LOUD = 2.0
"""Power of a burst, in units of the noise, from which its frequency is estimated [design]."""

SLOW_AS_STEPS, APART = 1.2, 0.04
"""Times the frequency of a step up to which steps are sought, and seconds from one to the next
[design]. A step, of an electrode that loses its contact for a moment, holds all frequencies: in the
band of EMG about 93 Hz on average (65 Hz at 500 Hz)."""

SAME, FEWEST_VALUES = 0.95, 8.0
"""Raw correlation from which two channels show one waveform, and independent values in a burst that
can tell: of fewer chance makes as much [design]."""

RESTLESS = 1.5
"""Times the noise's power from which what a muscle does in nearly every stretch is more than noise
[sim]: at rest at most 1.24."""

BEFORE, PAUSE = 0.5, 0.05
"""Seconds before a burst in which both sides are looked at, less the last of them, in which it may
have begun [sim]: units that discharge at rest do so several times in it."""

UNREST = 4.0
"""Times the noise's power from which the other side was not at rest before a burst [sim]: with 1,
where muscles rest, three false spasms in 3000 more."""

GOES_ON, LEAPS = 1.3, 2.0
"""Times its amplitude before up to which the other side only goes on, and from which a burst leaps
out of what its own muscle did [sim]."""

RISES, HUMMED = 2.0, 10
"""Times the power of what does not repeat from which a burst is more than a piece of the hum that
was there before, and the lags before it over which that is looked at [design]."""

Values = NDArray[np.float64]


LOOKED = np.dtype(
    [
        ("copy", np.bool_),
        ("neighbour", np.int64),
        ("amplitude", np.float64),
        ("opposite", np.float64),
        ("opposite_most", np.float64),
        ("opposite_silent", np.bool_),
        ("li", np.float64),
        ("least_li", np.float64),
        ("frequency", np.float64),
        ("hum", np.float64),
        ("steps", np.float64),
        ("shared", np.int64),
        ("tonic", np.float64),
        ("leaps", np.bool_),
    ]
)
"""What the compiled look at a burst gives, beside its correlations: fields of a reading."""

_compiled = numba.njit(cache=True, nogil=True)
_corrected, _laterality_index = _compiled(corrected), _compiled(laterality_index)
_bandwidth = _compiled(bandwidth)


@numba.njit(cache=True, nogil=True)
def look(samples, filled, spans, columns, noise, fs, lags, step):
    """Look at bursts in the filtered samples of all channels.

    Parameters
    ----------
    samples : ndarray, shape (n_channels, at least filled)
    filled : int
        How many of them there are.
    spans : ndarray of int, shape (2, n_bursts)
        From where to where they lie in the samples, of which at most the last :data:`LOOK` seconds
        are looked at.
    columns : ndarray of int, shape (2, n_bursts)
        Those of the bursts and of the other side (-1: none).
    noise : ndarray, shape (n_bursts, 3, n_channels)
        Mean squares of the noise, correlations of its neighbouring samples, and mean squares of
        noise as strong as what the channel does in nearly every stretch.
    fs : float
        Hertz.
    lags : ndarray of int
        Samples at which hum repeats.
    step : ndarray
        What the filters answer to a step.

    Returns
    -------
    ndarray of LOOKED, shape (n_bursts,)
    ndarray, shape (n_bursts, n_channels)
        Raw correlations.
    ndarray of int, shape (2, n_bursts)
        From where to where they surge, in the samples; nowhere if both are equal.
    """
    out = np.empty(columns.shape[1], LOOKED)
    rhos = np.empty((columns.shape[1], len(samples)))
    surges = np.empty_like(spans)
    longest = round(LOOK * fs)
    independent = 2.0 * _bandwidth(fs) / fs  # values a sample
    slow = SLOW_AS_STEPS * hertz(np.sum(step[1:] * step[:-1]) / np.sum(step * step), fs)
    for i in range(columns.shape[1]):
        stop = min(max(spans[1, i], 0), filled)
        start = min(max(spans[0, i], spans[1, i] - longest, 0), stop)
        column, other, level, found = columns[0, i], columns[1, i], noise[i, 0], out[i]
        burst = samples[column, start:stop]
        freedom = max(independent * (stop - start), 1.0)
        power, product = kernels.survey(samples, start, stop, column)
        _correlate(power, product, column, stop - start, rhos[i])
        found.shared = _n_shared(power, rhos[i], column) if freedom >= FEWEST_VALUES else 0
        explained = explanation(power, product, level, column, freedom)
        found.copy, found.neighbour = explained.copy, explained.column
        found.amplitude = _corrected(power[column] - explained.explained, level[column])
        told = other_side(samples, start, stop, power, level, other, freedom)
        found.opposite, found.opposite_most, found.opposite_silent = told
        found.li = _laterality_index(found.amplitude, found.opposite)
        found.least_li = _laterality_index(found.amplitude, found.opposite_most)
        found.frequency = np.nan
        if power[column] > LOUD * level[column]:  # without the noise's share
            own = product[column, 2] - level[column] * noise[i, 1, column]
            found.frequency = hertz(own / (paired(burst, power[column]) - level[column]), fs)
        found.hum = hum(samples[column, :stop], start, lags, level[column])
        steady = noise[i, 2, column]
        found.tonic = np.sqrt(steady) if steady >= RESTLESS * level[column] else 0.0
        found.leaps = (
            not (found.copy or found.li >= UNILATERAL)
            and stop - spans[0, i] <= longest
            and _leaps(samples, start, stop, column, other, level, fs)
        )
        surges[:, i] = start
        if found.li < surging.ONE_SIDED and not found.copy:
            opposite, size = samples[other, start:stop], max(round(surging.BLOCK * fs), 2)
            first, last = surging.surge(burst, opposite, level[column], level[other], size)
            surges[0, i], surges[1, i] = start + first, start + last
        found.steps = 0.0
        if found.frequency <= slow:
            most = round((stop - start) / (APART * fs))
            found.steps = kernels.step_share(burst, step, min(max(most, 1), 4))
    return out, rhos, surges


@numba.njit(cache=True, nogil=True)
def _correlate(power, product, column, n_samples, rho):
    """Fill in the largest raw correlation with every channel at lags of -1, 0 and 1 sample."""
    shared = 1.0 - 1.0 / max(n_samples, 1)  # of the samples, at a lag of one: none is over 1
    for k in range(len(power)):
        before, here, after = product[k]
        most = max(abs(here), shared * max(abs(before), abs(after)))
        scale = np.sqrt(power[k] * power[column])
        rho[k] = most / scale if scale > 0.0 else np.nan


@numba.njit(cache=True, nogil=True)
def _leaps(samples, start, stop, column, other, level, fs):
    """Whether a burst leaps out of what its muscle did before, while the other side goes on.

    By the loudest block: that of a unit which discharges at rest, now as before.
    """
    first, last = max(start - round(BEFORE * fs), 0), start - round(PAUSE * fs)
    if other < 0 or last - first < BEFORE * fs / 2:
        return False
    size = max(2, round(BLOCK * fs))
    before = kernels.loudest(samples[column, first:last], size)
    if not kernels.loudest(samples[column, start:stop], size) >= LEAPS**2 * before:
        return False
    before = kernels.loudest(samples[other, first:last], size)
    if not before >= UNREST * level[other]:
        return False
    return kernels.loudest(samples[other, start:stop], size) <= GOES_ON**2 * before


@numba.njit(cache=True, nogil=True)
def _n_shared(power, rho, column):
    """How many other channels show the burst's waveform, within the ratio of cross-talk."""
    n_shared = 0
    for k in range(len(power)):
        alike = rho[k] >= SAME and RATIO**2 <= power[k] / power[column] <= 1.0 / RATIO**2
        n_shared += k != column and alike
    return n_shared


@numba.njit(cache=True, nogil=True)
def paired(burst: Values, power: float) -> float:
    """Mean square of a burst's samples as its pairs of neighbours hold them.

    Those inside are of two pairs, the first and the last of one. A burst is weak at its ends: with
    the plain mean square its neighbouring samples correlate by up to one in their number too well,
    which at 8000 Hz is as much as muscle differs from a standstill.
    """
    if len(burst) < 2:
        return power
    ends: float = burst[0] * burst[0] + burst[-1] * burst[-1]
    return (power * len(burst) - ends / 2) / (len(burst) - 1)


@numba.njit(cache=True, nogil=True)
def hertz(correlation: float, fs: float) -> float:
    """Hz of the sine whose neighbouring samples correlate so."""
    return acos(min(max(correlation, -1.0), 1.0)) * fs / (2 * pi)


@numba.njit(cache=True, nogil=True)
def hum(values: Values, start: int, lags: NDArray[np.int64], level: float) -> float:
    """Largest share of a burst's power that repeats at one of these lags; 0 where nothing is known.

    A lag is five periods of the mains, and four must repeat as well: of the few values of a burst
    chance makes 0.4 at one lag (30 to 100 ms at 250 Hz: 5 to 1 of 100), hardly at two. Of a burst
    shorter than the lag, the samples before are taken in: hum comes and goes slower than twitches.

    Parameters
    ----------
    values : ndarray, shape (n_samples,)
        Filtered samples up to the end of the burst.
    start : int
        Where it begins in them.
    lags : ndarray of int
        Samples.
    level : float
        Mean square of the noise.
    """
    most = -np.inf
    for lag in lags:
        first = min(start, len(values) - lag)
        if first >= lag:
            four = kernels.repeated(values, first, round(0.8 * lag))
            share = min(kernels.repeated(values, first, lag), four)
            if share > most and share > 0.0:
                share = min(share, _own_hum(values, start, lag, level))
            most = max(most, share)
    return most if most > -np.inf else 0.0


@numba.njit(cache=True, nogil=True)
def _own_hum(values, start, lag, level):
    """What repeats of what a burst has more than the noise, which may hum by itself.

    1 where nothing is known, and of a piece of what hums: all else is as strong as before.
    """
    begin, end, stop = max(start - HUMMED * lag, lag), start - lag // 2, len(values)
    if end - begin < lag:
        return 1.0
    calm = kernels.mean_change(values, begin, end, lag)
    if kernels.mean_change(values, start, stop, lag) < RISES * calm:
        return 1.0
    before = min(max(kernels.mean_product(values, begin, end, lag), 0.0), level)
    more = kernels.mean_product(values, start, stop, lag) - before
    rise = kernels.mean_product(values, start, stop, 0) - level
    return more / rise if rise > 0.0 else 0.0


@numba.njit(cache=True, nogil=True)
def other_side(samples, start, stop, power, levels, column, freedom):
    """Amplitude over the same muscle of the other side, the most it may be, and its silence.

    What cross-talk explains there is left out.
    """
    if column < 0 or np.isnan(power[column]):
        return np.nan, np.nan, False
    scatter = levels[column] * np.sqrt(2.0 / freedom)
    silent = power[column] <= levels[column] + 3.0 * scatter
    explained = 0.0
    if not silent:
        own, product = kernels.survey(samples, start, stop, column)
        explained = explanation(own, product, levels, column, freedom).explained
        silent = power[column] - explained <= levels[column] + 3.0 * scatter
    amplitude = np.sqrt(max(power[column] - explained - levels[column], 0.0))
    return amplitude, np.sqrt(amplitude**2 + 2.0 * scatter), silent
