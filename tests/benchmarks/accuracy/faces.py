"""Faces with known truth from three generators, or four, for what is measured on them.

``units`` is the package's own simulation: motor units, an amplifier, a board. ``gaussian`` is
:mod:`gaussian_faces`, which shares no line with it; ``shot`` is :mod:`shot_faces`, which shares the
stories of that. So does ``muscle``, :mod:`muscle_faces`, which needs recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import gaussian_faces
import muscle_faces
import numpy as np
import shot_faces
from gaussian_faces import OPPOSITE, Face, TrueEvent

from emgspasm.dsp.mains import fit_notch
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.simulation import simulate
from emgspasm.stream import Event
from emgspasm.synkinesis.folding import Folding, fold

EIGHT = ("OOC_L", "ZYG_L", "OOR_L", "FRO_L", "OOC_R", "ZYG_R", "OOR_R", "FRO_R")
MONTAGES = {
    "8": EIGHT,
    "other order": tuple(EIGHT[i] for i in (7, 0, 6, 1, 5, 3, 4, 2)),
    "chin for brow": tuple(name.replace("FRO", "MEN") for name in EIGHT),
    "3 a side": tuple(name for name in EIGHT if not name.startswith("FRO")),
    "eyes": ("OOC_L", "OOC_R"),
    "16": tuple(f"{m}_{s}" for s in "LR" for m in
                ("OOC", "ZYG", "OOR", "FRO", "COR", "MEN", "PLA", "MAS")),
    "8, cheek dead": EIGHT,
    "8, other eye dead": EIGHT,
    "8, eye injected": EIGHT,
}  # fmt: skip
OTHERS: dict[str, Callable[..., Face]] = {"gaussian": gaussian_faces.face, "shot": shot_faces.face}
DAYS = 21.0  # after an injection, 0.15 of the strength is left (clinical facts 9)


def use_recordings(folder: Path) -> None:
    """Let there be faces of the muscles recorded in a folder."""
    OTHERS["muscle"] = partial(muscle_faces.face, folder)


@dataclass(frozen=True)
class Cell:
    """What is recorded how; `seconds` long."""

    generator: str
    scenario: str
    snr: float
    fs: float = 1000.0
    montage: str = "8"
    seconds: float = 180.0


def recorded(cell: Cell, seed: int) -> Face:
    """One recording of a cell; even seeds have the left side affected, odd ones the right."""
    side = "LR"[seed % 2]
    montage = MONTAGES[cell.montage]
    electrodes = {"8, cheek dead": f"ZYG_{side}", "8, other eye dead": f"OOC_{OPPOSITE[side]}"}
    dead = (electrodes[cell.montage],) if cell.montage in electrodes else ()
    weak = (f"OOC_{side}",) if cell.montage.endswith("injected") else ()
    if cell.generator in OTHERS:
        face = OTHERS[cell.generator]
        return face(cell.scenario, sampling_frequency=cell.fs, duration=cell.seconds, snr=cell.snr,
                    seed=seed, side=side, montage=montage, dead=dead, weak=weak)  # fmt: skip
    made = simulate(cell.scenario, sampling_frequency=cell.fs, duration=cell.seconds, snr=cell.snr,
                    seed=seed, side={"L": "left", "R": "right"}[side], montage=montage,
                    injected=weak, days_since_injection=DAYS if weak else None)  # fmt: skip
    rows = np.concatenate([chunk.samples for chunk in made])
    for name in dead:
        column = montage.index(name)
        noise = np.random.default_rng(seed).normal(0, _noise(rows[:, column]), len(rows))
        rows[:, column] = noise
    world = made.truth_sampling_frequency
    truth = tuple(
        TrueEvent(e.trial_type, e.onset / world, e.offset / world, e.side, e.label)
        for e in made.truth
    )
    return Face(made.info, rows, tuple(made.annotations), truth)


def _noise(values: np.ndarray) -> float:
    """Standard deviation of the quietest tenth of a second, of its samples' differences."""
    steps = np.diff(values[: len(values) // 100 * 100]).copy()
    blocks = steps[: len(steps) // 100 * 100].reshape(-1, 100)
    return float(np.quantile(blocks.std(axis=1), 0.1) / np.sqrt(2))


def told(face: Face) -> Iterator[Event]:
    """Events as ``emgspasm analyze`` finds them with its default configuration."""
    pipeline, chunks, _ = fit_notch(Pipeline(), face.info, face.chunks())
    analyses = analyze(pipeline, face.info, chunks)
    for _, folded in fold(Folding(), pipeline, face.info, analyses, face.annotations):
        yield from folded.events
