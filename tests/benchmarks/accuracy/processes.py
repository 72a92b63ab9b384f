"""Intervals of rates and detectable changes of processes with a known rate, without signals.

Onsets as the simulated faces have them, and of two processes that cluster more than those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from faces import Cell
from gaussian_faces import Values
from true_measures import AFAR, onsets

from emgspasm.synkinesis.measures.intervals import counting_errors, minimal_detectable_rate
from emgspasm.synkinesis.measures.occurrence import occurrence

LONG, STORIES = 1210.0, 60
"""Seconds of a story of which shorter recordings are cut, and how many there are of a process."""


def bouts(seed: int) -> Values:
    """Spasms in bouts of four on average, three seconds from one to the next."""
    rng = np.random.default_rng([seed, 4])
    starts = rng.uniform(-60, LONG, rng.poisson((LONG + 60) * 2.5 / 60))
    return np.sort(
        np.concatenate([a + np.cumsum(rng.exponential(3.0, rng.geometric(0.25))) for a in starts])
    )


def waxing(seed: int) -> Values:
    """Ten a minute on average, half of that more or less from one minute to the next."""
    rng = np.random.default_rng([seed, 5])
    rates = 10 * rng.gamma(4.0, 0.25, int(LONG / 60) + 2)
    begins = 60 * np.arange(len(rates)) - rng.uniform(0, 60)
    return np.sort(np.concatenate(
        [a + rng.uniform(0, 60, rng.poisson(r)) for a, r in zip(begins, rates, strict=True)]
    ))  # fmt: skip


PROCESSES: dict[str, Callable[[int], Values]] = {
    "spasms of units, clonic": partial(onsets, Cell("units", "hfs_clonic", 20, seconds=LONG)),
    "spasms of units, tonic": partial(onsets, Cell("units", "hfs_tonic", 20, seconds=LONG)),
    "spasms of stories, clonic": partial(onsets, Cell("gaussian", "hfs_clonic", 20, seconds=LONG)),
    "blinks of units": partial(onsets, Cell("units", "healthy_rest", 20, seconds=LONG),
                               kind="blink"),
    "spasms in bouts": bouts,
    "spasms that wax and wane": waxing,
}  # fmt: skip
LENGTHS = (90.0, 120.0, 180.0, 300.0, 600.0, 1200.0)


def of_process(name: str, first: int) -> list[str]:
    """How often intervals of true onsets hold the rate of the process, and their width by it."""
    told = [PROCESSES[name](first + k) for k in range(STORIES)]
    others = [PROCESSES[name](AFAR + k) for k in range(STORIES)]
    inside = [np.sum((t >= 5) & (t < LONG - 5)) for t in (*told, *others)]
    rate = 60 * float(np.mean(inside)) / (LONG - 10)
    cells = [name, f"{rate:.3g}"]
    for seconds in LENGTHS:
        starts = np.arange(5, LONG - 5 - seconds + 1, seconds)
        limits = [_interval(t - a, seconds) for t in told for a in starts]
        there = np.array([x for x in limits if x])
        cells.append("n/a" if not len(there) else
                     f"{np.mean((there[:, 0] <= rate) & (rate <= there[:, 1])):.3f} "
                     f"({np.median(there[:, 1] - there[:, 0]) / rate:.2f})")  # fmt: skip
    return [*cells, f"{larger(told):.3f}"]


def _interval(times: Values, seconds: float) -> tuple[float, float] | None:
    inside = times[(times >= 0) & (times < seconds)]
    spans = np.stack([inside, inside], axis=1) * 1000
    return occurrence(spans.astype(np.int64), [(0, round(1000 * seconds))], 1000.0).interval


def larger(stories: Iterable[Values]) -> float:
    """How often a later rest of the same state differs by more than the detectable change.

    Known from 3 min and 1 min of rest of one session, as the protocol has them; the two that are
    compared are 3 min and 1 min, too.
    """
    seen = []
    for times in stories:
        for a in (5, 605):
            one, other, first, second = (
                np.histogram(times, np.arange(a + b, a + c + 1, 30))[0].astype(float)
                for b, c in ((0, 180), (180, 240), (300, 480), (480, 540))
            )
            errors = counting_errors([(c, np.full(len(c), 30.0)) for c in (one, other)])
            pair = [[(int(c.sum()), len(c) / 2)] for c in (one, other)]
            least = minimal_detectable_rate(*pair, errors)
            if least is not None:
                seen.append(abs(first.sum() / 3 - second.sum()) > least)
    return float(np.mean(seen))
