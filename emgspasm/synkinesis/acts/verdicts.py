"""What one burst is, by what its own samples say of both sides and of its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log, sqrt
from typing import Literal, get_args

from emgspasm.dsp.rates import DURATIONS, bandwidth
from emgspasm.synkinesis.acts.act import meet
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.readings.history import LOOK
from emgspasm.synkinesis.readings.laterality import (
    DOUBTFUL,
    UNILATERAL,
    beyond,
    laterality_index,
)
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import EYE

Verdict = Literal["copy", "artifact", "both", "one", "minor", "unknown"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

LOPSIDED, TOGETHER = 0.9, 0.035
"""LI up to which an eye that the other joins is none of one side: a ratio of 19, and seconds from
one to the other: 20 ms (clinical facts 2) and the error of two detected boundaries [design]."""

AS_ONE, LASTING = 0.1, 0.5
"""Seconds from one side to the other within which both begin and end a movement: 50 ms (clinical
facts 2) and the error of two slow boundaries [sim]; and seconds that a movement lasts (clinical
facts 2)."""

SPILLED = 0.4
"""Raw correlation with the same muscle of the other side that no two muscles reach of themselves
(clinical facts 2 [sim]: hemifacial spasm 0.2-0.45 within a side, voluntary 0.02)."""

LEFT_OVER, SECONDS_LEFT = 0.4, 0.1
"""Share of a burst, and seconds, that must be left without the other side's bursts to be judged by
itself [design]."""

ENDS = 0.01
"""Seconds at the ends of a burst in which it is still weak [sim]."""

STANDS_OUT = 1.6
"""Times the noise from which a burst proves something by itself [sim]: of bursts of muscles other
than the eye called spasms, 13 of 15 false and 2 of 83 true ones are fainter."""

EVIDENT = 20.0
"""Log likelihood ratio of a burst against noise from which it proves something by itself, while the
other side is silent [sim]: of bursts alone on sides known to have spasms that were called nothing,
23 true ones and 2 false ones have more, 29 and 284 less."""

SLOW_SHARE, SLOWEST_SHARE = 0.2, 0.16
"""Of the sampling frequency, the most that `Rules.slow` and `Rules.slowest` may be [sim]: in a
narrow band muscle is slower. At 125 Hz one burst in a hundred has less than 28 Hz, at 200 Hz 36."""

LEANING = 0.3
"""LI from which a muscle whose other side shows no burst may be one of one side [sim]."""

AS_ALWAYS = 2.4
"""Times the amplitude of what a muscle does all the time up to which a burst is a part of that
[sim]: two of its units now and then discharge at the same time."""


def verdict(reading: Reading, partners: Sequence[Reading], rules: Rules, fs: float) -> Verdict:
    """What one burst is, by its own samples.

    Parameters
    ----------
    reading : Reading
    partners : sequence of Reading
        True bursts of the same muscle on the other side, at the same time.
    rules : Rules
    fs : float
        Hertz.
    """
    if reading.copy and reading.hum < rules.hum:  # mains is alike in all channels
        return "copy"
    if (
        (reading.frequency < rules.slow and is_slow(reading, rules, fs))  # nearly none
        or reading.hum >= rules.hum
        or reading.steps >= rules.steps
        or reading.shared >= rules.shared
    ):
        return "artifact"
    if is_unseen_over_there(reading) or not reading.site.side:
        return "unknown"
    quiet = reading.opposite_silent and not partners
    if reading.li >= UNILATERAL or (quiet and reading.li >= DOUBTFUL):
        return "one"
    if reading.li <= -UNILATERAL:
        return "minor"
    if quiet:
        return "unknown"  # what stands out over there may be noise
    return "both"


def is_unseen_over_there(reading: Reading) -> bool:
    """Whether the other side may be as strong and not be seen: not recorded, or lost in noise."""
    if reading.opposite != reading.opposite:
        return True
    return reading.opposite_silent and reading.least_li <= 0.0


def is_background(reading: Reading) -> bool:
    """Whether a burst is no more than what its muscle does all the time.

    People rarely relax fully: single units of one muscle or another discharge some ten times a
    second for minutes, each discharge a short burst. Such a muscle says nothing of events unless
    it does more than that.
    """
    return reading.burst.peak <= AS_ALWAYS * reading.tonic


def is_slow(reading: Reading, rules: Rules, fs: float) -> bool:
    """Whether its frequency is no muscle's: for certain, or by two standard deviations.

    The frequency is that of the burst without the noise's share of power; its error is that of the
    whole power, noise included.
    """
    slow, slowest = min(rules.slow, SLOW_SHARE * fs), min(rules.slowest, SLOWEST_SHARE * fs)
    if not reading.frequency < slow:
        return False
    own = prominence(reading)
    if reading.frequency < slowest * own:
        return True
    return reading.frequency * own < slow * (own - 2.0 * sqrt(1.0 / _freedom(reading, fs)))


def may_be_slow(reading: Reading, rules: Rules, fs: float) -> bool:
    """Whether a burst may be a saccade, a heart or a cable that is told too fast by chance.

    By two standard deviations, where half as much of it as of a pop is steps. In a narrow band
    muscle is as slow, and as much of it.
    """
    if fs < DURATIONS or not reading.steps >= rules.steps / 2:
        return False
    return reading.frequency < rules.slow * (1.0 + 2.0 * sqrt(1.0 / _freedom(reading, fs)))


def prominence(reading: Reading) -> float:
    """Share of a burst's power that the noise leaves to it."""
    return 1.0 - (reading.burst.baseline / reading.burst.mean) ** 2


def _freedom(reading: Reading, fs: float) -> float:
    """Independent values in a burst: twice its length times the bandwidth."""
    return max(2.0 * bandwidth(fs) * (reading.offset - reading.onset) / fs, 1.0)


