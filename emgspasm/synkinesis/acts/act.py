"""Acts: bursts of one cluster that one cause explains, and how bursts lie in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from operator import attrgetter
from typing import Literal

from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import BROW, EYE, LOWER


@dataclass(slots=True, eq=False)
class Act:
    """Bursts of one cluster that one cause explains; changed by nobody, as a reading.

    Parameters
    ----------
    kind : {"blink", "movement", "twitch", "artifact"}
    side : str
        ``L``, ``R`` or ``B``.
    readings : tuple of Reading
    copies : tuple of Reading
        What cross-talk from them explains.
    together : int
        Muscles that begin within the synchrony window of another one.
    on_blink : bool
        Whether both eyes blink at the same time.
    in_movement : bool
        Whether both sides move at the same time.
    eyes_move : bool
        Whether the eyes move at the same time, in a movement of both sides that leaves the lower
        face alone.
    carried : tuple of Reading
        Bursts of the side in a blink of both eyes that outlast the other side's: they hold a part
        of this activity.
    dragged : tuple of str
        Muscles of one side that move along with a movement of both.
    onset, offset : int
        First sample, and the one after the last.
    """

    kind: Literal["blink", "movement", "twitch", "artifact"]
    side: Literal["L", "R", "B"]
    readings: tuple[Reading, ...]
    copies: tuple[Reading, ...] = ()
    together: int = 1
    on_blink: bool = False
    in_movement: bool = False
    eyes_move: bool = False
    carried: tuple[Reading, ...] = ()
    dragged: tuple[str, ...] = ()
    onset: int = field(init=False)
    offset: int = field(init=False)

    def __post_init__(self) -> None:
        first = self.readings[0]
        self.onset, self.offset = first.onset, first.offset
        for reading in self.readings:  # in half the time that min and max take
            if reading.onset < self.onset:
                self.onset = reading.onset
            if reading.offset > self.offset:
                self.offset = reading.offset

    @property
    def muscles(self) -> frozenset[str]:
        """Codes of the muscles that take part."""
        return frozenset(r.site.muscle for r in (*self.readings, *self.carried))

    @property
    def of_lower_face(self) -> bool:
        """Whether muscles of the lower face take part, and neither eye nor brow."""
        lower = False
        for reading in (*self.readings, *self.carried):
            region = reading.site.region
            if region in (EYE, BROW):
                return False
            lower |= region in LOWER
        return lower


def overlap(a: Reading | Act, b: Reading | Act) -> int:
    """Samples in common; negative is the gap between them."""
    return min(a.offset, b.offset) - max(a.onset, b.onset)


def meet(a: Reading | Act, b: Reading | Act) -> bool:
    """Whether they have a sample in common."""
    return a.onset < b.offset and b.onset < a.offset


def connected(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Group readings that overlap."""
    if len(readings) < 2:
        return [list(readings)] if readings else []
    groups: list[list[Reading]] = []
    stop = 0
    for reading in sorted(readings, key=_onset):
        if groups and reading.onset < stop:
            groups[-1].append(reading)
        else:
            groups.append([reading])
            stop = reading.offset
        if reading.offset > stop:
            stop = reading.offset
    return groups


_onset = attrgetter("onset")


def together(readings: Iterable[Reading], window: float) -> list[tuple[Reading, Reading]]:
    """Pairs of two muscles that begin within so many samples of each other."""
    return [
        (a, b)
        for a, b in combinations(readings, 2)
        if abs(b.onset - a.onset) <= window and a.site.muscle != b.site.muscle
    ]


def without(some: Sequence[Reading], readings: list[Reading]) -> list[Reading]:
    """Readings without some of them, mostly none."""
    if not some:
        return readings
    left_out = set(some)
    return [r for r in readings if r not in left_out]


def side_of(readings: Iterable[Reading]) -> Literal["L", "R", "B"]:
    """L or R where all happens there, B otherwise."""
    letters = {r.site.side for r in readings}
    if letters == {"L"}:
        return "L"
    return "R" if letters == {"R"} else "B"


def samples_of(readings: Iterable[Reading]) -> int:
    """How long all of them are together, in samples."""
    return sum([r.offset - r.onset for r in readings])
