"""How far a spasm has spread over the face (clinical facts 3 and 5)."""

from __future__ import annotations

from collections.abc import Iterable

EYE, BROW, CHEEK, MOUTH, NECK = "eye", "brow", "cheek", "mouth", "neck"
REGIONS = {
    "OOC": EYE,
    "FRO": BROW,
    "COR": BROW,
    "ZYG": CHEEK,
    "OOR": MOUTH,
    "MEN": MOUTH,
    "PLA": NECK,
}
"""Region of every muscle that the facial nerve moves; others are no part of hemifacial spasm."""

STAGES = {EYE: 1, CHEEK: 2, MOUTH: 3, NECK: 4}
LOWER = frozenset({CHEEK, MOUTH, NECK})


def regions(muscles: Iterable[str]) -> frozenset[str]:
    """Regions of these muscles."""
    return frozenset([REGIONS[muscle] for muscle in muscles if muscle in REGIONS])


def spread_stage(muscles: Iterable[str]) -> int:
    """Farthest stage reached: 0 none, 1 eye, 2 cheek, 3 mouth, 4 neck (the brow is no stage)."""
    return max([STAGES.get(region, 0) for region in regions(muscles)], default=0)
