"""Sorts bursts that overlap in time: copies, artifacts, acts of both sides and of one side.

Every burst is judged by what its own samples say (its reading), never by its neighbours' names
alone; a spasm on top of a blink or a smile is then what one side does that the other does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from operator import attrgetter

from emgspasm.synkinesis.acts.act import Act, connected, meet, overlap, side_of, without
from emgspasm.synkinesis.acts.bilateral import (
    WITH_BLINK,
    bilateral,
    drag_along,
    sideless,
)
from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.surges import after_blink, blink_of, blinks_with, in_movement, surges
from emgspasm.synkinesis.acts.twitches import twitches
from emgspasm.synkinesis.acts.verdicts import (
    VERDICTS,
    Verdict,
    alone,
    is_of_both,
    leaps_along,
    prominence,
    remainder,
    sides_with,
    spills,
    verdict,
)
from emgspasm.synkinesis.readings.crosstalk import RHO
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import EYE

ECHO, FAINTER = 0.7, 0.65
"""Correlation with the eye of its side, without the noise of both, and share of its amplitude, of
what an eye spreads to electrodes nearby [sim]: somewhat less than the cross-talk test asks for
(clinical facts 2), and, where electrodes differ, a larger share than that allows for. Muscles that
discharge together in spasm reach 0.5 to 0.8."""

SAME, AS_STRONG = 0.9, 1.2
"""Such a correlation that hardly any two muscles reach, and the share of the eye's amplitude up to
which a burst so alike is spread by it [sim]."""

FAINT_ECHO, FAINTEST = 0.5, 0.15
"""Likewise where it is so much fainter than the eye: tissue blurs what comes from far, and hardly a
muscle in spasm is [sim]."""

HEARD, LEAST_OWN = 0.5, 0.05
"""Raw correlation under which too little is left without the noise to be told alike [sim], and the
share of a burst's power that is taken for its own at least."""

AT_ONCE = 0.1
"""Seconds within which mains is found to begin in several channels [sim]: at 5 dB, 0.05."""


@dataclass(slots=True)
class _Sorted:
    """Bursts of a cluster, by what they are taken for so far.

    `one` are those of one side alone, `minor` those of which the other side does more; `unseen`
    are explained by an eye that is not seen.
    """

    one: list[Reading]
    both: list[Reading]
    minor: list[Reading]
    unknown: list[Reading]
    copies: list[Reading]
    artifacts: list[Reading]
    unseen: list[Reading] = field(default_factory=list)


_Facing = Mapping[Reading, Sequence[Reading]]


def acts(
    cluster: Sequence[Reading],
    rules: Rules,
    blinks: BlinkHistory,
    fs: float,
    eye_joins: Callable[[str], bool],
) -> list[Act]:
    """Tell the bursts of a cluster apart.

    Parameters
    ----------
    cluster : sequence of Reading
        In order of onset, overlapping in time.
    rules : Rules
    blinks : BlinkHistory
        Of the blinks before; those of the cluster are added.
    fs : float
        Hertz.
    eye_joins : callable
        Whether a side is known to have spasms, and the eye to take part in them.
    """
    cluster = [alone(r) if leaps_along(r, cluster, rules, fs) else r for r in cluster]
    facing = _facing(cluster, fs)
    bursts = _sort(facing, rules, fs)
    _explain_by_eyes(bursts, facing, rules, fs)
    both = blinks.confirmed(_of_both(bursts, facing, rules, fs), cluster)
    if both:
        both, bursts.one = drag_along(both, bursts.one, rules, blinks, fs, eye_joins)
        bursts.one = [after_blink(r, both, rules, fs) for r in bursts.one]
        bursts.one += surges(both, bursts.one, rules, blinks, fs)
        bursts.one = in_movement(bursts.one, both, bursts.copies, fs)
    told = both
    if bursts.one:
        twitching, bursts.unknown = twitches(
            bursts.one, bursts.unknown, both, bursts.copies, rules, fs
        )
        told = told + twitching
    if bursts.unknown:
        lone = sideless(bursts.unknown, bursts.unseen, rules, fs)
        told = told + blinks.confirmed(lone, cluster)
    if bursts.artifacts:
        parts = connected(bursts.artifacts)
        told = told + [Act("artifact", side_of(part), tuple(part)) for part in parts]
    for act in told:
        if act.kind == "blink":
            blinks.note(act)
    return sorted(told, key=_order) if len(told) > 1 else told


_order = attrgetter("onset", "kind", "side")


