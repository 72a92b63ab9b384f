"""The second fold: bursts of all muscles become events, under the laws of the first.

Bursts come in the order in which they became certain. They wait until no burst that begins earlier
can come any more (the watermark ``Analysis.earliest``), so that everything after happens in order
of onset, whatever the chunks were: bursts that overlap form a cluster, a closed cluster is told
apart into acts, and acts of a side with short gaps form a spasm, which is said when none can join.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter

from emgspasm.dsp.pipeline import Analysis, Pipeline
from emgspasm.stream import Annotation, Event, StreamInfo
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.clusters import Cluster
from emgspasm.synkinesis.acts.judging import acts
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.verdicts import is_background
from emgspasm.synkinesis.events.amending import Amendment, Said, amend, remember
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.experience import note_eye_bursts, note_eyes, note_sharing
from emgspasm.synkinesis.events.eyes import against_usual, note_balance
from emgspasm.synkinesis.events.lags import RECENT, Lag, is_at_hand, lags
from emgspasm.synkinesis.events.naming import artifact, blink, movement
from emgspasm.synkinesis.events.spasms import Naming, spasms
from emgspasm.synkinesis.events.trains import of_train
from emgspasm.synkinesis.markers import Schedule, concerns_tasks, markers
from emgspasm.synkinesis.memory import FoldState, copied, fresh
from emgspasm.synkinesis.readings import history as past
from emgspasm.synkinesis.readings.reading import Reading, read


@dataclass(frozen=True, slots=True)
class Folded:
    """What became certain in a step.

    Parameters
    ----------
    events : tuple of Event
        In the order in which they became certain.
    readings : tuple of Reading
        Of the bursts that were read, in order of onset.
    lags : tuple of Lag
        Between muscles that begin a spasm together; none under 1000 Hz, nor of the longest.
    amended : tuple of (Event, Event)
        Events said before that are called otherwise since a marker came late: as said, and now.
    provisional : tuple of Event or None
        What is not certain yet: the events that would be said were the segment to end here. They
        take the place of all provisional ones before. None where nothing new is known of them,
        and where they were not asked for.
    """

    events: tuple[Event, ...] = ()
    readings: tuple[Reading, ...] = ()
    lags: tuple[Lag, ...] = ()
    amended: tuple[Amendment, ...] = ()
    provisional: tuple[Event, ...] | None = None


@dataclass(slots=True)
class Saying:
    """What a step has made certain so far; `namings` are by the index of their event."""

    events: list[Event] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    lags: list[Lag] = field(default_factory=list)
    namings: dict[int, Naming] = field(default_factory=dict)

    def tell(self, event: Event, naming: Naming) -> None:
        """Add an event that other markers may name otherwise."""
        self.namings[len(self.events)] = naming
        self.events.append(event)


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
        return fresh(pipeline, info, start, annotations)

    def step(self, state: FoldState, analysis: Analysis) -> tuple[FoldState, Folded]:
        """Fold one analysis; `state` is consumed.

        An analysis without rows ends the segment: everything is said.
        """
        ends = len(analysis.chunk.samples) == 0
        past.append(state.history, analysis.filtered)
        state.unread += analysis.bursts
        if not (past.known(state.history) or ends):
            return state, Folded()
        state.waiting += read(state.unread, state.sites, state.history)
        state.waiting.sort(key=_place)
        state.unread.clear()
        said = Saying()
        now = None if ends else analysis.earliest
        self._take(state, now, said)
        self._advance(state, now, said)
        while state.begun and (ends or is_at_hand(state.begun[0], state.history)):
            said.lags += lags(state.begun.popleft(), state.history)
        remember(state.said, said.events, said.namings, analysis.chunk.stop, state.fs)
        return state, Folded(tuple(said.events), tuple(said.readings), tuple(said.lags))

    def provisional(self, state: FoldState) -> tuple[Event, ...]:
        """What would be said were the segment to end here; `state` stays as it is."""
        if not past.known(state.history):
            return ()
        imagined = replace(
            state,
            cluster=replace(state.cluster, readings=state.cluster.readings.copy()),
            chains={side: replace(c, acts=c.acts.copy()) for side, c in state.chains.items()},
            known=copied(state.known),
            blinks=copied(state.blinks),
            begun=state.begun.copy(),
        )
        said = Saying()
        self._take(imagined, None, said)
        self._advance(imagined, None, said)
        return tuple(said.events)

    def _take(self, state: FoldState, now: int | None, said: Saying) -> None:
        """Put the readings that begin before `now` (None: all) into clusters, in order of onset."""
        waiting = state.waiting
        n = len(waiting) if now is None else bisect_left(waiting, now, key=_onset)
        coming, state.waiting = waiting[:n], waiting[n:]
        rhythmic = state.known.rhythmic
        for reading in coming:
            onset = reading.onset
            if onset >= state.cluster.closing:
                self._advance(state, onset, said)
            state.reached = max(state.reached, reading.offset)
            if onset > state.cluster.latest:
                self._close_cluster(state, said)
            rests = reading.tonic and is_background(reading)  # most muscles do nothing all the time
            if rests and not of_train(reading, rhythmic, state.fs):  # but of a myokymia
                continue
            state.cluster.add(reading)
        said.readings += coming

    def _advance(self, state: FoldState, now: int | None, said: Saying) -> None:
        """Close what can no longer change, given that all bursts to come begin at `now` or later.

        None is the end of the segment.
        """
        if state.cluster.readings:
            if now is not None and now < state.cluster.closing:
                return
            self._close_cluster(state, said)
        if not state.chains:
            return
        due = [c for c in state.chains.values() if now is None or c.closing <= now]
        if len(due) > 1:
            due.sort(key=_close)
        for chain in due:
            del state.chains[chain.side]
            self._say(chain, state, said)

    def _close_cluster(self, state: FoldState, said: Saying) -> None:
        readings = against_usual(state.cluster.readings, state.known)
        joins = state.known.eye_joins
        found = acts(readings, self.rules, state.blinks, state.fs, joins)
        for act in found:
            if act.kind != "artifact":
                note_eye_bursts(act, state.known, state.fs)
            if act.kind in ("blink", "twitch"):
                note_eyes(act, state.known)
                note_balance(act, found, state.known, state.fs)
            if act.kind in ("movement", "twitch"):
                note_sharing(act, state.known, state.fs)
            if act.kind == "blink":
                said.events.append(blink(act, state.marked, state.fs))
            elif act.kind == "artifact":
                said.events.append(artifact(act, state.marked, self.rules, state.fs))
            else:
                self._join(state, act, said)
        state.cluster = Cluster(state.cluster.gap, state.cluster.longest)

    def _join(self, state: FoldState, act: Act, said: Saying) -> None:
        """Add an act to the chain of its side, or begin a new one."""
        chain = state.chains.get(act.side)
        if chain is not None and act.onset >= chain.closing:
            del state.chains[act.side]
            self._say(chain, state, said)
            chain = None
        if chain is None:
            gap, patience = round(self.gap * state.fs), round(self.patience * state.fs)
            chain = state.chains[act.side] = Chain(act.side, gap, patience)
            if act.onset >= state.reached - RECENT * state.fs:
                state.begun.append(act)
        chain.add(act)

    def _say(self, chain: Chain, state: FoldState, said: Saying) -> None:
        if chain.side == "B":
            said.tell(
                movement(chain, state.marked, state.fs), partial(movement, chain, fs=state.fs)
            )
        else:
            for event, naming in spasms(chain, state.marked, state.known, self.rules, state.fs):
                said.tell(event, naming)


_onset = attrgetter("onset")
_close = attrgetter("closing", "onset", "side")
_place = attrgetter("onset", "burst.channel", "offset")


def fold(
    folding: Folding,
    pipeline: Pipeline,
    info: StreamInfo,
    analyses: Iterable[Analysis],
    annotations: Sequence[Annotation] = (),
    *,
    provisional: float | None = None,
) -> Iterator[tuple[Analysis, Folded]]:
    """Fold analyses into events.

    Parameters
    ----------
    folding : Folding
    pipeline : Pipeline
        What made the analyses.
    info : StreamInfo
    analyses : iterable of Analysis
    annotations : sequence of Annotation
        It may grow meanwhile, from any thread: what comes too late for an event amends it.
    provisional : float or None
        Seconds of signal after which events that are not certain yet are told again, if there is
        news of them; None: never.

    Yields
    ------
    Analysis
        As it came.
    Folded
        What became certain with it.
    """
    state: FoldState | None = None
    tasks: list[Annotation] = []  # of many thousand annotations where many samples are missing
    n_known = told = 0
    news = False
    for analysis in analyses:
        arrived = annotations[n_known : len(annotations)]
        n_known += len(arrived)
        tasks += filter(concerns_tasks, arrived)
        if analysis.begins:
            said = state.said if state else Said()
            state = folding.init(pipeline, info, analysis.chunk.start, tasks)
            state.said = said
        assert state is not None  # the first analysis begins a segment
        amended: list[Amendment] = []
        if arrived:
            state.marked = Schedule(markers(tasks, state.fs))
            amended = amend(state.said, state.marked)
        state, folded = folding.step(state, analysis)
        if amended:
            folded = replace(folded, amended=tuple(amended))
        if provisional is not None:
            now = analysis.chunk.stop
            news = news or bool(analysis.bursts)
            due = news and now - told >= provisional * info.sampling_frequency
            if due or folded.events or len(analysis.chunk.samples) == 0:
                folded = replace(folded, provisional=folding.provisional(state))
                news, told = False, now
        yield analysis, folded
