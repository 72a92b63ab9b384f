"""The newest minute of a stream as the screen draws it: a ring of samples and of what they mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Chunk, Event, EventType

BURST, SPASM, BLINK, VOLUNTARY, ARTIFACT, GAP, CLIPPED, FLAT = (1 << k for k in range(8))
PROVISIONAL = 1 << 8
"""What a sample is part of: bits of :attr:`Strip.marks`."""

EVENTS = SPASM | BLINK | VOLUNTARY | ARTIFACT

MARKED: dict[EventType, int] = {
    "spasm": SPASM,
    "blink": BLINK,
    "voluntary": VOLUNTARY,
    "artifact": ARTIFACT,
}
"""Events with bits of their own, in the order of these."""

MARK_OF: dict[EventType, int] = MARKED | {"blepharospasm": SPASM, "myokymia": SPASM}
"""Bits of all: what is involuntary looks alike."""

TRACKS = ("raw", "filtered", "envelope")

STEP = 0.05
"""Seconds between the thresholds that are kept."""


class Strip:
    """Samples, thresholds and marks of the EMG channels, the newest `seconds` of them.

    A sample's place is its number modulo the capacity, so nothing moves as time goes on.

    Parameters
    ----------
    sampling_frequency : float
        Hertz.
    n_channels : int
        EMG channels.
    seconds : float
        How much is kept, at least.

    Attributes
    ----------
    start, stop : int
        Sample numbers of what is held, half open.
    tracks : dict of ndarray of float32, shape (n_channels, capacity)
        ``raw``, ``filtered``, ``envelope``; NaN where there is no signal.
    marks : ndarray of uint16, shape (n_channels, capacity)
    thresholds : ndarray of float32, shape (3, n_channels, capacity // step)
        Noise level, off and on threshold.
    limits : ndarray, shape (n_channels,)
        Magnitude from which a sample is clipped.
    """

    def __init__(self, sampling_frequency: float, n_channels: int, seconds: float) -> None:
        self.step = max(1, round(STEP * sampling_frequency))
        cells = int(np.ceil(seconds * sampling_frequency / self.step)) + 2
        self.capacity = cells * self.step
        shape = n_channels, self.capacity
        self.tracks = {name: np.full(shape, np.nan, np.float32) for name in TRACKS}
        self.marks = np.zeros(shape, np.uint16)
        self.thresholds = np.full((3, n_channels, cells), np.nan, np.float32)
        self.limits = np.full(n_channels, np.inf)
        self.start = self.stop = 0
        self.analyzed = 0

    def begin(self, start: int) -> None:
        """Forget everything; the next sample is number `start`."""
        self.start = self.stop = self.analyzed = start

    def write_raw(self, start: int, samples: NDArray[np.float64]) -> None:
        """Write samples of shape (n_samples, n_channels) as they came; a jump is a gap.

        Those that are there already stay: chunks and their analysis come by two ways, and either
        may be first.
        """
        known = max(0, self.stop - start)
        start, samples = start + known, samples[known:]
        if not len(samples):
            return
        if start > self.stop:
            self._skip(start)
        stop = start + len(samples)
        self._clear(self.stop, stop)
        self._put("raw", start, samples)
        self.stop = stop
        self.start = max(self.start, stop - self.capacity)
        self._clip(start, samples)

    def write(
        self, chunk: Chunk, filtered: Chunk, envelope: Chunk, levels: NDArray[np.float64]
    ) -> None:
        """Write what was made of samples; the samples too if they are not there yet.

        Parameters
        ----------
        chunk, filtered, envelope : Chunk
            The same samples as they came, after the filters, after the envelope.
        levels : ndarray, shape (3, n_channels)
            Noise level, off and on threshold after them; NaN where not known.
        """
        if not len(chunk.samples):
            return
        self.write_raw(chunk.start, chunk.samples)
        self._put("filtered", chunk.start, filtered.samples)
        self._put("envelope", chunk.start, envelope.samples)
        self._flat(chunk.start, chunk.samples, filtered.samples)
        self._level(chunk.start, chunk.stop, levels)
        self.analyzed = chunk.stop

    def preview(self, filtered: Chunk, envelope: Chunk) -> None:
        """Write what samples will about look like, until what was made of them is written."""
        if filtered.start >= self.start and filtered.stop <= self.stop:
            self._put("filtered", filtered.start, filtered.samples)
            self._put("envelope", envelope.start, envelope.samples)
            self.analyzed = filtered.stop

    def reach(self, stop: int) -> None:
        """Say that time has got to `stop`: what is not there up to it is missing."""
        if stop > self.stop:
            self._skip(stop)

    def reach_blank(self, stop: int) -> None:
        """Say that time has got to `stop`, without a word on what is there."""
        if stop > self.stop:
            self._clear(self.stop, stop)
            self.stop = stop
            self.start = max(self.start, stop - self.capacity)

    def copy_from(self, other: Strip, start: int, stop: int) -> None:
        """Take a stretch that another strip of the same stream holds."""
        self.begin(start)
        self.stop = max(start, stop)
        self.analyzed = min(other.analyzed, self.stop)
        rows = np.arange(start, self.stop)
        here, there = rows % self.capacity, rows % other.capacity
        for name, track in self.tracks.items():
            track[:, here] = other.tracks[name][:, there]
        self.marks[:, here] = other.marks[:, there]
        cells = np.unique(rows // self.step)
        n_here, n_there = self.thresholds.shape[2], other.thresholds.shape[2]
        self.thresholds[:, :, cells % n_here] = other.thresholds[:, :, cells % n_there]

    def unmark(self, start: int, stop: int, what: int) -> None:
        """Take a mark from samples of all channels, as far as they are held."""
        for place in self._places(max(start, self.start), min(stop, self.stop)):
            self.marks[:, place] &= 0xFFFF ^ what

    def mark(self, channel: int, onset: int, offset: int, what: int) -> None:
        """Mark samples of a channel, as far as they are held."""
        for place in self._places(max(onset, self.start), min(offset, self.stop)):
            self.marks[channel, place] |= what

    def mark_event(self, event: Event, column_of: dict[int, int], more: int = 0) -> None:
        """Mark an event in the channels it shows in; `column_of` maps stream columns to EMG's."""
        what = MARK_OF[event.trial_type] | more
        for column in {burst.channel for burst in event.bursts}:
            self.mark(column_of[column], event.onset, event.offset, what)

    def read(self, name: str, start: int, stop: int) -> NDArray[np.float32]:
        """Samples of a track, shape (stop - start, n_channels), NaN where they are not held."""
        out = np.full((max(0, stop - start), len(self.marks)), np.nan, np.float32)
        low, high = max(start, self.start), min(stop, self.stop)
        row = low - start
        for place in self._places(low, high):
            part = self.tracks[name][:, place].T
            out[row : row + len(part)] = part
            row += len(part)
        return out

    def levels_at(self, channel: int, sample: int) -> tuple[float, float, float]:
        """Noise level, off and on threshold of a channel at a sample; NaN where not known."""
        base, off, on = self.thresholds[:, channel, sample // self.step % self.thresholds.shape[2]]
        return float(base), float(off), float(on)

    def recent_marks(self, n_samples: int) -> NDArray[np.uint16]:
        """Marks of the newest samples, shape (n_channels, at most n_samples)."""
        rows = np.arange(max(self.start, self.stop - n_samples), self.stop) % self.capacity
        return self.marks[:, rows]

    def _skip(self, start: int) -> None:
        first = max(self.stop, start - self.capacity)
        self._clear(first, start)
        for place in self._places(first, start):
            self.marks[:, place] = GAP
        self.stop = start
        self.start = max(self.start, start - self.capacity)

    def _clear(self, start: int, stop: int) -> None:
        for place in self._places(max(start, stop - self.capacity), stop):
            for track in self.tracks.values():
                track[:, place] = np.nan
            self.marks[:, place] = 0
        cells = np.arange(-(-start // self.step), -(-stop // self.step))
        self.thresholds[:, :, cells[-self.thresholds.shape[2] :] % self.thresholds.shape[2]] = (
            np.nan
        )

    def _put(self, name: str, start: int, samples: NDArray[np.float64]) -> None:
        """Put samples where they belong; those that are held no more have no place."""
        first = max(start, start + len(samples) - self.capacity, self.start)
        row = first - start
        for place in self._places(first, start + len(samples)):
            n = place.stop - place.start
            self.tracks[name][:, place] = samples[row : row + n].T
            row += n

    def _clip(self, start: int, samples: NDArray[np.float64]) -> None:
        clipped = np.abs(samples) >= self.limits
        if clipped.any():
            self._spot(start, clipped, CLIPPED)

    def _flat(
        self, start: int, samples: NDArray[np.float64], filtered: NDArray[np.float64]
    ) -> None:
        """Mark what the screen held back though it is neither missing nor clipped."""
        held = np.isnan(filtered)
        if held.any():
            flat = held & np.isfinite(samples) & (np.abs(samples) < self.limits)
            self._spot(start, flat, FLAT)
            self._spot(start, np.isnan(samples), GAP)

    def _spot(self, start: int, where: NDArray[np.bool_], what: int) -> None:
        rows, columns = np.nonzero(where)
        keep = start + rows >= self.start
        self.marks[columns[keep], (start + rows[keep]) % self.capacity] |= what

    def _level(self, start: int, stop: int, levels: NDArray[np.float64]) -> None:
        """Keep thresholds; the first said of a cell stays, whatever the chunks were."""
        cells = self.thresholds.shape[2]
        for cell in range(max(start, self.start) // self.step, -(-stop // self.step)):
            place = self.thresholds[:, :, cell % cells]
            np.copyto(place, levels, where=np.isnan(place), casting="same_kind")

    def _places(self, start: int, stop: int) -> list[slice]:
        """Where samples lie: one stretch, or two around the end of the ring."""
        if start >= stop:
            return []
        low, high = start % self.capacity, (stop - 1) % self.capacity + 1
        if low < high:
            return [slice(low, high)]
        return [slice(low, self.capacity), slice(0, high)]
