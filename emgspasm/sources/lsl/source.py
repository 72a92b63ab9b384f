"""A stream of the Lab Streaming Layer (LSL) as a source.

A stream brings no counter. Samples are counted as they come; TCP loses none on the way, and a
sender that lost some shows it at most in its time stamps, so a gap found there is an estimate and
is said to be one. Time stamps that come late look like a loss: only steps over :data:`GAP` count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import ConfigError, SourceError, SourceLost
from emgspasm.sources.events import SourceEvent, State
from emgspasm.sources.link import Link
from emgspasm.sources.lsl.session import Taken, describe, find, open_inlet, pull
from emgspasm.sources.rows import chunks
from emgspasm.stream import Chunk, StreamInfo
from emgspasm.structure import structure
from emgspasm.system import host_time

GAP = 0.25
"""Seconds between two time stamps, beyond a sample, that count as a gap. A dongle holds packets
for up to 0.1 s (firmware_notes 5.2), so shorter steps may be late samples and not lost ones."""

LATEST = 60.0
"""Seconds a sample may have been on its way. Stamps that step further ahead of the host's clock
are of a clock that was set: what they would have missing, a year perhaps, never was [design]."""

# Times in seconds, all [design]:
_POLL = 0.01  # between two looks for samples
_AGAIN = 0.5  # of one search for a stream that went away
_ANOTHER = 1.0  # of the search for a second stream that fits as well


@dataclass(frozen=True, slots=True)
class LslSettings:
    """Which stream of the network to take; whatever is left empty fits any.

    Parameters
    ----------
    stream, type, source_id : str
        Name, type and source id as the sender gives them; at least one is needed.
    unit : str
        Unit of channels for which the sender names none.
    wait : float
        Seconds to look for it.
    """

    stream: str = ""
    type: str = ""
    source_id: str = ""
    unit: str = "uV"
    wait: float = 5.0

    def __post_init__(self) -> None:
        if not (self.stream or self.type or self.source_id):
            raise ConfigError("no LSL stream is named; set stream, type or source_id")
        if any("'" in text for text in (self.stream, self.type, self.source_id)):
            raise ConfigError("an LSL stream cannot be looked for by a name with an apostrophe")

    @property
    def predicate(self) -> str:
        """The stream in liblsl's query language (XPath)."""
        wanted = {"name": self.stream, "type": self.type, "source_id": self.source_id}
        return " and ".join(f"{key}='{text}'" for key, text in wanted.items() if text)


