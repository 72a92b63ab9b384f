"""What the last blinks were like, by which the next ones are judged."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from statistics import median
from typing import Any

from emgspasm.dsp.detection.baseline import MAD_TO_SIGMA
from emgspasm.synkinesis.acts.act import Act, overlap
from emgspasm.synkinesis.readings.crosstalk import RATIO
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import EYE

USUAL = 0.3
"""Share of blinks from which their company is usual: between what spasms on blinks do by chance
and a synkinesis that is found half of the time [sim]."""

FEWEST = 3
"""Blinks of both eyes without which nobody knows how they end, or how loud they are [design]."""

FAINT = 0.25
"""Share of its usual amplitude under which an eye alone does not blink [sim]."""

REMEMBERED = 20
"""Last acts of a side that count [design]."""


def last_of_each_side() -> dict[str, deque[Any]]:
    """Memory of the last acts of each side, empty."""
    return {"L": deque(maxlen=REMEMBERED), "R": deque(maxlen=REMEMBERED)}


@dataclass(slots=True)
class BlinkHistory:
    """What the last blinks were like, by side.

    Parameters
    ----------
    seen : dict of str to deque of bool
        Whether the lower face went along. A synkinesis goes along with every one, a hemifacial
        spasm with some (100 and 32 % of patients, clinical facts 2 [lit]).
    tails : dict of str to deque of int
        By how many samples the eye outlasted the other one, where it did.
    loudness : dict of str to deque of float
        Amplitude of the eye where both were seen.
    """

    seen: dict[str, deque[bool]] = field(default_factory=last_of_each_side)
    tails: dict[str, deque[int]] = field(default_factory=last_of_each_side)
    loudness: dict[str, deque[float]] = field(default_factory=last_of_each_side)

    def note(self, blink: Act) -> None:
        """Remember how loud both eyes were, and how one outlasted the other, if they were seen."""
        eyes = [r for r in blink.readings if r.site.region == EYE]
        if len(eyes) != 2 or eyes[0].site.side == eyes[1].site.side:
            return
        for eye in eyes:
            self.loudness[eye.site.side].append(eye.amplitude)
        first, last = sorted(eyes, key=_offset)
        self.tails[last.site.side].append(last.offset - first.offset)

    def confirmed(self, acts: Iterable[Act], cluster: Sequence[Reading]) -> list[Act]:
        """Acts without what looks like a blink and is none; nothing goes along with that."""
        return [act for act in acts if act.kind != "blink" or self._is_blink(act, cluster)]

    def _is_blink(self, act: Act, cluster: Sequence[Reading]) -> bool:
        """Whether what looks like a blink is one: of both eyes, or not far fainter than this eye's.

        What an eye alone does may be noise, or what a movement of the lower face spreads to it.
        """
        eyes = [r for r in act.readings if r.site.region == EYE]
        sides = {r.site.side for r in eyes}
        if len(sides) != 1:
            return True
        loudest = max([r.amplitude for r in eyes])
        usual = self.loudness.get(sides.pop(), ())
        if len(usual) >= FEWEST and loudest < FAINT * median(usual):
            return False
        return not any(_spreads(r, eye) for r in cluster for eye in eyes)

    def longest_tail(self, side: str) -> float:
        """Samples by which the eye of a side outlasts the other one by chance.

        Three standard deviations, told by the eye of the other side: spasms make no tails there.
        """
        tails = self.tails["R" if side == "L" else "L"]
        return 3.0 * MAD_TO_SIGMA * median(tails) if len(tails) >= FEWEST else 0.0

    def usual(self, side: str) -> bool | None:
        """Whether the lower face of a side goes along with blinks; None before any was seen."""
        seen = self.seen[side]
        return sum(seen) >= USUAL * len(seen) if seen else None


_offset = attrgetter("offset")


def _spreads(reading: Reading, eye: Reading) -> bool:
    """Whether an eye is no louder than what a burst of its side spreads to it, most of its time."""
    return (
        reading.site.region != EYE
        and reading.site.side == eye.site.side
        and 2 * overlap(reading, eye) >= eye.offset - eye.onset
        and eye.amplitude <= RATIO * reading.amplitude
    )
