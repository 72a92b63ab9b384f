"""What a recording has shown so far: which side has spasms, which muscles are in rhythm."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from emgspasm.synkinesis.chains import Chain, synchrony
from emgspasm.synkinesis.reading import Reading
from emgspasm.synkinesis.rhythm import is_rhythm, is_slow_train

GROUP = 0.3
"""Longest group of a myokymia in seconds: 0.2 (clinical facts 2), and what merges with it."""

LIKELY, CERTAIN, ALONE = 0.5, 0.6, 0.75
"""Least laterality index of an eye alone, noise considered: on a side with proven spasms, where
only eyes are recorded, and where other muscles are but have shown none [sim]."""

FEWEST_PROVEN = 2
"""Spasms of several muscles after which a side is known to have them [design]."""

BY_CHANCE = 0.2
"""Share of synchronous acts that independent muscles reach by chance [sim]."""

RHYTHM_MEMORY = 12.0
"""Seconds for which a muscle that was in rhythm is taken to be in it still [design]."""


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


def note_rhythms(chain: Chain, known: Experience, fs: float) -> None:
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


def in_rhythm(reading: Reading, rhythmic: dict[int, int], fs: float) -> bool:
    """Whether a burst comes while its muscle is known to be in rhythm."""
    last = rhythmic.get(reading.burst.channel)
    return last is not None and reading.onset - last <= RHYTHM_MEMORY * fs
