"""A simulated recording with its truth: a Source like any board."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.labels import MUSCLES
from emgspasm.simulation import face as faces
from emgspasm.simulation.acts import EARLIEST, Plan, random_stream
from emgspasm.simulation.ads1299 import ADS1299, FULL_SCALE, arrivals, quantize
from emgspasm.simulation.disturbances import wander
from emgspasm.simulation.face import Face, Noise, motor_pools
from emgspasm.simulation.scenarios import SCENARIOS, plan
from emgspasm.simulation.toxin import check_toxin, weakened
from emgspasm.simulation.truth import Band, noise_for, true_events
from emgspasm.stream import Annotation, Channel, Chunk, Event, StreamInfo

MONTAGE = ("OOC_L", "ZYG_L", "OOR_L", "FRO_L", "OOC_R", "ZYG_R", "OOR_R", "FRO_R")
"""Eight channels, four a side (clinical facts 3)."""

RATES = (100.0, 16_000.0)
"""Hertz at which the simulated recorder can run, least and most [design]."""

LONGEST = 86_400.0
"""Seconds; what happens in the face is planned for all of it before the first sample [design]."""

SNRS = (-60.0, 120.0)
"""Decibels: noise within the range of the converter, but for the lowest [design]."""

BLOCK = 0.5
"""Seconds made at a time; part of what fixes the samples of a seed."""


@dataclass(frozen=True)
class Simulation:
    """A simulated recording: iterate it for chunks, read :attr:`truth` for what happened.

    Made by :func:`simulate`. Every iteration begins at the first sample and gives the same
    samples. After :meth:`stop` it yields nothing until it is entered again.

    Parameters
    ----------
    info : StreamInfo
        Rate and channels.
    n_samples : int
        Samples of the whole recording, lost ones included.
    annotations : tuple of Annotation
        Markers of the tasks, in seconds of the recording.
    chunk_size : int
        Most samples in one chunk.
    """

    info: StreamInfo
    n_samples: int
    annotations: tuple[Annotation, ...]
    chunk_size: int
    face: Face = field(repr=False)
    device: ADS1299
    noise: Noise = field(repr=False)
    baselines: NDArray[np.float64] = field(repr=False)
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def truth_sampling_frequency(self) -> float:
        """Hertz of the sample numbers in :attr:`truth`: those of the simulated world.

        Sample k there is the moment k / truth_sampling_frequency of the recording.
        """
        return self.device.simulated_frequency

    @cached_property
    def truth(self) -> tuple[Event, ...]:
        """What really happened, in order of onset.

        A burst runs from the first to the last sample of a motor unit potential. ``mean`` is its
        RMS and ``peak`` its largest 20 ms RMS without noise, ``baseline`` the RMS of the noise,
        all in uV, after the recorder's filter, in 20 to min(450, 0.45 fs) Hz. Two acts may
        overlap in a muscle (a spasm on a blink); each keeps its own bursts.
        """
        found = true_events(self.face, self.baselines, Band(self.device))
        return tuple(sorted(found, key=lambda event: (event.onset, event.offset)))

    def __enter__(self) -> Self:
        self._stopped.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the iteration after the chunk under way."""
        self._stopped.set()

    def __iter__(self) -> Iterator[Chunk]:
        rng = random_stream(self.face.seed, "packets")
        stretches = arrivals(self.n_samples, self.device.packet_loss, rng)
        start, stop = next(stretches)
        for begin, samples in self._recorded():
            while start < begin + len(samples):
                end = min(
                    stop, begin + len(samples), start - start % self.chunk_size + self.chunk_size
                )
                if self._stopped.is_set():
                    return
                if start < end:
                    yield Chunk(start, samples[start - begin : end - begin].copy())
                start = max(start, end)
                if start == stop:
                    start, stop = next(stretches, (self.n_samples, self.n_samples + 1))

    def _recorded(self) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Sample number and quantized samples of every block."""
        ratio, size = self.device.ratio, round(BLOCK * self.info.sampling_frequency)
        overlap = len(self.device.weights) - ratio
        first = -self.device.delay
        world = faces.blocks(self.face, self.noise, first, size * ratio)
        signal = next(world)
        for begin in range(0, self.n_samples, size):
            following = next(world)
            seen = np.concatenate([signal, following[:overlap]])
            end = min(begin + size, self.n_samples)
            seconds = np.arange(begin, begin + size) / self.info.sampling_frequency
            slow = wander(seconds, len(self.face.sites), random_stream(self.face.seed, "wander"))
            yield begin, quantize(self.device.decimate(seen) + slow)[: end - begin]
            signal = following


def simulate(
    scenario: str,
    *,
    side: Literal["left", "right"] = "left",
    sampling_frequency: float = 1000.0,
    duration: float = 60.0,
    snr: float = 20.0,
    seed: int = 0,
    montage: tuple[str, ...] = MONTAGE,
    packet_loss: float = 0.0,
    clock_drift: float = 0.0,
    power_line_frequency: float = 50.0,
    chunk_size: int | None = None,
    days_since_injection: float | None = None,
    injected: tuple[str, ...] = (),
) -> Simulation:
    """Simulate facial surface EMG with known truth, as an ADS1299 would record it.

    The same arguments give the same bytes. What the face does and when depends on `scenario`,
    `side`, `duration` and `seed` alone; what disturbs electrodes, on the `montage` too.

    Parameters
    ----------
    scenario : str
        A name of :data:`SCENARIOS`.
    side : {"left", "right"}
        Affected side, where the scenario has one.
    sampling_frequency : float
        Hertz, 100 to 16 000.
    duration : float
        Seconds, a day at most.
    snr : float
        Decibels: for every muscle, 20 log10 of the RMS of a typical burst over the RMS of the
        noise, both in the recording (after the recorder's filter) and in 20 to min(450, 0.45 fs)
        Hz. A typical burst is a hemifacial burst of 60 ms, 141 common discharges a second and
        gain 0.7 (the median of 32); its RMS is taken over its true duration. The noise is that of
        electrodes, amplifier and resting mains; artefacts come on top. ``inf`` gives no noise.
    seed : int
        Not negative.
    montage : tuple of str
        Channel labels such as ``OOC_L``.
    packet_loss : float
        Share of the samples that are lost, 0 to below 1; chunks then jump.
    clock_drift : float
        Parts per million by which the recorder's clock is fast, within +-1000; truth, markers and
        samples are on the recorder's clock. What it no longer records whole does not happen.
    power_line_frequency : float
        Hertz of the mains.
    chunk_size : int, optional
        Most samples in a chunk; 1/25 s by default.
    days_since_injection : float, optional
        Day of a course of botulinum toxin: the muscles of `injected` have the share of their
        amplitude that :func:`emgspasm.simulation.toxin.remaining_amplitude` tells; what happens
        and when stays the same. `snr` is that of the untreated face.
    injected : tuple of str
        Sites of the injection, as ``OOC_L``.

    Raises
    ------
    ValueError
        If an argument breaks its rule.
    """
    check(scenario, side, sampling_frequency, duration, snr, seed, montage)
    check_device(packet_loss, clock_drift, power_line_frequency, chunk_size)
    check_toxin(days_since_injection, injected, montage)
    device = ADS1299(float(sampling_frequency), packet_loss)
    clock = device.simulated_frequency * (1 + clock_drift * 1e-6)
    fast = clock / device.simulated_frequency
    planned = plan(SCENARIOS[scenario], side[0].upper(), montage, duration, seed)
    planned = until_end(planned, fast, duration)
    pools = motor_pools(montage, clock, seed)
    face = Face(
        montage, pools, planned, seed, device.simulated_frequency, clock, power_line_frequency
    )
    noise, baselines = noise_for(face, snr, Band(device))
    if days_since_injection is not None:  # the noise is that of the untreated face
        face = replace(face, pools=weakened(pools, montage, injected, days_since_injection))
    channels = tuple(Channel.from_label(label, full_scale=FULL_SCALE) for label in montage)
    info = StreamInfo(float(sampling_frequency), channels, "ADS1299 (simulated)")
    n_samples = max(1, round(duration * sampling_frequency))
    marked = tuple(by_clock(note, fast, duration) for note in planned.annotations)
    size = chunk_size or max(1, round(sampling_frequency / 25))
    return Simulation(info, n_samples, marked, size, face, device, noise, baselines)


def until_end(planned: Plan, fast: float, duration: float) -> Plan:
    """Leave out what a recorder, whose clock is `fast` times too fast, no longer sees whole."""
    acts = tuple(act for act in planned.acts if (act.offset + EARLIEST) * fast <= duration)
    return Plan(acts, tuple(note for note in planned.annotations if note.onset * fast < duration))


def by_clock(note: Annotation, fast: float, duration: float) -> Annotation:
    """Put a marker on the recorder's clock; the recording ends it at the latest."""
    onset = note.onset * fast
    return replace(note, onset=onset, duration=min(note.duration * fast, duration - onset))


def check(
    scenario: str,
    side: str,
    sampling_frequency: float,
    duration: float,
    snr: float,
    seed: int,
    montage: tuple[str, ...],
) -> None:
    """Refuse arguments that break the rules of :func:`simulate`."""
    if scenario not in SCENARIOS:
        near = difflib.get_close_matches(scenario, SCENARIOS, 3, 0.4) or sorted(SCENARIOS)
        raise ValueError(f"scenario={scenario!r} is unknown; nearest names: {', '.join(near)}")
    if side not in ("left", "right"):
        raise ValueError(f"side={side!r}; it must be 'left' or 'right'")
    low, high = RATES
    if not low <= sampling_frequency <= high:
        raise ValueError(
            f"sampling_frequency={sampling_frequency} Hz; the recorder runs at {low:g} to "
            f"{high:g} Hz, choose one of 250, 500, 1000, 2000, 4000, 8000"
        )
    if not 0 < duration <= LONGEST:
        raise ValueError(
            f"duration={duration:g} s; it must be positive, and a day ({LONGEST:g}) at most, as 60"
        )
    least, most = SNRS
    if not (least <= snr <= most or snr == np.inf):
        raise ValueError(
            f"snr={snr:g} dB; it must lie from {least:g} to {most:g}, or be inf for no noise "
            "(no config can say that)"
        )
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed={seed}; it must be a whole number, not negative")
    check_montage(montage)


def check_montage(montage: tuple[str, ...]) -> None:
    """Refuse labels that are no muscle of a side, or none at all."""
    wrong = [
        label for label in montage if label[:3] not in MUSCLES or label[3:] not in ("_L", "_R")
    ]
    if wrong or not montage:
        raise ValueError(
            f"montage={tuple(montage)!r}, not understood {wrong}; labels are a code of "
            f"{', '.join(MUSCLES)} and a side, as OOC_L"
        )


def check_device(
    packet_loss: float, clock_drift: float, mains: float, chunk_size: int | None
) -> None:
    """Refuse settings that the recorder cannot have."""
    if not 0 <= packet_loss < 1:
        raise ValueError(f"packet_loss={packet_loss}; it must be a share from 0 to below 1")
    if not abs(clock_drift) <= 1000:
        raise ValueError(f"clock_drift={clock_drift} ppm; it must lie within +-1000 ppm")
    if not 40 <= mains <= 70:
        raise ValueError(f"power_line_frequency={mains} Hz; it is 50 or 60 in most of the world")
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"chunk_size={chunk_size}; a chunk holds at least one sample")
