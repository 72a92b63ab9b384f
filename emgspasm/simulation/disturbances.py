"""What is no muscle: lid, motion, electrode pops, mains, heart; cross-talk, offset and drift."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emgspasm.simulation.acts import Act, Deflection, Shape, random_stream, renewals

MOTION = (50.0, 1000.0)  # uV, 1-15 Hz, clinical facts 9 [sim]
POP = (100.0, 5000.0)  # uV, clinical facts 9 [sim]
HUM = (5.0, 20.0)  # uV; mains are 1-20 uV, clinical facts 9 [sim]
QRS = {"PLA": 50.0, "MEN": 20.0, "MAS": 20.0, "OOR": 8.0}
"""uV of the heart on the lower face; 5-50 in clinical facts 9 [sim]."""

HARMONICS = (1.0, 0.15, 0.4, 0.08, 0.2)
"""Of the mains, relative to the fundamental: odd ones stand out [mem]."""

NEIGHBOURS = (
    ("OOC", "FRO"), ("OOC", "ZYG"), ("OOC", "COR"), ("FRO", "COR"), ("ZYG", "OOR"),
    ("OOR", "MEN"), ("MEN", "PLA"), ("ZYG", "MAS"),
)  # fmt: skip
MIDLINE = ("FRO", "COR", "OOR", "MEN")
CROSSTALK_NEIGHBOUR = (0.05, 0.25)  # clinical facts 9 [sim]
CROSSTALK_MIDLINE = (0.0, 0.1)  # clinical facts 9 [sim]
OFFSET = 3000.0  # uV, SD of the half-cell potential differences [design]
DRIFT = (10.0, 60.0)  # uV of each of three slow waves [design]
DRIFT_RATES = (0.01, 0.1)  # Hz [design]


MOTIONS, POPS, HUMS = 8.0, 6.0, 3.0
"""Artefacts in one minute; the heart beats beside them."""


def artifacts(sites: tuple[str, ...], duration: float, rng: np.random.Generator) -> Iterator[Act]:
    """Artefacts of the recorded sites, each an act of its own."""
    for onset in renewals(rng, MOTIONS, duration - 2.5, 1.0, 1.0):
        yield spread_out("motion", sites, onset, rng.uniform(0.4, 2), MOTION, rng)
    for onset in renewals(rng, POPS, duration - 2.5, 1.0, 0.5):
        site = str(rng.choice(sorted(sites)))
        amplitude = float(np.exp(rng.uniform(*np.log(POP))) * rng.choice([-1, 1]))
        pop = Deflection(site, onset, rng.uniform(0.5, 2), amplitude, "pop")
        yield Act("artifact", "pop", deflections=(pop,))
    for onset in renewals(rng, HUMS, duration - 8, 1.0, 8.0):
        yield spread_out("hum", sites, onset, rng.uniform(2, 6), HUM, rng)


def spread_out(
    shape: Shape,
    sites: tuple[str, ...],
    onset: float,
    length: float,
    amplitudes: tuple[float, float],
    rng: np.random.Generator,
) -> Act:
    """Disturb the sites of one side, or of both, by different amounts."""
    letters = str(rng.choice(["L", "R", "LR"]))
    touched = [site for site in sorted(sites) if site[-1] in letters] or sorted(sites)
    amplitude = np.exp(rng.uniform(*np.log(amplitudes)))
    parts = [
        Deflection(site, onset, length, float(amplitude * rng.uniform(0.3, 1)), shape)
        for site in touched
    ]
    return Act("artifact", shape, deflections=tuple(parts))


def heart_beats(sites: tuple[str, ...], duration: float, rng: np.random.Generator) -> Iterator[Act]:
    """QRS complexes on the lower face at about 70 a minute."""
    for onset in renewals(rng, 70.0, duration - 0.2, 400.0, 0.3):
        parts = [
            Deflection(site, onset, 0.1, QRS[site[:3]], "qrs") for site in sites if site[:3] in QRS
        ]
        if parts:
            yield Act(None, "heart", deflections=tuple(parts))


def waveform(
    part: Deflection, clock: float, mains: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Samples of a deflection at the simulated rate `clock`, in uV.

    Lid: one raised cosine up and a smaller one down (0.5-8 Hz). Motion: waves of 1-15 Hz in a
    window. Pop: a step that decays. Hum: mains and harmonics. QRS: 10 ms up, 15 ms down.
    """
    seconds = np.arange(int(part.duration * clock)) / clock
    x = seconds / part.duration
    window = np.sin(np.pi * x) ** 2
    match part.shape:
        case "lid":
            values = np.sin(np.pi * x) ** 2 * np.cos(0.75 * np.pi * x)
        case "motion":
            rates, phases = rng.uniform(1, 15, 6), rng.uniform(0, 2 * np.pi, 6)
            waves = np.sin(2 * np.pi * rates * seconds[:, np.newaxis] + phases).sum(axis=1)
            values = window * waves / max(np.abs(window * waves).max(), 1e-9)
        case "pop":
            values = np.exp(-5 * x) * (1 - x)
        case "hum":
            values = np.minimum(1, 8 * np.minimum(x, 1 - x)) * mains_wave(seconds, mains)
        case "qrs":
            up, down = (seconds - 0.04) / 0.010, (seconds - 0.055) / 0.015
            values = np.exp(-(up**2)) - 0.4 * np.exp(-(down**2))
    return np.asarray(part.amplitude * values)


def mains_wave(seconds: NDArray[np.float64], mains: float) -> NDArray[np.float64]:
    """Mains of unit fundamental with its harmonics."""
    turn = np.exp(2j * np.pi * mains * seconds)
    wave, power = np.zeros(len(seconds)), np.ones(len(seconds), complex)
    for strength in HARMONICS:
        power = power * turn
        wave += strength * power.imag
    return wave


def crosstalk(sites: tuple[str, ...], seed: int) -> NDArray[np.float64]:
    """Share of every muscle (column) in every channel (row); ones on the diagonal."""
    mixing = np.eye(len(sites))
    for row, channel in enumerate(sites):
        for column, muscle in enumerate(sites):
            if row != column:
                low, high = crosstalk_range(channel, muscle)
                mixing[row, column] = random_stream(seed, "crosstalk", channel, muscle).uniform(
                    low, high
                )
    return mixing


def crosstalk_range(channel: str, muscle: str) -> tuple[float, float]:
    """Least and largest share of a muscle in the channel of another."""
    pair = (channel[:3], muscle[:3])
    same_side = channel[-1] == muscle[-1]
    if same_side and (pair in NEIGHBOURS or pair[::-1] in NEIGHBOURS):
        return CROSSTALK_NEIGHBOUR
    if not same_side and pair[0] == pair[1] and pair[0] in MIDLINE:
        return CROSSTALK_MIDLINE
    return 0.0, 0.0


def wander(
    seconds: NDArray[np.float64], n_channels: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Offset and slow drift of the electrodes in uV, shape ``(n_samples, n_channels)``.

    Far below every band of interest, so it is added after the decimation filter, whose gain
    there is one.
    """
    values = np.tile(OFFSET * rng.standard_normal(n_channels), (len(seconds), 1))
    for _ in range(3):
        amplitude, rate = rng.uniform(*DRIFT, n_channels), rng.uniform(*DRIFT_RATES, n_channels)
        phase = rng.uniform(0, 2 * np.pi, n_channels)
        values += amplitude * np.sin(2 * np.pi * np.outer(seconds, rate) + phase)
    return values
