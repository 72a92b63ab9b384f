"""The fold: one loop for the live window, the recorder, the service and the batch run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.detection.detector import Detector, DetectorState
from emgspasm.dsp.envelope import Envelope, RmsEnvelope, RmsState
from emgspasm.dsp.filters import BandPass, Cascade, CascadeState, Filter
from emgspasm.dsp.screen import Screen, ScreenState
from emgspasm.dsp.stage import Response
from emgspasm.dsp.textbook.detectors import Bonato, HodgesBui, Lidierth, Tkeo
from emgspasm.dsp.textbook.state import TextbookState
from emgspasm.stream import Burst, Chunk, StreamInfo, emg_only, segments


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What a segment has come to, arrays a number an EMG channel.

    Parameters
    ----------
    missing, clipped, flat : ndarray of int
        Samples that are no signal.
    analyzed : ndarray of int
        Samples in which bursts were sought, settling left out.
    noise : ndarray of float
        Sum of the noise level over the analyzed samples.
    sought : ndarray of int, shape (n, 3)
        The stretches that those are: EMG channel, first sample, sample after the last, in order,
        on the time scale of the bursts.
    """

    missing: NDArray[np.int64]
    clipped: NDArray[np.int64]
    flat: NDArray[np.int64]
    analyzed: NDArray[np.int64]
    noise: NDArray[np.float64]
    sought: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What the pipeline made of one chunk.

    Parameters
    ----------
    chunk : Chunk
        The EMG columns of the chunk as they came in. Of zero rows at the end of a segment.
    filtered, envelope : Chunk
        The same samples after the filters and after the envelope; NaN where there is no signal.
    bursts : tuple of Burst
        Those that became certain; `channel` is a column of the stream.
    thresholds : ndarray, shape (3, n_emg_channels)
        Noise level, off and on threshold after this chunk; NaN while calibrating.
    begins : bool
        Whether the chunk is the first of a segment.
    settled : int
        Sample number from which the segment has settled.
    earliest : int
        Sample number before which no burst still to come begins.
    tally : Tally or None
        Of the whole segment, where it ends; None before.
    """

    chunk: Chunk
    filtered: Chunk
    envelope: Chunk
    bursts: tuple[Burst, ...]
    thresholds: NDArray[np.float64]
    begins: bool
    settled: int
    earliest: int
    tally: Tally | None = None


@dataclass(slots=True)
class PipelineState:
    """States of all stages within one segment."""

    columns: tuple[int, ...]
    screen: ScreenState
    filters: CascadeState
    envelope: RmsState | CascadeState
    detector: DetectorState | TextbookState
    settled: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Screen, filters, envelope, detector: parameters only.

    Parameters
    ----------
    screen : Screen
    filters : tuple of BandPass, HighPass or Notch
    envelope : RmsEnvelope or LinearEnvelope
    detector : Detector, HodgesBui, Bonato, Lidierth or Tkeo
    """

    screen: Screen = field(default_factory=Screen)
    filters: tuple[Filter, ...] = (BandPass(),)
    envelope: Envelope = field(default_factory=RmsEnvelope)
    detector: Detector | HodgesBui | Bonato | Lidierth | Tkeo = field(default_factory=Detector)

    @property
    def cascade(self) -> Cascade:
        """The filters as one stage."""
        return Cascade(self.filters)

    def delay(self, info: StreamInfo) -> float:
        """Seconds by which bursts are corrected: the filters' delay.

        The envelope's needs no correction: boundaries are sought in the filtered signal.
        """
        return self.cascade.delay(info)

    def settling(self, info: StreamInfo) -> float:
        """Seconds after a start that are marked as settling."""
        return self.cascade.settling(info) + self.envelope.settling(info)

    def response(self, info: StreamInfo) -> Response:
        """What the detector has to know of the stages before it."""
        ringing, fading = self.cascade.ringing(info)
        decay = self.cascade.decay(info)
        return Response(self.delay(info), self.settling(info), ringing, fading, decay)

    def certain(self, info: StreamInfo) -> float:
        """Seconds after its offset at which a burst is emitted, once calibrated."""
        fs = info.sampling_frequency
        return round(self.delay(info) * fs) / fs + self.detector.certain(fs)

    def init(self, info: StreamInfo, first: Chunk) -> PipelineState:
        """State before the first sample of a segment.

        Raises
        ------
        ValueError
            If the stream has no EMG channel, or its rate does not suit the filters.
        """
        columns = info.columns()
        if not columns:
            raise ValueError(f"no EMG channel among {', '.join(info.names)}; check the montage")
        emg = emg_only(info)
        chunk = _select(first, columns)
        return PipelineState(
            columns,
            self.screen.init(emg, chunk),
            self.cascade.init(emg, chunk),
            self.envelope.init(emg, chunk),
            self.detector.init(emg, self.response(emg)),
            settled=first.start + round(self.settling(emg) * info.sampling_frequency),
        )

    def step(
        self, state: PipelineState, chunk: Chunk, *, begins: bool = False
    ) -> tuple[PipelineState, Analysis]:
        """Fold one chunk; `state` is consumed."""
        emg = _select(chunk, state.columns)
        state.screen, screened = self.screen.step(state.screen, emg)
        state.filters, filtered = self.cascade.step(state.filters, screened)
        state.envelope, envelope = self.envelope.step(state.envelope, filtered)  # type: ignore[arg-type]  # the state is its own
        state.detector, bursts = self.detector.step(state.detector, filtered, envelope)  # type: ignore[arg-type]  # as above
        return state, _analysis(state, emg, filtered, envelope, bursts, begins=begins)

    def finish(self, state: PipelineState, stop: int) -> Analysis:
        """What becomes certain because the segment ends before sample `stop`."""
        nothing = Chunk(stop, np.empty((0, len(state.columns))))
        bursts = self.detector.finish(state.detector, stop)  # type: ignore[arg-type]  # the state is its own
        analysis = _analysis(state, nothing, nothing, nothing, bursts, begins=False)
        missing, clipped, flat = state.screen.counts
        analyzed, noise = state.detector.counted()
        sought = state.detector.stretches()
        return replace(analysis, tally=Tally(missing, clipped, flat, analyzed, noise, sought))


