"""A schematic face: outlines, regions of the muscles, their fibres, and electrodes.

Pure geometry, for the live window and for the report. The face looks at the reader, as seen
face to face: the person's left is on the right, at positive x; y points up. One unit is about
10 cm of an adult face. The shapes are our own drawing and show where a channel belongs; they are
no instruction for placing electrodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from emgspasm.contours import Points, curve, ellipse, mirrored

Half = Literal["left", "right"]

EXTENT = (-0.92, 0.92, -1.5, 1.24)
"""Smallest and largest x, smallest and largest y of the drawing."""

FACE_MUSCLES = ("FRO", "COR", "OOC", "ZYG", "MAS", "OOR", "MEN", "PLA")
"""Codes that have a region, from the brow to the neck."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One shape of the drawing.

    Parameters
    ----------
    name : str
        ``skin`` (filled, with an outline), ``eye``, ``iris`` and ``lip`` (filled), ``brow`` (a
        filled stroke) or ``line``.
    points : ndarray, shape (n, 2)
    closed : bool
    """

    name: str
    points: Points
    closed: bool


_HEAD = [
    (0.0, 1.17), (0.24, 1.135), (0.46, 1.015), (0.615, 0.795), (0.685, 0.48), (0.688, 0.14),
    (0.665, -0.16), (0.63, -0.42), (0.56, -0.64), (0.43, -0.83), (0.27, -0.965), (0.12, -1.01),
    (0.0, -1.015),
]  # fmt: skip
_EAR = [
    (0.672, 0.13), (0.725, 0.19), (0.785, 0.17), (0.80, 0.06), (0.765, -0.08), (0.735, -0.21),
    (0.69, -0.25), (0.66, -0.19),
]  # fmt: skip
_INNER_EAR = [(0.715, 0.10), (0.752, 0.11), (0.756, 0.03), (0.727, -0.05), (0.712, -0.13)]
_NECK = [
    (0.44, -0.70), (0.425, -0.95), (0.43, -1.13), (0.48, -1.27), (0.62, -1.36), (0.86, -1.43),
    (0.92, -1.5),
]  # fmt: skip
_EYE = [(0.165, 0.075), (0.225, 0.128), (0.305, 0.146), (0.385, 0.125), (0.445, 0.092)]
_EYE_BELOW = [(0.445, 0.092), (0.39, 0.058), (0.31, 0.040), (0.23, 0.048), (0.165, 0.075)]
_LID = [(0.175, 0.128), (0.235, 0.172), (0.31, 0.187), (0.395, 0.166), (0.452, 0.122)]
_BROW = [(0.108, 0.262), (0.125, 0.290), (0.22, 0.338), (0.34, 0.362), (0.45, 0.335), (0.53, 0.268)]
_BROW_BELOW = [
    (0.53, 0.268),
    (0.44, 0.312),
    (0.34, 0.328),
    (0.22, 0.294),
    (0.13, 0.248),
    (0.108, 0.262),
]
_NOSE_SIDE = [(0.070, -0.03), (0.078, -0.12), (0.096, -0.175), (0.118, -0.215)]
_NOSE_WING = [(0.118, -0.215), (0.145, -0.245), (0.128, -0.298), (0.085, -0.300)]
_NOSE_TIP = [(0.070, -0.302), (0.035, -0.312), (0.0, -0.325)]
_FOLD = [(0.165, -0.235), (0.225, -0.315), (0.275, -0.415), (0.292, -0.49)]
_UPPER_LIP = [
    (0.0, -0.472), (0.045, -0.455), (0.11, -0.478), (0.18, -0.512), (0.235, -0.532),
]  # fmt: skip
_MOUTH = [(0.235, -0.532), (0.15, -0.534), (0.07, -0.527), (0.0, -0.532)]
_LOWER_LIP = [(0.235, -0.532), (0.17, -0.585), (0.09, -0.618), (0.0, -0.625)]
_CHIN = [(0.075, -0.715), (0.035, -0.703), (0.0, -0.700)]

_REGIONS: dict[str, list[tuple[float, float]]] = {
    "FRO": [
        (0.035, 0.45), (0.032, 0.62), (0.06, 0.80), (0.20, 0.86), (0.36, 0.82), (0.48, 0.69),
        (0.525, 0.53), (0.535, 0.40), (0.44, 0.425), (0.33, 0.44), (0.20, 0.425), (0.10, 0.40),
    ],
    "COR": [
        (0.045, 0.215), (0.052, 0.30), (0.10, 0.365), (0.20, 0.40), (0.305, 0.405), (0.30, 0.378),
        (0.205, 0.352), (0.115, 0.305), (0.078, 0.225),
    ],
    "ZYG": [
        (0.405, -0.135), (0.505, -0.145), (0.545, -0.175), (0.50, -0.265), (0.425, -0.375),
        (0.335, -0.485), (0.30, -0.475), (0.31, -0.40), (0.345, -0.29), (0.375, -0.20),
    ],
    "MAS": [
        (0.565, -0.185), (0.615, -0.17), (0.635, -0.25), (0.605, -0.42), (0.545, -0.585),
        (0.455, -0.70), (0.395, -0.715), (0.395, -0.63), (0.44, -0.49), (0.515, -0.33),
    ],
    "MEN": [
        (0.022, -0.745), (0.075, -0.755), (0.135, -0.785), (0.185, -0.845), (0.175, -0.905),
        (0.105, -0.945), (0.022, -0.955),
    ],
    "PLA": [
        (0.105, -1.09), (0.23, -1.055), (0.33, -0.985), (0.390, -0.965), (0.400, -1.10),
        (0.435, -1.24), (0.52, -1.335), (0.60, -1.40), (0.53, -1.455), (0.34, -1.455),
        (0.14, -1.455), (0.095, -1.30),
    ],
}  # fmt: skip

_FIBRES: dict[str, list[list[tuple[float, float]]]] = {
    "FRO": [
        [(0.085, 0.445), (0.075, 0.62), (0.095, 0.785)],
        [(0.165, 0.455), (0.155, 0.64), (0.16, 0.815)],
        [(0.245, 0.465), (0.24, 0.64), (0.235, 0.82)],
        [(0.325, 0.475), (0.32, 0.64), (0.305, 0.80)],
        [(0.405, 0.47), (0.395, 0.62), (0.37, 0.765)],
        [(0.475, 0.455), (0.462, 0.57), (0.43, 0.70)],
    ],
    "COR": [[(0.066, 0.245), (0.10, 0.325), (0.19, 0.372), (0.285, 0.389)]],
    "ZYG": [
        [(0.425, -0.165), (0.385, -0.28), (0.325, -0.455)],
        [(0.465, -0.168), (0.415, -0.30), (0.335, -0.458)],
        [(0.51, -0.180), (0.445, -0.32), (0.35, -0.448)],
    ],
    "MAS": [
        [(0.570, -0.235), (0.505, -0.43), (0.425, -0.655)],
        [(0.600, -0.235), (0.555, -0.43), (0.455, -0.665)],
    ],
    "MEN": [
        [(0.055, -0.775), (0.052, -0.925)], [(0.095, -0.785), (0.098, -0.92)],
        [(0.135, -0.815), (0.142, -0.895)],
    ],
    "PLA": [
        [(0.155, -1.08), (0.145, -1.25), (0.18, -1.43)],
        [(0.225, -1.065), (0.215, -1.25), (0.27, -1.43)],
        [(0.295, -1.03), (0.285, -1.23), (0.36, -1.43)],
        [(0.36, -0.985), (0.352, -1.19), (0.45, -1.43)],
    ],
}  # fmt: skip

_SITES: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "FRO": ((0.32, 0.545), (0.315, 0.645)),
    "COR": ((0.135, 0.345), (0.23, 0.385)),
    "OOC": ((0.365, -0.045), (0.455, -0.005)),
    "ZYG": ((0.385, -0.335), (0.44, -0.250)),
    "OOR": ((0.215, -0.650), (0.125, -0.690)),
    "MEN": ((0.096, -0.800), (0.098, -0.900)),
    "MAS": ((0.560, -0.335), (0.525, -0.430)),
    "PLA": ((0.275, -1.150), (0.285, -1.250)),
}
"""Centres of the pair of every muscle along its fibres, 10 mm apart (clinical facts 3); the first
is the positive one."""


@cache
def drawing() -> tuple[Shape, ...]:
    """The face without its muscles, from back to front; points are read-only."""
    shapes = [Shape("skin", _both(_NECK, corner=True), closed=False)]
    shapes += _pair("skin", curve(_EAR), closed=True)
    shapes += _pair("line", curve(_INNER_EAR), closed=False)
    shapes.append(Shape("skin", curve(_around(_HEAD), closed=True), closed=True))
    eye = np.concatenate([curve(_EYE)[:-1], curve(_EYE_BELOW)[:-1]])
    shapes += _pair("eye", eye, closed=True)
    shapes += _pair("iris", ellipse(0.308, 0.095, 0.047, 0.047), closed=True)
    shapes += _pair("line", curve(_EYE), closed=False)
    shapes += _pair("line", curve(_LID), closed=False)
    brow = np.concatenate([curve(_BROW), curve(_BROW_BELOW)])
    shapes += _pair("brow", brow, closed=True)
    for line in (_NOSE_SIDE, _NOSE_WING, _FOLD):
        shapes += _pair("line", curve(line), closed=False)
    upper = np.concatenate([_both(_UPPER_LIP[::-1])[::-1], _both(_MOUTH)[1:-1]])
    lower = np.concatenate([_both(_LOWER_LIP), _both(_MOUTH)[::-1][1:-1]])
    shapes += [Shape("lip", upper, closed=True), Shape("lip", lower, closed=True)]
    lines = (_MOUTH, _NOSE_TIP, _CHIN)
    shapes += [Shape("line", _both(line), closed=False) for line in lines]
    for shape in shapes:
        shape.points.flags.writeable = False
    return tuple(shapes)


def _pair(name: str, points: Points, *, closed: bool) -> list[Shape]:
    return [Shape(name, points, closed), Shape(name, mirrored(points), closed)]


def _around(half: list[tuple[float, float]]) -> Points:
    """Knots of a closed curve from those of its left half, both ends of which lie on x = 0."""
    left = np.array(half)
    return np.concatenate([left, mirrored(left[-2:0:-1])])


def _both(half: list[tuple[float, float]], *, corner: bool = False) -> Points:
    """A curve over both halves from the knots of the left one.

    It ends at the middle and goes on mirrored; with `corner` the halves are drawn apart, and the
    curve begins at the left's end.
    """
    left = np.array(half)
    if corner:
        points = curve(left)
        return np.concatenate([points[::-1], mirrored(points)])
    return curve(np.concatenate([left, mirrored(left[-2::-1])]))


@cache
def region(muscle: str, side: Half) -> tuple[Points, ...]:
    """Outlines of a muscle of one side: the first its border, others holes in it; read-only.

    Parameters
    ----------
    muscle : str
        One of :data:`FACE_MUSCLES`.
    side : {"left", "right"}
        Anatomical side.

    Raises
    ------
    KeyError
        The code has no place on this face.
    """
    if muscle == "OOC":
        rings: tuple[Points, ...] = (
            ellipse(0.308, 0.098, 0.238, 0.188, 0.06),
            np.concatenate([curve(_EYE)[:-1], curve(_EYE_BELOW)[:-1]]),
        )
    elif muscle == "OOR":
        rings = (_half_ring(),)
    else:
        rings = (curve(_REGIONS[muscle], closed=True),)
    return _on(side, rings)


def _half_ring() -> Points:
    """The left half of the muscle around the mouth: its outer border and back along the lips."""
    outer = [
        (0.012, -0.372), (0.09, -0.372), (0.175, -0.408), (0.25, -0.47), (0.285, -0.545),
        (0.262, -0.625), (0.19, -0.688), (0.09, -0.712), (0.012, -0.715),
    ]  # fmt: skip
    lips = [*_LOWER_LIP[::-1], *_UPPER_LIP[::-1][1:]]
    inner = curve(np.array(lips))
    inner[:, 0] = np.maximum(inner[:, 0], 0.012)
    return np.concatenate([curve(outer), inner])


@cache
def fibres(muscle: str, side: Half) -> tuple[Points, ...]:
    """Lines along the fibres of a muscle of one side, a few for the eye; read-only."""
    if muscle == "OOC":
        lines: tuple[Points, ...] = tuple(
            _closed(ellipse(0.308, 0.096, 0.155 + k, 0.072 + 1.25 * k, 0.06)) for k in (0.02, 0.055)
        )
    elif muscle == "OOR":
        lines = (
            curve([(0.015, -0.415), (0.10, -0.425), (0.20, -0.475), (0.262, -0.54)]),
            curve([(0.262, -0.545), (0.19, -0.635), (0.10, -0.668), (0.015, -0.672)]),
        )
    else:
        lines = tuple(curve(line) for line in _FIBRES[muscle])
    return _on(side, lines)


def _closed(points: Points) -> Points:
    return np.concatenate([points, points[:1]])


@cache
def electrodes(muscle: str, side: Half) -> Points:
    """Centres of the positive and of the negative electrode of a muscle, shape (2, 2)."""
    return _on(side, (np.array(_SITES[muscle]),))[0]


def _on(side: Half, left: tuple[Points, ...]) -> tuple[Points, ...]:
    """Shapes of the left half on a side, read-only."""
    shapes = left if side == "left" else tuple(mirrored(points) for points in left)
    for points in shapes:
        points.flags.writeable = False
    return shapes
