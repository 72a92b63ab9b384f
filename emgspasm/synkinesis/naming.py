"""Acts become events: what they are called, and why, in words.

A burst of one side is called a hemifacial spasm (class isolated, grouped, tonic or combined) only
if the eye or two muscles of the facial nerve take part in it together, and if it is no rhythm of a
single muscle: that is a spasm of class ``myokymia``. Both eyes closing for longer than a blink,
without the rest of the face, while a marker says rest, is a spasm of both sides and of class
``blepharospasm``; without that marker nobody can tell it from a movement, and it is called one.
Neither of the two is a hemifacial spasm. What only chewing muscles do is a movement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from statistics import median
from typing import Literal

from emgspasm.stream import Burst, BurstQuality, Event
from emgspasm.synkinesis.classes import spasm_class
from emgspasm.synkinesis.judging import Act
from emgspasm.synkinesis.laterality import UNILATERAL, laterality_index, log_ratio
from emgspasm.synkinesis.markers import RESTS, Marker, under_way
from emgspasm.synkinesis.reading import Reading
from emgspasm.synkinesis.rhythm import is_rhythm, is_slow_train
from emgspasm.synkinesis.spread import BROW, EYE, LOWER, REGIONS, regions, spread_stage

MYOKYMIA, BLEPHAROSPASM = "myokymia", "blepharospasm"

EYES = frozenset(muscle for muscle, region in REGIONS.items() if region == EYE)

GROUP = 0.3
"""Longest group of a myokymia in seconds: 0.2 (clinical facts 2), and what merges with it."""

TOGETHER = 0.5
"""Share of the bursts of a side from which its muscles act together: nearly all in hemifacial
spasm, by chance in rhythms of single muscles [sim]."""

LIKELY, CERTAIN, ALONE = 0.5, 0.6, 0.75
"""Least laterality index of an eye alone, noise considered: on a side with proven spasms, where
only eyes are recorded, and where other muscles are but have shown none [sim]."""

FEWEST_PROVEN = 2
"""Spasms of several muscles after which a side is known to have them [design]."""

BY_CHANCE = 0.2
"""Share of synchronous acts that independent muscles reach by chance [sim]."""

FAINT = 0.15
"""Share of a muscle's loudest burst in a chain under which another is no part of it [design]."""

RHYTHM_MEMORY = 12.0
"""Seconds for which a muscle that was in rhythm is taken to be in it still [design]."""


@dataclass(slots=True)
class Chain:
    """Acts of one side (B: movements of both) that may form one event."""

    side: Literal["L", "R", "B"]
    acts: list[Act] = field(default_factory=list)
    offset: int = 0

    def add(self, act: Act) -> None:
        """Append an act."""
        self.acts.append(act)
        self.offset = max(self.offset, act.offset)

    @property
    def doubtful(self) -> bool:
        """Whether all of it may be a rhythm of single muscles."""
        return self.side != "B" and synchrony(self.acts) < TOGETHER


def synchrony(acts: Sequence[Act]) -> float:
    """Share of one-sided acts in which two muscles begin together."""
    return sum(act.together >= 2 for act in acts) / len(acts)


def blink(act: Act, marked: Sequence[Marker], fs: float) -> Event:
    """Event of a blink of both eyes."""
    eyes = [r for r in act.readings if REGIONS.get(r.site.muscle) == EYE]
    if len({r.site.side for r in eyes}) < 2:
        reason = f"bursts of one eye, {_ms(_shortest(eyes), fs)}; no sign of one side alone"
    else:
        reason = f"both eyes, {_ms(_shortest(eyes), fs)}; lower face silent"
    if act.dragged:
        reason += f"; {'+'.join(act.dragged)} of one side moves along"
    onset, offset = min(r.onset for r in eyes), max(r.offset for r in eyes)
    return _event("blink", "B", "", act.readings, onset, offset, marked, fs, reason)


