"""How loud muscles are in spasms, and what is too faint beside that to be one.

At rest every muscle moves a little now and then: a brow, a corner of the mouth. Where spasms are
known, an act of one muscle is a spasm by itself; it must be about as strong as spasms are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from emgspasm.synkinesis.acts.act import Act, overlap
from emgspasm.synkinesis.events.experience import CERTAIN, Experience
from emgspasm.synkinesis.spread import EYE

FAINTEST = 0.3
"""Share of its usual amplitude in spasms under which a muscle is in none, unless three begin
together [sim]: 2 of 443 true spasms on known sides were fainter, 29 of 42 false ones of 20 dB."""

SLIGHT = 0.6
"""Share of their usual amplitude in spasms under which muscles that act alone may be at rest; where
many acts are such (`Experience.is_restless`) they are none [sim]: of recorded muscle at 10 dB 67 of
105 false spasms go and 1 of 359 true ones."""

SURE = 3
"""Muscles that by beginning together are a spasm whatever acts alone beside them; one spasm of so
many proves its side [design]: three hardly ever begin together by chance."""

BEATS = 0.16
"""Seconds between clonic bursts of one spasm, mostly (clinical facts 9: median 120 ms)."""


def note_loudness(part: Iterable[Act], known: Experience) -> None:
    """Remember the amplitude of each muscle in a spasm that proved its side."""
    for act in part:
        known.remember_loudness(act.readings)


def without_faint(acts: Sequence[Act], known: Experience, fs: float) -> list[Act]:
    """Acts of one side without those in which every muscle is far fainter than in its spasms.

    What a blink of both eyes holds of an act is not measured by itself, and what comes as soon as
    clonic bursts follow each other may be a faint one of them. Where slight acts of single muscles
    come often, these are left out too.

    Parameters
    ----------
    acts : sequence of Act
    known : Experience
        Updated: which acts were slight.
    fs : float
        Hertz.
    """
    loud = [act for act in acts if _reaches(FAINTEST, act, known)]
    if len(loud) < len(acts):
        gap = BEATS * fs
        acts = [act for act in acts if any(-overlap(act, other) < gap for other in loud)]
    return [act for act in acts if not _is_of_rest(act, known)]


def _reaches(share: float, act: Act, known: Experience) -> bool:
    """Whether a muscle of the act reaches this share of its usual amplitude in spasms."""
    if act.carried or act.together >= SURE:
        return True
    for reading in act.readings:
        if reading.amplitude >= share * known.usual_loudness(reading.burst.channel):
            return True
    return False


def _is_of_rest(act: Act, known: Experience) -> bool:
    """Whether an act is as slight as many of its side; whether it is slight is remembered."""
    if act.carried or act.on_blink:
        return False
    slight = act.together < 2 and not (_is_sure_eye(act) or _reaches(SLIGHT, act, known))
    known.slight[act.side].append(slight)
    return slight and known.is_restless(act.side)


def _is_sure_eye(act: Act) -> bool:
    """Whether an eye is of one side for certain, as it must be where eyes alone are recorded."""
    return any(r.site.region == EYE and r.least_li >= CERTAIN for r in act.readings)
