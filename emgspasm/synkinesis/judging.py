"""Bursts that hang together in time, told apart: copies, artifacts, both sides, one side.

Every burst is judged by what its own samples say (its reading), never by its neighbours' names
alone; a spasm on top of a blink or a smile is then what one side does that the other does not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from emgspasm.synkinesis.laterality import DOUBTFUL, UNILATERAL
from emgspasm.synkinesis.reading import Reading
from emgspasm.synkinesis.spread import BROW, EYE, LOWER, REGIONS

Verdict = Literal["copy", "artifact", "both", "one", "minor", "unknown"]


TWITCH = 0.3
"""Longest clonic burst in seconds: 0.2 (clinical facts 2), and what merges with it."""

LEANING = 0.3
"""LI from which a muscle whose other side shows no burst may be one of one side [sim]."""

EVEN = 0.35
"""|LI| of a blink alone: the amplitudes of its sides differ by 0.2 of log ratio (clinical facts 9)
[sim], two standard deviations."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What tells bursts apart.

    Parameters
    ----------
    synchrony : float
        Seconds within which muscles begin together: the 15 ms of clinical facts 2 and the error
        of two detected onsets [design].
    blink : float
        Longest blink in seconds (clinical facts 2).
    along : float
        Seconds within which a synkinesis follows the movement (clinical facts 4).
    slowest : float
        Hz under which a burst is no muscle's [sim]; where the band ends under 180 Hz, 0.45 of it.
    hum : float
        Autocorrelation at the mains from which a burst is hum [sim].
    """

    synchrony: float = 0.025
    blink: float = 0.4
    along: float = 0.150
    slowest: float = 81.0
    hum: float = 0.4


@dataclass(frozen=True, slots=True)
class Act:
    """Bursts of one cluster that one cause explains.

    Parameters
    ----------
    kind : {"blink", "movement", "twitch", "artifact"}
    side : str
        ``L``, ``R`` or ``B``.
    readings : tuple of Reading
        In order of onset.
    copies : tuple of Reading
        What cross-talk from them explains.
    together : int
        Muscles that begin within the synchrony window of another one.
    hidden : {"", "movement", "blink"}
        Where muscles that join may be hidden: those of a movement under way, the eye of a blink.
    on_blink : bool
        Whether both eyes blink at the same time.
    carried : tuple of Reading
        Bursts of a blink on which this activity rides in the same muscle.
    dragged : tuple of str
        Muscles of one side that move along with a movement of both.
    """

    kind: Literal["blink", "movement", "twitch", "artifact"]
    side: Literal["L", "R", "B"]
    readings: tuple[Reading, ...]
    copies: tuple[Reading, ...] = ()
    together: int = 1
    hidden: Literal["", "movement", "blink"] = ""
    on_blink: bool = False
    carried: tuple[Reading, ...] = ()
    dragged: tuple[str, ...] = field(default=())

    @property
    def onset(self) -> int:
        """First sample."""
        return min(r.onset for r in self.readings)

    @property
    def offset(self) -> int:
        """Sample after the last."""
        return max(r.offset for r in self.readings)

    @property
    def muscles(self) -> frozenset[str]:
        """Codes of the muscles that take part."""
        return frozenset(r.site.muscle for r in (*self.readings, *self.carried))


@dataclass(slots=True)
class Company:
    """Whether the lower face of a side went along with the last blinks.

    A synkinesis goes along with every one, a hemifacial spasm with some (100 and 32 % of
    patients, clinical facts 2 [lit]).
    """

    seen: dict[str, deque[bool]] = field(
        default_factory=lambda: {"L": deque(maxlen=10), "R": deque(maxlen=10)}
    )

    def note(self, side: str, *, along: bool) -> None:
        """Remember one blink."""
        self.seen[side].append(along)

    def usual(self, side: str) -> bool | None:
        """Whether it does so as a rule; None if too few blinks were seen."""
        known = self.seen[side]
        return sum(known) >= 0.3 * len(known) if len(known) >= 4 else None


def acts(cluster: Sequence[Reading], rules: Rules, company: Company, fs: float) -> list[Act]:
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
    """
    verdicts = [verdict(reading, cluster, rules, fs) for reading in cluster]
    of = {v: [r for r, w in zip(cluster, verdicts, strict=True) if w == v] for v in set(verdicts)}
    one, unknown = of.get("one", []), of.get("unknown", [])
    even = [r for r in of.get("both", []) if not _sides_with(r, one, cluster, rules, fs)]
    one += [r for r in of.get("both", []) if r not in even]
    both = _bilateral(even + of.get("minor", []), rules, fs)
    both, one = _drag_along(both, one, rules, company, fs)
    twitches = []
    for side in ("L", "R"):
        proven = [r for r in one if r.site.side == side]
        for part in connected(proven, round(0.01 * fs)):
            joined = part + [r for r in unknown if r.site.side == side and _meets(r, part)]
            unknown = [r for r in unknown if r not in joined]
            twitches.append(_twitch(joined, side, both, of.get("copy", []), rules, fs))
    both += _sideless(unknown, rules, fs)
    artifacts = [
        Act("artifact", side_of(part), tuple(part))
        for part in connected(of.get("artifact", []), round(0.2 * fs))
    ]
    return sorted([*both, *twitches, *artifacts], key=lambda act: (act.onset, act.kind, act.side))