def artifact(act: Act, marked: Sequence[Marker], fs: float) -> Event:
    """Event of what no muscle makes."""
    hum = max(r.hum for r in act.readings)
    slow = min((r.frequency for r in act.readings if r.frequency == r.frequency), default=nan)
    label = "hum" if hum >= 0.4 else "motion"
    reason = "repeats with the mains" if label == "hum" else f"too slow for muscle: {slow:.0f} Hz"
    return _event(
        "artifact", act.side, label, act.readings, act.onset, act.offset, marked, fs, reason
    )


def movement(chain: Chain, marked: Sequence[Marker], fs: float) -> Event:
    """Event of a movement of both sides."""
    readings = [r for act in chain.acts for r in act.readings]
    onset = min(act.onset for act in chain.acts)
    muscles = {r.site.muscle for r in readings}
    marker = under_way(marked, onset, chain.offset, fs)
    dragged = sorted({name for act in chain.acts for name in act.dragged})
    reason = "both sides"
    if dragged:
        reason += f"; {'+'.join(dragged)} of one side moves along from the start to the end"
    if regions(muscles) == {EYE} or (regions(muscles) == {EYE, BROW} and "FRO" not in muscles):
        if marker is not None and marker.task in RESTS:
            reason = "both eyes closed at rest, longer than a blink; frontalis silent"
            return _event("spasm", "B", BLEPHAROSPASM, readings, onset, chain.offset, marked, fs,
                          reason)  # fmt: skip
        reason += "; eyes alone, longer than a blink: without a marker of rest, a movement"
    label = marker.task if marker and (marker.movement or marker.task not in RESTS) else ""
    return _event("voluntary", "B", label, readings, onset, chain.offset, marked, fs, reason)


def remarked(event: Event, marked: Sequence[Marker], fs: float) -> Event:
    """Event under other markers; what it is called otherwise depends on none."""
    marker = under_way(marked, event.onset, event.offset, fs)
    return replace(event, task=_task(marker), trial=_trial(marker))


@dataclass(slots=True)
class Experience:
    """What a recording has shown so far.

    Parameters
    ----------
    eyes_only : frozenset of str
        Sides of which no other muscle is recorded.
    rhythmic : dict of int to int
        Channels in rhythm, and the sample at which that was last so.
    proven : dict of str to int
        Spasms by side in which several muscles began together.
    """

    eyes_only: frozenset[str] = frozenset()
    rhythmic: dict[int, int] = field(default_factory=dict)
    proven: dict[str, int] = field(default_factory=lambda: {"L": 0, "R": 0})

    def knows(self, side: str) -> bool:
        """Whether the side is known to have spasms."""
        return self.proven[side] >= FEWEST_PROVEN

    def least_li(self, side: str) -> float:
        """Laterality that the eye alone must have: less where the side is known to have spasms."""
        if self.knows(side):
            return LIKELY
        return CERTAIN if side in self.eyes_only else ALONE


def spasms(
    chain: Chain, marked: Sequence[Marker], known: Experience, gap: int, fs: float
) -> Iterable[Event]:
    """Events of a chain of one-sided acts.

    Parameters
    ----------
    known : Experience
        Updated.
    gap : int
        Samples; acts closer than this are one spasm.
    """
    chain.acts = _loud(chain.acts)
    if chain.doubtful:
        _note_rhythms(chain, known, fs)
    for part in _split(chain.acts, gap):
        event = _one_sided(chain.side, part, marked, known, fs)
        if event is not None:
            yield event


def _loud(acts: Sequence[Act]) -> list[Act]:
    """Acts without what is faint beside the same muscle's: filters ring after a loud burst."""
    loudest: dict[int, float] = {}
    for reading in (r for act in acts for r in act.readings):
        channel = reading.burst.channel
        loudest[channel] = max(loudest.get(channel, 0.0), reading.amplitude)
    kept = []
    for act in acts:
        readings = tuple(r for r in act.readings if r.amplitude >= FAINT * loudest[r.burst.channel])
        if readings:
            kept.append(replace(act, readings=readings))
    return kept


