"""BrainFlow files: rows of tab separated numbers without a header (firmware_notes 10.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from emgspasm.storage.importers.counter import CYTON, DAISY, GANGLION, Cycle
from emgspasm.storage.importers.first_row import invalid_first_row
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.logs import read_log
from emgspasm.storage.importers.ranges import CYTON_SCALES, GANGLION_SCALE
from emgspasm.storage.importers.rows import Layout
from emgspasm.storage.importers.table import Table
from emgspasm.storage.importers.tabular import import_table
from emgspasm.stream import Channel

STRIDE = 1000
"""Rows over which time stamps tell the rate; packets that arrive together are fewer."""

_ROW = re.compile(rb"-?\d+\.\d{6}(?:\t(?:-?\d+\.\d{6}|-?nan|-?inf))+\r?\n")


@dataclass(frozen=True, slots=True)
class Board:
    """What the columns of a board mean, by their number (firmware_notes 10.7).

    Parameters
    ----------
    name : str
        The board.
    rates : tuple of float
        Sampling frequencies of the boards that share this layout; the time stamps choose.
    n_exg : int
        Channels, from column 1 on.
    acceleration : tuple of int
        Columns.
    time, marker : int
        Columns.
    cycles : tuple of Cycle
        Packet counters.
    scales : tuple of float
        Full scales, uV.
    """

    name: str
    rates: tuple[float, ...]
    n_exg: int
    acceleration: tuple[int, ...]
    time: int
    marker: int
    cycles: tuple[Cycle, ...]
    scales: tuple[float, ...]


BOARDS = {
    24: Board("Cyton", (250, 1000), 8, (9, 10, 11), 22, 23, CYTON, CYTON_SCALES),
    32: Board("Cyton Daisy", (125, 250, 1000), 16, (17, 18, 19), 30, 31, DAISY, CYTON_SCALES),
    15: Board("Ganglion", (200,), 4, (5, 6, 7), 13, 14, GANGLION, (GANGLION_SCALE,)),
}
"""By columns of a row: by radio, over WiFi, and the synthetic board (32 columns, 250 Hz)."""


def brainflow_board(head: bytes) -> Board | None:
    """The board of a BrainFlow file that begins with these bytes; None for other files."""
    first = next(iter(head.splitlines(keepends=True)), b"")
    if not _ROW.fullmatch(first):
        return None
    fields = first.split(b"\t")
    board = BOARDS.get(len(fields))
    return board if board and 1e8 < float(fields[board.time]) < 1e10 else None


def import_brainflow(path: Path, board: Board, sampling_frequency: float | None = None) -> Imported:
    """Read a BrainFlow file.

    Parameters
    ----------
    path : Path
        The file.
    board : Board
        What wrote it.
    sampling_frequency : float, optional
        Hertz; by default the board's own that is nearest to its time stamps.

    Raises
    ------
    RecordingError
        If no row can be read.
    """
    numbers = (0, *range(1, board.n_exg + 1), *board.acceleration, board.time, board.marker)
    columns = max(board.marker, board.time) + 1
    electrodes = numbers[1 : board.n_exg + 1]
    invalid = invalid_first_row(path, 0, partial(str.split, sep="\t"), electrodes)
    offset, findings = (invalid[0], [invalid[1]]) if invalid else (0, [])
    layout = Layout(path, offset, 1 + len(findings), "\t", columns, numbers)
    n_signals = board.n_exg + len(board.acceleration)
    return import_table(
        Table(
            path=path,
            rows=partial(read_log, layout),
            channels=(
                *(Channel(f"EXG Channel {i}") for i in range(board.n_exg)),
                *(Channel(f"Accel Channel {i}", kind="ACCEL", unit="g") for i in range(3)),
            ),
            columns=tuple(range(1, n_signals + 1)),
            sampling_frequency=sampling_frequency or _rate(board, layout),
            device=f"BrainFlow {board.name}",
            counter=0,
            time=n_signals + 1,
            marker=n_signals + 2,
            cycles=board.cycles,
            scales=board.scales,
            begins_with_zeros=True,
        ),
        findings,
    )


def _rate(board: Board, layout: Layout) -> float:
    """The board's sampling frequency nearest to what the first time stamps say."""
    for rows in islice(read_log(layout), 1):
        times = rows.numbers[:, -2]
        times = times[np.isfinite(times)]
        stride = min(STRIDE, len(times) - 1)
        # the median: a pause between two sessions of a file tells of no rate
        seconds = float(np.median(times[stride:] - times[:-stride])) if stride > 0 else 0.0
        if seconds > 0:
            return min(board.rates, key=lambda rate: abs(np.log(rate * seconds / stride)))
    return board.rates[0]
