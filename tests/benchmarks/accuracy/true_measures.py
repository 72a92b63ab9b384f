"""Measures that follow from the truth of a simulated face alone, by formulas of their own.

No line of ``emgspasm.synkinesis.measures`` or ``emgspasm.results``: definitions are those of
clinical facts 4 and 5, stated here again. Amplitudes are those of the same face recorded without
noise, in the band of the analysis, while a muscle truly contracts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import gaussian_faces
import numpy as np
from faces import MONTAGES, Cell, recorded
from gaussian_faces import Face, Story, Values
from scipy.signal import butter, sosfiltfilt

from emgspasm.simulation import simulate
from emgspasm.simulation.scenarios import SCENARIOS, plan

KEYS: dict[str, tuple[int, ...]] = {"gaussian": (), "shot": (77,)}
"""What generators that tell stories add to the seed."""

MERGE, PEAK = 0.030, 0.020
SETTLING = 3.0
"""Seconds at the beginning that the package leaves out (its ``settling_ms``)."""

STAGES = {"OOC": 1, "ZYG": 2, "OOR": 3, "MEN": 3, "PLA": 4}
MANY, AFAR = 100, 1_000_000
"""Minutes of stories from which the rate of a process is known, and the first seed of theirs."""


@dataclass(frozen=True)
class TrueBurst:
    """One contraction of a muscle, in seconds; `spasm` counts the spasms, -1 is of none."""

    channel: str
    onset: float
    offset: float
    spasm: int


def story(cell: Cell, seed: int) -> Story:
    """What a face of a generator that tells stories is going to do."""
    rng = np.random.default_rng([seed, *KEYS[cell.generator], sum(map(ord, cell.scenario))])
    told = Story(rng, cell.seconds, "LR"[seed % 2])
    gaussian_faces.SCENARIOS[cell.scenario](told)
    return told


def contractions(cell: Cell, seed: int, face: Face) -> list[TrueBurst]:
    """What every recorded muscle did, act by act."""
    spans = [(e.onset, e.offset) for e in face.truth if e.kind == "spasm"]
    raw = _of_story if cell.generator in KEYS else _of_units
    return sorted(raw(cell, seed, spans), key=lambda b: (b.channel, b.onset))


def merged(parts: Iterable[TrueBurst]) -> list[TrueBurst]:
    """Bursts: contractions of a muscle with pauses under 30 ms within."""
    joined: list[TrueBurst] = []
    for part in parts:
        last = joined[-1] if joined and joined[-1].channel == part.channel else None
        if last is None or part.onset - last.offset >= MERGE:
            joined.append(part)
        else:
            stop, spasm = max(last.offset, part.offset), max(last.spasm, part.spasm)
            joined[-1] = replace(last, offset=stop, spasm=spasm)
    return joined


def _of_story(cell: Cell, seed: int, spans: Sequence[tuple[float, float]]) -> Iterator[TrueBurst]:
    for c in story(cell, seed).contractions:
        if c.site in MONTAGES[cell.montage]:
            near = (i for i, (a, b) in enumerate(spans) if a - 0.01 <= c.onset <= b)
            yield TrueBurst(c.site, c.onset, c.onset + c.length, next(near, -1) if c.common else -1)


def _of_units(cell: Cell, seed: int, spans: Sequence[tuple[float, float]]) -> Iterator[TrueBurst]:
    montage, side = MONTAGES[cell.montage], ("left", "right")[seed % 2]
    made = simulate(cell.scenario, side=side, sampling_frequency=cell.fs, duration=cell.seconds,
                    snr=cell.snr, seed=seed, montage=montage)  # fmt: skip
    fs, number = made.truth_sampling_frequency, -1
    for event in made.truth:
        number += event.trial_type == "spasm"
        of_spasm = number if event.trial_type == "spasm" else -1
        for b in event.bursts:
            yield TrueBurst(montage[b.channel], b.onset / fs, b.offset / fs, of_spasm)


def process(cell: Cell, kind: str) -> float:
    """Events a minute that the process gives, over many of its stories."""
    return _rate(Cell(cell.generator, cell.scenario, 20.0, seconds=cell.seconds), kind)


@lru_cache(maxsize=64)
def _rate(cell: Cell, kind: str) -> float:
    many = max(round(MANY * 60 / cell.seconds), 20)
    seen = [np.sum(onsets(cell, AFAR + k, kind) >= SETTLING) for k in range(many)]
    return 60 * float(np.mean(seen)) / (cell.seconds - SETTLING)


def onsets(cell: Cell, seed: int, kind: str = "spasm") -> Values:
    """Onsets of the spasms or blinks of a face, without its signals."""
    if cell.generator in KEYS:
        return np.sort([e.onset for e in story(cell, seed).truth if e.kind == kind])
    side = "LR"[seed % 2]
    acts = plan(SCENARIOS[cell.scenario], side, MONTAGES[cell.montage], cell.seconds, seed).acts
    return np.sort([act.onset for act in acts if act.trial_type == kind])


class Truth:
    """A face, and what is true of it."""

    def __init__(self, cell: Cell, seed: int) -> None:
        self.cell, self.seed = cell, seed
        self.face = recorded(cell, seed)
        self.side = "LR"[seed % 2]
        parts = [b for b in contractions(cell, seed, self.face) if b.onset >= SETTLING]
        self.bursts = merged(parts)
        self.spasmodic = merged(b for b in parts if b.spasm >= 0)
        self.events = [e for e in self.face.truth if e.onset >= SETTLING]
        self.spasms = [e for e in self.events if e.kind == "spasm"]
        self.seconds = cell.seconds - SETTLING

    @cached_property
    def clean(self) -> Values:
        """The same face without noise, in the band of the analysis."""
        return self._in_band(recorded(replace(self.cell, snr=np.inf), self.seed).samples)

    @cached_property
    def noise(self) -> Values:
        """RMS of the noise of every channel."""
        return np.sqrt(np.mean((self._in_band(self.face.samples) - self.clean) ** 2, axis=0))

    def _in_band(self, samples: Values) -> Values:
        """In that of the analysis: to the end of what is recorded, where that is below 450 Hz."""
        fs = self.cell.fs
        ends = fs < 1000.0
        band = butter(
            2, 20 if ends else [20, 450], "highpass" if ends else "bandpass", fs=fs, output="sos"
        )
        return sosfiltfilt(band, samples, axis=0)

    def of(self, channel: str) -> list[TrueBurst]:
        """Bursts of a channel."""
        return [b for b in self.bursts if b.channel == channel]

    def spasm_measures(self) -> dict[str, float]:
        """Of the affected side."""
        lengths = 1000 * np.array([e.offset - e.onset for e in self.spasms])
        steps = np.diff([e.onset for e in self.spasms])
        labels = [e.label for e in self.spasms]
        told = {
            "spasm rate": 60 * len(lengths) / self.seconds,
            "time in spasm": lengths.sum() / 10 / self.seconds,
            "blink rate": 60 * sum(e.kind == "blink" for e in self.events) / self.seconds,
        }
        if len(lengths):
            quarter, middle, most, p95 = np.percentile(lengths, [25, 50, 75, 95])
            told |= {"duration, median": middle, "duration, IQR": most - quarter,
                     "duration, p95": p95, "spread stage": self._stage(),
                     "isolated": 100 * labels.count("isolated") / len(labels),
                     "tonic or combined": 100 * sum(x in ("tonic", "combined") for x in labels)
                     / len(labels)}  # fmt: skip
        if len(steps) >= 19:
            told["interval CV"] = steps.std() / steps.mean()
        eyes = {b.spasm for b in self.spasmodic if b.channel == f"OOC_{self.side}"}
        if eyes:
            told["brow lift"] = 100 * len(eyes & self._lifted()) / len(eyes)
        return told

    def _stage(self) -> float:
        stages: dict[int, int] = {}
        for b in self.spasmodic:
            stages[b.spasm] = max(stages.get(b.spasm, 0), STAGES.get(b.channel[:3], 0))
        reached = np.array(list(stages.values()))
        return max((s for s in range(1, 5) if np.mean(reached >= s) >= 0.1), default=0)

    def _lifted(self) -> set[int]:
        eye, brow = (
            [(b.spasm, b.onset) for b in self.spasmodic if b.channel == f"{m}_{self.side}"]
            for m in ("OOC", "FRO")
        )
        return {k for k, a in eye for other, b in brow if k == other and abs(a - b) <= 0.05}

    def muscle_measures(self, channel: str) -> dict[str, float]:
        """Of a muscle: in spasms, and of all its bursts."""
        every, seconds = self.of(channel), self.seconds
        mine = [b for b in self.spasmodic if b.channel == channel]
        told = {
            "burst rate": 60 * len(every) / seconds,
            "involved": 100 * len({b.spasm for b in mine}) / max(len(self.spasms), 1),
            "muscle's time in spasm": 100 * sum(b.offset - b.onset for b in mine) / seconds,
        }
        if every:
            told["burst duration, median"] = 1000 * np.median([b.offset - b.onset for b in every])
        if mine:
            areas = [self.above(b) * (b.offset - b.onset) for b in mine]
            told["burden"] = sum(areas) / seconds
            told["peak, p95"] = np.percentile([self.peak(b) for b in mine], 95)
        return told

    def loudness(self, channel: str, onset: float, offset: float) -> float:
        """RMS of a channel without its noise."""
        rows = slice(round(onset * self.cell.fs), round(offset * self.cell.fs) + 1)
        column = MONTAGES[self.cell.montage].index(channel)
        return float(np.sqrt(np.mean(self.clean[rows, column] ** 2)))

    def above(self, burst: TrueBurst) -> float:
        """Amplitude of a burst with the noise, less that of the noise."""
        noise = self.noise[MONTAGES[self.cell.montage].index(burst.channel)]
        return np.hypot(self.loudness(burst.channel, burst.onset, burst.offset), noise) - noise

    def peak(self, burst: TrueBurst) -> float:
        """Largest RMS of 20 ms in a burst, with the noise."""
        fs, column = self.cell.fs, MONTAGES[self.cell.montage].index(burst.channel)
        size, reach = round(PEAK * fs), round(PEAK * fs / 2)
        first, last = round(burst.onset * fs) - reach, round(burst.offset * fs) + reach
        power = self.clean[max(first, 0) : last + 1, column] ** 2
        most = np.convolve(power, np.ones(size) / size, "valid").max()
        return float(np.hypot(np.sqrt(most), self.noise[column]))

    def laterality(self, onset: float, offset: float, own: str) -> float:
        """(A - U) / (A + U) of the muscles that contract on the side `own`, or on either (B)."""
        sums = dict.fromkeys("LR", 0.0)
        for muscle in {m[:3] for m in MONTAGES[self.cell.montage]}:
            spans = [(b.onset, b.offset) for b in self.bursts
                     if b.channel[:3] == muscle and own in (b.channel[-1], "B")
                     and b.onset < offset and onset < b.offset]  # fmt: skip
            for letter in "LR" if spans else "":
                weights = [b - a for a, b in spans]
                power = [self.loudness(f"{muscle}_{letter}", a, b) ** 2 for a, b in spans]
                sums[letter] += float(np.sqrt(np.average(power, weights=weights)))
        a, u = (sums["R"], sums["L"]) if own == "R" else (sums["L"], sums["R"])
        return (a - u) / (a + u) if a + u > 0 else np.nan

    def synchrony(self, first: str, second: str) -> tuple[float, float]:
        """Percent of the first's bursts with one of the second in 15 ms, and the median lag."""
        a, b = (np.array([x.onset for x in self.of(c)]) for c in (first, second))
        if not len(a) or not len(b):
            return np.nan, np.nan
        lags = b[np.argmin(np.abs(b - a[:, None]), axis=1)] - a
        near = lags[np.abs(lags) <= 0.015]
        return 100 * len(near) / len(a), 1000 * float(np.median(near)) if len(near) else np.nan