def _note_rhythms(chain: Chain, known: Experience, fs: float) -> None:
    """Remember the channels that are in rhythm.

    Slow trains count as well, though irregular, where nothing speaks for hemifacial spasm.
    """
    onsets: dict[int, list[int]] = {}
    lengths: dict[int, list[int]] = {}
    for reading in (r for act in chain.acts for r in act.readings):
        channel = reading.burst.channel
        onsets.setdefault(channel, []).append(reading.onset)
        lengths.setdefault(channel, []).append(reading.offset - reading.onset)
    plain = not known.knows(chain.side) and chain.side not in known.eyes_only
    lonely = plain and synchrony(chain.acts) <= BY_CHANCE
    for channel, moments in onsets.items():
        if median(lengths[channel]) > GROUP * fs:
            continue
        moments.sort()
        if is_rhythm(moments, fs) or (lonely and is_slow_train(moments, fs)):
            known.rhythmic[channel] = moments[-1]


def _split(acts: Iterable[Act], gap: int) -> list[list[Act]]:
    parts: list[list[Act]] = []
    stop = 0
    for act in sorted(acts, key=lambda act: act.onset):
        if parts and act.onset < stop + gap:
            parts[-1].append(act)
        else:
            parts.append([act])
            stop = act.offset
        stop = max(stop, act.offset)
    return parts


def _one_sided(
    side: Literal["L", "R", "B"],
    part: list[Act],
    marked: Sequence[Marker],
    known: Experience,
    fs: float,
) -> Event | None:
    """Event of acts that are one spasm if they are any."""
    readings = [r for act in part for r in act.readings]
    carried = [r for act in part for r in act.carried]
    muscles = {r.site.muscle for r in (*readings, *carried)}
    onset, offset = min(a.onset for a in part), max(a.offset for a in part)
    together = max(act.together for act in part)
    facial = {m for m in muscles if m in REGIONS}
    if not facial or _chewing(readings):
        return _event("voluntary", side, "masticatory", readings, onset, offset, marked, fs,
                      "one side; chewing muscles lead")  # fmt: skip
    li = _laterality(readings)
    pulse = [r for r in readings if _in_rhythm(r, known.rhythmic, fs)]
    if synchrony(part) < TOGETHER and len(pulse) * 2 > len(readings):
        reason = f"one side; {'+'.join(sorted(muscles))} in a rhythm of its own, not together"
        return _event("spasm", side, MYOKYMIA, readings, onset, offset, marked, fs, reason)
    if not _hemifacial(part, known, side) or (together < 3 and _is_doubtful(part, li[0])):
        return None
    if not pulse and not any(act.hidden for act in part) and synchrony(part) >= TOGETHER:
        known.proven[side] += 1
    bursts = [r.burst for r in readings]
    reason = "; ".join(_reasons(part, li, facial, together, fs))
    return _event(
        "spasm",
        side,
        spasm_class(bursts, fs),
        [*readings, *carried],
        onset,
        offset,
        marked,
        fs,
        reason,
        copies=[r for act in part for r in act.copies],
        on_blink=any(act.on_blink for act in part),
    )


def _hemifacial(part: Sequence[Act], known: Experience, side: str) -> bool:
    """Whether muscles of the facial nerve act together, or the eye alone for certain.

    Muscles other than the eye that act alone more often than together are no such spasm. Within a
    movement others may be hidden; within a blink the eye may, on a side known to have spasms. Had
    the other eye been missed, an eye alone would be a blink.
    """
    together = [
        act
        for act in part
        if act.together >= 2
        or act.hidden == "movement"
        or (act.hidden == "blink" and known.knows(side))
    ]
    alone = [act for act in part if act not in together]
    others = [act for act in alone if {r.site.muscle for r in act.readings} - EYES]
    if together:
        return len(together) >= len(others)
    least = known.least_li(side)
    return not others and any(r.least_li >= least for act in alone for r in act.readings)


