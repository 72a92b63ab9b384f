"""The schematic face: sides, places of muscles and electrodes, and the smooth curves it is of."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.path import Path
from scipy.spatial import KDTree

from emgspasm.anatomy import EXTENT, FACE_MUSCLES, drawing, electrodes, fibres, region
from emgspasm.contours import curve
from emgspasm.labels import MUSCLES

SIDES = ("left", "right")


def inside(rings, points):
    """Whether points lie in a region: within its border and within no hole."""
    border, *holes = (Path(ring, closed=False).contains_points(points) for ring in rings)
    return border & ~np.any([*holes, np.zeros(len(points), bool)], axis=0)


def test_every_muscle_of_the_channel_labels_has_a_place():
    assert set(FACE_MUSCLES) == set(MUSCLES)


@pytest.mark.parametrize("muscle", FACE_MUSCLES)
def test_the_persons_left_is_on_the_readers_right_and_the_halves_mirror_each_other(muscle):
    for place in (region, fibres):
        for left, right in zip(place(muscle, "left"), place(muscle, "right"), strict=True):
            assert left[:, 0].min() > 0
            np.testing.assert_array_equal(left * (-1, 1), right)


@pytest.mark.parametrize("muscle", FACE_MUSCLES)
def test_a_pair_of_electrodes_lies_10_mm_apart_on_its_muscle(muscle):
    for side in SIDES:
        pair = electrodes(muscle, side)
        assert np.hypot(*(pair[1] - pair[0])) == pytest.approx(0.1, abs=0.015)
        assert inside(region(muscle, side), pair).all()


@pytest.mark.parametrize("muscle", FACE_MUSCLES)
def test_a_pair_of_electrodes_lies_along_the_fibres_of_its_muscle(muscle):
    first, second = electrodes(muscle, "left")
    points = np.concatenate([line[1:-1] for line in fibres(muscle, "left")])
    steps = np.concatenate([line[2:] - line[:-2] for line in fibres(muscle, "left")])
    _, nearest = KDTree(points).query((first + second) / 2)
    along, pair = steps[nearest], second - first
    assert abs(along @ pair) >= np.cos(np.pi / 12) * np.hypot(*along) * np.hypot(*pair)


def test_no_point_belongs_to_two_muscles():
    x, y = np.meshgrid(np.arange(*EXTENT[:2], 0.01), np.arange(*EXTENT[2:], 0.01))
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    owners = sum(inside(region(m, side), points).astype(int) for m in MUSCLES for side in SIDES)
    assert owners.max() == 1


def test_the_drawing_is_symmetrical_and_within_its_extent():
    points = np.concatenate([shape.points for shape in drawing()])
    assert (points >= (EXTENT[0], EXTENT[2])).all()
    assert (points <= (EXTENT[1], EXTENT[3])).all()
    distances, _ = KDTree(points).query(points * (-1, 1))
    assert distances.max() < 1e-9


def test_a_curve_goes_through_its_points_and_is_straight_where_they_are():
    knots = np.array([(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)])
    for knot in knots:
        assert np.hypot(*(curve(knots) - knot).T).min() < 1e-12
    straight = curve([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)])
    np.testing.assert_allclose(straight[:, 0], straight[:, 1])
    closed = curve([(0, 0), (1, 0), (1, 1), (0, 1)], closed=True)
    np.testing.assert_allclose(closed.mean(axis=0), (0.5, 0.5))


def test_neither_qt_nor_matplotlib_is_needed():
    code = (
        "import sys, emgspasm.anatomy as a; a.drawing()\n"
        "print([m for m in ('PySide6', 'matplotlib', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
