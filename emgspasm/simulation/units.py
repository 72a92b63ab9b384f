"""Motor units: their potentials at the skin, and when they discharge.

Potentials are Hermite-Rodriguez functions of orders 1 and 2 (Lo Conte, Merletti & Sandri 1994).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.simulation.acts import Contraction, Drive, Volleys

UNITS = 40  # at a site, clinical facts 9 [sim]
WIDTHS = (0.0012, 0.0026)  # s, scale of the Hermite-Rodriguez function, clinical facts 9 [sim]
AMPLITUDES = (4.0, 80.0)  # uV peak to peak, log-uniform, clinical facts 9 [sim]
FIRING = (12.0, 40.0)  # Hz at recruitment and at most, clinical facts 9 [sim]
FIRING_VARIATION = 0.2  # CV of intervals; 0.15-0.25 in clinical facts 9 [sim]
RECRUITMENT = (0.01, 0.7)  # drive at which the first and the last unit join [design]
UNIT_LATENCY = 0.0008  # s, SD between units, clinical facts 9 [sim]
JITTER = 0.0005  # s, SD between discharges, clinical facts 9 [sim]
ANGLE = 0.4  # rad, SD of the mixture of orders about the pure first one [design]
SUPPORT = 0.02  # share of its peak at which a potential begins and ends [design]


@dataclass(frozen=True, slots=True)
class Pool:
    """The motor units of one site.

    Parameters
    ----------
    shapes : ndarray, shape (n_units, n_longest)
        Potentials in uV, at the simulated rate; zero after ``lengths[unit]``.
    lengths : ndarray of int
        Samples of every potential.
    thresholds : ndarray
        Drive at which a unit joins; the smallest potentials join first (size principle).
    latencies : ndarray
        Seconds from a common discharge to the unit's own.
    """

    shapes: NDArray[np.float64]
    lengths: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    latencies: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Discharges:
    """Discharges of one contraction: first rows of potentials on the simulated time base."""

    starts: NDArray[np.int64]
    units: NDArray[np.int64]


def potential(width: float, angle: float, frequency: float) -> NDArray[np.float64]:
    """One motor unit potential of 1 uV peak to peak.

    A mixture of the Hermite-Rodriguez functions of orders 1 and 2, cut where it falls below
    :data:`SUPPORT` of its peak.

    Parameters
    ----------
    width : float
        Scale of the functions in seconds.
    angle : float
        Radians; mixes the orders. About 0 or pi, with either sign equally likely: the endplates of
        facial muscles are scattered, so units run both ways under a bipolar lead [design].
    frequency : float
        Simulated rate in hertz.
    """
    half = int(np.ceil(4 * width * frequency))
    x = np.arange(-half, half + 1) / (width * frequency)
    bell = np.exp(-(x**2))
    shape = np.cos(angle) * 2 * x * bell + np.sin(angle) * (4 * x**2 - 2) * bell / 2
    seen = np.flatnonzero(np.abs(shape) >= SUPPORT * np.abs(shape).max())
    shape = shape[seen[0] : seen[-1] + 1]
    return np.asarray(shape / np.ptp(shape))


def motor_units(rng: np.random.Generator, frequency: float) -> Pool:
    """Draw the motor units of one site for a simulated rate in hertz."""
    low, high = np.log(AMPLITUDES)
    amplitudes = np.sort(np.exp(rng.uniform(low, high, UNITS)))
    widths = rng.uniform(*WIDTHS, UNITS)
    angles = np.pi * rng.integers(0, 2, UNITS) + bounded_normal(rng, ANGLE, UNITS)
    latencies = bounded_normal(rng, UNIT_LATENCY, UNITS)
    potentials = [
        amplitude * potential(width, angle, frequency)
        for amplitude, width, angle in zip(amplitudes, widths, angles, strict=True)
    ]
    lengths = np.array([len(shape) for shape in potentials])
    shapes = np.zeros((UNITS, lengths.max()))
    for row, shape in zip(shapes, potentials, strict=True):
        row[: len(shape)] = shape
    return Pool(shapes, lengths, np.geomspace(*RECRUITMENT, UNITS), latencies)


def bounded_normal(rng: np.random.Generator, sd: float, size: int) -> NDArray[np.float64]:
    """Centred normal numbers, held within three standard deviations."""
    return sd * np.clip(rng.standard_normal(size), -3, 3)


def discharges(
    contraction: Contraction, pool: Pool, rng: np.random.Generator, frequency: float
) -> Discharges:
    """When the units of a pool discharge in one contraction, in order.

    Parameters
    ----------
    frequency : float
        Simulated samples in one second of the world.
    """
    fire = volley_times if isinstance(contraction, Volleys) else drive_times
    times, units = fire(contraction, pool, rng)  # type: ignore[arg-type]  # chosen one line up
    starts = np.rint(times * frequency).astype(np.int64) - pool.lengths[units] // 2
    order = np.argsort(starts, kind="stable")
    return Discharges(starts[order], units[order])


def volley_times(
    volleys: Volleys, pool: Pool, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Times and units: at every common discharge each unit takes part by chance."""
    chances = rng.random((len(volleys.times), UNITS))
    part = chances < volleys.participation[:, np.newaxis]
    if volleys.members:
        part &= np.isin(np.arange(UNITS), volleys.members)
    which, units = np.nonzero(part)
    jitter = bounded_normal(rng, JITTER, len(units))
    return volleys.times[which] + pool.latencies[units] + jitter, units


def drive_times(
    drive: Drive, pool: Pool, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Times and units: recruited by size, firing faster the more they are driven."""
    units = np.flatnonzero(pool.thresholds < drive.level)
    times, fired = [np.empty(0)], [units[:0]]
    crossing = drive.onset + drive.rise * pool.thresholds[units] / drive.level
    fastest = firing_rate(np.full(len(units), drive.level), pool.thresholds[units])
    now = crossing + rng.uniform(0, 0.5, len(units)) / fastest
    while len(units):
        level = drive_level(drive, now)
        on = level > pool.thresholds[units]
        now, units, level = now[on], units[on], level[on]
        times.append(now)
        fired.append(units)
        spread = np.clip(1 + FIRING_VARIATION * rng.standard_normal(len(now)), 0.4, 1.6)
        now = now + spread / firing_rate(level, pool.thresholds[units])
    return np.concatenate(times), np.concatenate(fired)


def firing_rate(level: NDArray[np.float64], threshold: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hertz of units at a level of drive above their thresholds."""
    low, high = FIRING
    return low + (high - low) * (level - threshold) / (1 - threshold)


def drive_level(drive: Drive, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Level of the drive: up, hold, down."""
    corners = [
        drive.onset,
        drive.onset + drive.rise,
        drive.offset - drive.fall,
        drive.offset,
    ]
    return np.interp(times, corners, [0, drive.level, drive.level, 0], left=0, right=0)
