"""The laws of emgspasm's seams as functions, for the authors of plug-ins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from emgspasm.stream import Chunk, Source, StreamInfo, segments


def check_source(
    factory: Callable[[], Source], n_samples: int = 250, stop_within: float = 5.0
) -> None:
    """Check that what a factory makes keeps the laws of a source.

    Parameters
    ----------
    factory : callable
        Makes a new source at every call; called three times. Something must stream meanwhile:
        a stored recording, a simulation, an emulated or a real board.
    n_samples : int
        How many samples to look at; a shorter stream is taken whole.
    stop_within : float
        Seconds a source may take to end after :meth:`stop`, and to open and close.

    Raises
    ------
    AssertionError
        A law is broken; the text says which.
    """
    _check_chunks(factory(), n_samples)
    _within(stop_within, lambda: _stop_from_outside(factory()), "stop() ends the iteration")
    _within(stop_within, lambda: _leave_early(factory()), "leaving the with block ends a stream")


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


def _stop_from_outside(source: Source) -> None:
    """Stop while another thread iterates, and once more when it is over."""
    with source:
        stopper = threading.Timer(0.05, source.stop)
        stopper.start()
        for _ in source:
            pass
        stopper.join()
        source.stop()


def _leave_early(source: Source) -> None:
    """Leave the with block in the middle of the stream."""
    with source:
        next(iter(source), None)


def _within(seconds: float, action: Callable[[], None], law: str) -> None:
    """Require that an action ends in time; what it raises is raised here."""
    raised: list[BaseException] = []

    def act() -> None:
        try:
            action()
        except BaseException as error:  # noqa: BLE001  # top of a thread: raised again below
            raised.append(error)

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(seconds)
    _require(not thread.is_alive(), f"{law} within {seconds:g} seconds")
    if raised:
        raise raised[0]
