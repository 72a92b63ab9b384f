"""The words of a stream: channels, chunks, bursts, events, and the Source seam.

Everything here is frozen data. A time is a sample number (``int``) counted from the first
sample of the stream; seconds appear only where a docstring says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from types import TracebackType
from typing import Literal, NamedTuple, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from emgspasm.labels import Kind, Side, read_label
from emgspasm.units import microvolts_in


@dataclass(frozen=True, slots=True)
class Channel:
    """One recorded channel.

    Parameters
    ----------
    name : str
        Label; the convention ``OOC_L`` says muscle and anatomical side.
    side : {"left", "right", "midline"} or None
        Anatomical side; None where nobody has said.
    muscle : str or None
        A code of :data:`~emgspasm.labels.MUSCLES`; None for other kinds and unknown muscles.
    kind : str
        What it records, as BIDS spells it; only ``"EMG"`` is analyzed.
    unit : str
        Unit of the samples; ``"uV"`` for EMG. Any other text (``"count"``) means that no
        absolute voltage is known.
    full_scale : float
        Largest magnitude the recorder can represent, in `unit`; ``inf`` where unknown.
        The Cyton's is 187 500 uV at gain 24 (firmware_notes 1.4).
    own_frequency : float
        Hertz at which it was sampled where that is less than the rate of its stream, whose rows
        then hold each of its samples; ``inf`` elsewhere.
    """

    name: str
    side: Side | None = None
    muscle: str | None = None
    kind: Kind = "EMG"
    unit: str = "uV"
    full_scale: float = np.inf
    own_frequency: float = np.inf

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("channel name is empty; give every channel a label")
        if not self.full_scale > 0:
            raise ValueError(f"full_scale={self.full_scale} of {self.name}; it must be positive")

    @classmethod
    def from_label(cls, label: str, *, unit: str = "uV", full_scale: float = np.inf) -> Self:
        """Take kind, side and muscle from a label (:func:`emgspasm.labels.read_label`)."""
        kind, side, muscle = read_label(label)
        return cls(label, side, muscle, kind, unit, full_scale)

    @property
    def microvolts(self) -> float | None:
        """Microvolts in one `unit`; None where the unit is not a voltage."""
        return microvolts_in(self.unit)


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What every chunk of a stream has in common.

    Parameters
    ----------
    sampling_frequency : float
        Hertz.
    channels : tuple of Channel
        In the order of the columns of ``Chunk.samples``; names are unique.
    device : str
        What recorded it, for people; ``""`` if unknown.
    """

    sampling_frequency: float
    channels: tuple[Channel, ...]
    device: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.sampling_frequency) and self.sampling_frequency > 0):
            raise ValueError(
                f"sampling_frequency={self.sampling_frequency} Hz; it must be positive and finite"
            )
        if not self.channels:
            raise ValueError("a stream without channels; at least one is needed")
        names = [channel.name for channel in self.channels]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ValueError(f"duplicate channel labels {doubles}; every label must be unique")

    @property
    def names(self) -> tuple[str, ...]:
        """Channel labels, in column order."""
        return tuple(channel.name for channel in self.channels)

    @property
    def emg_frequency(self) -> float:
        """Hertz at which every EMG channel was sampled, at least: what lags between them are of."""
        own = (self.channels[column].own_frequency for column in self.columns())
        return min([self.sampling_frequency, *own])

    def columns(self, kind: Kind = "EMG") -> tuple[int, ...]:
        """Columns whose channel is of this kind."""
        return tuple(i for i, channel in enumerate(self.channels) if channel.kind == kind)


