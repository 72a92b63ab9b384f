"""A table of text rows, one sample a row, read in two passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError
from emgspasm.storage.importers.counter import (
    CounterScan,
    Cycle,
    choose_cycle,
    scan,
)
from emgspasm.storage.importers.gaps import describe_stamped, read_stamps
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.losses import describe_losses, losses
from emgspasm.storage.importers.ranges import (
    Ranges,
    describe_ranges,
    full_scale,
    no_ranges,
    widen,
)
from emgspasm.storage.importers.rows import MOST_DAMAGED, Malformed, Rows, describe
from emgspasm.storage.importers.stamps import (
    StampScan,
    clock_seconds,
    describe_stamps,
    moment_seconds,
    take_stamps,
)
from emgspasm.storage.importers.timeline import Timeline, from_losses, unbroken
from emgspasm.stream import SKIP, Annotation, Channel, StreamInfo

LATEST = 1e11
"""Seconds; larger times are damaged."""

FEW_LABELS = 20
"""Changes of a text that are labels, however short the recording."""


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
        they tell of is missing. None where they are a host's and count nothing (law 5).
    local : bool
        Whether its dates are those of the place's clock; otherwise of universal time.
    cycles : tuple of Cycle
        Counter cycles of such a device.
    scales : tuple of float
        Full scales of such a device, ascending; for EMG channels.
    scales_guessed : bool
        Whether the device is unknown.
    held : tuple of int
        Channels whose all-zero rows mean "no new value" (OpenBCI facts 1.8).
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
    cycles: tuple[Cycle, ...] = ()
    scales: tuple[float, ...] = ()
    scales_guessed: bool = False
    held: tuple[int, ...] = ()

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


def import_table(table: Table, findings: Sequence[str] = ()) -> Imported:
    """Read a table.

    Parameters
    ----------
    table : Table
        What its columns mean.
    findings : sequence of str
        What was odd in its header.

    Raises
    ------
    RecordingError
        If it holds no row, or every channel lacks every sample.
    """
    seen = scan_table(table)
    _refuse_nothing(table, seen)
    timeline, lost = _timeline(table, seen)
    exg = _exg_ranges(table, seen.ranges)
    scale = full_scale(exg, table.scales, guessed=table.scales_guessed)
    kept = _channels_kept(table, seen.ranges, scale)
    names = [table.channels[i].name for i in table.exg]
    malformed = [describe(seen.malformed, seen.ranges.n_rows)] if seen.malformed else []
    info = StreamInfo(table.sampling_frequency, tuple(kept.values()), table.device)
    return Imported(
        path=table.path,
        info=info,
        timeline=timeline,
        blocks=lambda: _blocks(table, tuple(kept)),
        annotations=_annotations(table, seen, timeline),
        findings=(
            *findings,
            *_describe_damage(seen),
            *malformed,
            *lost,
            *_describe_labels(seen),
            *_describe_stamps(table, seen, timeline),
            *describe_ranges(exg, names, table.scales, scale),
        ),
        start=_start(table, seen.stamps),
    )


def scan_table(table: Table) -> TableScan:
    """Make the first pass over a table."""
    seen = TableScan(no_ranges(len(table.columns), table.scales), StampScan())
    for rows in table.rows():
        if len(rows.numbers):
            seen = _take(table, seen, rows)
        if rows.damaged:
            seen.damaged.append((seen.ranges.n_rows, rows.damaged))
        seen = replace(seen, malformed=rows.malformed)
    return seen


def _take(table: Table, seen: TableScan, rows: Rows) -> TableScan:
    times = _times(table, rows, seen.stamps)
    if table.time_unit is not None and times is not None:
        seen.times.append(times)
    n_before = seen.ranges.n_rows
    _take_marks(table, seen, rows, n_before)
    seen.pauses.extend((n_before + row, seconds) for row, seconds in rows.pauses)
    return replace(
        seen,
        ranges=widen(seen.ranges, rows.numbers[:, table.columns], table.scales),
        stamps=seen.stamps if times is None else take_stamps(seen.stamps, times),
        counter=_take_counter(table, seen, rows, times),
    )


def _times(table: Table, rows: Rows, stamps: StampScan) -> NDArray[np.float64] | None:
    if table.time is not None:
        times = rows.numbers[:, table.time]
        if table.time_unit is not None:
            seconds = times * table.time_unit
            return np.where(np.abs(seconds) < LATEST, seconds, np.nan)
        # One shipped GUI 5 sample holds milliseconds where others hold seconds (OpenBCI facts 10).
        return times / 1000 if np.nanmax(np.abs(times), initial=0) > 1e11 else times
    if table.clock and rows.text is not None:
        read = clock_seconds if table.time_unit is None else moment_seconds
        return read(rows.text, stamps.last)
    return None


def _take_counter(
    table: Table, seen: TableScan, rows: Rows, times: NDArray[np.float64] | None
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
            (n_before + row, f"{marker[row]:g}") for row in np.flatnonzero(marker).tolist()
        )
    if rows.text is not None and not table.clock:
        changed = np.flatnonzero(rows.text[1:] != rows.text[:-1]) + 1
        first = [] if seen.labels and seen.labels[-1][1] == rows.text[0] else [0]
        seen.labels.extend((n_before + row, rows.text[row]) for row in [*first, *changed.tolist()])


def _refuse_nothing(table: Table, seen: TableScan) -> None:
    path = table.path
    if len(seen.damaged) >= MOST_DAMAGED:
        line = seen.damaged[0][1]
        raise RecordingError(
            f"{path}: more than {MOST_DAMAGED} lines are no rows, the first of them line "
            f"{line.line} ({line.text!r}). Write every sample as a row like the first"
        )
    if seen.ranges.n_rows == 0:
        at = f"; line {seen.malformed.line} is {seen.malformed.text!r}" if seen.malformed else ""
        raise RecordingError(
            f"{path}: no whole row of samples{at}. A recording needs samples; export it again"
        )
    if np.isnan(seen.ranges.low[list(table.exg)]).all():
        raise RecordingError(
            f"{path}: all {len(table.exg)} channels are empty in all {seen.ranges.n_rows} rows. "
            "A recording needs samples; check which columns hold the signals"
        )


def _timeline(table: Table, seen: TableScan) -> tuple[Timeline, list[str]]:
    if seen.times and np.isfinite(np.concatenate(seen.times)).any():
        stamped = read_stamps(np.concatenate(seen.times), table.sampling_frequency)
        timeline = from_losses(seen.ranges.n_rows, stamped.losses)
        return timeline, describe_stamped(stamped, table.sampling_frequency)
    if seen.counter is None and seen.damaged and table.counter is None:
        lost = Counter(row for row, _ in seen.damaged)
        return from_losses(seen.ranges.n_rows, sorted(lost.items())), []
    if seen.counter is None:
        silent = ["the packet counter makes no sense: rows are taken as consecutive samples"]
        return unbroken(seen.ranges.n_rows), silent if table.counter is not None else []
    found = losses(seen.counter, seen.pauses)
    timeline = from_losses(seen.ranges.n_rows, [(loss.row, loss.lost) for loss in found])
    return timeline, describe_losses(seen.counter, found)


def _describe_damage(seen: TableScan) -> list[str]:
    if not seen.damaged:
        return []
    first = seen.damaged[0][1]
    told = f"the first is line {first.line} ({first.text!r})"
    return [f"{len(seen.damaged)} lines are no rows, a missing sample each; {told}"]


def _describe_stamps(table: Table, seen: TableScan, timeline: Timeline) -> list[str]:
    if table.time_unit is not None:
        return []
    return describe_stamps(seen.stamps, table.sampling_frequency, timeline.n_samples)


def _describe_labels(seen: TableScan) -> list[str]:
    if not _restless(seen):
        return []
    share = f"{len(seen.labels)} of {seen.ranges.n_rows} rows"
    return [f"the column of text changes in {share}: no labels that last, left out"]


def _restless(seen: TableScan) -> bool:
    """Whether the text changes so often that it labels nothing."""
    return len(seen.labels) > max(FEW_LABELS, seen.ranges.n_rows / 2)


def _exg_ranges(table: Table, ranges: Ranges) -> Ranges:
    exg = list(table.exg)
    return replace(
        ranges,
        low=ranges.low[exg],
        high=ranges.high[exg],
        n_missing=ranges.n_missing[exg],
        n_railed=ranges.n_railed[:, exg],
    )


def _channels_kept(table: Table, ranges: Ranges, scale: float) -> dict[int, Channel]:
    """Signals all stay, railed or not; auxiliary channels that never change carry nothing."""
    kept = {}
    for column, channel in enumerate(table.channels):
        if channel.kind == "EMG":
            kept[column] = replace(channel, full_scale=scale)
        elif ranges.low[column] < ranges.high[column]:
            kept[column] = channel
    return kept


def _blocks(table: Table, kept: tuple[int, ...]) -> Iterator[NDArray[np.float64]]:
    columns = [table.columns[i] for i in kept]
    held = [place for place, i in enumerate(kept) if i in table.held]
    last = np.zeros(len(held))
    for rows in table.rows():
        block = np.ascontiguousarray(rows.numbers[:, columns])
        if held and len(block):
            block[:, held] = _hold(block[:, held], last)
            last = block[-1, held]
        yield block


def _hold(block: NDArray[np.float64], last: NDArray[np.float64]) -> NDArray[np.float64]:
    """Repeat the last value where a row is all zero, as OpenBCI's GUI 5 and 6 do themselves."""
    rows = np.arange(1, len(block) + 1)
    news = np.maximum.accumulate(np.where(block.any(axis=1), rows, 0))
    return np.vstack((last, block))[news]


