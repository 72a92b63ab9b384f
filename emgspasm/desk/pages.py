"""Pages of a recording: any stretch of a file, drawn like the stream itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from emgspasm.desk.feed import Feed
from emgspasm.desk.shaping import Shaped, Shaper, Sliceable, run_up
from emgspasm.desk.strip import Strip
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.stream import Chunk


class Stretching:
    """Shaped samples of a recording from a sample on, written as far as they are wanted.

    Parameters
    ----------
    recording : Sliceable
    pipeline : Pipeline
    start : int
        First sample that is wanted; filters start some before it, so that they have settled.
    """

    def __init__(self, recording: Sliceable, pipeline: Pipeline, start: int) -> None:
        self._recording, self._start = recording, start
        self._read = max(0, start - run_up(pipeline, recording.info))
        self._shaper = Shaper(pipeline, recording.info)

    def write(self, feed: Feed, strip: Strip, stop: int) -> None:
        """Write the samples before `stop` that are not written yet."""
        for chunk in self._recording.chunks(self._read, stop):
            for part in _from(self._shaper.take(chunk), self._start):
                levels = feed.levels_log.at(part.chunk.start)
                strip.write(part.chunk, part.filtered, part.envelope, levels)
        self._read = stop
        strip.reach(stop)


def page(feed: Feed, recording: Sliceable, pipeline: Pipeline, start: int, stop: int) -> Strip:
    """A stretch of a recording, with all that was found in it; blank where it has not begun."""
    strip = feed.new_strip((stop - start) / feed.sampling_frequency)
    first, last = max(0, start), min(stop, recording.n_samples)
    strip.begin(first)
    if last > first:
        Stretching(recording, pipeline, first).write(feed, strip, last)
        feed.mark(strip, first, last)
    strip.reach_blank(stop)
    return strip


def cut(feed: Feed, start: int, stop: int) -> Strip:
    """A stretch of the stream that is still held, copied."""
    source = feed.strip
    strip = feed.new_strip((stop - start) / feed.sampling_frequency)
    strip.copy_from(source, max(start, source.start), min(stop, source.stop))
    strip.reach_blank(stop)
    return strip


def _from(shaped: Shaped, start: int) -> Iterator[Shaped]:
    """What of shaped samples comes from `start` on."""
    skip = start - shaped.chunk.start
    if skip <= 0:
        yield shaped
    elif skip < len(shaped.chunk.samples):
        parts = (shaped.chunk, shaped.filtered, shaped.envelope)
        yield Shaped(*(Chunk(start, np.array(part.samples[skip:])) for part in parts))
