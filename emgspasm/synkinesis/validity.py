"""Valid time: when bursts were sought, and when that tells spasms of a side, or blinks.

Outside it nothing was looked for, so nothing found there means nothing: without any, a number per
valid time is n/a, never a zero (clinical facts 4).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import SIDE_LETTERS, StreamInfo
from emgspasm.synkinesis.measures import common, joined
from emgspasm.synkinesis.spread import BROW, EYE, REGIONS

Valid = Mapping[int, NDArray[np.int64]]
"""Stretches in which bursts were sought, by channel: first samples, and samples after the last."""

PROVING = frozenset({EYE, BROW})
"""Regions without which nothing of a side is called a spasm (:mod:`emgspasm.synkinesis.naming`):
it begins at the eye (clinical facts 1)."""


def of_face(valid: Valid) -> NDArray[np.int64]:
    """When bursts were sought in any channel."""
    return joined(np.concatenate([np.empty((0, 2), np.int64), *valid.values()]))


def of_side(info: StreamInfo, valid: Valid, letter: str) -> NDArray[np.int64]:
    """When spasms of a side (``L``, ``R``) can be told, or blinks, which are of both (``B``).

    Of spasms, bursts were sought in its eye or brow; of blinks, in both eyes.
    """
    if letter == "B":
        left, right = (_of_regions(info, valid, {SIDE_LETTERS[s]}, {EYE}) for s in ("L", "R"))
        return common(left, right)
    return _of_regions(info, valid, {SIDE_LETTERS[letter]}, PROVING)


def of_muscle(info: StreamInfo, valid: Valid, column: int) -> NDArray[np.int64]:
    """When it can be told whether a muscle takes part in spasms.

    Bursts were sought in it, and spasms of its side can be told; without a side, those of either.
    """
    side = info.channels[column].side
    sides = {side} if side in SIDE_LETTERS.values() else set(SIDE_LETTERS.values())
    return common(valid[column], _of_regions(info, valid, sides, PROVING))


def _of_regions(
    info: StreamInfo, valid: Valid, sides: Collection[str | None], wanted: Collection[str]
) -> NDArray[np.int64]:
    """When bursts were sought in a muscle of these regions and sides."""
    channels = {column: info.channels[column] for column in valid}
    here = [c for c, told in channels.items()
            if told.side in sides and REGIONS.get(told.muscle or "") in wanted]  # fmt: skip
    return of_face({column: valid[column] for column in here})
