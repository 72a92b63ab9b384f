"""What a recording has shown so far: which side has spasms, and how its muscles go together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from statistics import median
from typing import NamedTuple

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.bilateral import LIKELY
from emgspasm.synkinesis.acts.blinks import REMEMBERED, last_of_each_side
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.readings.crosstalk import RATIO
from emgspasm.synkinesis.readings.laterality import UNILATERAL
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import EYE

CERTAIN, ALONE = 0.6, 0.75
"""Least laterality index of an eye alone, noise considered: where only eyes are recorded, and where
other muscles are but have shown none [sim]."""

FEWEST_PROVEN = 2
"""Proven spasms (`Experience.proven`) after which a side is known to have spasms [design]."""

BLINKS, FEWEST_BLINKS, SEEN = 40, 2, 0.1
"""Last acts of eyes that are remembered; at least so many, and this share of them, must be blinks
of both eyes for both to be seen [design]: people blink 8-21 times a minute (clinical facts 2
[lit])."""

SELDOM = 0.3
"""Share of acts joined by another muscle below which the muscles of a side act apart [sim]: by
chance 0.2 are, but where bursts are faint, many a muscle that joins is not seen to begin with the
others."""

FEWEST_SHARED, SHARE, SHARING_MEMORY = 3, 0.2, 30.0
"""Where at least this many acts, and this share of all acts of the last so many seconds, were of
both sides or of the other one, no muscle has a rhythm of its own [sim]: myokymia is of one side
(clinical facts 2). The share was under 0.1 in each of 764 true myokymias, and 0.2 or more in 261
of 274 false ones in chewing."""

FEWEST_EYED, EYED = 3, 0.8
"""Spasms of three muscles, and the share of them with the eye, from which it takes part as a rule
[sim]: in hemifacial spasm it begins (clinical facts 1), but a paralysed one is hardly seen. With
0.5, spasms that cheek and mouth have for themselves were taken for chewing."""

ON_AND_OFF, FEWEST_ON_AND_OFF = 1.0, 4
"""Seconds before and after the beginning of a burst of an eye in which so many of the other one
make it a part of a faint movement of both [sim]: of such a movement single units are seen, now here
and now there. Of 1951 true spasms of an eye alone 6 had so many, of 95 false ones 30."""

OTHER = {"L": "R", "R": "L"}
"""The other side."""

FEWEST_ACTS = 4
"""Fewest acts of muscles beside the eye that say anything [design]."""

RESTLESS = 0.2
"""Share of the last acts of a side from which slight acts are what its muscles do at rest [sim]."""

FEWEST_LOUD = 2
"""Bursts of a muscle in spasms without which its amplitude in them is not known [design]."""


class LateAct(NamedTuple):
    """What is remembered of an act that was no blink."""

    onset: int
    side: str
    beside_eye: bool  # whether a muscle beside the eye took part
    lower_face: bool  # whether the lower face did, without eye and brow


@dataclass(slots=True)
class Experience:
    """What a recording has shown so far.

    Parameters
    ----------
    beside : mapping of str to frozenset of str
        Muscles of the facial nerve beside the eye that are recorded, by side.
    eyes_only : frozenset of str
        Sides of which no such muscle is.
    trains : dict of int to int
        Channels in a train of bursts that are no spasms, and the sample at which that was last so.
    rhythmic : dict of int to int
        Those that keep time, likewise.
    proven : dict of str to int
        Spasms by side in which several muscles began together, or twitches of the only one.
    even : deque of bool
        Whether the last brief acts of eyes were of both, about as strong on each side.
    balance, lone : deque of float
        Log ratios of left to right eye in the last blinks in which both were found, and in those in
        which one was.
    usual : float
        Their median, as far as they count; 0 of too few.
    late : deque of LateAct
        The last acts.
    eyes : dict of str to deque of int
        Onsets of the last bursts of an eye, by side.
    joined : dict of str to deque of bool
        Whether the last acts of muscles beside the eye were joined by another muscle, by side.
    twitching : dict of str to deque of float
        Amplitudes of the eye in the last acts of a side.
    eyed : dict of str to deque of bool
        Whether the eye took part in the last spasms that three muscles proved to be of their side.
    slight : dict of str to deque of bool
        Whether the last acts of a side were of one muscle, fainter than it is in spasms.
    loudness : dict of int to deque of float
        Amplitudes of the last bursts of a channel in such spasms.
    usually : dict of int to float
        Their medians, as far as they were asked for.
    """

    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    eyes_only: frozenset[str] = field(init=False)
    trains: dict[int, int] = field(default_factory=dict)
    rhythmic: dict[int, int] = field(default_factory=dict)
    proven: dict[str, int] = field(default_factory=lambda: {"L": 0, "R": 0})
    even: deque[bool] = field(default_factory=lambda: deque(maxlen=BLINKS))
    balance: deque[float] = field(default_factory=lambda: deque(maxlen=BLINKS))
    lone: deque[float] = field(default_factory=lambda: deque(maxlen=BLINKS))
    usual: float = 0.0
    late: deque[LateAct] = field(default_factory=deque)
    eyes: dict[str, deque[int]] = field(default_factory=lambda: {"L": deque(), "R": deque()})
    joined: dict[str, deque[bool]] = field(default_factory=last_of_each_side)
    twitching: dict[str, deque[float]] = field(default_factory=last_of_each_side)
    eyed: dict[str, deque[bool]] = field(default_factory=last_of_each_side)
    slight: dict[str, deque[bool]] = field(default_factory=last_of_each_side)
    loudness: dict[int, deque[float]] = field(default_factory=dict)
    usually: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.eyes_only = frozenset(side for side, muscles in self.beside.items() if not muscles)

    def knows(self, side: str) -> bool:
        """Whether the side is known to have spasms."""
        return self.proven[side] >= FEWEST_PROVEN and not self.acts_apart(side)

    def is_spared(self, side: str) -> bool:
        """Whether the other side alone is known to have spasms: both hardly ever have them."""
        return not self.knows(side) and self.knows(OTHER[side])

    def sees_both_eyes(self) -> bool:
        """Whether both eyes were seen to blink: if one is too weak, a blink is of one side."""
        both = sum(self.even)
        return both >= FEWEST_BLINKS and both >= SEEN * len(self.even)

    def acts_apart(self, side: str) -> bool:
        """Whether muscles beside the eye act alone as a rule: in hemifacial spasm none does."""
        seen = self.joined[side]
        return len(seen) >= FEWEST_ACTS and sum(seen) < SELDOM * len(seen)

    def least_beside(self, side: str) -> float:
        """Amplitude under which a muscle of a side may be what is heard of its eye."""
        eyes = self.twitching[side]
        return RATIO * median(eyes) if len(eyes) >= FEWEST_ACTS else 0.0

    def is_shared(self, side: str, onset: int, fs: float, seconds: float) -> bool:
        """Whether the other side acts as well of late, as it does in speech and in chewing."""
        near = [act for act in self.late if abs(onset - act.onset) <= seconds * fs]
        others = sum(act.beside_eye for act in near if act.side != side)
        mine = sum(act.side == side for act in near)
        return others >= FEWEST_SHARED and others >= SHARE * (others + mine)

    def other_eye_moves(self, side: str, onset: int, fs: float) -> bool:
        """Whether the eye of the other side is active on and off at the time."""
        near = (each for each in self.eyes[OTHER[side]] if abs(each - onset) <= ON_AND_OFF * fs)
        return sum(1 for _ in near) >= FEWEST_ON_AND_OFF

    def eye_joins(self, side: str) -> bool:
        """Whether the side is known to have spasms, and the eye to take part in them."""
        seen = self.eyed.get(side, ())
        return len(seen) >= FEWEST_EYED and sum(seen) >= EYED * len(seen)

    def remember_loudness(self, readings: Iterable[Reading]) -> None:
        """Note the amplitudes of channels in a spasm that proved its side."""
        for reading in readings:
            channel = reading.burst.channel
            if channel not in self.loudness:
                self.loudness[channel] = deque(maxlen=REMEMBERED)
            self.loudness[channel].append(reading.amplitude)
            self.usually.pop(channel, None)

    def usual_loudness(self, channel: int) -> float:
        """Median amplitude of a channel in spasms; 0 as long as there are too few."""
        usual = self.usually.get(channel)
        if usual is None:
            seen = self.loudness.get(channel, ())
            usual = self.usually[channel] = median(seen) if len(seen) >= FEWEST_LOUD else 0.0
        return usual

    def is_restless(self, side: str) -> bool:
        """Whether single muscles of the side act slightly more often than they would in spasms."""
        seen = self.slight[side]
        return len(seen) >= FEWEST_ACTS and sum(seen) > RESTLESS * len(seen)

    def n_of_lower_face(self, onset: int, reach: float) -> int:
        """How many acts within `reach` samples were of the lower face alone, of any side."""
        near = takewhile(lambda act: act.onset >= onset - reach, reversed(self.late))
        return sum(act.lower_face for act in near if act.onset <= onset + reach)

    def least_li(self, side: str) -> float:
        """Laterality that a muscle alone must have: less where the side is known to have spasms."""
        if self.knows(side):
            return LIKELY
        return CERTAIN if side in self.eyes_only else ALONE


def note_eyes(act: Act, known: Experience) -> None:
    """Remember whether an act of the eyes was of both alike; others are left out."""
    eyes = [r for r in act.readings if r.site.region == EYE]
    if act.kind == "blink" and all(abs(r.li) < UNILATERAL for r in eyes):
        known.even.append(len({r.site.side for r in eyes}) == 2)
    elif len(eyes) == len(act.readings):
        known.even.append(False)


def note_sharing(act: Act, known: Experience, fs: float) -> None:
    """Remember of which side an act was, as long as that counts."""
    beside = {r.site.region for r in act.readings} != {EYE}
    known.late.append(LateAct(act.onset, act.side, beside, act.of_lower_face))
    while known.late[0].onset < act.onset - 2 * SHARING_MEMORY * fs:
        known.late.popleft()


def note_eye_bursts(act: Act, known: Experience, fs: float) -> None:
    """Remember when eyes began to be active, as long as that counts."""
    for reading in act.readings:
        if reading.site.region == EYE and reading.site.side in known.eyes:
            known.eyes[reading.site.side].append(reading.onset)
    for onsets in known.eyes.values():
        while onsets and onsets[0] < act.onset - 2 * SHARING_MEMORY * fs:
            onsets.popleft()


def note_company(chain: Chain, known: Experience) -> None:
    """Remember whether muscles beside the eye act alone.

    What is far fainter than the eye may be heard of it, or be noise.
    """
    if chain.side not in known.joined:
        return
    for act in chain.acts:
        eyes = [r.amplitude for r in act.readings if r.site.region == EYE]
        known.twitching[chain.side].extend(eyes)
        beside = [r.amplitude for r in act.readings if r.site.region not in (EYE, None)]
        if beside and (act.together >= 2 or max(beside) >= known.least_beside(chain.side)):
            known.joined[chain.side].append(act.together >= 2)
