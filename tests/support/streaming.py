"""Some seconds of a live source, and what came of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np

from emgspasm.stream import Chunk, Source

UV = 187500 / 8388607
"""Microvolts of one count of a Cyton at gain 24."""


def record(source: Source, seconds: float) -> list[Chunk]:
    """All chunks of some seconds of streaming."""
    with source:
        stopper = threading.Timer(seconds, source.stop)
        stopper.start()
        chunks = list(source)
        stopper.join()
    return chunks


def index_and_samples(chunks: Iterable[Chunk]) -> tuple[np.ndarray, np.ndarray]:
    """Sample numbers and samples of chunks, one after the other."""
    chunks = list(chunks)
    index = np.concatenate([np.arange(c.start, c.stop) for c in chunks])
    return index, np.concatenate([c.samples for c in chunks])


def places(samples: np.ndarray) -> np.ndarray:
    """Sample of the ramp that each row holds."""
    return np.rint(samples[:, 0] / UV).astype(int)


def states(source) -> list[str]:
    """States that a source went through."""
    return [event.state for event in source.events]
