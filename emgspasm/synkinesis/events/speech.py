"""Speech and chewing beside spasms: what the lower face of one side does for itself.

Both move the lower face of both sides (clinical facts 2), but of weak ones one side alone is found
now and then. Where spasms are known to begin at the eye, as they do (clinical facts 1), what the
lower face does again and again without it is none.
"""

from __future__ import annotations

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.events.experience import Experience

CLONIC = 0.2
"""Longest clonic burst in seconds (clinical facts 2)."""

BUSY, FEWEST = 6.0, 3
"""Seconds in which acts of the lower face count, and how many are speech or chewing [sim]."""


def without_speech(acts: list[Act], side: str, known: Experience, fs: float) -> list[Act]:
    """Acts of one side without those of the lower face alone that speech and chewing explain.

    A blink may hide the eye, and so may a movement of both eyes.

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
    return [
        act
        for act in acts
        if not act.of_lower_face
        or any(r.site.region is None for r in act.readings)  # chewing muscles have their event
        or (act.on_blink and act.offset - act.onset <= CLONIC * fs)
        or act.eyes_move
        or known.n_of_lower_face(act.onset, BUSY * fs) < FEWEST
    ]
