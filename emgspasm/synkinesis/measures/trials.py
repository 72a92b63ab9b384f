"""Movements on cue: what moves, what moves along, and how often (clinical facts 4 to 6)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Burst
from emgspasm.synkinesis.markers import AFTER, PRIMES, Marker
from emgspasm.synkinesis.measures.spans import overlaps
from emgspasm.synkinesis.measures.validity import Valid
from emgspasm.synkinesis.readings.reading import Site

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

EARLY = 0.050
"""Seconds by which it may seem to begin before the prime muscle, whose rise is slow [design]."""

LEAST_SHARE = 10.0
"""Percent of the maximal contraction that counts (clinical facts 4)."""

FEWEST_TRIALS = 3
"""Fewest trials for a probability or a maximal contraction (clinical facts 4)."""

BEST = 0.5
"""Seconds of the best part of a maximal trial (clinical facts 5)."""

LONGEST_TRIAL = 10.0
"""Seconds of a marker up to which the envelopes of all muscles are kept [design]."""

Envelopes = Mapping[tuple[Marker, int], Sequence[NDArray[np.float64]]]


@dataclass(frozen=True, slots=True)
class Trial:
    """One muscle in one trial, beside the prime muscle of its side.

    Parameters
    ----------
    marker : Marker
    side : str
        ``L`` or ``R``.
    prime, other : Burst or None
        Bursts of most energy of both in the trial; None where there is none, or the prime muscle
        was not seen from the cue to where it begins.
    prime_muscle, other_muscle : str
    latency : float or None
        Seconds from the prime's onset to the other's.
    prime_share, other_share : float or None
        Percent of the maximal contraction; None where that is unknown.
    index, difference : float or None
        Synkinesis index, ``other_share / prime_share``, and how much larger it is than on the
        other side, where a muscle that stood still counts 0.
    overlap : float or None
        See :func:`overlap`.
    synkinesis : bool or None
        Whether the other moved along; None if the prime did not move, or the other has no burst
        and was not seen all the time in which it may have begun.
    spasm : bool or None
        Whether a hemifacial spasm overlaps the trial; None where that cannot be told.
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
    difference: float | None
    overlap: float | None
    synkinesis: bool | None
    spasm: bool | None


def trials(
    marked: Iterable[Marker],
    bursts: Sequence[Burst],
    spasms: Sequence[tuple[int, int, str]],
    sites: Mapping[int, Site],
    maxima: Mapping[int, float],
    envelopes: Envelopes,
    valid: Valid,
    sampling_frequency: float,
) -> Iterator[Trial]:
    """Every muscle beside the prime one, in every trial and on both sides.

    Parameters
    ----------
    marked : iterable of Marker
    bursts : sequence of Burst
        In order of onset; those that began in valid time, and that cross-talk does not explain.
    spasms : sequence of (int, int, str)
        Onset, offset and side of the hemifacial spasms.
    sites : mapping
        By channel.
    maxima : mapping
        Maximal contraction by channel, in its unit.
    envelopes : mapping
        Envelope by marker and channel, in pieces.
    valid : mapping
        Valid time of every channel.
    sampling_frequency : float
        Hertz.
    """
    onsets = [burst.onset for burst in bursts]
    marked = list(marked)
    cues = [marker.onset for marker in marked if marker.movement]
    for marker in marked:
        if marker.task not in PRIMES:
            continue
        stop = marker.offset + round(AFTER * sampling_frequency)
        # what begins after the next cue is of that trial, as in events (Schedule.under_way)
        stop = min([stop, *(cue for cue in cues if cue > marker.onset)])
        inside = bursts[bisect_left(onsets, marker.onset) : bisect_left(onsets, stop)]
        sides = {side for a, b, side in spasms if a < stop and marker.onset < b}
        told = []
        for prime, other in _couples(marker.task, sites):
            side = sites[prime].side
            trial = _trial(
                marker, side, prime, other, inside, sites, maxima, valid, sampling_frequency,
                spasm=side in sides,
            )  # fmt: skip
            shared = _shared(trial, prime, other, maxima, envelopes)
            told.append(replace(trial, overlap=shared))
        indices = {(t.side, t.other_muscle): _index_or_zero(t) for t in told}
        for trial in told:
            here = indices[trial.side, trial.other_muscle]
            there = indices.get(({"L": "R", "R": "L"}[trial.side], trial.other_muscle))
            if here is not None and there is not None:
                trial = replace(trial, difference=here - there)
            yield trial


def _index_or_zero(trial: Trial) -> float | None:
    """Synkinesis index; 0 where the prime muscle moved, by a known share, and the other did not."""
    still = trial.synkinesis is False and trial.other is None
    return 0.0 if trial.prime_share and still else trial.index


def _shared(
    trial: Trial, prime: int, other: int, maxima: Mapping[int, float], envelopes: Envelopes
) -> float | None:
    """Overlap in a trial in which both moved, by known shares of their maxima."""
    both = [(trial.prime, prime), (trial.other, other)]
    parts = []
    for burst, channel in both:
        pieces = envelopes.get((trial.marker, channel))
        if burst is None or pieces is None or channel not in maxima:
            return None
        power = np.concatenate(pieces) ** 2 - burst.baseline**2
        parts.append(np.sqrt(np.maximum(power, 0.0)) / maxima[channel])
    return overlap(parts[0], parts[1])


def overlap(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Integral of the smaller over that of the larger amplitude: 1 is both alike all the time.

    Parameters
    ----------
    first, second : ndarray, shape (n_samples,)
        Noise-corrected amplitudes as shares of the maximal contraction (clinical facts 5).

    Returns
    -------
    float or None
        None where neither is active, or a sample is missing.
    """
    larger = float(np.maximum(first, second).sum())
    return float(np.minimum(first, second).sum()) / larger if larger > 0 else None


def _couples(task: str, sites: Mapping[int, Site]) -> Iterator[tuple[int, int]]:
    """Channels of the prime muscle and of every other one of its side."""
    for prime, place in sites.items():
        if place.muscle == PRIMES[task] and place.side:
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
    valid: Valid,
    fs: float,
    *,
    spasm: bool,
) -> Trial:
    lead = _strongest(bursts, prime)
    if lead and not seen(valid[prime], marker.onset, lead.onset + 1):  # it may have begun before
        lead = None
    along, known = None, False
    if lead is not None:
        first, stop = ceil(lead.onset - EARLY * fs), floor(lead.onset + LATENCY * fs) + 1
        along = _strongest((b for b in bursts if first <= b.onset < stop), other)
        # an electrode that was off then does not say that its muscle stood still
        known = along is not None or seen(valid[other], first, stop)
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
        None,
        None,
        along is not None and (share is None or share > LEAST_SHARE) if known else None,
        spasm,
    )


def seen(valid: NDArray[np.int64], first: int, stop: int) -> bool:
    """Whether all samples from `first` up to, without, `stop` are valid time."""
    return bool(overlaps([(first, stop)], valid)[0] == stop - first)


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
