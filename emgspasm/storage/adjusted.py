"""A recording seen through a choice of columns, new labels and factors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.stored import StoredRecording
from emgspasm.storage.whole import to_mne
from emgspasm.stream import Annotation, Chunk, StreamInfo


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """A recording with its columns chosen, relabelled and multiplied; a `StoredRecording`.

    Made by :func:`adjusted`.

    Parameters
    ----------
    recording : StoredRecording
        The recording.
    columns : tuple of int
        Its columns that stay, in their new order.
    info : StreamInfo
        The new channels.
    factors : tuple of float
        What the samples of each new channel are multiplied by.
    findings : tuple of str
        What was odd in the file, for people.
    annotations : tuple of Annotation
        Marked stretches, under the new names.
    start : datetime or None
        When it was recorded, as far as that is told.
    """

    recording: StoredRecording
    columns: tuple[int, ...]
    info: StreamInfo
    factors: tuple[float, ...]
    findings: tuple[str, ...]
    annotations: tuple[Annotation, ...]
    start: datetime | None

    @property
    def path(self) -> Path:
        """The file."""
        return self.recording.path

    @property
    def n_samples(self) -> int:
        """Samples from the first to the last, missing ones included."""
        return self.recording.n_samples

    def __enter__(self) -> Self:
        self.recording.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.recording.__exit__(*error)

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the recording's chunks as adjusted."""
        columns, factors = np.array(self.columns), np.array(self.factors)
        if (factors == 1).all() and self.columns == tuple(range(len(self.recording.info.channels))):
            yield from self.recording
            return
        for chunk in self.recording:
            yield Chunk(chunk.start, _adjust(chunk.samples, columns, factors))

    def to_mne(self) -> Any:
        """Load it into MNE; see :func:`emgspasm.storage.whole.to_mne`."""
        return to_mne(self)

    def stop(self) -> None:
        """End the iteration after the chunk under way."""
        self.recording.stop()


def adjusted(
    recording: StoredRecording,
    columns: tuple[int, ...],
    info: StreamInfo,
    factors: tuple[float, ...],
    findings: tuple[str, ...],
) -> Adjusted:
    """A recording through new columns, labels and factors, as :class:`Adjusted` describes them.

    Annotations follow their channels; those of channels left out are left out.
    """
    before = recording.info.names
    names = {before[column]: info.names[i] for i, column in enumerate(columns)}
    kept = []
    for mark in recording.annotations:
        channels = tuple(names[name] for name in mark.channels if name in names)
        if channels or not mark.channels:
            kept.append(replace(mark, channels=channels))
    return Adjusted(recording, columns, info, factors, findings, tuple(kept), recording.start)


def _adjust(
    samples: NDArray[np.float64], columns: NDArray[np.int64], factors: NDArray[np.float64]
) -> NDArray[np.float64]:
    chosen = np.ascontiguousarray(samples[:, columns])
    return chosen if (factors == 1).all() else chosen * factors
