"""How good the signal is now: the quality of the last ten seconds, graded as a recording is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emgspasm.desk.words import LEARNING
from emgspasm.dsp.pipeline import Analysis
from emgspasm.dsp.quality import (
    GRADES,
    LINE_FAIR,
    MeanSpectrum,
    SpectrumState,
    grade,
    line_ratio,
)
from emgspasm.dsp.screen import Screen, ScreenState
from emgspasm.sources.protocols import MISMATCH, Electrode
from emgspasm.stream import Chunk, StreamInfo
from emgspasm.units import on_screen

LOOKED_AT = 10.0
"""Seconds that are graded, to within a second [design]."""

FEWEST_SECONDS = 4
"""Whole seconds before mains is told: in fewer, noise alone stands out by 6 dB now and then
[sim]."""

EACH_SECOND = MeanSpectrum(every=1)

Poles = Mapping[tuple[str, str], Electrode]
"""Electrodes by channel and pole."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A channel now.

    Parameters
    ----------
    channel : str
        Label.
    noise : float
        uV RMS of the face at rest; NaN while it is not known.
    line_frequency, line_ratio : float
        Mains in Hz, and its height in dB; NaN without a whole second.
    reach : float
        Largest magnitude, percent of full scale; NaN where that is not known.
    clipped, dropped, flat : float
        Percent of the samples.
    grade : str
        ``""`` while the noise is not known and nothing is wrong otherwise.
    reason : str
        What is wrong; ``""`` if nothing is.
    """

    channel: str
    noise: float
    line_frequency: float
    line_ratio: float
    reach: float
    clipped: float
    dropped: float
    flat: float
    grade: str
    reason: str

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.grade in ("", "good"):
            return ""
        worst = max((self.clipped, _RAILED), (self.flat, _FLAT), (self.dropped, _LOST))
        if worst[0] > 0.5:
            return worst[1]
        return _MAINS if self.line_ratio > LINE_FAIR else _NOISE


_RAILED = "an electrode or the reference is off, or the gain is too high: press them on"
_FLAT = "no signal: check the plug, and that both electrodes are on the skin"
_LOST = "samples are lost: bring the board nearer to its dongle"
_MAINS = "keep cables together and away from chargers; check reference and bias electrode"
_NOISE = "let the face rest; clean the skin, use fresh gel, press the electrodes on"


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """A piece of the stream: where it ends, its length, counts (3, n), largest magnitudes (n,)."""

    stop: int
    n_samples: int
    counts: NDArray[np.int64]
    largest: NDArray[np.float64]


@dataclass(slots=True)
class Checking:
    """Quality of the EMG channels over the last :data:`LOOKED_AT` seconds.

    Parameters
    ----------
    info : StreamInfo
        Of the EMG channels.
    """

    info: StreamInfo
    _pending: list[Chunk] = field(default_factory=list)
    _pieces: deque[_Counted] = field(default_factory=deque)
    _spectra: deque[tuple[NDArray[np.float64], NDArray[np.int64]]] = field(
        default_factory=lambda: deque(maxlen=round(LOOKED_AT))
    )
    _noise: NDArray[np.float64] = field(init=False)
    _screen: ScreenState = field(init=False)
    _spectrum: SpectrumState = field(init=False)

    def __post_init__(self) -> None:
        nothing = Chunk(0, np.empty((0, len(self.info.channels))))
        self._noise = np.full(len(self.info.channels), np.nan)
        self._screen = Screen().init(self.info, nothing)
        self._spectrum = EACH_SECOND.init(self.info)

    def add(self, analysis: Analysis) -> None:
        """Take what came; it is looked at together with what else comes within a second."""
        chunk = analysis.chunk
        if not len(chunk.samples):
            return
        self._noise = analysis.thresholds[0]
        if self._pending and chunk.start != self._pending[-1].stop:
            self._look()
        self._pending.append(chunk)
        if chunk.stop - self._pending[0].start >= self.info.sampling_frequency:
            self._look()

    def assess(self) -> tuple[Checked, ...]:
        """Every channel now; empty while nothing has come."""
        self._look()
        n_samples = sum(piece.n_samples for piece in self._pieces)
        if not n_samples:
            return ()
        shares = 100 * np.sum([piece.counts for piece in self._pieces], axis=0) / n_samples
        largest = np.max([piece.largest for piece in self._pieces], axis=0)
        lines = self._mains()
        return tuple(
            self._checked(
                k, shares[:, k], float(largest[k]), (float(lines[0][k]), float(lines[1][k]))
            )
            for k in range(len(self.info.channels))
        )

    def _checked(
        self, k: int, shares: NDArray[np.float64], largest: float, line: tuple[float, float]
    ) -> Checked:
        channel = self.info.channels[k]
        noise = float(self._noise[k]) * (channel.microvolts or np.nan)
        dropped, clipped, flat = map(float, shares)
        graded, why = grade(
            noise=noise, line=line[1], clipped=clipped, dropped=dropped, flat=flat,
            analyzed=100 - dropped - clipped - flat,
        )  # fmt: skip
        if graded == "good" and noise != noise:
            graded, why = "", LEARNING
        reach = 100 * largest / channel.full_scale if np.isfinite(channel.full_scale) else np.nan
        percent = clipped, dropped, flat
        return Checked(channel.name, noise, *line, reach, *percent, graded, on_screen(why))

    def _look(self) -> None:
        """Fold what is pending, which has no gap inside, and forget what is too old."""
        if not self._pending:
            return
        chunk = Chunk(self._pending[0].start, np.concatenate([c.samples for c in self._pending]))
        self._pending.clear()
        skipped = chunk.start - self._pieces[-1].stop if self._pieces else 0
        before = self._screen.counts.copy()
        self._screen, _ = Screen().step(self._screen, chunk)
        counts = self._screen.counts - before
        counts[0] += skipped
        largest = np.max(np.abs(np.nan_to_num(chunk.samples)), axis=0)
        self._pieces.append(_Counted(chunk.stop, len(chunk.samples) + skipped, counts, largest))
        oldest = chunk.stop - LOOKED_AT * self.info.sampling_frequency
        while self._pieces[0].stop <= oldest:
            self._pieces.popleft()
        EACH_SECOND.step(self._spectrum, chunk)
        if self._spectrum.count.any():
            self._spectra.append((self._spectrum.power.copy(), self._spectrum.count.copy()))
            self._spectrum.power[:] = 0
            self._spectrum.count[:] = 0

    def _mains(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Frequency (Hz) and height (dB) of the mains in each channel."""
        power = sum((power for power, _ in self._spectra), np.zeros_like(self._spectrum.power))
        count = sum((count for _, count in self._spectra), np.zeros_like(self._spectrum.count))
        count[count < FEWEST_SECONDS] = 0
        return line_ratio(replace(self._spectrum, power=power, count=count))


def worst(grades: Iterable[str]) -> str:
    """The worst of some grades; one that is not known yet counts last."""
    known = [grade for grade in grades if grade]
    return max(known, key=GRADES.index) if known else ""


def pair_words(poles: Poles, channel: str) -> str:
    """What is wrong with the electrodes of a channel, in words; ``""`` if nothing is."""
    measured = [poles[channel, pole] for pole in "PN" if (channel, pole) in poles]
    said = [f"electrode {e.pole} {e.told(0)}" for e in measured if e.grade != "good"]
    if len(measured) == 2 and abs(measured[0].ohm - measured[1].ohm) > MISMATCH:
        said.append(f"the pair differs by more than {MISMATCH / 1000:g} kohm")
    return "; ".join(said)