def _is_doubtful(part: Sequence[Act], li: float) -> bool:
    """Whether few muscles lean to a side less than one-sided, or none is the eye or beside it.

    Hemifacial spasm begins at the eye (clinical facts 1); brow and eye are neighbours.
    """
    if li < UNILATERAL:
        return True
    reached = regions({m for act in part for m in act.muscles})
    return not reached & {EYE, BROW} and not any(act.hidden for act in part)


def _chewing(readings: Sequence[Reading]) -> bool:
    """Whether the strongest muscle is none of the facial nerve's."""
    return max(readings, key=lambda r: r.amplitude).site.muscle not in REGIONS


def _in_rhythm(reading: Reading, rhythmic: dict[int, int], fs: float) -> bool:
    last = rhythmic.get(reading.burst.channel)
    return last is not None and reading.onset - last <= RHYTHM_MEMORY * fs


def _laterality(readings: Sequence[Reading]) -> tuple[float, float]:
    """LI and log ratio of the sums over muscles that have both sides."""
    known = [r for r in readings if r.opposite == r.opposite]
    own, other = sum(r.amplitude for r in known), sum(r.opposite for r in known)
    return laterality_index(own, other), log_ratio(own, other)


def _reasons(
    part: Sequence[Act], li: tuple[float, float], muscles: set[str], together: int, fs: float
) -> Iterable[str]:
    yield f"one side, LI {li[0]:.2f}" if li[0] == li[0] else "one side"
    if together >= 2:
        lags = [abs(b.onset - a.onset) for act in part for a, b in _pairs(act)]
        spread = f" within {_ms(max(lags), fs)}" if lags and fs >= 500 else " together"
        yield f"{together} muscles{spread}"
    else:
        yield f"{'+'.join(sorted(muscles))} alone"
    if LOWER & regions(muscles):
        yield "lower face active"
    if any(act.on_blink for act in part):
        yield "rides on a blink"


def _pairs(act: Act) -> Iterable[tuple[Reading, Reading]]:
    first = act.readings[0]
    return ((first, other) for other in act.readings[1:] if abs(other.onset - first.onset) < 100)


def _ms(samples: int, fs: float) -> str:
    return f"{1000 * samples / fs:.0f} ms"


def _shortest(readings: Sequence[Reading]) -> int:
    return min(r.offset - r.onset for r in readings)


def _worst(bursts: Iterable[Burst]) -> BurstQuality:
    found = {burst.quality for burst in bursts}
    return "cut" if "cut" in found else "settling" if "settling" in found else "good"


def _event(
    trial_type: Literal["spasm", "blink", "voluntary", "artifact"],
    side: Literal["L", "R", "B"],
    label: str,
    readings: Sequence[Reading],
    onset: int,
    offset: int,
    marked: Sequence[Marker],
    fs: float,
    reason: str,
    *,
    copies: Sequence[Reading] = (),
    on_blink: bool = False,
) -> Event:
    marker = under_way(marked, onset, offset, fs)
    bursts = tuple(r.burst for r in sorted(readings, key=lambda r: (r.onset, r.site.column)))
    li, ratio = _laterality(readings) if side != "B" else _balance(readings)
    return Event(
        trial_type,
        onset,
        offset,
        side,
        label,
        bursts,
        tuple(r.burst for r in copies),
        li,
        ratio,
        spread_stage({r.site.muscle for r in readings}) if trial_type == "spasm" else 0,
        on_blink,
        _task(marker),
        _trial(marker),
        _worst(bursts),
        reason,
    )


def _task(marker: Marker | None) -> str:
    return marker.task if marker else ""


def _trial(marker: Marker | None) -> int:
    return marker.trial if marker and marker.movement else 0


def _balance(readings: Sequence[Reading]) -> tuple[float, float]:
    """LI and log ratio of left to right, of an event of both sides."""
    left = sum(r.amplitude for r in readings if r.site.side == "L")
    right = sum(r.amplitude for r in readings if r.site.side == "R")
    return laterality_index(left, right), log_ratio(left, right)
