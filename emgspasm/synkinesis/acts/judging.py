"""Sorts bursts that overlap in time: copies, artifacts, acts of both sides and of one side.

Every burst is judged by what its own samples say (its reading), never by its neighbours' names
alone; a spasm on top of a blink or a smile is then what one side does that the other does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Literal

from emgspasm.synkinesis.acts.act import Act, connected, meet, side_of, together, without
from emgspasm.synkinesis.acts.bilateral import (
    WITH_BLINK,
    Company,
    bilateral,
    drag_along,
    outlasts,
    sideless,
)
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.surges import surges
from emgspasm.synkinesis.acts.verdicts import (
    VERDICTS,
    Verdict,
    alone,
    is_of_both,
    leaps_along,
    remainder,
    sides_with,
    spills,
    verdict,
)
from emgspasm.synkinesis.readings.crosstalk import RHO
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import BROW, EYE

ECHO, FAINTER = 0.5, 0.65
"""Raw correlation with the eye of its side, and share of its amplitude, of what an eye spreads to
electrodes nearby [sim]: more than muscles in spasm reach of themselves (0.2-0.45, clinical facts
2), and, where electrodes differ, a larger share than the cross-talk test allows for."""

SAME, AS_STRONG = 0.75, 1.2
"""Raw correlation with the eye that hardly any two muscles reach, less than one in a hundred in
spasm, and the share of the eye's amplitude up to which a burst so alike is spread by it [sim]."""


def acts(
    cluster: Sequence[Reading],
    rules: Rules,
    company: Company,
    fs: float,
    eye_joins: Callable[[str], bool],
) -> list[Act]:
    """Tell the bursts of a cluster apart.

    Parameters
    ----------
    cluster : sequence of Reading
        In order of onset, overlapping in time.
    rules : Rules
    company : Company
        Of the blinks before; those of the cluster are added.
    fs : float
        Hertz.
    eye_joins : callable
        Whether a side is known to have spasms, and the eye to take part in them.
    """
    cluster = [alone(r) if r.leaps and leaps_along(r, cluster, rules, fs) else r for r in cluster]
    partners = _facing(cluster, fs)
    of: defaultdict[Verdict, list[Reading]] = defaultdict(list)
    for reading, facing in partners.items():
        of[verdict(reading, facing, rules, fs)].append(reading)
    if of["artifact"]:
        _gather_artifacts(of)
    one, even, unknown = of["one"], of["both"], of["unknown"]
    if even:
        leaning = [r for r in even if not partners[r] and sides_with(r, one, rules, fs)]
        even, one = without(leaning, even), one + leaning
    echoes = _echoes(one, partners) if one else []
    one = without(echoes, one)
    lone = [r for r in (*one, *unknown) if r.site.region == EYE and not partners[r]]
    unseen = [r for r in one if not partners[r] and _goes_along(r, lone, rules, fs)] if lone else []
    one = without(unseen, one)
    both: list[Act] = []
    if even or of["minor"] or any(partners.values()):  # in most spasms nothing is of both sides
        minor = [r for r in of["minor"] if not any(spills(other, r) for other in one)]
        lopsided = [r for r in one if partners[r] and is_of_both(r, one, partners[r], rules, fs)]
        both = bilateral(even + lopsided + minor, rules, fs)
        both, one = drag_along(both, without(lopsided, one), rules, company, fs, eye_joins)
        one = one + surges(both, rules, fs)
    twitches = []
    for side in ("L", "R") if one else ():
        for part in connected([r for r in one if r.site.side == side]):
            joining = [r for r in unknown if r.site.side == side and _meets(r, part)]
            unknown = without(joining, unknown)
            twitches.append(_twitch(part + joining, side, both, of["copy"] + echoes, rules, fs))
    told = both + twitches + (sideless(unknown, unseen, rules, fs) if unknown else [])
    if of["artifact"]:
        told += [Act("artifact", side_of(part), tuple(part)) for part in connected(of["artifact"])]
    return sorted(told, key=_order) if len(told) > 1 else told


_order = attrgetter("onset", "kind", "side")