def emg_only(info: StreamInfo) -> StreamInfo:
    """The same stream without the channels that are not EMG."""
    channels = tuple(info.channels[column] for column in info.columns())
    return StreamInfo(info.sampling_frequency, channels, info.device)


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Consecutive samples.

    Parameters
    ----------
    start : int
        Sample number of the first row. A jump from one chunk's end to the next one's start is
        a gap; a NaN is a sample that one channel alone is missing.
    samples : ndarray of float64, shape (n_samples, n_channels)
        In the unit of each channel (uV for EMG); made read-only.
    """

    start: int
    samples: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float64:
            raise ValueError(
                f"samples of shape {self.samples.shape}, dtype {self.samples.dtype}; "
                "a chunk takes float64 of shape (n_samples, n_channels)"
            )
        self.samples.flags.writeable = False

    @property
    def stop(self) -> int:
        """Sample number after the last row."""
        return self.start + len(self.samples)


BurstQuality = Literal["good", "settling", "cut"]
"""``settling``: begins while the segment settles; ``cut``: the segment ended inside it."""


class Burst(NamedTuple):
    """One burst of one muscle, its times corrected for the delay of the processing.

    Parameters
    ----------
    channel : int
        Column of the stream.
    onset, offset : int
        Sample numbers, half open.
    peak : float
        Largest envelope, in the channel's unit.
    mean : float
        Root mean square of the filtered signal over the burst, in the channel's unit.
    baseline : float
        Noise level the burst rose from, in the channel's unit.
    quality : {"good", "settling", "cut"}
        Whether all of it was seen.
    """

    channel: int
    onset: int
    offset: int
    peak: float
    mean: float
    baseline: float
    quality: BurstQuality = "good"


EventType = Literal["spasm", "blepharospasm", "myokymia", "blink", "voluntary", "artifact"]
"""What is called a spasm is hemifacial: who counts them need not look at anything else."""


@dataclass(frozen=True, slots=True)
class Event:
    """What bursts of several muscles make together.

    Parameters
    ----------
    trial_type : EventType
        What kind of event.
    onset, offset : int
        Sample numbers, half open.
    side : {"L", "R", "B"}
        Anatomical side; B for both.
    label : str
        Finer class: ``isolated``, ``grouped``, ``tonic``, ``combined`` for spasms, the movement
        for voluntary events; ``""`` if none.
    bursts : tuple of Burst
        The bursts it is made of.
    copies : tuple of Burst
        Bursts at the same time that cross-talk from these explains.
    li, log_ratio : float
        Laterality index and log ratio of the affected to the other side; NaN if undefined.
    spread_stage : int
        0 none, 1 eye, 2 cheek, 3 mouth, 4 neck.
    blink_coincident : bool
        Whether a blink of both eyes falls together with it.
    task : str
        Marker under way; ``""`` if none.
    trial : int
        Number of the trial of that task, from 1; 0 if none.
    quality : {"good", "settling", "cut"}
        The worst of its bursts'.
    reason : str
        Why it was called so, in words.
    """

    trial_type: EventType
    onset: int
    offset: int
    side: Literal["L", "R", "B"]
    label: str = ""
    bursts: tuple[Burst, ...] = field(default=())
    copies: tuple[Burst, ...] = field(default=())
    li: float = np.nan
    log_ratio: float = np.nan
    spread_stage: int = 0
    blink_coincident: bool = False
    task: str = ""
    trial: int = 0
    quality: BurstQuality = "good"
    reason: str = ""

    def __eq__(self, other: object) -> bool:
        """Whether all is the same, what is undefined (NaN) in both included."""
        if not isinstance(other, Event):
            return NotImplemented
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return all(a == b or (a != a and b != b) for a, b in pairs)

    def __hash__(self) -> int:
        return hash((self.trial_type, self.onset, self.offset, self.side))


@dataclass(frozen=True, slots=True)
class Annotation:
    """A marked stretch of a recording.

    Parameters
    ----------
    onset, duration : float
        Seconds from the first sample.
    text : str
        What is marked; :data:`SKIP` marks missing samples.
    channels : tuple of str
        Names of the channels it is about; empty means all.
    """

    onset: float
    duration: float
    text: str
    channels: tuple[str, ...] = ()


SKIP = "BAD_ACQ_SKIP"
"""Text of the annotation of missing samples: MNE's word, which its filters and epochs skip."""


@runtime_checkable
class Source(Protocol):
    """Whatever yields chunks: a board, a simulation, a stored recording.

    Iterating yields chunks in order until the stream ends or :meth:`stop` is called (from any
    thread). A context manager opens and closes what it holds.
    """

    @property
    def info(self) -> StreamInfo:
        """What all its chunks have in common."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def __iter__(self) -> Iterator[Chunk]: ...

    def stop(self) -> None:
        """End the iteration after the chunk under way."""
        ...


def segments(chunks: Iterable[Chunk]) -> Iterator[tuple[bool, Chunk]]:
    """Pair every chunk with whether it begins a segment (the first chunk, or after a gap).

    Raises
    ------
    ValueError
        If a chunk starts before the end of the one before it.
    """
    expected: int | None = None
    for chunk in chunks:
        if expected is not None and chunk.start < expected:
            raise ValueError(
                f"chunk starts at sample {chunk.start}, before {expected} where the last one "
                "ended; a source must yield samples in order"
            )
        if len(chunk.samples) == 0:
            continue
        yield chunk.start != expected, chunk
        expected = chunk.stop
