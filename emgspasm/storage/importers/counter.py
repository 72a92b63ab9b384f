"""What a packet counter tells: lost packets, packets out of order, restarts.

The counter is the clock. Host time stamps only resolve what it cannot tell (the loss of whole
laps, a restart), because packets arrive in bunches (OpenBCI facts 5.3): the least delayed
arrivals before and after a jump say how much time passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

LONGEST_GAP = 3590.0
"""Seconds. A longer jump of time stamps is a clock that was set (summer time is 3600 s)."""

WINDOW = 5.0
"""Seconds of arrivals looked at around a jump."""

STEP_BACK = 16
"""Counts. Without time stamps a smaller step back is a packet out of order, not a loss."""

Cycle = tuple[int, ...]
"""The values of a counter, one a row: a value twice in a row is a packet of two samples."""

CYTON: tuple[Cycle, ...] = (tuple(range(256)),)
DAISY: tuple[Cycle, ...] = (tuple(range(0, 256, 2)), tuple(range(1, 256, 2)), *CYTON)
"""By radio every second packet completes a sample (OpenBCI facts 2.1)."""

_TWICE_1_100 = tuple(value for value in range(1, 101) for _ in range(2))
_TWICE_100 = tuple(value for value in range(100) for _ in range(2))
GANGLION: tuple[Cycle, ...] = (
    tuple(range(201)),  # OpenBCI GUI 4
    (0, *_TWICE_1_100),  # firmware 2 with acceleration
    (0, *(100 + value for value in _TWICE_1_100)),  # firmware 2 without
    _TWICE_100,  # firmware 3 with acceleration
    tuple(100 + value for value in _TWICE_100),  # firmware 3 without
)
"""OpenBCI GUI 4 files, and PacketLossTracker of OpenBCI GUI 5 and 6."""


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
    """

    row: int
    value: int
    step: int
    elapsed: float


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
        Rows that do not follow.
    delays : list of (int, float)
        First row and least delay (time stamp minus count, seconds) of stretches of about a
        second.
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
        What such a device sends; the cycle from the least to the largest value seen and a
        counter that never wraps are tried after them.

    Returns
    -------
    Cycle or None
        None if none explains half of the steps: the counter tells nothing.
    """
    low, high = int(counter.min()), int(counter.max())
    derived = tuple(range(low, high + 1)) if 0 < high - low < 1 << 16 else ()
    candidates = [*known, *([derived] if derived else []), ()]
    scores = [_explained(counter, cycle) for cycle in candidates]
    best = int(np.argmax(scores))
    return candidates[best] if scores[best] > 0.5 else None


def _explained(counter: NDArray[np.int64], cycle: Cycle) -> float:
    if len(counter) < 2:
        return 1.0
    steps = _steps(counter, cycle, (-1, -1))[0]
    inside = np.isin(counter, cycle) if cycle else np.ones(len(counter), dtype=bool)
    return float(np.mean((steps == 1)[1:] & inside[1:]))


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


def scan(
    state: CounterScan, counter: NDArray[np.int64], times: NDArray[np.float64] | None
) -> CounterScan:
    """Take in the next rows.

    Parameters
    ----------
    state : CounterScan
        What was seen so far; its lists grow.
    counter : ndarray of int64, shape (n_rows,)
        Packet counter.
    times : ndarray of float64, shape (n_rows,), or None
        Host time stamps, seconds.
    """
    if not len(counter):
        return state
    steps, wraps = _steps(counter, state.cycle, state.last)
    if state.n_rows == 0:
        steps[0] = 0
    unwrapped = state.unwrapped + np.cumsum(steps)
    elapsed = _elapsed(times, state.time, len(counter))
    odd = (steps != 1) | _stalled(elapsed, steps, state)
    odd[0] &= state.n_rows > 0
    state.jumps.extend(
        Jump(state.n_rows + row, int(counter[row]), int(steps[row]), float(elapsed[row]))
        for row in np.flatnonzero(odd).tolist()
    )
    if times is not None:
        state.delays.extend(_delays(state, times, unwrapped, np.flatnonzero(odd)))
    return replace(
        state,
        n_rows=state.n_rows + len(counter),
        last=(int(counter[-2]) if len(counter) > 1 else state.last[1], int(counter[-1])),
        time=np.nan if times is None else float(times[-1]),
        unwrapped=int(unwrapped[-1]),
        n_wraps=state.n_wraps + wraps,
    )


def _elapsed(times: NDArray[np.float64] | None, before: float, n_rows: int) -> NDArray[np.float64]:
    if times is None:
        return np.full(n_rows, np.nan)
    return np.diff(times, prepend=before)


def _stalled(
    elapsed: NDArray[np.float64], steps: NDArray[np.int64], state: CounterScan
) -> NDArray[np.bool_]:
    """Rows before which so much time passed that whole laps may be missing."""
    if not state.cycle:
        return np.zeros(len(steps), dtype=bool)
    return elapsed * state.sampling_frequency - steps > len(state.cycle) / 2


def _delays(
    state: CounterScan,
    times: NDArray[np.float64],
    unwrapped: NDArray[np.int64],
    odd: NDArray[np.int64],
) -> list[tuple[int, float]]:
    """Least delay of stretches of a second, cut at every jump."""
    second = max(int(state.sampling_frequency), 1)
    edges = np.union1d(np.arange(0, len(times), second), odd)
    delay = times - unwrapped / state.sampling_frequency
    least = np.fmin.reduceat(delay, edges)
    return list(zip((state.n_rows + edges).tolist(), least.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Loss:
    """What a jump means.

    Parameters
    ----------
    row : int
        The row after it.
    lost : int
        Samples missing before it; negative where the counter stepped back.
    kind : {"lost", "back", "restart", "clock", "stall", "pause"}
        Packets lost, packets out of order or twice, a counter that began anew, a host clock that
        was set, a host that was late while no packet was lost, a pause the device wrote down.
    estimated : bool
        Whether the number rests on time stamps.
    """

    row: int
    lost: int
    kind: Literal["lost", "back", "restart", "clock", "stall", "pause"]
    estimated: bool = False


def losses(state: CounterScan, pauses: Sequence[tuple[int, float]] = ()) -> list[Loss]:
    """Decide what every jump means.

    Parameters
    ----------
    state : CounterScan
        After the last row.
    pauses : sequence of (int, float)
        Rows before which the device itself says that it paused, and for how many seconds.
    """
    paused = {
        row: Loss(row, max(round(seconds * state.sampling_frequency), 1), "pause")
        for row, seconds in pauses
    }
    told = [loss for loss in _losses(state) if loss.row not in paused]
    return sorted([*told, *paused.values()], key=lambda loss: loss.row)


def _losses(state: CounterScan) -> list[Loss]:
    rows = np.array([row for row, _ in state.delays])
    delays = np.array([delay for _, delay in state.delays])
    jumps = state.jumps
    limits = [0, *(jump.row for jump in jumps), state.n_rows]
    return [
        _loss(jump, state, _shift(rows, delays, limits[i], jump, limits[i + 2], state))
        for i, jump in enumerate(jumps)
    ]


def _shift(
    rows: NDArray[np.int64],
    delays: NDArray[np.float64],
    previous: int,
    jump: Jump,
    following: int,
    state: CounterScan,
) -> float:
    """Samples missing beyond the counter, as arrivals around a jump tell; NaN if unknown."""
    span = int(max(WINDOW, 2 * np.nan_to_num(jump.elapsed)) * state.sampling_frequency)
    here = int(np.searchsorted(rows, jump.row))
    begin = int(np.searchsorted(rows, max(jump.row - span, previous)))
    end = int(np.searchsorted(rows, min(jump.row + span, following)))
    before, after = delays[begin:here], delays[here:end]
    if not len(before) or not len(after) or np.isnan(before).all() or np.isnan(after).all():
        return np.nan
    return float(np.nanmin(after) - np.nanmin(before)) * state.sampling_frequency


def _loss(jump: Jump, state: CounterScan, shift: float) -> Loss:
    lost, lap = jump.step - 1, len(state.cycle)
    if lap == 0:
        return _loss_without_laps(jump, state)
    if abs(jump.elapsed) > LONGEST_GAP or abs(shift) > LONGEST_GAP * state.sampling_frequency:
        return Loss(jump.row, _by_counter(jump, state), "clock")
    if np.isnan(shift):
        lost = _by_counter(jump, state)
        return Loss(jump.row, lost, "lost" if lost > 0 else "back")
    laps = round(shift / lap)
    if jump.value == state.cycle[0] and abs(shift - laps * lap) > lap / 8:
        return Loss(jump.row, max(lost + round(shift), 1), "restart", estimated=True)
    lost += laps * lap
    if lost == 0:
        return Loss(jump.row, 0, "stall")
    return Loss(jump.row, lost, "lost" if lost > 0 else "back", estimated=laps > 0)


def _by_counter(jump: Jump, state: CounterScan) -> int:
    """Samples lost as the counter alone tells: the least that fits."""
    lap = len(state.cycle)
    return jump.step - 1 - (lap if lap and jump.step > lap - STEP_BACK else 0)


def _loss_without_laps(jump: Jump, state: CounterScan) -> Loss:
    """Read a jump of a counter that never wraps: far back or too far ahead is a new beginning."""
    longest = LONGEST_GAP * state.sampling_frequency
    if -STEP_BACK < jump.step < longest:
        return Loss(jump.row, jump.step - 1, "lost" if jump.step > 1 else "back")
    by_time = jump.elapsed * state.sampling_frequency
    lost = max(round(by_time) - 1, 1) if 0 < by_time < longest else 1
    return Loss(jump.row, lost, "restart", estimated=True)


def describe_losses(state: CounterScan, found: Sequence[Loss]) -> list[str]:
    """Say what the counter told, for people."""
    findings = [_describe_wraps(state)] if state.cycle and state.n_wraps else []
    lost = [loss for loss in found if loss.kind == "lost"]
    if lost:
        samples = sum(loss.lost for loss in lost)
        text = f"{samples} samples lost at {len(lost)} places (packet counter): kept as gaps"
        estimated = [loss for loss in lost if loss.estimated]
        if estimated:
            text += (
                f"; {len(estimated)} of them longer than a lap of the counter, their length "
                "estimated from time stamps"
            )
        findings.append(text)
    back = [loss for loss in found if loss.kind == "back"]
    if back:
        findings.append(
            f"the counter repeats or steps back at {len(back)} places: the rows before it passes "
            "where it was are left out"
        )
    restarts = [loss for loss in found if loss.kind == "restart"]
    if restarts:
        samples = sum(loss.lost for loss in restarts)
        findings.append(
            f"the counter began anew {len(restarts)} times: a gap each, {samples} samples in all, "
            "estimated from time stamps"
        )
    pauses = [loss.lost for loss in found if loss.kind == "pause"]
    if pauses:
        findings.append(f"recording paused {len(pauses)} times, {sum(pauses)} samples: gaps")
    clock = sum(loss.kind == "clock" for loss in found)
    if clock:
        findings.append(f"the host's clock was set {clock} times: not taken for missing samples")
    return findings


def _describe_wraps(state: CounterScan) -> str:
    return (
        f"the counter runs {state.cycle[0]} to {state.cycle[-1]} in {len(state.cycle)} rows; its "
        f"{state.n_wraps} steps back to {state.cycle[0]} are wraps, not losses"
    )
