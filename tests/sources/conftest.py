"""A plain encoder of packets and a ramp to stream, both independent of the package's own."""

from __future__ import annotations

import numpy as np
import pytest

from emgspasm.stream import Channel, Chunk, StreamInfo
from support.streaming import UV


def encode_packets(counters, counts, auxiliary=None, end=0xC0):
    """Bytes of packets, shape (n, 33): counters (n,), counts (n, 8)."""
    n = len(counters)
    rows = np.zeros((n, 33), np.uint8)
    rows[:, 0] = 0xA0
    rows[:, 1] = np.asarray(counters) % 256
    values = np.asarray(counts, np.int64) % 2**24
    for byte in range(3):
        rows[:, 2 + byte : 26 : 3] = values >> (16 - 8 * byte) & 0xFF
    if auxiliary is not None:
        rows[:, 26:32] = auxiliary
    rows[:, 32] = end
    return rows


class Ramp:
    """Channel `c` of sample `n` is ``n + 100 000 c`` counts at gain 24."""

    def __init__(self, n_channels=8):
        self.info = StreamInfo(250.0, tuple(Channel(f"CH{i}") for i in range(n_channels)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def __iter__(self):
        start = 0
        while True:
            rows = np.arange(start, start + 100)[:, None]
            yield Chunk(start, (rows + 100_000.0 * np.arange(len(self.info.channels))) * UV)
            start += 100

    def stop(self):
        """Never ends by itself; the board stops asking."""


@pytest.fixture
def encode():
    return encode_packets


@pytest.fixture
def ramp():
    return Ramp
