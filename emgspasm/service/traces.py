"""Traces as a page draws them: smallest and largest filtered value of every few samples."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from emgspasm.desk.strip import Strip

RATE = 250.0
"""Buckets a second, about: more than a page has pixels for [design]."""

HEADER = struct.Struct("<IIId4x")
"""Number of the stream, channels, buckets, number of the first bucket; filled up to 24 bytes."""


def bucket_of(sampling_frequency: float) -> int:
    """Samples in a bucket."""
    return max(1, round(sampling_frequency / RATE))


class Traces:
    """Buckets of a strip in the order in which they are complete.

    Parameters
    ----------
    number : int
        Of the stream.
    bucket : int
        Samples.
    """

    def __init__(self, number: int, bucket: int) -> None:
        self._number, self._bucket, self._next = number, bucket, 0

    def begin_anew(self) -> None:
        """Give the newest buckets again: they look different now."""
        self._next = 0

    def fresh(self, strip: Strip, limit: int) -> bytes | None:
        """Buckets that were completed since the last call, at most the newest `limit`."""
        stop = strip.analyzed // self._bucket
        first = max(self._next, stop - limit)
        self._next = stop
        return self._frame(strip, first, stop)

    def latest(self, strip: Strip, n_buckets: int) -> bytes | None:
        """The newest buckets again, up to those that :meth:`fresh` has given."""
        return self._frame(strip, max(0, self._next - n_buckets), self._next)

    def _frame(self, strip: Strip, first: int, stop: int) -> bytes | None:
        if stop <= first:
            return None
        rows = strip.read("filtered", first * self._bucket, stop * self._bucket)
        low, high = extremes(rows, self._bucket)
        head = HEADER.pack(self._number, low.shape[0], low.shape[1], first)
        return head + low.tobytes() + high.tobytes()


def extremes(
    rows: NDArray[np.float32], bucket: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Smallest and largest values of buckets, shape (n_channels, n_buckets); NaN if none is known.

    Parameters
    ----------
    rows : ndarray of float32, shape (n_buckets * bucket, n_channels)
    bucket : int
    """
    parts = rows.reshape(-1, bucket, rows.shape[1])
    low = np.fmin.reduce(parts, axis=1).T
    high = np.fmax.reduce(parts, axis=1).T
    return np.ascontiguousarray(low, "<f4"), np.ascontiguousarray(high, "<f4")
