"""A data record while it fills: samples of all channels, and the annotations that fit behind."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.bdf.layout import DIGITAL_MAX
from emgspasm.storage.edf.layout import runs
from emgspasm.storage.edf.tal import encode_time


class DataRecord:
    """The rows of one data record.

    Parameters
    ----------
    n_samples : int
        Rows it has room for.
    n_channels : int

    Attributes
    ----------
    fill : int
        Rows taken.
    """

    def __init__(self, n_samples: int, n_channels: int) -> None:
        self._counts = np.full((n_samples, n_channels), -DIGITAL_MAX, np.int32)
        self._missing = np.zeros((n_samples, n_channels), np.bool_)
        self.fill = 0

    @property
    def full(self) -> bool:
        """Whether no further row fits."""
        return self.fill == len(self._counts)

    def take(self, counts: NDArray[np.int32], missing: NDArray[np.bool_]) -> int:
        """Take rows as far as they fit, with which of their samples are missing; how many."""
        taken = min(len(counts), len(self._counts) - self.fill)
        rows = slice(self.fill, self.fill + taken)
        self._counts[rows] = counts[:taken]
        self._missing[rows] = missing[:taken]
        self.fill += taken
        return taken

    def skip(self, n_missing: int) -> None:
        """Fill rows that all channels are missing, as far as they fit."""
        rows = slice(self.fill, self.fill + n_missing)
        self._counts[rows] = -DIGITAL_MAX
        self._missing[rows] = False  # one annotation speaks for all channels
        self.fill += len(self._counts[rows])

    def missing(self) -> Iterator[tuple[int, int, int]]:
        """Yield what single channels are missing: a channel, its first row, the row after."""
        for channel, flags in enumerate(self._missing.T):
            for start, stop in runs(flags):
                yield channel, start, stop

    def signals(self) -> bytes:
        """The samples, channel by channel."""
        little = np.ascontiguousarray(self._counts.T).astype("<i4", copy=False)
        return little.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()

    def clear(self) -> None:
        """Begin the next record."""
        self.fill = 0


def annotation_signal(onset: float, waiting: deque[bytes], n_bytes: int) -> bytes:
    """Lay out the time of a record, and take of the annotations that wait what fits behind it.

    Parameters
    ----------
    onset : float
        Seconds from the first sample.
    waiting : deque of bytes
        Encoded; those that fit are removed.
    n_bytes : int
        Length of the signal.
    """
    texts = encode_time(onset)
    while waiting and len(texts) + len(waiting[0]) <= n_bytes:
        texts += waiting.popleft()
    return texts.ljust(n_bytes, b"\0")
