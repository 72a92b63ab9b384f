"""How loud muscles are in spasms, and what is too faint beside that to be one.

At rest every muscle moves a little now and then: a brow, a corner of the mouth. Where spasms are
known, an act of one muscle is a spasm by itself; it must be about as strong as spasms are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from emgspasm.synkinesis.acts import Act, overlap
from emgspasm.synkinesis.experience import Experience

FAINTEST = 0.3
"""Share of its usual amplitude in spasms under which a muscle is in none, unless three begin
together [sim]: 2 of 443 true spasms on known sides were fainter, 29 of 42 false ones of 20 dB."""

SURE = 3
"""Muscles that must begin together for a spasm where only the other side is known to have them; one
spasm of so many proves its side [design]: three hardly ever begin together by chance."""

BEATS = 0.16
"""Seconds between clonic bursts of one spasm, mostly (clinical facts 9: median 120 ms)."""


def note_loudness(part: Iterable[Act], known: Experience) -> None:
    """Remember the amplitude of each muscle in a spasm that proved its side."""
    for reading in (r for act in part for r in act.readings):
        known.remember_loudness(reading.burst.channel, reading.amplitude)


def without_faint(acts: Sequence[Act], known: Experience, fs: float) -> list[Act]:
    """Acts of one side without those in which every muscle is far fainter than in its spasms.

    What a blink of both eyes holds of an act is not measured by itself, and what comes as soon as
    clonic bursts follow each other may be a faint one of them.

    Parameters
    ----------
    acts : sequence of Act
    known : Experience
    fs : float
        Hertz.
    """
    loud = [act for act in acts if _is_loud(act, known)]
    if len(loud) == len(acts):
        return loud
    gap = BEATS * fs
    return [
        act
        for act in acts
        if _is_loud(act, known) or any(-overlap(act, other) < gap for other in loud)
    ]


def _is_loud(act: Act, known: Experience) -> bool:
    if act.carried or act.together >= SURE:
        return True
    return any(
        r.amplitude >= FAINTEST * known.usual_loudness(r.burst.channel) for r in act.readings
    )