def verdict(reading: Reading, cluster: Sequence[Reading], rules: Rules, fs: float) -> Verdict:
    """What one burst is, by its own samples."""
    if reading.explanation.copy:
        return "copy"
    if reading.frequency < min(rules.slowest, 0.45 * 0.45 * fs) or reading.hum >= rules.hum:
        return "artifact"
    if reading.opposite != reading.opposite or not reading.site.side:
        return "unknown"
    partners = [r for r in cluster if _opposes(r, reading)]
    quiet = reading.opposite_silent and not partners
    if reading.li >= UNILATERAL or (quiet and reading.li >= DOUBTFUL):
        return "one"
    if reading.li <= -UNILATERAL:
        return "minor"
    return "both"


def _sides_with(
    reading: Reading, one: list[Reading], cluster: Sequence[Reading], rules: Rules, fs: float
) -> bool:
    """Whether a burst that leans to its side, alone in its muscle, begins with others of it."""
    return (
        reading.li >= LEANING
        and not any(_opposes(r, reading) for r in cluster)
        and _accompanied(reading, (r for r in one if r.site.side == reading.site.side), rules, fs)
    )


def _opposes(other: Reading, reading: Reading) -> bool:
    """Whether it is a true burst of the same muscle on the other side, at the same time."""
    return (
        other.site.column == reading.site.opposite
        and not other.explanation.copy
        and overlap(other, reading) > 0
    )


def overlap(a: Reading | Act, b: Reading | Act) -> int:
    """Samples in common; negative is the gap between them."""
    return min(a.offset, b.offset) - max(a.onset, b.onset)


def connected(readings: Iterable[Reading], gap: int) -> list[list[Reading]]:
    """Group readings that overlap or are closer than `gap` samples."""
    groups: list[list[Reading]] = []
    stop = 0
    for reading in sorted(readings, key=lambda r: (r.onset, r.site.column)):
        if groups and reading.onset < stop + gap:
            groups[-1].append(reading)
        else:
            groups.append([reading])
            stop = reading.offset
        stop = max(stop, reading.offset)
    return groups


def side_of(readings: Iterable[Reading]) -> Literal["L", "R", "B"]:
    """L or R where all happens there, B otherwise."""
    letters = {r.site.side for r in readings}
    if letters == {"L"}:
        return "L"
    return "R" if letters == {"R"} else "B"


def _meets(reading: Reading, part: list[Reading]) -> bool:
    return any(overlap(reading, other) > 0 for other in part)


def _sideless(readings: list[Reading], rules: Rules, fs: float) -> list[Act]:
    """Activity of which nobody knows whether the other side joins: no spasm is named of it."""
    eyes = [r for r in readings if REGIONS.get(r.site.muscle) == EYE]
    return [
        Act("blink", "B", tuple(part))
        for part in connected(eyes, round(0.01 * fs))
        if max(r.offset for r in part) - part[0].onset <= rules.blink * fs
    ]


def _bilateral(readings: list[Reading], rules: Rules, fs: float) -> list[Act]:
    """Blinks and movements of both sides.

    Eyes and the rest of the face are told apart first: people blink while they speak.
    """
    eyes = [r for r in readings if REGIONS.get(r.site.muscle) == EYE]
    rest = [r for r in readings if r not in eyes]
    found = []
    for part in connected(eyes, round(0.01 * fs)):
        if _is_brief(part, rules.blink * fs):
            start, stop = part[0].onset - 0.05 * fs, max(r.offset for r in part) + 0.05 * fs
            brow = [
                r
                for r in rest
                if REGIONS.get(r.site.muscle) == BROW and start <= r.onset and r.offset <= stop
            ]
            rest = [r for r in rest if r not in brow]
            found.append(Act("blink", "B", (*part, *brow)))
        else:
            rest += part
    found += [Act("movement", "B", tuple(part)) for part in connected(rest, round(0.03 * fs))]
    return found


def _is_brief(eyes: list[Reading], longest: float) -> bool:
    """Whether both eyes together are active for no longer than a blink.

    The side that is active for less time counts, for a spasm may hang on the other; but what is
    even between the sides counts as well, for one of them may have been missed.
    """
    spans = []
    for side in {r.site.side for r in eyes}:
        mine = [r for r in eyes if r.site.side == side]
        spans.append(max(r.offset for r in mine) - min(r.onset for r in mine))
    even = [r.offset - r.onset for r in eyes if abs(r.li) < DOUBTFUL]
    return min(spans) <= longest and max(even, default=0) <= longest


