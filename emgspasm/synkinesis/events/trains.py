"""Which muscles burst in trains, and which of these keep time."""

from __future__ import annotations

from emgspasm.synkinesis.acts.verdicts import is_beyond_chance
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.measures.rhythm import groups, is_rhythm, is_slow_train
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import EYE

GROUP = 0.3
"""Longest group of a myokymia in seconds: 0.2 (clinical facts 2), and what merges with it."""

TRAIN_MEMORY = 12.0
"""Seconds for which a muscle that was in a train, or in rhythm, is taken to be still [design]."""

TRAIN = 3
"""Bursts of a slow train of a muscle other than the eye [sim]."""

STEADY, STRICT, LONG, LOOSE = 6, 0.12, 16, 0.2
"""Groups of a train of an eye, and the coefficient of variation of their intervals, of a few and of
many [sim]: a clonic spasm of the eye alone is a train of one muscle, too. Of irregular bursts,
three a second, six to sixty are such a train in 2 of 100; myokymia keeps time, but runs that follow
each other closely have each a beat of their own: so many in a row may be strict."""

RHYTHM, FEWEST_BEATS = 8, 4
"""Bursts of a rhythm that is no spasm though spasms are known [sim]: groups make one of fewer by
chance. Bursts of one that is told as a rhythm [sim]: of 754 runs of myokymia 8 have fewer that are
seen; units that fire now and then in a face at rest seldom keep time for so long."""


def note_trains(chain: Chain, known: Experience, fs: float) -> None:
    """Remember the channels in trains and those in rhythm, faint bursts left out."""
    bursts: dict[tuple[int, bool], list[tuple[int, int]]] = {}
    for reading in (r for act in chain.acts for r in act.readings):
        if is_beyond_chance(reading, fs):
            of = reading.burst.channel, reading.site.region == EYE
            bursts.setdefault(of, []).append((reading.onset, reading.offset))
    for (channel, eye), extents in bursts.items():
        moments = groups(extents, fs)
        in_train = _is_train(moments, chain.side, known, fs, eye=eye)
        if in_train:
            known.trains[channel] = moments[-1]
        # a train of an eye keeps time; where other muscles are recorded, it is named by fewer beats
        if (in_train and chain.side in known.eyes_only) or is_rhythm(moments, fs, FEWEST_BEATS):
            known.rhythmic[channel] = moments[-1]


def _is_train(moments: list[int], side: str, known: Experience, fs: float, *, eye: bool) -> bool:
    """Whether onsets of one muscle are those of a train.

    On a side that is not known to have spasms a slow one is, though irregular; but not of an eye,
    whose spasms may be its own: hemifacial spasm begins there (clinical facts 1). Where the other
    eye was not seen to blink, and no spasms are known, they may be blinks.
    """
    if side in known.eyes_only or (eye and (known.knows(side) or known.sees_both_eyes())):
        few = RHYTHM if known.knows(side) and side not in known.eyes_only else STEADY
        if is_rhythm(moments, fs, few, STRICT) or is_rhythm(moments, fs, LONG, LOOSE):
            return True
        stretches = (moments[k : k + LONG] for k in range(0, len(moments), LONG // 2))
        return any(is_rhythm(stretch, fs, LONG, STRICT) for stretch in stretches)
    if is_rhythm(moments, fs, RHYTHM):
        return True
    return not known.knows(side) and is_slow_train(moments, fs, TRAIN)


def of_train(reading: Reading, trains: dict[int, int], fs: float) -> bool:
    """Whether a burst comes while its muscle is known to be in a train, and is no longer."""
    last = trains.get(reading.burst.channel) if trains else None
    return (
        last is not None
        and reading.onset - last <= TRAIN_MEMORY * fs
        and reading.offset - reading.onset <= GROUP * fs
    )
