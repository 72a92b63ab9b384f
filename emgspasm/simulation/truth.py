"""What really happened: events with the bursts that muscles really made, and how large they are.

A burst lasts from the first sample of the first motor unit potential to the last sample of the last
one. Its amplitude is what a noise-free recording would show: after the decimation filter of the
recorder, in the band of the analysis.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from emgspasm.simulation import kernels
from emgspasm.simulation.acts import Act, Volleys, random_stream
from emgspasm.simulation.ads1299 import ADS1299
from emgspasm.simulation.disturbances import HARMONICS
from emgspasm.simulation.face import Face, Noise, noise_gain
from emgspasm.simulation.spasms import PARTICIPATION
from emgspasm.simulation.units import Discharges, Pool, discharges
from emgspasm.stream import Burst, Event

HIGH_PASS, LOW_PASS, ORDER = 20.0, 450.0, 4  # Hz, clinical facts 4
ENVELOPE = 0.020  # s, RMS window to detect, clinical facts 4
MARGIN = 0.05  # s of silence on both sides, so that the filter's tails fit
MERGE = 0.030  # s, shorter gaps are inside a burst, clinical facts 4
TONIC = 0.5  # s, clinical facts 4
FUSED, FUSED_SHARE = 1.0, 0.7  # s, and active share of it, clinical facts 4
HUM_SHARE = 0.1  # of the noise power, from the mains [design]

TYPICAL_LENGTH, TYPICAL_RATE, TYPICAL_GAIN = 0.060, 141.0, 0.7
"""The burst that ``snr`` is about: median length, geometric middle of the rates, middle of
the gains (clinical facts 9 [sim])."""

TYPICAL_COUNT = 32
"""Bursts whose median tells its amplitude [design]."""


@dataclass(frozen=True, slots=True)
class Band:
    """The band in which amplitudes count: 20 to min(450, 0.45 fs) Hz, Butterworth of order 4."""

    device: ADS1299

    def gain(self, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
        """Magnitude from the electrode to the filtered recording, aliases folded back."""
        rate = self.device.sampling_frequency
        seen = np.abs((frequencies + rate / 2) % rate - rate / 2)
        low = min(LOW_PASS, 0.45 * rate)
        with np.errstate(divide="ignore"):
            square = 1 / (1 + (HIGH_PASS / seen) ** (2 * ORDER)) / (1 + (seen / low) ** (2 * ORDER))
        return np.asarray(self.device.gain(frequencies) * np.sqrt(square))

    def filter(self, signal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give a simulated signal the amplitude it has in the filtered recording, no delay."""
        size = 1 << (len(signal) - 1).bit_length()
        return np.fft.irfft(np.fft.rfft(signal, size) * gains(self, size), size)[: len(signal)]


