"""Smooth outlines through a few points, for drawings of the face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_STEPS = 12


def curve(knots: object, *, closed: bool = False) -> Points:
    """A smooth curve through points: the Catmull-Rom spline with uniform knots.

    Parameters
    ----------
    knots : array_like, shape (n, 2)
        At least two; a repeated point makes a corner.
    closed : bool
        Whether the last point joins the first.
    """
    p = np.asarray(knots, np.float64)
    if closed:
        p = np.concatenate([p[-1:], p, p[:2]])
    else:
        p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    a, b, c, d = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    t = np.linspace(0.0, 1.0, _STEPS, endpoint=False)[None, :, None]
    spline = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    points: Points = spline.reshape(-1, 2)
    if not closed:
        points = np.concatenate([points, p[-2:-1]])
    return points


def mirrored(points: Points) -> Points:
    """The same shape on the other half of the face."""
    other: Points = points * np.array([-1.0, 1.0])
    return other


def ellipse(x: float, y: float, width: float, height: float, tilt: float = 0.0) -> Points:
    """An ellipse of given half axes around (x, y), its long axis raised by `tilt` radians."""
    t = np.linspace(0.0, 2 * np.pi, 48, endpoint=False)
    u, v = width * np.cos(t), height * np.sin(t)
    turned = [u * np.cos(tilt) - v * np.sin(tilt), u * np.sin(tilt) + v * np.cos(tilt)]
    points: Points = np.stack(turned, axis=1) + np.array([x, y])
    return points