def stands_out(reading: Reading) -> bool:
    """Whether a burst is strong enough to be more than chance or a neighbour's, by itself."""
    return reading.burst.mean >= STANDS_OUT * reading.burst.baseline


def is_evident(reading: Reading, fs: float) -> bool:
    """Whether a burst is more than noise for certain, while the other side is silent.

    By the likelihood ratio of its variance: what is faint is as certain if it lasts. An eye must
    be of one side more clearly, for what it does may be a blink of which the other eye is weak.
    """
    noise, level = reading.burst.baseline, reading.burst.mean
    least = UNILATERAL if reading.site.region == EYE else DOUBTFUL
    if not (reading.opposite_silent and reading.li >= least and level > noise):
        return False
    power = (level / max(noise, 1e-6 * level)) ** 2  # some channels are without any noise
    return _freedom(reading, fs) / 2.0 * (power - 1.0 - log(power)) >= EVIDENT


def is_beyond_chance(reading: Reading, fs: float) -> bool:
    """Whether a burst stands out of the noise, or lasts so long that it is certain.

    Noise that hums, or whose level rises, is full of faint ones, three of which may keep time.
    """
    return stands_out(reading) or is_evident(reading, fs)


def remainder(reading: Reading, partners: Sequence[Reading], fs: float) -> Reading:
    """Reading of what is left of a burst without its partners of the other side.

    `partners` are bursts of the same muscle on the other side. A spasm may last while both eyes
    blink or both sides begin to move: if what is left is of one side, its reading is returned,
    otherwise that of the whole burst. Energy is taken to be even within each burst.
    """
    if not partners:
        return reading
    offset, samples = reading.offset, reading.offset - reading.onset
    if samples > LOOK * fs:
        samples = round(LOOK * fs)
    earliest = offset - samples - round(ENDS * fs)  # its ends hold little of its energy
    shares = [min(p.offset, offset) - max(p.onset, earliest) for p in partners]
    left = samples - sum(shares)
    if left < max(LEFT_OVER * samples, SECONDS_LEFT * fs):
        return reading
    own, other, most = (
        amplitude**2 * samples
        for amplitude in (reading.amplitude, reading.opposite, reading.opposite_most)
    )
    for partner, shared in zip(partners, shares, strict=True):
        own -= partner.opposite**2 * shared
        other -= partner.amplitude**2 * shared
        most -= partner.amplitude**2 * shared
    mine, opposite, bound = (sqrt(max(energy / left, 0.0)) for energy in (own, other, most))
    index = beyond(laterality_index(mine, opposite), reading.usual)
    if not index >= UNILATERAL:
        return reading
    least = beyond(laterality_index(mine, bound), reading.usual)
    return reading.but(amplitude=mine, opposite=opposite, li=index, least_li=least)


def leaps_along(reading: Reading, cluster: Sequence[Reading], rules: Rules, fs: float) -> bool:
    """Whether a burst begins, with another muscle of its side, while the other side goes on.

    What the other side did before, such as units that discharge at rest, is no part of it, though
    it may be louder: electrodes differ. An eye with which the other one begins blinks, for blinks
    follow each other.
    """
    if not reading.leaps:
        return False
    if reading.site.region == EYE and any(
        r.site.column == reading.site.opposite and abs(r.onset - reading.onset) <= AS_ONE * fs
        for r in cluster
    ):
        return False
    mine = (
        r
        for r in cluster
        if r.site.side == reading.site.side and not r.copy and (r.leaps or r.li >= UNILATERAL)
    )
    return accompanied(reading, mine, rules, fs)


def alone(reading: Reading) -> Reading:
    """Reading of a burst of which the other side does nothing."""
    return reading.but(opposite=0.0, li=laterality_index(reading.amplitude, 0.0))


def sides_with(reading: Reading, one: list[Reading], rules: Rules, fs: float) -> bool:
    """Whether a burst that leans to its side, alone in its muscle, begins with others of it."""
    mine = (r for r in one if r.site.side == reading.site.side)
    return reading.li >= LEANING and accompanied(reading, mine, rules, fs)


def is_of_both(
    reading: Reading, one: list[Reading], partners: Sequence[Reading], rules: Rules, fs: float
) -> bool:
    """Whether the other side begins and ends with a burst that no other muscle of its side joins.

    Electrodes may lie so unevenly that a blink or a movement looks one-sided, and in real blinks
    the balance of the eyes flutters. Other muscles than the eye must be active for as long as a
    movement, and not by what crosses over.
    """
    eye = reading.site.region == EYE
    lasts = reading.offset - reading.onset >= LASTING * fs
    if reading.li >= LOPSIDED or not (eye or lasts):
        return False
    window = (TOGETHER if eye else AS_ONE) * fs
    alike = any(
        abs(r.onset - reading.onset) <= window
        and abs(r.offset - reading.offset) <= window
        and (eye or not spills(reading, r))
        for r in partners
    )
    mine = (r for r in one if r.site.side == reading.site.side)
    return alike and not accompanied(reading, mine, rules, fs)


def spills(reading: Reading, onto: Reading) -> bool:
    """Whether a burst of the other side is mostly what crossed over from this one."""
    return (
        onto.site.column == reading.site.opposite
        and meet(onto, reading)
        and bool(onto.rho[reading.site.column] >= SPILLED)
    )


def accompanied(reading: Reading, others: Iterable[Reading], rules: Rules, fs: float) -> bool:
    """Whether another muscle begins with it."""
    window, muscle, onset = rules.synchrony * fs, reading.site.muscle, reading.onset
    for other in others:
        if other.site.muscle != muscle and abs(other.onset - onset) <= window:
            return True
    return False
