"""The laws of emgspasm's seams as functions, for the authors of plug-ins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from emgspasm.stream import Chunk, Source, StreamInfo, segments

_STOP_WITHIN = 5.0


def check_source(factory: Callable[[], Source], n_samples: int = 250) -> None:
    """Check that what a factory makes keeps the laws of a source.

    Parameters
    ----------
    factory : callable
        Makes a new source at every call; called three times. Something must stream meanwhile:
        a stored recording, a simulation, an emulated or a real board.
    n_samples : int
        How many samples to look at each time; a shorter stream is taken whole.

    Raises
    ------
    AssertionError
        A law is broken; the text says which.
    """
    _check_chunks(factory(), n_samples)
    _check_stop(factory())
    _check_leaving_early(factory())


def _require(kept: bool, law: str) -> None:
    """Assert that also holds under ``python -O``."""
    if not kept:
        raise AssertionError(law)


def _check_chunks(source: Source, n_samples: int) -> None:
    _require(isinstance(source, Source), "a source has info, stop, iteration and a with block")
    _require(isinstance(source.info, StreamInfo), "info is a StreamInfo before entering")
    before = source.info
    with source as entered:
        _require(entered is source, "entering a source gives the source itself")
        _require(source.info == before, "info does not change when the source opens")
        chunks = _first(source, n_samples)
        seen = [chunk for _, chunk in segments(_each_checked(chunks, before))]
        source.stop()
    _require(bool(seen), "a source yields at least one sample")


def _each_checked(chunks: Iterable[Chunk], info: StreamInfo) -> Iterator[Chunk]:
    for chunk in chunks:
        _require(isinstance(chunk, Chunk), f"a source yields chunks, not {type(chunk).__name__}")
        _require(
            chunk.samples.shape[1] == len(info.channels),
            f"a chunk has a column per channel: {len(info.channels)}, not {chunk.samples.shape[1]}",
        )
        _require(not chunk.samples.flags.writeable, "samples are read-only")
        _require(chunk.start >= 0, f"sample numbers begin at 0, not {chunk.start}")
        _require(not np.isinf(chunk.samples).any(), "a sample is finite, or NaN if it is missing")
        yield chunk


def _first(source: Source, n_samples: int) -> Iterator[Chunk]:
    seen = 0
    for chunk in source:
        yield chunk
        seen += len(chunk.samples)
        if seen >= n_samples:
            return


def _check_stop(source: Source) -> None:
    """Check that stop() called from another thread ends the iteration, once or twice."""
    stopper = threading.Timer(0.05, source.stop)
    with source:
        consumer = threading.Thread(target=_consume, args=(source,), daemon=True)
        stopper.start()
        consumer.start()
        consumer.join(_STOP_WITHIN)
        _require(
            not consumer.is_alive(), f"stop() ends the iteration within {_STOP_WITHIN:g} seconds"
        )
        source.stop()


def _consume(source: Source) -> None:
    for _ in source:
        pass


def _check_leaving_early(source: Source) -> None:
    """Check that a consumer may leave in the middle; the with block then closes in time."""

    def leave() -> None:
        with source:
            next(iter(source), None)

    consumer = threading.Thread(target=leave, daemon=True)
    consumer.start()
    consumer.join(_STOP_WITHIN)
    _require(not consumer.is_alive(), "leaving the with block closes an unfinished stream")
