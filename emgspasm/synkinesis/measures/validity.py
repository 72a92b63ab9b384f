"""Valid time: when bursts were sought, and when that tells spasms of a side, or blinks.

Outside it nothing was looked for, or nothing could be seen, so nothing found there means nothing:
without any, a number per valid time is n/a, never a zero (clinical facts 4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from emgspasm.labels import SIDE_LETTERS, Side
from emgspasm.stream import Event, StreamInfo
from emgspasm.synkinesis.measures.spans import common, joined, outside
from emgspasm.synkinesis.spread import BROW, EYE, REGIONS

Valid = Mapping[int, NDArray[np.int64]]
"""Stretches in which bursts were sought, by channel: first samples, and samples after the last."""

LASTING = 12.0
"""Seconds from which on a burst of an artifact hides what its muscle does [design]: longer than
any spasm."""

PROVING = frozenset({EYE, BROW})
"""Regions without which nothing of a side is called a spasm
(:mod:`emgspasm.synkinesis.events.proof`): it begins at the eye (clinical facts 1)."""


def without_artifacts(sought: Valid, artifacts: Valid, fs: float) -> Valid:
    """When bursts were sought, and no lasting artifact hid them.

    Parameters
    ----------
    sought : mapping
        When bursts were sought.
    artifacts : mapping
        Onsets and offsets of the bursts of artifacts, by channel.
    fs : float
        Hertz.
    """
    hidden = {
        column: spans[spans[:, 1] - spans[:, 0] >= LASTING * fs]
        for column, spans in artifacts.items()
    }
    return dict(sought) | {
        column: outside(sought[column], spans)
        for column, spans in hidden.items()
        if len(spans) and column in sought
    }


def hidden(event: Event, channels: Collection[int], fs: float) -> int:
    """Samples in which all these channels (columns) show nothing but a lasting artifact."""
    if event.trial_type != "artifact":
        return 0
    bursts = [b for b in event.bursts if b.offset - b.onset >= LASTING * fs]
    if not channels or not {b.channel for b in bursts}.issuperset(channels):
        return 0
    return max(0, min(b.offset for b in bursts) - max(b.onset for b in bursts))


def of_face(valid: Valid) -> NDArray[np.int64]:
    """When bursts were sought in any channel."""
    return _together(valid.values())


def of_side(info: StreamInfo, valid: Valid, letter: str) -> NDArray[np.int64]:
    """When spasms of a side (``L``, ``R``) can be told, or blinks, which are of both (``B``).

    Of blinks, bursts were sought in both eyes. Of spasms, in an eye or brow of the side, and in a
    facial muscle of both sides: where nobody knows whether the other side joins, no spasm is named
    (:func:`emgspasm.synkinesis.acts.bilateral.sideless`).
    """
    if letter == "B":
        return _of_both(info, valid, {EYE})
    proven = _together(_spans(info, valid, SIDE_LETTERS[letter], PROVING).values())
    return common(proven, _of_both(info, valid, set(REGIONS.values())))


def of_region(info: StreamInfo, valid: Valid, letter: str, region: str) -> NDArray[np.int64]:
    """When a region of a side (``L``, ``R``) was seen."""
    return _together(_spans(info, valid, SIDE_LETTERS[letter], {region}).values())


def of_muscle(info: StreamInfo, valid: Valid, column: int) -> NDArray[np.int64]:
    """When it can be told whether a muscle takes part in spasms.

    Bursts were sought in it, and spasms of its side can be told; without a side, those of either.
    """
    side = info.channels[column].side
    sides = [letter for letter, name in SIDE_LETTERS.items() if side in (name, "midline", None)]
    return common(valid[column], _together(of_side(info, valid, letter) for letter in sides))


def _of_both(info: StreamInfo, valid: Valid, regions: Collection[str]) -> NDArray[np.int64]:
    """When bursts were sought in the same muscle of both sides, one of these regions."""
    left, right = (_spans(info, valid, side, regions) for side in SIDE_LETTERS.values())
    return _together(common(left[muscle], right[muscle]) for muscle in left.keys() & right.keys())


def _spans(
    info: StreamInfo, valid: Valid, side: Side, regions: Collection[str]
) -> dict[str, NDArray[np.int64]]:
    """When bursts were sought in each muscle of a side that is of one of these regions."""
    found: dict[str, list[NDArray[np.int64]]] = {}
    for column, spans in valid.items():
        channel = info.channels[column]
        if channel.side == side and REGIONS.get(channel.muscle or "") in regions:
            found.setdefault(channel.muscle or "", []).append(spans)
    return {muscle: _together(parts) for muscle, parts in found.items()}


def _together(parts: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    return joined(np.concatenate([np.empty((0, 2), np.int64), *parts]))
