"""The second fold: bursts of all muscles become events, under the laws of the first.

Bursts come in the order in which they became certain. They wait until no burst that begins earlier
can come any more (the watermark ``Analysis.earliest``), so that everything after happens in order
of onset, whatever the chunks were: bursts that overlap form a cluster, a closed cluster is told
apart into acts, and acts of a side with short gaps form a spasm, which is said when none can join.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from emgspasm.dsp.pipeline import Analysis, Pipeline
from emgspasm.stream import Annotation, Event, StreamInfo, emg_only
from emgspasm.synkinesis import history as past
from emgspasm.synkinesis.history import History
from emgspasm.synkinesis.judging import Act, Company, Rules, acts
from emgspasm.synkinesis.markers import Marker, markers
from emgspasm.synkinesis.naming import Chain, artifact, blink, movement, spasms
from emgspasm.synkinesis.reading import Reading, Site, read, sites

CLUSTER_GAP = 0.010
"""Seconds; bursts that begin later than this after all others ended are another cluster."""

LONGEST = 20.0
"""Seconds after which a cluster that never pauses is cut [design]."""


@dataclass(slots=True)
class FoldState:
    """What waits within one segment."""

    fs: float
    sites: dict[int, Site]
    history: History
    marked: tuple[Marker, ...]
    waiting: list[tuple[int, int, int, Reading]] = field(default_factory=list)
    unread: list[object] = field(default_factory=list)
    cluster: list[Reading] = field(default_factory=list)
    cluster_stop: int = 0
    chains: dict[str, Chain] = field(default_factory=dict)
    rhythmic: dict[int, int] = field(default_factory=dict)
    company: Company = field(default_factory=Company)


@dataclass(frozen=True, slots=True)
class Folding:
    """How bursts are folded into events.

    Parameters
    ----------
    rules : Rules
        What tells bursts apart.
    gap : float
        Seconds; bursts of one side with shorter gaps form one spasm (clinical facts 4).
    patience : float
        Seconds for which bursts of a single muscle wait for more: the longest interval of a
        rhythm of one a second (clinical facts 2), and a tenth.
    """

    rules: Rules = field(default_factory=Rules)
    gap: float = 0.5
    patience: float = 1.1

    def init(
        self,
        pipeline: Pipeline,
        info: StreamInfo,
        start: int,
        annotations: Iterable[Annotation] = (),
    ) -> FoldState:
        """State before the first sample of a segment.

        Parameters
        ----------
        pipeline : Pipeline
            What finds the bursts.
        info : StreamInfo
        start : int
            First sample.
        annotations : iterable of Annotation
            Task markers among them are used.
        """
        fs = info.sampling_frequency
        shift = round(pipeline.delay(emg_only(info)) * fs)
        held = pipeline.detector.baseline.calibration + pipeline.certain(emg_only(info))
        history = past.begin(fs, len(info.columns()), start, shift, held)
        return FoldState(fs, sites(info), history, markers(annotations, fs))

    def step(self, state: FoldState, analysis: Analysis) -> tuple[FoldState, tuple[Event, ...]]:
        """Fold one analysis; `state` is consumed. Events are in the order they became certain."""
        ends = len(analysis.chunk.samples) == 0
        past.append(state.history, analysis.filtered)
        state.unread += analysis.bursts
        if not (past.known(state.history) or ends):
            return state, ()
        for burst in state.unread:
            reading = read(burst, state.sites[burst.channel], state.history)
            heapq.heappush(state.waiting, (burst.onset, burst.channel, burst.offset, reading))
        state.unread.clear()
        events: list[Event] = []
        watermark = analysis.earliest
        while state.waiting and (ends or state.waiting[0][0] < watermark):
            self._take(state, heapq.heappop(state.waiting)[-1], events)
        self._advance(state, None if ends else watermark, events)
        return state, tuple(events)

    def _take(self, state: FoldState, reading: Reading, events: list[Event]) -> None:
        """Put the next reading in order of onset into the cluster."""
        self._advance(state, reading.onset, events)
        if state.cluster and reading.onset - state.cluster[0].onset > LONGEST * state.fs:
            self._close_cluster(state, events)
        state.cluster.append(reading)
        state.cluster_stop = max(state.cluster_stop, reading.offset)

    def _advance(self, state: FoldState, now: int | None, events: list[Event]) -> None:
        """Close what can no longer change, given that all bursts to come begin at `now` or later.

        None is the end of the segment.
        """
        if state.cluster:
            stop = state.cluster_stop + round(CLUSTER_GAP * state.fs)
            if now is not None and now < stop:
                now = state.cluster[0].onset
            else:
                self._close_cluster(state, events)
        due = [c for c in state.chains.values() if now is None or self._closing(c, state) <= now]
        for chain in sorted(due, key=lambda c: (self._closing(c, state), c.side)):
            del state.chains[chain.side]
            self._say(chain, state, events)

    def _closing(self, chain: Chain, state: FoldState) -> int:
        """Sample at which nothing can join a chain any more."""
        return chain.offset + round((self.patience if chain.doubtful else self.gap) * state.fs)

    def _close_cluster(self, state: FoldState, events: list[Event]) -> None:
        for act in acts(state.cluster, self.rules, state.company, state.fs):
            if act.kind == "blink":
                events.append(blink(act, state.marked, state.fs))
            elif act.kind == "artifact":
                events.append(artifact(act, state.marked, state.fs))
            else:
                self._join(state, act, events)
        state.cluster.clear()
        state.cluster_stop = 0

    def _join(self, state: FoldState, act: Act, events: list[Event]) -> None:
        """Add an act to the chain of its side, or begin a new one."""
        chain = state.chains.get(act.side)
        if chain is not None and act.onset >= self._closing(chain, state):
            del state.chains[act.side]
            self._say(chain, state, events)
            chain = None
        if chain is None:
            chain = state.chains[act.side] = Chain(act.side)
        chain.add(act)

    def _say(self, chain: Chain, state: FoldState, events: list[Event]) -> None:
        if chain.side == "B":
            events.append(movement(chain, state.marked, state.fs))
        else:
            gap = round(self.gap * state.fs)
            events += spasms(chain, state.marked, state.rhythmic, gap, state.fs)


def fold(
    folding: Folding,
    pipeline: Pipeline,
    info: StreamInfo,
    analyses: Iterable[Analysis],
    annotations: Sequence[Annotation] = (),
) -> Iterator[tuple[Analysis, tuple[Event, ...]]]:
    """Fold analyses into events.

    Yields
    ------
    Analysis
        As it came.
    tuple of Event
        Those that became certain with it.
    """
    state: FoldState | None = None
    for analysis in analyses:
        if analysis.begins:
            state = folding.init(pipeline, info, analysis.chunk.start, annotations)
        assert state is not None  # the first analysis begins a segment
        state, events = folding.step(state, analysis)
        yield analysis, events