def _sort(facing: _Facing, rules: Rules, fs: float) -> _Sorted:
    """Judge each burst by its own samples, and by those that begin with it."""
    of: defaultdict[Verdict, list[Reading]] = defaultdict(list)
    for reading, partners in facing.items():
        of[verdict(reading, partners, rules, fs)].append(reading)
    if of["artifact"]:
        _gather_artifacts(of)
    _gather_lasting(of, rules.longest * fs, fs)
    one, both = of["one"], of["both"]
    leaning = [r for r in both if not facing[r] and sides_with(r, one, rules, fs)]
    return _Sorted(
        one + leaning,
        without(leaning, both),
        of["minor"],
        of["unknown"],
        of["copy"],
        of["artifact"],
    )


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


def _gather_lasting(of: defaultdict[Verdict, list[Reading]], longest: float, fs: float) -> None:
    """Count what lasts longer than any spasm in one channel alone as an artifact, too.

    The noise of an electrode steps up where it loses contact, and whatever else its side does
    meanwhile would be of one spasm with it. So would mains that begins, where a spasm on top of it
    is louder: it is known by the channels in which it hums alone.
    """
    own = [r for name in VERDICTS if name not in ("artifact", "copy") for r in of[name]]
    lasting = [r for r in own if r.offset - r.onset > longest]
    if not lasting:  # as nearly always
        return
    alone = [r for r in lasting if not any(_is_beside(other, r) for other in own)]
    found = [r for r in lasting if _begins_with(r, [*of["artifact"], *alone], longest, fs)]
    for name in VERDICTS:
        of[name] = without(found, of[name])
    of["artifact"] += found


def _is_beside(other: Reading, reading: Reading) -> bool:
    """Whether another burst goes on for half of this one."""
    return other is not reading and 2 * overlap(other, reading) >= reading.offset - reading.onset


def _begins_with(reading: Reading, artifacts: Iterable[Reading], longest: float, fs: float) -> bool:
    """Whether it is a lasting artifact, or one begins at the same moment."""
    return any(
        abs(r.onset - reading.onset) <= AT_ONCE * fs
        for r in artifacts
        if r.offset - r.onset > longest
    )


def _has_waveform_of(artifact: Reading, reading: Reading) -> bool:
    return reading.rho[artifact.site.column] >= RHO


def _explain_by_eyes(bursts: _Sorted, facing: _Facing, rules: Rules, fs: float) -> None:
    """Leave out of one side what an eye spreads, and what goes along with one that is not seen."""
    if bursts.one:
        # as faint as the noise over there it looks even
        lonely = [r for r in bursts.both if not facing[r]]
        echoes = _echoes([*bursts.one, *lonely], facing)
        bursts.one, bursts.copies = without(echoes, bursts.one), bursts.copies + echoes
        bursts.both = without(echoes, bursts.both)
    eyes = (r for r in (*bursts.one, *bursts.unknown) if r.site.region == EYE)
    lone = [r for r in eyes if not facing[r]]
    if lone:
        bursts.unseen = [r for r in bursts.one if not facing[r] and _goes_along(r, lone, rules, fs)]
        bursts.one = without(bursts.unseen, bursts.one)


def _of_both(bursts: _Sorted, facing: _Facing, rules: Rules, fs: float) -> list[Act]:
    """Blinks and movements; what looks one-sided in them is left out of one side."""
    if not (bursts.both or bursts.minor or any(facing.values())):  # as in most spasms
        return []
    one = bursts.one
    minor = [r for r in bursts.minor if not any(spills(other, r) for other in one)]
    lopsided = [r for r in one if facing[r] and is_of_both(r, one, facing[r], rules, fs)]
    one = without(lopsided, one)
    others = {r: blinks_with(r, facing[r], rules, fs) for r in one if facing[r]}
    blinking = {r: other for r, other in others.items() if other is not None}
    # what follows is an act of its own
    bursts.one = without([*blinking], one) + [r.surge for r in blinking if r.surge is not None]
    blinks = [blink_of(r, other) for r, other in blinking.items()]
    return bilateral(bursts.both + lopsided + blinks + minor, rules, fs)


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
        partners[remainder(reading, facing, fs)] = facing
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
    raw = reading.rho[eye.site.column]
    if raw < HEARD:
        return False
    alike = raw / sqrt(max(prominence(reading), LEAST_OWN) * max(prominence(eye), LEAST_OWN))
    most = AS_STRONG if alike >= SAME else FAINTER if alike >= ECHO else FAINTEST
    return alike >= FAINT_ECHO and reading.amplitude <= most * eye.amplitude


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
