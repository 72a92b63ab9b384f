"""Blinks, artifacts and movements of both sides: what they are called, and why, in words.

Both eyes closing for longer than a blink, without the rest of the face, while a marker says rest,
is a blepharospasm; without that marker nobody can tell it from a movement, and it is called one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from emgspasm.stream import Event
from emgspasm.synkinesis.acts.act import Act, samples_of
from emgspasm.synkinesis.acts.bilateral import outlasts
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.wording import event, ms
from emgspasm.synkinesis.markers import RESTS, Schedule
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import BROW, EYE, regions

CLOSED = 0.3
"""Seconds for which each eye that is recorded must be active in a blepharospasm [sim]: 0.4, the
longest blink, loses one in thirty."""


def blink(act: Act, marked: Schedule, fs: float) -> Event:
    """Event of a blink of both eyes."""
    eyes = [r for r in act.readings if r.site.region == EYE]
    if len({r.site.side for r in eyes}) < 2:
        recorded = any(r.opposite == r.opposite for r in eyes)
        why = "no sign of one side alone" if recorded else "the other eye is not recorded"
        reason = f"bursts of one eye, {ms(_shortest(eyes), fs)}; {why}"
    else:
        reason = f"both eyes, the shorter burst {ms(_shortest(eyes), fs)}"
        reason += "" if act.dragged else "; lower face silent"
    if act.dragged:
        reason += f"; {'+'.join(act.dragged)} of one side moves along"
    onset = min([r.onset for r in eyes])
    # what an eye does after the other one is none of the blink
    offset = max([r.offset for r in eyes if not outlasts(r, act, fs)])
    return event(
        "blink", "B", "", act.readings, onset, offset, marked, fs, reason, copies=act.copies
    )


def artifact(act: Act, marked: Schedule, rules: Rules, fs: float) -> Event:
    """Event of what no muscle makes."""
    hum = max(r.hum for r in act.readings)
    slow = min((r.frequency for r in act.readings if r.frequency == r.frequency), default=nan)
    length = (act.offset - act.onset) / fs
    steps = max(r.steps for r in act.readings)
    if hum >= rules.hum:
        label, reason = "hum", "repeats with the mains"
    elif (shared := max(r.shared for r in act.readings)) >= rules.shared:
        label, reason = "pop", f"one waveform in {1 + shared} channels: an electrode they share"
    elif steps >= rules.steps:
        label, reason = "pop", f"steps explain {100 * steps:.0f} % of it: an electrode"
    elif length > rules.longest and not slow < rules.slow:
        n = len({r.site.column for r in act.readings})
        who = "one channel" if n == 1 else f"{n} channels"
        label, reason = "noise", f"{who} for {length:.0f} s, and no other: an electrode"
    else:
        label, reason = "motion", f"too slow for muscle: {slow:.0f} Hz"
    return event(
        "artifact", act.side, label, act.readings, act.onset, act.offset, marked, fs, reason
    )


def movement(chain: Chain, marked: Schedule, fs: float) -> Event:
    """Event of a movement of both sides."""
    readings = [r for act in chain.acts for r in act.readings]
    onset = chain.onset
    muscles = {r.site.muscle for r in readings}
    marker = marked.under_way(onset, chain.offset, fs)
    dragged = sorted({name for act in chain.acts for name in act.dragged})
    reason = "both sides"
    if dragged:
        reason += f"; {'+'.join(dragged)} of one side moves along from the start to the end"
    if regions(muscles) == {EYE} or (regions(muscles) == {EYE, BROW} and "FRO" not in muscles):
        at_rest = marker is not None and marker.task in RESTS
        if at_rest and _both_close(readings, fs):
            reason = "both eyes closed at rest, longer than a blink; frontalis silent"
            return event("blepharospasm", "B", "", readings, onset, chain.offset, marked, fs,
                          reason)  # fmt: skip
        why = "one eye no longer" if at_rest else "without a marker of rest, a movement"
        reason += f"; eyes alone, longer than a blink: {why}"
    label = marker.task if marker and marker.task not in RESTS else ""
    return event("voluntary", "B", label, readings, onset, chain.offset, marked, fs, reason)


def _both_close(readings: Sequence[Reading], fs: float) -> bool:
    """Whether every recorded eye is active for longer than a blink.

    Asked of each eye, since a blink of both on top of the hum of one lasts as long as the hum.
    """
    eyes = [r for r in readings if r.site.region == EYE]
    lasted = [samples_of(r for r in eyes if r.site.side == side) for side in "LR"]
    recorded = 2 if any(r.opposite == r.opposite for r in eyes) else 1
    return sum(length > CLOSED * fs for length in lasted) >= recorded


def _shortest(readings: Sequence[Reading]) -> int:
    return min([r.offset - r.onset for r in readings])
