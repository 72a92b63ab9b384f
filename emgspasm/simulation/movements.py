"""What healthy faces do: blink, move on cue, speak; and synkinesis, which goes along with it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from emgspasm.simulation.acts import Act, Contraction, Deflection, Drive, renewals
from emgspasm.stream import Annotation, EventType

SIDES = ("L", "R")
MOVEMENTS: dict[str, dict[str, float]] = {
    "brow": {"FRO": 0.8},
    "close_gentle": {"OOC": 0.35},
    "close_forced": {"OOC": 0.95, "COR": 0.35},
    "smile": {"ZYG": 0.8, "OOR": 0.25},
    "pucker": {"OOR": 0.8, "MEN": 0.3},
    "snarl": {"ZYG": 0.4, "COR": 0.4},
    "lip": {"MEN": 0.7, "OOR": 0.5},
    "platysma": {"PLA": 0.8, "MEN": 0.3},
}
"""Drive of the muscles of a movement [design]; the names are the markers of clinical facts 6."""

TRIAL = 3.0  # s on, then 5 s off, clinical facts 6
BLINK_DURATION = (0.060, 0.120)  # s, clinical facts 9 [sim]
BLINK_LAG = 0.004  # s, SD between the sides, clinical facts 9 [sim]
BLINK_RATIO = 0.2  # SD of the log-ratio of amplitudes, clinical facts 9 [sim]
LID = (50.0, 300.0)  # uV of the lid artefact, 0.5-8 Hz, clinical facts 9 [sim]
SPEECH = {"OOR": 0.45, "MEN": 0.4, "ZYG": 0.15}
"""Largest drive in speech [design]: lower face only (clinical facts 2)."""

SYNKINESES = {
    "OOC": ("ZYG", "OOR"),
    "ZYG": ("OOC",),
    "OOR": ("OOC",),
    "FRO": ("ZYG",),
    "MEN": ("OOC",),
}
"""Muscles that move along with another: eye to mouth and mouth to eye, the usual pairs [mem]."""

SHARE = (0.1, 0.8)  # of the drive of the movement, clinical facts 9 [sim]
DELAY = (0.005, 0.030)  # s after it, clinical facts 9 [sim]


def blinks(per_minute: float, duration: float, rng: np.random.Generator) -> Iterator[Act]:
    """Spontaneous blinks of both eyes with their lid artefact."""
    for onset in renewals(rng, per_minute, duration - 0.6, 2.0, 0.4):
        yield blink(onset, rng)


def eyes_open(blinks: Iterable[Act], acts: list[Act]) -> Iterator[Act]:
    """Blinks while the eyes are open; those while other acts hold them closed are left out."""
    closed = sorted(
        (part.onset - 0.3, part.offset + 0.3)
        for act in acts
        for part in act.contractions
        if part.site[:3] == "OOC"
    )
    open_from = [-np.inf, *accumulate((stop for _, stop in closed), max)]
    for act in blinks:
        onset = act.onset  # once: it looks at every part
        if open_from[bisect_left(closed, (onset,))] <= onset:
            yield act


def blink(onset: float, rng: np.random.Generator) -> Act:
    """One blink: orbicularis oculi of both sides, and the slow deflection of the lids."""
    length, level = rng.uniform(*BLINK_DURATION), rng.uniform(0.35, 0.7)
    lag, ratio = BLINK_LAG * rng.standard_normal(), BLINK_RATIO * rng.standard_normal()
    lid = np.exp(rng.uniform(*np.log(LID))) * rng.choice([-1, 1])
    drives, deflections = [], []
    for letter, sign in zip(SIDES, (0.5, -0.5), strict=True):
        strength = float(np.clip(level * np.exp(sign * ratio), 0.1, 1))
        start = onset + sign * float(np.clip(lag, -0.018, 0.018))
        drives.append(Drive(f"OOC_{letter}", start, length, strength, 0.025, 0.030))
        for muscle, share in (("OOC", 1.0), ("FRO", 0.25), ("COR", 0.4)):
            deflections.append(Deflection(f"{muscle}_{letter}", start, 0.35, lid * share, "lid"))
    return Act("blink", "", tuple(drives), tuple(deflections))


def trials(
    movements: tuple[str, ...],
    start: float,
    interval: float,
    duration: float,
    rng: np.random.Generator,
) -> Iterator[tuple[Act, Annotation]]:
    """Movements on cue, five of each in a row (clinical facts 6), with their markers."""
    count = int((duration - start - TRIAL - 1) // interval) + 1
    for i in range(count if movements else 0):
        name, cue = movements[(i // 5) % len(movements)], start + i * interval
        yield movement(name, cue + rng.uniform(0.25, 0.5), rng), Annotation(cue, TRIAL, name)


def movement(name: str, onset: float, rng: np.random.Generator) -> Act:
    """One voluntary movement of both sides: slow rise, within 50 ms (clinical facts 2)."""
    length, rise, fall = rng.uniform(1.6, 2.6), rng.uniform(0.1, 0.3), rng.uniform(0.15, 0.35)
    lag = float(np.clip(0.012 * rng.standard_normal(), -0.04, 0.04))
    drives = []
    for muscle, level in MOVEMENTS[name].items():
        for letter, sign in zip(SIDES, (0.5, -0.5), strict=True):
            strength = float(np.clip(level * np.exp(0.1 * rng.standard_normal()), 0.05, 1))
            start = onset + sign * lag
            drives.append(Drive(f"{muscle}_{letter}", start, length, strength, rise, fall))
    return Act("voluntary", name, tuple(drives))


def utterances(onset: float, end: float, rng: np.random.Generator) -> Iterator[Act]:
    """Utterances of 1.5-4 s with pauses; syllables at 3-7 Hz (clinical facts 2)."""
    while (stop := onset + rng.uniform(1.5, 4)) < end:
        yield Act("voluntary", "speech", tuple(syllables(onset, stop, rng)))
        onset = stop + rng.uniform(0.5, 1.5)


def syllables(onset: float, stop: float, rng: np.random.Generator) -> Iterator[Drive]:
    """Bursts of 50-300 ms of the lower face, both sides together."""
    while onset < stop:
        interval = 1 / rng.uniform(3, 7)
        for muscle, most in SPEECH.items():
            length = interval * rng.uniform(0.4, 0.75)
            level, ramp = most * rng.uniform(0.4, 1), length / 3
            for letter in SIDES if rng.random() < 0.85 else ():
                start = onset + 0.003 * min(max(rng.standard_normal(), -3.0), 3.0)
                strength = level * float(np.exp(0.1 * rng.standard_normal()))
                yield Drive(f"{muscle}_{letter}", start, length, strength, ramp, ramp)
        onset += interval


def with_synkinesis(acts: list[Act], letter: str, rng: np.random.Generator) -> list[Act]:
    """Let the affected side move along, in every act (clinical facts 2 [lit]: 100 %)."""
    shares = {
        (prime, muscle): rng.uniform(*SHARE)
        for prime, muscles in SYNKINESES.items()
        for muscle in muscles
    }
    return [replace(act, contractions=accompanied(act, shares, letter, rng)) for act in acts]


def accompanied(
    act: Act,
    shares: dict[tuple[str, str], float],
    letter: str,
    rng: np.random.Generator,
) -> tuple[Contraction, ...]:
    """Contractions of an act and those that its strongest affected muscle drags along."""
    affected = [part for part in act.contractions if isinstance(part, Drive)]
    affected = [part for part in affected if part.site.endswith(letter)]
    if not affected:
        return act.contractions
    prime = max(affected, key=lambda part: part.level)
    taken = {part.site for part in act.contractions}
    dragged = [
        replace(
            prime,
            site=f"{muscle}_{letter}",
            onset=prime.onset + rng.uniform(*DELAY),
            level=prime.level * share,
        )
        for (source, muscle), share in shares.items()
        if prime.site == f"{source}_{letter}" and f"{muscle}_{letter}" not in taken
    ]
    return (*act.contractions, *dragged)


def onsets(acts: list[Act], trial_type: EventType) -> NDArray[np.float64]:
    """Seconds at which acts of a kind begin."""
    return np.array([act.onset for act in acts if act.trial_type == trial_type])
