"""Tables as TSV files: written whole or not at all, read back as data frames."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from emgspasm.errors import RecordingError
from emgspasm.storage.files import replacing
from emgspasm.storage.tables.column import Column
from emgspasm.storage.tables.dictionary import labels
from emgspasm.system import unreadable

if TYPE_CHECKING:
    import pandas as pd

MISSING = "n/a"


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column]) -> pd.DataFrame:
    """Rows as a data frame with exactly these columns; what a row lacks is missing."""
    rows = list(rows)
    return frame(((c.name, [row.get(c.name) for row in rows]) for c in columns), columns)


def frame(cells: Iterable[tuple[str, Any]], columns: Sequence[Column]) -> pd.DataFrame:
    """Cells by column as a data frame with exactly these columns.

    Parameters
    ----------
    cells : iterable of (str, array_like or scalar)
        None and NaN are missing; what is not an array stands in every row. Taken one after the
        other, so that one column at a time is in memory twice.
    columns : sequence of Column
        In order; what `cells` lacks is missing.
    """
    import pandas as pd

    whole = {column.name for column in columns if column.whole}
    varying, same = {}, {}
    n_rows = 0
    for name, values in cells:
        if _is_scalar(values):
            same[name] = values
        else:
            varying[name], n_rows = _stored(values, whole=name in whole), len(values)
    for column in columns:
        if column.name not in varying:
            value = same.get(column.name)
            varying[column.name] = _stored([value] * n_rows, whole=True) if column.whole else value
    told = {column.name: varying[column.name] for column in columns}
    return pd.DataFrame(told, pd.RangeIndex(n_rows), copy=False)


def _stored(values: Any, *, whole: bool) -> Any:
    """Cells as a data frame keeps them: words side by side, not each by itself.

    What it need not convert it takes as it is, in a quarter of the time that a series takes.
    """
    import pandas as pd

    if whole:
        return pd.array(values, "Int64")  # pandas' integers may be missing
    is_of_words = isinstance(values, np.ndarray) and values.dtype == object
    return pd.Series(values).array if is_of_words else values


def _is_scalar(values: Any) -> bool:
    return values is None or isinstance(values, str)


def table_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a data frame as dicts by column, None for what is missing."""
    import pandas as pd

    filled = frame.astype(object).where(frame.notna(), None)
    assert isinstance(filled, pd.DataFrame)
    return [{str(k): v for k, v in row.items()} for row in filled.to_dict("records")]


def write_table(frame: pd.DataFrame, path: Path, *, overwrite: bool = False) -> None:
    """Write a data frame as TSV, ``n/a`` for missing, seven significant digits at least.

    Raises
    ------
    ConfigError
        If the file exists and `overwrite` is False.
    RecordingError
        If it cannot be written.
    """
    with (
        replacing(path, overwrite=overwrite) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        _writer(file).writerow(frame.columns)
        for first in range(0, len(frame), ROWS):
            _write_rows(frame.iloc[first : first + ROWS], file)


def _writer(file: TextIO) -> Any:
    return csv.writer(file, delimiter="\t", lineterminator="\n")


ROWS = 8192
"""Rows that are written at a time: as words they take many times the memory."""


def _write_rows(frame: pd.DataFrame, file: TextIO) -> None:
    """Write rows column by column, in a fifth of the time that pandas takes."""
    columns = [_words(cells) for _, cells in frame.items()]
    text = "".join([f"{row}\n" for row in map("\t".join, zip(*columns, strict=True))])
    n_rows, n_tabs = len(frame), len(columns) - 1
    plain = text.count("\n") == n_rows and text.count("\t") == n_rows * n_tabs
    if plain and not ('"' in text or "\r" in text):
        file.write(text)
    else:  # what must be quoted
        _writer(file).writerows(zip(*columns, strict=True))


def _words(cells: pd.Series) -> list[str]:
    """Cells of a column as they are written."""
    there = cells.notna().to_numpy()
    values = cells.tolist() if there.all() else cells[there].tolist()
    words = list(map(str, values))
    if len(words) == len(cells):
        return words
    column = [MISSING] * len(cells)
    for row, word in zip(np.flatnonzero(there).tolist(), words, strict=True):
        column[row] = word
    return column


def write_cells(rows: Iterable[Sequence[str]], path: Path) -> None:
    """Write rows of words, their heading first, in the place of what is there.

    Raises
    ------
    RecordingError
        If the file cannot be written.
    """
    with (
        replacing(path, overwrite=True) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        _writer(file).writerows(rows)


def read_cells(path: Path) -> list[list[str]]:
    """Read the cells of a table as words, its heading first.

    Raises
    ------
    OSError, ValueError, csv.Error
        If it cannot be read, is no UTF-8 or no table.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


def read_table(path: Path, columns: Collection[str] | None = None) -> pd.DataFrame:
    """Read a TSV file of events, truth or results; ``n/a`` is NaN.

    Parameters
    ----------
    path : Path
    columns : collection of str, optional
        Those that are read, as far as they are there; left out, all.

    Raises
    ------
    RecordingError
        If the file cannot be read, is no table, or is cut.
    """
    return parse_table(read_content(path), path, columns)


def read_content(path: Path) -> bytes:
    """Read what a table holds, not parsed yet.

    Raises
    ------
    RecordingError
        If the file cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = unreadable(error, path)
        raise RecordingError(f"{path} cannot be read ({reason}). Check the path") from None


def parse_table(content: bytes, path: Path, columns: Collection[str] | None = None) -> pd.DataFrame:
    """Parse what was read from `path`; raises what :func:`read_table` raises."""
    import pandas as pd

    _refuse_cut(content, path)
    try:
        return pd.read_csv(
            BytesIO(content), sep="\t", na_values=[MISSING], keep_default_na=False,
            dtype=dict.fromkeys(labels(), str),
            usecols=None if columns is None else lambda name: name in columns,
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        why = "it is empty" if isinstance(error, pd.errors.EmptyDataError) else str(error).strip()
        raise RecordingError(
            f"{path} is not a tab-separated table ({why}). Give a table as emgspasm writes it"
        ) from None


def _refuse_cut(content: bytes, path: Path) -> None:
    """Refuse a table that ends inside a row, since any number of rows may be missing."""
    first, last = content.split(b"\n", 1)[0], content[content.rfind(b"\n") + 1 :]
    n_fields, n_last = first.count(b"\t") + 1, last.count(b"\t") + 1
    if last.strip() and n_last < n_fields:
        raise RecordingError(
            f"{path} is cut: its last line holds {n_last} of {n_fields} fields and has no end. "
            "Take a whole copy, or make it again"
        )


def require_numbers(
    frame: pd.DataFrame, path: Path, columns: Iterable[str], whole: Collection[str] = ()
) -> None:
    """Refuse a table that holds words where numbers belong; cells may be missing.

    Parameters
    ----------
    frame : DataFrame
    path : Path
        Where it was read.
    columns : iterable of str
        Those that hold numbers.
    whole : collection of str
        Those of them that hold whole numbers.

    Raises
    ------
    RecordingError
        Naming the first such cell.
    """
    import pandas as pd

    for name in columns:
        cells = frame.get(name, pd.Series(dtype=float))
        read = pd.to_numeric(cells, errors="coerce")
        unfit = read.isna() | (read % 1 != 0) if name in whole else read.isna()
        for row in (cells.notna() & unfit).to_numpy().nonzero()[0]:
            kind = "a whole number" if name in whole else "a number"
            raise RecordingError(
                f"{path}: {name} is {str(cells.iloc[row])[:40]!r} in line {row + 2} ({kind}, or "
                f"{MISSING}). Correct that cell"
            )
