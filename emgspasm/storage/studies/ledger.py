"""Tables that people add rows to: every row is checked when it is written and when it is read.

People may also edit these tables by hand, so a mistake found in one names its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from emgspasm.errors import RecordingError
from emgspasm.storage.files import write_text
from emgspasm.storage.tables.tsv import MISSING

Row = TypeVar("Row")

EARLIEST = date(1800, 1, 1)
"""Dates shifted to hide them lie before 1925 (BIDS), but no shift is that long."""


def day(text: str) -> date:
    """A date as ``2026-01-31``, not in the future.

    Raises
    ------
    ValueError
        If it is no such date.
    """
    try:
        read = date.fromisoformat(text)
    except ValueError:
        read = date.min
    if text != read.isoformat() or read < EARLIEST:
        raise ValueError(f"date={text!r}; a date is written YYYY-MM-DD, as 2026-01-31")
    today = date.today()  # noqa: DTZ011  the day people see on their calendar
    if read > today:
        raise ValueError(f"date={text!r}; it lies in the future (today is {today})")
    return read


def number(name: str, text: str, low: float, high: float) -> float:
    """A number within limits.

    Raises
    ------
    ValueError
        If it is none, or lies outside.
    """
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name}={text!r}; it must be a number, such as 2.5") from None
    if not low <= value <= high:
        raise ValueError(f"{name}={text}; it must lie within {low:g} to {high:g}")
    return value


def read_ledger(path: Path, columns: Sequence[str]) -> list[dict[str, str | None]]:
    """Rows of a table as text, None for ``n/a``; none where there is no file.

    Raises
    ------
    RecordingError
        If it cannot be read, a column or a cell is missing, or two columns have one name.
    """
    return [row for _, row in _numbered_rows(path, columns)]


def _numbered_rows(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str | None]]]:
    """Rows with the number of their line, which blank lines count in."""
    if not path.exists():
        return []
    try:
        lines = _lines(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RecordingError(f"{path} cannot be read ({reason}). Check the file") from error
    heading = lines[0].split("\t")
    if missing := [name for name in columns if name not in heading]:
        raise RecordingError(
            f"{path}: its first line lacks the columns {', '.join(missing)} (it must name "
            f"{', '.join(columns)}, separated by tabs). Correct that line"
        )
    if double := next((name for name in heading if name and heading.count(name) > 1), None):
        raise RecordingError(
            f"{path}: its first line names the column {double} twice (one of them would be lost). "
            "Rename one"
        )
    return [
        (number, _cells(path, number, heading, line))
        for number, line in enumerate(lines[1:], start=2)
        if line.strip()
    ]


def _lines(path: Path) -> list[str]:
    """Lines of a table; other characters that break lines are of cells, as Word puts there."""
    return path.read_text(encoding="utf-8-sig").split("\n")


def _cells(path: Path, number: int, heading: Sequence[str], line: str) -> dict[str, str | None]:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) != len(heading):
        raise RecordingError(
            f"{path}, line {number}: {len(cells)} cells (its first line has {len(heading)}). "
            "Correct that line"
        )
    pairs = zip(heading, cells, strict=True)
    return {name: None if cell in ("", MISSING) else cell for name, cell in pairs}


def checked_rows(
    path: Path, columns: Sequence[str], check: Callable[[Mapping[str, str | None]], Row]
) -> list[Row]:
    """Rows of a table that people may have edited, each of them checked.

    Raises
    ------
    RecordingError
        Naming the line that breaks a rule.
    """
    checked = []
    for line, row in _numbered_rows(path, columns):
        try:
            checked.append(check(row))
        except ValueError as error:
            raise RecordingError(f"{path}, line {line}: {error}. Correct that line") from None
    return checked


def append_row(path: Path, columns: Sequence[str], row: Mapping[str, object]) -> None:
    """Add a row under the heading the table has; columns that people added stay ``n/a``.

    The caller holds the lock of the study.

    Raises
    ------
    RecordingError
        If the very row is there already, or the table cannot be read or written.
    """
    rows = read_ledger(path, columns)
    added = {name: shown(row.get(name)) for name in columns}
    if any({name: shown(old[name]) for name in columns} == added for old in rows):
        raise RecordingError(
            f"{path.name} holds this very row already ({', '.join(added.values())}). "
            f"Nothing was added; edit {path} to correct it"
        )
    heading = list(rows[0]) if rows else _heading(path, columns)
    write_ledger(path, heading, [*rows, added])


def remove_row(path: Path, column: str, value: str) -> None:
    """Remove the rows that hold a value in a column; the caller holds the lock of the study.

    Raises
    ------
    RecordingError
        If the table cannot be read or written.
    """
    rows = read_ledger(path, (column,))
    write_ledger(path, _heading(path, (column,)), [row for row in rows if row[column] != value])


def write_ledger(path: Path, heading: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write all rows under their heading, whole or not at all; the caller holds the lock."""
    lines = [heading, *([shown(row.get(name)) for name in heading] for row in rows)]
    write_text("".join("\t".join(c) + "\n" for c in lines), path, overwrite=True)


def _heading(path: Path, columns: Sequence[str]) -> list[str]:
    if not path.exists():
        return list(columns)
    return _lines(path)[0].split("\t")


def shown(value: object) -> str:
    """A cell: ``n/a`` for nothing, whole numbers without a point, no tabs or line ends."""
    if value is None:
        return MISSING
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return " ".join(text.split()) or MISSING