class LslSource:
    """A stream of the network.

    The stream is looked for when the source is made, because it says which channels it has.
    Iterating streams until :meth:`stop`. A sender that goes away is waited for as long as it
    takes, and the stream goes on as a new segment whose start is estimated from the clock.

    Parameters
    ----------
    settings : LslSettings
    clock : callable
        Host time in seconds, never running backwards. It measures silence.

    Raises
    ------
    SourceNotFound
        No such stream.
    SourceError
        More than one, one without a sampling frequency, or one that carries text.
    """

    def __init__(self, settings: LslSettings, clock: Callable[[], float] = host_time) -> None:
        self.settings = settings
        self._clock = clock
        self._found = find(settings.predicate, settings.wait, second=_second(settings))
        self._described = describe(self._found, settings.unit, settings.wait)
        self.info: StreamInfo = self._described.info
        self._inlet: Any = None
        self._iterating = False
        self._next = 0
        self._stamp = np.nan
        self._correction = 0.0
        self._heard = clock()
        self._again = False
        self._link = Link(
            clock,
            lambda _: self._next,
            self._release,
            device=self.info.device,
            remedy="the sender",
            patience=math.inf,  # how long a sender may pause is not ours to say
            retry=0.0,  # looking for it takes its time
        )

    @property
    def events(self) -> tuple[SourceEvent, ...]:
        """All changes of state and notes so far, in order of time."""
        return self._link.events

    @property
    def state(self) -> State:
        """What the source is doing."""
        return self._link.state

    def sample_at(self, lsl_time: float) -> int:
        """Sample number at a time of the local LSL clock, by the stamp of the last sample.

        Parameters
        ----------
        lsl_time : float
            Seconds, as ``pylsl.local_clock`` gives them.
        """
        if not self._next:
            return 0
        passed = (lsl_time - self._stamp - self._correction) * self.info.sampling_frequency
        return max(0, self._next - 1 + round(passed))

    def __enter__(self) -> Self:
        self._link.open(f"opening {self.info.device}", self._connect)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._link.close()

    def __iter__(self) -> Iterator[Chunk]:
        if self._inlet is None or self._iterating:
            raise ValueError("a stream is taken once, inside its with block; open another source")
        self._iterating = True
        self._link.hear(self._clock())
        self._link.say("streaming", "started")
        over = False
        while self._inlet is not None and not over:
            over = self._link.stopping
            try:
                yield from self._poll()
            except SourceLost as lost:
                self._reconnect(str(lost))

    def stop(self) -> None:
        """End the stream after what has arrived; safe from any thread and signal handler."""
        self._link.stop()

    def _connect(self) -> None:
        self._inlet = open_inlet(self._found, self.settings.wait, recover=False)
        self._link.answered(f"{self.info.device} answers")

    def _poll(self) -> Iterator[Chunk]:
        """Wait, take what has come, watch."""
        self._link.wait(_POLL)
        taken, now = pull(self._inlet, self.info.device), self._clock()
        if len(taken.stamps):
            if self._again:
                self._skip_pause(now, len(taken.stamps))
            yield from self._take(taken, now)
            self._heard = now
            self._link.hear(now)
        self._link.watch(now)

    def _take(self, taken: Taken, now: float) -> Iterator[Chunk]:
        """Number the samples of one read and cut them into chunks."""
        stamps, fs = taken.stamps, self.info.sampling_frequency
        steps = np.diff(stamps, prepend=self._stamp)
        clock_set = steps > now - self._heard + LATEST
        lost = missing(np.where(clock_set, np.nan, steps), fs)
        numbers = self._next + np.arange(len(stamps)) + np.cumsum(lost)
        self._next, self._stamp = int(numbers[-1]) + 1, float(stamps[-1])
        self._correction = taken.correction
        for row in np.flatnonzero(lost):
            text = f"the gap of {lost[row]} before sample {numbers[row]} is estimated from stamps"
            self._link.note(text)
        for row in np.flatnonzero(clock_set):
            self._link.note(f"the clock of the sender was set before sample {numbers[row]}: no gap")
        yield from chunks(0, numbers, taken.samples * self._described.scales)

    def _skip_pause(self, now: float, n_samples: int) -> None:
        """Put the first samples after a loss where the host's clock says."""
        passed = round((now - self._heard) * self.info.sampling_frequency)
        self._next += max(0, passed - n_samples)
        self._stamp, self._again = np.nan, False
        self._link.say("streaming", f"goes on; sample {self._next} is estimated from the clock")

    def _release(self) -> None:
        self._inlet = None  # the inlet disconnects when nobody holds it

    def _reconnect(self, lost: str) -> None:
        """Look for the stream until it is back or the source is stopped.

        Raises
        ------
        SourceError
            It came back with other channels, another rate or from another computer.
        """
        self._again = self._next > 0
        self._link.restore(lost, self._find_again)
        if self._inlet is not None:
            self._check_same(self._described.info)
            self._link.hear(self._clock())
            self._link.say("streaming", "connected again")

    def _find_again(self) -> None:
        self._found = find(self.settings.predicate, _AGAIN, second=0)
        self._described = describe(self._found, self.settings.unit, _AGAIN)
        self._connect()

    def _check_same(self, info: StreamInfo) -> None:
        if info != self.info:
            raise SourceError(
                f"{self.info.device} came back with other channels, another rate or from another "
                "computer. Start a new recording"
            )


def _second(settings: LslSettings) -> float:
    """Seconds to look for a second stream that fits; a source id is its sender's alone."""
    return 0.0 if settings.source_id else _ANOTHER


def missing(steps: NDArray[np.float64], sampling_frequency: float) -> NDArray[np.int64]:
    """Estimate the samples missing before each one from the steps between time stamps.

    Parameters
    ----------
    steps : ndarray of float64, shape (n_samples,)
        Seconds since the stamp before; NaN where there is none.
    sampling_frequency : float
        Hertz.
    """
    seen = np.nan_to_num(steps, nan=0.0)
    lost = np.where(seen > GAP + 1 / sampling_frequency, seen * sampling_frequency - 1, 0.0)
    found: NDArray[np.int64] = np.rint(lost).astype(np.int64)
    return found


def open_lsl(options: Mapping[str, object]) -> LslSource:
    """Make the source of a config table with the keys of :class:`LslSettings`.

    Raises
    ------
    ConfigError
        A key or value is wrong, or pylsl is not installed.
    SourceError
        As :class:`LslSource`.
    """
    return LslSource(structure(options, LslSettings, "source"))
