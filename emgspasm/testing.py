"""The laws of emgspasm's seams as functions, for the authors of plug-ins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.stage import Stage
from emgspasm.stream import Channel, Chunk, Source, StreamInfo, segments

FACE = StreamInfo(1000.0, tuple(map(Channel.from_label, ("OOC_L", "ZYG_L", "OOC_R"))))
"""What a stage is given where nothing else is said."""


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


def check_stage(stage: Stage[Any], info: StreamInfo = FACE) -> None:
    """Check that a stage keeps the laws of the fold.

    Parameters
    ----------
    stage : Stage
    info : StreamInfo
        Rate and channels of the noise that it is given; what its parameters suit.

    Raises
    ------
    AssertionError
        A law is broken; the text says which.
    """
    parameters = getattr(stage, "__dataclass_params__", None)
    _require(getattr(parameters, "frozen", False), "a stage is a frozen dataclass of parameters")
    for name in ("delay", "settling"):
        seconds = getattr(stage, name)(info)
        _require(0 <= seconds < np.inf, f"{name} is in seconds, 0 and more, not {seconds}")
    samples = np.random.default_rng(0).normal(500.0, 10.0, (600, len(info.channels)))
    whole = _through(stage, info, samples)
    for cuts in (range(600), (0, 1, 1, 2, 250, 250, 251, 590)):
        law = "any partition of the samples gives the same output, bit for bit"
        _require(_same(_through(stage, info, samples, cuts), whole), law)
    _check_missing(stage, info, samples, whole)


def _check_missing(
    stage: Stage[Any],
    info: StreamInfo,
    samples: NDArray[np.float64],
    whole: NDArray[np.float64],
) -> None:
    """Take three samples from one channel, and see what becomes of it and of the others."""
    damaged = samples.copy()
    damaged[200:203, 0] = np.nan
    out = _through(stage, info, damaged)
    _require(bool(np.isnan(out[200:203, 0]).all()), "a NaN comes out as NaN")
    _require(_same(out[:, 1:], whole[:, 1:]), "a NaN changes nothing in other channels")
    afresh = _through(stage, info, damaged[203:])
    _require(_same(out[203:, 0], afresh[:, 0]), "the sample after a NaN starts its channel afresh")


def _through(
    stage: Stage[Any], info: StreamInfo, samples: NDArray[np.float64], cuts: Iterable[int] = ()
) -> NDArray[np.float64]:
    """What comes out of a stage for one segment, cut into chunks."""
    chunks = [Chunk(a, samples[a:b].copy()) for a, b in pairwise((0, *cuts, len(samples)))]
    state = stage.init(info, chunks[0])
    outs = []
    for chunk in chunks:
        state, out = stage.step(state, chunk)
        fits = (out.start, out.samples.shape) == (chunk.start, chunk.samples.shape)
        _require(fits, "what comes out has the samples and the channels of what went in")
        outs.append(out.samples)
    return np.concatenate(outs)


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return np.array_equal(one, other, equal_nan=True)


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
