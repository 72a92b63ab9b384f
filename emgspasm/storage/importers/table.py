"""A table of text rows, one sample a row: what its columns mean, and the first pass over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.importers.counter import (
    CounterScan,
    Cycle,
    choose_cycle,
    scan,
)
from emgspasm.storage.importers.fields import marker_text
from emgspasm.storage.importers.ranges import Ranges, measured, no_ranges, widen
from emgspasm.storage.importers.rows import Malformed, Rows
from emgspasm.storage.importers.stamps import (
    StampScan,
    clock_seconds,
    moment_seconds,
    take_stamps,
)
from emgspasm.stream import Channel

LATEST = 1e11
"""Seconds; larger times are milliseconds, or damaged."""


@dataclass(frozen=True, slots=True)
class Table:
    """What the columns of a table mean. Columns count the numbers of a row, from 0.

    Parameters
    ----------
    path : Path
        The file.
    rows : callable
        Reads the rows from the first on; called once for each pass.
    channels : tuple of Channel
        Channels, their full scale not yet known.
    columns : tuple of int
        Column of every channel.
    sampling_frequency : float
        Hertz.
    device : str
        What recorded it.
    counter, time, marker : int or None
        Columns of the packet counter, of host time stamps (seconds or milliseconds), of markers
        (0 is none).
    clock : bool
        Whether the text field is a clock ``HH:mm:ss.SSS``; otherwise it is a label that holds
        until it changes.
    time_unit : float or None
        Seconds in one unit of the time stamps of a plain table, whose samples they count: what
        they tell of is missing. None where they are a host's, which say when rows arrived, not
        when they were sampled.
    local : bool
        Whether its dates are those of the place's clock; otherwise of universal time.
    begun : float or None
        Seconds since 1970 at which the first row was recorded, where its header says it.
    cycles : tuple of Cycle
        Counter cycles of such a device.
    scales : tuple of float
        Full scales of such a device, ascending; for EMG channels.
    scales_guessed : bool
        Whether the device is unknown.
    holds_acceleration : bool
        Whether rows in which it is all zero mean "no new value" (firmware_notes 1.8).
    begins_with_zeros : bool
        Whether streams begin with a row that is no measurement: see :mod:`first_row`.
    """

    path: Path
    rows: Callable[[], Iterator[Rows]]
    channels: tuple[Channel, ...]
    columns: tuple[int, ...]
    sampling_frequency: float
    device: str = ""
    counter: int | None = None
    time: int | None = None
    marker: int | None = None
    clock: bool = False
    time_unit: float | None = None
    local: bool = False
    begun: float | None = None
    cycles: tuple[Cycle, ...] = ()
    scales: tuple[float, ...] = ()
    scales_guessed: bool = False
    holds_acceleration: bool = False
    begins_with_zeros: bool = False

    @property
    def exg(self) -> tuple[int, ...]:
        """Channels that are signals of electrodes."""
        return tuple(i for i, channel in enumerate(self.channels) if channel.kind == "EMG")


@dataclass(frozen=True, slots=True)
class TableScan:
    """What the first pass saw; its lists grow."""

    ranges: Ranges
    stamps: StampScan
    counter: CounterScan | None = None
    malformed: Malformed | None = None
    marks: list[tuple[int, str]] = field(default_factory=list)
    labels: list[tuple[int, bytes]] = field(default_factory=list)
    pauses: list[tuple[int, float]] = field(default_factory=list)
    times: list[NDArray[np.float64]] = field(default_factory=list)
    damaged: list[tuple[int, Malformed]] = field(default_factory=list)
    n_zeros: int = 0


def board_channels(n_electrodes: int, n_acceleration: int = 3) -> tuple[Channel, ...]:
    """Channels of a board under the names of OpenBCI's programs: electrodes, then acceleration."""
    return (
        *(Channel(f"EXG Channel {i}") for i in range(n_electrodes)),
        *(Channel(f"Accel Channel {i}", kind="ACCEL", unit="g") for i in range(n_acceleration)),
    )


def scan_table(table: Table) -> TableScan:
    """Make the first pass over a table."""
    seen = TableScan(no_ranges(len(table.columns), table.scales), StampScan())
    for rows, n_zeros in read_table(table):
        seen = replace(seen, n_zeros=seen.n_zeros + n_zeros)
        if len(rows.numbers):
            seen = _take(table, seen, rows)
        if rows.damaged:
            seen.damaged.append((seen.ranges.n_rows, rows.damaged))
        seen = replace(seen, malformed=rows.malformed)
    return seen


