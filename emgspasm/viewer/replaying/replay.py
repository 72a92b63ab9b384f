"""A stored recording that plays: faster, slower, from anywhere, round and round."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from emgspasm.config import LoadedConfig
from emgspasm.desk.desk import News
from emgspasm.desk.feed import Feed, Stretch
from emgspasm.desk.pages import Stretching, page
from emgspasm.desk.shaping import sliceable
from emgspasm.desk.strip import Strip
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.errors import RecordingError
from emgspasm.results.channels import channel_warnings
from emgspasm.session.analyzing import refusal
from emgspasm.storage.opening import Given
from emgspasm.stream import SKIP, Event
from emgspasm.viewer.replaying.survey import Survey

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


class Replay:
    """A stored recording on the screen; a `Desk`.

    What is found in it is what ``analyze`` finds: the same fold over the whole recording runs in
    the background, and the picture shows it as soon as it is known.

    Parameters
    ----------
    path : Path
    config : LoadedConfig
    speed : float
        Seconds of the recording in a second.
    sampling_frequency, gain : float or None
        For a file that does not say them.

    Attributes
    ----------
    feed : Feed
    config : LoadedConfig
    speed : float
    playing, loops : bool

    Raises
    ------
    RecordingError
        It cannot be read.
    ConfigError
        It holds no EMG, or nothing of its band, or does not say what must be given then.
    """

    def __init__(
        self,
        path: Path,
        config: LoadedConfig,
        speed: float = 1.0,
        *,
        sampling_frequency: float | None = None,
        gain: float | None = None,
    ) -> None:
        self.config = config
        self._given = Given(config.config.montage, sampling_frequency, gain)
        with ExitStack() as held:
            self.stored = held.enter_context(sliceable(path, self._given))
            self._refusal = refusal(config, self.stored.info)
            self._survey = Survey(self.stored, config, idle=bool(self._refusal))
            held.callback(self._survey.close)
            self._held = held.pop_all()
        self._path = path
        self.feed = Feed(self.stored.info, self._survey.pipeline)
        marks = [mark for mark in self.stored.annotations if mark.text != SKIP]
        self.feed.found.markers.extend(marks)
        self._channels = channel_warnings(self.stored.info)
        self.speed, self.playing, self.loops = speed, True, False
        self._due, self._jumped = 0.0, True
        self._stretch = Stretching(self.stored, self.pipeline, 0)

    def anew(self, path: Path, config: LoadedConfig) -> Replay:
        """Another recording, or this one with another config, played and read alike.

        Raises
        ------
        RecordingError, ConfigError
            As of :class:`Replay`.
        """
        given = self._given
        other = Replay(
            path, config, self.speed,
            sampling_frequency=given.sampling_frequency, gain=given.gain,
        )  # fmt: skip
        other.loops = self.loops
        return other

    @property
    def name(self) -> str:
        """Its file."""
        return self._path.name

    @property
    def path(self) -> Path | None:
        """Its file."""
        return self._path

    @property
    def pipeline(self) -> Pipeline:
        """What finds bursts in it."""
        return self._survey.pipeline

    @property
    def refusal(self) -> str:
        """Why it is shown but not analyzed; ``""`` if it is."""
        return self._refusal

    @property
    def notices(self) -> tuple[str, ...]:
        """What was decided about mains, and what was odd in the file."""
        refused = f"not analyzed: {self.refusal}" if self.refusal else ""
        said = (refused, self._survey.notice, *self.stored.findings, *self._channels)
        return tuple(filter(None, said))

    @property
    def position(self) -> float:
        """Seconds of the recording that are shown."""
        return self.feed.strip.stop / self.feed.sampling_frequency

    @property
    def recording(self) -> bool:
        """It is stored already."""
        return False

    @property
    def stop(self) -> int:
        """Samples of the recording."""
        return self.stored.n_samples

    @property
    def duration(self) -> float | None:
        """Seconds of the recording."""
        return self.stored.n_samples / self.feed.sampling_frequency

    @property
    def surveyed(self) -> bool:
        """Whether all of it was analyzed."""
        return self._survey.over

    def tick(self, seconds: float) -> News:
        """Play for so many seconds of the host's clock, and take what was found."""
        feed = self.feed
        events: list[Event] = []
        stale: list[Stretch] = []
        gaps: list[Stretch] = []
        before = feed.strip.stop
        for step in self._survey.take():
            feed.found.add(step.bursts, step.events)
            feed.count_valid(step.valid, step.events)
            feed.levels_log.add(step.stop, step.levels, feed.valid)
            events += step.events
            gaps += step.gaps
            feed.found.gaps += step.gaps
            span = feed.mark_all(step.bursts, step.events)
            stale += [span] if span else []
        if self.playing:
            self._advance(seconds)
        jumped, self._jumped = self._jumped, False
        now = feed.strip.stop
        feed.thresholds = feed.levels_log.at(now)
        late = [event for event in events if event.offset <= before]
        passed = (*late, *self._over(before, now)) if not jumped else self._over(0, now)
        return News(tuple(events), tuple(passed), tuple(stale), tuple(gaps), jumped=jumped)

    def _over(self, before: int, now: int) -> tuple[Event, ...]:
        """Events that end between two samples."""
        found = self.feed.found.events_in(before, now + 1)
        return tuple(event for event in found if before < event.offset <= now)

    def jump(self, seconds: float, before: float = 0.0) -> None:
        """Go on from another moment, with the seconds before it on the screen."""
        fs = self.feed.sampling_frequency
        sample = int(np.clip(round(seconds * fs), 0, self.stored.n_samples))
        first = max(0, sample - round(before * fs))
        self.feed.strip.begin(first)
        self._stretch = Stretching(self.stored, self.pipeline, first)
        self._due, self._jumped = float(sample), True
        self._play_to(sample)

    def page(self, start: int, stop: int) -> Strip:
        """A stretch of the recording, with all that was found in it."""
        return page(self.feed, self.stored, self.pipeline, start, stop)

    def close(self) -> None:
        """Let go of the file."""
        self._held.close()

    def _advance(self, seconds: float) -> None:
        self._due += seconds * self.speed * self.feed.sampling_frequency
        end = self.stored.n_samples
        try:
            self._play_to(min(int(self._due), end))
        except RecordingError:  # its disk is gone: once is enough, thirty times a second is not
            self.playing = False
            raise
        if self._due < end:
            return
        if self.loops:
            self.jump(0.0)
        else:
            self.playing = False

    def _play_to(self, sample: int) -> None:
        first = self.feed.strip.stop
        if sample > first:
            self._stretch.write(self.feed, self.feed.strip, sample)
            self.feed.mark(self.feed.strip, first, sample)
