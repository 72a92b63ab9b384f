"""Writes a recording as CSV or Parquet, block by block: a row a sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from emgspasm.storage.edf.layout import BLOCK_ROWS
from emgspasm.storage.exporters.dates import date_left_out
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import SKIP, Chunk, StreamInfo


def _rows(recording: StoredRecording) -> Iterator[Chunk]:
    """Yield every row in order, NaN where all channels are missing."""
    n_channels, expected = len(recording.info.channels), 0
    for chunk in recording:
        for start in range(expected, chunk.start, BLOCK_ROWS):
            stop = min(start + BLOCK_ROWS, chunk.start)
            yield Chunk(start, np.full((stop - start, n_channels), np.nan))
        yield chunk
        expected = chunk.stop


def _refuse_two_times(info: StreamInfo) -> None:
    """Refuse a table with two columns of one name, which others do not read."""
    if "time" in info.names:
        raise ValueError("a channel is called time, as the column of times; rename it in a montage")


def write_csv(recording: StoredRecording, path: Path) -> tuple[str, ...]:
    """Write time and channels; gives sentences on what CSV does not hold.

    Raises
    ------
    ValueError
        If a channel is called time.
    """
    import pyarrow as pa
    from pyarrow import csv

    _refuse_two_times(recording.info)
    schema = pa.schema([(name, pa.float64()) for name in _header(recording.info)])
    # pyarrow opens no name that is no UTF-8
    with path.open("wb") as file, csv.CSVWriter(file, schema) as writer:
        for chunk in _rows(recording):
            writer.write_table(pa.table(_arrays(recording, chunk), schema=schema))
    findings = ["time is in seconds; an empty cell is a missing sample"]
    if unsaid := [c.name for c in recording.info.channels if c.microvolts is None]:
        findings.append(f"units of {', '.join(unsaid)} are not given: they are not voltages")
    if any(mark.text != SKIP for mark in recording.annotations):
        findings.append("CSV holds no markers; export EDF or Parquet to keep them")
    return (*findings, *date_left_out(recording))


def _header(info: StreamInfo) -> Iterator[str]:
    """Names of the columns, a voltage in brackets behind them as plain tables are read."""
    yield "time"
    for channel in info.channels:
        said = channel.microvolts is not None
        yield f"{channel.name} ({channel.unit})" if said else channel.name


def write_parquet(recording: StoredRecording, path: Path) -> tuple[str, ...]:
    """Write time and channels, with units, kinds, rate and annotations; gives what is lost.

    Raises
    ------
    ValueError
        If a channel is called time.
    """
    import pyarrow as pa
    from pyarrow import parquet

    _refuse_two_times(recording.info)
    fields = [pa.field("time", pa.float64(), metadata={"unit": "s"})]
    fields += [
        pa.field(channel.name, pa.float64(), metadata={"unit": channel.unit, "kind": channel.kind})
        for channel in recording.info.channels
    ]
    schema = pa.schema(fields, metadata=_metadata(recording))
    with path.open("wb") as file, parquet.ParquetWriter(file, schema) as writer:
        for chunk in _rows(recording):
            writer.write_table(pa.table(_arrays(recording, chunk), schema=schema))
    return tuple(date_left_out(recording))


def _arrays(recording: StoredRecording, chunk: Chunk) -> list[Any]:
    import pyarrow as pa

    time = np.arange(chunk.start, chunk.stop) / recording.info.sampling_frequency
    columns = np.ascontiguousarray(chunk.samples.T)
    return [pa.array(time), *(pa.array(c, mask=np.isnan(c)) for c in columns)]


def _metadata(recording: StoredRecording) -> dict[str, str]:
    marks = [
        {"onset": m.onset, "duration": m.duration, "text": m.text, "channels": m.channels}
        for m in recording.annotations
    ]
    return {
        "sampling_frequency": repr(recording.info.sampling_frequency),
        "annotations": json.dumps(marks, ensure_ascii=False),
    }
