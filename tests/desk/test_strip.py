"""The ring of the newest samples: what of a stream is held, however it came."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.desk.feed import Feed
from emgspasm.desk.strip import GAP, SPASM, Strip
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
    copy = Strip(FS, 2, 0.5)
    copy.copy_from(source, 2400, 2900)
    for track in ("raw", "filtered", "envelope"):
        np.testing.assert_array_equal(
            copy.read(track, 2400, 2900), source.read(track, 2400, 2900)
        )  # fmt: skip
