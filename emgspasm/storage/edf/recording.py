"""A stored EDF or BDF recording as a source of chunks.

Samples are decoded block by block by a compiled kernel straight from the bytes of the file, so a
recording of any length takes the same memory, and a slice costs what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.digest import Digest
from emgspasm.storage.edf.header import Header
from emgspasm.storage.edf.layout import Layout, blocks, open_bytes, outside, read_block
from emgspasm.storage.whole import to_mne
from emgspasm.stream import Annotation, Chunk, StreamInfo


class Recording:
    """A stored recording: a source which can be iterated again, sliced and described.

    Made by :func:`emgspasm.storage.edf.reader.open_edf`. It holds no open file between calls.

    Parameters
    ----------
    path : Path
        The file.
    info : StreamInfo
        What its chunks have in common.
    n_samples : int
        Rows from the first sample to the last one, missing ones included.
    annotations : tuple of Annotation
        Markers and missing stretches in order of onset.
    start : datetime or None
        When the first sample was taken; None where the header is anonymous.
    findings : tuple of str
        What was odd, in sentences for people.
    layout : Layout
        Where the samples lie.
    digest : Digest, optional
        Takes in what is read of the file.
    """

    def __init__(
        self,
        path: Path,
        info: StreamInfo,
        n_samples: int,
        annotations: tuple[Annotation, ...],
        start: datetime | None,
        findings: tuple[str, ...],
        layout: Layout,
        digest: Digest | None = None,
    ) -> None:
        self.path = path
        self.info = info
        self.n_samples = n_samples
        self.annotations = annotations
        self.start = start
        self.findings = findings
        self._layout = layout
        self._digest = digest
        self._n_stops = 0

    def __repr__(self) -> str:
        return (
            f"<Recording {self.path.name}: {len(self.info.channels)} channels, "
            f"{self.info.sampling_frequency:g} Hz, {self.duration:.3f} s>"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def duration(self) -> float:
        """Seconds from the first sample to the end of the last one."""
        return self.n_samples / self.info.sampling_frequency

    @property
    def header(self) -> Header:
        """The header of the file."""
        return self._layout.header

    @property
    def damaged_records(self) -> tuple[int, ...]:
        """Records of the file that lost their time; all of their samples are missing."""
        return self._layout.damaged

    def __iter__(self) -> Iterator[Chunk]:
        return self.chunks()

    def stop(self) -> None:
        """End the iterations under way after their chunk; later ones begin anew."""
        self._n_stops += 1

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Chunk]:
        """Yield the present samples from `start` to `stop` (sample numbers, half open).

        A stretch that all channels are missing is a jump from one chunk to the next; one that a
        channel alone is missing holds NaN.

        Raises
        ------
        ValueError
            If the limits do not lie in the recording.
        RecordingError
            If the file went away.
        """
        return self._until_stopped(self._chunks(*self._limits(start, stop)), self._n_stops)

    def read(self, start: int = 0, stop: int | None = None) -> NDArray[np.float64]:
        """Read the samples from `start` to `stop`, NaN where missing.

        Returns
        -------
        ndarray, shape (stop - start, n_channels)
            In the unit of each channel.

        Raises
        ------
        ValueError
            If the limits do not lie in the recording.
        RecordingError
            If the file went away.
        """
        start, stop = self._limits(start, stop)
        samples = np.full((stop - start, len(self.info.channels)), np.nan)
        for chunk in self._chunks(start, stop):
            samples[chunk.start - start : chunk.stop - start] = chunk.samples
        return samples

    def to_mne(self) -> Any:
        """Load it into MNE; see :func:`emgspasm.storage.whole.to_mne`."""
        return to_mne(self)

    def _limits(self, start: int, stop: int | None) -> tuple[int, int]:
        stop = self.n_samples if stop is None else stop
        if not 0 <= start <= stop <= self.n_samples:
            raise ValueError(
                f"samples {start} to {stop} of a recording of {self.n_samples}; "
                "limits must be in order and inside it"
            )
        return start, stop

    def _until_stopped(self, chunks: Iterator[Chunk], n_stops: int) -> Iterator[Chunk]:
        for chunk in chunks:
            if self._n_stops != n_stops:
                return
            yield chunk

    def _chunks(self, start: int, stop: int) -> Iterator[Chunk]:
        missing = self._layout.missing
        with open_bytes(self.path) as file:
            for block in blocks(self._layout, start, stop):
                limits = max(start, block.start), min(stop, block.stop)
                pieces = list(outside(missing, *limits))
                if not pieces:
                    continue
                samples = read_block(file, self._layout, block, self._digest)
                for begin, end in pieces:
                    yield Chunk(begin, samples[begin - block.start : end - block.start])
