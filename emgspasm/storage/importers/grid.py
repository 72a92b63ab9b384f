"""How a plain table is written: its marks, its names, its first row of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from emgspasm.dsp.rates import HIGHEST
from emgspasm.errors import RecordingError
from emgspasm.storage.importers.fields import decoded, has_number, is_number, mark_between, split
from emgspasm.storage.importers.headings import COMMENTS, names_above
from emgspasm.storage.importers.rows import MISSING, Layout
from emgspasm.storage.importers.stamps import is_epoch

HEADER_BYTES = 1 << 16
MOST_FIELDS = 1024
SAMPLED_ROWS = 200
"""Rows that decide how a table is written."""

_JSON = re.compile(rb"\s*[\[{]\s*(?:[\[{\"\d-]|\Z)")


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
    rows : tuple of tuple of str
        Fields of the first rows, the first among them.
    offset, line : int
        Where the first row begins, byte and line number.
    comments : tuple of str
        Lines before it.
    unfit : tuple of str
        Names in the line above it, where they are more or fewer than its fields.
    rate, begun : float or None
        Sampling frequency (hertz) and start (seconds since 1970), where its first two lines say
        them, as Empatica's do.
    """

    delimiter: str
    decimal: str
    names: tuple[str, ...]
    row: tuple[str, ...]
    offset: int
    line: int
    comments: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    unfit: tuple[str, ...] = ()
    rate: float | None = None
    begun: float | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Fields that hold numbers; a mark at the end of every line opens no further one."""
        fields = self.row[: len(self.row) - self.ends_in_a_mark]
        return tuple(i for i, field in enumerate(fields) if is_number(field, self.decimal))

    @property
    def ends_in_a_mark(self) -> bool:
        """Whether every line ends in the mark between fields."""
        named = bool(self.names and self.names[-1])
        return len(self.row) > 1 and not named and not any(row[-1] for row in self.rows)

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
            COMMENTS,
            tolerant=True,
        )


def read_grid(path: Path) -> Grid | None:
    """Find the first row of numbers; None if there is none.

    Raises
    ------
    RecordingError
        If commas part its fields and its decimals.
    """
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    if _JSON.match(head):
        return None
    lines = head.splitlines(keepends=True)
    if len(head) == HEADER_BYTES:
        lines = lines[:-1]  # it is cut
    comments: list[str] = []
    position = 0
    begun, rate = _start_and_rate(lines[:3])
    for number, raw in enumerate(lines, start=1):
        text = "" if number < 3 and rate else _decoded(raw)
        grid = _grid(text, position, number, comments)
        if grid is not None and _goes_on(grid, lines[number : number + 2]):
            grid = replace(grid, rate=rate, begun=begun)
            return _settled(grid, tuple(map(_decoded, lines[number:])), len(raw), path)
        if text.strip():
            comments.append(text)
        position += len(raw)
    _refuse_texts(comments, path)
    return None


def _start_and_rate(lines: list[bytes]) -> tuple[float | None, float | None]:
    """Start and rate, which lines above the first row may repeat in every column (Empatica)."""
    rows = [split(text, mark_between(text)) for text in map(_decoded, lines)]
    alike = len({len(row) for row in rows}) == 1 and len(rows) == 3
    if not alike or any(len(set(row)) > 1 or not has_number(row, ".") for row in rows[:2]):
        return None, None
    begun, rate = (float(row[0]) if row[0] not in MISSING else 0.0 for row in rows[:2])
    # larger numbers are samples
    return (begun, rate) if is_epoch(begun) and 0 < rate < HIGHEST else (None, None)


def _decoded(raw: bytes) -> str:
    return decoded(raw).strip("\ufeff\r\n")


def _grid(text: str, position: int, number: int, comments: list[str]) -> Grid | None:
    if not text.strip() or text.lstrip().startswith(COMMENTS):
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
        return Grid(delimiter, decimal, names, row, position, number, above, (row,), unfit)
    return None


def _goes_on(grid: Grid, following: list[bytes]) -> bool:
    """Whether what follows may be rows: a lone number above wider lines is a rate, or a count."""
    widths = {len(split(_decoded(raw), grid.delimiter)) for raw in following if raw.strip()}
    return len(grid.row) > 1 or 1 in widths or not widths


def _settled(grid: Grid, following: tuple[str, ...], n_bytes: int, path: Path) -> Grid:
    """Let the rows after the first decide what it alone cannot tell."""
    lines = (text for text in following if text.strip() and not text.lstrip().startswith(COMMENTS))
    rows = [split(text, grid.delimiter) for text in islice(lines, SAMPLED_ROWS)]
    rows = [row for row in rows if len(row) == len(grid.row)]
    if grid.delimiter != "," and any(_is_decimal_comma(field) for row in rows for field in row):
        grid = replace(grid, decimal=",")
    counting = tuple(map(str, range(len(grid.row))))
    adjacent = bool(rows) and rows[0] == split(following[0], grid.delimiter)
    if adjacent and len(grid.row) > 1 and grid.row in (counting, ("", *counting[:-1])):
        # pandas numbers columns without names
        names, grid = grid.row, replace(grid, row=rows[0], line=grid.line + 1)
        grid = replace(grid, names=names, offset=grid.offset + n_bytes, rows=tuple(rows))
    else:
        grid = replace(grid, rows=(grid.row, *rows))
    _refuse_decimal_commas(grid, path)
    return grid


def _has_decimal_comma(row: tuple[str, ...]) -> bool:
    """Whether numbers of a row have decimal commas, and none a decimal point."""
    points = any("." in field and is_number(field) for field in row)
    return not points and any(map(_is_decimal_comma, row))


def _is_decimal_comma(field: str) -> bool:
    return "," in field and is_number(field, ",") and not is_number(field)


def _refuse_decimal_commas(grid: Grid, path: Path) -> None:
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
            f"{path}: {mark} separate its fields or its decimals, line {grid.line} does not tell "
            f"which ({grid.delimiter.join(grid.row)[:40]!r}). Export it with decimal points, or "
            "with another mark between fields"
        )


def _refuse_texts(lines: list[str], path: Path) -> None:
    """Refuse a table whose rows hold several texts, and name them."""
    for names, first, second in zip(lines, lines[1:], lines[2:], strict=False):
        mark = mark_between(first)
        rows = [split(text, mark) for text in (names, first, second)]
        texts = [[i for i, field in enumerate(row) if not is_number(field)] for row in rows]
        alike = len({len(row) for row in rows}) == 1 and texts[1] == texts[2]
        if mark == " " or not alike or len(texts[0]) < len(rows[0]) or len(texts[1]) < 2:
            continue
        if len(texts[1]) < len(rows[1]):
            said = ", ".join(repr(rows[0][i]) for i in texts[1])
            raise RecordingError(
                f"{path}: a plain table with {len(texts[1])} columns of text ({said}), where one "
                "is understood, as labels that last until they change. Leave out all but one"
            )
