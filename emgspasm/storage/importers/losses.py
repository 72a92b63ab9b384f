"""What the jumps of a packet counter mean: lost packets, packets out of order, restarts.

Host time stamps only resolve what the counter cannot tell (the loss of whole laps, a restart),
because packets arrive in bunches (OpenBCI facts 5.3): the least delayed arrivals before and
after a jump say how much time passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.importers.counter import CounterScan, Jump

LONGEST_GAP = 3590.0
"""Seconds. A longer jump of time stamps is a clock that was set (summer time is 3600 s)."""

WINDOW = 5.0
"""Seconds of arrivals looked at around a jump."""

STEP_BACK = 16
"""Counts. Without time stamps a smaller step back is a packet out of order, not a loss."""


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
        f"{state.n_wraps} discontinuities are wraps to {state.cycle[0]}, not losses"
    )
