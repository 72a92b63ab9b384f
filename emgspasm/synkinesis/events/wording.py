"""Events and their reasons, in words that a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import sqrt
from operator import attrgetter
from typing import Literal

from emgspasm.dsp.rates import LAGS
from emgspasm.stream import Burst, BurstQuality, Event, EventType
from emgspasm.synkinesis.acts.act import Act, together
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.markers import Marker, Schedule
from emgspasm.synkinesis.readings.laterality import laterality_index, log_ratio
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import LOWER, regions, spread_stage


def reasons(
    part: Sequence[Act], li: tuple[float, float], muscles: set[str], rules: Rules, fs: float
) -> Iterable[str]:
    """Why a one-sided event is a hemifacial spasm, phrase by phrase."""
    yield one_sided(li[0])
    most = max(part, key=_together)
    if most.together >= 2:
        carried = min(fs, *(r.site.frequency for r in most.readings))
        lag = _lag(most, rules.synchrony * fs) if carried >= LAGS else None
        spread = "together" if lag is None else f"within {ms(lag, fs)}"
        yield f"{most.together} muscles {spread}"
    else:
        yield f"{'+'.join(sorted(muscles))} alone"
    if LOWER & regions(muscles):
        yield "lower face active"
    if any(act.on_blink for act in part):
        yield "rides on a blink"


def one_sided(li: float) -> str:
    """That an event is of one side, and by which laterality index, where that is known."""
    return f"one side, LI {li:.2f}" if li == li else "one side"


_together = attrgetter("together")


def _lag(act: Act, window: float) -> int | None:
    """The largest lag (samples) of muscles that begin together; None if one of them was faint.

    What is faint beside the rest of its chain is no part of the act any more (``chains.loud``).
    """
    pairs = together(act.readings, window)
    if len({r.site.muscle for pair in pairs for r in pair}) < act.together:
        return None
    return max(abs(b.onset - a.onset) for a, b in pairs)


def ms(samples: int, fs: float) -> str:
    """Samples as milliseconds."""
    return f"{1000 * samples / fs:.0f} ms"


def event(
    trial_type: EventType,
    side: Literal["L", "R", "B"],
    label: str,
    readings: Sequence[Reading],
    onset: int,
    offset: int,
    marked: Schedule,
    fs: float,
    reason: str,
    *,
    copies: Sequence[Reading] = (),
    on_blink: bool = False,
) -> Event:
    """Event of these readings, with what follows from them: balance, spread, task, quality."""
    marker = marked.under_way(onset, offset, fs)
    bursts = tuple([r.burst for r in sorted(readings, key=_place)])
    li, ratio = laterality(readings) if side != "B" else balance(readings)
    return Event(
        trial_type,
        onset,
        offset,
        side,
        label,
        bursts,
        tuple([r.burst for r in copies]),
        li,
        ratio,
        spread_stage({r.site.muscle for r in readings}) if trial_type == "spasm" else 0,
        on_blink,
        _task(marker),
        _trial(marker),
        _worst(bursts),
        reason,
    )


_place = attrgetter("onset", "site.column")


def remarked(event: Event, marked: Schedule, fs: float) -> Event:
    """Event under other markers; what it is called otherwise depends on none."""
    marker = marked.under_way(event.onset, event.offset, fs)
    task, trial = _task(marker), _trial(marker)
    if (task, trial) == (event.task, event.trial):
        return event
    return replace(event, task=task, trial=trial)


def _task(marker: Marker | None) -> str:
    return marker.task if marker else ""


def _trial(marker: Marker | None) -> int:
    return marker.trial if marker and marker.movement else 0


def _worst(bursts: Iterable[Burst]) -> BurstQuality:
    found = {burst.quality for burst in bursts}
    return "cut" if "cut" in found else "settling" if "settling" in found else "good"


def laterality(readings: Sequence[Reading]) -> tuple[float, float]:
    """LI and log ratio of the sums over muscles that have both sides."""
    own = other = 0.0
    for r in readings:
        if r.opposite == r.opposite:
            own += r.amplitude
            other += r.opposite
    return laterality_index(own, other), log_ratio(own, other)


def balance(readings: Sequence[Reading]) -> tuple[float, float]:
    """LI and log ratio of left to right, of an event of both sides.

    Amplitudes of muscles that have both sides, over all stretches in which either was active: where
    a burst of one side was missed, that side is not silent, and a burst in two parts is not two.
    """
    sums: dict[str, list[float]] = {}  # of samples, and of the energies of left and right in them
    for r in readings:
        if r.opposite == r.opposite:
            length, own, other = r.offset - r.onset, r.amplitude**2, r.opposite**2
            left, right = (own, other) if r.site.side == "L" else (other, own)
            of_muscle = sums.setdefault(r.site.muscle, [0, 0.0, 0.0])
            of_muscle[0] += length
            of_muscle[1] += length * left
            of_muscle[2] += length * right
    left = sum([sqrt(energy / length) for length, energy, _ in sums.values()])
    right = sum([sqrt(energy / length) for length, _, energy in sums.values()])
    return laterality_index(left, right), log_ratio(left, right)
