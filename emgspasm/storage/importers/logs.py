"""Rows that a program wrote line by line while it recorded, under a packet counter.

A line that is no row is left out and reading goes on: the counter places what follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from emgspasm.storage.importers.rows import Layout, Malformed, Rows, parted, quote, read_blocks

LONGEST_RUN = 1000
"""Lines. So many in a row that are no rows are the garbage at the end of a file."""

_LINE_ENDS = (b"\n", b"\r")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reading is.

    Parameters
    ----------
    line, position : int
        Number and byte of the next line.
    first : (int, str) or None
        Number and beginning of the first line that was no row.
    n_skipped : int
        Lines left out that rows follow.
    n_run, run : int
        Lines left out since the last row, and the byte at which they begin.
    """

    line: int
    position: int
    first: tuple[int, str] | None = None
    n_skipped: int = 0
    n_run: int = 0
    run: int = 0


def read_log(layout: Layout) -> Iterator[Rows]:
    """Read every row of a text file, whatever lies between them.

    Parameters
    ----------
    layout : Layout
        Where they are.

    Yields
    ------
    Rows
        Blocks of a few MB; `malformed` tells of all lines left out so far. A last line without
        its line end is cut, even where its fields are complete: a number may have gone on.
    """
    place = _Place(layout.line, layout.offset)
    size = layout.path.stat().st_size
    for block in read_blocks(layout.path, layout.offset):
        good = []
        for part, rows in _parts(block, layout):
            place = _advance(place, part, rows)
            if rows is not None:
                good.append(rows)
            if place.n_run > LONGEST_RUN:
                break
        yield _joined(good, layout, _malformed(place, size))
        if place.n_run > LONGEST_RUN:
            return


def _parts(block: bytes, layout: Layout) -> Iterator[tuple[bytes, Rows | None]]:
    """Part a block into stretches of rows and single lines that are none."""
    end = 1 + max(block.rfind(mark) for mark in _LINE_ENDS)
    yield from parted(block[:end], layout)
    if block[end:].strip():
        yield block[end:], None


def _advance(place: _Place, part: bytes, rows: Rows | None) -> _Place:
    after = replace(place, line=place.line + part.count(b"\n"), position=place.position + len(part))
    if rows is None:
        return replace(
            after,
            first=place.first or (place.line, quote(part)),
            n_run=place.n_run + 1,
            run=place.run if place.n_run else place.position,
        )
    if len(rows.numbers):
        return replace(after, n_skipped=place.n_skipped + place.n_run, n_run=0)
    return after


def _malformed(place: _Place, size: int) -> Malformed | None:
    if place.first is None:
        return None
    line, text = place.first
    n_bytes = size - place.run if place.n_run else 0
    return Malformed(
        line,
        text,
        n_bytes,
        at_end=place.n_run == 1 and place.position == size,
        n_skipped=place.n_skipped,
    )


def _joined(parts: list[Rows], layout: Layout, malformed: Malformed | None) -> Rows:
    numbers = [np.empty((0, len(layout.numbers))), *(rows.numbers for rows in parts)]
    texts = [rows.text for rows in parts if rows.text is not None]
    text = np.concatenate(texts) if layout.text is not None and texts else None
    return Rows(np.concatenate(numbers), text, malformed)
