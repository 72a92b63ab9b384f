"""Messages about a stream for the pages: what it is, what was found in it, how it fares."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from emgspasm.desk.counting import OTHERS, SHORTEST, Counting
from emgspasm.desk.desk import News
from emgspasm.desk.hindrances import hindrances
from emgspasm.desk.lanes import arrange, headings
from emgspasm.desk.live import Live
from emgspasm.desk.meter import Meter, short
from emgspasm.desk.muscles import Pair, pairs
from emgspasm.desk.words import lane_texts, limits, unit_of
from emgspasm.dsp.pipeline import Analysis
from emgspasm.labels import MUSCLES
from emgspasm.service import answers
from emgspasm.service.answers import known, text_of
from emgspasm.service.broadcast import Message
from emgspasm.service.traces import Traces, bucket_of
from emgspasm.session import Status
from emgspasm.session.preparation import equipment
from emgspasm.stream import Annotation, Burst, Event, StreamInfo

NEWEST = 200
"""Latest events that a page gets when it connects [design]."""

BEHIND = 12.0
"""Seconds of traces, bursts and gaps that a page gets when it connects, and keeps [design]."""

LEVELS, STATE = 2, 10
"""Ticks between two tellings of the amplitudes and of the state."""


class Messages:
    """Puts a stream into messages, tick by tick.

    Parameters
    ----------
    live : Live
    number : int
        Counts the streams of the service.

    Attributes
    ----------
    live : Live
    """

    def __init__(self, live: Live, number: int) -> None:
        self.live, self._number = live, number
        feed = live.feed
        self._fs = feed.sampling_frequency
        self._names = feed.info.names
        self._bucket = bucket_of(self._fs)
        self._traces = Traces(number, self._bucket)
        self._counting = Counting(self._fs)
        self._meter, self._pairs = Meter(len(feed.column_of)), pairs(feed.info)
        self._arrived = deque[tuple[float, int]](maxlen=50)
        self._provisional: tuple[Event, ...] = ()
        self._ticks, self._analyzed = 0, False

    def tick(self) -> Iterator[Message]:
        """Take what has come, and tell it."""
        live = self.live
        news = live.tick(0.0)
        self._count(news)
        message = self._news(news, live.analyses)
        if message is not None:
            yield Message(text_of(message), lasting=True)
        if live.analyses and not self._analyzed:
            self._analyzed = True
            self._traces.begin_anew()  # what was shown until then was a preview
        frame = self._traces.fresh(live.feed.strip, self._n_buckets)
        if frame is not None:
            yield Message(frame)
        if self._ticks % LEVELS == 0:
            yield Message(text_of(self._levels()))
        self._ticks += 1

    @property
    def state_is_due(self) -> bool:
        """Whether it is time to tell the state again."""
        return self._ticks % STATE == 1

    def introduction(self) -> Iterator[Message]:
        """All that who comes now must know."""
        yield Message(text_of(self.stream()), lasting=True)
        yield Message(text_of(self._found()), lasting=True)
        frame = self._traces.latest(self.live.feed.strip, self._n_buckets)
        if frame is not None:
            yield Message(frame)

    def stream(self) -> answers.Stream:
        """What the stream is."""
        live = self.live
        info = live.feed.info
        return answers.Stream(
            number=self._number,
            name=live.name,
            recording=live.recording,
            sampling_frequency=self._fs,
            bucket=self._bucket,
            kept=BEHIND,
            unit=unit_of(info),
            channels=tuple(
                answers.Channel(c.name, c.side, MUSCLES.get(c.muscle or "", ""), c.unit)
                for c in live.feed.emg.channels
            ),
            lines=tuple(answers.Line(x.left, x.right, x.muscle) for x in arrange(info)),
            headings=headings(info),
            limits=limits(self._fs),
        )

    def events(self) -> answers.Events:
        """All events so far."""
        found = self.live.feed.found
        return answers.Events(self._all(found.events), self._all(found.provisional))

    def state(self, onlookers: int, said: tuple[str, ...], error: str) -> answers.State:
        """How it fares.

        Parameters
        ----------
        onlookers : int
        said : tuple of str
            What the service itself has to say.
        error : str
            What failed beside the stream.
        """
        live, status = self.live, self.live.status
        notices = live.notices
        ended = live.state == "ended"
        return answers.State(
            state=live.state,
            recording=live.recording,
            device=equipment(live.session.source),
            simulated=is_simulated(live),
            path=str(live.path or ""),
            lanes=self._lanes(),
            counts=self._counts(),
            notices=(*notices[ended:], *said),
            error=error or (notices[0] if ended and notices else ""),
            away=live.away,
            onlookers=onlookers,
            **(_figures(status, live.session.info, self._rate()) if status else {}),
        )

    @property
    def _n_buckets(self) -> int:
        return round(BEHIND * self._fs / self._bucket)

    def _count(self, news: News) -> None:
        for event in news.events:
            self._counting.take(event)
        for before, now in news.amended:
            self._counting.amend(before, now)
        feed = self.live.feed
        self._counting.seconds = feed.strip.stop / self._fs
        self._counting.valid_seconds = feed.valid / self._fs
        self._counting.untold = feed.untold
        self._arrived.append((time.perf_counter(), feed.strip.stop))

    def _rate(self) -> float | None:
        """Samples per second over the last ticks."""
        if not self._arrived:
            return None
        (began, first), (now, last) = self._arrived[0], self._arrived[-1]
        return (last - first) / (now - began) if now - began > 1 else None

    def _news(self, news: News, analyses: list[Analysis]) -> answers.News | None:
        """What has come; None if nothing has."""
        bursts = [burst for analysis in analyses for burst in analysis.bursts]
        provisional = self.live.feed.found.provisional
        changed = provisional != self._provisional
        self._provisional = provisional
        fresh = (news.events, news.amended, bursts, news.gaps, news.markers, news.undone)
        if not any(fresh) and not changed:
            return None
        return answers.News(
            events=self._all(news.events),
            amended=tuple((self._event(a), self._event(b)) for a, b in news.amended),
            provisional=self._all(provisional),
            bursts=tuple(map(self._burst, bursts)),
            gaps=tuple(map(self._gap, news.gaps)),
            markers=tuple(map(_marker, news.markers)),
            undone=tuple(map(_marker, news.undone)),
        )

    def _found(self) -> answers.Found:
        found, start = self.live.feed.found, self.live.stop - round(BEHIND * self._fs)
        return answers.Found(
            events=self._all(tuple(found.events[-NEWEST:])),
            provisional=self._all(found.provisional),
            bursts=tuple(map(self._burst, found.bursts_in(start, self.live.stop))),
            gaps=tuple(map(self._gap, found.gaps[-NEWEST:])),
            markers=tuple(map(_marker, found.markers[-NEWEST:])),
        )

    def _levels(self) -> answers.Levels:
        feed, meter = self.live.feed, self._meter
        meter.take(feed.levels(0.1), feed.thresholds[0])
        return answers.Levels(meter.range, tuple(map(self._balance, self._pairs)))

    def _balance(self, pair: Pair) -> answers.Balance:
        meter, index = self._meter, self._meter.index(pair)

        def of(values: Any, column: int | None) -> float | None:
            return None if column is None else known(round(float(values[column]), 1))

        return answers.Balance(
            pair.muscle,
            of(meter.amplitude, pair.left),
            of(meter.peak, pair.left),
            of(meter.amplitude, pair.right),
            of(meter.peak, pair.right),
            known(index),
            short(round(index, 2), known=meter.knows(pair)),
            meter.verdict(pair),
        )

    def _lanes(self) -> tuple[answers.Lane, ...]:
        texts = lane_texts(self.live.feed)
        noise = self.live.feed.thresholds[0]
        return tuple(answers.Lane(known(level), texts[k].warning) for k, level in enumerate(noise))

    def _counts(self) -> answers.Counts:
        counting = self._counting
        left, right = (
            answers.Side(c.count, c.recent, c.rate, c.time_share)
            for c in map(counting.of, ("L", "R"))
        )
        told = (name for name in OTHERS if name != "blink" or "B" not in counting.untold)
        others = {name: n for name in told if (n := counting.other(name))}
        seconds, valid = counting.seconds, counting.valid_seconds
        return answers.Counts(left, right, others, seconds, valid, SHORTEST)

    def _all(self, events: tuple[Event, ...] | list[Event]) -> tuple[answers.Event, ...]:
        return tuple(map(self._event, events))

    def _event(self, event: Event) -> answers.Event:
        columns = sorted({burst.channel for burst in event.bursts})
        return answers.Event(
            event.trial_type,
            event.label,
            event.side,
            event.onset / self._fs,
            (event.offset - event.onset) / self._fs,
            tuple(self._names[column] for column in columns),
            event.quality,
            event.reason,
        )

    def _burst(self, burst: Burst) -> answers.Burst:
        duration = (burst.offset - burst.onset) / self._fs
        name = self._names[burst.channel]
        return answers.Burst(name, burst.onset / self._fs, duration, round(burst.peak, 2))

    def _gap(self, gap: tuple[int, int]) -> answers.Gap:
        return answers.Gap(gap[0] / self._fs, (gap[1] - gap[0]) / self._fs)


def is_simulated(live: Live) -> bool:
    """Whether the stream is simulated, not of a person."""
    table = live.session.config.config.source
    named = "simulated" in equipment(live.session.source).lower()
    return named or (table is not None and table.kind == "simulated")


def _marker(marker: Annotation) -> answers.Marker:
    return answers.Marker(marker.onset, marker.text)


def _figures(status: Status, info: StreamInfo, rate: float | None) -> dict[str, Any]:
    return {
        "time": status.time,
        "samples_per_second": rate,
        "lost_recently": status.lost_recently,
        "lost": status.lost,
        "latency": status.latency,
        "disk_left": status.disk_left,
        "hindrances": hindrances(status, info),
    }
