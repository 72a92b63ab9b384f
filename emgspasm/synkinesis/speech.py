"""Speech and chewing beside spasms: what the lower face of one side does for itself.

Both move the lower face of both sides (clinical facts 2), but of weak ones one side alone is found
now and then. Where spasms are known to begin at the eye, as they do (clinical facts 1), what the
lower face does again and again without it is none.
"""

from __future__ import annotations

from collections.abc import Iterable

from emgspasm.synkinesis.acts import Act
from emgspasm.synkinesis.experience import Experience
from emgspasm.synkinesis.spread import BROW, EYE, regions

BEATS = 0.160
"""Seconds from an act of eye or brow up to which the lower face may act alone within a spasm [sim]:
the pause between clonic bursts (clinical facts 9: their median interval is 120 ms), in one of which
the eye may be missed."""

CLONIC = 0.2
"""Longest clonic burst in seconds (clinical facts 2): the blink may hide the eye."""

BUSY, FEWEST = 6.0, 3
"""Seconds in which acts of the lower face count, and how many are speech or chewing [sim]."""


def without_speech(acts: list[Act], side: str, known: Experience, fs: float) -> list[Act]:
    """Acts of one side without those of the lower face alone that speech and chewing explain.

    Parameters
    ----------
    acts : list of Act
    side : str
    known : Experience
    fs : float
        Hertz.
    """
    if not known.eye_joins(side):
        return acts
    upper = [act for act in acts if regions(act.muscles) & {EYE, BROW}]
    return [
        act
        for act in acts
        if not act.of_lower_face
        or any(r.site.region is None for r in act.readings)  # chewing muscles have their event
        or (act.on_blink and act.offset - act.onset <= CLONIC * fs)
        or is_near(act, upper, BEATS * fs)
        or known.n_of_lower_face(act.onset, BUSY * fs) < FEWEST
    ]


def is_near(act: Act, others: Iterable[Act], gap: float) -> bool:
    """Whether it overlaps one of the others, or is closer than `gap` samples to it."""
    return any(act.onset < o.offset + gap and o.onset < act.offset + gap for o in others)
