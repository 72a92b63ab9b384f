"""The column of labels of a plain table, where its first row leaves it empty.

Markers stand in few rows: by the first ones such a column could as well be of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from emgspasm.storage.importers.fields import decoded, is_number, split
from emgspasm.storage.importers.grid import Grid
from emgspasm.storage.importers.rows import MISSING, parse, read_blocks
from emgspasm.storage.importers.text_columns import refuse_columns_of_text

_CALLED = re.compile(r"marker|event|label|annotation|trigger|comment|task", re.IGNORECASE)


def with_late_labels(grid: Grid) -> Grid:
    """The grid, which knows a column of labels that is empty in its first row.

    One that is called so and holds nothing at all is none of numbers either: of a series of
    recordings with markers, all have the same channels.

    Raises
    ------
    RecordingError
        If it has another column of text.
    """
    kinds = {i: _kind(grid, i) for i in grid.numbers if grid.row[i] in MISSING}
    late = [i for i, kind in kinds.items() if kind == "text"]
    texts = sorted({*late, *([] if grid.text is None else [grid.text])})
    if late and len(texts) > 1:
        refuse_columns_of_text([grid.name(i) for i in texts], grid.path)
    unused = [i for i, kind in kinds.items() if kind == "empty" and _CALLED.search(grid.name(i))]
    labels = late or ([] if texts else unused)
    return replace(grid, labels=labels[0]) if labels else grid


def _kind(grid: Grid, column: int) -> Literal["text", "number", "empty"]:
    """What stands in the first rows of a column that are not empty."""
    for values in _values(grid, column):
        if there := values.difference(MISSING):
            numbers = all(is_number(value, grid.decimal) for value in there)
            return "number" if numbers else "text"
    return "empty"


def _values(grid: Grid, column: int) -> Iterator[set[str]]:
    """What stands in a column: in the first rows, then block by block."""
    yield {row[column] for row in grid.rows}
    layout = replace(grid.layout(), numbers=(), text=column)
    for block in read_blocks(grid.path, grid.offset):
        rows = parse(block, layout)
        if rows is not None and rows.text is not None:
            yield {decoded(value).strip('"') for value in set(rows.text.tolist())}
        else:  # a damaged line is among them
            lines = (split(decoded(line), grid.delimiter) for line in block.splitlines())
            yield {row[column] for row in lines if len(row) == len(grid.row)}