@lru_cache(maxsize=16)
def gains(band: Band, size: int) -> NDArray[np.float64]:
    """Gain of a band at the frequencies of a real transform of `size` simulated samples."""
    return band.gain(np.linspace(0, band.device.simulated_frequency / 2, size // 2 + 1))


def rendered(found: Discharges, pool: Pool, margin: int) -> tuple[int, int, NDArray[np.float64]]:
    """Onset and offset of the discharges, and their signal with a margin on both sides."""
    stops = found.starts + pool.lengths[found.units]
    onset, offset = int(found.starts[0]), int(stops.max())
    signal = np.zeros((offset - onset + 2 * margin, 1))
    starts = found.starts - onset + margin
    kernels.add_potentials(signal, 0, starts, found.units, pool.shapes, pool.lengths)
    return onset, offset, signal[:, 0]


def true_burst(
    found: Discharges, pool: Pool, column: int, baseline: float, band: Band
) -> Burst | None:
    """Burst that some discharges make; None where there are none."""
    if len(found.starts) == 0:
        return None
    rate = band.device.simulated_frequency
    margin = round(MARGIN * rate)
    onset, offset, signal = rendered(found, pool, margin)
    power = band.filter(signal) ** 2
    window = round(ENVELOPE * rate)
    sums = np.cumsum(np.concatenate([[0.0], power]))
    peak = float(np.sqrt((sums[window:] - sums[:-window]).max() / window))
    mean = float(np.sqrt(power[margin:-margin].mean()))
    return Burst(column, onset, offset, peak, mean, baseline)


def typical_amplitude(face: Face, column: int, band: Band) -> float:
    """RMS in uV of typical bursts of one muscle, over their true durations.

    A typical burst is a common discharge of 60 ms at 141 Hz and gain 0.7; the median of 32 of
    them is taken.
    """
    rng = random_stream(face.seed, "typical", face.sites[column])
    times = 1 + np.arange(0, TYPICAL_LENGTH + 1e-9, 1 / TYPICAL_RATE)
    gains = np.full(len(times), PARTICIPATION * TYPICAL_GAIN)
    volleys, pool = Volleys(face.sites[column], times, gains), face.pools[column]
    found = [discharges(volleys, pool, rng, face.clock) for _ in range(TYPICAL_COUNT)]
    bursts = [true_burst(part, pool, column, 0.0, band) for part in found]
    return float(np.median([burst.mean for burst in bursts if burst]))


def noise_for(face: Face, snr: float, band: Band) -> tuple[Noise, NDArray[np.float64]]:
    """Noise that gives every channel the wanted ratio, and its RMS in the band (both in uV)."""
    typical = [typical_amplitude(face, column, band) for column in range(len(face.sites))]
    levels = np.array(typical) * 10 ** (-snr / 20)
    frequencies = np.linspace(0, face.frequency / 2, 20_001)
    shaped = band.gain(frequencies) * noise_gain(frequencies, face.frequency)
    harmonics = np.arange(1.0, len(HARMONICS) + 1) * face.mains * face.frequency / face.clock
    hum = np.sqrt(np.sum((np.array(HARMONICS) * band.gain(harmonics)) ** 2) / 2)
    broadband = levels * np.sqrt((1 - HUM_SHARE) / np.mean(shaped**2))
    return Noise(broadband, levels * np.sqrt(HUM_SHARE) / hum), levels


def true_events(face: Face, baselines: NDArray[np.float64], band: Band) -> Iterator[Event]:
    """Events of the plan with the bursts that really were."""
    for number, act in enumerate(face.plan.acts):
        if act.trial_type == "artifact":
            yield artifact(act, face)
        elif act.trial_type is not None:
            bursts = true_bursts(face, number, baselines, band)
            if bursts:
                yield event(act, bursts, face)


def true_bursts(
    face: Face, number: int, baselines: NDArray[np.float64], band: Band
) -> tuple[Burst, ...]:
    """Bursts of one act in order of onset; contractions without a discharge make none."""
    bursts = []
    for index, contraction in enumerate(face.plan.acts[number].contractions):
        column = face.sites.index(contraction.site)
        found = face.discharges(number, index)
        burst = true_burst(found, face.pools[column], column, float(baselines[column]), band)
        bursts += [burst] if burst else []
    return tuple(sorted(bursts, key=lambda burst: (burst.onset, burst.channel)))


def muscle_bursts(events: Iterable[Event], frequency: float) -> Iterator[tuple[Burst, int]]:
    """Bursts as a muscle makes them, for whatever: gaps under 30 ms are within (clinical facts 4).

    An eye that blinks and twitches at once makes one burst, as does one that twitches 20 ms after
    its blink.

    Parameters
    ----------
    events : iterable of Event
    frequency : float
        Hertz at which their sample numbers count.

    Yields
    ------
    Burst
        Channel by channel, in order of onset; its mean is over all of it, the powers of what
        overlaps are added.
    int
        Number of the event that it belongs to: of a spasm if there is one, else of the last.
    """
    parts = [(b, n, e.trial_type == "spasm") for n, e in enumerate(events) for b in e.bursts]
    parts.sort(key=lambda part: (part[0].channel, part[0].onset))
    joined: list[tuple[Burst, int, bool]] = []
    for burst, number, spasm in parts:
        last = joined[-1] if joined and joined[-1][0].channel == burst.channel else None
        if last is None or burst.onset - last[0].offset >= MERGE * frequency:
            joined.append((burst, number, spasm))
        else:
            owner = max((last[2], last[1]), (spasm, number))
            joined[-1] = _both(last[0], burst), owner[1], owner[0]
    for burst, number, _ in joined:
        yield burst, number


def _both(first: Burst, second: Burst) -> Burst:
    """One burst of two of the same channel, of which the first begins first."""
    offset = max(first.offset, second.offset)
    energy = sum(b.mean**2 * (b.offset - b.onset) for b in (first, second))
    mean = float(np.sqrt(energy / (offset - first.onset)))
    return first._replace(offset=offset, peak=max(first.peak, second.peak), mean=mean)


def event(act: Act, bursts: tuple[Burst, ...], face: Face) -> Event:
    """Event of an act: its extent, side and class follow from its bursts."""
    assert act.trial_type is not None
    label = act.label
    if act.trial_type == "spasm" and not label:
        label = spasm_class(bursts, face.frequency)
    side = side_of({face.sites[burst.channel][-1] for burst in bursts})
    onset, offset = bursts[0].onset, max(burst.offset for burst in bursts)
    return Event(act.trial_type, onset, offset, side, label, bursts)


def artifact(act: Act, face: Face) -> Event:
    """Event of an artefact; it has no bursts, for no muscle took part."""
    onset, offset = round(act.onset * face.clock), round(act.offset * face.clock)
    side = side_of({part.site[-1] for part in act.deflections})
    return Event("artifact", onset, offset, side, act.label)


def side_of(letters: set[str]) -> Literal["L", "R", "B"]:
    """L or R where all happens there, B otherwise."""
    if len(letters) > 1:
        return "B"
    return "L" if letters == {"L"} else "R"


def spasm_class(bursts: tuple[Burst, ...], frequency: float) -> str:
    """Isolated, grouped, tonic or combined (clinical facts 4), from the time any muscle is active.

    Gaps under 30 ms are closed; a stretch of 0.5 s and more is tonic; others beside it make the
    spasm combined. Shorter ones that fill over 70 % of a second and more are fused: tonic.

    The definition is stated here again, on purpose: truth owes nothing to the code it judges.
    """
    stretches: list[list[int]] = []
    for burst in bursts:
        if stretches and burst.onset - stretches[-1][1] < MERGE * frequency:
            stretches[-1][1] = max(stretches[-1][1], burst.offset)
        else:
            stretches.append([burst.onset, burst.offset])
    tonic = any(offset - onset >= TONIC * frequency for onset, offset in stretches)
    if tonic:
        return "tonic" if len(stretches) == 1 else "combined"
    if len(stretches) == 1:
        return "isolated"
    span = stretches[-1][1] - stretches[0][0]
    active = sum(offset - onset for onset, offset in stretches)
    fused = span >= FUSED * frequency and active > FUSED_SHARE * span
    return "tonic" if fused else "grouped"
