"""What one side does by itself: twitches, with what else of that side belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from emgspasm.synkinesis.acts.act import Act, connected, meet, overlap, together, without
from emgspasm.synkinesis.acts.bilateral import outlasts
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import BROW, EYE

_SIDES: tuple[Literal["L"], Literal["R"]] = ("L", "R")


def twitches(
    one: list[Reading],
    unknown: list[Reading],
    both: list[Act],
    copies: list[Reading],
    rules: Rules,
    fs: float,
) -> tuple[list[Act], list[Reading]]:
    """Acts of one side, and what is left of the bursts of unknown side.

    Parameters
    ----------
    one : list of Reading
        Bursts of one side.
    unknown : list of Reading
        Those of which nobody knows whether the other side joins: what meets a twitch is of it.
    both : list of Act
        What both sides do at the time.
    copies : list of Reading
        What is no muscle's own.
    rules : Rules
    fs : float
        Hertz.
    """
    told = []
    for side in _SIDES:
        for part in connected([r for r in one if r.site.side == side]):
            joining = [r for r in unknown if r.site.side == side and _meets(r, part)]
            unknown = without(joining, unknown)
            told.append(_twitch(part + joining, side, both, copies, rules, fs))
    return told, unknown


def _meets(reading: Reading, part: list[Reading]) -> bool:
    onset, offset = reading.onset, reading.offset
    for other in part:  # noqa: SIM110 - in half the time
        if onset < other.offset and other.onset < offset:
            return True
    return False


def _moves_eyes(act: Act, side: str) -> bool:
    """Whether it is a movement of eyes in which the lower face of the other side has no part."""
    if act.kind != "movement" or all(r.site.region != EYE for r in act.readings):
        return False
    return {r.site.region for r in act.readings if r.site.side != side} <= {EYE, BROW}


def _twitch(
    readings: list[Reading],
    side: Literal["L", "R"],
    both: list[Act],
    copies: list[Reading],
    rules: Rules,
    fs: float,
) -> Act:
    """One-sided activity, with what else of the side belongs to it."""
    act = Act("twitch", side, tuple(readings), together=_n_together(readings, rules.synchrony * fs))
    # a blink ends where its eye goes on alone: what it begins with touches it at least
    meeting = [a for a in both if overlap(a, act) >= 0] if both else []
    if meeting:
        # of a movement a burst is far longer than what rides on it
        blinks = [a for a in meeting if a.kind == "blink"]
        act.on_blink, act.in_movement = bool(blinks), len(blinks) < len(meeting)
        act.eyes_move = any(_moves_eyes(a, side) for a in meeting)
        act.carried = tuple(r for blink in blinks for r in _carried(act, blink, fs))
        hidden = [_n_hidden(readings, blink, rules.synchrony * fs) for blink in blinks]
        act.together = max([act.together, *hidden])
    if copies:
        columns = {r.site.column for r in (*readings, *act.carried)}
        act.copies = tuple(
            r  # what crosses the midline is of the muscle it comes from, not of whatever acts here
            for r in copies
            if _meets(r, readings) and (r.site.side == side or r.neighbour in columns)
        )
    return act


def _carried(act: Act, blink: Act, fs: float) -> list[Reading]:
    """Bursts of its side in a blink that outlast the other side's: they hold a part of the act."""
    return [
        r
        for r in blink.readings
        if r.site.side == act.side
        and meet(r, act)
        and outlasts(r, blink, fs)
        and r.surge not in act.readings
    ]


def _n_hidden(readings: Sequence[Reading], blink: Act, window: float) -> int:
    """How many muscles go on after a blink with the eye, where it began being hidden in that."""
    found = 1
    for eye in readings:
        if eye.is_surge and eye.site.region == EYE:
            first = blink.onset - window
            with_it = {
                r.site.muscle
                for r in readings
                if first <= r.onset <= eye.onset + window
                and 2 * overlap(r, eye) >= eye.offset - eye.onset
            }
            found = max(found, len(with_it))
    return found


def _n_together(readings: Sequence[Reading], window: float) -> int:
    """How many muscles begin with another one, within `window` samples; 1 if none does."""
    return len({r.site.muscle for pair in together(readings, window) for r in pair}) or 1
