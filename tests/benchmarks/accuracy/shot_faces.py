"""Faces made of shot noise: a third generator, of discharges one by one.

What happens is told by the stories of :mod:`gaussian_faces`; nothing that electrodes see is from
there, or from ``emgspasm.simulation``: every discharge of a motor unit adds a polyphasic potential
of its own. In a spasm the units of all muscles fire at common instants, in volleys; otherwise each
for itself. Noise is coloured and swells and fades over a minute, cross-talk comes later than its
source. One number of the package was chosen after a look at one of them (``judging.SAME``; shot,
one eye injected, at rest, seed 7001).
"""

from __future__ import annotations

import numpy as np
from gaussian_faces import (
    LOUDNESS,
    NEIGHBOURS,
    OPPOSITE,
    SCENARIOS,
    Contraction,
    Face,
    Story,
    Values,
    coloured,
    envelope,
    lids,
    truth_of,
)
from scipy.signal import resample_poly

from emgspasm.stream import Channel, StreamInfo

WORLD = 4000.0
"""Hz of the simulated world; every sampling frequency divides it."""

TAIL = 0.05
"""Seconds by which what a contraction adds may outlast it."""

Unit = tuple[Values, float]
"""Potential of a motor unit, of unit energy, and its size."""


def face(
    scenario: str, *, sampling_frequency: float, duration: float, snr: float, seed: int, side: str,
    montage: tuple[str, ...], dead: tuple[str, ...] = (), weak: tuple[str, ...] = (),
) -> Face:  # fmt: skip
    """One recording; parameters as of :func:`gaussian_faces.face`."""
    rng = np.random.default_rng([seed, 77, sum(map(ord, scenario))])
    story = Story(rng, duration, side)
    SCENARIOS[scenario](story)
    volleys: dict[int, Values] = {}
    sources = {}
    for site in sorted({c.site for c in story.contractions}):
        units = [(potential(rng), rng.lognormal(0, 0.7)) for _ in range(rng.integers(12, 50))]
        source = np.zeros(round((duration + TAIL) * WORLD))
        for part in story.contractions:
            if part.site == site:
                add(source, part, units, volleys, rng)
        sources[site] = source * (0.15 if site in weak else 1.0)
    n = round(duration * WORLD)
    silence = np.zeros(n)
    electrodes = []
    for label in montage:
        seen = silence if label in dead else mixed(label, sources, n, rng)
        gain = LOUDNESS.get(label[:3], 60.0) * np.exp(rng.normal(0, 0.25))
        noise = disturbance(label, story, gain, snr, min(450.0, 0.45 * sampling_frequency), rng)
        electrodes.append(resample_poly(gain * seen + noise, 1, round(WORLD / sampling_frequency)))
    info = StreamInfo(
        sampling_frequency, tuple(Channel.from_label(m) for m in montage), "Shot noise (simulated)"
    )
    samples = np.stack(electrodes, axis=1)
    return Face(info, samples, tuple(story.notes), truth_of(story, montage))


def potential(rng: np.random.Generator) -> Values:
    """Potential of two to four phases, of unit energy, 20 ms long."""
    t = np.arange(-0.01, 0.01, 1 / WORLD)
    width = np.exp(rng.uniform(np.log(0.0008), np.log(0.003)))
    shape = np.zeros(len(t))
    for _ in range(rng.integers(2, 5)):
        phase = (t - rng.uniform(-2, 2) * width) / (rng.uniform(0.5, 1.2) * width)
        shape += rng.choice([-1, 1]) * rng.uniform(0.4, 1) * np.exp(-0.5 * phase**2)
    shape -= shape.mean()
    return shape / np.sqrt(np.sum(shape**2))


