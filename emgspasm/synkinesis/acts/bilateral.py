"""What both sides do: blinks and movements, and the muscles of one side that go along with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container
from dataclasses import replace
from operator import attrgetter

from emgspasm.synkinesis.acts.act import Act, connected, meet, overlap, without
from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.verdicts import AS_ONE, LASTING, accompanied, is_evident
from emgspasm.synkinesis.readings.laterality import DOUBTFUL, UNILATERAL
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import BROW, EYE, LOWER

TWITCH = 0.3
"""Longest clonic burst in seconds: 0.2 (clinical facts 2), and what merges with it."""

LIKELY = 0.5
"""Least laterality index, noise considered, of what acts alone on a side with proven spasms, and in
the middle of a movement [sim]."""

WITH_BLINK = 0.050
"""Seconds by which what goes along with a blink may begin before it, and end after it [design]."""

DRAGGED = 0.045
"""Seconds from the beginning of a blink to that of what it drags along: 30 ms (clinical facts 9),
and the error of two boundaries [design]."""

SEVERAL = 2
"""Muscles of the lower face that begin with an eye of one side, and are of its spasm: a synkinesis
of blinks may show one, beside an eye that is weak over there [sim]."""

OUTLASTS = 0.030
"""Seconds by which an eye goes on after the other: 20 ms are a blink's (clinical facts 2), the rest
is the error of two detected boundaries [design]."""

SPLINTER, APART = 0.2, 0.1
"""Seconds that what breaks off a burst of a movement lasts, and lies apart from it, at most: a
clonic burst is no longer (clinical facts 2), and this far apart were 19 of 22 bursts that were
false spasms in movements of six generators [sim]."""


def sideless(readings: list[Reading], unseen: list[Reading], rules: Rules, fs: float) -> list[Act]:
    """Blinks of eyes of which nobody knows whether the other eye joins: no spasm is named of them.

    Of what the lower face begins with, it is no blink either (clinical facts 2: silent in one).
    `unseen` are bursts of the other side, where the eye is not recorded, that go along with them.
    """
    eyes = [r for r in readings if r.site.region == EYE]
    lower = [r for r in readings if r.site.region in LOWER and accompanied(r, eyes, rules, fs)]
    return [
        Act("blink", "B", tuple(part), tuple(r for r in unseen if any(meet(r, e) for e in part)))
        for part in connected(eyes)
        if max(r.offset for r in part) - part[0].onset <= rules.blink * fs
        and not any(meet(r, e) for r in lower for e in part)
    ]


def bilateral(readings: list[Reading], rules: Rules, fs: float) -> list[Act]:
    """Blinks and movements of both sides.

    Eyes and the rest of the face are told apart first: people blink while they speak.
    """
    if not readings:  # as in most spasms
        return []
    eyes: list[Reading] = []
    rest: list[Reading] = []
    for reading in readings:
        (eyes if reading.site.region == EYE else rest).append(reading)
    found = []
    for part in connected(eyes):
        if _is_brief(part, rules.blink * fs):
            margin = WITH_BLINK * fs
            start, stop = part[0].onset - margin, max([r.offset for r in part]) + margin
            brow = [
                r for r in rest if r.site.region == BROW and start <= r.onset and r.offset <= stop
            ]
            rest = without(brow, rest)
            found.append(Act("blink", "B", (*part, *brow)))
        else:
            rest += part
    return found + [
        Act("movement", "B", tuple(part))
        for part in connected(rest)
        if not all(r.li <= -UNILATERAL for r in part)  # what a spasm spreads to the other side
    ]


def _is_brief(eyes: list[Reading], longest: float) -> bool:
    """Whether both eyes together are active for no longer than a blink.

    The side that is active for less time counts, for a spasm may hang on the other; but what is
    even between the sides counts as well, for one of them may have been missed.
    """
    spans = []
    for side in {r.site.side for r in eyes}:
        mine = [r for r in eyes if r.site.side == side]
        spans.append(max([r.offset for r in mine]) - min([r.onset for r in mine]))
    even = [r.offset - r.onset for r in eyes if abs(r.li) < DOUBTFUL]
    return min(spans) <= longest and max(even, default=0) <= longest


def drag_along(
    both: list[Act],
    one: list[Reading],
    rules: Rules,
    blinks: BlinkHistory,
    fs: float,
    eye_joins: Callable[[str], bool],
) -> tuple[list[Act], list[Reading]]:
    """Move one-sided bursts that go along with a blink or movement of both sides into that act.

    Returns the acts, and the one-sided bursts that are left. `eye_joins` tells whether a side is
    known to have spasms in which the eye takes part.
    """
    free, result = one, []
    for act in both:
        dragged: list[Reading] = []
        for side in ("L", "R"):
            mine = [r for r in free if r.site.side == side]
            if act.kind == "blink":
                dragged += _along_blink(act, mine, side, rules, blinks, fs)
            elif mine:
                spared = _spared(act, side, known=eye_joins(side))
                usual = bool(blinks.usual(side))
                dragged += _along_movement(act, mine, rules, fs, usual=usual, spared=spared)
        if dragged:
            free = without(dragged, free)
            names = tuple(sorted({r.site.muscle for r in dragged}))
            act = replace(act, readings=(*act.readings, *dragged), dragged=names)
        result.append(act)
    return result, free


def _along_blink(
    act: Act, mine: list[Reading], side: str, rules: Rules, blinks: BlinkHistory, fs: float
) -> list[Reading]:
    """Lower-face bursts of one side that begin with a blink, unless it seldom has such company.

    Several muscles that begin with an eye which acts by itself go along with that one. The weak
    burst of the other eye, and be it a blink, has no company then.
    """
    lower = [r for r in mine if r.site.region in LOWER and r.offset - r.onset <= rules.blink * fs]
    if lower:
        prime = max(act.readings, key=_amplitude)
        lower = [r for r in lower if abs(r.onset - prime.onset) <= DRAGGED * fs]
        eyes = [r for r in mine if r.site.region == EYE]
        joining = {r.site.muscle for r in lower if accompanied(r, eyes, rules, fs)}
        if len(joining) >= SEVERAL:
            return []
    usual = blinks.usual(side) if lower else None
    blinks.seen[side].append(bool(lower))
    return [] if usual is False else lower


_amplitude = attrgetter("amplitude")


def _along_movement(
    act: Act,
    mine: list[Reading],
    rules: Rules,
    fs: float,
    *,
    usual: bool,
    spared: Container[str | None],
) -> list[Reading]:
    """Bursts of one side within a movement that are no spasm of their own.

    A muscle that begins with the movement and is active for half of it goes along, unless it is
    active for longer after it: a synkinesis lasts as long as the movement (clinical facts 2). A
    burst that no other muscle begins with proves no spasm while the face moves, but of what it
    spares. Where the lower face goes along with blinks as a rule (`usual`), one may be hidden in
    the movement.
    """
    inside = [r for r in mine if meet(r, act)]
    dragged = [r for r in inside if r.site.region in LOWER] if usual else []
    dragged += _moving_along(act, without(dragged, inside), rules, fs)
    rest = without(dragged, inside)
    dragged += [r for r in rest if not (accompanied(r, rest, rules, fs) or _stands_out(r, act, fs))]
    along = (r for r in dragged if not _lasts_as_long(r, act, fs))
    free = [r for r in along if _is_spared(r, act, spared, fs)]
    lower = [r for r in free if r.site.region in LOWER]  # what begins with it is of the same spasm
    moving = [r for r in dragged if r not in free and not accompanied(r, lower, rules, fs)]
    return moving + _splinters(act, without(moving, mine), fs)


def _splinters(act: Act, mine: list[Reading], fs: float) -> list[Reading]:
    """Short bursts next to a burst of the same muscle in the movement.

    Where a muscle swells and fades, its first and last units are bursts of their own.
    """
    return [
        r
        for r in mine
        if r.offset - r.onset <= SPLINTER * fs
        and any(
            m.site.column == r.site.column and overlap(m, r) >= -APART * fs for m in act.readings
        )
    ]


def _moving_along(act: Act, inside: list[Reading], rules: Rules, fs: float) -> list[Reading]:
    """Bursts of muscles that begin with a movement and are active for half of it."""
    moving = []
    for muscle in sorted({r.site.muscle for r in inside}):
        parts = [r for r in inside if r.site.muscle == muscle]
        active = sum(overlap(r, act) for r in parts)
        prompt = min(r.onset for r in parts) - act.onset <= rules.along * fs
        length = sum(r.offset - r.onset for r in parts)
        if prompt and active >= 0.5 * max(act.offset - act.onset, length):
            moving += parts
    return moving


def _lasts_as_long(reading: Reading, act: Act, fs: float) -> bool:
    """Whether a burst of an eye begins and ends with a movement, as a synkinesis does."""
    return (
        reading.site.region == EYE
        and reading.offset - reading.onset >= LASTING * fs
        and abs(reading.onset - act.onset) <= AS_ONE * fs
        and abs(reading.offset - act.offset) <= AS_ONE * fs
    )


def _spared(act: Act, side: str, *, known: bool) -> Collection[str]:
    """Regions of which a burst of this side alone is none of a movement.

    The brow joins in hemifacial spasm alone (clinical facts 2). Where spasms are known, the eye
    joins in no speech and no chewing, and the lower face in no lift of the brow, which takes the
    eye along; but in a synkinesis they do.
    """
    if known and act.of_lower_face:
        return {BROW, EYE}
    over_there = {r.site.region for r in act.readings if r.site.side != side}
    if known and over_there <= {BROW} and any(r.site.region == BROW for r in act.readings):
        return {BROW, *LOWER}
    return {BROW}


def _is_spared(reading: Reading, act: Act, spared: Container[str | None], fs: float) -> bool:
    """Whether it is certainly of one side, of a region that the movement leaves alone there."""
    region = reading.site.region
    return (
        region in spared
        and (reading.least_li >= LIKELY or is_evident(reading, fs))
        and all(r.site.region != region or r.site.side == reading.site.side for r in act.readings)
    )


def tail(reading: Reading, act: Act) -> int:
    """Samples for which a burst of a blink goes on after the other side's; 0 without any."""
    others = [r.offset for r in act.readings if r.site.column == reading.site.opposite]
    return reading.offset - max(others) if others else 0


def outlasts(reading: Reading, act: Act, fs: float) -> bool:
    """Whether a burst of a blink goes on after the other side's."""
    return tail(reading, act) >= OUTLASTS * fs


def _stands_out(reading: Reading, act: Act, fs: float) -> bool:
    """Whether it is a twitch in a movement, certainly of one side, or goes on for longer after it.

    Other muscles of that twitch may be hidden in their bursts of the movement.
    """
    length = reading.offset - reading.onset
    after = 2 * overlap(reading, act) < length
    return after or (length <= TWITCH * fs and reading.least_li >= LIKELY)
