"""What a reader of foreign files gives: a source of chunks with findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.importers.timeline import Timeline
from emgspasm.storage.whole import to_mne
from emgspasm.stream import Annotation, Chunk, StreamInfo


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A recording in a format of others; a :class:`~emgspasm.stream.Source`.

    Parameters
    ----------
    path : Path
        The file.
    info : StreamInfo
        Its channels.
    timeline : Timeline
        Where its rows lie in time.
    blocks : callable
        Gives the rows from the first on, blocks of shape (n_rows, n_channels) in the channels'
        units; called once per iteration.
    annotations : tuple of Annotation
        Markers and epochs of the file, and its missing stretches.
    findings : tuple of str
        What was odd in the file, for people.
    start : datetime or None
        When it was recorded, as far as the file tells.
    """

    path: Path
    info: StreamInfo
    timeline: Timeline
    blocks: Callable[[], Iterator[NDArray[np.float64]]]
    annotations: tuple[Annotation, ...] = ()
    findings: tuple[str, ...] = ()
    start: datetime | None = None
    _stopped: Event = field(default_factory=Event, init=False)

    @property
    def n_samples(self) -> int:
        """Samples from the first to the last, missing ones included."""
        return self.timeline.n_samples

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the chunks from the first sample on, with a jump of ``start`` at every gap."""
        self._stopped.clear()
        row = 0
        for block in self.blocks():
            for first, last, sample in self.timeline.pieces(row, len(block)):
                if self._stopped.is_set():
                    return
                yield Chunk(sample, block[first:last])
            row += len(block)

    def to_mne(self) -> Any:
        """Load it into MNE; see :func:`emgspasm.storage.whole.to_mne`."""
        return to_mne(self)

    def stop(self) -> None:
        """End the iteration after the chunk under way."""
        self._stopped.set()
