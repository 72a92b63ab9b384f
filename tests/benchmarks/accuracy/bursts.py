"""Bursts of one muscle, found beside other people's detectors.

``python tests/benchmarks/accuracy/bursts.py [--seeds N] [--first-seed N] [--table FILE] [--picture
FILE]`` in an environment with neurokit2, biosppy, myonset and mne; one that is missing is left out
and named.
Recordings come from ``burst_signals``; seeds from 7000 on were never used to choose a number.
Default configuration, no tuning per file. Simulated signals, no patients.
"""

from __future__ import annotations

import argparse
import importlib.util
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from burst_peers import PEERS, cleaned
from burst_signals import CONFOUNDERS, Values, muscle

from emgspasm.dsp.mains import fit_notch
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.dsp.textbook.detectors import Bonato, HodgesBui, Lidierth, Tkeo
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.synkinesis.measures.scoring import match

FIRST_SEED = 7000
SNRS = (20, 10, 6, 3, 0)
RATES = (250, 500, 1000, 2000)
OWN = {
    "emgspasm": Pipeline(),
    "emgspasm hodges_bui": Pipeline(detector=HodgesBui()),
    "emgspasm bonato": Pipeline(detector=Bonato()),
    "emgspasm lidierth": Pipeline(detector=Lidierth()),
    "emgspasm tkeo": Pipeline(detector=Tkeo()),
}


@dataclass(frozen=True)
class Cell:
    """What is recorded how."""

    snr: int
    fs: int
    confounder: str


@dataclass(frozen=True)
class Count:
    """What a detector made of one recording; `errors` (n, 3): onset and offset in ms, length."""

    true: int
    found: int
    errors: Values
    missed: dict[str, tuple[int, int]]


def own(pipeline: Pipeline, samples: Values, fs: int) -> Values:
    """Intervals that the package finds, as ``emgspasm analyze`` does.

    Without those that it flags as begun while the filters settle, which it counts nowhere.
    """
    info = StreamInfo(float(fs), (Channel.from_label("OOC_L"),))
    chunks = [Chunk(i, samples[i : i + fs, None].copy()) for i in range(0, len(samples), fs)]
    pipeline, stream, _ = fit_notch(pipeline, info, chunks)
    bursts = [
        b for a in analyze(pipeline, info, stream) for b in a.bursts if b.quality != "settling"
    ]
    return np.array(sorted((b.onset, b.offset) for b in bursts)).reshape(-1, 2) / fs


