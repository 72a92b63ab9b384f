"""The column of labels of a plain table, where its first row leaves it empty.

Markers stand in few rows: by the first ones such a column could as well be of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from emgspasm.storage.importers.fields import decoded, is_number, split
from emgspasm.storage.importers.grid import Grid, refuse_columns_of_text
from emgspasm.storage.importers.rows import MISSING, parse, read_blocks


def with_late_labels(grid: Grid, path: Path) -> Grid:
    """The grid, which knows a column of labels that is empty in its first row.

    Raises
    ------
    RecordingError
        If it has another column of text.
    """
    late = [i for i in grid.numbers if grid.row[i] in MISSING and _holds_text(grid, i, path)]
    if not late:
        return grid
    if len(texts := sorted({*late, *([] if grid.text is None else [grid.text])})) > 1:
        refuse_columns_of_text([grid.name(i) for i in texts], path)
    return replace(grid, labels=late[0])


def _holds_text(grid: Grid, column: int, path: Path) -> bool:
    """Whether text stands in the first rows of a column that are not empty."""
    for values in _values(grid, column, path):
        if there := values.difference(MISSING):
            return not all(is_number(value, grid.decimal) for value in there)
    return False


def _values(grid: Grid, column: int, path: Path) -> Iterator[set[str]]:
    """What stands in a column: in the first rows, then block by block."""
    yield {row[column] for row in grid.rows}
    layout = replace(grid.layout(path), numbers=(), text=column)
    for block in read_blocks(path, grid.offset):
        rows = parse(block, layout)
        if rows is not None and rows.text is not None:
            yield {decoded(value).strip('"') for value in set(rows.text.tolist())}
        else:  # a damaged line is among them
            lines = (split(decoded(line), grid.delimiter) for line in block.splitlines())
            yield {row[column] for row in lines if len(row) == len(grid.row)}
