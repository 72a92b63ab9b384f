"""Rows of numbers in a text file, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgspasm.grammar import several

BLOCK_BYTES = 4 << 20
HEAD_BYTES = 1 << 16
"""How much of a file tells its format, and where its first row is."""

ERRORS = (
    *("#N/A", "#NV", "#VALUE!", "#WERT!", "#DIV/0!", "#NUM!", "#ZAHL!", "#REF!", "#BEZUG!"),
    *("#NAME?", "#NULL!"),
)
"""What spreadsheets, English and German, write where there is no number."""

MISSING = [
    " " * n + word
    for n in range(5)
    for word in ("", "nan", "NaN", "NAN", "NA", "N/A", "n/a", "<NA>", "null", "NULL", *ERRORS)
]
"""Fields that stand for a missing number; the parser strips blanks of numbers alone."""

MOST_DAMAGED = 100
"""Lines that are left out of a table and read past."""

LONGEST_LINE = 1 << 16
"""Bytes; 16 channels with every auxiliary column take 400."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a text file are.

    Parameters
    ----------
    path : Path
        The file.
    offset : int
        Byte at which the first row begins.
    line : int
        Line number of the first row, from 1.
    delimiter : str
        Between fields; a blank stands for any run of blanks. A comma and a blank part fields
        whose decimal mark is the comma.
    n_fields : int
        Fields in every row.
    numbers : tuple of int
        Fields to read as numbers.
    text : int or None
        A field to read as text.
    decimal : str
        The decimal mark.
    comments : tuple of str
        How lines begin that stand for no sample.
    n_optional : int
        Fields that may be missing at the end of a row, and then are 0.
    """

    path: Path
    offset: int
    line: int
    delimiter: str
    n_fields: int
    numbers: tuple[int, ...]
    text: int | None = None
    decimal: str = "."
    comments: tuple[str, ...] = ()
    n_optional: int = 0


@dataclass(frozen=True, slots=True)
class Malformed:
    """Lines that are not rows.

    Parameters
    ----------
    line : int
        Number of the first one, from 1.
    text : str
        Its beginning.
    n_bytes : int
        Bytes at the end of the file that were left unread.
    at_end : bool
        Whether they are its last line: what a killed writer leaves.
    n_skipped : int
        Lines left out that rows follow.
    """

    line: int
    text: str
    n_bytes: int
    at_end: bool
    n_skipped: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Consecutive rows.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n_rows, n_numbers)
        Empty, infinite and ``nan`` fields are NaN.
    text : ndarray of bytes, shape (n_rows,), or None
        The text field, blanks stripped.
    malformed : Malformed or None
        What was left out up to here.
    pauses : tuple of (int, float)
        Rows of this block before which recording paused, and for how many seconds.
    damaged : Malformed or None
        A line just after these rows that is left out; reading goes on after it.
    """

    numbers: NDArray[np.float64]
    text: NDArray[np.bytes_] | None = None
    malformed: Malformed | None = None
    pauses: tuple[tuple[int, float], ...] = ()
    damaged: Malformed | None = None


def read_rows(layout: Layout) -> Iterator[Rows]:
    """Read the rows of a text file, past lines that are none.

    Parameters
    ----------
    layout : Layout
        Where they are.

    Yields
    ------
    Rows
        Blocks of at most a few MB; the last one says where reading ended early: at a last line
        that is cut, or where more than `MOST_DAMAGED` lines are no rows.
    """
    line, position, n_damaged = layout.line, layout.offset, 0
    none = np.empty((0, len(layout.numbers)))
    size = layout.path.stat().st_size
    for block in read_blocks(layout.path, layout.offset):
        for part, rows in parted(block, layout):
            if rows is not None:
                yield rows
            else:
                n_damaged += 1
                at_end = position + len(part) == size
                bad = Malformed(line, quote(part), size - position, at_end)
                if at_end or n_damaged > MOST_DAMAGED:
                    yield Rows(none, malformed=bad)
                    return
                yield Rows(none, damaged=bad)
            line += part.count(b"\n")
            position += len(part)


def parted(block: bytes, layout: Layout) -> Iterator[tuple[bytes, Rows | None]]:
    """Part whole lines into stretches of rows and single lines that are none, by bisection."""
    rows = parse(block, layout)  # the parser itself is the judge
    lines = [] if rows is not None else block.splitlines(keepends=True)
    if len(lines) < 2:
        yield block, rows
    else:
        half = len(lines) // 2
        yield from parted(b"".join(lines[:half]), layout)
        yield from parted(b"".join(lines[half:]), layout)