def counts(task: tuple[Cell, int], peers: Sequence[str]) -> dict[str, Count]:
    """Every detector on one recording."""
    cell, seed = task
    made = muscle(cell.fs, cell.snr, cell.confounder, seed)
    values = cleaned(made.samples, cell.fs, has_mains=cell.confounder in ("mains", "all"))
    found = {name: own(pipeline, made.samples, cell.fs) for name, pipeline in OWN.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other people's code
        found |= {name: PEERS[name](values, cell.fs) for name in peers}
    truth = np.array([(b.onset, b.offset) for b in made.truth])
    kinds = [b.kind if b.offset - b.onset < 0.5 else f"long {b.kind}" for b in made.truth]
    return {name: counted(intervals, truth, kinds) for name, intervals in found.items()}


def counted(found: Values, truth: Values, kinds: Sequence[str]) -> Count:
    """Compare intervals with the truth."""
    pairs = match(found, truth)
    a, b = found[pairs[:, 0]], truth[pairs[:, 1]]
    errors = np.c_[1e3 * (a - b), (a[:, 1] - a[:, 0]) / (b[:, 1] - b[:, 0])]
    hit = set(pairs[:, 1].tolist())
    missed = {
        kind: (sum(k == kind and i not in hit for i, k in enumerate(kinds)), kinds.count(kind))
        for kind in sorted(set(kinds))
    }
    return Count(len(truth), len(found), errors, missed)


def f1(some: Sequence[Count]) -> float:
    """Twice the hits over what is true and what was found."""
    return float(2 * sum(len(c.errors) for c in some) / max(sum(c.true + c.found for c in some), 1))


def interval(some: Sequence[Count]) -> tuple[float, float]:
    """95 % interval of F1, by 1000 draws of recordings with replacement."""
    drawn = np.random.default_rng(0).integers(0, len(some), (1000, len(some)))
    low, high = np.percentile([f1([some[i] for i in row]) for row in drawn], [2.5, 97.5])
    return float(low), float(high)


def line(cell: Cell, by_name: dict[str, list[Count]], peers: Sequence[str]) -> str:
    """Row of the table."""
    mine = by_name["emgspasm"]
    hits, errors = sum(len(c.errors) for c in mine), np.concatenate([c.errors for c in mine])
    true, found = sum(c.true for c in mine), sum(c.found for c in mine)
    low, high = interval(mine)
    best = max(peers, key=lambda name: f1(by_name[name]), default=None)
    told_peer = f"{f1(by_name[best]):.3f} {best}" if best else "n/a"
    kinds = sorted({k for c in mine for k in c.missed})
    missed = [(k, *np.sum([c.missed.get(k, (0, 0)) for c in mine], axis=0)) for k in kinds]
    onset, offset, ratio = errors.T
    cells = [
        f"{cell.snr} | {cell.fs} | {cell.confounder} | {true} | {hits / true:.3f}",
        f"{hits / max(found, 1):.3f} | {f1(mine):.3f} ({low:.2f}-{high:.2f}) | {told_peer}",
        f"{told(onset)} | {told(offset)} | {100 * np.median(ratio) - 100:+.0f} %",
        ", ".join(f"{k} {m}/{n}" for k, m, n in missed if m),
    ]
    return "| " + " | ".join(cells) + " |"


def told(errors: Values) -> str:
    """Mean and standard deviation."""
    return f"{np.mean(errors):+.1f} ± {np.std(errors):.1f}"


HEADER = (
    "| dB | Hz | with | bursts | sensitivity | PPV | F1 (95 %) | best peer's F1 "
    "| onset ms | offset ms | duration | missed |"
)


def overview(results: dict[Cell, dict[str, list[Count]]]) -> Iterator[str]:
    """F1 of every detector by SNR, all rates and confounders together."""
    yield "| detector | " + " | ".join(f"{snr} dB" for snr in SNRS) + " |"
    yield "|---" * (1 + len(SNRS)) + "|"
    for name in next(iter(results.values())):
        values = [pooled(results, name, snr) for snr in SNRS]
        yield f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + " |"


def pooled(results: dict[Cell, dict[str, list[Count]]], name: str, snr: int,
           fs: int | None = None) -> float:  # fmt: skip
    """F1 of all cells of an SNR, and of a rate where one is given."""
    return f1([c for cell, by_name in results.items() if cell.snr == snr
               and fs in (None, cell.fs) for c in by_name[name]])  # fmt: skip


def draw(results: dict[Cell, dict[str, list[Count]]], peers: Sequence[str], path: Path) -> None:
    """F1 by SNR, a panel a sampling frequency; and what the default detector misses."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 5, figsize=(14, 3.6), width_ratios=(1, 1, 1, 1, 1.25),
                                layout="constrained")  # fmt: skip
    greys = plt.get_cmap("viridis")(np.linspace(0.15, 0.9, max(len(peers), 1)))
    places = range(len(SNRS))
    for axis, fs in zip(axes, RATES, strict=False):
        for name, colour in zip(peers, greys, strict=False):
            theirs = [pooled(results, name, snr, fs) for snr in SNRS]
            axis.plot(places, theirs, "o-", ms=3, lw=1, color=colour, label=name)
        mine = [pooled(results, "emgspasm", snr, fs) for snr in SNRS]
        axis.plot(places, mine, "s-", ms=5, lw=2.4, color="#c22f2f", label="emgspasm")
        axis.set(title=f"{fs} Hz", ylim=(0, 1.02), xlabel="SNR of a burst (dB)")
        axis.set_xticks(places, [str(snr) for snr in SNRS])
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("F1 of bursts")
    for axis in axes[1:4]:
        axis.set_yticklabels([])
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center",
                  ncols=len(peers) + 1, frameon=False, fontsize=9)  # fmt: skip
    misses(axes[4], results)
    figure.savefig(path, dpi=110)


def misses(axis, results: dict[Cell, dict[str, list[Count]]]) -> None:
    """Share of each kind of burst that the default detector misses, at 1000 Hz and more."""
    kinds = ("spasm", "long spasm", "blink", "speech")
    for i, kind in enumerate(kinds):
        shares = []
        for snr in SNRS:
            both = np.sum([c.missed.get(kind, (0, 0)) for cell, r in results.items()
                           if cell.snr == snr and cell.fs >= 1000 for c in r["emgspasm"]],
                          axis=0)  # fmt: skip
            shares.append(100 * both[0] / max(both[1], 1))
        axis.bar(np.arange(len(SNRS)) + 0.2 * (i - 1.5), shares, 0.18, label=kind,
                 color=plt_colour(i))  # fmt: skip
    axis.set_xticks(range(len(SNRS)), [str(snr) for snr in SNRS])
    axis.set(title="missed by emgspasm, ≥ 1000 Hz", xlabel="SNR of a burst (dB)", ylabel="%")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8)


def plt_colour(i: int) -> str:
    """Colours of kinds of bursts, told apart by the colour-blind."""
    return ("#c22f2f", "#7a1f1f", "#3b7dd8", "#e0a030")[i]


def main() -> None:
    """Run the grid."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--snr", type=int, nargs="*", default=SNRS)
    parser.add_argument("--rates", type=int, nargs="*", default=RATES)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    peers = [name for name in PEERS if importlib.util.find_spec(name.split()[0])]
    absent = [name for name in PEERS if name not in peers]
    cells = [Cell(snr, fs, c) for snr in given.snr for fs in given.rates for c in CONFOUNDERS]
    tasks = [(cell, given.first_seed + i) for cell in cells for i in range(given.seeds)]
    results: dict[Cell, dict[str, list[Count]]] = {cell: {} for cell in cells}
    with ProcessPoolExecutor(given.workers) as pool:
        done = pool.map(partial(counts, peers=peers), tasks, chunksize=5)
        for (cell, _), made in zip(tasks, done, strict=True):
            for name, count in made.items():
                results[cell].setdefault(name, []).append(count)
    rows = [line(cell, by_name, peers) for cell, by_name in results.items()]
    text = ["Simulated muscles, no patients.", *(f"{name}: not installed" for name in absent), "",
            *overview(results), "", HEADER, "|---" * 12 + "|", *rows]  # fmt: skip
    print("\n".join(text))
    if given.table:
        given.table.write_text("\n".join(text) + "\n", encoding="utf-8")
    if given.picture:
        draw(results, peers, given.picture)


if __name__ == "__main__":
    main()
