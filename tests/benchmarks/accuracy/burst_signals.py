"""Single muscles with known bursts: a generator that shares no line with the package's simulation.

What the package fixes is drawn anew for each recording: motor unit potentials or coloured Gaussian
noise, their spectrum, the shape of bursts, the colour and steadiness of the noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfiltfilt

Values = NDArray[np.float64]

WORLD = 4000
"""Hz of the simulated world; every sampling frequency divides it."""

SECONDS = 60.0
QUIET = 2.5
"""Seconds before the first burst, which peers that ask for a rest period are given."""

LEVEL, TOP = 5.0, 450.0
"""uV of noise, RMS, and Hz up to which it is told where the recording reaches as far."""

CONFOUNDERS = ("none", "blink", "speech", "motion", "mains", "all")
BANDS = ((20, 450), (60, 200), (100, 350), (30, 120))


@dataclass(frozen=True)
class TrueBurst:
    """One burst; seconds."""

    kind: str
    onset: float
    offset: float


@dataclass(frozen=True)
class Muscle:
    """Samples in uV and what is in them."""

    samples: Values
    truth: tuple[TrueBurst, ...]


def muscle(fs: int, snr: float, confounder: str, seed: int) -> Muscle:
    """One recording of one muscle, with spasm-like bursts and what else may happen.

    Parameters
    ----------
    fs : int
        Sampling frequency in Hz.
    snr : float
        Decibels of every burst: its RMS over its duration over the RMS of the noise, both in the
        band that the recording carries: from 20 to 450 Hz, or 0.45 of the sampling frequency where
        that is less. Bursts of speech and blinks are up to 3 dB weaker.
    confounder : str
        One of :data:`CONFOUNDERS`.
    seed : int
        Spectra, shapes, moments: the same for every SNR.
    """
    rng = np.random.default_rng([seed, CONFOUNDERS.index(confounder)])
    has = set(CONFOUNDERS[1:-1]) if confounder == "all" else {confounder}
    truth = planned(rng, has)
    n = round(SECONDS * WORLD)
    top = min(TOP, 0.45 * fs)
    samples = noise(rng, n, top) + contractions(rng, n, truth, snr, top)
    if "blink" in has:
        for burst in truth:
            if burst.kind == "blink":
                samples += bump(n, burst.onset - 0.02, rng.uniform(0.2, 0.4), rng.uniform(30, 300))
    if "motion" in has:
        for start in np.arange(4.0, SECONDS - 3, 7.0):
            samples += motion(rng, n, start + rng.uniform(0, 3))
    if "mains" in has:
        samples += mains(rng, n)
    return Muscle(np.asarray(resample_poly(samples, 1, WORLD // fs)), tuple(truth))


def planned(rng: np.random.Generator, has: set[str]) -> list[TrueBurst]:
    """Bursts of a spasm: single, in short runs, and long ones; speech and blinks between them."""
    bursts, moment = [], QUIET + rng.uniform(0, 0.3)
    while moment < SECONDS - 2.5:
        kinds = ["spasm", *sorted(has & {"blink", "speech"})]
        kind = kinds[rng.integers(len(kinds))]
        for _ in range(rng.integers(3, 9) if kind == "speech" else 1):
            length = drawn_length(rng, kind)
            bursts.append(TrueBurst(kind, moment, moment + length))
            moment += length + (rng.uniform(0.06, 0.15) if kind == "speech" else 0)
        moment += 0.15 + rng.exponential(0.35)
    return bursts


def drawn_length(rng: np.random.Generator, kind: str) -> float:
    """Seconds of a burst (clinical facts 2 and 9: 20-200 ms, tonic ones longer)."""
    if kind == "blink":
        return float(rng.uniform(0.06, 0.2))
    if kind == "speech":
        return float(rng.uniform(0.06, 0.16))
    if rng.random() < 0.7:
        return float(np.clip(0.06 * np.exp(0.5 * rng.standard_normal()), 0.025, 0.2))
    return float(rng.uniform(0.2, 1.0))


def noise(rng: np.random.Generator, n: int, top: float) -> Values:
    """White, pink or browner noise; in a third of the recordings its level drifts by 3 dB."""
    slope = rng.choice([0.0, 0.5, 0.75])
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum /= np.maximum(np.fft.rfftfreq(n, 1 / WORLD), 1.0) ** slope
    values = np.fft.irfft(spectrum, n)
    if rng.random() < 1 / 3:
        wave = np.sin(2 * np.pi * np.arange(n) / n + rng.uniform(0, 2 * np.pi))
        values *= 10 ** (3 * wave / 20)
    return np.asarray(LEVEL * values / band(values, top).std())


def contractions(
    rng: np.random.Generator, n: int, truth: list[TrueBurst], snr: float, top: float
) -> Values:
    """Bursts of motor unit potentials, or of coloured Gaussian noise."""
    shape = rng.choice(["rectangle", "ramp", "bell"], p=[0.4, 0.4, 0.2])
    units = [potential(rng) for _ in range(20)] if rng.random() < 0.5 else []
    low, high = BANDS[rng.integers(len(BANDS))]
    signal = np.zeros(n)
    for burst in truth:
        first, last = round(burst.onset * WORLD), round(burst.offset * WORLD)
        m = last - first
        raw = volley(rng, m, units) if units else coloured(rng, m, low, high)
        raw = raw * envelope(shape, m)
        strength = np.sqrt(np.mean(band(np.pad(raw, 400), top) ** 2) * (m + 800) / m)
        weaker = 0.0 if burst.kind == "spasm" else rng.uniform(0, 3)
        signal[first:last] += raw * LEVEL * 10 ** ((snr - weaker) / 20) / strength
    return signal


def potential(rng: np.random.Generator) -> Values:
    """Two or three phases, 5 to 15 ms, of a log-uniform size."""
    width = rng.uniform(0.0008, 0.002)
    t = np.arange(-4 * width, 4 * width, 1 / WORLD) / width
    shape = -t if rng.random() < 0.5 else 1 - t**2
    return np.asarray(shape * np.exp(-(t**2) / 2) * np.exp(rng.uniform(1, 4)) * rng.choice([-1, 1]))


def volley(rng: np.random.Generator, m: int, units: list[Values]) -> Values:
    """Potentials at random moments that end within `m` samples."""
    signal = np.zeros(m + 100)
    for start in rng.integers(0, max(m - 40, 1), max(4, rng.poisson(1500 * m / WORLD))):
        unit = units[rng.integers(len(units))]
        signal[start : start + len(unit)] += unit
    return signal[:m]


def coloured(rng: np.random.Generator, m: int, low: float, high: float) -> Values:
    """Gaussian noise of a band."""
    sos = butter(2, [low, high], "bandpass", fs=WORLD, output="sos")
    return np.asarray(sosfiltfilt(sos, rng.standard_normal(m + 1600))[800 : 800 + m])


def envelope(shape: str, m: int) -> Values:
    """How a burst swells and fades."""
    x = (np.arange(m) + 0.5) / m
    if shape == "bell":
        return np.asarray(np.exp(-(((x - 0.5) / 0.25) ** 2) / 2))
    return np.minimum(1, np.minimum(x, 1 - x) / 0.3) if shape == "ramp" else np.ones(m)


def bump(n: int, start: float, length: float, size: float) -> Values:
    """Slow deflection, as of a lid: a raised cosine."""
    values, first, m = np.zeros(n), round(start * WORLD), round(length * WORLD)
    values[first : first + m] = size * np.hanning(m)
    return values


def motion(rng: np.random.Generator, n: int, start: float) -> Values:
    """A cable that swings: 1 to 15 Hz, 50 to 1000 uV, fading in and out."""
    values, first, m = np.zeros(n), round(start * WORLD), round(rng.uniform(0.4, 2) * WORLD)
    sos = butter(2, [1, 15], "bandpass", fs=WORLD, output="sos")
    swing = sosfiltfilt(sos, rng.standard_normal(m + 8000))[4000 : 4000 + m] * np.hanning(m)
    values[first : first + m] = (
        swing / np.abs(swing).max() * np.exp(rng.uniform(*np.log([50, 1000])))
    )
    return values


def mains(rng: np.random.Generator, n: int) -> Values:
    """50 Hz of 10 uV with odd harmonics, steady."""
    t = np.arange(n) / WORLD
    return np.asarray(
        sum(
            14 * size * np.sin(2 * np.pi * 50 * k * t + rng.uniform(0, 2 * np.pi))
            for k, size in ((1, 1.0), (3, 0.3), (5, 0.1))
        )
    )


def band(values: Values, top: float) -> Values:
    """From 20 Hz to `top`."""
    return np.asarray(sosfiltfilt(butter(2, [20, top], "bandpass", fs=WORLD, output="sos"), values))
