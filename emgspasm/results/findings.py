"""What the folds find in a recording, as arrays: an hour may hold tens of thousands of bursts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Burst, BurstQuality, Event
from emgspasm.synkinesis.events.lags import Lag
from emgspasm.synkinesis.markers import Marker
from emgspasm.synkinesis.measures.validity import Valid, without_artifacts
from emgspasm.synkinesis.readings.reading import Reading

Rows = NDArray[np.void]
"""Of one of the types below."""

QUALITIES: tuple[BurstQuality, ...] = get_args(BurstQuality)
"""What the field ``quality`` of a burst counts."""

_BURST = [
    ("channel", np.int64),
    ("onset", np.int64),
    ("offset", np.int64),
    ("peak", np.float64),
    ("mean", np.float64),
    ("baseline", np.float64),
    ("quality", np.int8),
]
BURST = np.dtype(_BURST)
"""A :class:`~emgspasm.stream.Burst`."""

PART = np.dtype([*_BURST, ("event", np.int64), ("copy", np.bool_)])
"""A burst of an event, or one that cross-talk from it explains; ``event`` is the event's row."""

EVENT = np.dtype(
    [
        ("trial_type", np.object_),
        ("onset", np.int64),
        ("offset", np.int64),
        ("side", np.object_),
        ("label", np.object_),
        ("li", np.float64),
        ("log_ratio", np.float64),
        ("spread_stage", np.int64),
        ("blink_coincident", np.bool_),
        ("task", np.object_),
        ("trial", np.int64),
        ("quality", np.object_),
        ("reason", np.object_),
    ]
)
"""An :class:`~emgspasm.stream.Event` without its bursts."""

READ = np.dtype(
    [("channel", np.int64), ("onset", np.int64), ("copy", np.bool_), ("neighbour", np.int64)]
)
"""What is kept of a reading: whether the burst is a copy, and of which EMG column."""

LAG = np.dtype(
    [
        ("first", np.int64),
        ("second", np.int64),
        ("samples", np.int64),
        ("correlation", np.float64),
    ]
)
"""A :class:`~emgspasm.synkinesis.events.lags.Lag`."""

_event = attrgetter(*EVENT.names or ())


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What was found over a recording.

    Parameters
    ----------
    bursts : ndarray of BURST
        In the order in which they became certain.
    events : ndarray of EVENT
        In the order in which they became certain.
    parts : ndarray of PART
        Event by event.
    readings : ndarray of READ
        Of every burst, in order of onset.
    lags : ndarray of LAG
    rho : ndarray, shape (n_emg_channels, n_emg_channels)
        Largest raw correlation of the bursts of one channel with the other; 0 without any.
    sought : mapping of int to ndarray of int, shape (n, 2)
        Stretches in which bursts were sought in each EMG channel, by its column of the stream.
    marked : tuple of Marker
    envelopes : dict
        Envelope by marker and channel, in the unit of the channel, of trials.
    sampling_frequency : float
        Hertz.
    valid : mapping of int to ndarray of int, shape (n, 2)
        What no lasting artifact hides of the stretches in which bursts were sought; see
        :mod:`emgspasm.synkinesis.measures.validity`.
    spasm : ndarray of bool
        Which events are spasms.
    spasms : ndarray of EVENT
        Those, which are hemifacial.
    spasm_parts : ndarray of PART
        Bursts of spasms, but no copies, as far as they lie in their spasm: one may surge in a burst
        of a movement, or hang on one of a blink.
    """

    bursts: Rows
    events: Rows
    parts: Rows
    readings: Rows
    lags: Rows
    rho: NDArray[np.float64]
    sought: Valid
    marked: tuple[Marker, ...]
    envelopes: dict[tuple[Marker, int], list[NDArray[np.float64]]]
    sampling_frequency: float
    valid: Valid = field(init=False)
    spasm: NDArray[np.bool_] = field(init=False)
    spasms: Rows = field(init=False)
    spasm_parts: Rows = field(init=False)

    def __post_init__(self) -> None:
        spasm = self.events["trial_type"] == "spasm"
        own = self.parts[~self.parts["copy"] & spasm[self.parts["event"]]]
        begin, end = (self.events[edge][own["event"]] for edge in ("onset", "offset"))
        own["onset"] = np.maximum(own["onset"], begin)
        own["offset"] = np.maximum(np.minimum(own["offset"], end), own["onset"])
        valid = without_artifacts(self.sought, self.artifacts(), self.sampling_frequency)
        object.__setattr__(self, "valid", valid)
        told = {"spasm": spasm, "spasms": self.events[spasm], "spasm_parts": own}
        for name, rows in told.items():
            rows.flags.writeable = False
            object.__setattr__(self, name, rows)

    def artifacts(self) -> dict[int, NDArray[np.int64]]:
        """Onsets and offsets of the bursts of artifacts, by column of the stream."""
        artifact = self.events["trial_type"] == "artifact"
        parts = self.parts[artifact[self.parts["event"]]]
        spans = np.stack([parts["onset"], parts["offset"]], axis=1)
        channels = parts["channel"]
        return {column: spans[channels == column] for column in np.unique(channels).tolist()}

    def copied(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of these bursts cross-talk explains, alone or as one of an event."""
        alone, within = self.readings[self.readings["copy"]], self.parts[self.parts["copy"]]
        return np.isin(keys(rows), np.concatenate([keys(alone), keys(within)]))


