"""Acts become events: what they are called, and why, in words.

A burst of one side is called a hemifacial spasm (class isolated, grouped, tonic or combined) only
if the eye or two muscles of the facial nerve take part in it together, and if it is none of a train
of a single muscle: in rhythm, that is a myokymia, otherwise nothing. Both eyes closing for longer
than a blink, without the rest of the face, while a marker says rest, is a blepharospasm; without
that marker nobody can tell it from a movement, and it is called one. So is what only a marker of a
movement can tell from a spasm, and what only chewing muscles do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from math import inf, nan
from operator import attrgetter
from typing import Literal

from emgspasm.stream import Burst, Event
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.verdicts import LASTING, is_beyond_chance
from emgspasm.synkinesis.events.chains import TOGETHER, Chain, loud, split, synchrony
from emgspasm.synkinesis.events.experience import (
    SHARING_MEMORY,
    Experience,
    note_company,
    note_trains,
    of_train,
)
from emgspasm.synkinesis.events.loudness import SURE, without_faint
from emgspasm.synkinesis.events.proof import (
    EYES,
    FLURRY,
    LONGEST_BLINK,
    is_spasm,
    most_together,
    note_proof,
    other_eye_is_weak,
)
from emgspasm.synkinesis.events.speech import without_speech
from emgspasm.synkinesis.events.wording import event, laterality, ms, reasons, remarked
from emgspasm.synkinesis.markers import MOVEMENTS, PRIMES, RESTS, Schedule
from emgspasm.synkinesis.measures.classes import spasm_class
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import BROW, EYE, REGIONS, regions

CLOSED = 0.3
"""Seconds for which each eye that is recorded must be active in a blepharospasm [sim]: 0.4, the
longest blink, loses one in thirty."""

WINK = 0.1
"""Seconds that a wink lasts at least (clinical facts 2)."""

Naming = Callable[[Schedule], Event]
"""An event as it is called under these markers."""


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
    onset, offset = min([r.onset for r in eyes]), max([r.offset for r in eyes])
    return event(
        "blink", "B", "", act.readings, onset, offset, marked, fs, reason, copies=act.copies
    )


def artifact(act: Act, marked: Schedule, rules: Rules, fs: float) -> Event:
    """Event of what no muscle makes."""
    hum = max(r.hum for r in act.readings)
    slow = min((r.frequency for r in act.readings if r.frequency == r.frequency), default=nan)
    steps = max(r.steps for r in act.readings)
    if hum >= rules.hum:
        label, reason = "hum", "repeats with the mains"
    elif (shared := max(r.shared for r in act.readings)) >= rules.shared:
        label, reason = "pop", f"one waveform in {1 + shared} channels: an electrode they share"
    elif steps >= rules.steps:
        label, reason = "pop", f"steps explain {100 * steps:.0f} % of it: an electrode"
    else:
        label, reason = "motion", f"too slow for muscle: {slow:.0f} Hz"
    return event(
        "artifact", act.side, label, act.readings, act.onset, act.offset, marked, fs, reason
    )


def movement(chain: Chain, marked: Schedule, fs: float) -> Event:
    """Event of a movement of both sides."""
    readings = [r for act in chain.acts for r in act.readings]
    onset = min(act.onset for act in chain.acts)
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


def spasms(
    chain: Chain, marked: Schedule, known: Experience, rules: Rules, fs: float
) -> Iterable[tuple[Event, Naming]]:
    """Events of a chain of one-sided acts, and what they are called under other markers.

    Parameters
    ----------
    chain : Chain
        Acts closer than its gap are one spasm.
    marked : Schedule
    known : Experience
        Updated.
    rules : Rules
    fs : float
        Hertz.
    """
    acts = without_faint(loud(chain.acts), known, fs)
    chain.acts = without_speech(acts, chain.side, known, fs)
    if not chain.acts:
        return
    note_company(chain, known)
    if chain.doubtful:
        note_trains(chain, known, fs)
    for part in split(chain.acts, chain.gap):
        event = _one_sided(chain.side, part, marked, known, rules, fs)
        if event is not None:
            muscles = {r.site.muscle for act in part for r in act.readings}
            unseen = _movements_unseen(muscles, chain.side, known)
            naming = partial(on_cue, event, fs=fs, unseen=unseen)
            yield naming(marked), naming
        elif len(part) <= FLURRY and other_eye_is_weak(chain.side, known):
            for act in part:
                if _may_be_blink(act, fs):
                    event = blink(act, marked, fs)
                    yield event, partial(remarked, event, fs=fs)


def _movements_unseen(muscles: set[str], side: str, known: Experience) -> frozenset[str]:
    """Movements that these muscles may go along with while none that makes them is recorded.

    An eye alone may, of a side that is not known to have spasms; to close is its own movement.
    """
    if known.knows(side) or not muscles <= EYES:
        return frozenset()
    beside = known.beside.get(side, frozenset())
    return frozenset(task for task in MOVEMENTS if PRIMES.get(task) not in beside)


def on_cue(spasm: Event, marked: Schedule, fs: float, *, unseen: frozenset[str]) -> Event:
    """Spasm, or what a marker asks for, where nothing but the marker tells them apart.

    So it is with a wink (clinical facts 2), and with movements of which only what goes along with
    them is recorded (`unseen`).
    """
    again = remarked(spasm, marked, fs)
    marker = marked.under_way(spasm.onset, spasm.offset, fs)
    if spasm.trial_type != "spasm" or marker is None or not marker.movement:
        return again
    lasts = max(burst.offset - burst.onset for burst in spasm.bursts) / fs
    if lasts < (WINK if marker.task == "wink" else LASTING if marker.task in unseen else inf):
        return again
    reason = f"one side, LI {spasm.li:.2f}; a marker asks for {marker.task}"
    return replace(again, trial_type="voluntary", label=marker.task, spread_stage=0, reason=reason)


def _one_sided(
    side: Literal["L", "R", "B"],
    part: list[Act],
    marked: Schedule,
    known: Experience,
    rules: Rules,
    fs: float,
) -> Event | None:
    """Event of acts that would be one spasm; None where nothing is to be said of them."""
    readings = [r for act in part for r in act.readings]
    onset, offset = min(a.onset for a in part), max(a.offset for a in part)
    surging = {r.burst for r in readings if r.is_surge}
    carried = dict.fromkeys(r for act in part for r in act.carried if r.burst not in surging)
    whole = [*readings, *carried]
    muscles = {r.site.muscle for r in whole}
    facial = {m for m in muscles if m in REGIONS}
    if not facial or _chewing(readings):
        return event("voluntary", side, "masticatory", readings, onset, offset, marked, fs,
                      "one side; chewing muscles lead")  # fmt: skip
    beats = [r for r in readings if of_train(r, known.trains, fs)] if known.trains else []
    regular = [r for r in beats if of_train(r, known.rhythmic, fs)]
    apart = beats and synchrony(part) < TOGETHER and (regular or most_together(part) < SURE)
    if apart and _are_most(beats, readings):
        faint = not any(is_beyond_chance(r, fs) for r in regular)
        if faint or known.is_shared(side, onset, fs, SHARING_MEMORY):
            return None
        reason = f"one side; {'+'.join(sorted(muscles))} in a rhythm of its own, not together"
        return event("myokymia", side, "", readings, onset, offset, marked, fs, reason)
    if not is_spasm(part, known, side, fs):
        return None
    note_proof(part, facial, known, side, fs)
    reason = "; ".join(reasons(part, laterality(whole), facial, rules, fs))
    return event(
        "spasm",
        side,
        spasm_class([_active(r) for r in readings], fs),
        whole,
        onset,
        offset,
        marked,
        fs,
        reason,
        copies=[r for act in part for r in act.copies],
        on_blink=any(act.on_blink for act in part),
    )


def _are_most(some: Sequence[Reading], readings: Sequence[Reading]) -> bool:
    """Whether they are more than half of the readings, and of the time that these last."""
    return len(some) * 2 > len(readings) and _length(some) * 2 > _length(readings)


def _active(reading: Reading) -> Burst:
    """Burst of a reading, without what is of another act."""
    burst = reading.burst
    if reading.onset == burst.onset and reading.offset == burst.offset:
        return burst
    return burst._replace(onset=reading.onset, offset=reading.offset)


def _may_be_blink(act: Act, fs: float) -> bool:
    alone = {r.site.muscle for r in act.readings} <= EYES
    return alone and not act.on_blink and act.offset - act.onset <= LONGEST_BLINK * fs


def _chewing(readings: Sequence[Reading]) -> bool:
    """Whether the strongest muscle is none of the facial nerve's."""
    return max(readings, key=_amplitude).site.region is None


_amplitude = attrgetter("amplitude")


def _length(readings: Iterable[Reading]) -> int:
    return sum([r.offset - r.onset for r in readings])


def _both_close(readings: Sequence[Reading], fs: float) -> bool:
    """Whether every recorded eye is active for longer than a blink.

    Asked of each eye, since a blink of both on top of the hum of one lasts as long as the hum.
    """
    eyes = [r for r in readings if r.site.region == EYE]
    lasted = [_length(r for r in eyes if r.site.side == side) for side in "LR"]
    recorded = 2 if any(r.opposite == r.opposite for r in eyes) else 1
    return sum(length > CLOSED * fs for length in lasted) >= recorded


def _shortest(readings: Sequence[Reading]) -> int:
    return min([r.offset - r.onset for r in readings])
