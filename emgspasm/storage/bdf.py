"""Writes a stream into a BDF+ file that is valid at every instant.

Every data record goes to the operating system in one unbuffered write, then the count in the
header is brought up to date: a killed process loses less than one record, which lasts about half
a second. Missing samples hold the digital minimum; a ``BAD_ACQ_SKIP`` annotation says which they
are, and is the truth.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError
from emgspasm.storage.edf_header import COUNT_OFFSET, Header, Signal, encode_header
from emgspasm.storage.tal import encode_annotation, encode_time
from emgspasm.stream import SKIP, Annotation, Channel, Chunk, StreamInfo

DIGITAL_MAX = 8_388_607
"""Largest count; the smallest is its negative, so that a count times a constant is physical."""
ANNOTATIONS_PER_SECOND = 40
"""Room for markers of lost packets; more of them wait for later records."""
ANNOTATION_BYTES = 48
"""Room for one: ``+43199.996\\x150.004\\x14BAD_ACQ_SKIP@@OOC_L\\x14\\0`` and some digits."""
LONGEST_TEXT = 400
"""Bytes of one annotation; EDFlib reads texts of up to 512."""


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """How a sampling frequency is cut into records: `n_samples` last `microseconds` exactly."""

    n_samples: int
    microseconds: int

    @property
    def sampling_frequency(self) -> float:
        """Hertz, as every reader derives it from the header."""
        return float(Fraction(self.n_samples * 1_000_000, self.microseconds))

    @property
    def duration(self) -> Fraction:
        """Seconds."""
        return Fraction(self.microseconds, 1_000_000)

    def onset(self, sample: int) -> float:
        """Seconds from the first sample."""
        return float(Fraction(sample * self.microseconds, self.n_samples * 1_000_000))


def record_layout(sampling_frequency: float) -> RecordLayout:
    """Find a record of about half a second whose duration the header can state.

    A duration has eight characters, so microseconds. Among the records of at most one second
    those are taken whose rate is nearest to the wanted one, then the one nearest to 0.5 s.
    333.333 Hz becomes 333 samples in 0.999001 s, which is 1e-9 off (a crystal: 5e-5).

    Raises
    ------
    ValueError
        If no record comes within 1e-6 of the wanted rate.
    """
    n_samples = np.arange(1, int(sampling_frequency) + 1, dtype=np.float64)
    microseconds = np.rint(n_samples * 1e6 / sampling_frequency)
    error = np.abs(n_samples * 1e6 / np.maximum(microseconds, 1) / sampling_frequency - 1)
    if not len(error) or error.min() > 1e-6:
        raise ValueError(
            f"sampling_frequency={sampling_frequency} Hz cannot be stored (a record holds a whole "
            "number of samples and lasts whole microseconds, at most 1 s); resample first"
        )
    best = error <= error.min() + 1e-12
    distance = np.where(best, np.abs(microseconds - 500_000), np.inf)
    chosen = int(np.argmin(distance))
    return RecordLayout(chosen + 1, int(microseconds[chosen]))


def stored_info(info: StreamInfo) -> StreamInfo:
    """Tell what a file can keep of a stream: rate and full scales as readers will see them.

    Raises
    ------
    ValueError
        If a full scale is unknown, or a label or unit does not fit its field.
    """
    return replace(
        info,
        sampling_frequency=record_layout(info.sampling_frequency).sampling_frequency,
        channels=tuple(map(_stored_channel, info.channels)),
    )


def _stored_channel(channel: Channel) -> Channel:
    if not math.isfinite(channel.full_scale):
        raise ValueError(
            f"full_scale of {channel.name} is unknown; a file needs the largest magnitude a "
            f"sample can have, in {channel.unit} (187500 uV for a Cyton at gain 24)"
        )
    unit = channel.unit.replace("µ", "u").replace("μ", "u")
    if channel.kind == "EMG" and channel.microvolts not in (None, 1.0):
        raise ValueError(f"unit {channel.unit} of {channel.name}; EMG is stored in uV, convert it")
    return replace(channel, unit=unit, full_scale=_representable(channel.full_scale))


def _representable(full_scale: float) -> float:
    """Round up to what fits eight characters with a minus sign."""
    if full_scale > 9_999_999 or full_scale < 1e-4:
        raise ValueError(
            f"full_scale={full_scale} does not fit a header field (0.0001 to 9999999); "
            "use another unit"
        )
    digits = 5 if full_scale < 1 else max(0, 5 - math.floor(math.log10(full_scale)))
    digits = min(digits, 5)
    return float(Fraction(math.ceil(Fraction(repr(full_scale)) * 10**digits), 10**digits))


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
    RecordingError
        If the file exists, or cannot be made.
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
        header = _header(self.info, self._layout, equipment)
        self._header_bytes, self._record_bytes = header.n_bytes, header.record_bytes
        self._annotation_bytes = 3 * header.signals[-1].samples_per_record
        self._file: int | None = _create(self.path, overwrite)
        self._put(encode_header(header))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def n_samples(self) -> int:
        """Samples taken so far; those after the last whole record are not on the disk yet."""
        return self._n_records * self._layout.n_samples + self._fill

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
        self._queue.extend(encode_annotation(single) for single in singly or [annotation])

    def close(self) -> None:
        """Write the last, padded record and what annotations wait; harmless when repeated."""
        if self._file is None:
            return
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
        first = self._n_records * self._layout.n_samples
        for start, stop, column in _runs(self._missing):
            name = self.info.channels[column].name
            self._queue.append(self._skipped(first + start, first + stop, name))
        samples = np.ascontiguousarray(self._counts.T).astype("<i4", copy=False)
        signals = samples.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        self._put(signals + self._annotations(self._layout.onset(first)))
        self._n_records += 1
        self._fill = 0
        count = str(self._n_records).ljust(8).encode()
        self._attempt(lambda file: os.pwrite(file, count, COUNT_OFFSET))

    def _annotations(self, onset: float) -> bytes:
        """Bytes of a record's annotation signal: its time, then as much as waits and fits."""
        text = encode_time(onset)
        while self._queue and len(text) + len(self._queue[0]) <= self._annotation_bytes:
            text += self._queue.popleft()
        return text.ljust(self._annotation_bytes, b"\0")

    def _skipped(self, start: int, stop: int, *channels: str) -> bytes:
        onset, end = self._layout.onset(start), self._layout.onset(stop)
        return encode_annotation(Annotation(onset, end - onset, SKIP, channels))

    def _put(self, data: bytes) -> None:
        written = 0
        while written < len(data):
            written += self._attempt(lambda file: os.write(file, data[written:]))  # noqa: B023 - called at once

    def _attempt(self, operation: Callable[[int], int]) -> int:
        assert self._file is not None
        try:
            return operation(self._file)
        except OSError as error:
            raise self._give_up(error) from error

    def _give_up(self, error: OSError) -> RecordingError:
        """Cut a half-written record off, close, and say what was kept."""
        assert self._file is not None
        n_kept = self._n_records * self._layout.n_samples
        with contextlib.suppress(OSError):  # the count in the header already ignores the tail
            os.ftruncate(self._file, self._header_bytes + self._n_records * self._record_bytes)
        os.close(self._file)
        self._file = None
        return RecordingError(
            f"{self.path}: writing failed ({error.strerror}); {n_kept} samples "
            f"({self._layout.onset(n_kept):.1f} s) are kept and open as they are. "
            "Make room on the disk and begin another recording"
        )


