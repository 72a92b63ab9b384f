"""Pixels of the traces: where a sample is drawn, and that strips make the whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from emgspasm.desk.palette import DARK
from emgspasm.desk.strip import BLINK, BURST, CLIPPED, GAP, PROVISIONAL, SPASM, VOLUNTARY, Strip
from emgspasm.stream import Channel, Chunk
from emgspasm.viewer.traces import raster
from emgspasm.viewer.traces.picture import Picture, View, colours, lanes, paint

CHANNELS = [Channel.from_label("OOC_L"), Channel.from_label("ZYG_L")]
FS = 1000.0
PANEL = 0xFF000000 | int(DARK.panel[1:], 16)


@pytest.fixture(autouse=True, scope="module")
def _compiled():
    raster.warm_up()


def picture(width=200, height=120, seconds=1.0, gain=100.0, tracks=("raw",), levels=False):
    view = View(seconds=seconds, gain=gain, tracks=frozenset(tracks), levels=levels)
    placed = lanes(np.arange(2), 2, height)
    channels = np.arange(2, dtype=np.int64)
    return Picture(height, width, 1, view, FS, channels, placed, colours(DARK, CHANNELS))


def strip_of(samples):
    strip = Strip(FS, 2, 2.0)
    strip.write_raw(0, np.asarray(samples, float))
    return strip


def drawn(strip, shape, cuts=()):
    image = np.zeros((shape.height, shape.width), np.uint32)
    edges = [0, *sorted(cuts), shape.width]
    for low, high in pairwise(edges):
        paint(image, shape, strip, np.zeros(2), (low, high))
    return image


def test_a_single_sample_reaches_its_height_in_its_column():
    samples = np.zeros((1000, 2))
    samples[512, 0] = 80.0
    shape = picture()
    image = drawn(strip_of(samples), shape)
    division = (shape.lanes[0, 2] - shape.lanes[0, 0]) / 2
    top = round(shape.lanes[0, 1] + 0.5 - 80 / 100 * division)
    column = 512 // 5
    blue = np.array([int(DARK.left[k : k + 2], 16) for k in (1, 3, 5)])

    def rgb(y, x):
        pixel = int(image[y, x])
        return np.array([pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255])

    faint = np.array([int(DARK.faint[k : k + 2], 16) for k in (1, 3, 5)])
    assert np.abs(rgb(top + 2, column) - faint).max() < 80  # raw is drawn in faint ink
    assert np.abs(blue - faint).max() > 20
    assert image[top - 3, column] == PANEL
    assert image[top + 2, column + 3] == PANEL


@given(st.lists(st.integers(1, 199), max_size=6), st.integers(0, 2**32 - 1))
def test_strips_make_the_picture_that_is_drawn_at_once(cuts, seed):
    samples = np.random.default_rng(seed).normal(0, 40, (1000, 2))
    strip = strip_of(samples)
    strip.mark(0, 100, 180, BURST)
    strip.mark(1, 300, 500, SPASM)
    strip.mark(0, 600, 620, CLIPPED)
    shape = picture()
    np.testing.assert_array_equal(drawn(strip, shape, cuts), drawn(strip, shape))


def test_missing_samples_are_grey_and_clipped_ones_hatched():
    strip = Strip(FS, 2, 2.0)
    strip.limits = np.array([500.0, np.inf])
    samples = np.zeros((400, 2))
    samples[100:200, 0] = 600.0
    strip.write_raw(0, samples)
    strip.write_raw(700, np.zeros((300, 2)))
    assert (strip.marks[0, 100:200] & CLIPPED).all()
    assert not (strip.marks[1, 100:200] & CLIPPED).any()
    assert (strip.marks[:, 400:700] & GAP).all()
    image = drawn(strip, picture())
    grey = image[5:20, 90:130]
    assert len(np.unique(grey)) <= 3  # with the grid's lines
    assert PANEL not in grey
    hatched = image[2:58, 22:38]
    assert 2 <= len(np.unique(hatched)) <= 40
    assert PANEL in hatched


def test_a_missing_sample_is_not_joined_by_a_line():
    def gap(before, after):
        strip = Strip(FS, 2, 2.0)
        strip.write_raw(0, np.full((500, 2), before))
        strip.write_raw(600, np.full((400, 2), after))
        return drawn(strip, picture())[:, 101:119]

    np.testing.assert_array_equal(gap(90.0, -90.0), gap(-30.0, 30.0))


REFERENCE = Path(__file__).parent / "pictures" / "column.png"


def scene():
    """Everything a column can show: all tracks, levels, events, a gap, clipping."""
    rng = np.random.default_rng(11)
    rows = rng.normal(0, 6, (1000, 2))
    rows[200:320, 0] *= 10
    rows[640:660] *= 8
    rows[900:930, 1] = 600.0
    strip = Strip(FS, 2, 2.0)
    strip.limits = np.array([500.0, 500.0])
    levels = np.array([[6.0, 6.0], [12.0, 12.0], [20.0, 20.0]])
    for low, high in ((0, 450), (520, 1000)):
        part = rows[low:high]
        envelope = np.sqrt(np.convolve(part[:, 0] ** 2, np.ones(20) / 20, "same"))
        strip.write(Chunk(low, part + 15), Chunk(low, part.copy()),
                    Chunk(low, np.stack([envelope, envelope], 1)), levels)  # fmt: skip
    strip.mark(0, 200, 320, SPASM | BURST)
    strip.mark(0, 640, 660, BLINK)
    strip.mark(1, 640, 660, BLINK)
    strip.mark(1, 740, 800, VOLUNTARY | PROVISIONAL)
    return strip


def test_a_column_looks_as_it_did_when_it_was_last_looked_at():
    shape = picture(width=300, height=160, tracks=("raw", "filtered", "envelope"), levels=True)
    image = drawn(scene(), shape)
    now = QImage(image.data, 300, 160, 1200, QImage.Format.Format_RGB32)
    if not REFERENCE.exists():  # delete it to draw it anew
        now.save(str(REFERENCE))
        pytest.fail(f"look at {REFERENCE}, which was drawn anew")
    stored = QImage(str(REFERENCE)).convertToFormat(QImage.Format.Format_RGB32)
    before = np.frombuffer(stored.constBits(), np.uint8).reshape(160, 300, 4)[:, :, :3].astype(int)
    after = np.frombuffer(now.constBits(), np.uint8).reshape(160, 300, 4)[:, :, :3].astype(int)
    assert (np.abs(before - after).max(axis=2) > 4).sum() < 20  # a dotted line has 80 pixels
