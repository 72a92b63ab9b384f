"""Chains of one-sided acts become hemifacial spasms, or what else looks like them.

What one side does is called a hemifacial spasm (class isolated, grouped, tonic or combined) only
if the eye or two muscles of the facial nerve take part in it together, and if it is none of a train
of a single muscle: in rhythm, that is a myokymia, otherwise nothing. What only a marker of a
movement can tell from a spasm is voluntary, and so is what no muscle of the facial nerve leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from operator import attrgetter
from typing import Literal

from emgspasm.stream import Burst, Event
from emgspasm.synkinesis.acts.act import Act, samples_of
from emgspasm.synkinesis.acts.rules import LONGEST_BLINK, Rules
from emgspasm.synkinesis.acts.verdicts import LASTING, is_beyond_chance
from emgspasm.synkinesis.events.chains import (
    TOGETHER,
    Chain,
    loud,
    split,
    synchrony,
    together_by_chance,
)
from emgspasm.synkinesis.events.experience import (
    SHARING_MEMORY,
    Experience,
    note_company,
)
from emgspasm.synkinesis.events.loudness import SURE, without_faint
from emgspasm.synkinesis.events.naming import blink
from emgspasm.synkinesis.events.proof import (
    EYES,
    FLURRY,
    is_spasm,
    most_together,
    note_proof,
    other_eye_is_weak,
)
from emgspasm.synkinesis.events.speech import without_speech
from emgspasm.synkinesis.events.trains import note_trains, of_train
from emgspasm.synkinesis.events.wording import event, laterality, one_sided, reasons, remarked
from emgspasm.synkinesis.markers import MOVEMENTS, PRIMES, Schedule
from emgspasm.synkinesis.measures.classes import spasm_class
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import REGIONS

WINK = 0.1
"""Seconds that a wink lasts at least (clinical facts 2)."""

CHEWING = "MAS"
"""The muscle that chews (clinical facts 2: hemimasticatory spasm)."""

Naming = Callable[[Schedule], Event]
"""An event as it is called under these markers."""


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
    if chain.doubtful or together_by_chance(chain.acts, rules.synchrony * fs):
        note_trains(chain, known, fs)
    for part in split(chain.acts, chain.gap):
        named = _named(chain.side, part, marked, known, rules, fs)
        if named is not None:
            muscles = {r.site.muscle for act in part for r in act.readings}
            unseen = _movements_unseen(muscles, chain.side, known)
            naming = partial(on_cue, named, fs=fs, unseen=unseen)
            yield naming(marked), naming
        elif len(part) <= FLURRY and other_eye_is_weak(chain.side, known):
            for act in part:
                if _may_be_blink(act, fs):
                    blinked = blink(act, marked, fs)
                    yield blinked, partial(remarked, blinked, fs=fs)


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
    if spasm.trial_type != "spasm" or marker is None:
        return again
    lasts = max(burst.offset - burst.onset for burst in spasm.bursts) / fs
    if lasts < (WINK if marker.task == "wink" else LASTING if marker.task in unseen else inf):
        return again
    reason = f"{one_sided(spasm.li)}; a marker asks for {marker.task}"
    return replace(again, trial_type="voluntary", label=marker.task, spread_stage=0, reason=reason)


def _named(
    side: Literal["L", "R", "B"],
    part: list[Act],
    marked: Schedule,
    known: Experience,
    rules: Rules,
    fs: float,
) -> Event | None:
    """Event of acts that would be one spasm; None where nothing is to be said of them."""
    readings = [r for act in part for r in act.readings]
    span = min(a.onset for a in part), max(a.offset for a in part)
    whole = [*readings, *_carried(part, readings)]
    facial = {r.site.muscle for r in whole} & REGIONS.keys()
    lead = max(readings, key=_amplitude).site
    if lead.region is None:
        chews = lead.muscle == CHEWING
        label = "masticatory" if chews else ""
        who = "chewing muscles lead" if chews else "no muscle of the facial nerve leads"
        return event("voluntary", side, label, readings, *span, marked, fs, f"one side; {who}")
    regular = _regular(part, readings, known, rules, fs)
    if regular is not None:
        faint = not any(is_beyond_chance(r, fs) for r in regular)
        if faint or known.is_shared(side, span[0], fs, SHARING_MEMORY):
            return None
        muscles = "+".join(sorted({r.site.muscle for r in whole}))
        reason = f"one side; {muscles} in a rhythm of its own, not together"
        return event("myokymia", side, "", readings, *span, marked, fs, reason)
    if not is_spasm(part, known, side, rules, fs):
        return None
    note_proof(part, facial, known, side, fs)
    label = spasm_class([_active(r) for r in readings], fs)
    reason = "; ".join(reasons(part, laterality(whole), facial, rules, fs))
    copies = [r for act in part for r in act.copies]
    riding = any(act.on_blink for act in part)
    return event("spasm", side, label, whole, *span, marked, fs, reason,
                 copies=copies, on_blink=riding)  # fmt: skip


def _carried(part: list[Act], readings: Sequence[Reading]) -> Iterable[Reading]:
    """What blinks of both eyes hold of these acts, each burst once."""
    surging = {r.burst for r in readings if r.is_surge}
    return dict.fromkeys(r for act in part for r in act.carried if r.burst not in surging)


def _regular(
    part: list[Act], readings: Sequence[Reading], known: Experience, rules: Rules, fs: float
) -> list[Reading] | None:
    """Bursts in rhythm, where muscles act by themselves; else None.

    They do where most bursts are of trains of single muscles, or where many of several begin
    together by chance alone.
    """
    beats = [r for r in readings if of_train(r, known.trains, fs)] if known.trains else []
    regular = [r for r in beats if of_train(r, known.rhythmic, fs)]
    if together_by_chance(part, rules.synchrony * fs):
        return regular
    apart = synchrony(part) < TOGETHER and (regular or most_together(part) < SURE)
    return regular if apart and _are_most(beats, readings) else None


def _are_most(some: Sequence[Reading], readings: Sequence[Reading]) -> bool:
    """Whether they are more than half of the readings, and of the time that these last."""
    return len(some) * 2 > len(readings) and samples_of(some) * 2 > samples_of(readings)


def _active(reading: Reading) -> Burst:
    """Burst of a reading, without what is of another act."""
    burst = reading.burst
    if reading.onset == burst.onset and reading.offset == burst.offset:
        return burst
    return burst._replace(onset=reading.onset, offset=reading.offset)


def _may_be_blink(act: Act, fs: float) -> bool:
    alone = {r.site.muscle for r in act.readings} <= EYES
    return alone and not act.on_blink and act.offset - act.onset <= LONGEST_BLINK * fs


_amplitude = attrgetter("amplitude")
