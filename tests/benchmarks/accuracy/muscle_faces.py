"""Faces made of recorded muscle: a fourth generator, whose textures nobody has made up.

What happens is told by the stories of :mod:`gaussian_faces`. What muscles give while they contract,
and electrodes while they rest, are pieces of recordings, one after the other: any recordings that
the package opens, of any muscle, in which it contracts and rests. Each muscle of a face contracts
with what one of their channels gives, and each electrode rests with another's. Their amplitude is
the story's; what happens within a tenth of a second is theirs. Mains is taken out of the pieces,
since its phase would jump from one to the next.

Left out are channels of which the truth would not be known: at rest, where units discharge now and
then, and in contraction, where so few do that a blink may fall between them.

Seeds under 7000 take the first half of every recording, the others the second, so that what numbers
were chosen by is not what they are measured on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from gaussian_faces import (
    LOUDNESS,
    SCENARIOS,
    Face,
    Story,
    Values,
    envelope,
    lids,
    mixed,
    truth_of,
)
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, resample_poly, sosfiltfilt
from scipy.stats import kurtosis
from shot_faces import pulled

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.opening import open_recording
from emgspasm.stream import Channel, StreamInfo

SECOND_HALF = 7000
"""First seed that takes the second halves."""

CONTRAST = 4.0
"""Amplitude of the strongest contractions, in units of rest, under which a channel shows none."""

CONTRACTED, RESTING = 0.35, 1.8
"""Share of that amplitude from which it contracts; times the amplitude of rest up to which it rests
[sim]."""

SHORTEST = {"contracted": 0.35, "resting": 0.7}
"""Seconds of a piece."""

FEWEST = {"contracted": 1.2, "resting": 3.5}
"""Seconds of pieces without which half a channel is left out."""

FULL = (0.4, 2.0)
"""Tenth and ninetieth percentile, in medians, that the amplitude of a contraction over 30 ms keeps
between: where few units discharge, there are gaps."""

SILENT = 4.0
"""Most kurtosis at rest: noise has 3, units that discharge now and then far more."""

Pieces = list[Values]


@dataclass(frozen=True)
class Textures:
    """Pieces of unit amplitude, a list a channel: of contractions, and of rest."""

    contracted: list[Pieces]
    resting: list[Pieces]


@cache
def textures(folder: Path, fs: float, second_half: bool) -> Textures:
    """Textures of the recordings of a folder, at `fs`; slower ones are left out."""
    contracted, resting = [], []
    for rate, values in channels(folder):
        if rate < fs:
            continue
        half = len(values) // 2
        found = pieces(values, rate, half * second_half, half * (1 + second_half))
        ratio = Fraction(fs) / Fraction(rate)
        for kind, kept in zip(("contracted", "resting"), (contracted, resting), strict=True):
            if is_enough(found[kind], kind, rate):
                up, down = ratio.numerator, ratio.denominator
                kept.append([resample_poly(piece, up, down) for piece in found[kind]])
    return Textures(contracted, resting)


def is_enough(found: Pieces, kind: str, fs: float) -> bool:
    """Whether pieces are long enough in all, and what they stand for."""
    if sum(map(len, found)) < FEWEST[kind] * fs:
        return False
    if kind == "resting":
        return bool(kurtosis(np.concatenate(found), fisher=False) <= SILENT)
    told = np.concatenate([amplitude(piece, 0.03 * fs) for piece in found])
    low, middle, high = np.quantile(told, (0.1, 0.5, 0.9))
    return bool(low >= FULL[0] * middle and high <= FULL[1] * middle)


def channels(folder: Path) -> Iterator[tuple[float, Values]]:
    """Rate and samples of every EMG channel of the folder's recordings, ten seconds at least."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            recording = open_recording(path)
        except (ConfigError, RecordingError) as error:
            print(f"left out {path.name}: {error}")
            continue
        rate, columns = recording.info.sampling_frequency, list(recording.info.columns())
        parts = [chunk.samples[:, columns] for chunk in recording]
        samples = np.concatenate(parts) if parts else np.empty((0, len(columns)))
        for values in samples.T:
            if len(values) >= 10 * rate and np.isfinite(values).all() and np.ptp(values) > 0:
                yield rate, values


def pieces(values: Values, fs: float, first: int, stop: int) -> dict[str, Pieces]:
    """Where a channel contracts and where it rests, between two samples; of unit amplitude."""
    values = without_mains(values - values.mean(), fs)
    emg = sosfiltfilt(butter(2, [20, min(450, 0.45 * fs)], "band", fs=fs, output="sos"), values)
    fast, slow = amplitude(emg, 0.05 * fs), amplitude(emg, 0.1 * fs)
    most, least = np.quantile(slow, 0.97), np.quantile(fast, 0.15)
    contracts = (slow > CONTRACTED * most) & (most > CONTRAST * least)
    rests = (fast < RESTING * least) & (fast > 0.25 * least)  # a recorder may stand still

    def cut(where: np.ndarray, kind: str, width: float) -> Pieces:
        edges = np.flatnonzero(np.diff(np.r_[0, where[first:stop].astype(np.int8), 0]))
        spans = [(a, b) for a, b in (first + edges).reshape(-1, 2) if b - a >= SHORTEST[kind] * fs]
        return [emg[a:b] / amplitude(emg[a:b], width * fs) for a, b in spans]

    return {
        "contracted": cut(contracts, "contracted", 0.1),
        "resting": cut(rests, "resting", 0.7),
    }


