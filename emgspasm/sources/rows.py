"""Numbered rows to chunks; pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Chunk


def chunks(base: int, numbers: NDArray[np.int64], samples: NDArray[np.float64]) -> list[Chunk]:
    """Cut rows into chunks of consecutive sample numbers.

    Parameters
    ----------
    base : int
        Sample number of row 0.
    numbers : ndarray of int64, shape (n_rows,)
        Strictly rising row numbers.
    samples : ndarray of float64, shape (n_rows, n_channels)
    """
    if len(numbers) == 0:
        return []
    first = int(numbers[0])
    if int(numbers[-1]) - first == len(numbers) - 1:
        return [Chunk(base + first, samples)]
    cuts = np.flatnonzero(np.diff(numbers) != 1) + 1
    firsts = numbers[np.concatenate(([0], cuts))]
    return [
        Chunk(base + int(number), part)
        for number, part in zip(firsts, np.split(samples, cuts), strict=True)
    ]