def add(
    source: Values, part: Contraction, units: list[Unit], volleys: dict[int, Values],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Add a contraction's discharges, scaled to its strength, to what a muscle gives."""
    first, stop = (round(t * WORLD) for t in (part.onset, part.onset + part.length))
    seconds = np.arange(first, stop) / WORLD
    if not len(seconds):
        return
    level = envelope(part, seconds, rng)
    instants, which = discharges(part, len(units), volleys, rng)
    kept = (instants >= 0) & (instants < part.length)
    given = np.zeros(len(seconds) + round(TAIL * WORLD))
    for instant, unit in zip(instants[kept], which[kept], strict=True):
        shape, size = units[unit]
        at = int(instant * WORLD)
        given[at : at + len(shape)] += level[min(at, len(level) - 1)] * size * shape
    loud = np.sqrt(np.mean(given[: len(level)] ** 2))
    if loud > 0:
        given *= part.strength * np.sqrt(np.mean(level**2)) / loud
        room = source[first : first + len(given)]
        room += given[: len(room)]


def discharges(
    part: Contraction, n_units: int, volleys: dict[int, Values], rng: np.random.Generator
) -> tuple[Values, np.ndarray]:
    """Seconds after its onset at which units discharge, and which: alone, and in volleys."""
    rate = 10.0 if part.common else 8 + 25 * min(part.strength, 1.0)
    n_alone = rng.poisson(rate * n_units * part.length)
    instants = [rng.uniform(0, part.length, n_alone)]
    which = [rng.integers(0, n_units, n_alone)]
    if part.common:
        jitter, lag = rng.uniform(0.0005, 0.003), rng.uniform(0, 0.003)
        for volley in common(part, volleys, rng):
            joining = np.flatnonzero(rng.random(n_units) < 0.6)
            instants.append(volley + lag + jitter * rng.standard_normal(len(joining)))
            which.append(joining)
    return np.concatenate(instants), np.concatenate(which)


def common(part: Contraction, volleys: dict[int, Values], rng: np.random.Generator) -> Values:
    """Volleys of the contraction, the same for all muscles that begin within 10 ms."""
    key = round(part.onset / 0.01)
    for near in (key, key - 1, key + 1):
        if near in volleys:
            return volleys[near]
    rate = rng.uniform(25, 150)
    steps = rng.gamma(4, 1 / (4 * rate), round(3 * rate * part.length) + 9)
    volleys[key] = np.cumsum(steps) - steps[0]
    return volleys[key]


def mixed(label: str, sources: dict[str, Values], n: int, rng: np.random.Generator) -> Values:
    """What an electrode sees of its muscle and of others, which reach it later."""
    muscle, letter = label.split("_")
    silence = np.zeros(n)
    seen = sources.get(label, silence)[:n].copy()
    for other in NEIGHBOURS.get(muscle, ()):
        near = sources.get(f"{other}_{letter}", silence)[:n]
        seen += rng.uniform(0.03, 0.2) * np.roll(near, rng.integers(0, 4))
    if muscle in ("OOR", "MEN", "FRO", "COR"):
        seen += rng.uniform(0, 0.1) * sources.get(f"{muscle}_{OPPOSITE[letter]}", silence)[:n]
    return seen


def disturbance(
    label: str, story: Story, gain: float, snr: float, top: float, rng: np.random.Generator
) -> Values:
    """Noise of an electrode, mains, lids that move, cables and contacts (uV)."""
    n = round(story.duration * WORLD)
    seconds = np.arange(n) / WORLD
    colour = rng.uniform(0, 1.2)
    noise = coloured(rng, n, lambda f: np.maximum(f, 2.0) ** (-colour / 2), WORLD)
    noise *= np.exp(0.15 * np.sin(2 * np.pi * (seconds / rng.uniform(40, 120) + rng.random())))
    power, f = np.abs(np.fft.rfft(noise)) ** 2, np.fft.rfftfreq(n, 1 / WORLD)
    in_band = power[(f > 20) & (f < top)].sum() / power.sum()
    level = 0.7 * gain * 10 ** (-snr / 20)
    hum = 0.3 * np.sin(2 * np.pi * (50 * seconds + rng.random()))
    seen = level * (noise / np.sqrt(in_band) + hum)
    seen += lids(label, story, seconds)
    for event in story.truth:
        if event.kind == "artifact" and rng.random() < 0.5:
            seen += pulled(seconds - event.onset, rng)
    return seen


def pulled(t: Values, rng: np.random.Generator) -> Values:
    """A cable that swings, or a contact that gives way and comes back (uV)."""
    if rng.random() < 0.5:
        swing = np.sin(2 * np.pi * (rng.uniform(1, 12) * t + rng.random()))
        swing *= np.sin(np.pi * t / 0.6)
        return np.where((t > 0) & (t < 0.6), rng.uniform(50, 800) * swing, 0.0)
    decay = np.exp(-np.clip(t, 0, None) / rng.uniform(0.05, 0.4))
    return np.where(t > 0, rng.uniform(100, 3000) * rng.choice([-1, 1]) * decay, 0.0)
