"""The chunks of an XDF file, checked before pyxdf reads them.

pyxdf believes every length in the file: a damaged count makes it reserve memory without end, a
cut file can end in any exception. So every chunk is walked first, and only whole ones are handed
on (XDF 1.0 specification, "File Format").
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, fromstring

MAGIC = b"XDF:"
HEADER, STREAM, SAMPLES, OFFSET = 1, 2, 3, 4
LAST = 15
"""Tags above these are of boundaries, footers and chunks to come: skipped."""
WIDTHS = {"double64": 8, "float32": 4, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "string": 0}
MOST_CHANNELS = 1024
LARGEST_TIME = 1e11
"""Seconds."""


class Damaged(ValueError):
    """A chunk that breaks the specification."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one sample of a stream takes: channels and bytes of each value, 0 for text."""

    n_channels: int
    width: int


@dataclass(frozen=True, slots=True)
class Checked:
    """The whole chunks of a file.

    Parameters
    ----------
    data : bytes
        An XDF file made of them.
    n_dropped : int
        Chunks that were damaged.
    n_bytes_left : int
        Bytes at the end that are not a chunk: a cut file.
    """

    data: bytes
    n_dropped: int
    n_bytes_left: int


def checked_chunks(raw: bytes) -> Checked:
    """Keep the chunks of an XDF file that hold what they promise."""
    shapes: dict[int, Shape] = {}
    kept, n_dropped, position = [MAGIC], 0, len(MAGIC)
    for begin, end, tag, content in _chunks(raw):
        position = end
        try:
            if _check(tag, content, shapes):
                kept.append(raw[begin:end])
        except Damaged:
            n_dropped += 1
    return Checked(b"".join(kept), n_dropped, len(raw) - position)


def _chunks(raw: bytes) -> Iterator[tuple[int, int, int, memoryview]]:
    """Begin, end, tag and content of every chunk that lies inside the file."""
    view = memoryview(raw)
    position = len(MAGIC)
    while position < len(raw):
        try:
            length, begin = _length(view, position)
        except Damaged:
            return
        if length < 2 or begin + length > len(raw):
            return
        (tag,) = struct.unpack_from("<H", view, begin)
        if not HEADER <= tag <= LAST:
            return
        yield position, begin + length, tag, view[begin + 2 : begin + length]
        position = begin + length


def _length(view: memoryview, position: int) -> tuple[int, int]:
    """A number of variable length and where it ends."""
    if position >= len(view):
        raise Damaged("number past the end")
    form = {1: "<B", 4: "<I", 8: "<Q"}.get(view[position])
    if form is None or position + 1 + view[position] > len(view):
        raise Damaged("number of an unknown length")
    (number,) = struct.unpack_from(form, view, position + 1)
    return int(number), position + 1 + view[position]


def _check(tag: int, content: memoryview, shapes: dict[int, Shape]) -> bool:
    """Whether pyxdf needs a chunk; raises Damaged if it may not see it."""
    if tag == HEADER:
        _xml(content)
        return True
    if tag not in (STREAM, SAMPLES, OFFSET) or len(content) < 4:
        return False
    (stream,) = struct.unpack_from("<I", content)
    if tag == STREAM:
        if stream in shapes:
            raise Damaged("a stream described twice")
        shapes[stream] = _shape(_xml(content[4:]))
        return True
    if stream not in shapes:
        raise Damaged("a stream nobody described")
    if tag == OFFSET:
        _check_offset(content[4:])
    else:
        _check_samples(content[4:], shapes[stream])
    return True


def _xml(content: memoryview) -> Element:
    text = content.tobytes().decode("utf-8", errors="replace")
    if "<!" in text:
        raise Damaged("XML with declarations of its own")
    try:
        return fromstring(text)  # noqa: S314 # declarations, the way of XML bombs, are refused above
    except (ParseError, ValueError) as error:
        raise Damaged("no XML") from error


def _shape(header: Element) -> Shape:
    try:
        n_channels = int(header.findtext("channel_count", ""))
        rate = float(header.findtext("nominal_srate", ""))
        width = WIDTHS[header.findtext("channel_format", "")]
    except (ValueError, KeyError) as error:
        raise Damaged("a stream header without channels, rate or format") from error
    name, kind = header.findtext("name"), header.findtext("type")
    if header.tag != "info" or name is None or kind is None:
        raise Damaged("a stream header without name or type")
    if not (1 <= n_channels <= MOST_CHANNELS and 0 <= rate < LARGEST_TIME):
        raise Damaged("a stream header with an absurd count or rate")
    return Shape(n_channels, width)


def _check_offset(content: memoryview) -> None:
    if len(content) != 16:
        raise Damaged("a clock offset of another length")
    _check_time(content, 0)
    _check_time(content, 8)


def _check_time(content: memoryview, position: int) -> None:
    if position + 8 > len(content):
        raise Damaged("a time stamp past the end")
    (time,) = struct.unpack_from("<d", content, position)
    if not (math.isfinite(time) and abs(time) < LARGEST_TIME):
        raise Damaged("an absurd time stamp")


def _check_samples(content: memoryview, shape: Shape) -> None:
    """Walk the samples; each takes at least a byte, so the count is bound by the chunk."""
    n_samples, position = _length(content, 0)
    if n_samples * (1 + shape.n_channels * max(shape.width, 1)) > len(content):
        raise Damaged("more samples than fit")
    for _ in range(n_samples):
        if position >= len(content) or content[position] not in (0, 8):
            raise Damaged("a sample cut or without its time byte")
        if content[position]:
            _check_time(content, position + 1)
        position += 1 + content[position]
        position = _after_values(content, position, shape)
    if position != len(content):
        raise Damaged("bytes left after the last sample")


def _after_values(content: memoryview, position: int, shape: Shape) -> int:
    if shape.width:
        position += shape.n_channels * shape.width
    else:
        for _ in range(shape.n_channels):
            length, position = _length(content, position)
            position += length
    if position > len(content):
        raise Damaged("a sample cut")
    return position
