"""Where samples lie in a file, and how a block of them is read."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError
from emgspasm.storage.digest import Digest
from emgspasm.storage.edf.header import Header
from emgspasm.storage.edf.signals import Columns
from emgspasm.storage.files import require_regular
from emgspasm.system import read_at, unreadable

BLOCK_ROWS = 8192
"""Rows of a block, about: large enough for the kernels, small enough for the cache."""

Interval = tuple[int, int]
"""Sample numbers, half open."""


@dataclass(frozen=True, slots=True)
class Span:
    """Records that follow each other without a gap: first sample, first record, count."""

    start: int
    first_record: int
    n_records: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the samples lie in a file.

    Parameters
    ----------
    header : Header
        Of the file.
    columns : Columns
        How records are decoded.
    spans : tuple of Span
        In order of time.
    missing : tuple of Interval
        What all channels are missing; in order, disjoint.
    channel_missing : tuple of tuple of Interval
        What each channel is missing alone.
    damaged : tuple of int
        Records that lost their time; all of their samples are missing.
    """

    header: Header
    columns: Columns
    spans: tuple[Span, ...]
    missing: tuple[Interval, ...] = ()
    channel_missing: tuple[tuple[Interval, ...], ...] = ()
    damaged: tuple[int, ...] = ()

    @property
    def stop(self) -> int:
        """Sample number after the last row of the file."""
        last = self.spans[-1]
        return last.start + last.n_records * self.columns.n_samples

    def samples_of(self, record: int) -> Interval:
        """Sample numbers of a record."""
        span = self.spans[bisect_right(self.spans, record, key=lambda s: s.first_record) - 1]
        start = span.start + (record - span.first_record) * self.columns.n_samples
        return start, start + self.columns.n_samples


@dataclass(frozen=True, slots=True)
class Block:
    """Rows read at once: whole records, or a part of one very long record.

    `row` is where the block begins inside its first record.
    """

    start: int
    record: int
    row: int
    n_rows: int

    @property
    def stop(self) -> int:
        """Sample number after the last row."""
        return self.start + self.n_rows


def blocks(layout: Layout, start: int, stop: int) -> Iterator[Block]:
    """Cut what lies between two sample numbers into blocks that fit memory."""
    n = layout.columns.n_samples
    step, grain = _steps(layout.columns)
    first = bisect_right(layout.spans, start, key=lambda span: span.start) - 1
    for span in layout.spans[max(first, 0) :]:
        row = max(0, start - span.start) // grain * grain
        end = min(span.n_records * n, stop - span.start)
        while row < end:
            room = step if step >= n else min(step, n - row % n)
            n_rows = min(room, span.n_records * n - row)
            yield Block(span.start + row, span.first_record + row // n, row % n, n_rows)
            row += n_rows


def _steps(columns: Columns) -> tuple[int, int]:
    """Rows of a block, and the rows that it must begin at a multiple of."""
    n = columns.n_samples
    if n <= 2 * BLOCK_ROWS:
        return n * max(1, BLOCK_ROWS // n), n
    hold = math.lcm(*(n // int(length) for length in columns.lengths))
    return hold * max(1, BLOCK_ROWS // hold), hold


def read_block(
    file: BinaryIO, layout: Layout, block: Block, digest: Digest | None = None
) -> NDArray[np.float64]:
    """Decode one block, whose bytes a digest takes in.

    Returns
    -------
    ndarray, shape (block.n_rows, n_channels)
        Physical values, NaN where a channel alone is missing.

    Raises
    ------
    RecordingError
        If the file has become shorter.
    """
    from emgspasm.storage.edf.decode import counts_of, decode  # numba takes 0.5 s to import

    columns, (n_records, rest) = layout.columns, divmod(block.n_rows, layout.columns.n_samples)
    raw, offsets, lengths = (_part if rest else _whole)(file, layout, block)
    if digest is not None and not rest:  # parts of one record lie far apart
        digest.take(file, raw, _place(layout, block))
    out = np.empty((block.n_rows, len(offsets)))
    counts, shift = counts_of(raw, n_records or 1, layout.header.sample_bytes)
    decode(counts, shift, offsets, lengths, columns.gains, columns.zeros, out)
    for column, intervals in enumerate(layout.channel_missing):
        for start, stop in within(intervals, block.start, block.stop):
            out[start - block.start : stop - block.start, column] = np.nan
    return out


_Raw = tuple[bytes, NDArray[np.int64], NDArray[np.int64]]


def _whole(file: BinaryIO, layout: Layout, block: Block) -> _Raw:
    """Whole records and the byte before them, and where the channels lie in them."""
    n_records = block.n_rows // layout.columns.n_samples
    raw = read_exactly(file, 1 + n_records * layout.header.record_bytes, _place(layout, block))
    return raw, layout.columns.offsets, layout.columns.lengths


def _place(layout: Layout, block: Block) -> int:
    """Offset in the file of the byte before a block of whole records."""
    return layout.header.begin(block.record) - 1


def _part(file: BinaryIO, layout: Layout, block: Block) -> _Raw:
    """Bytes of a part of one record, gathered channel by channel as if a record of its own."""
    columns, size = layout.columns, layout.header.sample_bytes
    holds = columns.n_samples // columns.lengths
    froms = layout.header.begin(block.record) + columns.offsets + block.row // holds * size
    lengths = block.n_rows // holds
    parts = (
        read_exactly(file, int(length) * size, int(begin))
        for begin, length in zip(froms, lengths, strict=True)
    )
    offsets = np.concatenate(([0], np.cumsum(lengths * size)[:-1]))
    return b"".join([b"\0", *parts]), offsets, lengths


def read_exactly(file: BinaryIO, n_bytes: int, offset: int) -> bytes:
    """Read bytes at an offset.

    Raises
    ------
    RecordingError
        If the file is shorter.
    """
    raw = read_at(file.fileno(), n_bytes, offset)
    if len(raw) < n_bytes:
        raise RecordingError(
            f"{file.name}: {len(raw)} of {n_bytes} bytes at {offset} (the file became shorter "
            "while it was read). Open it again"
        )
    return raw


def within(intervals: Sequence[Interval], start: int, stop: int) -> Iterator[Interval]:
    """Yield the parts of disjoint, ordered intervals which lie between two sample numbers."""
    first = bisect_right(intervals, start, key=lambda interval: interval[1])
    for begin, end in intervals[first:]:
        if begin >= stop:
            return
        yield max(begin, start), min(end, stop)


def outside(intervals: Sequence[Interval], start: int, stop: int) -> Iterator[Interval]:
    """Yield what :func:`within` leaves."""
    for begin, end in within(intervals, start, stop):
        if begin > start:
            yield start, begin
        start = end
    if start < stop:
        yield start, stop


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Join intervals which overlap or touch, in order."""
    merged: list[Interval] = []
    for start, stop in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        elif stop > start:
            merged.append((start, stop))
    return tuple(merged)


def runs(flags: NDArray[np.bool_]) -> Iterator[Interval]:
    """Yield the stretches of True in a row of flags."""
    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, unbuffered.

    Raises
    ------
    RecordingError
        If it is missing, no file, or may not be read.
    """
    require_regular(path)
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be read ({unreadable(error, path)}). Name an existing recording"
        ) from error
