"""How a plain table is written: its marks, its names, its first row of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from emgspasm.dsp.rates import HIGHEST
from emgspasm.errors import RecordingError
from emgspasm.storage.importers.fields import (
    COMMENTS,
    decoded,
    has_number,
    is_comment,
    is_number,
    mark_between,
    split,
)
from emgspasm.storage.importers.headings import names_above
from emgspasm.storage.importers.rows import HEAD_BYTES, MISSING, Layout
from emgspasm.storage.importers.stamps import is_epoch
from emgspasm.storage.importers.text_columns import refuse_texts
from emgspasm.storage.importers.time_columns import column_values, is_time

MOST_FIELDS = 1024
SAMPLED_ROWS = 200
"""Rows that decide how a table is written."""
FOLLOWING = 100
"""Lines below one that decide whether it may be the first row."""
MOST_TRIED = 200
"""Lines that may be the first row and are not: a file with more of them is no table."""
MOST_NUMBERS = 20
"""Numbers in the first rows of a column that may be labels."""

_JSON = re.compile(rb"\s*[\[{]\s*(?:[\[{\"\d-]|\Z)")


@dataclass(frozen=True, slots=True)
class Grid:
    """How a plain table is written.

    Parameters
    ----------
    path : Path
        Its file.
    delimiter, decimal : str
        Marks between fields and in numbers.
    names : tuple of str
        Header names; empty if there are none.
    row : tuple of str
        Fields of the first row.
    rows : tuple of tuple of str
        Fields of the first rows, the first among them.
    offset, line : int
        Where the first row begins, byte and line number.
    comments : tuple of str
        Lines before it.
    unfit : tuple of str
        Names in the line above it, where they are more or fewer than its fields.
    labels : int or None
        A field that holds text in later rows alone: see :mod:`late_labels`.
    rate, begun : float or None
        Sampling frequency (hertz) and start (seconds since 1970), where its first two lines say
        them, as Empatica's do.
    """

    path: Path
    delimiter: str
    decimal: str
    names: tuple[str, ...]
    row: tuple[str, ...]
    offset: int
    line: int
    comments: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    unfit: tuple[str, ...] = ()
    labels: int | None = None
    rate: float | None = None
    begun: float | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Fields that hold numbers; a mark at the end of every line opens no further one."""
        fields = self.row[: len(self.row) - self.ends_in_a_mark]
        found = (i for i, field in enumerate(fields) if is_number(field, self.decimal))
        return tuple(i for i in found if i != self.labels)

    @property
    def ends_in_a_mark(self) -> bool:
        """Whether every line ends in the mark between fields."""
        named = bool(self.names and self.names[-1])
        return len(self.row) > 1 and not named and not any(row[-1] for row in self.rows)

    @property
    def text(self) -> int | None:
        """The first field that holds text."""
        if self.labels is not None:
            return self.labels
        return next((i for i, f in enumerate(self.row) if not is_number(f, self.decimal)), None)

    def name(self, field: int) -> str:
        """What a field is called, for people."""
        return (self.names[field] if self.names else "") or f"column {field + 1}"

    def layout(self) -> Layout:
        """Where its rows are."""
        return Layout(
            self.path,
            self.offset,
            self.line,
            self.delimiter,
            len(self.row),
            self.numbers,
            self.text,
            self.decimal,
            COMMENTS,
        )


def read_grid(path: Path, head: bytes) -> Grid | None:
    """Find the first row of numbers in a file that begins so; None if there is none.

    Commas, semicolons, tabs or blanks part its fields.

    Raises
    ------
    RecordingError
        If commas part its fields and its decimals.
    """
    if b"\0" in head or _JSON.match(head):
        return None
    lines = head.splitlines(keepends=True)
    if len(head) == HEAD_BYTES:
        lines = lines[:-1]  # it is cut
    texts = tuple(decoded(raw).strip("\ufeff\r\n") for raw in lines)
    comments: list[str] = []
    position = n_tried = 0
    begun, rate = _start_and_rate(texts[:3])
    for number, raw in enumerate(lines, start=1):
        text = "" if number < 3 and rate else texts[number - 1]
        grid = _grid(path, text, position, number, comments)
        if grid is not None and _goes_on(grid, texts[number : number + FOLLOWING]):
            grid = replace(grid, rate=rate, begun=begun)
            return _settled(grid, texts[number:], len(raw))
        n_tried += grid is not None
        if n_tried > MOST_TRIED:
            break
        if text.strip():
            comments.append(text)
        position += len(raw)
    refuse_texts(comments, path)
    return None


def _start_and_rate(lines: tuple[str, ...]) -> tuple[float | None, float | None]:
    """Start and rate, which lines above the first row may repeat in every column (Empatica)."""
    rows = [split(text, mark_between(text)) for text in lines]
    alike = len({len(row) for row in rows}) == 1 and len(rows) == 3
    if not alike or any(len(set(row)) > 1 or not has_number(row, ".") for row in rows[:2]):
        return None, None
    begun, rate = (float(row[0]) if row[0] not in MISSING else 0.0 for row in rows[:2])
    # larger numbers are samples
    return (begun, rate) if is_epoch(begun) and 0 < rate < HIGHEST else (None, None)


