"""A table of text rows as a recording: its time line, its marks, and findings for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError
from emgspasm.grammar import several
from emgspasm.storage.importers.fields import decoded
from emgspasm.storage.importers.gaps import describe_stamped, read_stamps
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.losses import describe_losses, losses
from emgspasm.storage.importers.ranges import Ranges, describe_ranges, full_scale
from emgspasm.storage.importers.rows import MOST_DAMAGED, describe
from emgspasm.storage.importers.stamps import StampScan, describe_stamps, is_epoch
from emgspasm.storage.importers.table import Table, TableScan, read_table, scan_table
from emgspasm.storage.importers.timeline import Timeline, from_losses
from emgspasm.stream import SKIP, Annotation, Channel, StreamInfo

FEW_LABELS = 20
"""Changes of a text that are labels, however short the recording."""


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
    exg = _exg_ranges(table, seen)
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
            *_describe_zeros(seen),
            *_describe_labels(seen),
            *_describe_stamps(table, seen, timeline),
            *describe_ranges(exg, names, table.scales, scale),
        ),
        start=_start(table, seen.stamps),
    )


def _refuse_nothing(table: Table, seen: TableScan) -> None:
    path = table.path
    if len(seen.damaged) >= MOST_DAMAGED:
        line = seen.damaged[0][1]
        raise RecordingError(
            f"{path}: more than {MOST_DAMAGED} lines are not rows, the first of them line "
            f"{line.line} ({line.text!r}). Write every sample as a row like the first"
        )
    if seen.ranges.n_rows == 0:
        at = f"; line {seen.malformed.line} is {seen.malformed.text!r}" if seen.malformed else ""
        raise RecordingError(
            f"{path}: no whole row of samples{at}. A recording needs samples; export it again"
        )
    signals = table.exg or range(len(table.channels))
    if np.isnan(seen.ranges.low[list(signals)]).all():
        raise RecordingError(
            f"{path}: all {len(signals)} channels are empty in all {seen.ranges.n_rows} rows. "
            "A recording needs samples; check which columns hold the signals"
        )


def _timeline(table: Table, seen: TableScan) -> tuple[Timeline, list[str]]:
    n_rows, fs = seen.ranges.n_rows, table.sampling_frequency
    times = np.concatenate([[], *seen.times])
    if np.isfinite(times).any():
        stamped = read_stamps(times, fs)
        return from_losses(n_rows, stamped.losses), describe_stamped(stamped, fs)
    if table.counter is None:
        damaged = Counter(row for row, _ in seen.damaged)
        return from_losses(n_rows, sorted(damaged.items())), []
    if seen.counter is None:
        silent = "the packet counter makes no sense: rows are taken as consecutive samples"
        return from_losses(n_rows, []), [silent]
    found = losses(seen.counter, seen.pauses)
    timeline = from_losses(n_rows, [(loss.row, loss.lost) for loss in found])
    return timeline, describe_losses(seen.counter, found)


def _describe_damage(seen: TableScan) -> list[str]:
    if not seen.damaged:
        return []
    first = seen.damaged[0][1]
    example = f"the first is line {first.line} ({first.text!r})"
    lines = several(len(seen.damaged), "line is no row", "lines are not rows")
    return [f"{lines}, a missing sample each; {example}"]


def _describe_zeros(seen: TableScan) -> list[str]:
    finding = (
        f"{several(seen.n_zeros, 'row holds', 'rows hold')} 0 on every electrode where a stream "
        "began anew: no measurements, missing samples"
    )
    return [finding] if seen.n_zeros else []


def _describe_stamps(table: Table, seen: TableScan, timeline: Timeline) -> list[str]:
    if table.time_unit is not None:
        return []
    return describe_stamps(seen.stamps, table.sampling_frequency, timeline.n_samples)


def _describe_labels(seen: TableScan) -> list[str]:
    if not _restless(seen):
        return []
    share = f"{len(seen.labels)} of {seen.ranges.n_rows} rows"
    text = _text(seen.labels[0][1])
    return [
        f"the column of text ({text!r} first) changes in {share}: no labels that last, left out"
    ]


def _restless(seen: TableScan) -> bool:
    """Whether the text changes so often that it labels nothing."""
    return len(seen.labels) > max(FEW_LABELS, seen.ranges.n_rows / 2)


def _exg_ranges(table: Table, seen: TableScan) -> Ranges:
    exg, ranges = list(table.exg), seen.ranges
    return replace(
        ranges,
        low=ranges.low[exg],
        high=ranges.high[exg],
        n_missing=ranges.n_missing[exg] - seen.n_zeros,
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
    acceleration = (place for place, i in enumerate(kept) if table.channels[i].kind == "ACCEL")
    held = list(acceleration) if table.holds_acceleration else []
    last = np.zeros(len(held))
    for rows, _ in read_table(table):
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
        Annotation(begin / fs, _lasting(end - begin, fs), _text(label))
        for (_, label), begin, end in zip(labels, edges, edges[1:], strict=False)
        if label and begin is not None and end is not None
    ]
    return (*_skips(timeline, fs), *marks, *epochs)


def _lasting(n_samples: int, fs: float) -> float:
    """Seconds a label lasts; in a single row it marks a moment."""
    return n_samples / fs if n_samples > 1 else 0.0


def _skips(timeline: Timeline, fs: float) -> list[Annotation]:
    stops = timeline.runs[:, 1:].sum(axis=1)[:-1].tolist()
    starts = timeline.runs[1:, 2].tolist()
    return [
        Annotation(stop / fs, (start - stop) / fs, SKIP)
        for stop, start in zip(stops, starts, strict=True)
        if start > stop
    ]


def _text(label: bytes) -> str:
    text = decoded(label).strip('"')
    return "".join(character if character.isprintable() else "?" for character in text)


def _start(table: Table, stamps: StampScan) -> datetime | None:
    """When the first row was stamped, if the stamps are dates and not clocks."""
    first = stamps.first if table.begun is None else table.begun
    if not is_epoch(first):
        return None
    start = datetime.fromtimestamp(first, UTC)
    return start.replace(tzinfo=None) if table.local else start
