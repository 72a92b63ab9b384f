"""Where a recording ends: at the sample it was planned to, though its source may be away by then.

Sample count is time, and no clock says where a sample lies. But a source that is away sends none
to count. So while the source itself says that it does not stream, and only then, the host's clock
tells when the recording is over, and how many samples are missing at its end: as it estimates
where a stream goes on after a loss. No sample that came is moved or left out by it, and those of
a source that only stalls are waited for as long as it takes to call a board lost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np

from emgspasm.sources.link import RECONNECT, STALL
from emgspasm.sources.protocols import Eventful
from emgspasm.stream import Chunk, Source

LOOK = 0.05
"""Seconds between two looks at the clock [design]."""


class Ending:
    """The end of a recording.

    Parameters
    ----------
    source : Source
        Away as long as it says another state than streaming, if it says any; where it is stalled,
        after :data:`~emgspasm.sources.link.RECONNECT` seconds without a sample.
    planned : int or None
        Samples of the recording; None: until it is stopped.
    now : callable
        Number of the sample that is being taken, by the host's clock.

    Attributes
    ----------
    missed : int
        Samples that are missing at the end because the source was away; 0 until the end.
    """

    def __init__(self, source: Source, planned: int | None, now: Callable[[], int]) -> None:
        self._source, self._planned, self._now = source, planned, now
        self._telling = source if isinstance(source, Eventful) else None
        self._patience = round(RECONNECT * source.info.sampling_frequency)
        self._stall = round(STALL * source.info.sampling_frequency)
        self._reached = self._due = self.missed = 0

    @property
    def away(self) -> bool:
        """Whether the source has streamed, and does not any more."""
        events = self._telling.events if self._telling else ()
        if not events or events[-1].state == "streaming":
            return False
        if events[-1].state == "stalled" and self._now() - self._reached < self._patience:
            return False
        return any(event.state == "streaming" for event in events)

    def stop(self) -> None:
        """End it now; safe from any thread and signal handler."""
        if self.away and not self._due:
            self._due = self._now() if self._planned is None else min(self._now(), self._planned)
        self._source.stop()

    def watch(self, over: threading.Event) -> None:
        """Stop once the planned end has passed while the source is away (a thread).

        Parameters
        ----------
        over : Event
            Set when there is nothing to watch any more.
        """
        while self._planned is not None and not over.wait(LOOK):
            if self.away and self._now() >= self._planned:
                self.stop()
                return

    def chunks(self) -> Iterator[Chunk]:
        """Those of the source up to the end; what it missed there is a gap before a last row.

        The row is NaN, missing in each channel: a gap at the very end is what pads a file. What a
        source that goes on lost just before the end is a loss like any other.
        """
        goes_on = False
        for chunk in self._source:
            part = self._within(chunk)
            if len(part.samples):
                self._reached = part.stop
                yield part
            if self._planned is not None and chunk.stop >= self._planned:
                self._due, goes_on = self._planned, True
                self._source.stop()
                break
        lacking = max(0, self._due - self._reached)
        self.missed = 0 if goes_on and lacking <= self._stall else lacking
        if lacking:
            yield Chunk(self._due - 1, np.full((1, len(self._source.info.channels)), np.nan))

    def _within(self, chunk: Chunk) -> Chunk:
        if self._planned is None or chunk.stop <= self._planned:
            return chunk
        return Chunk(chunk.start, chunk.samples[: max(0, self._planned - chunk.start)])