def _grid(path: Path, text: str, position: int, number: int, comments: list[str]) -> Grid | None:
    if not _may_be_row(text):
        return None
    for delimiter in dict.fromkeys((mark_between(text), " " if " " in text.strip() else ",")):
        row = split(text, delimiter)
        decimal = "," if delimiter != "," and _has_decimal_comma(row) else "."
        texts = [field for field in row if not is_number(field, decimal)]
        if len(row) > MOST_FIELDS or not has_number(row, decimal) or len(texts) > 1:
            continue
        if any(is_number(part, ",") for field in texts for part in field.split()):
            continue  # a text made of numbers: parted elsewhere
        names, unfit = names_above(comments, row, delimiter)
        above = tuple(comments)
        return Grid(path, delimiter, decimal, names, row, position, number, above, (row,), unfit)
    return None


def _goes_on(grid: Grid, following: tuple[str, ...]) -> bool:
    """Whether most of what follows is alike: numbers stand above a table, too (a rate, a count).

    So do settings, a name and a number each, above numbers alone.
    """
    rows = [split(text, grid.delimiter) for text in following if _may_be_row(text)]
    alike = [row for row in rows if len(row) == len(grid.row)]
    if 2 * len(alike) < len(rows):
        return False
    if grid.text is None or grid.names:
        return True
    fields = [row[grid.text] for row in alike]
    return 2 * sum(is_number(f, grid.decimal) and f not in MISSING for f in fields) <= len(fields)


def _may_be_row(text: str) -> bool:
    return bool(text.strip()) and not is_comment(text)


def _settled(grid: Grid, following: tuple[str, ...], n_bytes: int) -> Grid:
    """Let the rows after the first decide what it alone cannot tell."""
    lines = filter(_may_be_row, following)
    rows = [split(text, grid.delimiter) for text in islice(lines, SAMPLED_ROWS)]
    rows = [row for row in rows if len(row) == len(grid.row)]
    if grid.delimiter != "," and any(_is_decimal_comma(field) for row in rows for field in row):
        grid = replace(grid, decimal=",")
    adjacent = bool(rows) and rows[0] == split(following[0], grid.delimiter)
    if adjacent and (names := _names_instead(grid, rows)):
        line, offset = grid.line + 1, grid.offset + n_bytes
        grid = replace(grid, names=names, row=rows[0], rows=tuple(rows), line=line, offset=offset)
    else:
        grid = replace(grid, rows=(grid.row, *rows))
    _refuse_text_above_numbers(grid)
    _refuse_decimal_commas(grid)
    return grid


def _names_instead(grid: Grid, rows: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Names of the columns where the first row holds no sample; none where it does.

    pandas numbers columns without names; BIOPAC counts the samples of each, without a time.
    """
    counting = tuple(map(str, range(len(grid.row))))
    if len(grid.row) > 1 and grid.row in (counting, ("", *counting[:-1])):
        return grid.row
    if not grid.names or grid.row[0] not in MISSING:
        return ()
    times = column_values([row[0] for row in rows], grid.decimal)
    timed = np.isfinite(times).all() and is_time(grid.names[0], times)
    return grid.names if timed else ()


def _refuse_text_above_numbers(grid: Grid) -> None:
    """Refuse a channel whose first number is missing in a way that nobody knows."""
    if (column := grid.text) is None:
        return
    later = {row[column] for row in grid.rows[1:]}.difference(MISSING)
    if sum(is_number(field, grid.decimal) for field in later) > MOST_NUMBERS:
        raise RecordingError(
            f"{grid.path}: line {grid.line} holds {grid.row[column]!r} in the column "
            f"{grid.name(column)!r}, whose other rows hold numbers. Write nothing, or n/a, where a "
            "number is missing"
        )


def _has_decimal_comma(row: tuple[str, ...]) -> bool:
    """Whether numbers of a row have decimal commas, and none a decimal point."""
    points = any("." in field and is_number(field) for field in row)
    return not points and any(map(_is_decimal_comma, row))


def _is_decimal_comma(field: str) -> bool:
    return "," in field and is_number(field, ",") and not is_number(field)


def _refuse_decimal_commas(grid: Grid) -> None:
    """Refuse fields such as the ``05`` of ``6,05``: no number begins so, but decimals do.

    So are twice as many numbers as names: the halves of numbers.
    """
    if grid.names or grid.delimiter == " ":
        return
    fields = [row[i] for row in grid.rows for i in grid.numbers]
    whole = all(field.lstrip("+-").isdigit() or not field for field in fields)
    n_texts = len(grid.row) - len(grid.numbers)
    halves = len(grid.numbers) == 2 * (len(grid.unfit) - n_texts)
    begins_with_0 = grid.delimiter == "," and any(re.fullmatch(r"0\d+", f) for f in fields)
    if whole and (begins_with_0 or halves):
        mark = {",": "commas", ";": "semicolons", "\t": "tabs"}[grid.delimiter]
        raise RecordingError(
            f"{grid.path}: {mark} separate its fields or its decimals, line {grid.line} does not "
            f"tell which ({grid.delimiter.join(grid.row)[:40]!r}). Export it with decimal points, "
            "or with another mark between fields"
        )
