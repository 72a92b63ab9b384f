"""Colours: readable, and apart for people who see fewer of them."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations, pairwise

import numpy as np
import pytest

from emgspasm.desk.palette import DARK, LIGHT, Palette, palette_named

PALETTES = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)

MACHADO = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""What linear RGB becomes in an eye without one kind of cone (Machado et al. 2009, severity 1)."""


def linear(color):
    value = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def luminance(color):
    return linear(color) @ (0.2126, 0.7152, 0.0722)


def contrast(a, b):
    """Contrast ratio of WCAG 2."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def lab(color, sight):
    rgb = np.clip(np.array(MACHADO[sight]) @ linear(color), 0, 1)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.cbrt(np.maximum(to_xyz @ rgb / (0.9505, 1.0, 1.089), 1e-4))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(a, b, sight):
    return float(np.linalg.norm(lab(a, sight) - lab(b, sight)))


@PALETTES
def test_writing_stands_out_from_every_ground(palette):
    for ground in (palette.window, palette.panel, palette.raised):
        assert contrast(palette.text, ground) >= 7
        assert contrast(palette.faint, ground) >= 4.5


@PALETTES
def test_what_carries_meaning_stands_out_from_the_panel(palette):
    names = ("left", "right", "midline", "spasm", "blink", "voluntary", "artifact", "good",
             "warning", "bad", "recording", "accent", "cursor")  # fmt: skip
    weak = [name for name in names if contrast(getattr(palette, name), palette.panel) < 3]
    assert weak == []


@PALETTES
@pytest.mark.parametrize("sight", MACHADO)
def test_the_two_sides_are_far_apart_for_every_eye(palette, sight):
    assert difference(palette.left, palette.right, sight) > 40


@PALETTES
@pytest.mark.parametrize("sight", MACHADO)
def test_a_spasm_is_told_from_everything_else_by_every_eye(palette, sight):
    for other in (palette.blink, palette.voluntary, palette.artifact, palette.left):
        assert difference(palette.spasm, other, sight) > 20


@PALETTES
def test_a_muscle_grows_ever_more_conspicuous_with_its_contraction(palette):
    steps = [abs(luminance(color) - luminance(palette.skin)) for color in palette.heat]
    assert all(b > a for a, b in pairwise(steps[1:]))
    assert contrast(palette.heat[-1], palette.skin) > 7


@PALETTES
def test_every_color_is_written_in_full(palette):
    colors = [c for f in fields(Palette) for c in np.atleast_1d(getattr(palette, f.name))][1:]
    assert all(len(c) == 7 and c[0] == "#" and int(c[1:], 16) >= 0 for c in colors)


@PALETTES
def test_grades_differ_in_lightness_or_hue_for_every_eye(palette):
    grades = [palette.grade_color(g) for g in ("good", "fair", "poor")]
    for sight in MACHADO:
        for a, b in combinations(grades, 2):
            assert difference(a, b, sight) > 10, sight


def test_a_palette_is_found_by_its_name_and_colors_by_words():
    assert palette_named("dark") is DARK
    assert palette_named("light") is LIGHT
    assert DARK.side_color("L") == DARK.side_color("left") == DARK.left
    assert DARK.side_color(None) == DARK.midline
    assert LIGHT.event_color("spasm") == LIGHT.spasm
    assert LIGHT.event_color("another") == LIGHT.faint