def amplitude(values: Values, width: float) -> Values:
    """Root of the mean square under a bell of this width in samples."""
    return np.sqrt(gaussian_filter1d(values**2, width, mode="nearest"))


def without_mains(values: Values, fs: float) -> Values:
    """The same with lines of the mains no louder than what lies beside them."""
    spectrum, f = np.fft.rfft(values), np.fft.rfftfreq(len(values), 1 / fs)
    for line in (base * k for base in (50, 60) for k in range(1, 20)):
        at, beside = abs(f - line) < 0.8, (abs(f - line) > 1.5) & (abs(f - line) < 5)
        if not (at.any() and beside.any()):
            continue
        usual = np.sqrt(np.mean(np.abs(spectrum[beside]) ** 2))
        if np.abs(spectrum[at]).max() > 5 * usual:
            spectrum[at] *= np.minimum(usual / np.maximum(np.abs(spectrum[at]), 1e-300), 1.0)
    return np.fft.irfft(spectrum, len(values))


def joined(pool: Sequence[Pieces], n: int, fs: float, rng: np.random.Generator) -> Values:
    """`n` samples of one channel's pieces, each faded into the next."""
    own = pool[rng.integers(len(pool))]
    weights = np.array([len(piece) for piece in own], float)
    fade = round(0.02 * fs)
    ramp = np.sin(np.linspace(0, np.pi / 2, fade))
    out, at = np.zeros(n + round(10 * fs)), 0
    while at < n:
        piece = own[rng.choice(len(own), p=weights / weights.sum())]
        # never the whole of it: two muscles that draw one short piece would go along for good
        length = round(min(rng.uniform(0.3, 0.9) * len(piece), 4 * fs))
        start = rng.integers(0, len(piece) - length + 1)
        part = piece[start : start + length] * rng.choice([-1.0, 1.0])
        part[:fade] *= ramp
        part[-fade:] *= ramp[::-1]
        out[at : at + length] += part
        at += length - fade
    return out[:n]


def face(
    folder: Path, scenario: str, *, sampling_frequency: float, duration: float, snr: float,
    seed: int, side: str, montage: tuple[str, ...], dead: tuple[str, ...] = (),
    weak: tuple[str, ...] = (),
) -> Face:  # fmt: skip
    """One recording; parameters as of :func:`gaussian_faces.face`."""
    rng = np.random.default_rng([seed, 555, sum(map(ord, scenario))])
    fs, n = sampling_frequency, round(duration * sampling_frequency)
    pools = textures(folder, fs, seed >= SECOND_HALF)
    story = Story(rng, duration, side)
    SCENARIOS[scenario](story)
    seconds, band = np.arange(n) / fs, [20, min(450.0, 0.45 * fs)]
    in_band = butter(2, band, "band", fs=fs, output="sos")
    sources = {}
    for site in sorted({c.site for c in story.contractions}):
        source, strength = joined(pools.contracted, n, fs, rng), np.zeros(n)
        for part in (c for c in story.contractions if c.site == site):
            low, high = np.searchsorted(seconds, [part.onset, part.onset + part.length])
            shape = part.strength * envelope(part, seconds[low:high], rng)
            strength[low:high] = np.hypot(strength[low:high], shape)
        scale = (0.15 if site in weak else 1.0) / np.std(sosfiltfilt(in_band, source))
        sources[site] = scale * strength * source
    electrodes = []
    for label in montage:
        seen = np.zeros(n) if label in dead else mixed(label, sources, n, rng)
        gain = LOUDNESS.get(label[:3], 60.0) * np.exp(rng.normal(0, 0.2))
        rest = joined(pools.resting, n, fs, rng)
        level = 0.7 * gain * 10 ** (-snr / 20) / np.std(sosfiltfilt(in_band, rest))
        electrodes.append(gain * seen + level * rest + disturbance(label, story, seconds, rng))
    info = StreamInfo(fs, tuple(Channel.from_label(m) for m in montage), "Recorded muscle")
    samples = np.stack(electrodes, axis=1)
    return Face(info, samples, tuple(story.notes), truth_of(story, montage))


def disturbance(label: str, story: Story, seconds: Values, rng: np.random.Generator) -> Values:
    """Lids that move, cables and contacts (uV)."""
    seen = lids(label, story, seconds)
    for event in story.truth:
        if event.kind == "artifact" and rng.random() < 0.5:
            seen += pulled(seconds - event.onset, rng)
    return seen