def read_blocks(path: Path, offset: int) -> Iterator[bytes]:
    """Read a file in blocks that end with a line; a line past `LONGEST_LINE` is the last block.

    Carriage returns alone, with which spreadsheets of old Macs end lines, become line feeds.
    """
    rest = b""
    with path.open("rb") as file:
        file.seek(offset)
        while data := file.read(BLOCK_BYTES):
            data = rest + (data if b"\n" in data else data.replace(b"\r", b"\n"))
            end = data.rfind(b"\n") + 1
            if end:
                yield data[:end]
            rest = data[end:]
            if len(rest) > LONGEST_LINE:
                break
    if rest:
        yield rest


def parse(block: bytes, layout: Layout) -> Rows | None:
    """Parse whole lines; None if one of them is malformed."""
    import pyarrow as pa
    from pyarrow import csv

    if layout.comments:
        block = _without_comments(block, layout.comments)
    if not block.strip():
        return Rows(np.empty((0, len(layout.numbers))), np.empty(0, "S1"))
    if layout.delimiter == " ":
        block = _single_blanks(block)
    if layout.n_optional:
        block = _filled(block, layout)
    delimiter = layout.delimiter
    if delimiter == ", ":
        block, delimiter = block.replace(b", ", b";").replace(b",", b"."), ";"
    wanted = [*layout.numbers, *(() if layout.text is None else (layout.text,))]
    types = {f"f{i}": pa.binary() if i == layout.text else pa.float64() for i in wanted}
    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            read_options=csv.ReadOptions(
                column_names=[f"f{i}" for i in range(layout.n_fields)],
                block_size=BLOCK_BYTES * 2,
                use_threads=False,  # a process that ends while Arrow begins threads may abort
            ),
            parse_options=csv.ParseOptions(
                delimiter=delimiter, quote_char='"', newlines_in_values=False
            ),
            convert_options=csv.ConvertOptions(
                include_columns=list(types),
                column_types=types,
                decimal_point=layout.decimal,
                null_values=MISSING,
            ),
        )
    except pa.ArrowInvalid:
        return None
    numbers = np.empty((table.num_rows, len(layout.numbers)))
    for column, field in enumerate(layout.numbers):
        numbers[:, column] = table.column(f"f{field}").to_numpy()
    numbers[~np.isfinite(numbers)] = np.nan
    return Rows(numbers, _texts(table, layout))


def _texts(table: object, layout: Layout) -> NDArray[np.bytes_] | None:
    if layout.text is None:
        return None
    column = table.column(f"f{layout.text}").to_pylist()  # type: ignore[attr-defined] # pyarrow ships no types
    return np.array([b"" if text is None else text.strip() for text in column], dtype=np.bytes_)


def _without_comments(block: bytes, marks: tuple[str, ...]) -> bytes:
    """Empty the lines of comments, which the parser leaves out."""
    if not any(mark.encode() in block for mark in marks):
        return block
    begins, errors = (
        b"|".join(re.escape(word.encode()) for word in words) for words in (marks, ERRORS)
    )
    return re.sub(rb"(?m)^[ \t]*(?!" + errors + rb")(?:" + begins + rb")[^\n]*", b"", block)


def _filled(block: bytes, layout: Layout) -> bytes:
    """Append the optional fields that lines lack."""
    mark = layout.delimiter.encode()
    lines = []
    for line in block.splitlines():
        n_missing = layout.n_fields - 1 - line.count(mark)
        lines.append(line + n_missing * (mark + b"0") * (n_missing <= layout.n_optional))
    return b"\n".join(lines) + b"\n"


def _single_blanks(block: bytes) -> bytes:
    return b"\n".join(b" ".join(line.split()) for line in block.split(b"\n"))


def quote(line: bytes) -> str:
    """The beginning of a line, fit to print."""
    text = line[:40].decode("utf-8", errors="replace").rstrip()
    return "".join(character if character.isprintable() else "?" for character in text)


def describe(malformed: Malformed, n_rows: int) -> str:
    """Say what was left unread."""
    read, bytes_ = several(n_rows, "row"), several(malformed.n_bytes, "byte")
    if malformed.n_skipped:
        lines = several(malformed.n_skipped, "line is no row", "lines are not rows")
        rest = several(malformed.n_bytes, "byte is no row", "bytes are not rows")
        return (
            f"{lines} (the first is line {malformed.line}, {malformed.text!r}): left out; {read} "
            "read" + (f"; the last {rest}" if malformed.n_bytes else "")
        )
    if malformed.at_end:
        return f"the last line ({malformed.line}, {bytes_}) is cut off: left out; {read} read"
    return (
        f"line {malformed.line} is not a row ({malformed.text!r}): read up to it, {read}; {bytes_} "
        "left unread"
    )
