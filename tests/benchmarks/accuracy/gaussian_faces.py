"""Faces made of band-limited Gaussian noise: a second generator, independent of the package's.

No motor units, no amplifier model, no line of ``emgspasm.simulation``: every muscle is coloured
Gaussian noise with a spectrum of its own, switched by envelopes; timing follows clinical facts 2
and 9. What the package's simulation fixes is drawn anew for each face: spectra, shapes of bursts,
gains of channels, colour of the noise, cross-talk, asymmetry, common drive of the muscles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo

Values = NDArray[np.float64]

OPPOSITE = {"L": "R", "R": "L"}
REACH = {"OOC": 0.0, "FRO": 0.4, "COR": 0.4, "ZYG": 0.35, "OOR": 0.45, "MEN": 0.55, "PLA": 0.7}
"""Strength of a spasm from which a muscle joins (clinical facts 9)."""

LATENCY = {"OOC": 0.0, "FRO": 0.3, "COR": 0.3, "ZYG": 0.8, "OOR": 1.2, "MEN": 2.0, "PLA": 2.5}
"""Milliseconds after the eye (clinical facts 9, rounded up)."""

MOVEMENTS = {
    "smile": {"ZYG": 0.9, "OOR": 0.4, "OOC": 0.25, "PLA": 0.1},
    "brow": {"FRO": 0.9, "COR": 0.15},
    "pucker": {"OOR": 0.9, "MEN": 0.5},
    "close_forced": {"OOC": 1.0, "COR": 0.5, "ZYG": 0.2},
    "close_gentle": {"OOC": 0.35},
    "snarl": {"ZYG": 0.5, "COR": 0.5, "OOC": 0.2},
}
"""Muscles of a movement; the eye joins a real smile."""

LOUDNESS = {"OOC": 60.0, "ZYG": 70.0, "OOR": 60.0, "FRO": 45.0, "COR": 40.0, "MEN": 90.0,
            "PLA": 35.0, "MAS": 110.0}  # fmt: skip
"""uV of a full contraction: their order is that of the muscles, the numbers are free."""

NEIGHBOURS = {
    "OOC": ("FRO", "ZYG", "COR"), "FRO": ("OOC", "COR"), "COR": ("OOC", "FRO"),
    "ZYG": ("OOC", "OOR", "MAS"), "OOR": ("ZYG", "MEN"), "MEN": ("OOR", "PLA"),
    "PLA": ("MEN",), "MAS": ("ZYG",),
}  # fmt: skip


@dataclass(frozen=True)
class TrueEvent:
    """What happened; times in seconds.

    `strength` is that of a spasm's strongest muscle of which there is a channel; NaN of others.
    """

    kind: str
    onset: float
    offset: float
    side: str
    label: str = ""
    strength: float = np.nan


@dataclass(frozen=True)
class Contraction:
    """One envelope of one muscle."""

    site: str
    onset: float
    length: float
    strength: float
    shape: str
    rise: float = 0.01
    common: bool = False


@dataclass
class Story:
    """What a face is going to do."""

    rng: np.random.Generator
    duration: float
    side: str
    contractions: list[Contraction] = field(default_factory=list)
    truth: list[TrueEvent] = field(default_factory=list)
    notes: list[Annotation] = field(default_factory=list)
    slow: list[tuple[float, float, float]] = field(default_factory=list)
    asymmetry: float = 0.0


@dataclass(frozen=True)
class Face:
    """A recording with its truth: info, samples in uV (read as one chunk), markers, events."""

    info: StreamInfo
    samples: Values
    annotations: tuple[Annotation, ...]
    truth: tuple[TrueEvent, ...]

    def chunks(self) -> list[Chunk]:
        """Half a second at a time."""
        size = round(self.info.sampling_frequency / 2)
        starts = range(0, len(self.samples), size)
        return [Chunk(i, self.samples[i : i + size].copy()) for i in starts]


# --- what happens ----------------------------------------------------------------------------


def moments(story: Story, per_minute: float, least: float, clustered: float = 1.0) -> list[float]:
    """Moments of a renewal process."""
    mean = max(60 / per_minute - least, 0.05)
    steps = least + story.rng.gamma(clustered, mean / clustered, int(story.duration / least) + 9)
    times = 0.7 + np.cumsum(steps)
    return [float(t) for t in times if t < story.duration - 3]


def blink(story: Story, onset: float) -> None:
    """Both eyes within 20 ms, 60-200 ms, hardly asymmetric."""
    rng = story.rng
    length, level = rng.uniform(0.06, 0.2), rng.uniform(0.25, 0.8)
    ratio, lag = 0.2 * rng.standard_normal(), np.clip(0.004 * rng.standard_normal(), -0.01, 0.01)
    for letter, sign in (("L", 0.5), ("R", -0.5)):
        strength = level * np.exp(sign * ratio)
        start = onset + sign * lag
        story.contractions.append(
            Contraction(f"OOC_{letter}", start, length, strength, "ramp", rng.uniform(0.015, 0.04))
        )
    story.slow.append((onset, rng.uniform(0.2, 0.4), rng.uniform(30, 300)))
    story.truth.append(TrueEvent("blink", onset, onset + length, "B"))


def blinks(story: Story, per_minute: float = 17.0) -> None:
    """Spontaneous blinks while nothing else closes the eyes."""
    busy = [(c.onset - 0.4, c.onset + c.length + 0.4) for c in story.contractions
            if c.site.startswith("OOC")]  # fmt: skip
    for onset in moments(story, per_minute, 0.5, 1.5):
        if not any(a < onset < b for a, b in busy):
            blink(story, onset)


def hemifacial(story: Story, per_minute: float, kinds: dict[str, float], strengths=(0.4, 1.0),
               moments_of=None) -> None:  # fmt: skip
    """Runs of spasms of one side, 0.7 s and more apart."""
    rng, stop = story.rng, 0.0
    for onset in moments_of or moments(story, per_minute, 0.8, 0.8):
        if onset < stop + 0.75:
            continue
        kind = rng.choice(list(kinds), p=list(kinds.values()))
        end = spasm(story, onset, str(kind), rng.uniform(*strengths))
        story.truth.append(TrueEvent("spasm", onset, end, story.side, str(kind)))
        stop = end


def spasm(story: Story, onset: float, kind: str, strength: float) -> float:
    """One spasm of a class; returns its offset."""
    rng, at = story.rng, onset
    parts: list[tuple[float, float]] = []
    if kind in ("isolated", "grouped", "combined"):
        count = {"isolated": 1, "grouped": 2 + int(rng.geometric(0.4)) - 1, "combined": 1}[kind]
        for _ in range(count):
            length = float(np.clip(0.06 * np.exp(0.5 * rng.standard_normal()), 0.025, 0.2))
            parts.append((at, length))
            at += length + float(np.clip(0.09 * np.exp(0.5 * rng.standard_normal()), 0.06, 0.35))
    if kind in ("tonic", "combined"):
        length = float(np.clip(1.2 * np.exp(0.6 * rng.standard_normal()), 0.6, 8))
        parts.append((at, length))
    joining = [m for m, reach in REACH.items() if strength >= reach + 0.05 * rng.standard_normal()]
    joining = sorted({"OOC", *joining})
    scales = {m: float(np.exp(0.3 * rng.standard_normal())) for m in joining}
    for start, length in parts:
        beat = float(np.exp(0.15 * rng.standard_normal()))
        for muscle in joining:
            lag = (LATENCY[muscle] + abs(1.5 * rng.standard_normal())) / 1000
            shape = str(rng.choice(["flat", "decay", "bell"])) if length < 0.5 else "tonic"
            story.contractions.append(
                Contraction(f"{muscle}_{story.side}", start + lag, length,
                            strength * scales[muscle] * beat, shape, 0.004, common=True)
            )  # fmt: skip
    return parts[-1][0] + parts[-1][1]


def movement(story: Story, name: str, onset: float, length: float) -> None:
    """Both sides with a slow rise."""
    rng = story.rng
    rise = rng.uniform(0.1, 0.3)
    lag = float(np.clip(0.01 * rng.standard_normal(), -0.03, 0.03))
    for muscle, level in MOVEMENTS[name].items():
        ratio = story.asymmetry + 0.15 * rng.standard_normal()
        for letter, sign in (("L", 0.5), ("R", -0.5)):
            story.contractions.append(
                Contraction(f"{muscle}_{letter}", onset + sign * lag, length,
                            level * float(np.exp(sign * ratio)), "ramp", rise)
            )  # fmt: skip
    story.truth.append(TrueEvent("voluntary", onset, onset + length, "B", name))


def tasks(story: Story, first: float = 4.0, pause: float = 6.0, marked: bool = True) -> None:
    """Movements one after the other, with their markers."""
    story.asymmetry = 0.15 * story.rng.standard_normal()
    at, names = first, list(MOVEMENTS)
    for i in range(10_000):
        if at > story.duration - 5:
            return
        name = names[(i // 5) % len(names)]
        if marked:
            story.notes.append(Annotation(at - 0.4, 3.0, name))
        movement(story, name, at, story.rng.uniform(0.8, 2.8))
        at += pause + story.rng.uniform(0, 1)


def winks(story: Story) -> None:
    """Winks on cue, five of a side after five of the other, which hardly moves."""
    rng, at = story.rng, 4.0
    for i in range(10_000):
        if at > story.duration - 5:
            break
        side, length, level = "LR"[i // 5 % 2], rng.uniform(0.25, 0.5), rng.uniform(0.5, 1.0)
        shares = {f"OOC_{side}": 1.0, f"COR_{side}": 0.4, f"ZYG_{side}": rng.uniform(0, 0.4),
                  f"OOR_{side}": rng.uniform(0, 0.2),
                  f"OOC_{OPPOSITE[side]}": rng.uniform(0.02, 0.15)}  # fmt: skip
        story.contractions += [
            Contraction(
                site, at + 0.01 * rng.standard_normal(), length, level * share, "ramp", 0.05
            )
            for site, share in shares.items()
        ]
        story.notes.append(Annotation(at - 0.4, 3.0, "wink"))
        story.truth.append(TrueEvent("voluntary", at, at + length, side, "wink"))
        at += rng.uniform(6, 7)
    blinks(story)


def speech(story: Story, at: float = 1.0) -> None:
    """Syllables at 3-7 Hz of the lower face, and now and then a pause."""
    rng = story.rng
    while at < story.duration - 4:
        stop = at + rng.uniform(1.0, 4.0)
        begin = at
        while at < stop:
            period = 1 / rng.uniform(3, 7)
            for muscle, most in (("OOR", 0.5), ("MEN", 0.45), ("ZYG", 0.2), ("PLA", 0.1)):
                if rng.random() < 0.2:
                    continue
                level, ratio = most * rng.uniform(0.3, 1), 0.25 * rng.standard_normal()
                for letter, sign in (("L", 0.5), ("R", -0.5)):
                    story.contractions.append(
                        Contraction(f"{muscle}_{letter}", at + 0.003 * rng.standard_normal(),
                                    period * rng.uniform(0.4, 0.8),
                                    level * float(np.exp(sign * ratio)), "bell")
                    )  # fmt: skip
            at += period
        story.truth.append(TrueEvent("voluntary", begin, stop, "B", "speech"))
        at += rng.uniform(0.4, 2.0)


def chewing(story: Story, at: float = 1.0) -> None:
    """Masseters at 1-2 Hz, one side ahead, the lower face a little; sides change."""
    rng = story.rng
    while at < story.duration - 12:
        stop, working = at + rng.uniform(5, 10), str(rng.choice(["L", "R"]))
        begin, period = at, 1 / rng.uniform(1.0, 2.0)
        while at < stop:
            length = rng.uniform(0.2, 0.4) * period / 0.66
            for letter in "LR":
                share = 1.0 if letter == working else rng.uniform(0.3, 0.8)
                for muscle, level in (("MAS", 1.6), ("ZYG", 0.15), ("OOR", 0.25), ("MEN", 0.2)):
                    story.contractions.append(
                        Contraction(f"{muscle}_{letter}", at + 0.01 * rng.standard_normal(),
                                    length, level * share * rng.uniform(0.7, 1.2), "bell")
                    )  # fmt: skip
            at += period * rng.uniform(0.85, 1.15)
        story.truth.append(TrueEvent("voluntary", begin, stop, "B", "chewing"))
        at += rng.uniform(1, 4)


def jaw(story: Story) -> None:
    """Clenching for seconds: both masseters, which the cheeks and temples pick up."""
    for onset in moments(story, 6, 5.0, 3.0):
        length = story.rng.uniform(1, 4)
        for letter in "LR":
            for muscle, level in (("MAS", 2.0), ("ZYG", 0.4), ("OOC", 0.2), ("FRO", 0.15)):
                strength = level * story.rng.uniform(0.6, 1.4)
                story.contractions.append(
                    Contraction(f"{muscle}_{letter}", onset, length, strength, "ramp", 0.15)
                )
        story.truth.append(TrueEvent("voluntary", onset, onset + length, "B", "jaw"))


def blepharospasm(story: Story) -> None:
    """Both eyes, brief and long, without the frontalis."""
    rng, free = story.rng, 0.0
    for onset in moments(story, 10, 0.8):
        length = float(np.clip(0.8 * np.exp(rng.standard_normal()), 0.1, 10))
        if onset < free or onset + length > story.duration - 1:
            continue
        free, level, ratio = onset + length + 0.7, rng.uniform(0.5, 1.2), rng.normal(0, 0.2)
        for muscle in ("OOC", "COR"):
            for letter, sign in (("L", 0.5), ("R", -0.5)):
                story.contractions.append(
                    Contraction(f"{muscle}_{letter}", onset + 0.006 * rng.standard_normal(),
                                length, level * float(np.exp(sign * ratio)), "ramp",
                                min(0.05, length / 4))
                )  # fmt: skip
        story.truth.append(TrueEvent("blepharospasm", onset, onset + length, "B"))


def myokymia(story: Story, muscles=("OOC", "ZYG", "MEN"), rates=(1.0, 5.0)) -> None:
    """Rhythmic groups, each muscle in its own rhythm, one side."""
    rng = story.rng
    for muscle in muscles:
        at = rng.uniform(1, 6)
        while at < story.duration - 8:
            stop, period = at + rng.uniform(4, 20), 1 / rng.uniform(*rates)
            begin, level = at, rng.uniform(0.3, 0.8)
            while at < stop:
                story.contractions.append(
                    Contraction(f"{muscle}_{story.side}", at, rng.uniform(0.05, 0.15), level,
                                "flat", 0.005)
                )  # fmt: skip
                at += period * float(np.clip(rng.normal(1, 0.08), 0.75, 1.25))
            story.truth.append(TrueEvent("myokymia", begin, stop, story.side))
            at += rng.uniform(2, 10)


def artifacts(story: Story) -> None:
    """Cable motion and pops, single channels and all at once; the eyes blink."""
    for onset in moments(story, 12, 1.0):
        story.truth.append(TrueEvent("artifact", onset, onset + 0.6, "B"))


def synkinesis(story: Story) -> None:
    """After palsy: with every blink and movement the other muscles of one side move along."""
    rng = story.rng
    shares = {m: rng.uniform(0.25, 0.8) for m in ("OOC", "ZYG", "OOR", "MEN")}
    tasks(story)
    blinks(story)
    partners = {"OOC": ("ZYG", "OOR", "MEN"), "ZYG": ("OOC",), "OOR": ("OOC",)}
    primes = [c for c in story.contractions if c.site.endswith(story.side) and c.strength >= 0.25]
    story.contractions += [
        replace(prime, site=f"{other}_{story.side}", onset=prime.onset + rng.uniform(0.005, 0.03),
                strength=prime.strength * shares[other])
        for prime in primes
        for other in partners.get(prime.site[:3], ())
    ]  # fmt: skip


def hfs_mixed(story: Story) -> None:
    """Rest, then movements; spasms of every class, on blinks and movements too."""
    rest = story.duration / 2
    story.notes.append(Annotation(0.0, rest, "rest_open"))
    tasks(story, first=rest + 3, pause=9.0)
    moved = [e.onset for e in story.truth if e.kind == "voluntary"]
    blinks(story)
    blinked = [e.onset for e in story.truth if e.kind == "blink"]
    rng = story.rng
    triggered = [t + rng.uniform(0.03, 0.15) for t in blinked if rng.random() < 0.2]
    triggered += [t + rng.uniform(0.2, 1.2) for t in moved if rng.random() < 0.3]
    spontaneous = moments(story, 8, 0.8, 0.8)
    kinds = {"isolated": 0.35, "grouped": 0.5, "tonic": 0.1, "combined": 0.05}
    hemifacial(story, 0, kinds, (0.3, 1.0), sorted([*triggered, *spontaneous]))


def at_rest(what: Callable[[Story], None], rate: float = 17.0) -> Callable[[Story], None]:
    """A scenario at rest with blinks."""

    def told(story: Story) -> None:
        story.notes.append(Annotation(0.0, story.duration, "rest_open"))
        what(story)
        blinks(story, rate)

    return told


def speaking(story: Story) -> None:
    """Speech and its blinks."""
    story.notes.append(Annotation(0.0, story.duration, "speech"))
    speech(story)
    blinks(story, 26.0)


def chewing_marked(story: Story) -> None:
    """Chewing and blinks."""
    story.notes.append(Annotation(0.0, story.duration, "chewing"))
    chewing(story)
    blinks(story)


def hfs_while(
    task: str, moves: Callable[[Story, float], None], rate: float
) -> Callable[[Story], None]:
    """Spasms at rest for a quarter of the time, then beside what both sides do; blinks."""

    def told(story: Story) -> None:
        rest = story.duration / 4
        story.notes.append(Annotation(0.0, rest, "rest_open"))
        story.notes.append(Annotation(rest, story.duration - rest, task))
        moves(story, rest + 1)
        blinks(story, rate)
        blinked = [e.onset for e in story.truth if e.kind == "blink"]
        triggered = [t + story.rng.uniform(0.03, 0.15) for t in blinked if story.rng.random() < 0.2]
        onsets = sorted([*triggered, *moments(story, 8, 0.8, 0.8)])
        kinds = {"isolated": 0.4, "grouped": 0.5, "tonic": 0.1}
        hemifacial(story, 0, kinds, (0.3, 1.0), onsets)

    return told


def healthy_tasks(story: Story) -> None:
    """Movements and blinks."""
    tasks(story)
    blinks(story)


SCENARIOS: dict[str, Callable[[Story], None]] = {
    "healthy_rest": at_rest(lambda _: None),
    "healthy_tasks": healthy_tasks,
    "healthy_speech": speaking,
    "winks": winks,
    "chewing": chewing_marked,
    "jaw": at_rest(jaw),
    "hfs_clonic": at_rest(lambda s: hemifacial(s, 12, {"isolated": 0.6, "grouped": 0.4})),
    "hfs_grouped": at_rest(lambda s: hemifacial(s, 10, {"grouped": 1.0})),
    "hfs_tonic": at_rest(lambda s: hemifacial(s, 6, {"tonic": 0.8, "combined": 0.2})),
    "hfs_mixed": hfs_mixed,
    "hfs_talking": hfs_while("speech", speech, 26.0),
    "hfs_eating": hfs_while("chewing", chewing, 17.0),
    "blepharospasm": at_rest(blepharospasm),
    "myokymia": at_rest(myokymia),
    "lid_myokymia": at_rest(lambda s: myokymia(s, ("OOC",), (1.0, 5.0))),
    "synkinesis": synkinesis,
    "artifacts": at_rest(artifacts),
}


# --- what electrodes see ---------------------------------------------------------------------


def coloured(rng: np.random.Generator, n: int, gain: Callable[[Values], Values], fs: float):
    """Gaussian noise of unit variance with this amplitude spectrum."""
    size = 1 << (n - 1).bit_length()
    spectrum = np.fft.rfft(rng.standard_normal(size)) * gain(np.fft.rfftfreq(size, 1 / fs))
    values = np.fft.irfft(spectrum, size)[:n]
    return values / values.std()


def muscle_spectrum(rng: np.random.Generator, centres: tuple[float, float]):
    """Log-normal hump: the surface EMG of a facial muscle."""
    centre, width = rng.uniform(*centres), rng.uniform(0.45, 0.75)

    def gain(f: Values) -> Values:
        hump = np.exp(-0.5 * (np.log(np.maximum(f, 1.0) / centre) / width) ** 2)
        return np.where(f > 5, hump, 0.0)

    return gain


def envelope(part: Contraction, seconds: Values, rng: np.random.Generator) -> Values:
    """Amplitude of a contraction over its span, 0 to about 1."""
    t = (seconds - part.onset) / part.length
    into = np.clip((seconds - part.onset) / part.rise, 0, 1)
    out = np.clip((part.onset + part.length - seconds) / part.rise, 0, 1)
    gate = np.minimum(into, out)
    if part.shape == "bell":
        return np.sqrt(np.clip(np.sin(np.pi * np.clip(t, 0, 1)), 0, 1))
    if part.shape == "decay":
        return gate * np.exp(-0.8 * t)
    if part.shape == "tonic":
        slow = 1 + 0.25 * np.sin(2 * np.pi * (rng.uniform(0.5, 4) * seconds + rng.random()))
        return gate * slow
    return gate


def face(
    scenario: str,
    *,
    sampling_frequency: float = 1000.0,
    duration: float = 120.0,
    snr: float = 20.0,
    seed: int = 0,
    side: str = "L",
    montage: tuple[str, ...] = (
        "OOC_L", "ZYG_L", "OOR_L", "FRO_L", "OOC_R", "ZYG_R", "OOR_R", "FRO_R"),
    dead: tuple[str, ...] = (),
    weak: tuple[str, ...] = (),
    gain_spread: float = 0.2,
) -> Face:  # fmt: skip
    """One recording.

    Parameters
    ----------
    snr : float
        Decibels: 20 log10 of the RMS of a contraction of strength 0.7 over the RMS of the noise
        between 20 Hz and min(450, 0.45 fs), in every channel.
    side : str
        ``L`` or ``R``, where the scenario has one.
    dead : tuple of str
        Channels that show nothing but noise.
    weak : tuple of str
        Muscles that were injected: 0.15 of their strength is left (clinical facts 9).
    gain_spread : float
        Standard deviation of the logarithm of a channel's gain.
    """
    rng = np.random.default_rng([seed, sum(map(ord, scenario))])
    story = Story(rng, duration, side)
    SCENARIOS[scenario](story)
    fs, n = sampling_frequency, round(duration * sampling_frequency)
    seconds = np.arange(n) / fs
    muscles = sorted({c.site for c in story.contractions})
    shared = coloured(rng, n, muscle_spectrum(rng, (90, 160)), fs)
    sources: dict[str, Values] = {}
    for site in muscles:
        own = coloured(rng, n, muscle_spectrum(rng, (65, 150)), fs)
        drive, spasmodic = np.zeros(n), np.zeros(n)
        for part in (c for c in story.contractions if c.site == site):
            low, high = np.searchsorted(seconds, [part.onset, part.onset + part.length])
            shape = part.strength * envelope(part, seconds[low:high], rng)
            target = spasmodic if part.common else drive
            target[low:high] = np.hypot(target[low:high], shape)
        alike = rng.uniform(0.3, 0.65)  # muscles in spasm share a part of their discharges
        lag = max(1, round(rng.uniform(0.0005, 0.003) * fs))
        common = alike * np.roll(shared, lag) + np.sqrt(1 - alike**2) * own
        second = coloured(rng, n, muscle_spectrum(rng, (70, 170)), fs)
        sources[site] = drive * second + spasmodic * common
        if site in weak:
            sources[site] *= 0.15
    columns = [
        _channel(label, sources, story, rng, fs, seconds, snr, dead, gain_spread)
        for label in montage
    ]
    mixed = np.stack(columns, axis=1)
    info = StreamInfo(fs, tuple(Channel.from_label(m) for m in montage), "Gaussian (simulated)")
    return Face(info, mixed, tuple(story.notes), truth_of(story, montage))


def truth_of(story: Story, montage: tuple[str, ...]) -> tuple[TrueEvent, ...]:
    """What happened, in order, spasms with the strength that channels may see of them."""
    seen = [c for c in story.contractions if c.common and c.site in montage]

    def strongest(event: TrueEvent) -> float:
        margin = 0.01  # muscles join the eye some milliseconds late
        own = [c.strength for c in seen if event.onset - margin <= c.onset <= event.offset]
        return max(own, default=np.nan)

    told = [replace(e, strength=strongest(e)) if e.kind == "spasm" else e for e in story.truth]
    return tuple(sorted(told, key=lambda e: e.onset))


def _channel(label, sources, story, rng, fs, seconds, snr, dead, spread) -> Values:
    n = len(seconds)
    # healthy faces stay within |LI| of 0.27 to 0.41 (clinical facts 4 [lit]): with the asymmetry of
    # single acts, gains of a channel differ by a fifth (standard deviation)
    gain = LOUDNESS.get(label[:3], 60.0) * np.exp(rng.normal(0, spread))
    seen = gain * mixed(label, sources, n, rng)
    if label in dead:
        seen = np.zeros(n)
    level = 0.7 * gain * 10 ** (-snr / 20)
    exponent = rng.uniform(0, 1.0)
    noise = coloured(rng, n, lambda f: np.maximum(f, 2.0) ** (-exponent / 2), fs)
    band = np.fft.rfftfreq(n, 1 / fs)
    power = np.abs(np.fft.rfft(noise)) ** 2
    inside = power[(band > 20) & (band < min(450.0, 0.45 * fs))].sum() / power.sum()
    seen = seen + level * noise / np.sqrt(inside)
    seen = seen + level * 0.3 * np.sin(2 * np.pi * (50 * seconds + rng.random()))
    seen = seen + lids(label, story, seconds)
    for event in story.truth:
        if event.kind == "artifact":
            seen = seen + _disturbance(event, seconds, fs, rng)
    return seen


def mixed(label: str, sources: dict[str, Values], n: int, rng: np.random.Generator) -> Values:
    """What an electrode sees of its muscle and of others."""
    muscle, letter = label.split("_")
    silence = np.zeros(n)
    seen = sources.get(label, silence).copy()
    for other in NEIGHBOURS.get(muscle, ()):
        seen += rng.uniform(0.02, 0.2) * sources.get(f"{other}_{letter}", silence)
    if muscle in ("OOR", "MEN", "FRO", "COR"):
        seen += rng.uniform(0.0, 0.1) * sources.get(f"{muscle}_{OPPOSITE[letter]}", silence)
    return seen


def lids(label: str, story: Story, seconds: Values) -> Values:
    """What an electrode sees of lids that move (uV)."""
    seen = np.zeros(len(seconds))
    share = {"OOC": 1.0, "FRO": 0.3, "COR": 0.5}.get(label[:3], 0.05)
    for onset, length, size in story.slow:
        t = (seconds - onset) / length
        seen += size * share * np.where((t > 0) & (t < 1), np.sin(np.pi * t) ** 2, 0.0)
    return seen


def _disturbance(event: TrueEvent, seconds: Values, fs: float, rng) -> Values:
    """A cable that moves or a contact that gives way, in about half of the channels."""
    t, kind = seconds - event.onset, rng.random()
    inside = (t > 0) & (t < 0.6)
    if kind < 0.25:
        wave = sum(rng.normal(0, 1) * np.sin(2 * np.pi * (f * t + rng.random()))
                   for f in rng.uniform(1, 12, 4))  # fmt: skip
        return np.where(inside, rng.uniform(50, 800) * wave * np.sin(np.pi * t / 0.6) ** 2, 0.0)
    if kind < 0.5:
        decay = np.exp(-np.clip(t, 0, None) / rng.uniform(0.05, 0.4))
        return np.where(t > 0, rng.uniform(100, 3000) * rng.choice([-1, 1]) * decay, 0.0)
    return np.zeros_like(t)
