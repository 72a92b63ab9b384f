"""Chains: acts of one side that follow each other closely and may be one spasm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from math import exp
from operator import attrgetter
from typing import Literal

import numpy as np

from emgspasm.synkinesis.acts.act import Act

TOGETHER = 0.5
"""Share of the bursts of a side from which its muscles act together: nearly all in hemifacial
spasm, by chance in rhythms of single muscles [sim]."""

FEWEST_BURSTS, BY_CHANCE = 8, 0.42
"""Bursts of each of two muscles from which it is asked whether they begin together by chance, and
share of them, beyond what chance makes, up to which they do [sim]: 0.47 to 1 in 58 long spasms of
three generators, -0.02 to 0.49 in 245 stretches of myokymia of several muscles."""

FAINT = 0.15
"""Share of a muscle's loudest burst in a chain under which another is no part of it [design]."""


@dataclass(slots=True)
class Chain:
    """Acts of one side (B: movements of both) that may form one event.

    Parameters
    ----------
    side : str
    gap, patience : int
        Samples after its end for which it waits for further acts: in general, and while doubtful.
    acts : list of Act
    offset : int
        Sample after the last.
    closing : int
        Sample at which nothing can join any more.
    """

    side: Literal["L", "R", "B"]
    gap: int
    patience: int
    acts: list[Act] = field(default_factory=list)
    offset: int = 0
    closing: int = 0

    def add(self, act: Act) -> None:
        """Append an act."""
        self.acts.append(act)
        self.offset = max(self.offset, act.offset)
        self.closing = self.offset + (self.patience if self.doubtful else self.gap)

    @property
    def onset(self) -> int:
        """First sample."""
        return min(act.onset for act in self.acts)

    @property
    def doubtful(self) -> bool:
        """Whether all of it may be a rhythm of single muscles."""
        return self.side != "B" and synchrony(self.acts) < TOGETHER


def synchrony(acts: Sequence[Act]) -> float:
    """Share of one-sided acts in which two muscles begin together."""
    return sum([act.together >= 2 for act in acts]) / len(acts)


def together_by_chance(acts: Sequence[Act], window: float) -> bool:
    """Whether muscles with many bursts begin together no more often than chance makes them.

    Those of hemifacial spasm do nearly always; of two muscles that each have five groups a second
    a quarter do.

    Parameters
    ----------
    acts : sequence of Act
        Of one side.
    window : float
        Samples within which two begin together.
    """
    onsets: dict[int, list[int]] = {}
    for act in acts:
        for reading in act.readings:
            onsets.setdefault(reading.burst.channel, []).append(reading.onset)
    trains = [np.sort(times) for times in onsets.values() if len(times) >= FEWEST_BURSTS]
    met, expected, n_bursts = 0, 0.0, 0
    for one, other in permutations(trains, 2):
        span = max(one[-1], other[-1]) - min(one[0], other[0])
        near = np.searchsorted(other, one + window, "right") - np.searchsorted(other, one - window)
        met += int(np.count_nonzero(near))
        expected += len(one) * (1.0 - exp(-2.0 * window * len(other) / max(span, 1)))
        n_bursts += len(one)
    return n_bursts > 0 and met - expected <= BY_CHANCE * (n_bursts - expected)


def loud(acts: Sequence[Act]) -> list[Act]:
    """Acts without what is faint beside the same muscle's, such as what a muscle does at rest."""
    loudest: dict[int, float] = {}
    for act in acts:
        for reading in act.readings:
            channel = reading.burst.channel
            if reading.amplitude > loudest.get(channel, 0.0):
                loudest[channel] = reading.amplitude
    least = {channel: FAINT * amplitude for channel, amplitude in loudest.items()}
    kept = []
    for act in acts:
        readings = tuple([r for r in act.readings if r.amplitude >= least.get(r.burst.channel, 0)])
        if len(readings) == len(act.readings):
            kept.append(act)
        elif readings:
            kept.append(replace(act, readings=readings))
    return kept


_onset = attrgetter("onset")


def split(acts: Iterable[Act], gap: int) -> list[list[Act]]:
    """Acts that are one spasm, together: no pause of `gap` samples between them."""
    parts: list[list[Act]] = []
    stop = 0
    for act in sorted(acts, key=_onset):
        if parts and act.onset < stop + gap:
            parts[-1].append(act)
        else:
            parts.append([act])
            stop = act.offset
        stop = max(stop, act.offset)
    return parts
