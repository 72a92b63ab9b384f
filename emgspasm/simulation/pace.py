"""Real time for a source that has none: a simulation or a stored recording."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from emgspasm.stream import Chunk, Source, StreamInfo
from emgspasm.system import host_time


@dataclass(frozen=True)
class Paced:
    """The chunks of a source, unchanged, when a board would have sent them by the host's clock.

    A chunk comes when its last sample is due. A reader that falls behind gets what is due without
    further waiting: nothing is dropped.

    Parameters
    ----------
    source : Source
        Anything that yields chunks faster than real time.
    speed : float
        How many seconds of the recording pass in one second.
    particulars : mapping
        What is known of its making, as :class:`emgspasm.sources.protocols.Particular` tells it.

    Raises
    ------
    ValueError
        If `speed` is not positive.
    """

    source: Source
    speed: float = 1.0
    particulars: Mapping[str, object] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.speed > 0:
            raise ValueError(f"speed={self.speed}; it must be positive, 1 is real time")

    @property
    def info(self) -> StreamInfo:
        """What all chunks of the source have in common."""
        return self.source.info

    def __enter__(self) -> Self:
        self._stopped.clear()
        self.source.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self.source.__exit__(kind, value, traceback)

    def stop(self) -> None:
        """End the iteration at once, even while it waits for the next chunk to be due."""
        self._stopped.set()
        self.source.stop()

    def __iter__(self) -> Iterator[Chunk]:
        rate = self.info.sampling_frequency * self.speed
        zero: float | None = None
        for chunk in self.source:
            if zero is None:
                zero = host_time() - chunk.start / rate
            if self._stopped.wait(max(0.0, zero + chunk.stop / rate - host_time())):
                return
            yield chunk
