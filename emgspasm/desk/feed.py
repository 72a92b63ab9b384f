"""What the window knows of a stream: samples of the last minute, and all that was found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from emgspasm.desk.shaping import Shaper
from emgspasm.desk.strip import BURST, EVENTS, PROVISIONAL, Strip
from emgspasm.dsp.pipeline import Analysis, Pipeline
from emgspasm.stream import Annotation, Burst, Chunk, Event, StreamInfo, emg_only
from emgspasm.synkinesis.folding import Folded
from emgspasm.synkinesis.measures import validity

LONGEST_BASE = 60.0
"""Seconds: the longest time base."""

LONGEST_EVENT = 60.0
"""Seconds before a stretch in which an event that reaches into it is looked for."""

EVERY = 0.25
"""Seconds between thresholds that are remembered for the whole session."""

Stretch = tuple[int, int]

Item = TypeVar("Item", Burst, Event)


@dataclass(slots=True)
class Found:
    """All that was found in a stream so far, in order of onset.

    Parameters
    ----------
    slack : int
        Samples before a stretch in which what reaches into it is looked for.
    events : list of Event
    bursts : list of Burst
    gaps : list of (int, int)
        Missing samples, half open.
    markers : list of Annotation
    provisional : tuple of Event
        What may still change.
    remarks : dict of (int, int) to str
        What an expert says of events, by onset and offset.
    """

    slack: int
    events: list[Event] = field(default_factory=list)
    bursts: list[Burst] = field(default_factory=list)
    gaps: list[Stretch] = field(default_factory=list)
    markers: list[Annotation] = field(default_factory=list)
    provisional: tuple[Event, ...] = ()
    remarks: dict[Stretch, str] = field(default_factory=dict)

    def add(self, bursts: tuple[Burst, ...], events: tuple[Event, ...]) -> None:
        """Add what became certain."""
        for burst in bursts:
            insort(self.bursts, burst, key=_ONSET)
        for event in events:
            insort(self.events, event, key=_ONSET)

    def amend(self, before: Event, now: Event) -> None:
        """Put an event in the place of one that is called otherwise now."""
        first = bisect_left(self.events, before.onset, key=_ONSET)
        for k in range(first, bisect_right(self.events, before.onset, key=_ONSET)):
            if self.events[k] == before:
                self.events[k] = now

    def bursts_in(self, start: int, stop: int) -> Iterator[Burst]:
        """Bursts that touch a stretch."""
        return _touching(self.bursts, start, stop, self.slack)

    def events_in(self, start: int, stop: int) -> Iterator[Event]:
        """Events that touch a stretch."""
        return _touching(self.events, start, stop, self.slack)


class Levels:
    """Thresholds and valid time over a stream, as far apart as :data:`EVERY` at least.

    Parameters
    ----------
    n_channels : int
    spacing : int
        Samples.

    Attributes
    ----------
    known : ndarray of bool, shape (n_channels,)
        In which channels bursts were sought at any time.
    """

    def __init__(self, n_channels: int, spacing: int) -> None:
        self._spacing = spacing
        self._stops: list[int] = []
        self._levels: list[NDArray[np.float64]] = []
        self._valid: list[int] = []
        self._unknown = np.full((3, n_channels), np.nan)
        self._newest = 0, self._unknown
        self.known = np.zeros(n_channels, bool)

    def add(self, stop: int, levels: NDArray[np.float64], valid: int) -> None:
        """Add what holds before sample `stop`.

        Parameters
        ----------
        stop : int
        levels : ndarray, shape (3, n_channels)
            Noise level, off and on threshold.
        valid : int
            Samples in which bursts were sought, from the beginning of the stream.
        """
        self.known |= np.isfinite(levels[0])
        if stop > self._newest[0]:  # the end of a stream comes once more, without levels
            self._newest = stop, levels
        if not self._stops or stop >= self._stops[-1] + self._spacing:
            self._stops.append(stop)
            self._levels.append(levels)
            self._valid.append(valid)

    def at(self, sample: int) -> NDArray[np.float64]:
        """Noise level, off and on threshold at a sample; NaN where not known."""
        k = bisect_right(self._stops, sample)
        if k < len(self._levels):
            return self._levels[k]
        stop, levels = self._newest
        return levels if sample <= stop else self._unknown  # what ends there holds at the end too

    def valid(self, sample: int) -> int:
        """Samples before this one in which bursts were sought."""
        k = bisect_right(self._stops, sample)
        before = self._valid[k - 1] if k else 0
        if k == len(self._stops):
            return before
        return max(before, self._valid[k] - (self._stops[k] - sample))  # settling comes first


class Feed:
    """A stream as the window sees it: filled from a live session or a stored recording.

    Parameters
    ----------
    info : StreamInfo
        The whole stream.
    pipeline : Pipeline
        What is known of clipping.
    seconds : float
        How much is kept of the samples.

    Attributes
    ----------
    strip : Strip
    found : Found
    thresholds : ndarray, shape (3, n_emg)
        Noise level, off and on threshold now, in uV; NaN while calibrating.
    levels_log : Levels
        Thresholds of the whole stream.
    valid : int
        Samples in which bursts were sought, less those in which an artifact hid all channels.
    silent : bool
        Whether nothing comes for now: what came last says nothing of the present.
    """

    def __init__(self, info: StreamInfo, pipeline: Pipeline, seconds: float = LONGEST_BASE) -> None:
        self.info, self.emg = info, emg_only(info)
        self.sampling_frequency = info.sampling_frequency
        self.column_of = {column: i for i, column in enumerate(info.columns())}
        self.limits = pipeline.screen.clip_fraction * np.array(
            [channel.full_scale for channel in self.emg.channels]
        )
        self.strip = self.new_strip(seconds)
        self.found = Found(round(LONGEST_EVENT * self.sampling_frequency))
        self.thresholds = np.full((3, len(self.column_of)), np.nan)
        self.levels_log = Levels(len(self.column_of), round(EVERY * self.sampling_frequency))
        self.valid = 0
        self.silent = False
        self._early: Shaper | None = Shaper(pipeline, info)

    def new_strip(self, seconds: float) -> Strip:
        """An empty strip for this stream."""
        strip = Strip(self.sampling_frequency, len(self.column_of), seconds)
        strip.limits = self.limits
        return strip

    def stored(self, chunk: Chunk) -> None:
        """Take a chunk that was recorded, all columns of the stream."""
        self._gap(chunk.start)
        self.strip.write_raw(chunk.start, chunk.samples[:, self.info.columns()])
        if self._early is not None:  # the analysis waits some seconds to know the mains
            shaped = self._early.take(chunk)
            self.strip.preview(shaped.filtered, shaped.envelope)

    def take(self, analysis: Analysis, folded: Folded) -> list[Stretch]:
        """Take what was made of a chunk; the samples that look different now."""
        chunk = analysis.chunk
        stale: list[Stretch | None] = []
        if self._early is not None:
            self._early = None
            stale.append((self.strip.start, self.strip.stop))
        sought = max(0, chunk.stop - max(chunk.start, analysis.settled))
        self.count_valid(sought, folded.events)
        if len(chunk.samples):
            self._gap(chunk.start)
            self.thresholds = analysis.thresholds
            self.levels_log.add(chunk.stop, analysis.thresholds, self.valid)
            self.strip.write(chunk, analysis.filtered, analysis.envelope, analysis.thresholds)
        self.found.add(analysis.bursts, folded.events)
        stale.append(self.mark_all(analysis.bursts, folded.events))
        for before, now in folded.amended:
            self.found.amend(before, now)
            self.strip.unmark(before.onset, before.offset, EVENTS)
            stale.append(self.mark(self.strip, before.onset, before.offset))
        if folded.provisional is not None and folded.provisional != self.found.provisional:
            stale += self._provisional(folded.provisional)
        return [span for span in stale if span]

    def count_valid(self, sought: int, events: Iterable[Event]) -> None:
        """Count samples in which bursts were sought, less those in which nothing could be seen."""
        told = {c for c, i in self.column_of.items() if self.levels_log.known[i]}
        hidden = (validity.hidden(event, told, self.sampling_frequency) for event in events)
        self.valid += sought - sum(hidden)

    def _provisional(self, events: tuple[Event, ...]) -> list[Stretch]:
        """Mark what may still change, in place of what was marked so before."""
        before, self.found.provisional = self.found.provisional, events
        for event in before:
            self.strip.unmark(event.onset, event.offset, EVENTS | PROVISIONAL)
            self.mark(self.strip, event.onset, event.offset)
        for event in events:
            self.strip.mark_event(event, self.column_of, PROVISIONAL)
        return [(event.onset, event.offset) for event in (*before, *events)]

    def mark_all(self, bursts: tuple[Burst, ...], events: tuple[Event, ...]) -> Stretch | None:
        """Mark what became known; the samples that look different now, if any do."""
        for burst in bursts:
            self._mark_burst(self.strip, burst)
        for event in events:
            self.strip.mark_event(event, self.column_of)
        items: list[Burst | Event] = [*bursts, *events]
        if not items:
            return None
        return min(item.onset for item in items), max(item.offset for item in items)

    def mark(self, strip: Strip, start: int, stop: int) -> Stretch:
        """Mark what was found in samples of a strip; returns these samples."""
        for burst in self.found.bursts_in(start, stop):
            self._mark_burst(strip, burst)
        for event in self.found.events_in(start, stop):
            strip.mark_event(event, self.column_of)
        return start, stop

    @property
    def untold(self) -> frozenset[str]:
        """Sides (``L``, ``R``) whose spasms cannot be told, and ``B`` where blinks cannot.

        In their muscles bursts were never sought, though in others they were: that none was found
        means nothing, and tables are n/a there.
        """
        known = self.levels_log.known
        if not known.any():
            return frozenset()
        moment = np.array([[0, 1]], np.int64)
        sought = {c: moment[: int(k)] for c, k in zip(self.column_of, known, strict=True)}
        return frozenset(s for s in "LRB" if not len(validity.of_side(self.info, sought, s)))

    def levels(self, seconds: float) -> NDArray[np.float64]:
        """RMS of the envelope of each channel over the latest seconds; NaN where unknown."""
        if self.silent:
            return np.full(len(self.column_of), np.nan)
        stop = self.strip.analyzed
        rows = self.strip.read("envelope", stop - round(seconds * self.sampling_frequency), stop)
        known = np.isfinite(rows)
        counts = known.sum(axis=0)
        power = np.square(rows, where=known, out=np.zeros_like(rows)).sum(axis=0)
        level: NDArray[np.float64] = np.where(
            counts, np.sqrt(power / np.maximum(counts, 1)), np.nan
        ).astype(float)
        return level

    def _mark_burst(self, strip: Strip, burst: Burst) -> None:
        strip.mark(self.column_of[burst.channel], burst.onset, burst.offset, BURST)

    def _gap(self, start: int) -> None:
        if start > self.strip.stop:
            self.found.gaps.append((self.strip.stop, start))


_ONSET = attrgetter("onset")


def _touching(items: list[Item], start: int, stop: int, slack: int) -> Iterator[Item]:
    first = bisect_left(items, start - slack, key=_ONSET)
    for item in items[first : bisect_left(items, stop, key=_ONSET)]:
        if item.offset > start:
            yield item
