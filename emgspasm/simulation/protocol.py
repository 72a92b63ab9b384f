"""The session protocol of clinical facts 6 as a timetable: rest, trials, speech, rest again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from emgspasm.simulation.acts import Act
from emgspasm.simulation.movements import TRIAL, movement, utterances
from emgspasm.stream import Annotation

PAUSE = 5.0  # s after every trial, clinical facts 6
BLOCKS: tuple[tuple[str, float], ...] = (
    ("qc", 30.0),
    ("rest_open", 180.0),
    ("rest_closed", 60.0),
    ("close_gentle", 5),
    ("close_forced", 5),
    ("brow", 5),
    ("smile", 5),
    ("pucker", 5),
    ("snarl", 3),
    ("lip", 3),
    ("platysma", 3),
    ("speech", 60.0),
    ("suppress", 60.0),
    ("rest_post", 60.0),
)
"""Codes in order: blocks by seconds (float), movements by the number of their trials (int)."""

AFTER = 1.0
"""Seconds that a recording goes on after the last block."""


def protocol(
    duration: float, rng: np.random.Generator
) -> Iterator[tuple[tuple[Act, ...], Annotation]]:
    """Blocks and trials that are over within `duration` seconds: acts and marker of each."""
    start = 0.0
    for code, length, trial in _steps():
        if start + length + AFTER > duration:
            return
        acts: tuple[Act, ...] = ()
        if trial:
            acts = (movement(code, start + rng.uniform(0.25, 0.5), rng),)
        elif code == "speech":
            acts = tuple(utterances(start + 1.0, start + length - 0.6, rng))
        yield acts, Annotation(start, length, code)
        start += length + (PAUSE if trial else 0.0)


def whole() -> float:
    """Seconds that the whole session takes."""
    steps = [(length + PAUSE if trial else length) for _, length, trial in _steps()]
    return sum(steps) + AFTER


def _steps() -> Iterator[tuple[str, float, bool]]:
    """Code, seconds, and whether it is a trial: every block and every trial, in order."""
    for code, size in BLOCKS:
        if isinstance(size, int):
            yield from [(code, TRIAL, True)] * size
        else:
            yield code, size, False