def _annotations(table: Table, seen: TableScan, timeline: Timeline) -> tuple[Annotation, ...]:
    fs = table.sampling_frequency
    marks = [
        Annotation(sample / fs, 0.0, text)
        for row, text in seen.marks
        if (sample := timeline.sample_of(row)) is not None
    ]
    labels = [] if _restless(seen) else seen.labels
    edges = [timeline.sample_of(row) for row, _ in labels] + [timeline.n_samples]
    epochs = [
        Annotation(begin / fs, (end - begin) / fs, _text(label))
        for (_, label), begin, end in zip(labels, edges, edges[1:], strict=False)
        if label and begin is not None and end is not None
    ]
    return (*_skips(timeline, fs), *marks, *epochs)


def _skips(timeline: Timeline, fs: float) -> list[Annotation]:
    stops = timeline.runs[:, 1:].sum(axis=1)[:-1].tolist()
    starts = timeline.runs[1:, 2].tolist()
    return [
        Annotation(stop / fs, (start - stop) / fs, SKIP)
        for stop, start in zip(stops, starts, strict=True)
        if start > stop
    ]


def _text(label: bytes) -> str:
    text = label.decode("utf-8", errors="replace").strip('"')
    return "".join(character if character.isprintable() else "?" for character in text)


def _start(table: Table, stamps: StampScan) -> datetime | None:
    """When the first row was stamped, if the stamps are dates and not clocks."""
    if not 1e8 < stamps.first < 1e10:
        return None
    start = datetime.fromtimestamp(stamps.first, UTC)
    return start.replace(tzinfo=None) if table.local else start
