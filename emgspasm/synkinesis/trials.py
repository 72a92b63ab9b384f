"""Movements on cue: what moves, what moves along, and how often (clinical facts 4 to 6)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Burst
from emgspasm.synkinesis.markers import AFTER, Marker
from emgspasm.synkinesis.reading import Site

PRIMES = {
    "brow": "FRO",
    "close_gentle": "OOC",
    "close_forced": "OOC",
    "wink": "OOC",
    "smile": "ZYG",
    "snarl": "ZYG",
    "pucker": "OOR",
    "lip": "MEN",
    "platysma": "PLA",
}
"""Prime muscle of a movement."""

MAXIMAL = {
    "brow": "FRO",
    "close_forced": "OOC",
    "smile": "ZYG",
    "pucker": "OOR",
    "lip": "MEN",
    "platysma": "PLA",
    "snarl": "COR",
}
"""Movements whose trials tell the maximal voluntary contraction of a muscle [design]."""

LATENCY = 0.150
"""Seconds after the prime muscle within which a synkinesis begins (clinical facts 4)."""

LEAST_SHARE = 10.0
"""Percent of the maximal contraction that counts (clinical facts 4)."""

FEWEST_TRIALS = 3
"""Trials without which no probability and no maximal contraction is told (clinical facts 4)."""

BEST = 0.5
"""Seconds of the best part of a maximal trial (clinical facts 5)."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One muscle in one trial, beside the prime muscle of its side.

    Parameters
    ----------
    marker : Marker
    side : str
        ``L`` or ``R``.
    prime, other : Burst or None
        First bursts of both in the trial; None where there is none.
    prime_muscle, other_muscle : str
    latency : float or None
        Seconds from the prime's onset to the other's.
    prime_share, other_share : float or None
        Percent of the maximal contraction; None where that is unknown.
    index : float or None
        Synkinesis index, ``other_share / prime_share``.
    synkinesis : bool or None
        Whether the other moved along; None if the prime did not move.
    spasm : bool
        Whether a hemifacial spasm overlaps the trial.
    """

    marker: Marker
    side: str
    prime: Burst | None
    other: Burst | None
    prime_muscle: str
    other_muscle: str
    latency: float | None
    prime_share: float | None
    other_share: float | None
    index: float | None
    synkinesis: bool | None
    spasm: bool


def trials(
    marked: Iterable[Marker],
    bursts: Sequence[Burst],
    spasms: Sequence[tuple[int, int, str]],
    sites: Mapping[int, Site],
    maxima: Mapping[int, float],
    sampling_frequency: float,
) -> Iterator[Trial]:
    """Every muscle beside the prime one, in every trial and on both sides.

    Parameters
    ----------
    marked : iterable of Marker
    bursts : sequence of Burst
        In order of onset, without those that cross-talk explains.
    spasms : sequence of (int, int, str)
        Onset, offset and side of the hemifacial spasms.
    sites : mapping
        By channel.
    maxima : mapping
        Maximal contraction by channel, in its unit.
    sampling_frequency : float
        Hertz.
    """
    onsets = [burst.onset for burst in bursts]
    for marker in marked:
        stop = marker.offset + round(AFTER * sampling_frequency)
        inside = bursts[bisect_left(onsets, marker.onset) : bisect_left(onsets, stop)]
        sides = {side for a, b, side in spasms if a < stop and marker.onset < b}
        for prime, other in _couples(marker.task, sites):
            side = sites[prime].side
            yield _trial(
                marker, side, prime, other, inside, sites, maxima, sampling_frequency,
                spasm=side in sides,
            )  # fmt: skip


def _couples(task: str, sites: Mapping[int, Site]) -> Iterator[tuple[int, int]]:
    """Channels of the prime muscle and of every other one of its side."""
    for prime, place in sites.items():
        if place.muscle == PRIMES.get(task) and place.side:
            for other, elsewhere in sites.items():
                if elsewhere.side == place.side and elsewhere.muscle != place.muscle:
                    yield prime, other


def _trial(
    marker: Marker,
    side: str,
    prime: int,
    other: int,
    bursts: Sequence[Burst],
    sites: Mapping[int, Site],
    maxima: Mapping[int, float],
    fs: float,
    *,
    spasm: bool,
) -> Trial:
    lead = _strongest(bursts, prime)
    along = None
    if lead is not None:
        window = (lead.onset - 0.05 * fs, lead.onset + LATENCY * fs)
        near = [b for b in bursts if b.channel == other and window[0] <= b.onset <= window[1]]
        along = _strongest(near, other)
    lead_share, share = _share(lead, maxima), _share(along, maxima)
    return Trial(
        marker,
        side,
        lead,
        along,
        sites[prime].muscle,
        sites[other].muscle,
        (along.onset - lead.onset) / fs if lead and along else None,
        lead_share,
        share,
        share / lead_share if share is not None and lead_share else None,
        None if lead is None else along is not None and (share is None or share > LEAST_SHARE),
        spasm,
    )


def _strongest(bursts: Iterable[Burst], channel: int) -> Burst | None:
    """The burst that holds most energy."""
    mine = [b for b in bursts if b.channel == channel]
    return max(mine, key=lambda b: b.mean**2 * (b.offset - b.onset), default=None)


def _share(burst: Burst | None, maxima: Mapping[int, float]) -> float | None:
    if burst is None or burst.channel not in maxima:
        return None
    return 100 * burst.mean / maxima[burst.channel]


def maximal_contraction(
    envelopes: Sequence[NDArray[np.float64]], sampling_frequency: float
) -> float | None:
    """95th percentile of the best half second of the three best of the maximal trials.

    Parameters
    ----------
    envelopes : sequence of ndarray
        Envelope of the muscle in every trial without a spasm.

    Returns
    -------
    float or None
        In their unit; None with fewer than three trials.
    """
    size = round(BEST * sampling_frequency)
    best = []
    for envelope in envelopes:
        if len(envelope) >= size and np.isfinite(envelope).all():
            sums = np.cumsum(np.concatenate([[0.0], envelope]))
            start = int(np.argmax(sums[size:] - sums[:-size]))
            best.append(envelope[start : start + size])
    if len(best) < FEWEST_TRIALS:
        return None
    best.sort(key=lambda part: float(part.mean()), reverse=True)
    return float(np.percentile(np.concatenate(best[:FEWEST_TRIALS]), 95))
