"""Spasms, found and called right: ``python tests/benchmarks/accuracy/spasms.py [--seeds N]``.

Faces with known truth of three generators (see ``faces``), from seeds that chose no number of the
package (README.md, "How accurate", names the exceptions); default configuration, no tuning per
file. Printed as a table in Markdown: a line a cell, intervals are 95 % by bootstrap of recordings.
Simulated, no patients.

What is called a myokymia or blepharospasm and is none is counted beside the false spasms, and a
target too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from faces import Cell, recorded, told, use_recordings
from gaussian_faces import SCENARIOS as OTHERS
from gaussian_faces import TrueEvent
from muscle_faces import textures

from emgspasm.simulation.scenarios import SCENARIOS as UNITS
from emgspasm.stream import Event
from emgspasm.synkinesis.measures.scoring import match

FIRST_SEED = 7000
"""Seeds under this one were used to choose numbers."""

TARGETS = {"sensitivity": 0.95, "ppv": 0.95, "class": 0.9, "blinks": 0.01}
MOST = {"healthy_rest": 0.1, "blepharospasm": 0.2, "myokymia": 0.2, "lid_myokymia": 0.2,
        "artifacts": 0.2, "jaw": 0.2}  # fmt: skip
"""Most false spasms a minute, of whatever class; half a one in whatever moves the face."""


AS_SAID = 0.7
"""Strength of a contraction that has the SNR of its face (gaussian_faces.face). Spasms have 0.3
to 1: a tenth of those at 10 dB stays under 6 dB in every muscle."""


@dataclass
class Count:
    """What one recording gave.

    `loud` are spasms of which a muscle reaches the SNR of the face, `others` rows of another kind
    of involuntary event, where nothing of that kind happened.
    """

    minutes: float = 0.0
    true: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    found: int = 0
    right_class: int = 0
    wrong_side: int = 0
    blinks: int = 0
    called_spasm: int = 0
    loud: int = 0
    loud_hit: int = 0
    others: int = 0


def count(cell: Cell, seed: int) -> Count:
    """Record, tell, compare."""
    face = recorded(cell, seed)
    fs = face.info.sampling_frequency
    return compare(list(told(face)), face.truth, fs, len(face.samples) / fs / 60)


def compare(
    called: Sequence[Event], truth: Sequence[TrueEvent], fs: float, minutes: float
) -> Count:
    """Compare what is told of a recording with its truth."""
    mine = sorted((e for e in called if e.trial_type == "spasm"), key=lambda e: e.onset)
    others = [e for e in called if e.trial_type in ("blepharospasm", "myokymia")]
    true = [e for e in truth if e.kind == "spasm"]
    found = np.array([[e.onset / fs, e.offset / fs] for e in mine]).reshape(-1, 2)
    pairs = match(found, np.array([[e.onset, e.offset] for e in true]).reshape(-1, 2)).tolist()
    false = [mine[i] for i in set(range(len(mine))) - {i for i, _ in pairs}]
    blinks = [e for e in truth if e.kind == "blink"]
    return Count(
        minutes,
        Counter(e.label for e in true),
        Counter(true[j].label for _, j in pairs),
        len(mine),
        sum(mine[i].label == true[j].label for i, j in pairs),
        sum(mine[i].side != true[j].side for i, j in pairs),
        len(blinks),
        sum(any(b.onset < e.offset / fs and e.onset / fs < b.offset for e in false)
            for b in blinks),
        sum(e.strength >= AS_SAID for e in true),
        sum(true[j].strength >= AS_SAID for _, j in pairs),
        sum(not any(_is_of(e, t, fs) for t in truth) for e in others),
    )  # fmt: skip


def _is_of(event: Event, true: TrueEvent, fs: float) -> bool:
    """Whether an event was told while a true one of its kind and side lasted."""
    alike = (true.kind, true.side) == (event.trial_type, event.side)
    return alike and true.onset < event.offset / fs and event.onset / fs < true.offset


def ratios(counts: Sequence[Count]) -> dict[str, float]:
    """Numbers of recordings taken together; NaN where there was nothing to divide by."""
    true, hit = (sum(sum(getattr(c, k).values()) for c in counts) for k in ("true", "hit"))
    loud, loud_hit = (sum(getattr(c, k) for c in counts) for k in ("loud", "loud_hit"))
    found, others = (sum(getattr(c, k) for c in counts) for k in ("found", "others"))
    minutes = sum(c.minutes for c in counts)
    return {
        "sensitivity": hit / true if true else np.nan,
        "ppv": hit / found if found and true else np.nan,
        "class": sum(c.right_class for c in counts) / hit if hit else np.nan,
        "false_per_min": (found - hit) / minutes,
        "any_false_per_min": (found - hit + others) / minutes,
        "loud": loud_hit / loud if loud else np.nan,
        "blinks": sum(c.called_spasm for c in counts) / max(sum(c.blinks for c in counts), 1),
    }


def interval(counts: Sequence[Count], name: str) -> tuple[float, float]:
    """95 % interval of a ratio, by 1000 draws of recordings with replacement."""
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(counts), (1000, len(counts)))
    values = [ratios([counts[i] for i in row])[name] for row in drawn]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def cells() -> Iterator[Cell]:
    """The grid: scenarios by noise, then rates and montages of some."""
    for generator, scenarios in (("units", UNITS), ("gaussian", OTHERS), ("shot", OTHERS)):
        for scenario in scenarios:
            yield from (Cell(generator, scenario, snr) for snr in (20.0, 10.0))
        for scenario in ("hfs_clonic", "hfs_mixed"):
            yield from (Cell(generator, scenario, snr) for snr in (6.0, 3.0))
        for scenario in ("hfs_mixed", "healthy_rest", "healthy_tasks", "artifacts"):
            yield from (Cell(generator, scenario, 20.0, fs) for fs in (250.0, 500.0, 2000.0))
        for scenario in ("hfs_clonic", "hfs_mixed", "healthy_rest", "healthy_tasks"):
            for montage in ("other order", "chin for brow", "3 a side", "eyes", "16",
                            "8, cheek dead", "8, other eye dead", "8, eye injected"):  # fmt: skip
                yield Cell(generator, scenario, 20.0, montage=montage)


def muscle_cells(folder: Path) -> Iterator[Cell]:
    """The grid of faces of recorded muscle, at the rates for which there is enough of it."""
    for fs in (1000.0, 250.0):
        found = textures(folder, fs, second_half=True)
        print(f"{fs:g} Hz: {len(found.contracted)} channels that contract, "
              f"{len(found.resting)} that rest", file=sys.stderr)  # fmt: skip
        if found.contracted and found.resting:
            yield from (Cell("muscle", s, snr, fs) for s in OTHERS for snr in (20.0, 10.0))


def misses(cell: Cell, counts: Sequence[Count]) -> list[str]:
    """Which targets a cell misses."""
    total = ratios(counts)
    short = [k for k in ("sensitivity", "ppv", "class") if total[k] < TARGETS[k]]
    if total["blinks"] > TARGETS["blinks"]:
        short.append("blinks")
    if not total["sensitivity"] >= 0 and total["any_false_per_min"] > MOST.get(cell.scenario, 0.5):
        short.append("false")
    return short + (["side"] if any(c.wrong_side for c in counts) else [])


def line(cell: Cell, counts: Sequence[Count]) -> str:
    """Row of the table."""
    total = ratios(counts)

    def told_ratio(name: str) -> str:
        if np.isnan(total[name]):
            return ""
        low, high = interval(counts, name)
        return f"{total[name]:.3f} ({low:.2f}-{high:.2f})"

    true, hit = Counter[str](), Counter[str]()
    for c in counts:
        true += c.true
        hit += c.hit
    missed = " ".join(f"{k} {n - hit[k]}/{n}" for k, n in sorted(true.items()) if n > hit[k])
    cellar = [
        cell.generator, cell.scenario, f"{cell.snr:g}", f"{cell.fs:g}", cell.montage,
        str(sum(true.values())), told_ratio("sensitivity"), told_ratio("loud"), told_ratio("ppv"),
        told_ratio("class"), str(sum(c.wrong_side for c in counts)),
        f"{10 * total['false_per_min']:.1f}", f"{10 * total['any_false_per_min']:.1f}",
        f"{sum(c.called_spasm for c in counts)}/{sum(c.blinks for c in counts)}",
        missed, ", ".join(misses(cell, counts)),
    ]  # fmt: skip
    return "| " + " | ".join(cellar) + " |"


HEADER = (
    "| generator | scenario | dB | Hz | montage | true | sensitivity | of those as loud as said "
    "| PPV | class right | wrong side | false/10 min | of any class | blinks called spasm "
    "| missed by class "
    "| short of target |"
)


def jobs(chosen: Iterable[Cell], n_seeds: int) -> list[tuple[Cell, int]]:
    """Every recording of the grid."""
    return [(cell, FIRST_SEED + k) for cell in chosen for k in range(n_seeds)]


def main() -> int:
    """Print the table; exit code 1 if a cell of eight channels at 10 dB or more is short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4, help="recordings a cell")
    parser.add_argument("--scenario", nargs="*", help="of these alone")
    parser.add_argument(
        "--muscle", type=Path, metavar="FOLDER", help="faces of the recordings in this folder alone"
    )
    parser.add_argument("--json", type=Path, help="write the counts here as well")
    options = parser.parse_args()
    grid = muscle_cells(options.muscle) if options.muscle else cells()
    chosen = [c for c in grid if not options.scenario or c.scenario in options.scenario]
    print(HEADER, "|---" * HEADER.count(" | ") + "|---|", sep="\n")
    short, kept = False, []
    prepare, given = (use_recordings, (options.muscle,)) if options.muscle else (None, ())
    with ProcessPoolExecutor(2, initializer=prepare, initargs=given) as pool:
        todo = jobs(chosen, options.seeds)
        results = pool.map(count, *zip(*todo, strict=True))
        for cell in chosen:
            counts = [next(results) for _ in range(options.seeds)]
            print(line(cell, counts), flush=True)
            required = cell.montage == "8" and cell.snr >= 10 and cell.fs >= 1000
            short |= required and bool(misses(cell, counts))
            kept.append(asdict(cell) | {"recordings": [vars(c) for c in counts]})
    if options.json:
        options.json.write_text(json.dumps(kept, indent=1))
    return int(short)


if __name__ == "__main__":
    sys.exit(main())
