"""Writes a stream into a BDF+ file that is valid at every instant.

Every data record goes to the operating system in one unbuffered write, then the count in the
header is brought up to date: a killed process loses less than one record, which lasts about half
a second. The file begins with a first record that is missing altogether, since readers refuse
files without one; the first samples replace it. Missing samples hold the digital minimum; a
``BAD_ACQ_SKIP`` annotation says which they are, and is the truth.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.layout import (
    DIGITAL_MAX,
    LONGEST_TEXT,
    bdf_header,
    encode_header,
    record_layout,
    stored_info,
)
from emgspasm.storage.edf.header import COUNT_OFFSET
from emgspasm.storage.edf.layout import runs
from emgspasm.storage.edf.tal import encode_annotation, encode_time
from emgspasm.storage.files import existing
from emgspasm.stream import SKIP, Annotation, Chunk, StreamInfo
from emgspasm.system import BINARY, failure, write_at


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
    before it. :meth:`annotate` may be called from any thread, all else from one.
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
        shape = (self._layout.n_samples, len(self.info.channels))
        self._counts = np.empty(shape, np.int32)
        self._missing = np.zeros(shape, np.bool_)
        self._fill = 0
        self._n_records = 0
        self._queue: deque[bytes] = deque()
        self._ended = False
        self._ending = threading.Lock()  # a marker after the last record would be lost
        header = bdf_header(self.info, self._layout, equipment)
        self._header_bytes, self._record_bytes = header.n_bytes, header.record_bytes
        self._annotation_bytes = 3 * header.signals[-1].samples_per_record
        self._counts[:] = -DIGITAL_MAX
        first_bytes = encode_header(header)
        first_bytes += self._record(deque([self._skipped(0, self._layout.n_samples)]))
        self._file: int | None = _create(self.path, overwrite)
        try:
            self._put(first_bytes, 0)
        except RecordingError:
            self.path.unlink()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def n_samples(self) -> int:
        """Samples taken so far; those after the last whole record are not on the disk yet."""
        return self._n_records * self._layout.n_samples + self._fill

    @property
    def descriptor(self) -> int:
        """The open file, as the system knows it; only until it is closed."""
        assert self._file is not None
        return self._file

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
        tal = encode_annotation(replace(annotation, channels=()))
        if len(tal) > LONGEST_TEXT:
            raise ValueError(
                f"annotation text of {len(tal)} bytes (at most about {LONGEST_TEXT - 40} are "
                "kept by every reader); shorten it"
            )
        singly = [replace(annotation, channels=(name,)) for name in annotation.channels]
        with self._ending:
            if self._ended:
                raise RecordingError(
                    f"{self.path}: the recording is closed; the marker {annotation.text!r} is not "
                    "in it. Begin another one"
                )
            names = self.info.names
            self._queue.extend(encode_annotation(one, names) for one in singly or [annotation])

    def _end_markers(self) -> None:
        with self._ending:
            self._ended = True

    def close(self) -> None:
        """Write the last, padded record and what annotations wait; harmless when repeated."""
        if self._file is None:
            return
        self._end_markers()
        if self._fill:
            self._pad()
        while self._queue:
            self._pad()
        if self._file is not None:
            os.fsync(self._file)
            os.close(self._file)
            self._file = None

    def _refuse_misfit(self, chunk: Chunk) -> None:
        if self._file is None:
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
        end = (self._n_records + 1) * self._layout.n_samples
        self._queue.appendleft(self._skipped(self.n_samples, end))
        self._fill_up(end - self.n_samples)

    def _fill_up(self, n_missing: int) -> None:
        rows = slice(self._fill, self._fill + n_missing)
        self._counts[rows] = -DIGITAL_MAX
        self._missing[rows] = False  # one annotation speaks for all channels
        self._advance(len(self._counts[rows]))

    def _append(self, counts: NDArray[np.int32], missing: NDArray[np.bool_]) -> None:
        done = 0
        while done < len(counts):
            taken = min(len(counts) - done, self._layout.n_samples - self._fill)
            rows = slice(self._fill, self._fill + taken)
            self._counts[rows] = counts[done : done + taken]
            self._missing[rows] = missing[done : done + taken]
            self._advance(taken)
            done += taken

    def _advance(self, n_rows: int) -> None:
        self._fill += n_rows
        if self._fill == self._layout.n_samples:
            self._flush()

    def _flush(self) -> None:
        """Write the record under way, then count it."""
        first = self._n_records * self._layout.n_samples
        for name, missing in zip(self.info.names, self._missing.T, strict=True):
            for start, stop in runs(missing):
                self._queue.append(self._skipped(first + start, first + stop, name))
        self._put(self._record(self._queue), self._end)
        self._n_records += 1
        self._fill = 0
        self._put(str(self._n_records).ljust(8).encode(), COUNT_OFFSET)

    @property
    def _end(self) -> int:
        """Where the next record goes, in bytes."""
        return self._header_bytes + self._n_records * self._record_bytes

    def _record(self, waiting: deque[bytes]) -> bytes:
        """Lay the samples out channel by channel, then the time and what waits and fits."""
        little = np.ascontiguousarray(self._counts.T).astype("<i4", copy=False)
        signals = little.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        texts = encode_time(self._layout.onset(self._n_records * self._layout.n_samples))
        while waiting and len(texts) + len(waiting[0]) <= self._annotation_bytes:
            texts += waiting.popleft()
        return signals + texts.ljust(self._annotation_bytes, b"\0")

    def _skipped(self, start: int, stop: int, *channels: str) -> bytes:
        onset, end = self._layout.onset(start), self._layout.onset(stop)
        return encode_annotation(Annotation(onset, end - onset, SKIP, channels))

    def _put(self, data: bytes, offset: int) -> None:
        """Write all of `data` at an offset, or give up the recording."""
        assert self._file is not None
        try:
            written = write_at(self._file, data, offset)
            while written < len(data):  # a full disk takes a part, then raises
                written += write_at(self._file, data[written:], offset + written)
        except OSError as error:
            raise self._give_up(error) from error

    def _give_up(self, error: OSError) -> RecordingError:
        """Cut off a half-written record, close, and give the error that says what was kept."""
        assert self._file is not None
        self._end_markers()
        n_kept = self._n_records * self._layout.n_samples
        with contextlib.suppress(OSError):  # the count in the header ignores the tail anyway
            os.ftruncate(self._file, max(self._end, self._header_bytes + self._record_bytes))
        os.close(self._file)
        self._file = None
        return RecordingError(
            f"{self.path}: writing failed ({error.strerror}); {n_kept} samples "
            f"({self._layout.onset(n_kept):.1f} s) are kept in it and it opens. "
            "Make room on the disk, then begin another recording"
        )


def _create(path: Path, overwrite: bool) -> int:
    flags = BINARY | os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
    try:
        return os.open(path, flags, 0o666)
    except FileExistsError as error:
        raise existing(
            path,
            "Give another name (in a study: another run, session or task)",
            "another process may be recording to it",
        ) from error
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be created ({failure(error, path)}). Choose a folder you may write to"
        ) from error
