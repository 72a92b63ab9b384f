"""What the jumps of a packet counter mean: lost packets, packets out of order, restarts.

The counter is the clock. Host time stamps only resolve what it cannot tell (the loss of whole
laps, a restart), because packets arrive in bunches (firmware_notes 5.3): the least delayed arrivals
before and after a jump say how much time passed. After a stall of the host they come back to
where they were; after a loss of whole laps they stay late by a multiple of the lap; after the
host's clock was set they stay late or early by any amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from emgspasm.grammar import several
from emgspasm.storage.importers.counter import BACKWARD, CounterScan, Jump

LONGEST_GAP = 3590.0
"""Seconds. A longer jump of time stamps is a clock that was set (summer time is 3600 s)."""

WINDOW = 5.0
"""Seconds of arrivals looked at around a jump."""

PRECISION = 0.02
"""Seconds. Least delays are no better than the latency timer of the port (firmware_notes 5.1)."""

DRIFT = 200e-6
"""Seconds per second that the host's clock and the board's drift apart (firmware_notes 5.4)."""

STEP_BACK = 16
"""Counts. Without time stamps a smaller step back is a packet out of order, not a loss."""

FEW = 16
"""Rows. So few that arrive late tell of no clock that was set: they may have caught up later."""

SHORT = 8
"""Counts. Without time stamps a counter that comes to its beginning over fewer was not stopped."""

BEGINNING = 16
"""Counts. A counter that began anew is not further on: its first packets may be lost."""


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
        Beside a clock that was set, packets are lost as the counter tells.
    estimated : bool
        Whether the number rests on time stamps. A restart whose number does not is of unknown
        length: the number is the least that fits the counter.
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
    counted = [loss for loss in _losses(state) if loss.row not in paused]
    return sorted([*counted, *paused.values()], key=lambda loss: loss.row)


def _losses(state: CounterScan) -> list[Loss]:
    found = []
    rows = np.array([row for row, _ in state.delays])
    delays = np.array([delay for _, delay in state.delays])
    falls = np.array([jump.row for jump in state.jumps if _may_fall(jump, state)])
    since = 0
    for jump in state.jumps:
        shift = _shift(rows, delays, falls, since, jump, state) if jump.doubtful else _NONE
        loss = _loss(jump, state, shift)
        if loss.kind in ("clock", "restart") or loss.lost != jump.step - 1:
            since = jump.row  # arrivals before it are no measure of those after it
        found.append(loss)
    return found


def _may_fall(jump: Jump, state: CounterScan) -> bool:
    """Whether arrivals may be early after a jump for another reason than having caught up."""
    early = jump.step - jump.elapsed * state.sampling_frequency > len(state.cycle) / 2
    anew = jump.step != 1 and jump.value in state.cycle[:1]
    return jump.doubtful and (jump.elapsed < -BACKWARD or early or anew)


@dataclass(frozen=True, slots=True)
class _Shift:
    """How much later packets arrive after a jump, in samples; NaN if unknown.

    `tolerance` is how well that is known, from how much arrivals scattered before; `n_rows` is
    how many rows arrived after it.
    """

    samples: float
    tolerance: float = 0.0
    n_rows: int = 0


_NONE = _Shift(0.0)


def _shift(
    rows: NDArray[np.int64],
    delays: NDArray[np.float64],
    falls: NDArray[np.int64],
    since: int,
    jump: Jump,
    state: CounterScan,
) -> _Shift:
    fs = state.sampling_frequency
    window = int(WINDOW * fs)
    # A host that was late for some time has that many packets to catch up with.
    end = jump.row + window + int(2 * np.nan_to_num(jump.elapsed).clip(0, LONGEST_GAP) * fs)
    fall = int(np.searchsorted(falls, jump.row, side="right"))
    if fall < len(falls):
        end = min(end, int(falls[fall]))
    begin, here, stop = np.searchsorted(rows, [max(jump.row - window, since), jump.row, end])
    before, after = delays[begin:here], delays[here:stop]
    if not np.isfinite(before).any() or not np.isfinite(after).any():
        return _Shift(np.nan)
    least = np.nanmin(before)
    tolerance = max(PRECISION, 3 * float(np.nanmedian(before) - least))
    samples = (_settled(rows[here:stop], after, window, tolerance) - least) * fs
    n_rows = min(end, state.n_rows) - jump.row
    return _Shift(samples, min(tolerance * fs, len(state.cycle) / 8), n_rows)


def _settled(
    rows: NDArray[np.int64], delays: NDArray[np.float64], window: int, tolerance: float
) -> float:
    """Where delays stay, once they have not fallen for a window of rows."""
    least = np.fmin.accumulate(delays)
    falls = np.flatnonzero(least[:-1] - least[1:] > tolerance) + 1
    steps = rows[np.concatenate(([0], falls))]
    rests = np.append(np.diff(steps) > window, True)
    stop = np.searchsorted(rows, steps[np.argmax(rests)] + window, side="right")
    return float(least[stop - 1])


def _loss(jump: Jump, state: CounterScan, shift: _Shift) -> Loss:
    lap, fs = len(state.cycle), state.sampling_frequency
    if lap == 0:
        return _loss_without_laps(jump, state)
    if np.isnan(jump.elapsed) and jump.value == state.cycle[0] and jump.step > SHORT:
        return Loss(jump.row, jump.step - 1, "restart")
    if not jump.doubtful:
        return _counted(jump, jump.step - 1)
    if (
        not -BACKWARD <= np.nan_to_num(jump.elapsed) <= LONGEST_GAP
        or abs(shift.samples) > LONGEST_GAP * fs
    ):
        return Loss(jump.row, _by_counter(jump, state), "clock")
    if np.isnan(shift.samples):
        return _counted(jump, _by_counter(jump, state))
    laps = max(round(shift.samples / lap), -1 if jump.step > lap / 2 else 0)
    lost = jump.step - 1 + laps * lap
    if abs(shift.samples - laps * lap) <= _tolerance(jump, state, shift):
        return _counted(jump, lost, estimated=laps > 0)
    if jump.step != 1 and jump.value in state.cycle[:BEGINNING]:
        lost = max(jump.step - 1 + round(shift.samples), 1)
        return Loss(jump.row, lost, "restart", estimated=True)
    if shift.samples > 0 and shift.n_rows > FEW:
        return Loss(jump.row, _by_counter(jump, state), "clock")
    return _counted(jump, lost if shift.samples <= 0 else _by_counter(jump, state))


def _tolerance(jump: Jump, state: CounterScan, shift: _Shift) -> float:
    """Samples by which whole laps may miss the time that passed.

    After a loss the counter stands anywhere; after a clock that was set it goes on by one. So a
    jump by one must fit as well as the stamps can tell to be a loss of whole laps all the same.
    """
    if jump.step == 1:
        return shift.tolerance
    drift = DRIFT * float(np.nan_to_num(jump.elapsed)) * state.sampling_frequency
    return len(state.cycle) / 8 + drift


def _counted(jump: Jump, lost: int, *, estimated: bool = False) -> Loss:
    if lost == 0:
        return Loss(jump.row, 0, "stall")
    return Loss(jump.row, lost, "lost" if lost > 0 else "back", estimated)


def _by_counter(jump: Jump, state: CounterScan) -> int:
    """Samples lost by the counter alone: the fewest that fit."""
    lap = len(state.cycle)
    return jump.step - 1 - (lap if jump.step > lap - STEP_BACK else 0)


def _loss_without_laps(jump: Jump, state: CounterScan) -> Loss:
    """Read a jump of a counter that never wraps: far back or too far ahead is a new beginning."""
    longest = LONGEST_GAP * state.sampling_frequency
    if -STEP_BACK < jump.step < longest:
        return Loss(jump.row, jump.step - 1, "lost" if jump.step > 1 else "back")
    by_time = jump.elapsed * state.sampling_frequency
    lost = max(round(by_time) - 1, 1) if 0 < by_time < longest else 1
    return Loss(jump.row, lost, "restart", estimated=True)


def describe_losses(state: CounterScan, found: Sequence[Loss]) -> list[str]:
    """Sentences on what the counter shows."""
    findings = [_describe_wraps(state)] if state.cycle and state.n_wraps else []
    lost = [loss for loss in found if loss.lost > 0 and loss.kind in ("lost", "clock")]
    if lost:
        samples = sum(loss.lost for loss in lost)
        text = (
            f"{several(samples, 'sample')} lost at {several(len(lost), 'place')} (packet counter): "
            "kept as gaps"
        )
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
            f"the counter repeats or steps back at {several(len(back), 'place')}: the rows before "
            "it passes where it was are left out"
        )
    findings += _describe_restarts([loss for loss in found if loss.kind == "restart"])
    pauses = [loss.lost for loss in found if loss.kind == "pause"]
    if pauses:
        findings.append(
            f"recording paused {several(len(pauses), 'time')}, "
            f"{several(sum(pauses), 'sample')}: gaps"
        )
    clock = sum(loss.kind == "clock" for loss in found)
    if clock:
        findings.append(
            f"the host's clock was set {several(clock, 'time')}, as time stamps tell: not taken "
            "for missing or repeated samples"
        )
    stalls = sum(loss.kind == "stall" for loss in found)
    if stalls:
        findings.append(
            f"the host was late at {several(stalls, 'place')} and caught up: no samples were lost "
            "there, as counter and later time stamps tell"
        )
    return findings


def _describe_restarts(restarts: Sequence[Loss]) -> list[str]:
    findings = []
    timed = [loss.lost for loss in restarts if loss.estimated]
    if timed:
        findings.append(
            f"the counter began anew {several(len(timed), 'time')}: a gap each, "
            f"{several(sum(timed), 'sample')} in all, "
            "estimated from time stamps"
        )
    unknown = [loss.lost for loss in restarts if not loss.estimated]
    if unknown:
        findings.append(
            f"the counter began anew {several(len(unknown), 'time')}, as when streaming is stopped "
            f"and started: a gap each, {several(sum(unknown), 'sample')} in all as far as the "
            "counter tells; without time stamps nobody knows how long it was"
        )
    return findings


def _describe_wraps(state: CounterScan) -> str:
    return (
        f"the counter runs {state.cycle[0]} to {state.cycle[-1]} in {len(state.cycle)} rows; its "
        f"{several(state.n_wraps, 'discontinuity is a wrap', 'discontinuities are wraps')} to "
        f"{state.cycle[0]}, not losses"
    )
