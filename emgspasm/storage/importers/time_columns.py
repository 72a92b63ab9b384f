"""Which columns of a plain table are no signals: times, and counts of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.importers.stamps import EPOCH

UNITS = (86_400.0, 3600.0, 60.0, 1.0, 1e-3, 1e-6, 1e-9)
"""Seconds in one unit of a column of times: spreadsheets count days."""

FEWEST_TICKS, EVEN = 20, 0.01
"""Steps that must be alike, within that share, for a column without a name to be times."""

_TIME = re.compile(
    r"(?:(?:\w+ )*(?:time ?(?:stamps?)?|timestamps?|epoch)|t)(?: (?:secs?|s|ms|us))?|s|secs?|"
    r"seconds?|m(?:illi)?secs?|ms|milliseconds?|us|microseconds?|date|datetime|clock",
    re.IGNORECASE,
)
_IN_SECONDS = re.compile(r"[(\[]\s*(?:s|secs?|ms|msecs?|us|µs|μs)\s*[)\]](?:\.\d+)?\Z")
"""How the name of a column ends that counts time in any language; pandas numbers names alike."""
_COUNT = re.compile(
    r"|index|unnamed: 0|rows?|samples?|sample (?:index|number|no\.?)", re.IGNORECASE
)
_UNIT = re.compile(r"[(\[].*?[)\]]")


def column_values(fields: Sequence[str], decimal: str) -> NDArray[np.float64]:
    """The first values of a column; NaN where there is no number."""
    return np.array([_value(field.replace(decimal, ".")) for field in fields])


def _value(field: str) -> float:
    try:
        return float(field)
    except ValueError:
        return np.nan


def is_time(name: str, values: NDArray[np.float64]) -> bool:
    """Whether a column of this header name, which may be empty, holds times: values never fall."""
    values = values[np.isfinite(values)]
    if len(values) < 2 or (np.diff(values) < 0).any():
        return False
    if _TIME.fullmatch(_plain(name)):
        return True
    told = bool(_IN_SECONDS.search(name)) or values[0] > EPOCH[0]
    return bool(told and values[-1] > values[0]) or _ticks(name, values)


def _ticks(name: str, values: NDArray[np.float64]) -> bool:
    """Whether a column without a name rises evenly, by no whole number: no muscle does."""
    steps = np.diff(values)
    even = len(steps) >= FEWEST_TICKS and steps.min() > 0 and np.ptp(steps) < EVEN * steps.mean()
    return bool(not name and even and (values % 1).any())


def is_count(name: str, values: NDArray[np.float64]) -> bool:
    """Whether a column of this header name counts rows."""
    if len(values) < 2 or not np.isfinite(values).all() or not _COUNT.fullmatch(_plain(name)):
        return False
    return bool((np.diff(values) > 0).all() and (values % 1 == 0).all())


def time_unit(values: NDArray[np.float64], sampling_frequency: float) -> float:
    """Seconds in one unit: the one in which rows follow each other nearest to the rate."""
    rows = np.flatnonzero(np.isfinite(values))
    steps = np.diff(values[rows]) / np.diff(rows)
    step = float(np.median(steps)) or float(np.mean(steps))  # coarse times stand still in most rows
    if not 0 < step < np.inf:
        return 1.0
    return min(UNITS, key=lambda unit: abs(np.log(step * unit * sampling_frequency)))


def _plain(name: str) -> str:
    return _UNIT.sub("", name).replace("_", " ").strip()
