"""What a simulated face does: acts, made of contractions of single muscles and of deflections.

A plan is a tuple of acts in seconds from the start of the recording. It knows nothing of
sampling and noise, and the face nothing of the montage: the same seed gives the same acts of
muscles whatever is recorded. Artefacts are of the electrodes that are there.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Annotation, EventType

EARLIEST = 0.02
"""Seconds by which the first energy of a contraction may precede its nominal onset, and the last
one follow its nominal offset: half the longest motor unit potential plus the truncated unit latency
and jitter stay below it."""

Shape = Literal["lid", "motion", "pop", "hum", "qrs"]


@dataclass(frozen=True, slots=True)
class Volleys:
    """Discharges common to many units of a muscle, as hemifacial spasm makes them.

    Parameters
    ----------
    site : str
        Muscle and side, as in ``OOC_L``.
    times : ndarray
        Seconds of the common discharges at this muscle.
    participation : ndarray
        Probability that a unit takes part, one for each time.
    members : tuple of int
        Units that belong to the fascicle; empty means all.
    """

    site: str
    times: NDArray[np.float64]
    participation: NDArray[np.float64]
    members: tuple[int, ...] = ()

    @property
    def onset(self) -> float:
        """Nominal onset in seconds."""
        return float(self.times[0])

    @property
    def offset(self) -> float:
        """Nominal offset in seconds."""
        return float(self.times[-1])


@dataclass(frozen=True, slots=True)
class Drive:
    """Ordinary motor drive: units are recruited one after another and fire on their own.

    Parameters
    ----------
    site : str
        Muscle and side, as in ``OOC_L``.
    onset, duration : float
        Seconds.
    level : float
        Largest drive, 0 to 1.
    rise, fall : float
        Seconds of the ramps inside `duration`.
    """

    site: str
    onset: float
    duration: float
    level: float
    rise: float
    fall: float

    @property
    def offset(self) -> float:
        """Nominal offset in seconds."""
        return self.onset + self.duration


Contraction = Volleys | Drive


@dataclass(frozen=True, slots=True)
class Deflection:
    """A disturbance of one channel that no motor unit makes.

    Parameters
    ----------
    site : str
        Channel, as in ``OOC_L``.
    onset, duration : float
        Seconds.
    amplitude : float
        uV, signed.
    shape : str
        ``lid``, ``motion``, ``pop``, ``hum`` or ``qrs``.
    """

    site: str
    onset: float
    duration: float
    amplitude: float
    shape: Shape


@dataclass(frozen=True, slots=True)
class Act:
    """Contractions and deflections that belong together.

    `trial_type` None marks what is no event of the face (the heart beat).
    """

    trial_type: EventType | None
    label: str = ""
    contractions: tuple[Contraction, ...] = ()
    deflections: tuple[Deflection, ...] = ()

    @property
    def onset(self) -> float:
        """Nominal onset in seconds."""
        return min(part.onset for part in (*self.contractions, *self.deflections))

    @property
    def offset(self) -> float:
        """Nominal offset in seconds."""
        ends = [contraction.offset for contraction in self.contractions]
        ends += [part.onset + part.duration for part in self.deflections]
        return max(ends)


@dataclass(frozen=True, slots=True)
class Plan:
    """Acts in order of onset, and the markers of the tasks."""

    acts: tuple[Act, ...]
    annotations: tuple[Annotation, ...]


def random_stream(seed: int, *parts: str | int) -> np.random.Generator:
    """Random numbers of one part of a simulation, independent of every other part."""
    keys = [part if isinstance(part, int) else zlib.crc32(part.encode()) for part in parts]
    return np.random.default_rng([seed, *keys])


def renewals(
    rng: np.random.Generator, per_minute: float, duration: float, shape: float, least: float
) -> NDArray[np.float64]:
    """Moments of a renewal process with gamma intervals, in seconds.

    Parameters
    ----------
    per_minute : float
        Mean rate; 0 gives none.
    shape : float
        Shape of the gamma part of the intervals: below 1 clustered, above 1 regular.
    least : float
        Shortest interval in seconds.
    """
    if per_minute == 0:
        return np.empty(0)
    mean = max(60 / per_minute - least, 0.1)
    count = int(duration * per_minute / 60 * 2 + 30)
    intervals = least + rng.gamma(shape, mean / shape, count)
    times = 0.5 + np.cumsum(intervals) - intervals[0] * rng.random()
    return np.asarray(times[times < duration])


def lognormal(
    rng: np.random.Generator, median: float, sigma: float, low: float, high: float
) -> float:
    """One lognormal number, clipped."""
    return float(np.clip(median * np.exp(sigma * rng.standard_normal()), low, high))
