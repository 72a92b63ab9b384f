"""What a change of the rules of events does, in seconds instead of an hour.

    python tests/benchmarks/accuracy/rules.py read FOLDER   # once: what is read of bursts of faces
    python tests/benchmarks/accuracy/rules.py tell FOLDER   # after each change of acts/ or events/

The rules say what bursts are that have been read already, so that the samples are not needed again:
``read`` keeps the readings of faces of three generators (see ``faces``), ``tell`` folds them into
events by the rules as they are now and prints what is told otherwise, scenario by scenario. After a
change of what is read (``synkinesis/readings/``, ``dsp/``), read again.

Seeds are those that numbers may be chosen by; ``spasms.py`` measures on others.
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from faces import Cell, recorded
from gaussian_faces import SCENARIOS as OTHERS
from gaussian_faces import TrueEvent
from spasms import compare

from emgspasm.dsp.mains import fit_notch
from emgspasm.dsp.pipeline import Analysis, Pipeline, analyze
from emgspasm.simulation.scenarios import SCENARIOS as UNITS
from emgspasm.stream import Annotation, Chunk, Event, StreamInfo
from emgspasm.synkinesis.folding import Folding, fold
from emgspasm.synkinesis.readings.reading import Reading

SEEDS = tuple(range(101, 107))
"""Each face has one of them, in turn: no two scenarios share all."""

MONTAGES = ("3 a side", "eyes", "8, cheek dead", "8, other eye dead", "8, eye injected")
"""What is recorded of mixed spasms, movements and synkinesis, beside eight muscles."""


@dataclass(frozen=True)
class Segment:
    """Readings of a segment in order of onset, and the samples between which it lies."""

    start: int
    stop: int
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Read:
    """A face without its samples, and what was told of it when it was read."""

    cell: Cell
    info: StreamInfo
    pipeline: Pipeline
    annotations: tuple[Annotation, ...]
    truth: tuple[TrueEvent, ...]
    segments: tuple[Segment, ...]
    told: tuple[Event, ...]


def cells() -> Iterator[Cell]:
    """Every scenario at 20 and 10 dB, and those with movements by rate and montage."""
    for generator, scenarios in (("units", UNITS), ("gaussian", OTHERS), ("shot", OTHERS)):
        for scenario in scenarios:
            yield from (Cell(generator, scenario, snr) for snr in (20.0, 10.0))
        for scenario in ("hfs_mixed", "healthy_tasks", "synkinesis"):
            yield Cell(generator, scenario, 20.0, fs=250.0)
            yield from (Cell(generator, scenario, 20.0, montage=m) for m in MONTAGES)


def read(folder: Path, job: tuple[int, Cell]) -> str:
    """Read the bursts of one face and keep them."""
    number, cell = job
    face = recorded(cell, SEEDS[number % len(SEEDS)])
    pipeline, chunks, _ = fit_notch(Pipeline(), face.info, face.chunks())
    segments: list[Segment] = []
    events: list[Event] = []
    start, readings = 0, []
    for analysis, folded in fold(
        Folding(), pipeline, face.info, analyze(pipeline, face.info, chunks), face.annotations
    ):
        if analysis.begins:
            start, readings = analysis.chunk.start, []
        readings += folded.readings
        events += folded.events
        if len(analysis.chunk.samples) == 0:  # the segment ends
            segments.append(Segment(start, analysis.chunk.stop, tuple(readings)))
    kept = Read(
        cell, face.info, pipeline, face.annotations, face.truth, tuple(segments), tuple(events)
    )
    (folder / f"{number:03}.pickle").write_bytes(pickle.dumps(kept))
    return f"{cell.generator} {cell.scenario}, {cell.snr:g} dB, {cell.fs:g} Hz, {cell.montage}"


def tell(face: Read) -> list[Event]:
    """Events of its readings by the rules as they are now."""
    found: list[Event] = []
    folding = Folding()
    for segment in face.segments:
        state = folding.init(face.pipeline, face.info, segment.start, face.annotations)
        state.waiting = list(segment.readings)
        _, folded = folding.step(state, _end(segment.stop, len(face.info.columns())))
        found += folded.events
    return found


def _end(stop: int, n_channels: int) -> Analysis:
    """The end of a segment: nothing more comes, so that all is told."""
    nothing = Chunk(stop, np.empty((0, n_channels)))
    levels = np.full((3, n_channels), np.nan)
    return Analysis(
        nothing, nothing, nothing, (), levels, begins=False, settled=stop, earliest=stop
    )


def tally(face: Read, events: Sequence[Event]) -> Counter[str]:
    """Counts of what is right and wrong of a face; those of nothing are left in."""
    fs = face.info.sampling_frequency
    minutes = sum(s.stop - s.start for s in face.segments) / fs / 60
    c = compare(events, face.truth, fs, minutes)
    hit = sum(c.hit.values())
    blinks = sum(e.trial_type == "blink" for e in events)
    return Counter({
        "minutes": round(minutes), "spasms": sum(c.true.values()), "found": hit,
        "class right": c.right_class, "false": c.found - hit, "wrong side": c.wrong_side,
        "false of other kinds": c.others, "blinks": c.blinks, "blinks told": blinks,
        "blinks called spasm": c.called_spasm,
    })  # fmt: skip


def compared(folder: Path) -> None:
    """Print counts by scenario, with those of when the faces were read where they differ."""
    before: dict[str, Counter[str]] = {}
    now: dict[str, Counter[str]] = {}
    for path in sorted(folder.glob("*.pickle")):
        face: Read = pickle.loads(path.read_bytes())
        before.setdefault(face.cell.scenario, Counter()).update(tally(face, face.told))
        now.setdefault(face.cell.scenario, Counter()).update(tally(face, tell(face)))
    if not now:
        sys.exit(f"{folder} holds no faces; make them by `rules.py read {folder}`")
    for counts in (before, now):
        total = Counter[str]()
        for each in counts.values():
            total.update(each)
        counts["all"] = total
    names = list(now["all"])
    print("| scenario |", " | ".join(names), "|")
    print("|---" * (len(names) + 1) + "|")
    for scenario, new in now.items():
        old = before[scenario]
        told = [f"{old[n]} -> {new[n]}" if old[n] != new[n] else str(new[n]) for n in names]
        print(f"| {scenario} |", " | ".join(told), "|")


def main() -> None:
    """Read faces, or tell what the rules make of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("read", "tell"))
    parser.add_argument("folder", type=Path, help="where the readings are kept")
    options = parser.parse_args()
    if options.what == "tell":
        compared(options.folder)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        for done in pool.map(partial(read, options.folder), enumerate(cells())):
            print(done, flush=True)


if __name__ == "__main__":
    main()
