"""Writes a stream into a BDF+ file that is valid at every instant.

Missing samples hold the digital minimum; a ``BAD_ACQ_SKIP`` annotation says which they are, and
is the truth.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.file import GrowingFile
from emgspasm.storage.bdf.layout import (
    DIGITAL_MAX,
    LONGEST_TEXT,
    bdf_header,
    record_layout,
    stored_info,
)
from emgspasm.storage.bdf.record import DataRecord, annotation_signal
from emgspasm.storage.edf.tal import encode_annotation
from emgspasm.stream import SKIP, Annotation, Chunk, StreamInfo


class BdfWriter:
    """A BDF+ file being recorded.

    Parameters
    ----------
    path : path-like
        The file; its folder must exist.
    info : StreamInfo
        What is streamed; every channel needs a finite full scale.
    overwrite : bool
        Whether a file of that name is replaced.
    equipment : str
        What recorded it, for the header (spaces become underscores). A serial number would
        identify people: leave it out.

    Attributes
    ----------
    info : StreamInfo
        As stored: the rate as the header states it, full scales rounded up to eight characters.

    Raises
    ------
    ConfigError
        If the file exists and `overwrite` is False.
    RecordingError
        If it cannot be made.
    ValueError
        If the stream cannot be stored.

    Notes
    -----
    Sample 0 of the file is sample 0 of the stream: a first chunk that starts later leaves a gap
    before it. :meth:`annotate` and :meth:`to_disk` may be called from any thread, all else from
    one.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        info: StreamInfo,
        *,
        overwrite: bool = False,
        equipment: str = "",
    ) -> None:
        self.path = Path(path)
        self.info = stored_info(info)
        self._layout = record_layout(info.sampling_frequency)
        self._gains = np.array([c.full_scale / DIGITAL_MAX for c in self.info.channels])
        self._record = DataRecord(self._layout.n_samples, len(self.info.channels))
        self._queue: deque[bytes] = deque()
        self._ended = False
        self._ending = threading.Lock()  # a marker after the last record would be lost
        header = bdf_header(self.info, self._layout, equipment)
        self._annotation_bytes = 3 * header.signals[-1].samples_per_record
        self._file = GrowingFile(self.path, header, self._layout, overwrite=overwrite)
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def n_samples(self) -> int:
        """Samples taken so far; those after the last whole record are not on the disk yet."""
        return self._n_stored + self._record.fill

    @property
    def descriptor(self) -> int:
        """The open file, as the system knows it; only until it is closed."""
        return self._file.descriptor

    def write(self, chunk: Chunk) -> Chunk:
        """Store a chunk and return it as stored.

        A chunk that starts after the end of the last one leaves a gap. Samples beyond full scale
        become full scale, a NaN a missing sample of its channel.

        Returns
        -------
        Chunk
            The samples a reader of the file will get: whole counts, in the channel's unit.

        Raises
        ------
        ValueError
            If the chunk starts before the end of the last one, or has another width.
        RecordingError
            If the disk is full or gone; what was whole stays in the file.
        """
        self._refuse_misfit(chunk)
        self._skip(chunk.start)
        missing = np.isnan(chunk.samples)
        scaled = np.rint(chunk.samples / self._gains)
        counts = np.clip(scaled, -DIGITAL_MAX, DIGITAL_MAX)
        stored = counts * self._gains
        counts[missing] = -DIGITAL_MAX
        self._append(counts.astype(np.int32), missing)
        return Chunk(chunk.start, stored)

    def annotate(self, annotation: Annotation) -> None:
        """Add a marker; its onset counts from the first sample of the file.

        Raises
        ------
        ValueError
            If its text is empty, too long or holds separators, or a channel is unknown.
        RecordingError
            If the recording has ended, of itself on a full disk or by :meth:`close`.
        """
        unknown = set(annotation.channels) - set(self.info.names)
        if unknown:
            raise ValueError(
                f"annotation {annotation.text!r} is about channels {sorted(unknown)}, which are "
                f"not recorded; use some of {list(self.info.names)}"
            )
        (tal,) = encode_annotation(replace(annotation, channels=()))
        if len(tal) > LONGEST_TEXT:
            raise ValueError(
                f"annotation text of {len(tal)} bytes (at most about {LONGEST_TEXT - 40} are "
                "kept by every reader); shorten it"
            )
        with self._ending:
            if self._ended:
                raise RecordingError(
                    f"{self.path}: the recording is closed; the marker {annotation.text!r} is not "
                    "in it. Begin another one"
                )
            self._queue.extend(encode_annotation(annotation, self.info.names))

    def _end_markers(self) -> None:
        with self._ending:
            self._ended = True

    def to_disk(self) -> None:
        """Wait until all whole records are on the disk; from any thread, nothing once it is closed.

        Raises
        ------
        OSError
            The disk did not take them.
        """
        self._file.to_disk()

    def close(self) -> None:
        """Write the last, padded record and what annotations wait; harmless when repeated.

        Raises
        ------
        RecordingError
            If the disk is full or gone.
        """
        if self._file.closed:
            return
        self._end_markers()
        if self._record.fill:
            self._pad()
        while self._queue:
            self._pad()
        try:
            self._file.close()
        except OSError as error:
            raise RecordingError(
                f"{self.path}: the disk did not take the last samples ({error.strerror}). "
                "Check the disk, and what the recording holds"
            ) from error

    def _refuse_misfit(self, chunk: Chunk) -> None:
        if self._file.closed:
            raise RecordingError(f"{self.path}: the recording is closed. Begin another one")
        if chunk.samples.shape[1] != len(self._gains):
            raise ValueError(
                f"chunk of {chunk.samples.shape[1]} channels; {self.path} has {len(self._gains)}"
            )
        if chunk.start < self.n_samples:
            raise ValueError(
                f"chunk starts at sample {chunk.start}, before {self.n_samples} where the last "
                "one ended; samples must come in order"
            )

    def _skip(self, start: int) -> None:
        """Fill up to `start` with missing samples, marked before the first of them."""
        if start == self.n_samples:
            return
        self._queue.append(self._skipped(self.n_samples, start))
        while self.n_samples < start:
            self._fill_up(start - self.n_samples)

    def _pad(self) -> None:
        """Complete the record under way with missing samples."""
        end = self._n_stored + self._layout.n_samples
        self._queue.appendleft(self._skipped(self.n_samples, end))
        self._fill_up(end - self.n_samples)

    def _fill_up(self, n_missing: int) -> None:
        self._record.skip(n_missing)
        self._flush_full()

    def _append(self, counts: NDArray[np.int32], missing: NDArray[np.bool_]) -> None:
        done = 0
        while done < len(counts):
            done += self._record.take(counts[done:], missing[done:])
            self._flush_full()

    @property
    def _n_stored(self) -> int:
        """Samples of whole records."""
        return self._file.n_records * self._layout.n_samples

    def _begin(self) -> None:
        """Write the header and the first record, missing altogether."""
        missing = deque([self._skipped(0, self._layout.n_samples)])
        try:
            self._file.begin(self._encoded(missing))
        except OSError as error:
            self._give_up(error)
            self.path.unlink()
            raise RecordingError(
                f"{self.path}: writing failed ({error.strerror}); no file is left. "
                "Make room on the disk, then begin another recording"
            ) from error

    def _flush_full(self) -> None:
        """Write the record under way once it is full, then count it."""
        if not self._record.full:
            return
        for channel, start, stop in self._record.missing():
            name = self.info.names[channel]
            self._queue.append(self._skipped(self._n_stored + start, self._n_stored + stop, name))
        try:
            self._file.add(self._encoded(self._queue))
            self._record.clear()
            self._file.count()
        except OSError as error:
            raise self._give_up(error) from error

    def _encoded(self, waiting: deque[bytes]) -> bytes:
        """The record under way: its samples, then the time and what waits and fits."""
        onset = self._layout.onset(self._n_stored)
        texts = annotation_signal(onset, waiting, self._annotation_bytes)
        return self._record.signals() + texts

    def _skipped(self, start: int, stop: int, *channels: str) -> bytes:
        onset, end = self._layout.onset(start), self._layout.onset(stop)
        (tal,) = encode_annotation(Annotation(onset, end - onset, SKIP, channels))
        return tal

    def _give_up(self, error: OSError) -> RecordingError:
        self._end_markers()
        return self._file.give_up(error)
