"""What one side does by itself while both sides blink or move: surges of their bursts."""

from __future__ import annotations

from collections.abc import Iterable

from emgspasm.synkinesis.acts.act import Act, connected, meet, overlap, without
from emgspasm.synkinesis.acts.bilateral import LIKELY, OUTLASTS, WITH_BLINK, outlasts, tail
from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.verdicts import LASTING, TOGETHER, accompanied, verdict
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import EYE

RISES = 2.0
"""Times the amplitude of the rest of its burst from which a surge in a movement is no chance [sim]:
the balance of both sides flutters. Of 27 false spasms that surges without this bound made, 25 rose
less, and 42 % of 556 true ones."""

LASTS = 0.1
"""Seconds that the surge of one muscle in a movement lasts at least [sim]: of 21 shorter ones of
nine generators 19 were the flutter of a muscle of few units, or whose power wanders. In a blink, a
shorter one may be as long a tail as this face's blinks have."""


def blinks_with(
    reading: Reading, partners: Iterable[Reading], rules: Rules, fs: float
) -> Reading | None:
    """Burst of the other eye with which an eye blinks that then goes on alone, if there is one."""
    surge = reading.surge
    if surge is None or reading.site.region != EYE or not _is_certain(surge, rules, fs):
        return None
    for other in partners:
        begins = abs(other.onset - reading.onset) <= TOGETHER * fs
        if begins and surge.offset - other.offset >= OUTLASTS * fs:
            return other
    return None


def blink_of(reading: Reading, other: Reading) -> Reading:
    """Reading of the blink with which an eye begins that then goes on alone.

    It lasts until the eye surges and the other one, with which it began, has ended; both are as
    loud in it as they are in the burst of the other one.
    """
    end = other.offset if reading.surge is None else max(reading.surge.onset, other.offset)
    return reading.but(
        surge=None,
        offset=end,
        amplitude=other.opposite,
        opposite=other.amplitude,
        opposite_most=other.amplitude,
        li=-other.li,
        least_li=-other.li,
    )


def after_blink(reading: Reading, both: Iterable[Act], rules: Rules, fs: float) -> Reading:
    """Reading of a burst of one side, without the blink that it seems to begin with.

    A blink is heard by the neighbours of the eye, where a spasm that begins meanwhile is one burst
    with it.
    """
    surge = reading.surge
    for act in both:
        if (
            surge is not None
            and act.kind == "blink"
            and abs(reading.onset - act.onset) <= WITH_BLINK * fs
            and _is_certain(surge, rules, fs)
        ):
            return surge
    return reading


def in_movement(
    one: list[Reading], both: Iterable[Act], copies: Iterable[Reading], fs: float
) -> list[Reading]:
    """What one side does, without what a movement of both sides spreads to its bursts.

    An eye hears a smile for as long as that lasts, and a spasm on top of it is one burst with that:
    it lasts as long as what begins in other muscles meanwhile, then.
    """
    movements = [act for act in both if act.kind == "movement"]
    if not movements:
        return one
    others = [*copies, *(r for act in movements for r in act.readings)]
    spread = [r for r in one if _is_spread(r, movements, others, fs)]
    if not spread:
        return one
    own = without(spread, one)
    return own + [_with_company(r, own) for r in spread]


def _is_spread(
    reading: Reading, movements: Iterable[Act], others: Iterable[Reading], fs: float
) -> bool:
    """Whether half of a burst lies in a movement, and in bursts of its muscle over there."""
    length = reading.offset - reading.onset
    if length < LASTING * fs:
        return False
    over_there = (r for r in others if r.site.column == reading.site.opposite)
    heard = sum(max(overlap(r, reading), 0) for r in over_there)
    return 2 * heard >= length and any(2 * overlap(reading, act) >= length for act in movements)


def _with_company(reading: Reading, own: Iterable[Reading]) -> Reading:
    """Reading of a burst for as long as other muscles of its side are active in it."""
    company = [r for r in own if r.site.side == reading.site.side and meet(r, reading)]
    if not company:
        return reading
    return reading.but(
        onset=max(reading.onset, min(r.onset for r in company)),
        offset=min(reading.offset, max(r.offset for r in company)),
    )


def surges(
    both: Iterable[Act], one: Iterable[Reading], rules: Rules, blinks: BlinkHistory, fs: float
) -> list[Reading]:
    """Surges of blinks and movements of both sides that are certainly of one side.

    Parameters
    ----------
    both : iterable of Act
    one : iterable of Reading
        What one side does meanwhile.
    rules : Rules
    blinks : BlinkHistory
        Of the blinks before.
    fs : float
        Hertz.
    """
    found = []
    for act in both:
        mine = [
            reading.surge
            for reading in act.readings
            if reading.surge is not None and _is_of_one_side(reading.surge, reading, act, rules, fs)
        ]
        mine = [
            surge
            for surge in mine
            if surge.offset - surge.onset >= LASTS * fs
            or _is_joined(surge, (*mine, *one), rules, fs)
            or (act.kind == "blink" and tail(surge, act) >= blinks.longest_tail(surge.site.side))
        ]
        found += mine
    return found


def _is_joined(surge: Reading, others: Iterable[Reading], rules: Rules, fs: float) -> bool:
    """Whether another muscle of its side begins with it."""
    return accompanied(surge, (r for r in others if r.site.side == surge.site.side), rules, fs)


def _is_of_one_side(surge: Reading, whole: Reading, act: Act, rules: Rules, fs: float) -> bool:
    """Whether a surge is an eye that goes on after a blink, or leaps out of a movement.

    Or whether the other side rests meanwhile, for longer than a blink: a synkinesis lasts as long
    as its movement (clinical facts 2).
    """
    if not _is_certain(surge, rules, fs):
        return False
    if act.kind == "blink":
        return surge.site.region == EYE and outlasts(surge, act, fs)
    leaps = surge.amplitude >= RISES * _beside(surge, whole)
    return leaps or _alone(surge, act) > rules.blink * fs


def _is_certain(surge: Reading, rules: Rules, fs: float) -> bool:
    return verdict(surge, (), rules, fs) == "one" and surge.least_li >= LIKELY


def _alone(surge: Reading, act: Act) -> int:
    """Samples of a surge in which no muscle of the other side is active in the movement."""
    beyond = [r for r in act.readings if r.site.side != surge.site.side]
    active = 0
    for part in connected(beyond):
        start, stop = part[0].onset, max(r.offset for r in part)
        active += max(min(stop, surge.offset) - max(start, surge.onset), 0)
    return surge.offset - surge.onset - active


def _beside(surge: Reading, whole: Reading) -> float:
    """Amplitude of a burst without its surge."""
    length, inside = whole.offset - whole.onset, surge.offset - surge.onset
    energy = whole.amplitude**2 * length - surge.amplitude**2 * inside
    return float((max(energy, 0.0) / max(length - inside, 1)) ** 0.5)
