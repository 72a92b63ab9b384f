"""Which ten seconds are shown, and their signal as it was analyzed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.results.measurement import suit
from emgspasm.stream import Chunk, StreamInfo

if TYPE_CHECKING:
    import pandas as pd

    from emgspasm.config import LoadedConfig
    from emgspasm.storage.stored import StoredRecording

LENGTH = 10.0
"""Seconds of an excerpt."""

BEFORE = 1.0
"""Seconds shown before a spasm that is too long for the middle of its excerpt."""

CALM = 50.0
"""Peaks in uV that rows have room for where no spasm told its own."""


OTHERS = ("blepharospasm", "myokymia", "blink")
"""Events of which a typical one is shown where there is no spasm, the first that there is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A stretch worth seeing.

    Parameters
    ----------
    name : str
        ``typical``, ``longest``, ``doubtful``; where there is no spasm one of :data:`OTHERS`, or
        ``rest``.
    event_id : str or None
        The event it is about.
    start : float
        Seconds from the start of the recording.
    """

    name: str
    event_id: str | None
    start: float

    @property
    def stop(self) -> float:
        """Seconds at which it ends."""
        return self.start + LENGTH


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """The signal of a choice.

    Parameters
    ----------
    choice : Choice
    info : StreamInfo
        Of the EMG channels.
    samples : ndarray, shape (n_samples, n_channels)
        Filtered as analyzed, in the unit of each channel; NaN where there is no signal.
    """

    choice: Choice
    info: StreamInfo
    samples: NDArray[np.float64]


def choose(events: pd.DataFrame, duration: float) -> list[Choice]:
    """The typical, the longest and the most doubtful spasm; without any, another event or none.

    Parameters
    ----------
    events : DataFrame
        Events table.
    duration : float
        Seconds of the recording.
    """
    settled = events["quality"] != "settling"  # what begins before that is not counted
    standing = events[(events["status"] != "rejected") & settled]
    spasms = standing[standing["trial_type"] == "spasm"]
    chosen: dict[str, str] = {}
    for name, order in (("typical", _typical), ("longest", _longest), ("doubtful", _doubtful)):
        left = spasms[~spasms["event_id"].isin(list(chosen.values()))]
        if len(left):
            chosen[name] = str(left.iloc[order(left)]["event_id"])
    if chosen:
        return [_around(name, events, event, duration) for name, event in chosen.items()]
    for name in OTHERS:
        others = standing[standing["trial_type"] == name]
        if len(others):
            typical = str(others.iloc[_typical(others)]["event_id"])
            return [_around(name, events, typical, duration)]
    return [Choice("rest", None, max(0.0, min(LENGTH, duration - LENGTH)))]


def _typical(events: pd.DataFrame) -> int:
    """Place of the event whose length is the median's, among those of the commonest class."""
    usual = events["class"].isna() | (events["class"] == events["class"].mode().max())
    distance = (events["duration"] - events["duration"][usual].median()).abs()
    return int(distance.where(usual, np.inf).to_numpy().argmin())


def _longest(events: pd.DataFrame) -> int:
    return int(events["duration"].to_numpy().argmax())


def _doubtful(events: pd.DataFrame) -> int:
    """Place of the event with the least confidence; where none is told, of the least one-sided."""
    measure = events["confidence"].astype(float)
    if measure.isna().all():
        measure = events["li"].astype(float).abs()
    return int(measure.fillna(np.inf).to_numpy().argmin())


def _around(name: str, events: pd.DataFrame, event_id: str, duration: float) -> Choice:
    rows = events[(events["event_id"] == event_id) & (events["trial_type"] != "burst")]
    onset, length = float(rows["onset"].iloc[0]), float(rows["duration"].iloc[0])
    before = max(BEFORE, (LENGTH - length) / 2)
    start = float(np.floor(onset - before))
    return Choice(name, event_id, max(0.0, min(start, np.ceil(duration - LENGTH))))


def read_excerpts(
    recording: StoredRecording, config: LoadedConfig, choices: Sequence[Choice]
) -> list[Excerpt]:
    """Filter the chosen stretches as the analysis did, with the seconds before that settle them."""
    pipeline, chunks, _ = suit(config, recording.info, recording)
    fs = recording.info.sampling_frequency
    lead = round(pipeline.settling(recording.info) * fs)
    delay = round(pipeline.delay(recording.info) * fs)
    windows = [(round(c.start * fs), round(c.stop * fs)) for c in choices]
    wanted = [(max(0, a - lead), min(recording.n_samples, b + delay)) for a, b in windows]
    pieces: list[list[Chunk]] = [[] for _ in choices]
    stop = max(b for _, b in wanted)
    for chunk in chunks:
        if chunk.start >= stop:
            break
        for kept, limits in zip(pieces, wanted, strict=True):
            kept.extend(_within(chunk, *limits))
    emg = recording.info.columns()
    channels = StreamInfo(fs, tuple(recording.info.channels[i] for i in emg))
    return [
        Excerpt(choice, channels, _filtered(pipeline, recording.info, kept, window, delay))
        for choice, kept, window in zip(choices, pieces, windows, strict=True)
    ]


def _within(chunk: Chunk, start: int, stop: int) -> Iterator[Chunk]:
    low, high = max(start, chunk.start), min(stop, chunk.stop)
    if low < high:
        part = chunk.samples[low - chunk.start : high - chunk.start]
        yield Chunk(low, np.ascontiguousarray(part))


def _filtered(
    pipeline: Pipeline,
    info: StreamInfo,
    pieces: Iterable[Chunk],
    window: tuple[int, int],
    delay: int,
) -> NDArray[np.float64]:
    """Samples of a window, moved by the filters' delay to where the muscle acted."""
    start, stop = window[0] + delay, window[1] + delay
    samples = np.full((stop - start, len(info.columns())), np.nan)
    for analysis in analyze(pipeline, info, pieces):
        for part in _within(analysis.filtered, start, stop):
            samples[part.start - start : part.stop - start] = part.samples
    return samples


def half_heights(excerpts: Sequence[Excerpt], strongest: float | None) -> dict[str, float]:
    """Half the height of a row by unit: one for all excerpts, in steps.

    Parameters
    ----------
    excerpts : sequence of Excerpt
    strongest : float or None
        Peaks of the strongest channel in uV. Up to twice of them have room, as far as the excerpts
        need it: artifacts may be cut off. Tables hold no peaks in other units: these have room for
        the largest sample shown.
    """
    return {
        unit: _step(
            _room(strongest, _largest(excerpts, unit)) if unit == "uV" else _largest(excerpts, unit)
        )
        for unit in {channel.unit for excerpt in excerpts for channel in excerpt.info.channels}
    }


def _room(strongest: float | None, largest: float) -> float:
    """What rows in uV have room for; where there is no spasm, for twice a calm muscle."""
    return min(max(largest, strongest), 2 * strongest) if strongest else 2 * CALM


def _largest(excerpts: Iterable[Excerpt], unit: str) -> float:
    """The largest magnitude of a unit; 1 where there is no signal."""
    found = [
        np.nanmax(np.abs(samples), initial=0.0)
        for excerpt in excerpts
        for channel, samples in zip(excerpt.info.channels, excerpt.samples.T, strict=True)
        if channel.unit == unit
    ]
    return float(max(found)) or 1.0


STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15)
"""Half heights, times a power of ten: fine enough that rows are filled [design]."""


def _step(value: float) -> float:
    """The next of :data:`STEPS` times a power of ten."""
    power = float(10.0 ** np.floor(np.log10(value)))
    return next(m * power for m in STEPS if m * power >= value)
