"""Plain tables: CSV, TSV, text of numbers, BioSPPy's and OpenSignals' text files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from emgspasm.errors import RecordingError
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.ranges import CYTON_SCALES
from emgspasm.storage.importers.rows import Layout, read_rows
from emgspasm.storage.importers.table import Table, import_table
from emgspasm.stream import Channel

HEADER_BYTES = 1 << 16
MOST_FIELDS = 1024
COMMENTS = ("#", "%", ";;")
_RATE = re.compile(r"[Ss]ampling\s+[Rr]ate[^=:]*:?[=:]+\s*([0-9.]+)")
_LABELS = re.compile(r"Labels:=\s*(.+)")


@dataclass(frozen=True, slots=True)
class Grid:
    """How a plain table is written.

    Parameters
    ----------
    delimiter, decimal : str
        Marks between fields and in numbers.
    names : tuple of str
        Header names; empty if there are none.
    row : tuple of str
        Fields of the first row.
    offset, line : int
        Where the first row begins, byte and line number.
    comments : tuple of str
        Lines before it.
    """

    delimiter: str
    decimal: str
    names: tuple[str, ...]
    row: tuple[str, ...]
    offset: int
    line: int
    comments: tuple[str, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Fields that hold numbers."""
        return tuple(i for i, field in enumerate(self.row) if is_number(field, self.decimal))

    @property
    def text(self) -> int | None:
        """The first field that holds text."""
        return next((i for i, f in enumerate(self.row) if not is_number(f, self.decimal)), None)

    def layout(self, path: Path) -> Layout:
        """Where the rows of that file are."""
        return Layout(
            path,
            self.offset,
            self.line,
            self.delimiter,
            len(self.row),
            self.numbers,
            self.text,
            self.decimal,
        )


def is_delimited(path: Path) -> bool:
    """Whether a file begins with text and holds a row of numbers soon."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    return b"\0" not in head and read_grid(path) is not None


def import_delimited(path: Path, sampling_frequency: float | None = None) -> Imported:
    """Read a plain table of numbers, one sample a row.

    Parameters
    ----------
    path : Path
        CSV, TSV or text; a header row is optional. Fields may be parted by commas, semicolons,
        tabs or blanks; with semicolons a decimal comma is understood.
    sampling_frequency : float, optional
        Hertz; needed unless the file says it ("Sampling Rate (Hz):= 1000").

    Returns
    -------
    Imported
        Columns of numbers as channels, unit ``count`` (no unit is known); a column of text as
        annotations that last until it changes.

    Raises
    ------
    RecordingError
        If no row of numbers is found or no sampling frequency is known.
    """
    grid = read_grid(path)
    if grid is None:
        raise RecordingError(
            f"{path}: no row of numbers in its first {HEADER_BYTES} bytes. A plain table has one "
            "sample a row, parted by commas, semicolons, tabs or blanks; export it so"
        )
    fs = sampling_frequency or _said_rate(grid)
    if fs is None:
        raise RecordingError(
            f"{path}: a plain table of {len(grid.numbers)} columns does not say its sampling "
            "frequency; give it (--sampling-frequency HZ)"
        )
    return import_table(_table(path, grid, fs))


def read_grid(path: Path) -> Grid | None:
    """Find the first row of numbers; None if there is none."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    comments: list[str] = []
    before: str | None = None
    position = 0
    for number, raw in enumerate(head.splitlines(keepends=True), start=1):
        text = raw.decode("utf-8", errors="replace").strip("\ufeff\r\n")
        grid = _grid(text, before, position, number, comments)
        if grid is not None:
            return grid
        if text.strip():
            comments.append(text)
            before = text
        position += len(raw)
    return None


def _grid(
    text: str, before: str | None, position: int, number: int, comments: list[str]
) -> Grid | None:
    if not text.strip() or text.lstrip().startswith(COMMENTS):
        return None
    delimiter = _delimiter(text)
    row = split(text, delimiter)
    decimal = "," if delimiter != "," and not _has_number(row, ".") else "."
    if len(row) > MOST_FIELDS or not _has_number(row, decimal):
        return None
    if sum(is_number(f, decimal) for f in row) < len(row) - 1:
        return None
    names = split(before, delimiter) if before and not before.startswith(COMMENTS) else ()
    names = names if len(names) == len(row) else _said_labels(comments, len(row))
    return Grid(delimiter, decimal, names, row, position, number, tuple(comments))


def _delimiter(text: str) -> str:
    for mark in ("\t", ";", ","):
        if mark in text.strip():
            return mark
    return " " if " " in text.strip() else ","


def split(text: str, delimiter: str) -> tuple[str, ...]:
    """Part a line into fields, blanks and quotes stripped."""
    parts = text.split() if delimiter == " " else text.split(delimiter)
    return tuple(part.strip().strip('"').strip() for part in parts)


def is_number(field: str, decimal: str = ".") -> bool:
    """Whether a field is a number, or empty as a missing number is."""
    try:
        float(field.replace(decimal, ".") or "nan")
    except ValueError:
        return False
    return True


def _has_number(row: tuple[str, ...], decimal: str) -> bool:
    return any(field and is_number(field, decimal) for field in row)


def _said_rate(grid: Grid) -> float | None:
    for comment in grid.comments:
        match = _RATE.search(comment)
        if match and is_number(match[1]) and 0 < float(match[1]) < 1e6:
            return float(match[1])
    return None


def _said_labels(comments: list[str], n_fields: int) -> tuple[str, ...]:
    for comment in comments:
        match = _LABELS.search(comment)
        labels = split(match[1], _delimiter(match[1])) if match else ()
        if len(labels) == n_fields:
            return labels
    return ()


def _table(path: Path, grid: Grid, fs: float) -> Table:
    names = _unique_names(grid)
    return Table(
        path=path,
        rows=partial(read_rows, grid.layout(path)),
        channels=tuple(Channel.from_label(name, unit="count") for name in names),
        columns=tuple(range(len(grid.numbers))),
        sampling_frequency=fs,
        scales=CYTON_SCALES,
        scales_guessed=True,
    )


def _unique_names(grid: Grid) -> tuple[str, ...]:
    names = tuple(grid.names[i] if grid.names else "" for i in grid.numbers)
    if all(names) and len(set(names)) == len(names):
        return names
    return tuple(f"Channel {i}" for i in range(1, len(names) + 1))
