"""What proves that acts of one side are a hemifacial spasm, and what one proves of its side."""

from __future__ import annotations

from collections.abc import Sequence

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.bilateral import TWITCH
from emgspasm.synkinesis.acts.rules import LONGEST_BLINK, Rules
from emgspasm.synkinesis.acts.surges import LASTS
from emgspasm.synkinesis.acts.verdicts import is_evident, may_be_slow, stands_out
from emgspasm.synkinesis.events.chains import TOGETHER, synchrony
from emgspasm.synkinesis.events.experience import ALONE, FEWEST_PROVEN, Experience
from emgspasm.synkinesis.events.loudness import SURE, note_loudness
from emgspasm.synkinesis.events.wording import laterality
from emgspasm.synkinesis.readings.laterality import DOUBTFUL, UNILATERAL
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import BROW, EYE, REGIONS, regions

SHORTEST = 0.035
"""Seconds of a burst that is evident though it is of one side only perhaps [sim]."""

FLURRY = 2
"""Most blinks that may follow each other within the gap of a spasm; more are no blinks [design]."""

BUSY = 6.0
"""Seconds in which acts of the other side are counted to recognize speech and chewing, where the
lower face of one side alone is no spasm [sim]; movements on cue have too few such acts."""

EYES = frozenset(muscle for muscle, region in REGIONS.items() if region == EYE)


def is_spasm(part: Sequence[Act], known: Experience, side: str, rules: Rules, fs: float) -> bool:
    """Whether muscles of the facial nerve act together, or the eye alone for certain.

    Where spasms are known, no muscle needs company. Had the other eye been missed, an eye alone
    would be a blink. Where none are known, what surges while both sides move proves none.
    """
    readings = [r for act in part for r in act.readings]
    moving = all(r.is_surge for r in readings) and not any(_outlives_blink(a, fs) for a in part)
    if moving and not known.knows(side):
        return False
    together = most_together(part)
    if together >= SURE and not (_of_lower_face(part) and _is_busy(part, known, side, fs)):
        return True
    if known.acts_apart(side) or _is_doubtful(part, known, side, fs):
        return False
    if together >= 2:
        return not known.is_spared(side)
    if {r.site.muscle for r in readings} <= EYES:
        if _may_be_blinks(part, side, known, fs):
            return False
    elif not known.knows(side):
        return False
    return any(_proves(r, known, side, fs) for r in readings if not may_be_slow(r, rules, fs))


def _outlives_blink(act: Act, fs: float) -> bool:
    """Whether it goes on after a blink: several muscles for some time, one longer than a blink."""
    least = LASTS if act.together >= 2 else LONGEST_BLINK
    return act.on_blink and not act.in_movement and act.offset - act.onset > least * fs


def _is_doubtful(part: Sequence[Act], known: Experience, side: str, fs: float) -> bool:
    """Whether an act leans to its side too little, or neither eye nor brow takes part in it.

    Hemifacial spasm begins at the eye (clinical facts 1); brow and eye are neighbours. Where spasms
    are known the eye need not take part; but in speech and chewing the lower face moves on its own,
    now and then of one side alone.
    """
    li, _ = laterality([r for act in part for r in act.readings])
    if li < (DOUBTFUL if known.knows(side) else UNILATERAL):
        return True
    return _of_lower_face(part) and (not known.knows(side) or _is_busy(part, known, side, fs))


def _of_lower_face(part: Sequence[Act]) -> bool:
    """Whether neither eye nor brow takes part."""
    return not regions({m for act in part for m in act.muscles}) & {EYE, BROW}


def _is_busy(part: Sequence[Act], known: Experience, side: str, fs: float) -> bool:
    """Whether the other side acts again and again meanwhile, as in speech and chewing."""
    return known.is_shared(side, min(act.onset for act in part), fs, BUSY)


def _proves(reading: Reading, known: Experience, side: str, fs: float) -> bool:
    """Whether a burst alone is certainly of one side, and of an eye that moves by itself.

    What hardly stands out of the noise may be noise, unless it lasts: where spasms are known, that
    is enough; where none is, the other eye must be silent. Where eyes alone are recorded, it may be
    much weaker for longer than a blink: both blink in a tonic spasm.
    """
    if reading.site.region == EYE and known.other_eye_moves(side, reading.onset, fs):
        return False
    length = reading.offset - reading.onset
    if known.knows(side) and length >= SHORTEST * fs and is_evident(reading, fs):
        return True
    seen = side in known.eyes_only or reading.is_surge
    lasts = seen and length > LONGEST_BLINK * fs and reading.least_li >= ALONE
    certain = stands_out(reading) and (known.knows(side) or reading.opposite_silent or lasts)
    return certain and reading.least_li >= known.least_li(side)


def _may_be_blinks(part: Sequence[Act], side: str, known: Experience, fs: float) -> bool:
    """Whether blinks of which the other eye is not seen may look like this.

    Where only eyes are recorded, and neither side is known to have spasms, a flurry may not.
    """
    if known.is_spared(side) or not (side in known.eyes_only or known.knows(side)):
        return other_eye_is_weak(side, known)
    twitches = sum(SHORTEST * fs <= act.offset - act.onset <= TWITCH * fs for act in part)
    return twitches <= FLURRY and other_eye_is_weak(side, known)


def other_eye_is_weak(side: str, known: Experience) -> bool:
    """Whether a blink may look like an act of this eye alone."""
    return known.is_spared(side) or not known.sees_both_eyes()


def note_proof(
    part: Sequence[Act], muscles: set[str], known: Experience, side: str, fs: float
) -> None:
    """Remember what a spasm shows of its side, if it is much like hemifacial spasm."""
    if not _is_typical(part, fs):
        return
    sure = most_together(part) >= SURE
    known.proven[side] += FEWEST_PROVEN if sure else 1
    if sure:
        known.eyed[side].append(EYE in regions(muscles))
        note_loudness(part, known)


def _is_typical(part: Sequence[Act], fs: float) -> bool:
    """Whether it is so much like hemifacial spasm that the next of its side need less proof.

    Of an eye alone, twitches are: a synkinesis lasts as long as its movement (clinical facts 2).
    """
    if {r.site.muscle for act in part for r in act.readings} <= EYES:
        return all(act.offset - act.onset <= TWITCH * fs for act in part)
    return synchrony(part) >= TOGETHER


def most_together(part: Sequence[Act]) -> int:
    """Most muscles that begin together."""
    return max(act.together for act in part)
