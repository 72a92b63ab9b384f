"""Packet counters: the cycles they go through, and where they jump.

The counter is the clock; what its jumps mean is decided in :mod:`losses`, after the last row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emgspasm.board import CYTON, DAISY, GANGLION

BACKWARD = 0.1
"""Seconds. Time stamps that step further back come from a clock that was set back."""

Cycle = tuple[int, ...]
"""The values of a counter, one a row: a value twice in a row is a packet of two samples."""

CYTON_CYCLES: tuple[Cycle, ...] = (tuple(range(256)),)
DAISY_CYCLES: tuple[Cycle, ...] = (
    tuple(range(0, 256, 2)),
    tuple(range(1, 256, 2)),
    *CYTON_CYCLES,
)
"""By radio every second packet completes a sample (firmware_notes 2.1)."""

_TWICE_1_100 = tuple(value for value in range(1, 101) for _ in range(2))
_TWICE_100 = tuple(value for value in range(100) for _ in range(2))
GANGLION_CYCLES: tuple[Cycle, ...] = (
    tuple(range(201)),  # OpenBCI GUI 4
    (0, *_TWICE_1_100),  # firmware 2 with acceleration
    (0, *(100 + value for value in _TWICE_1_100)),  # firmware 2 without
    _TWICE_100,  # firmware 3 with acceleration
    tuple(100 + value for value in _TWICE_100),  # firmware 3 without
)
"""OpenBCI GUI 4 files, and PacketLossTracker of OpenBCI GUI 5 and 6."""

CYCLES = {CYTON: CYTON_CYCLES, DAISY: DAISY_CYCLES, GANGLION: GANGLION_CYCLES}
"""How the counter of a board goes round in its files."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A row that does not follow the one before it.

    Parameters
    ----------
    row : int
        The row.
    value : int
        Its counter.
    step : int
        Samples the counter advanced, laps left out.
    elapsed : float
        Seconds between the two time stamps; NaN without them.
    doubtful : bool
        Whether the counter alone does not tell what it means: see :func:`scan`.
    """

    row: int
    value: int
    step: int
    elapsed: float
    doubtful: bool


@dataclass(frozen=True, slots=True)
class CounterScan:
    """What a scan of the counter remembers between blocks.

    Parameters
    ----------
    cycle : Cycle
        Values the counter goes through; empty for one that never wraps.
    sampling_frequency : float
        Hertz.
    n_rows : int
        Rows seen.
    last : tuple of int
        Counter of the last two rows.
    time : float
        Time stamp of the last row, seconds.
    unwrapped : int
        Count of the last row, laps unwrapped.
    n_wraps : int
        Times it wrapped.
    jumps : list of Jump
        Rows that do not follow, or whose time stamp does not.
    delays : list of (int, float)
        First row and least delay (time stamp minus count, seconds; NaN without stamps) of
        stretches of at most a second, which end at every doubtful jump.
    """

    cycle: Cycle
    sampling_frequency: float
    n_rows: int = 0
    last: tuple[int, int] = (-1, -1)
    time: float = np.nan
    unwrapped: int = 0
    n_wraps: int = 0
    jumps: list[Jump] = field(default_factory=list)
    delays: list[tuple[int, float]] = field(default_factory=list)


def choose_cycle(counter: NDArray[np.int64], known: Sequence[Cycle]) -> Cycle | None:
    """Choose the cycle that explains the most steps of a counter.

    Parameters
    ----------
    counter : ndarray of int64, shape (n_rows,)
        The first rows.
    known : sequence of Cycle
        What such a device sends; a counter that never wraps, and the cycle from the least to the
        largest value seen, are tried after them, and have to explain more.

    Returns
    -------
    Cycle or None
        None if none explains half of the steps, or a tenth and nearly all others as losses: the
        counter tells nothing.
    """
    low, high = int(counter.min()), int(counter.max())
    derived = tuple(range(low, high + 1)) if 0 < high - low < 1 << 16 else ()
    candidates = [*known, (), derived]
    shares = [_explained(counter, cycle) for cycle in candidates]
    best = max(range(len(candidates)), key=lambda i: shares[i][0])
    next_one, ahead = shares[best]
    return candidates[best] if next_one > 0.5 or (next_one > 0.1 and ahead > 0.95) else None


def _explained(counter: NDArray[np.int64], cycle: Cycle) -> tuple[float, float]:
    """Shares of steps by one, and of steps ahead by less than half a lap: one, or losses."""
    if len(counter) < 2:
        return 1.0, 1.0
    steps = _steps(counter, cycle, (-1, -1))[0][1:]
    inside = np.isin(counter, cycle)[1:] if cycle else np.ones(len(steps), dtype=bool)
    ahead = (steps > 0) & (steps <= (len(cycle) or 256) / 2)
    return float(np.mean((steps == 1) & inside)), float(np.mean(ahead & inside))


def _steps(
    counter: NDArray[np.int64], cycle: Cycle, last: tuple[int, int]
) -> tuple[NDArray[np.int64], int]:
    """Samples the counter advanced before each row, laps left out, and how often it wrapped."""
    padded = np.concatenate((np.array(last, dtype=np.int64), counter))
    if not cycle:
        return np.diff(padded)[1:], 0
    position = _positions(padded, cycle)
    steps = np.diff(position)[1:]
    wraps = int(np.count_nonzero((steps < 0) & (steps == 1 - len(cycle))))
    return steps % len(cycle), wraps


def _positions(counter: NDArray[np.int64], cycle: Cycle) -> NDArray[np.int64]:
    """Place of every row in the lap; a value that is not of the cycle takes the next place."""
    values = np.array(cycle)
    first = np.full(int(values.max()) + 2, -1, dtype=np.int64)
    first[values[::-1]] = np.arange(len(values))[::-1]
    twice = np.zeros(len(first), dtype=bool)
    twice[values[:-1][np.diff(values) == 0]] = True
    inside = np.where((counter >= 0) & (counter < len(first)), counter, len(first) - 1)
    position = first[inside]
    position[1:] += twice[inside[1:]] & (counter[1:] == counter[:-1])
    for row in np.flatnonzero(position < 0):
        position[row] = (position[row - 1] + 1) % len(cycle) if row else -1
    return position


def scan(state: CounterScan, counter: NDArray[np.int64], times: NDArray[np.float64]) -> CounterScan:
    """Take in the next rows.

    A jump is doubtful where the stamps step back, and where counter and stamps are more than half
    a lap apart: an eighth where the counter stands at its beginning, for it may have begun anew.

    Parameters
    ----------
    state : CounterScan
        What was seen so far; its lists grow.
    counter : ndarray of int64, shape (n_rows,)
        Packet counter; at least one row.
    times : ndarray of float64, shape (n_rows,)
        Host time stamps, seconds; NaN where there is none.
    """
    steps, wraps = _steps(counter, state.cycle, state.last)
    if state.n_rows == 0:
        steps[0] = 0
    unwrapped = state.unwrapped + np.cumsum(steps)
    elapsed = np.diff(times, prepend=state.time)
    doubtful = _doubtful(counter, steps, elapsed, state)
    odd = (steps != 1) | doubtful
    odd[0] &= state.n_rows > 0
    state.jumps.extend(
        Jump(
            state.n_rows + row,
            int(counter[row]),
            int(steps[row]),
            float(elapsed[row]),
            bool(doubtful[row]),
        )
        for row in np.flatnonzero(odd).tolist()
    )
    state.delays.extend(_delays(state, times, unwrapped, np.flatnonzero(doubtful)))
    return replace(
        state,
        n_rows=state.n_rows + len(counter),
        last=(int(counter[-2]) if len(counter) > 1 else state.last[1], int(counter[-1])),
        time=float(times[-1]),
        unwrapped=int(unwrapped[-1]),
        n_wraps=state.n_wraps + wraps,
    )


def _doubtful(
    counter: NDArray[np.int64],
    steps: NDArray[np.int64],
    elapsed: NDArray[np.float64],
    state: CounterScan,
) -> NDArray[np.bool_]:
    if not state.cycle:
        return np.zeros(len(steps), dtype=bool)
    lap = len(state.cycle)
    ahead = elapsed * state.sampling_frequency - steps
    agree = np.abs(ahead) <= np.where(counter == state.cycle[0], lap / 8, lap / 2)  # not with NaN
    return np.asarray((ahead > lap / 2) | (elapsed < -BACKWARD) | ((steps != 1) & ~agree))


def _delays(
    state: CounterScan,
    times: NDArray[np.float64],
    unwrapped: NDArray[np.int64],
    doubtful: NDArray[np.int64],
) -> list[tuple[int, float]]:
    """Least delay of stretches of a second, cut at every doubtful jump."""
    second = max(int(state.sampling_frequency), 1)
    edges = np.union1d(np.arange(0, len(times), second), doubtful)
    delay = times - unwrapped / state.sampling_frequency
    least = np.fmin.reduceat(delay, edges)
    return list(zip((state.n_rows + edges).tolist(), least.tolist(), strict=True))
