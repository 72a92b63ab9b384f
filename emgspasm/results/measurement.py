"""The two folds over a recording, and what they gather: bursts, events, counts of samples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emgspasm.config import LoadedConfig
from emgspasm.dsp.mains import fit_notch, missed
from emgspasm.dsp.pipeline import Analysis, Pipeline, Tally, analyze
from emgspasm.dsp.quality import MeanSpectrum, line_ratio
from emgspasm.results.findings import (
    BURST,
    EVENT,
    LAG,
    PART,
    READ,
    Findings,
    Rows,
    burst_rows,
    event_rows,
    lag_rows,
    part_rows,
    read_rows,
)
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import Burst, Chunk, Event, StreamInfo, emg_only
from emgspasm.synkinesis.events.lags import Lag
from emgspasm.synkinesis.folding import Folded, Folding, fold
from emgspasm.synkinesis.markers import PRIMES, Marker, markers
from emgspasm.synkinesis.measures.trials import LONGEST_TRIAL, MAXIMAL
from emgspasm.synkinesis.readings.reading import Reading


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """What folding over a recording gives.

    Parameters
    ----------
    pipeline : Pipeline
        What was folded.
    notices : tuple of str
        Why it differs from the config's, or should; empty if neither.
    found : Findings
        Bursts, and what they make together.
    tally : Tally
        Of the whole recording.
    present : int
        Samples that were there at all.
    line_frequency, line_ratio : ndarray of float
        Hz and dB, a number an EMG channel.
    """

    pipeline: Pipeline
    notices: tuple[str, ...]
    found: Findings
    tally: Tally
    present: int
    line_frequency: NDArray[np.float64]
    line_ratio: NDArray[np.float64]

    @property
    def bursts(self) -> Rows:
        """All bursts, in the order in which they became certain."""
        return self.found.bursts


def measure(recording: StoredRecording, config: LoadedConfig) -> Measurement:
    """Fold the pipeline, and the mean spectrum for the mains, over a recording."""
    info = recording.info
    pipeline, chunks, notice = suit(config, info, recording)
    spectrum = MeanSpectrum()
    state = spectrum.init(emg_only(info))
    marked = markers(recording.annotations, info.sampling_frequency, recording.n_samples)
    gathered = _Gathered(info, marked)
    analyses = analyze(pipeline, info, chunks)
    for analysis, folded in fold(Folding(), pipeline, info, analyses, recording.annotations):
        spectrum.step(state, analysis.chunk)
        gathered.add(analysis, folded)
    found, tally = gathered.findings(), gathered.tally()
    late = "" if config.config.mains == "off" else missed(pipeline, info, state)
    notices = tuple(filter(None, (notice, late)))
    return Measurement(pipeline, notices, found, tally, gathered.present, *line_ratio(state))


def suit(
    config: LoadedConfig, info: StreamInfo, chunks: Iterable[Chunk]
) -> tuple[Pipeline, Iterable[Chunk], str]:
    """The pipeline for this stream, the stream, and what was decided; see ``dsp.mains``."""
    if config.config.mains == "off":
        return config.pipeline, chunks, ""
    return fit_notch(config.pipeline, info, chunks)


MANY = 100
"""Bursts of which rows are made at a time. Of a few it takes twice as long; while many more wait,
Python looks for garbage among them, and in the end among all there is, which takes longer."""


@dataclass(slots=True)
class _Waiting:
    """What has become certain and waits to be made rows of."""

    bursts: list[Burst] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    lags: list[Lag] = field(default_factory=list)


@dataclass(slots=True)
class _Gathered:
    """What has become certain so far.

    Rows are kept as bytes, which grow in place: of many hours nothing is in memory twice. What came
    last waits to be made rows of, many at a time.
    """

    info: StreamInfo
    marked: tuple[Marker, ...]
    waiting: _Waiting = field(default_factory=_Waiting)
    bursts: bytearray = field(default_factory=bytearray)
    events: list[Rows] = field(default_factory=list)
    parts: bytearray = field(default_factory=bytearray)
    readings: bytearray = field(default_factory=bytearray)
    lags: bytearray = field(default_factory=bytearray)
    rho: NDArray[np.float64] = field(init=False)
    awaited: list[Marker] = field(init=False)
    envelopes: dict[tuple[Marker, int], list[NDArray[np.float64]]] = field(default_factory=dict)
    tallies: list[Tally] = field(default_factory=list)
    present: int = 0
    n_events: int = 0

    def __post_init__(self) -> None:
        n_channels = len(self.info.columns())
        self.rho = np.zeros((n_channels, n_channels))
        self.awaited = [marker for marker in self.marked if marker.task in PRIMES]

    def add(self, analysis: Analysis, folded: Folded) -> None:
        """Add what became certain, and the envelopes of trials."""
        self.present += len(analysis.chunk.samples)
        if analysis.tally is not None:
            self.tallies.append(analysis.tally)
        self.waiting.bursts += analysis.bursts
        self.waiting.events += folded.events
        self.waiting.readings += folded.readings
        self.waiting.lags += folded.lags
        if len(self.waiting.bursts) >= MANY:
            self._take_in()
        self.awaited = [m for m in self.awaited if analysis.chunk.start < m.offset]
        for marker in self.awaited:
            if marker.onset >= analysis.chunk.stop:
                break
            self._add_envelope(analysis, marker)

    def _take_in(self) -> None:
        """Make rows of what waits."""
        waited, self.waiting = self.waiting, _Waiting()
        self.bursts += burst_rows(waited.bursts).tobytes()
        self.events.append(event_rows(waited.events))
        self.parts += part_rows(waited.events, self.n_events).tobytes()
        self.n_events += len(waited.events)
        self.readings += read_rows(waited.readings).tobytes()
        self.lags += lag_rows(waited.lags).tobytes()
        if waited.readings:
            columns = np.array([reading.site.column for reading in waited.readings])
            rho = np.array([reading.rho for reading in waited.readings])
            for column in set(columns.tolist()):
                most = np.fmax.reduce(rho[columns == column])
                self.rho[column] = np.fmax(self.rho[column], most)

    def _add_envelope(self, analysis: Analysis, marker: Marker) -> None:
        first = analysis.chunk.start
        rows = slice(max(marker.onset - first, 0), marker.offset - first)
        short = marker.offset - marker.onset <= LONGEST_TRIAL * self.info.sampling_frequency
        for i, column in enumerate(self.info.columns()):
            if short or self.info.channels[column].muscle == MAXIMAL.get(marker.task):
                part = analysis.envelope.samples[rows, i].copy()
                self.envelopes.setdefault((marker, column), []).append(part)

    def findings(self) -> Findings:
        """All of it."""
        self._take_in()
        return Findings(
            np.frombuffer(self.bursts, BURST),
            np.concatenate([np.empty(0, EVENT), *self.events], dtype=EVENT),
            np.frombuffer(self.parts, PART),
            np.frombuffer(self.readings, READ),
            np.frombuffer(self.lags, LAG),
            self.rho,
            self._sought(),
            self.marked,
            self.envelopes,
            self.info.sampling_frequency,
        )

    def _sought(self) -> dict[int, NDArray[np.int64]]:
        """Stretches in which bursts were sought, by column of the stream."""
        sought = self.tally().sought
        return {
            column: sought[sought[:, 0] == i, 1:] for i, column in enumerate(self.info.columns())
        }

    def tally(self) -> Tally:
        """Of all segments together."""
        n = len(self.info.columns())
        nothing, counts = np.zeros(n, np.int64), self.tallies
        return Tally(
            missing=sum((t.missing for t in counts), nothing),
            clipped=sum((t.clipped for t in counts), nothing),
            flat=sum((t.flat for t in counts), nothing),
            analyzed=sum((t.analyzed for t in counts), nothing),
            noise=sum((t.noise for t in counts), np.zeros(n)),
            sought=np.concatenate([np.empty((0, 3), np.int64), *(t.sought for t in counts)]),
        )