def _runs(missing: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Start, stop and column of every stretch of True, in order of start."""
    if not missing.any():
        return
    edges = np.diff(missing.astype(np.int8), axis=0, prepend=0, append=0)
    runs = []
    for column in np.flatnonzero(missing.any(axis=0)):
        starts, stops = (np.flatnonzero(edges[:, column] == sign) for sign in (1, -1))
        runs += [(int(a), int(b), int(column)) for a, b in zip(starts, stops, strict=True)]
    yield from sorted(runs)


def _create(path: Path, overwrite: bool) -> int:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
    try:
        return os.open(path, flags, 0o666)
    except FileExistsError as error:
        raise RecordingError(
            f"{path}: exists already, and recordings are never overwritten unasked. "
            "Choose another name or say --overwrite"
        ) from error
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be created ({error.strerror}). Choose a folder you may write to"
        ) from error


def _header(info: StreamInfo, layout: RecordLayout, equipment: str) -> Header:
    """Describe the stream anonymously (clinical facts 11: `X`, since blanks are invalid)."""
    signals = [_signal(channel, layout.n_samples) for channel in info.channels]
    bytes_wanted = 24 + ANNOTATION_BYTES * math.ceil(ANNOTATIONS_PER_SECOND * layout.duration)
    n_annotation = math.ceil(max(bytes_wanted, 24 + LONGEST_TEXT + 20) / 3)
    signals.append(
        Signal("BDF Annotations", "", "", -1, 1, -DIGITAL_MAX - 1, DIGITAL_MAX, "", n_annotation)
    )
    return Header(
        sample_bytes=3,
        patient="X X X X",
        recording=f"Startdate X X X {equipment.replace(' ', '_') or 'X'}",
        start_date="01.01.85",
        start_time="00.00.00",
        reserved="BDF+C",
        n_records=0,
        record_duration=layout.duration,
        signals=tuple(signals),
    )


def _signal(channel: Channel, n_samples: int) -> Signal:
    if channel.name == "BDF Annotations":
        raise ValueError("'BDF Annotations' is a reserved label; rename the channel")
    limit = channel.full_scale
    words = (channel.kind, channel.muscle or "n/a", channel.side or "n/a")
    return Signal(
        label=channel.name,
        transducer=" ".join(words if channel.muscle or channel.side else words[:1]),
        unit=channel.unit,
        physical_min=-limit,
        physical_max=limit,
        digital_min=-DIGITAL_MAX,
        digital_max=DIGITAL_MAX,
        prefiltering="",
        samples_per_record=n_samples,
    )