def analyze(pipeline: Pipeline, info: StreamInfo, chunks: Iterable[Chunk]) -> Iterator[Analysis]:
    """Fold a pipeline over chunks.

    Parameters
    ----------
    pipeline : Pipeline
    info : StreamInfo
        Of the chunks.
    chunks : iterable of Chunk
        In order; a jump of ``start`` ends a segment and begins the next.

    Yields
    ------
    Analysis
        One a chunk, and one of zero rows at the end of every segment.

    Raises
    ------
    TypeError
        If `pipeline` is none.
    ValueError
        If a chunk has another number of channels than `info`.
    """
    if not isinstance(pipeline, Pipeline):
        raise TypeError(
            f"pipeline is a {type(pipeline).__name__} (it is a Pipeline). That of a config is "
            "es.load_config(path).config.pipeline"
        )
    state: PipelineState | None = None
    stop, width = 0, len(info.channels)
    for begins, chunk in segments(chunks):
        if chunk.samples.shape[1] != width:
            raise ValueError(
                f"a chunk of {chunk.samples.shape[1]} channels at sample {chunk.start}; the stream "
                f"has {width}: {', '.join(info.names)}"
            )
        if begins:
            if state is not None:
                yield pipeline.finish(state, stop)
            state = pipeline.init(info, chunk)
        assert state is not None  # the first chunk begins a segment
        state, analysis = pipeline.step(state, chunk, begins=begins)
        stop = chunk.stop
        yield analysis
    if state is not None:
        yield pipeline.finish(state, stop)


def _select(chunk: Chunk, columns: tuple[int, ...]) -> Chunk:
    if columns == tuple(range(chunk.samples.shape[1])):
        return chunk
    return Chunk(chunk.start, np.ascontiguousarray(chunk.samples[:, columns]))


def _analysis(
    state: PipelineState,
    chunk: Chunk,
    filtered: Chunk,
    envelope: Chunk,
    bursts: tuple[Burst, ...],
    *,
    begins: bool,
) -> Analysis:
    columns = state.columns
    if bursts and columns != tuple(range(len(columns))):
        bursts = tuple(burst._replace(channel=columns[burst.channel]) for burst in bursts)
    thresholds = state.detector.thresholds()
    earliest = state.detector.earliest(chunk.stop)
    return Analysis(chunk, filtered, envelope, bursts, thresholds, begins, state.settled, earliest)
