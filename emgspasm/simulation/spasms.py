"""Involuntary activity: hemifacial spasm, blepharospasm, myokymia.

Parameters are those of clinical facts 2 and 9; [design] marks what they leave open.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.simulation.acts import Act, Contraction, Drive, Volleys, lognormal, renewals
from emgspasm.simulation.units import UNITS

PARTICIPATION = 0.35  # of a unit in a common discharge at gain 1, clinical facts 9 [sim]
DISCHARGE_RATES = (80.0, 250.0)  # Hz, common discharge at the surface, clinical facts 9 [sim]
DISCHARGE_VARIATION = 0.15  # CV of its intervals [design]
DISCHARGES = (2, 40)  # in a clonic burst, clinical facts 9 [sim]
BURST = (0.060, 0.5, 0.020, 0.200)  # s: median, log SD [design], limits, clinical facts 9 [sim]
INTERVAL = (0.120, 0.4, 0.060, 0.400)  # s between burst onsets, median by clinical facts 9 [sim]
SILENCE = 0.065  # s at least between drives, so that muscles are silent for more than 30 ms:
# closer bursts are one burst by definition (clinical facts 4)
TONIC = (1.2, 0.6, 0.6, 8.0)  # s: median, longest by clinical facts 9 [sim]; SD, least [design]
APART = 0.65  # s at least between spasms: closer than 0.5 s is one spasm (clinical facts 4)
LATENCY = {"OOC": 0.0, "FRO": 0.2, "COR": 0.2, "ZYG": 0.6, "OOR": 1.0, "MEN": 1.8, "PLA": 2.2}
"""Milliseconds after OOC, clinical facts 9 [sim]; COR as its neighbour FRO [design]."""

SPREAD = {"OOC": 0.0, "FRO": 0.45, "COR": 0.45, "ZYG": 0.35, "OOR": 0.45, "MEN": 0.55, "PLA": 0.7}
"""Gain from which a muscle takes part, clinical facts 9 [sim]. FRO and COR [design]: with gains of
0.3-1 the frontalis joins in four of five spasms (68-86 %, Gunduz 2024, clinical facts 2 [lit])."""

EYES_PER_MINUTE = 10.0  # spasms of both eyes
EYES = (0.8, 0.9, 0.1, 8.0)  # s: median, log SD, limits of their lengths
CORRUGATOR = 0.7  # chance that it joins; the frontalis does not (clinical facts 2)

MYOKYMIA = ("OOC", "ZYG", "MEN")  # muscles, independent of each other (clinical facts 2)
FASCICLE = 8  # units of each that take part
GROUPS = (1.0, 4.0)  # Hz, of their groups
INSIDE = (30.0, 60.0)  # Hz, of discharges in a group
GROUP, RUN, PAUSE = (0.06, 0.15), (5.0, 20.0), (3.0, 12.0)  # s, of groups, runs and between runs


@dataclass(frozen=True, slots=True)
class Hemifacial:
    """Hemifacial spasm of one side.

    Parameters
    ----------
    per_minute : float
        Runs of spasm, those left out because they would touch another included; 0.3-24.7 in
        untreated patients (clinical facts 2 [lit]).
    least_bursts : int
        Bursts of a run are ``least_bursts - 1 + Geometric(more)``.
    more : float
        Chance that a run ends after each burst.
    tonic : float
        Share of the runs that hold a tonic contraction.
    combined : float
        Share of the tonic runs that have clonic bursts before and after.
    gains : (float, float)
        Range of the gain of a run; it decides how far the spasm spreads.
    on_blink : float
        Chance that a blink sets off a run 30-150 ms after its onset.
    on_movement : float
        Chance that a voluntary movement does.
    """

    per_minute: float
    least_bursts: int = 1
    more: float = 0.35
    tonic: float = 0.0
    combined: float = 0.0
    gains: tuple[float, float] = (0.3, 1.0)
    on_blink: float = 0.0
    on_movement: float = 0.0


def hemifacial_spasms(
    spasm: Hemifacial,
    letter: str,
    triggers: NDArray[np.float64],
    duration: float,
    rng: np.random.Generator,
) -> Iterator[Act]:
    """Spasms of one side, those set off by `triggers` (seconds) among them, never touching."""
    spontaneous = renewals(rng, spasm.per_minute, duration, 0.7, APART)
    moments = [(time, True) for time in triggers] + [(time, False) for time in spontaneous]
    starts: list[float] = []  # of the spasms so far, in order, and their ends
    stops: list[float] = []
    for time, _ in sorted(moments, key=lambda moment: not moment[1]):
        act = hemifacial_spasm(spasm, letter, time, rng)
        end = act.offset  # once: it looks at every part
        at = bisect(starts, time)
        behind = at == 0 or stops[at - 1] + APART < time
        ahead = at == len(starts) or end + APART < starts[at]
        if behind and ahead and end < duration - 0.1:
            starts.insert(at, time)
            stops.insert(at, end)
            yield act


def hemifacial_spasm(spasm: Hemifacial, letter: str, onset: float, rng: np.random.Generator) -> Act:
    """One run: clonic bursts, or a tonic contraction with or without them."""
    gain = rng.uniform(*spasm.gains)
    parts: list[Contraction] = []
    if rng.random() < spasm.tonic:
        flanked = rng.random() < spasm.combined
        before = int(rng.integers(1, 4)) if flanked else 0
        after = int(rng.integers(1, 4)) if flanked else 0
        at = clonic_run(parts, letter, onset, before, gain, rng)
        at = tonic_contraction(parts, letter, at, gain, rng) + SILENCE + 0.05 * rng.random()
        clonic_run(parts, letter, at, after, gain, rng)
    else:
        bursts = spasm.least_bursts - 1 + int(rng.geometric(spasm.more))
        clonic_run(parts, letter, onset, bursts, gain, rng)
    return Act("spasm", contractions=tuple(parts))


def clonic_run(
    parts: list[Contraction],
    letter: str,
    onset: float,
    bursts: int,
    gain: float,
    rng: np.random.Generator,
) -> float:
    """Append the contractions of some bursts; return the earliest onset of what follows."""
    for _ in range(bursts):
        length = lognormal(rng, *BURST)
        strength = float(np.clip(gain * np.exp(0.12 * rng.standard_normal()), 0.15, 1))
        rate = min(np.exp(rng.uniform(*np.log(DISCHARGE_RATES))), DISCHARGES[1] / length)
        times = onset + common_discharge(rate, length, rng)
        parts += volleys_of_side(letter, times, np.full(len(times), strength), strength)
        onset += max(lognormal(rng, *INTERVAL), length + SILENCE)
    return onset


def tonic_contraction(
    parts: list[Contraction], letter: str, onset: float, gain: float, rng: np.random.Generator
) -> float:
    """Append a fused contraction, unsteady (clonic) at its start and end; return its offset."""
    length = lognormal(rng, *TONIC)
    times = common_discharge(rng.uniform(110, 220), length, rng)
    ends = np.clip(1 - np.minimum(times, length - times) / 0.25, 0, 1)
    unsteady = 1 - 0.6 * ends * np.sin(np.pi * 8 * times) ** 2
    slow = 1 - 0.25 * np.sin(2 * np.pi * (rng.uniform(0.3, 1) * times + rng.random())) ** 2
    parts += volleys_of_side(letter, onset + times, gain * unsteady * slow, gain)
    return onset + length


def common_discharge(rate: float, length: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Seconds of discharges from 0 to `length`, two at least."""
    count = int(np.clip(round(rate * length) + 1, DISCHARGES[0], None))
    steps = np.clip(1 + DISCHARGE_VARIATION * rng.standard_normal(count - 1), 0.5, 1.5)
    return np.concatenate([[0.0], np.cumsum(steps) * length / steps.sum()])