def read_table(table: Table) -> Iterator[tuple[Rows, int]]:
    """Read the rows; the electrodes of a row of zeros with which a stream begins anew are NaN.

    Yields
    ------
    Rows, int
        A block, and how many such rows it holds.
    """
    held: list[Rows] = []  # whether its last row is such a row, only the next one shows
    signals = list(table.columns)
    for rows in table.rows():
        if len(rows.numbers):
            rows.numbers[:, signals] = measured(rows.numbers[:, signals])
            yield from ((each, _blank_zeros(table, each, rows.numbers[:1])) for each in held)
            held = []
        held.append(rows)
    yield from ((each, _blank_zeros(table, each, each.numbers[:0])) for each in held)


def _blank_zeros(table: Table, rows: Rows, following: NDArray[np.float64]) -> int:
    """Turn the electrodes of rows of zeros to NaN; how many such rows there are."""
    if not table.begins_with_zeros or table.counter is None:
        return 0
    columns = np.array([table.columns[i] for i in table.exg])
    nonzero = rows.numbers[:, columns].any(axis=1)
    goes_on = np.append(nonzero, following[:, columns].any())[1:]
    zeros = np.flatnonzero((rows.numbers[:, table.counter] == 0) & ~nonzero & goes_on)
    rows.numbers[np.ix_(zeros, columns)] = np.nan
    return len(zeros)


def _take(table: Table, seen: TableScan, rows: Rows) -> TableScan:
    times = _times(table, rows, seen.stamps)
    if table.time_unit is not None:
        seen.times.append(times)
    n_before = seen.ranges.n_rows
    _take_marks(table, seen, rows, n_before)
    seen.pauses.extend((n_before + row, seconds) for row, seconds in rows.pauses)
    return replace(
        seen,
        ranges=widen(seen.ranges, rows.numbers[:, table.columns], table.scales),
        stamps=take_stamps(seen.stamps, times),
        counter=_take_counter(table, seen, rows, times),
    )


def _times(table: Table, rows: Rows, stamps: StampScan) -> NDArray[np.float64]:
    """Time stamps of the rows, seconds; NaN where there is none."""
    if table.time is not None:
        times = rows.numbers[:, table.time]
        if table.time_unit is not None:
            seconds = times * table.time_unit
            return np.where(np.abs(seconds) < LATEST, seconds, np.nan)
        # One sample of GUI 5 holds milliseconds where others hold seconds (firmware_notes 10.4).
        late = np.count_nonzero(np.abs(times) > LATEST)
        return times / 1000 if 2 * late > np.count_nonzero(np.isfinite(times)) else times
    if table.clock and rows.text is not None:
        read = clock_seconds if table.time_unit is None else moment_seconds
        return read(rows.text, stamps.last)
    return np.full(len(rows.numbers), np.nan)


def _take_counter(
    table: Table, seen: TableScan, rows: Rows, times: NDArray[np.float64]
) -> CounterScan | None:
    if table.counter is None:
        return None
    counter = np.nan_to_num(rows.numbers[:, table.counter], nan=-1).clip(-1, 2**53).astype(np.int64)
    state = seen.counter
    if seen.ranges.n_rows == 0:
        cycle = choose_cycle(counter[:20_000], table.cycles)
        state = None if cycle is None else CounterScan(cycle, table.sampling_frequency)
    return None if state is None else scan(state, counter, times)


def _take_marks(table: Table, seen: TableScan, rows: Rows, n_before: int) -> None:
    if table.marker is not None:
        marker = np.nan_to_num(rows.numbers[:, table.marker])
        seen.marks.extend(
            (n_before + row, marker_text(marker[row])) for row in np.flatnonzero(marker).tolist()
        )
    if rows.text is not None and not table.clock:
        changed = np.flatnonzero(rows.text[1:] != rows.text[:-1]) + 1
        first = [] if seen.labels and seen.labels[-1][1] == rows.text[0] else [0]
        seen.labels.extend((n_before + row, rows.text[row]) for row in [*first, *changed.tolist()])
