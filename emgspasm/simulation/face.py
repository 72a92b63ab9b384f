"""The simulated face at the simulated rate: muscles, mixed by cross-talk, disturbances and noise.

Everything is made block after block of a fixed size, so memory stays constant in the length of the
recording and no sample depends on how a reader cuts the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.simulation import kernels
from emgspasm.simulation.acts import EARLIEST, Contraction, Deflection, Plan, random_stream
from emgspasm.simulation.disturbances import crosstalk, mains_wave, waveform
from emgspasm.simulation.units import Discharges, Pool, discharges, motor_units

NOISE_CORNER = 8.0  # Hz below which electrodes are noisier [design]
NOISE_SHELF = 4.0  # times more amplitude there, less one [design]


@dataclass(frozen=True, slots=True)
class Face:
    """The recorded sites of one simulated person.

    Parameters
    ----------
    sites : tuple of str
        Channels, as in ``OOC_L``.
    pools : tuple of Pool
        Motor units of every site.
    plan : Plan
        What happens.
    seed : int
        Of all its random numbers.
    frequency : float
        Simulated samples in one second of the recorder's clock.
    clock : float
        Simulated samples in one second of the world; differs by the drift of the clock.
    mains : float
        Hertz.
    """

    sites: tuple[str, ...]
    pools: tuple[Pool, ...]
    plan: Plan
    seed: int
    frequency: float
    clock: float
    mains: float

    def discharges(self, number: int, index: int) -> Discharges:
        """Discharges of contraction `index` of act `number`, the same at every call."""
        contraction = self.plan.acts[number].contractions[index]
        rng = random_stream(self.seed, "discharges", contraction.site, bits(contraction.onset))
        pool = self.pools[self.sites.index(contraction.site)]
        return discharges(contraction, pool, rng, self.clock)

    def deflection(self, number: int, index: int) -> tuple[int, NDArray[np.float64]]:
        """First sample and samples of a deflection."""
        part = self.plan.acts[number].deflections[index]
        rng = random_stream(self.seed, "deflection", part.site, bits(part.onset))
        return round(part.onset * self.clock), waveform(part, self.clock, self.mains, rng)


def bits(seconds: float) -> int:
    """Integer that names a moment, so that a part's random numbers hang on it alone."""
    return int(np.float64(seconds).view(np.uint64))


def motor_pools(sites: tuple[str, ...], frequency: float, seed: int) -> tuple[Pool, ...]:
    """Motor units of every site, each drawn from its own random numbers."""
    return tuple(motor_units(random_stream(seed, "units", site), frequency) for site in sites)


def activity(face: Face, first: int, size: int) -> Iterator[NDArray[np.float64]]:
    """Noise-free electrical activity of every muscle alone, block after block without end.

    Parameters
    ----------
    first : int
        Simulated sample of the first row of the first block.
    size : int
        Rows of a block.

    Yields
    ------
    ndarray, shape (size, n_sites)
        uV.
    """
    longest = max(pool.shapes.shape[1] for pool in face.pools)
    upcoming = parts_by_onset(face, lambda act: act.contractions)
    waiting: list[tuple[int, Discharges]] = []
    tail = np.zeros((longest, len(face.sites)))
    while True:
        signal = np.zeros((size + longest, len(face.sites)))
        signal[:longest] += tail
        while upcoming and (upcoming[-1][0] - EARLIEST) * face.clock < first + size:
            _, number, index, column = upcoming.pop()
            waiting.append((column, face.discharges(number, index)))
        waiting = [
            (column, later)
            for column, part in waiting
            if len((later := add_discharges(signal, column, part, face, first, size)).starts)
        ]
        tail = signal[size:]
        yield signal[:size]
        first += size


def parts_by_onset(
    face: Face, parts: Callable[..., tuple[Contraction, ...] | tuple[Deflection, ...]]
) -> list[tuple[float, int, int, int]]:
    """Onset, act, index and column of the parts of all acts, the last first (a stack)."""
    found = [
        (part.onset, number, index, face.sites.index(part.site))
        for number, act in enumerate(face.plan.acts)
        for index, part in enumerate(parts(act))
    ]
    return sorted(found, reverse=True)


def add_discharges(
    signal: NDArray[np.float64],
    column: int,
    part: Discharges,
    face: Face,
    first: int,
    size: int,
) -> Discharges:
    """Add the potentials that begin in the block; return those that begin later."""
    count = int(np.searchsorted(part.starts, first + size))
    starts, units, pool = part.starts[:count] - first, part.units[:count], face.pools[column]
    kernels.add_potentials(signal, column, starts, units, pool.shapes, pool.lengths)
    return Discharges(part.starts[count:], part.units[count:])


def disturbance(face: Face, first: int, size: int) -> Iterator[NDArray[np.float64]]:
    """Deflections of every channel, block after block, as :func:`activity`."""
    upcoming = parts_by_onset(face, lambda act: act.deflections)
    waiting: list[tuple[int, int, NDArray[np.float64]]] = []
    while True:
        signal = np.zeros((size, len(face.sites)))
        while upcoming and upcoming[-1][0] * face.clock < first + size:
            _, number, index, column = upcoming.pop()
            waiting.append((column, *face.deflection(number, index)))
        for column, start, values in waiting:
            begin, end = max(start, first), min(start + len(values), first + size)
            if begin < end:
                signal[begin - first : end - first, column] += values[begin - start : end - start]
        waiting = [wave for wave in waiting if wave[1] + len(wave[2]) > first + size]
        yield signal
        first += size


@dataclass(frozen=True, slots=True)
class Noise:
    """Stationary noise of every channel: `broadband` and `hum` in uV (white SD, fundamental)."""

    broadband: NDArray[np.float64]
    hum: NDArray[np.float64]


def noise_gain(frequencies: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """Magnitude of the electrode noise at frequencies in hertz, against its white part."""
    pole = np.exp(-2 * np.pi * NOISE_CORNER / rate)
    turn = np.exp(-2j * np.pi * frequencies / rate)
    return np.asarray(np.abs(1 + NOISE_SHELF * (1 - pole) / (1 - pole * turn)))


def blocks(face: Face, noise: Noise, first: int, size: int) -> Iterator[NDArray[np.float64]]:
    """What the electrodes give to the recorder, block after block without end.

    Yields
    ------
    ndarray, shape (size, n_sites)
        uV.
    """
    mixing = crosstalk(face.sites, face.seed)
    rng = random_stream(face.seed, "noise")
    pole = float(np.exp(-2 * np.pi * NOISE_CORNER / face.frequency))
    state = np.zeros(len(face.sites))
    pairs = zip(activity(face, first, size), disturbance(face, first, size), strict=True)
    for muscles, disturbed in pairs:
        signal = muscles @ mixing.T + disturbed
        white = rng.standard_normal(signal.shape)
        kernels.add_electrode_noise(signal, white, state, pole, NOISE_SHELF, noise.broadband)
        seconds = np.arange(first, first + size) / face.clock
        signal += np.outer(mains_wave(seconds, face.mains), noise.hum)
        yield signal
        first += size