def keys(rows: Rows) -> NDArray[np.int64]:
    """One number for channel and onset, which tell bursts apart."""
    key: NDArray[np.int64] = (rows["channel"] << 48) + rows["onset"]
    return key


def burst_rows(bursts: Collection[Burst]) -> Rows:
    """Bursts as an array of :data:`BURST`."""
    rows = np.empty(len(bursts), BURST)
    _fill(rows, bursts)
    return rows


def _fill(rows: Rows, bursts: Collection[Burst]) -> None:
    """Fill the fields of :data:`BURST`, one after the other: in half the time of row by row."""
    if bursts:
        *values, qualities = zip(*bursts, strict=True)
        places = [_PLACE[quality] for quality in qualities]
        for name, column in zip(BURST.names or (), (*values, places), strict=True):
            rows[name] = column


_PLACE = {quality: place for place, quality in enumerate(QUALITIES)}


def bursts_of(rows: Rows) -> list[Burst]:
    """The bursts that rows hold."""
    values = rows[list(BURST.names or ())].tolist()
    return [Burst._make((*row[:-1], QUALITIES[row[-1]])) for row in values]


def event_rows(events: Iterable[Event]) -> Rows:
    """Events as an array of :data:`EVENT`."""
    return np.array([_event(event) for event in events], EVENT)


def part_rows(events: Sequence[Event], first: int) -> Rows:
    """Bursts of events as an array of :data:`PART`; the row of the first of them is `first`."""
    groups = [
        (number, copy, bursts)
        for number, event in enumerate(events, first)
        for copy, bursts in ((False, event.bursts), (True, event.copies))
        if bursts
    ]
    parts = [burst for _, _, bursts in groups for burst in bursts]
    rows = np.empty(len(parts), PART)
    _fill(rows, parts)
    rows["event"] = [number for number, _, bursts in groups for _ in bursts]
    rows["copy"] = [copy for _, copy, bursts in groups for _ in bursts]
    return rows


def read_rows(readings: Iterable[Reading]) -> Rows:
    """What is kept of readings as an array of :data:`READ`."""
    return np.array([(r.burst.channel, r.onset, r.copy, r.neighbour) for r in readings], READ)


def lag_rows(lags: Iterable[Lag]) -> Rows:
    """Lags as an array of :data:`LAG`."""
    return np.array(list(lags), LAG)
