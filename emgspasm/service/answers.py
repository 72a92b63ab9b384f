"""What the service answers, as data; times are seconds of the stream, None is not known."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Channel:
    """An EMG channel: its label, anatomical side, muscle in words, unit."""

    name: str
    side: str | None
    muscle: str
    unit: str


@dataclass(frozen=True, slots=True)
class Line:
    """Channels that are drawn side by side; they count the EMG channels."""

    left: int | None
    right: int | None
    muscle: str


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream under way.

    Parameters
    ----------
    number : int
        Counts the streams of this service.
    name : str
        Its file, or its device.
    recording : bool
        Whether it is recorded into the study.
    sampling_frequency : float
        Hertz.
    bucket : int
        Samples that one smallest and one largest value of a trace stand for.
    kept : float
        Seconds of traces, bursts and gaps that a page keeps.
    unit : str
        Of amplitudes, as screens show it; "units" where the channels share none.
    channels : tuple of Channel
    lines : tuple of Line
        From the top of the page to its bottom.
    headings : tuple of str
        Over the two columns.
    limits : str
        What the sampling frequency cannot carry.
    """

    number: int
    name: str
    recording: bool
    sampling_frequency: float
    bucket: int
    kept: float
    unit: str
    channels: tuple[Channel, ...]
    lines: tuple[Line, ...]
    headings: tuple[str, str]
    limits: str


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst of one channel; its peak is in the channel's unit."""

    channel: str
    onset: float
    duration: float
    peak: float


@dataclass(frozen=True, slots=True)
class Event:
    """An event: what, where, when, and why it is called so."""

    trial_type: str
    label: str
    side: str
    onset: float
    duration: float
    channels: tuple[str, ...]
    quality: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing samples."""

    onset: float
    duration: float


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker that was set."""

    onset: float
    text: str


@dataclass(frozen=True, slots=True)
class Events:
    """All that was found so far: certain events, and those that may still change."""

    events: tuple[Event, ...]
    provisional: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a page gets when it connects: the latest events and bursts."""

    events: tuple[Event, ...]
    provisional: tuple[Event, ...]
    bursts: tuple[Burst, ...]
    gaps: tuple[Gap, ...]
    markers: tuple[Marker, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What is new since the last message; an amended event as it was and as it is now."""

    events: tuple[Event, ...]
    amended: tuple[tuple[Event, Event], ...]
    provisional: tuple[Event, ...]
    bursts: tuple[Burst, ...]
    gaps: tuple[Gap, ...]
    markers: tuple[Marker, ...]
    undone: tuple[Marker, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Hemifacial spasms of a side: number, of the last minute, a minute, percent of time.

    All are null where bursts were never sought in the muscles that tell.
    """

    count: int | None
    recent: int | None
    rate: float | None
    time_share: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted so far, and in how many seconds; rates are given from `rated_from` on."""

    left: Side
    right: Side
    others: dict[str, int]
    seconds: float
    valid_seconds: float
    rated_from: float


@dataclass(frozen=True, slots=True)
class Lane:
    """What stands beside the trace of a channel: noise level, and what is wrong with it."""

    noise: float | None
    warning: str


@dataclass(frozen=True, slots=True)
class State:
    """How the stream fares.

    Parameters
    ----------
    state : str
        ``connecting``, ``streaming``, ``ended``, or a word of the source.
    recording : bool
    device : str
    simulated : bool
        Whether nobody's face is seen.
    path : str
        The file that is recorded, as it lies in the study.
    time : float
        Seconds recorded or looked at, lost samples included.
    samples_per_second : float or None
        As they came in the last seconds.
    lost_recently, lost : float
        Share of the samples missing in the last 5 s and in all, 0 to 1.
    latency : float
        Seconds from when a sample was due until it was analyzed.
    disk_left : int or None
        Bytes.
    hindrances : tuple of str
        What hinders the analysis now, in words.
    lanes : tuple of Lane
        One an EMG channel.
    counts : Counts or None
    notices : tuple of str
        What was decided or went wrong, in sentences.
    error : str
        Why nothing streams; ``""`` while it does.
    away : str
        Why nothing comes for now, while the source is sought; ``""`` otherwise.
    onlookers : int
        Pages that look on.
    """

    state: str
    recording: bool = False
    device: str = ""
    simulated: bool = False
    path: str = ""
    time: float = 0.0
    samples_per_second: float | None = None
    lost_recently: float = 0.0
    lost: float = 0.0
    latency: float = 0.0
    disk_left: int | None = None
    hindrances: tuple[str, ...] = ()
    lanes: tuple[Lane, ...] = ()
    counts: Counts | None = None
    notices: tuple[str, ...] = ()
    error: str = ""
    away: str = ""
    onlookers: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """Present amplitudes of a muscle, and how they lean: -1 left alone, 1 right alone.

    `number` is the index as it stands in a column, `verdict` what it says.
    """

    muscle: str
    left: float | None
    left_peak: float | None
    right: float | None
    right_peak: float | None
    index: float | None
    number: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Levels:
    """Amplitudes of all muscles; a bar of full length is `range`, all in the unit of the stream."""

    range: float
    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class Hello:
    """What a page may do, and what does not change while it is open.

    `keys` are texts of markers that the config names, by key; `marks` those of every key that
    marks; `gains` are in the unit of the stream.
    """

    leads: bool
    why_not: str
    study: str
    keys: dict[str, str]
    marks: dict[str, str]
    gains: tuple[float, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Messages that a page was too slow for."""

    count: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that was begun or ended: its file, and a sentence."""

    path: str
    said: str


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, in one line."""

    error: str


def text_of(answer: Any) -> str:
    """One message of the WebSocket: the answer with its kind, as JSON."""
    return json.dumps({"kind": type(answer).__name__.lower(), **asdict(answer)}, allow_nan=False)


def known(value: float) -> float | None:
    """The number, or None where it is NaN."""
    return None if value != value else float(value)
