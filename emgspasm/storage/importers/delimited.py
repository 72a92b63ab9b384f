"""Plain tables: CSV, TSV, text of numbers, BioSPPy's and OpenSignals' text files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from emgspasm.board import CYTON
from emgspasm.errors import ConfigError
from emgspasm.storage.edf.signals import told_apart
from emgspasm.storage.importers.fields import is_number
from emgspasm.storage.importers.grid import Grid
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.late_labels import with_late_labels
from emgspasm.storage.importers.ranges import COUNT_SCALE
from emgspasm.storage.importers.rows import read_rows
from emgspasm.storage.importers.stamps import is_epoch, is_local, is_moment
from emgspasm.storage.importers.table import Table
from emgspasm.storage.importers.tabular import import_table
from emgspasm.storage.importers.time_columns import column_values, is_count, is_time, time_unit
from emgspasm.stream import Channel
from emgspasm.units import microvolts_in

_RATE = re.compile(
    r"sampl(?:e|ing)[\s_]*(?:rate|frequency)([^=:]*)[=:]+[\s,]*([0-9][0-9.,]*(?:e[+-]?[0-9]+)?)\s*(k?)",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?\Z")
_UNIT = re.compile(r"Units:=\s*(\w+)\s*\Z")
_NAME_AND_UNIT = re.compile(r"(.+?)\s*[(\[]\s*([^)\]]+)[)\]]\Z")


def import_delimited(grid: Grid, sampling_frequency: float | None = None) -> Imported:
    """Read a plain table of numbers, one sample a row.

    Parameters
    ----------
    grid : Grid
        How it is written.
    sampling_frequency : float, optional
        Hertz; needed unless the file says it ("Sampling Rate (Hz):= 1000"), which then counts.

    Returns
    -------
    Imported
        Columns of numbers as channels, unit ``count`` unless the header names one; a column of
        text as annotations that last until it changes. A column of times is none of both: it
        tells where samples are missing.

    Raises
    ------
    ConfigError
        If no sampling frequency is known.
    RecordingError
        If several columns hold text, or the channels hold no sample.
    """
    grid = with_late_labels(grid)
    fs = grid.rate or _said_rate(grid) or sampling_frequency
    if fs is None:
        raise ConfigError(
            f"{grid.path}: a plain table of {len(grid.numbers)} columns does not say its sampling "
            f"frequency{_hint(grid)}; give it (--sampling-frequency HZ)"
        )
    roles = _roles(grid, fs)
    channels, doubled = _channels([roles.fields[i] for i in roles.signals], _said_unit(grid))
    findings = [*_describe_roles(grid, roles, fs), *doubled]
    return import_table(_table(grid, roles, channels, fs), findings)


def _hint(grid: Grid) -> str:
    """What a column of times would say of the rate; nobody says in which unit it counts."""
    for i in grid.numbers if grid.names else ():
        values = column_values([row[i] for row in grid.rows], grid.decimal)
        if not is_time(grid.names[i], values):
            continue
        step = float(np.median(np.diff(values[np.isfinite(values)])))
        if step > 0:
            return f" ({grid.names[i]} rises by {step:g} a row: {1 / step:g} Hz if in seconds)"
    return ""


def _said_rate(grid: Grid) -> float | None:
    for comment in grid.comments:
        if match := _RATE.search(comment):
            kilo = 1000 if match[3] or "khz" in match[1].lower() else 1
            number = match[2].rstrip(".,")
            grouped = _THOUSANDS.match(number) and kilo == 1
            plain = number.replace(",", "" if grouped else ".")
            if is_number(plain) and 0 < float(plain) * kilo < 1e6:
                return float(plain) * kilo
    return None


@dataclass(frozen=True, slots=True)
class _Roles:
    """What the columns of numbers hold; places count these columns from 0.

    Parameters
    ----------
    fields : tuple of str
        Their header names, ``""`` without one.
    signals : tuple of int
        Places of channels.
    counts : bool
        Whether the first counts the rows.
    times : dict of int to float
        Places of times, and seconds in one unit of each.
    time : int or None
        The one that is read: of several, which tells the most rows apart.
    begun : float or None
        Seconds since 1970 in the first row of another.
    clock : int or None
        The field of text, if it holds dates or clocks, which are read instead.
    """

    fields: tuple[str, ...]
    signals: tuple[int, ...]
    counts: bool
    times: dict[int, float]
    time: int | None
    begun: float | None
    clock: int | None


def _roles(grid: Grid, fs: float) -> _Roles:
    fields = tuple(grid.names[i] if grid.names else "" for i in grid.numbers)
    values = [column_values([row[i] for row in grid.rows], grid.decimal) for i in grid.numbers]
    counts = bool(grid.names) and len(fields) > 1 and is_count(fields[0], values[0])
    others = range(int(counts), len(fields))
    times = {i: time_unit(values[i], fs) for i in others if is_time(fields[i], values[i])}
    if len(times) == len(others):  # some column must hold signals
        times = {}
    time = max(times, key=lambda i: np.count_nonzero(np.diff(values[i]) > 0), default=None)
    firsts = (values[i][0] * unit for i, unit in times.items() if i != time)
    clocks = grid.text is not None and all(is_moment(row[grid.text]) for row in grid.rows)
    return _Roles(
        fields,
        signals=tuple(i for i in others if i not in times),
        counts=counts,
        times=times,
        time=time,
        begun=next(filter(is_epoch, firsts), None),
        clock=grid.text if clocks else None,
    )


def _table(grid: Grid, roles: _Roles, channels: tuple[Channel, ...], fs: float) -> Table:
    clock = roles.clock is not None
    time = None if clock else roles.time
    unit = None if time is None else roles.times[time]
    return Table(
        path=grid.path,
        rows=partial(read_rows, grid.layout()),
        channels=channels,
        columns=roles.signals,
        sampling_frequency=fs,
        counter=0 if roles.counts else None,
        time=time,
        clock=clock,
        time_unit=1.0 if clock else unit,
        local=roles.clock is not None and is_local(grid.rows[0][roles.clock]),
        begun=roles.begun if grid.begun is None else grid.begun,
        scales=(*CYTON.full_scales, COUNT_SCALE),
        scales_guessed=True,
    )


def _describe_roles(grid: Grid, roles: _Roles, fs: float) -> Iterator[str]:
    """Sentences on what is read otherwise than as a channel, and on names that do not fit."""
    named = [grid.name(grid.numbers[i]) for i in roles.times]
    if roles.clock is not None:
        named.append((grid.names[roles.clock] or "of text") if grid.names else "of text")
    if named:
        yield f"columns {named} are read as times, not as channels"
    if grid.unfit:
        yield (
            f"its header names {len(grid.unfit)} columns and its rows have {len(grid.row)} fields: "
            "the names are left out"
        )
    if grid.rate is not None:
        yield (
            f"its first two lines are read as its start and its sampling frequency ({fs:g} Hz), "
            "not as samples"
        )
    if roles.counts:
        yield "the first column counts the rows: read as a counter, not as a channel"


def _said_unit(grid: Grid) -> str:
    """Unit of all columns, where a comment names a voltage; else ``count``."""
    for comment in grid.comments:
        if match := _UNIT.search(comment):
            for unit in (match[1], match[1].lower()):
                if microvolts_in(unit) is not None:
                    return unit
    return "count"


def _channels(names: list[str], unit: str) -> tuple[tuple[Channel, ...], list[str]]:
    """The channels of these columns, and what is to be said of their names."""
    numbered = (name or f"Channel {i}" for i, name in enumerate(names, start=1))
    return told_apart([_channel(name, unit) for name in numbered])


def _channel(name: str, unit: str) -> Channel:
    """Read a header such as ``OOC_L (uV)``."""
    match = _NAME_AND_UNIT.match(name)
    own = match[2].strip() if match else ""
    if match is None or microvolts_in(own) is None:
        return Channel.from_label(name, unit=unit)
    return Channel.from_label(match[1].strip(), unit=own)
