"""What the last blinks were like, by which the next ones are judged."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from operator import attrgetter
from statistics import median
from typing import Self

from emgspasm.dsp.detection.baseline import MAD_TO_SIGMA
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.verdicts import TOGETHER
from emgspasm.synkinesis.spread import EYE

USUAL = 0.3
"""Share of blinks from which their company is usual: between what spasms on blinks do by chance
and a synkinesis that is found half of the time [sim]."""

FEWEST_TAILS = 3
"""Tails of blinks without which nobody knows what is usual [design]."""


@dataclass(slots=True)
class Company:
    """What the last blinks were like, by side.

    Parameters
    ----------
    seen : dict of str to deque of bool
        Whether the lower face went along. A synkinesis goes along with every one, a hemifacial
        spasm with some (100 and 32 % of patients, clinical facts 2 [lit]).
    tails : dict of str to deque of int
        By how many samples the eye outlasted the other one, where it did.
    """

    seen: dict[str, deque[bool]] = field(
        default_factory=lambda: {"L": deque(maxlen=20), "R": deque(maxlen=20)}
    )
    tails: dict[str, deque[int]] = field(
        default_factory=lambda: {"L": deque(maxlen=20), "R": deque(maxlen=20)}
    )

    def copy(self) -> Self:
        """A copy that may change by itself."""
        return replace(
            self,
            seen={side: seen.copy() for side, seen in self.seen.items()},
            tails={side: tails.copy() for side, tails in self.tails.items()},
        )

    def note_tail(self, blink: Act, fs: float) -> None:
        """Remember by how much one eye outlasted the other, if both began together."""
        eyes = [r for r in blink.readings if r.site.region == EYE]
        if len(eyes) == 2 and abs(eyes[0].onset - eyes[1].onset) <= TOGETHER * fs:
            first, last = sorted(eyes, key=_offset)
            self.tails[last.site.side].append(last.offset - first.offset)

    def longest_tail(self, side: str) -> float:
        """Samples by which the eye of a side outlasts the other one by chance.

        Three standard deviations, told by the eye of the other side: spasms make no tails there.
        """
        tails = self.tails["R" if side == "L" else "L"]
        return 3.0 * MAD_TO_SIGMA * median(tails) if len(tails) >= FEWEST_TAILS else 0.0

    def usual(self, side: str) -> bool | None:
        """Whether the lower face of a side goes along with blinks; None before any was seen."""
        seen = self.seen[side]
        return sum(seen) >= USUAL * len(seen) if seen else None


_offset = attrgetter("offset")
