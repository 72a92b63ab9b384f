"""How strong one eye usually is beside the other, and what its bursts say against that.

Electrodes never lie alike, and a lid may be weak: a blink of both eyes then looks one-sided, above
all where noise hides the weaker one. Blinks that are of both eyes for certain tell the usual ratio.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from math import log, tanh
from statistics import median

from emgspasm.synkinesis.acts.act import Act, meet
from emgspasm.synkinesis.acts.verdicts import TOGETHER
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.readings.laterality import beyond
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import EYE

FEWEST_BALANCED = 3
"""Blinks without which no ratio is usual [sim]."""


def note_balance(act: Act, found: Iterable[Act], known: Experience, fs: float) -> None:
    """Remember the log ratio of left to right of a blink that is of both eyes for certain.

    Both begin and end together; or one is found alone, beside no other muscle, while the other is
    not silent: too weak to be found, but there. Of such blinks the last count, half as many as of
    the others once these tell a ratio: in a myokymia of one lid, by chance the other eye is not
    silent now and then; but where one eye is weak, it is found when it is strongest.
    """
    eyes = [r for r in act.readings if r.site.region == EYE]
    if len(eyes) == 1:
        if len(act.readings) > 1 or _may_be_of_spasm(act, eyes[0], found, known):
            return
    elif len(eyes) != 2:
        return
    if not _are_of_both(eyes, TOGETHER * fs):
        return
    sides = [log(r.amplitude / r.opposite) * (1 if r.site.side == "L" else -1) for r in eyes]
    (known.balance if len(eyes) == 2 else known.lone).append(sum(sides) / len(sides))
    both, lone = known.balance, known.lone
    if max(len(both), len(lone)) >= FEWEST_BALANCED:
        most = len(both) // 2 if len(both) >= FEWEST_BALANCED else len(lone)
        known.usual = median([*both, *islice(reversed(lone), most)])


def _may_be_of_spasm(act: Act, eye: Reading, found: Iterable[Act], known: Experience) -> bool:
    """Whether an eye alone may be seen in a spasm: its own, or one of several muscles over there.

    What sounds like it may keep it company, and by chance many an eye is not silent meanwhile.
    """
    if act.copies and known.knows(eye.site.side):
        return True
    return any(
        other.together > 1 and other.side != eye.site.side and meet(other, act) for other in found
    )


def _are_of_both(eyes: Sequence[Reading], window: float) -> bool:
    if not all(r.amplitude > 0 and r.opposite > 0 for r in eyes):
        return False
    if len(eyes) == 1:
        return not eyes[0].opposite_silent
    one, other = eyes
    alike = abs(one.onset - other.onset) <= window and abs(one.offset - other.offset) <= window
    return one.site.side != other.site.side and alike


def against_usual(readings: Iterable[Reading], known: Experience) -> list[Reading]:
    """Readings, those of eyes with the laterality they have beyond the usual ratio of both."""
    if known.usual == 0.0:
        return list(readings)
    usual = tanh(known.usual / 2)
    return [_beyond(r, usual) if r.site.region == EYE else r for r in readings]


def _beyond(reading: Reading, usual: float) -> Reading:
    """Reading of an eye beyond the usual LI of left to right."""
    own = usual if reading.site.side == "L" else -usual
    li, least_li = beyond(reading.li, own), beyond(reading.least_li, own)
    surge = reading.surge and _beyond(reading.surge, usual)
    return reading.but(li=li, least_li=least_li, usual=own, surge=surge)