def _gather_artifacts(of: defaultdict[Verdict, list[Reading]]) -> None:
    """Count what has the waveform of an artifact at the same time as one, too.

    A heart is seen in several channels, in some of which its frequency is told too high.
    """
    found = tuple(of["artifact"])
    for name in VERDICTS:
        if name in ("artifact", "copy"):
            continue
        alike = [r for r in of[name] if any(meet(a, r) and _has_waveform_of(a, r) for a in found)]
        of[name] = without(alike, of[name])
        of["artifact"] += alike


def _has_waveform_of(artifact: Reading, reading: Reading) -> bool:
    return reading.rho[artifact.site.column] >= RHO


def _facing(cluster: Sequence[Reading], fs: float) -> dict[Reading, Sequence[Reading]]:
    """What is left of each burst without those of the same muscle on the other side, and those.

    Of these, copies are left out.
    """
    if len({reading.site.side for reading in cluster}) == 1:  # as in most spasms
        return dict.fromkeys(cluster, ())
    true: dict[int, list[Reading]] = {}
    for reading in cluster:
        if not reading.copy:
            true.setdefault(reading.site.column, []).append(reading)
    partners: dict[Reading, Sequence[Reading]] = {}
    for reading in cluster:
        others = true.get(reading.site.opposite)
        facing = [other for other in others if meet(other, reading)] if others else []
        partners[remainder(reading, facing, fs) if facing else reading] = facing
    return partners


def _echoes(one: Iterable[Reading], cluster: Iterable[Reading]) -> list[Reading]:
    """Those beside the eye that are what an eye of their side spreads."""
    eyes = [r for r in cluster if r.site.region == EYE]
    beside = [r for r in one if r.site.region != EYE] if eyes else []
    spread = {
        reading
        for eye in eyes
        for reading in beside
        if eye.site.side == reading.site.side and meet(eye, reading) and _spreads(eye, reading)
    }
    return [r for r in beside if r in spread] if spread else []


def _spreads(eye: Reading, reading: Reading) -> bool:
    """Whether a burst goes along with the eye as what it spreads does, and is no stronger."""
    alike = reading.rho[eye.site.column]
    most = AS_STRONG if alike >= SAME else FAINTER
    return alike >= ECHO and reading.amplitude <= most * eye.amplitude


def _goes_along(reading: Reading, lone: Iterable[Reading], rules: Rules, fs: float) -> bool:
    """Whether a burst beside the eye goes along with one of these, which close alone over there.

    Both eyes blink or close then, and that of its own side is not recorded, or dead: what it
    spreads to electrodes nearby looks one-sided, and no eye explains it.
    """
    if reading.site.region == EYE:
        return False
    margin = WITH_BLINK * fs
    for eye in lone:
        if (
            eye.site.side + reading.site.side in ("LR", "RL")
            and reading.onset >= eye.onset - margin
            and reading.offset <= eye.offset + margin
            and (eye.offset - eye.onset <= rules.blink * fs or reading.onset <= eye.onset + margin)
        ):
            return True
    return False


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
    onset, offset = act.onset, act.offset
    if both:
        meeting = [a for a in both if a.onset < offset and onset < a.offset]
        # of a movement a burst is far longer than what rides on it
        blinks = [a for a in meeting if a.kind == "blink"]
        act.on_blink = bool(blinks)
        act.eyes_move = any(_moves_eyes(a, side) for a in meeting)
        act.carried = tuple(
            r
            for blink in blinks
            for r in blink.readings
            if r.site.side == side
            and r.onset < offset
            and onset < r.offset
            and outlasts(r, blink, fs)
            and r not in readings
            and r.surge not in readings
        )
    if copies:
        columns = {r.site.column for r in (*readings, *act.carried)}
        act.copies = tuple(
            r  # what crosses the midline is of the muscle it comes from, not of whatever acts here
            for r in copies
            if _meets(r, readings) and (r.site.side == side or r.neighbour in columns)
        )
    return act


def _n_together(readings: Sequence[Reading], window: float) -> int:
    """How many muscles begin with another one, within `window` samples; 1 if none does."""
    return len({r.site.muscle for pair in together(readings, window) for r in pair}) or 1