def _drag_along(
    both: list[Act], one: list[Reading], rules: Rules, company: Company, fs: float
) -> tuple[list[Act], list[Reading]]:
    """Give one-sided bursts that go along with an act of both sides to it."""
    free = list(one)
    result = []
    for act in both:
        dragged: list[Reading] = []
        for side in ("L", "R"):
            mine = [r for r in free if r.site.side == side]
            if act.kind == "blink":
                dragged += _along_blink(act, mine, side, rules, company, fs)
            else:
                dragged += _along_movement(act, mine, rules, fs)
        free = [r for r in free if r not in dragged]
        names = tuple(sorted({r.site.muscle for r in dragged}))
        result.append(replace(act, readings=(*act.readings, *dragged), dragged=names))
    return result, free


def _along_blink(
    act: Act, mine: list[Reading], side: str, rules: Rules, company: Company, fs: float
) -> list[Reading]:
    """Lower-face bursts of one side that a blink drags along, as far as it usually does.

    The brow joins in hemifacial spasm alone (clinical facts 2).
    """
    prime = max(act.readings, key=lambda r: r.amplitude)
    lower = [
        r
        for r in mine
        if REGIONS.get(r.site.muscle) in LOWER
        and abs(r.onset - prime.onset) <= 0.045 * fs
        and r.offset - r.onset <= rules.blink * fs
    ]
    alike = [r for r in lower if abs(r.offset - prime.offset) <= 0.035 * fs]
    usual = company.usual(side)
    company.note(side, along=bool(alike))
    brow = [r for r in mine if REGIONS.get(r.site.muscle) == BROW]
    if any(abs(r.onset - b.onset) <= rules.synchrony * fs for r in alike for b in brow):
        return []
    eye = max((r.li for r in act.readings if r.site.side == side), default=0.0)
    if usual:
        return lower  # of a weak one only a part may be found
    return alike if usual is None and eye < EVEN else []


def _along_movement(act: Act, mine: list[Reading], rules: Rules, fs: float) -> list[Reading]:
    """Bursts of one side within a movement that are no spasm of their own.

    A muscle that begins with the movement and is active for half of it goes along; a burst
    that no other muscle begins with proves no spasm while the face moves.
    """
    inside = [r for r in mine if overlap(r, act) > 0 and r.onset >= act.onset - 0.1 * fs]
    dragged = []
    for muscle in sorted({r.site.muscle for r in inside}):
        parts = [r for r in inside if r.site.muscle == muscle]
        active = sum(overlap(r, act) for r in parts)
        prompt = parts[0].onset - act.onset <= rules.along * fs
        if prompt and active >= 0.5 * (act.offset - act.onset):
            dragged += parts
    rest = [r for r in inside if r not in dragged]
    return dragged + [
        r for r in rest if not (_accompanied(r, rest, rules, fs) or _stands_out(r, act, rules, fs))
    ]


def _stands_out(reading: Reading, act: Act, rules: Rules, fs: float) -> bool:
    """Whether it is a twitch in the middle of a movement, certainly of one side.

    Other muscles of that twitch may be hidden in their bursts of the movement.
    """
    return (
        reading.offset - reading.onset <= TWITCH * fs
        and reading.least_li >= UNILATERAL
        and reading.onset - act.onset >= rules.along * fs
        and act.offset - reading.offset >= 0.1 * fs
    )


def _accompanied(reading: Reading, others: Iterable[Reading], rules: Rules, fs: float) -> bool:
    """Whether another muscle begins with it."""
    return any(
        other.site.muscle != reading.site.muscle
        and abs(other.onset - reading.onset) <= rules.synchrony * fs
        for other in others
    )


def _twitch(
    readings: list[Reading],
    side: Literal["L", "R"],
    both: list[Act],
    copies: list[Reading],
    rules: Rules,
    fs: float,
) -> Act:
    """One-sided activity, with what else of the side belongs to it."""
    onset, offset = min(r.onset for r in readings), max(r.offset for r in readings)
    carried = [
        r
        for act in both
        for r in act.readings
        if r.site.side == side
        and min(r.offset, offset) - max(r.onset, onset) > 0
        and _outlasts(r, act, fs)
        and r not in readings
    ]
    mine = [r for r in copies if any(overlap(r, s) > 0 for s in readings)]
    blinks = [a for a in both if a.kind == "blink" and a.onset < offset and onset < a.offset]
    moving = any(a.kind == "movement" and a.onset < onset and offset < a.offset for a in both)
    blinking = bool(blinks) and any(_is_lower_and_certain(r) for r in readings)
    together = {r.site.muscle for r in readings if _accompanied(r, readings, rules, fs)}
    return Act(
        "twitch",
        side,
        tuple(readings),
        tuple(mine),
        max(len(together), 1),
        hidden="movement" if moving else "blink" if blinking else "",
        on_blink=bool(blinks),
        carried=tuple(carried),
    )


def _is_lower_and_certain(reading: Reading) -> bool:
    return REGIONS.get(reading.site.muscle) in LOWER and reading.least_li >= UNILATERAL


def _outlasts(reading: Reading, act: Act, fs: float) -> bool:
    """Whether a burst of a blink goes on after the other side's."""
    others = [r for r in act.readings if r.site.column == reading.site.opposite]
    return bool(others) and reading.offset - max(r.offset for r in others) >= 0.03 * fs
