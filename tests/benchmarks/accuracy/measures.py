"""Measures beside the truth: ``python tests/benchmarks/accuracy/measures.py [--seeds N]``.

Whether the numbers of ``summary.tsv``, ``pairs.tsv`` and ``trials.tsv`` are right, and how often
their 95 % intervals hold the truth: the rate of the *process*, over many faces of a scenario, and
that of *this* recording, which is in it. Faces of ``faces``, default configuration; true values by
``true_measures``. Simulated, no patients.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
from faces import Cell
from gaussian_faces import SCENARIOS, Annotation, Face, Story, movement
from processes import LENGTHS, PROCESSES, of_process
from true_measures import Truth, process, story

from emgspasm.config import LoadedConfig
from emgspasm.results.findings import Findings
from emgspasm.results.measurement import measure
from emgspasm.results.tabulation.pairs import pairs_table
from emgspasm.results.tabulation.summary import summary_table
from emgspasm.results.tabulation.trials import (
    maxima,
    synkinesis_shares,
    trial_list,
    trials_table,
)

FIRST_SEED = 9500
"""Seeds under this one were used to choose numbers."""

POINTS = ("isolated", "tonic or combined", "involved", "brow lift", "synchrony", "synkinesis told")
"""Percentages whose errors are points, not shares."""

PLAIN = ("spread stage", "interval CV", "LI of spasms", "LI of both sides", "lag", "si")
"""Measures whose errors are in their own unit."""

WILLING = (0.2, 0.5, 0.8)
"""Probabilities that a muscle moves along, in turn."""


@dataclass
class Outcome:
    """What one recording gave: (true, told) by measure, whether intervals hold, their widths."""

    pairs: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    held: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    widths: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def compare(self, name: str, true: float | None, told: float | None) -> None:
        """Keep a pair where both are known."""
        if true is not None and told is not None and np.isfinite(true) and np.isfinite(told):
            self.pairs[name].append((float(true), float(told)))

    def hold(self, name: str, true: float, low: float | None, high: float | None) -> None:
        """Keep whether an interval holds a true value, if there is one."""
        if low is not None and high is not None and np.isfinite(low):
            self.held[name].append(bool(low <= true <= high))
            self.widths[name].append(float(high - low) / true)


class Stored:
    """A face as the tables take a recording."""

    def __init__(self, face: Face) -> None:
        self.face, self.info, self.annotations = face, face.info, face.annotations
        self.n_samples, self.findings = len(face.samples), ()

    def __iter__(self) -> Iterator:
        return iter(self.face.chunks())


# --- a face and its tables -------------------------------------------------------------------


def outcome(cell: Cell, seed: int) -> Outcome:
    """Record, analyze, compare."""
    truth, made = Truth(cell, seed), Outcome()
    recording = Stored(truth.face)
    measured = measure(recording, LoadedConfig())
    found = measured.found
    summary = summary_table("face", recording, measured, maxima(truth.face.info, found))
    compare_sides(made, truth, summary)
    compare_muscles(made, truth, summary)
    compare_laterality(made, truth, found)
    if cell.fs >= 1000:
        compare_pairs(made, truth, pairs_table(truth.face.info, found, {}))
    return made


SIDE = {
    "spasm rate": "spasm_rate_per_min", "time in spasm": "spasm_pct_time",
    "duration, median": "spasm_dur_median_ms", "duration, IQR": "spasm_dur_iqr_ms",
    "duration, p95": "spasm_dur_p95_ms", "spread stage": "spread_stage",
    "interval CV": "interval_cv", "brow lift": "brow_lift_pct",
}  # fmt: skip
MUSCLE = {
    "burst rate": "burst_rate_per_min", "burst duration, median": "dur_median_ms",
    "involved": "involved_pct", "muscle's time in spasm": "spasm_pct_time",
    "burden": "spasm_burden_uV", "peak, p95": "spasm_peak_p95_uV",
}  # fmt: skip


def compare_sides(made: Outcome, truth: Truth, summary) -> None:
    """Rows of the affected side and of both eyes."""
    whole = summary[summary.channel.isna()].groupby("side").first()
    row, blinks, true = whole.loc[truth.side], whole.loc["B"], truth.spasm_measures()
    for name, column in SIDE.items():
        made.compare(name, true.get(name), row[column])
    if row.n_spasms:
        for name in ("isolated", "tonic or combined"):
            told = sum(row[f"n_{label}"] for label in name.split(" or "))
            made.compare(name, true.get(name), 100 * told / row.n_spasms)
    made.compare("blink rate", true["blink rate"], blinks.blink_rate_per_min)
    held = [("spasm rate", "spasm", row.rate_ci_lo, row.rate_ci_hi),
            ("blink rate", "blink", blinks.blink_ci_lo, blinks.blink_ci_hi)]  # fmt: skip
    for name, kind, low, high in held:
        made.hold(f"{name}, process", process(truth.cell, kind), low, high)
        made.hold(f"{name}, this", true[name], low, high)


def compare_muscles(made: Outcome, truth: Truth, summary) -> None:
    """Rows of the channels of the affected side."""
    for _, row in summary[summary.channel.notna() & (summary.side == truth.side)].iterrows():
        true = truth.muscle_measures(row.channel)
        for name, column in MUSCLE.items():
            made.compare(name, true.get(name), row[column])


def compare_laterality(made: Outcome, truth: Truth, found: Findings) -> None:
    """Laterality of every event that is one, and near no other."""
    fs = truth.cell.fs
    for event in found.events:
        a, b, own = event["onset"] / fs, event["offset"] / fs, event["side"]
        name = "LI of spasms" if event["trial_type"] == "spasm" else "LI of both sides"
        near = [e for e in truth.events if e.onset < b + 0.1 and a < e.offset + 0.1]
        if len(near) == 1 and near[0].side == own:
            made.compare(name, truth.laterality(a, b, own), event["li"])


def compare_pairs(made: Outcome, truth: Truth, pairs) -> None:
    """Synchrony and lags of the affected side."""
    for _, row in pairs[(pairs.side == truth.side) & (pairs.n_pairs >= 5)].iterrows():
        names = [f"{muscle}_{truth.side}" for muscle in (row.muscle_a, row.muscle_b)]
        share, lag = truth.synchrony(*names)
        made.compare("synchrony", share, row.sync_pct)
        made.compare("lag", lag, row.lag_median_ms)


# --- synkinesis -------------------------------------------------------------------------------

PARTNERS = {"brow": ("FRO", "ZYG"), "close_forced": ("OOC", "OOR"), "pucker": ("OOR", "OOC")}


def willing(probability: float) -> Callable[[Story], None]:
    """Five trials of four movements, with each of which one more muscle may move along."""

    def told(story: Story) -> None:
        rng, at = story.rng, 4.0
        for name in (*PARTNERS, "smile"):
            share = rng.uniform(0.25, 0.8)
            for _ in range(5):
                story.notes.append(Annotation(at - 0.4, 3.0, name))
                movement(story, name, at, rng.uniform(0.8, 2.2))
                if name in PARTNERS and rng.random() < probability:
                    prime, other = (f"{m}_{story.side}" for m in PARTNERS[name])
                    moved = next(c for c in reversed(story.contractions) if c.site == prime)
                    story.contractions.append(
                        replace(moved, site=other, onset=moved.onset + rng.uniform(0.005, 0.03),
                                strength=moved.strength * share)
                    )  # fmt: skip
                at += 7.0

    return told


SCENARIOS |= {f"willing {100 * p:g}": willing(p) for p in WILLING}


def synkinesis(cell: Cell, seed: int) -> Outcome:
    """Trials of a face of which one muscle moves along by a known probability."""
    truth, made = Truth(cell, seed), Outcome()
    info, found = truth.face.info, measure(Stored(truth.face), LoadedConfig()).found
    most = maxima(info, found)
    done = trial_list(info, found, most)
    table = trials_table(done, info, {})
    strengths = {(c.site, round(c.onset, 1)): c.strength for c in story(cell, seed).contractions}
    largest: dict[str, float] = defaultdict(float)
    for (site, _), strength in strengths.items():
        largest[site] = max(largest[site], strength)
    for _, row in table[(table.side == truth.side) & ~table.spasm_overlap].iterrows():
        if PARTNERS.get(row.task) != (row.prime_muscle, row.syn_muscle):
            continue
        prime, other = (f"{m}_{row.side}" for m in PARTNERS[row.task])
        begins = row.cue_onset_s + 0.4
        shares = [_strength(strengths, site, begins) / largest[site] for site in (prime, other)]
        made.compare("synkinesis told", 100.0 * (shares[1] > 0), 100.0 * bool(row.synk))
        if shares[1] > 0:
            made.compare("si", shares[1] / shares[0], row.si)
    probability = float(cell.scenario.split()[1]) / 100
    for row in synkinesis_shares(done):
        if row["side"] == truth.side and PARTNERS.get(row["task"]) == (row["prime"], row["muscle"]):
            made.hold("synkinesis, process", probability, *row.get("ci", (None, None)))
    return made


def _strength(strengths: dict[tuple[str, float], float], site: str, begins: float) -> float:
    near = [s for (own, at), s in strengths.items() if own == site and abs(at - begins) <= 0.2]
    return max(near, default=0.0)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


# --- tables -----------------------------------------------------------------------------------


def groups() -> Iterator[tuple[str, list[Cell], int, Callable[[Cell, int], Outcome]]]:
    """What is measured on which faces, pooled over generators, and by how many of the seeds."""
    three = ("units", "gaussian", "shot")
    for minutes, part in ((1.0, 1), (2.5, 1), (5.0, 2), (15.0, 6)):
        cells = [Cell(g, "hfs_clonic", 20.0, 250.0, seconds=60 * minutes) for g in three[:2]]
        yield f"clonic, 20 dB, 250 Hz, {minutes:g} min", cells, part, outcome
    for snr, fs in ((20.0, 1000.0), (10.0, 1000.0), (10.0, 250.0)):
        for scenario in ("hfs_clonic", "hfs_tonic", "hfs_mixed"):
            cells = [Cell(g, scenario, snr, fs, seconds=150.0) for g in three]
            yield f"{scenario[4:]}, {snr:g} dB, {fs:g} Hz, 2.5 min", cells, 3, outcome
        cells = [Cell(g, f"willing {100 * p:g}", snr, fs, seconds=145.0)
                 for g in three[1:] for p in WILLING]  # fmt: skip
        yield f"synkinesis, {snr:g} dB, {fs:g} Hz", cells, 3, synkinesis


def rows(name: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Bias and scatter of every measure, then the intervals."""
    for measure_name in sorted({key for o in outcomes for key in o.pairs}):
        values = np.array([pair for o in outcomes for pair in o.pairs[measure_name]])
        true, told = values.T
        error, unit = told - true, ""
        if measure_name not in POINTS + PLAIN:
            error, unit = 100 * (told[true > 0] / true[true > 0] - 1), " %"
        if not len(error):
            continue
        low, middle, high = np.percentile(error, [10, 50, 90])
        pooled = error.mean() if not unit else 100 * (told.sum() / true.sum() - 1)
        yield _line(name, measure_name, str(len(error)), f"{true.mean():.3g}",
                    f"{pooled:+.3g}{unit}", f"{middle:+.3g}", f"{low:+.3g} to {high:+.3g}",
                    )  # fmt: skip
    for key in sorted({key for o in outcomes for key in o.held}):
        held = [x for o in outcomes for x in o.held[key]]
        width = np.median([x for o in outcomes for x in o.widths[key]])
        yield _line(name, f"interval of {key}", str(len(held)), "", f"holds {np.mean(held):.2f}",
                    f"width {width:.2f}", "")  # fmt: skip


HEADER = (
    "| faces | measure | n | true, mean | bias of all | median error | 10th to 90th percentile |"
)


def main() -> None:
    """Print the table of processes, then that of faces."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=9, help="recordings a cell of 2.5 min")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--only", default="", help="faces whose name holds this")
    options = parser.parse_args()
    first = options.first_seed
    with ProcessPoolExecutor(2) as pool:
        if not options.only:
            lengths = (f"{seconds / 60:g} min" for seconds in LENGTHS)
            print(
                _line("process", "a minute", *lengths, "over the MDC"), "|---" * 9 + "|", sep="\n"
            )
            for cells in pool.map(of_process, PROCESSES, [first] * len(PROCESSES)):
                print(_line(*cells), flush=True)
        print("", HEADER, "|---" * 7 + "|", sep="\n")
        for name, cells, part, what in groups():
            if options.only in name:
                todo = [(c, first + k) for c in cells for k in range(max(options.seeds // part, 2))]
                for text in rows(name, list(pool.map(what, *zip(*todo, strict=True)))):
                    print(text, flush=True)


if __name__ == "__main__":
    main()
