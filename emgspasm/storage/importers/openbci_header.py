"""The lines before the first row of a text file of OpenBCI's GUI (firmware_notes 10.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emgspasm.errors import RecordingError
from emgspasm.storage.importers.rows import HEAD_BYTES, LONGEST_LINE

_NUMBER = re.compile(r"=\s*([0-9.]+(?:e[+-]?[0-9]+)?)", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"\s*-?\d+,\d+\s*")


@dataclass(frozen=True, slots=True)
class Header:
    """What the lines before the first row say.

    Parameters
    ----------
    path : Path
        The file.
    lines : tuple of str
        Lines that begin with ``%``.
    names : tuple of str
        The column row; empty if there is none.
    first_row : tuple of str
        Fields of the first row, with decimal points.
    separator : str
        What parts its fields: a comma, or with decimal commas a semicolon or a comma and a blank.
    decimal : str
        Its decimal mark.
    offset, line : int
        Where it begins, byte and line number.
    """

    path: Path
    lines: tuple[str, ...]
    names: tuple[str, ...]
    first_row: tuple[str, ...]
    separator: str
    decimal: str
    offset: int
    line: int


def read_header(path: Path, head: bytes, assumed: tuple[str, ...] = ()) -> Header:
    """Read up to the first row.

    Parameters
    ----------
    path : Path
        The file.
    head : bytes
        How it begins.
    assumed : tuple of str
        Lines that it lacks.

    Raises
    ------
    RecordingError
        If no row follows the header.
    """
    lines, position = list(assumed), 0
    names: tuple[str, ...] = ()
    for number, raw in enumerate(_lines(path, head), start=1):
        text = raw.decode("utf-8", errors="replace").strip("\ufeff\r\n ")
        separator, decimal = _marks(text)
        fields = split_row(text, separator, decimal)
        if text.startswith("%"):
            lines.append(text)
        elif text and _is_names(fields, bool(names), lines):
            names = fields
        elif text:
            return Header(path, tuple(lines), names, fields, separator, decimal, position, number)
        position += len(raw)
    raise RecordingError(
        f"{path}: the header of OpenBCI's GUI is there ({len(lines)} lines) but no row follows it. "
        "The recording is empty or cut; look for another file of that session"
    )


def _lines(path: Path, head: bytes) -> Iterator[bytes]:
    """Lines of a file that begins so: our own export may write a header of thousands of markers."""
    rest = head
    with path.open("rb") as file:
        file.seek(len(head))
        while len(rest) <= LONGEST_LINE and (more := file.read(HEAD_BYTES)):
            *whole, rest = (rest + more).splitlines(keepends=True)
            yield from whole
    yield from rest.splitlines(keepends=True)


def _marks(text: str) -> tuple[str, str]:
    """What parts the fields of a line, and its decimal mark, which a locale may make a comma."""
    separator = ";" if ";" in text else ", "
    fields = text.split(separator)
    commas = sum(bool(_DECIMAL_COMMA.fullmatch(field)) for field in fields)
    if 2 * commas > len(fields):
        return separator, ","
    return (separator if separator == ";" else ","), "."


def _is_names(fields: tuple[str, ...], had_names: bool, lines: list[str]) -> bool:
    """Whether a line stands for the column row; one shipped sample has zeros there."""
    if had_names:
        return False
    has_board = any(line.startswith("%Board") for line in lines)
    return not is_number(fields[0]) or (has_board and all(field == "0.0" for field in fields))


def is_number(field: str) -> bool:
    """Whether a field, its decimal mark a point, is a number."""
    try:
        float(field)
    except ValueError:
        return False
    return True


def said_value(header: Header, key: str) -> float | None:
    """The number after ``=`` in the line that holds these words; None if there is none."""
    for line in header.lines:
        match = _NUMBER.search(line) if key in line else None
        if match and is_number(match[1]):
            return float(match[1])
    return None


def split_line(text: str) -> tuple[str, ...]:
    """Part a line into fields, whatever parts them."""
    return split_row(text, *_marks(text))


def split_row(text: str, separator: str, decimal: str) -> tuple[str, ...]:
    """Part a row into fields, with decimal points and without quotes."""
    return tuple(part.strip(' "').replace(decimal, ".") for part in text.split(separator))
