"""BrainFlow files: rows of tab separated numbers without a header (firmware_notes 10.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from emgspasm.board import CYTON, DAISY, GANGLION, Board
from emgspasm.storage.importers.counter import CYCLES
from emgspasm.storage.importers.first_row import invalid_first_row
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.logs import read_log
from emgspasm.storage.importers.rows import Layout
from emgspasm.storage.importers.stamps import is_epoch
from emgspasm.storage.importers.table import Table, board_channels
from emgspasm.storage.importers.tabular import import_table

STRIDE = 1000
"""Rows over which time stamps tell the rate; packets that arrive together are fewer."""

_ROW = re.compile(rb"-?\d+\.\d{6}(?:\t(?:-?\d+\.\d{6}|-?nan|-?inf))+\r?\n")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """What the columns of a board's rows mean, by their number (firmware_notes 10.7).

    Parameters
    ----------
    board : Board
        Its channels stand from column 1 on.
    name : str
        As BrainFlow calls it.
    rates : tuple of float
        Sampling frequencies of the boards that share these columns; the time stamps choose.
    acceleration : tuple of int
        Columns.
    time : int
        Column; markers stand in the next one, which is the last.
    """

    board: Board
    name: str
    rates: tuple[float, ...]
    acceleration: tuple[int, ...]
    time: int


ROWS = {
    24: BoardRow(CYTON, "Cyton", (250, 1000), (9, 10, 11), 22),
    32: BoardRow(DAISY, "Cyton Daisy", (125, 250, 1000), (17, 18, 19), 30),
    15: BoardRow(GANGLION, "Ganglion", (200,), (5, 6, 7), 13),
}
"""By columns of a row: by radio, over WiFi, and the synthetic board (32 columns, 250 Hz)."""


def brainflow_row(head: bytes) -> BoardRow | None:
    """The rows of a BrainFlow file that begins with these bytes; None for other files."""
    first = next(iter(head.splitlines(keepends=True)), b"")
    if not _ROW.fullmatch(first):
        return None
    fields = first.split(b"\t")
    row = ROWS.get(len(fields))
    return row if row and is_epoch(float(fields[row.time])) else None


def import_brainflow(
    path: Path, row: BoardRow, sampling_frequency: float | None = None
) -> Imported:
    """Read a BrainFlow file.

    Parameters
    ----------
    path : Path
        The file.
    row : BoardRow
        What its columns mean.
    sampling_frequency : float, optional
        Hertz; by default the board's own that is nearest to its time stamps.

    Raises
    ------
    RecordingError
        If no row can be read.
    """
    n_exg = row.board.n_channels
    numbers = (*range(n_exg + 1), *row.acceleration, row.time, row.time + 1)
    invalid = invalid_first_row(path, 0, partial(str.split, sep="\t"), range(1, n_exg + 1))
    offset, findings = (invalid[0], [invalid[1]]) if invalid else (0, [])
    layout = Layout(path, offset, 1 + len(findings), "\t", row.time + 2, numbers)
    n_signals = n_exg + len(row.acceleration)
    return import_table(
        Table(
            path=path,
            rows=partial(read_log, layout),
            channels=board_channels(n_exg, len(row.acceleration)),
            columns=tuple(range(1, n_signals + 1)),
            sampling_frequency=sampling_frequency or _rate(row, layout),
            device=f"BrainFlow {row.name}",
            counter=0,
            time=n_signals + 1,
            marker=n_signals + 2,
            cycles=CYCLES[row.board],
            scales=row.board.full_scales,
            begins_with_zeros=True,
        ),
        findings,
    )


def _rate(row: BoardRow, layout: Layout) -> float:
    """The board's sampling frequency nearest to what the first time stamps say."""
    for rows in islice(read_log(layout), 1):
        times = rows.numbers[:, -2]
        times = times[np.isfinite(times)]
        stride = min(STRIDE, len(times) - 1)
        # the median: a pause between two sessions of a file must not count
        seconds = float(np.median(times[stride:] - times[:-stride])) if stride > 0 else 0.0
        if seconds > 0:
            return min(row.rates, key=lambda rate: abs(np.log(rate * seconds / stride)))
    return row.rates[0]
