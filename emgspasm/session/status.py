"""The state of a session in numbers, summed up once a second."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.pipeline import Analysis
from emgspasm.labels import SIDE_LETTER
from emgspasm.session.anchor import Anchor
from emgspasm.stream import Chunk, Event, StreamInfo
from emgspasm.synkinesis.folding import Folded

RECENT = 5.0
"""Seconds over which the recent loss counts."""


EventKind = tuple[str, str, str]
"""Type, side and class of an event."""


def kind_of(event: Event) -> EventKind:
    """Type, side and class of an event."""
    return event.trial_type, event.side, event.label


@dataclass(frozen=True, slots=True)
class Status:
    """How a session fares.

    Parameters
    ----------
    time : float
        Seconds recorded, lost samples included.
    state : str
        Of the source; ``"streaming"`` where it does not tell.
    lost_recently, lost : float
        Share of the samples missing in the last 5 s and in the whole session, 0 to 1.
    latency : float
        Seconds from when the newest sample was due until it was analyzed, the worst of the last
        second; while nothing comes, the age of the newest sample.
    noise : tuple of float
        Noise level of every EMG channel in its unit; NaN while it is not known.
    railed : tuple of bool
        Whether a channel, in the order of the stream, touched its rails in the last second.
    bursts : mapping
        Bursts said so far, by the side of their channel: ``L``, ``R``, ``""`` for the midline.
    events : mapping
        Events said so far, by type, side and class: ``("spasm", "L", "tonic")``.
    disk_left : int
        Bytes.
    dropped : int
        Ticks that screens have dropped.
    """

    time: float
    state: str
    lost_recently: float
    lost: float
    latency: float
    noise: tuple[float, ...]
    railed: tuple[bool, ...]
    bursts: Mapping[str, int]
    events: Mapping[EventKind, int]
    disk_left: int
    dropped: int

    @property
    def room(self) -> str:
        """What the disk has left, for people; in megabytes once a gigabyte is not."""
        left = self.disk_left
        return f"{left / 1e9:.1f} GB free" if left >= 1e9 else f"{left / 1e6:.0f} MB free"


@dataclass(slots=True, eq=False)
class Counters:
    """What the session's thread counts; others only read.

    Parameters
    ----------
    info : StreamInfo
    rails : ndarray, shape (n_channels,)
        Magnitude from which a sample counts as railed.

    Attributes
    ----------
    anchor : Anchor
    stop : int
        Sample number after the newest stored sample.
    lost : float
        Samples missing before it; one that some EMG channels lack counts by their share.
    bursts : Counter
        Bursts said, by side.
    events : Counter
        Events said, by kind.
    noise : ndarray, shape (n_emg_channels,)
        In the unit of each channel.
    railed : tuple of bool
        In the last whole second.
    latency : float
        Seconds, the worst of the last whole second.
    lost_recently : float
        Share of the last :data:`RECENT` seconds that is missing, 0 to 1; since the last whole
        second or the last loss.
    """

    info: StreamInfo
    rails: NDArray[np.float64]
    anchor: Anchor = field(init=False)
    stop: int = 0
    lost: float = 0.0
    bursts: Counter[str] = field(default_factory=Counter)
    events: Counter[EventKind] = field(default_factory=Counter)
    noise: NDArray[np.float64] = field(init=False)
    railed: tuple[bool, ...] = field(init=False)
    latency: float = 0.0
    lost_recently: float = 0.0
    _sides: tuple[str, ...] = field(init=False)
    _gaps: deque[tuple[int, int, float]] = field(default_factory=deque)
    _largest: NDArray[np.float64] = field(init=False)
    _worst: float = 0.0
    _second: float = 0.0

    def __post_init__(self) -> None:
        self.anchor = Anchor(self.info.sampling_frequency)
        self.noise = np.full(len(self.info.columns()), np.nan)
        self.railed = (False,) * len(self.info.channels)
        self._largest = np.zeros(len(self.info.channels))
        self._sides = tuple(SIDE_LETTER.get(c.side or "", "") for c in self.info.channels)

    def arrived(self, chunk: Chunk, time: float) -> None:
        """Count a chunk that was stored, at host time `time` (s)."""
        if chunk.start > self.stop:
            self._miss(self.stop, chunk.start, 1.0)
        missing = np.isnan(chunk.samples[:, self.info.columns()])
        if missing.any():
            self._miss(chunk.start, chunk.stop, float(missing.mean()))
        self.stop = chunk.stop
        self.anchor = self.anchor.seen(chunk.stop, time)
        if self._gaps and self._gaps[-1][1] >= chunk.start:
            self._sum_up()  # a loss is shown at once
        self._largest = np.fmax(self._largest, np.fmax.reduce(np.abs(chunk.samples), axis=0))

    def _miss(self, start: int, stop: int, share: float) -> None:
        self.lost += share * (stop - start)
        self._gaps.append((start, stop, share))

    def analyzed(self, analysis: Analysis, folded: Folded, time: float) -> None:
        """Count a tick that is handed over, at host time `time` (s)."""
        self.bursts.update(self._sides[burst.channel] for burst in analysis.bursts)
        self.events.update(map(kind_of, folded.events))
        self.events.update(kind_of(now) for _, now in folded.amended)
        self.events.subtract(kind_of(before) for before, _ in folded.amended)
        if len(analysis.chunk.samples):
            self.noise = analysis.thresholds[0]
            self._worst = max(self._worst, self.anchor.age(analysis.chunk.stop, time))

    def second_over(self, time: float) -> bool:
        """Sum up when a second is over at host time `time` (s); whether it was."""
        if time - self._second < 1:
            return False
        self._second, self.latency, self._worst = time, self._worst, 0.0
        self.railed = tuple((self._largest >= self.rails).tolist())
        self._largest = np.zeros_like(self._largest)
        self._sum_up()
        return True

    def _sum_up(self) -> None:
        first = max(0, self.stop - round(RECENT * self.info.sampling_frequency))
        self.lost_recently = self._missing_since(first) / max(1, self.stop - first)

    def _missing_since(self, first: int) -> float:
        """Missing samples from `first` on; gaps that ended before are forgotten."""
        while self._gaps and self._gaps[0][1] <= first:
            self._gaps.popleft()
        return sum(share * (stop - max(start, first)) for start, stop, share in self._gaps)
