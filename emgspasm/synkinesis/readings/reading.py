"""A burst, read against every other channel over the same stretch of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import inf
from operator import attrgetter
from typing import Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.rates import DURATIONS
from emgspasm.labels import SIDE_LETTER
from emgspasm.stream import Burst, StreamInfo
from emgspasm.synkinesis.readings.history import History, noise
from emgspasm.synkinesis.readings.looking import look
from emgspasm.synkinesis.spread import REGIONS


@dataclass(frozen=True, slots=True)
class Site:
    """Where a channel lies: its column among the EMG channels, and that of the other side.

    `region` is None of a muscle that the facial nerve does not move; `frequency` is the channel's
    own, in hertz, where that is less than the stream's.
    """

    column: int
    side: str
    muscle: str
    opposite: int
    frequency: float = inf
    region: str | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "region", REGIONS.get(self.muscle))


SHORTEST_SURGE, BLURRED = 0.030, 0.020
"""Seconds of a surge, at least [sim]; a clonic burst lasts 20 to 200 ms (clinical facts 2). So much
more where the sampling frequency tells durations to 20 ms only (clinical facts 4)."""


@dataclass(slots=True, eq=False)
class Reading:
    """What the samples say of a burst, or of the part of it in which its side surges.

    Changed by nobody, but not frozen: that would take longer than all else it takes to make one.

    Parameters
    ----------
    burst : Burst
    site : Site
    onset, offset : int
        The burst's, or those of the part.
    rho : sequence of float
        Largest raw |correlation| with every channel at lags of -1, 0 and 1 sample.
    copy : bool
        Whether cross-talk explains it.
    neighbour : int
        Column of the larger neighbour that explains most of it; -1 without one.
    amplitude, opposite : float
        Noise-corrected amplitudes here and over the same muscle of the other side (NaN without
        one), in the channel's unit.
    opposite_most : float
        What the other side's amplitude may be, given the scatter of noise power (two standard
        deviations).
    opposite_silent : bool
        Whether the other side's power is that of noise.
    li, least_li : float
        Laterality index, seen from this side, and the least it may be; NaN without the other
        side's channel.
    frequency : float
        Hz of the sine whose neighbouring samples correlate alike, without the noise's share; NaN
        where the burst is too faint for that.
    hum : float
        Largest share of its power that repeats at periods of the mains.
    steps : float
        Share of its energy that steps explain, where it is as slow as they are.
    shared : int
        Channels with the same waveform, of an amplitude that no cross-talk explains.
    tonic : float
        Amplitude of what the muscle did before in nearly every tenth of a second, in the channel's
        unit; 0 of a muscle that rests.
    leaps : bool
        Whether it leaps out of what its muscle did before while the other side goes on as before;
        not asked of what is of this side anyway.
    surge : Reading or None
        Of the part in which this side is loud and the other one is not, if there is one.
    usual : float
        Laterality index of this side in blinks that is taken away from `li` and `least_li`.
    """

    burst: Burst
    site: Site
    onset: int
    offset: int
    rho: Sequence[float]
    copy: bool
    neighbour: int
    amplitude: float
    opposite: float
    opposite_most: float
    opposite_silent: bool
    li: float
    least_li: float
    frequency: float
    hum: float
    steps: float
    shared: int
    tonic: float
    leaps: bool
    surge: Reading | None = None
    usual: float = 0.0

    @property
    def is_surge(self) -> bool:
        """Whether it is of a part of its burst."""
        return self.onset > self.burst.onset or self.offset < self.burst.offset

    def but(self, **values: float | Reading | None) -> Self:
        """The same with other values, as ``dataclasses.replace``, in a third of the time."""
        other = type(self)(*_values(self))
        for name, value in values.items():
            setattr(other, name, value)
        return other


_values = attrgetter(*(each.name for each in fields(Reading)))


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
        letter = SIDE_LETTER.get(channel.side or "", "")
        found[c] = Site(i, letter, channel.muscle or "", opposite, channel.own_frequency)
    return found


def read(bursts: Sequence[Burst], places: Mapping[int, Site], history: History) -> list[Reading]:
    """Read bursts against the history of all channels.

    Parameters
    ----------
    bursts : sequence of Burst
    places : mapping of int to Site
        By column of the stream.
    history : History
        It must reach from the onset of the first to the offset of the last.
    """
    if not bursts:
        return []
    channels, onsets, offsets, *_ = zip(*bursts, strict=True)
    here = [places[channel] for channel in channels]
    columns = np.array([[site.column for site in here], [site.opposite for site in here]])
    spans = np.array([onsets, offsets])
    known = noise(history, spans[0] + history.shift)
    readings, surges = _look(bursts, here, columns, spans, known, history)
    least = SHORTEST_SURGE + (BLURRED if history.fs < DURATIONS else 0.0)
    surging = np.flatnonzero(surges[1] - surges[0] >= least * history.fs)
    if len(surging):
        whole = [readings[i] for i in surging]
        columns, spans = columns.take(surging, axis=1), surges.take(surging, axis=1)
        known = known.take(surging, axis=0)
        bursts, here = [r.burst for r in whole], [r.site for r in whole]
        parts, _ = _look(bursts, here, columns, spans, known, history)
        for reading, part in zip(whole, parts, strict=True):
            reading.surge = part
    return readings


def _look(
    bursts: Sequence[Burst],
    here: Sequence[Site],
    columns: NDArray[np.int64],
    spans: NDArray[np.int64],
    known: NDArray[np.float64],
    history: History,
) -> tuple[list[Reading], NDArray[np.int64]]:
    """Readings of bursts from onset to offset (`spans`), and where each of them surges."""
    past = history.shift - history.first
    looked, rho, surges = look(
        history.samples,
        history.filled,
        spans + past,
        columns,
        known,
        history.fs,
        history.lags,
        history.step,
    )
    told = zip(*looked.tolist(), strict=True)  # field by field
    readings = map(Reading, bursts, here, *spans.tolist(), rho.tolist(), *told)
    return list(readings), surges - past