def volleys_of_side(
    letter: str, times: NDArray[np.float64], gains: NDArray[np.float64], reach: float
) -> list[Contraction]:
    """Give the common discharge to every muscle that a spasm of gain `reach` spreads to."""
    return [
        Volleys(f"{muscle}_{letter}", times + LATENCY[muscle] / 1000, PARTICIPATION * gains)
        for muscle, threshold in SPREAD.items()
        if reach > threshold
    ]


def blepharospasms(duration: float, rng: np.random.Generator) -> Iterator[Act]:
    """Spasms of both eyes, alike on both sides."""
    free = 0.0
    for onset in renewals(rng, EYES_PER_MINUTE, duration, 1.0, APART):
        length = lognormal(rng, *EYES)
        if onset < free or onset + length > duration - 0.2:
            continue
        free = onset + length + APART
        level = rng.uniform(0.6, 1)
        muscles = ["OOC"] + ["COR"] * (rng.random() < CORRUGATOR)
        drives = both_eyes(muscles, onset, length, level, rng)
        yield Act("blepharospasm", contractions=tuple(drives))


def both_eyes(
    muscles: list[str], onset: float, length: float, level: float, rng: np.random.Generator
) -> Iterator[Drive]:
    """Drive the muscles of both sides within 20 ms of each other (clinical facts 2)."""
    lag, ratio = np.clip(0.005 * rng.standard_normal(), -0.015, 0.015), 0.15 * rng.standard_normal()
    ramp = min(0.05, length / 3)
    for muscle in muscles:
        for letter, sign in (("L", 0.5), ("R", -0.5)):
            strength = float(np.clip(level * np.exp(sign * ratio), 0.1, 1))
            yield Drive(f"{muscle}_{letter}", onset + sign * lag, length, strength, ramp, ramp)


def myokymia_runs(letter: str, duration: float, rng: np.random.Generator) -> Iterator[Act]:
    """Runs of rhythmic groups, each muscle in its own rhythm."""
    for muscle in MYOKYMIA:
        apart = UNITS // FASCICLE
        members = tuple(range(int(rng.integers(apart)), UNITS, apart))
        onset = rng.uniform(0.5, 3)
        while (stop := onset + rng.uniform(*RUN)) < duration - 0.5:
            groups = rhythmic_groups(f"{muscle}_{letter}", members, onset, stop, rng)
            yield Act("myokymia", contractions=tuple(groups))
            onset = stop + rng.uniform(*PAUSE)


def rhythmic_groups(
    site: str,
    members: tuple[int, ...],
    onset: float,
    stop: float,
    rng: np.random.Generator,
) -> Iterator[Volleys]:
    """Groups of discharges of a fascicle at a regular rate."""
    interval = 1 / rng.uniform(*GROUPS)
    inside = rng.uniform(*INSIDE)
    while onset < stop:
        times = onset + common_discharge(inside, rng.uniform(*GROUP), rng)
        yield Volleys(site, times, np.full(len(times), 0.95), members)
        onset += interval * np.clip(1 + 0.08 * rng.standard_normal(), 0.8, 1.2)
