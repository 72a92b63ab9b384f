"""Package numbers of any board to row numbers: what was lost, counted or estimated; pure.

Boards number their packages in their own ways: modulo 256, modulo 100, two rows to a number. The
number says what was lost modulo its cycle; the host clock says how many cycles to add, and
refuses losses for which there was no time. What the clock decided is flagged as estimated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

LATE = 0.3
"""Seconds a row may be late without being taken for a loss; a dongle holds packets for 0.1 s and
gives up after 0.27 s (firmware_notes 5.2)."""

_BYTE = 256
_OLD = 101  # packages in a turn of a Ganglion of firmware 2 (firmware_notes 7.2)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a board numbers the rows it delivers.

    Parameters
    ----------
    cycle : int
        Packages before the number begins again at 0; 0 where that is not known: then the
        smallest power of 256 above all numbers seen.
    rows : int
        Rows that carry the same number; 0 where that is not known: then the most seen.
    step : int
        What the number grows by from package to package.
    end : int
        Rows with a number from here on hold no samples (impedance messages); 0 for no such rows.
    stale : bool
        Whether a repeated number marks a row whose other half is an old one.
    old : bool
        Whether the board may be a Ganglion of firmware 2: numbers 0 and 1 to 100, or 0 and 101 to
        200, with one row under 0 (firmware_notes 7.2). Number 200, or 0 behind 100, tells it.
    """

    cycle: int = 0
    rows: int = 0
    step: int = 1
    end: int = 0
    stale: bool = False
    old: bool = False


UNNUMBERED = Numbering(cycle=1, rows=1)
"""Of boards without numbers: only the clock finds losses, and only those over :data:`LATE`."""


@dataclass(frozen=True, slots=True)
class Count:
    """Where the count of rows stands.

    Parameters
    ----------
    row : int
        Number of the last row, counted from the first one that came; -1 before it.
    time : float
        Host time of the read that brought it, in seconds.
    number : int
        Package number of the last row; -1 before it.
    repeats : int
        Rows that have come with this number.
    rows : int
        Most rows seen with one number.
    highest : int
        Highest number seen.
    old : bool
        Whether the board has shown that it is a Ganglion of firmware 2.
    """

    row: int = -1
    time: float = 0.0
    number: int = -1
    repeats: int = 0
    rows: int = 1
    highest: int = 0
    old: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """The rows of one read.

    Parameters
    ----------
    kept : ndarray of bool, shape (n_read,)
        Rows that hold new samples.
    rows : ndarray of int64, shape (n_kept,)
        Strictly rising row numbers of those.
    estimated : ndarray of bool, shape (n_kept,)
        True behind a gap whose length the clock decided.
    """

    kept: NDArray[np.bool_]
    rows: NDArray[np.int64]
    estimated: NDArray[np.bool_]


def number_rows(
    numbering: Numbering,
    count: Count,
    numbers: NDArray[np.float64],
    time: float,
    sampling_frequency: float,
) -> tuple[Count, Numbered]:
    """Number the rows of one read.

    Parameters
    ----------
    numbering : Numbering
    count : Count
        After the previous read.
    numbers : ndarray of float64, shape (n_read,)
        Package numbers in order of arrival. A read must hold all that had arrived by `time`.
    time : float
        Host time of the read, in seconds.
    sampling_frequency : float
        Rows per second.
    """
    after, all_steps = _count(numbering, count, map(int, numbers))
    kept = np.array([step > 0 for step in all_steps], np.bool_)
    steps = [step for step in all_steps if step]
    if not steps:
        return after, Numbered(kept, np.empty(0, np.int64), np.empty(0, np.bool_))
    estimated: set[int] = set()
    if count.row >= 0:
        elapsed = (time - count.time) * sampling_frequency
        turn = _cycle(numbering, after.highest, after.old) * (numbering.rows or after.rows)
        turn -= after.old
        estimated = _agree_with_clock(steps, elapsed, LATE * sampling_frequency, turn)
    rows: NDArray[np.int64] = count.row + np.cumsum(steps)
    flags = np.isin(np.arange(len(steps)), list(estimated))
    return replace(after, row=int(rows[-1]), time=time), Numbered(kept, rows, flags)


def _cycle(numbering: Numbering, highest: int, old: bool) -> int:
    """Packages in a turn of the number."""
    if old:
        return _OLD
    cycle = numbering.cycle or _BYTE
    while not numbering.cycle and cycle <= highest:
        cycle *= _BYTE
    return cycle


def _count(numbering: Numbering, count: Count, numbers: Iterable[int]) -> tuple[Count, list[int]]:
    """Count rows from each one to the next, by the numbers alone; 0 for a row without samples."""
    last, repeats, most, highest = count.number, count.repeats, count.rows, count.highest
    old, step = count.old, numbering.step
    steps = []
    for number in numbers:
        if numbering.end and number >= numbering.end:
            steps.append(0)
            continue
        highest = max(highest, number)
        old = old or (numbering.old and _is_old(last, number))
        cycle = _cycle(numbering, highest, old)
        own, before = _package(number, step, cycle, old), _package(last, step, cycle, old)
        whole = 1 if old and own == 0 else numbering.rows or np.inf
        if last >= 0 and own == before and (numbering.stale or repeats < whole):
            steps.append(int(not numbering.stale))
            last, repeats = number, repeats + 1
            continue
        most = max(most, repeats)
        missing = (own - before - 1) % cycle if last >= 0 else 0
        short = old and 0 < own <= before  # the one with one row is among the missing ones
        steps.append(1 + missing * (numbering.rows or most) - short)
        last, repeats = number, 1
    return Count(count.row, count.time, last, repeats, most, highest, old), steps


def _is_old(last: int, number: int) -> bool:
    """Whether two numbers in a row are those of a Ganglion of firmware 2."""
    return number == 2 * _OLD - 2 or (number == 0 and last == _OLD - 1)


def _package(number: int, step: int, cycle: int, old: bool) -> int:
    """Place of a package in the turn of the numbers."""
    if old:
        return (number - 1) % (_OLD - 1) + 1 if number else 0
    return number // step % cycle


def _agree_with_clock(steps: list[int], elapsed: float, late: float, turn: int) -> set[int]:
    """Correct the longest steps of a read by the rows the clock expects; which were changed.

    Rows come late, never early: a loss for which there was no time is a number that began anew
    or was damaged, and is no loss. Time that is left over is made of whole turns of the number,
    or, where it began anew, of rows.
    """
    changed = set()
    while sum(steps) > elapsed + late and max(steps) > 1:
        longest = steps.index(max(steps))
        steps[longest] = turn = 1
        changed.add(longest)
    missing = elapsed - sum(steps)
    if missing > max(turn / 2, late):
        longest = min(changed, default=steps.index(max(steps)))
        steps[longest] += round(missing / turn) * turn
        changed.add(longest)
    return changed
