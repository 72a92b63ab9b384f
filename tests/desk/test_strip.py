"""The ring of the newest samples: what of a stream is held, however it came."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.desk.feed import Feed
from emgspasm.desk.strip import CLIPPED, FLAT, GAP, SPASM, Strip
from emgspasm.dsp.pipeline import Analysis, Pipeline
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.synkinesis.folding import Folded

CHANNELS = [Channel.from_label("OOC_L"), Channel.from_label("ZYG_L")]
FS = 1000.0


@given(st.lists(st.integers(1, 999), max_size=8, unique=True), st.integers(0, 2**32 - 1))
def test_chunks_of_any_size_give_the_same_strip(cuts, seed):
    samples = np.random.default_rng(seed).normal(0, 40, (1000, 2))
    edges = [0, *sorted(cuts), 1000]
    strip = Strip(FS, 2, 0.4)
    for low, high in pairwise(edges):
        strip.write_raw(low, samples[low:high])
    kept = strip.read("raw", strip.start, strip.stop)
    np.testing.assert_array_equal(kept, samples[strip.start :].astype(np.float32))
    assert strip.stop - strip.start >= 400


def test_samples_whose_analysis_overtook_them_are_no_gap():
    samples = np.random.default_rng(3).normal(0, 40, (300, 2))
    strip = Strip(FS, 2, 2.0)
    strip.write_raw(0, samples[:100])
    analyzed = Chunk(100, samples[100:160].copy())
    strip.write(analyzed, analyzed, analyzed, np.zeros((3, 2)))
    strip.write_raw(100, samples[100:140])  # all of it is there
    strip.write_raw(140, samples[140:240])  # a part of it is
    strip.write_raw(240, samples[240:])
    assert (strip.start, strip.stop) == (0, 300)
    assert not (strip.marks & GAP).any()
    np.testing.assert_array_equal(strip.read("raw", 0, 300), samples.astype(np.float32))


def test_an_analysis_that_comes_when_its_samples_are_held_no_more_has_no_place():
    samples = np.random.default_rng(5).normal(0, 40, (1500, 2))
    strip = Strip(FS, 2, 0.4)
    strip.write_raw(0, samples)
    late = Chunk(0, samples[:1000].copy())
    strip.write(late, late, late, np.full((3, 2), 7.0))
    assert strip.start >= 1000
    held = strip.start, strip.stop
    assert np.isnan(strip.read("filtered", *held)).all()
    assert np.isnan([strip.levels_at(0, sample) for sample in range(*held)]).all()
    whole = Chunk(1000, samples[1000:].copy())
    strip.write(whole, whole, whole, np.full((3, 2), 9.0))
    np.testing.assert_array_equal(
        strip.read("filtered", *held), samples[held[0] :].astype(np.float32)
    )
    assert strip.levels_at(0, strip.start) == (9.0, 9.0, 9.0)


def test_a_feed_tells_no_gap_where_the_analysis_came_first():
    info = StreamInfo(FS, tuple(CHANNELS))
    samples = np.random.default_rng(4).normal(0, 40, (300, 2))
    feed = Feed(info, Pipeline())
    ahead = Chunk(100, samples[100:200].copy())
    feed.stored(Chunk(0, samples[:100].copy()))
    analysis = Analysis(ahead, ahead, ahead, (), np.zeros((3, 2)), (True, True), 0, 200)
    feed.take(analysis, Folded())
    feed.stored(Chunk(100, samples[100:260].copy()))
    feed.stored(Chunk(260, samples[260:].copy()))
    assert feed.found.gaps == []
    assert not (feed.strip.marks & GAP).any()
    assert np.isfinite(feed.strip.read("raw", 0, 300)).all()


def test_marks_of_an_event_are_taken_back_without_a_trace():
    strip = Strip(FS, 2, 2.0)
    strip.write_raw(0, np.zeros((1000, 2)))
    before = strip.marks.copy()
    strip.mark(0, 200, 300, SPASM)
    strip.unmark(200, 300, SPASM)
    np.testing.assert_array_equal(strip.marks, before)


def test_a_copy_of_a_stretch_holds_the_same():
    rng = np.random.default_rng(3)
    source = Strip(FS, 2, 1.0)
    for low in range(0, 3000, 50):
        rows = rng.normal(size=(50, 2))
        source.write(Chunk(low, rows.copy()), Chunk(low, rows.copy()), Chunk(low, abs(rows)),
                     np.full((3, 2), low / 100))  # fmt: skip
    source.mark(0, 2500, 2600, SPASM)
    copy = Strip(FS, 2, 0.5)
    copy.copy_from(source, 2400, 2900)
    for track in ("raw", "filtered", "envelope"):
        np.testing.assert_array_equal(
            copy.read(track, 2400, 2900), source.read(track, 2400, 2900)
        )  # fmt: skip
    marked = [n for n in range(2400, 2900) if copy.marks[0, n % copy.capacity] & SPASM]
    assert marked == list(range(2500, 2600))
    assert copy.levels_at(1, 2450) == source.levels_at(1, 2450) == (24.5, 24.5, 24.5)


def test_of_the_lap_before_neither_marks_nor_thresholds_are_left():
    strip = Strip(FS, 2, 0.4)
    lap = np.full((strip.capacity, 2), 9.0)
    first, held = Chunk(0, lap), Chunk(0, np.full(lap.shape, np.nan))
    strip.write(first, held, held, np.full((3, 2), 5.0))
    strip.mark(0, 0, strip.capacity, SPASM)
    assert strip.levels_at(1, 100) == (5.0, 5.0, 5.0)
    strip.write_raw(strip.capacity, lap)
    assert not strip.marks.any()
    assert np.isnan(strip.levels_at(1, strip.capacity + 100)).all()


def test_a_gap_longer_than_the_strip_fills_it():
    strip = Strip(FS, 2, 0.4)
    strip.write_raw(0, np.zeros((100, 2)))
    strip.reach(10_000)
    assert (strip.start, strip.stop) == (10_000 - strip.capacity, 10_000)
    assert (strip.marks == GAP).all()


def test_time_that_passes_without_a_word_moves_the_strip_on_and_marks_nothing():
    strip = Strip(FS, 2, 0.4)
    strip.write_raw(0, np.ones((100, 2)))
    strip.reach_blank(50)
    assert (strip.start, strip.stop) == (0, 100)
    strip.reach_blank(strip.capacity + 30)
    assert (strip.start, strip.stop) == (30, strip.capacity + 30)
    assert not strip.marks.any()
    assert np.isnan(strip.read("raw", 100, strip.stop)).all()


def test_a_preview_is_of_samples_that_are_held_or_none():
    strip = Strip(FS, 2, 0.4)
    strip.write_raw(100, np.ones((200, 2)))
    shaped = Chunk(250, np.full((100, 2), 3.0))
    strip.preview(shaped, shaped)  # a part of it has not come yet
    assert np.isnan(strip.tracks["filtered"]).all()
    shaped = Chunk(200, np.full((100, 2), 3.0))
    strip.preview(shaped, shaped)
    assert (strip.read("filtered", 200, 300) == 3.0).all()
    assert strip.analyzed == 300


def test_what_the_screen_held_back_is_flat_missing_or_clipped():
    strip = Strip(FS, 1, 0.4)
    strip.limits = np.array([100.0])
    samples = np.array([[1.0], [1.0], [np.nan], [-100.0]])
    filtered = np.array([[1.0], [np.nan], [np.nan], [np.nan]])
    strip.write(Chunk(0, samples), Chunk(0, filtered), Chunk(0, filtered), np.ones((3, 1)))
    assert strip.recent_marks(4).tolist() == [[0, FLAT, GAP, CLIPPED]]


def test_marks_of_samples_that_are_held_no_more_fall_on_no_others():
    strip = Strip(FS, 1, 0.4)
    strip.limits = np.array([100.0])
    samples = np.zeros((strip.capacity + 50, 1))
    samples[10] = 100.0
    strip.write_raw(0, samples)
    assert not strip.marks.any()


def test_a_mark_of_what_is_not_held_falls_on_nothing_that_is():
    strip = Strip(FS, 1, 0.4)
    strip.write_raw(1000, np.zeros((200, 1)))
    for onset, offset in ((100, 300), (5000, 5100), (1100, 1100)):
        strip.mark(0, onset, offset, SPASM)
    assert not (strip.marks & SPASM).any()
