"""Pairs of packets, which are the rows of a Cyton with Daisy; pure.

Skew of the Daisy (firmware_notes 2.2): row `r` pairs packet ``2r`` (Daisy, mean of the 250 Hz
samples ``2r - 1`` and ``2r``) with packet ``2r + 1`` (Cyton, mean of ``2r`` and ``2r + 1``), so
channels 9 to 16 are one 250 Hz sample, 4 ms, ahead of channels 1 to 8 in every row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
Numbers = NDArray[np.int64]

DAISY_SKEW = -0.004
"""Seconds from the sampling of channels 1-8 to that of channels 9-16 of the same row."""


@dataclass(frozen=True, slots=True, eq=False)
class Half:
    """A Daisy half whose Cyton half has not come yet.

    Parameters
    ----------
    row : int
        Number of its row; -1 for none.
    samples : ndarray of float64, shape (8,)
        Channels 9 to 16.
    """

    row: int
    samples: Samples


NO_HALF = Half(-1, np.full(8, np.nan))


def pair(half: Half, numbers: Numbers, samples: Samples) -> tuple[Half, Numbers, Samples]:
    """Pair the packets of a Cyton with Daisy: even ones Daisy, odd ones Cyton.

    A half that is missing is NaN. The first Daisy half of a run is invalid and counts as missing
    (firmware_notes 2.4).

    Parameters
    ----------
    half : Half
        Waiting from the packets before; ``NO_HALF`` at the start of streaming.
    numbers : ndarray of int64, shape (n_packets,)
        Strictly rising packet numbers of this run.
    samples : ndarray of float64, shape (n_packets, 8)

    Returns
    -------
    Half
        To go on with.
    rows : ndarray of int64, shape (n_rows,)
    samples : ndarray of float64, shape (n_rows, 16)
        Channels 1 to 16; a row is complete once its Cyton half or a later packet has come.
    """
    numbers, samples = _with_waiting(half, numbers, samples)
    rows, where = np.unique(numbers // 2, return_inverse=True)
    paired = np.full((len(rows), 16), np.nan)
    daisy = numbers % 2 == 0
    paired[where[~daisy], :8] = samples[~daisy]
    paired[where[daisy], 8:] = samples[daisy]
    waits = len(numbers) > 0 and bool(daisy[-1])
    kept = Half(int(rows[-1]), paired[-1, 8:].copy()) if waits else NO_HALF
    stop = len(rows) - waits
    return kept, rows[:stop], paired[:stop]


def unpaired(half: Half) -> tuple[Numbers, Samples]:
    """Give the row of a half whose partner will not come, at the end of a run; empty for none."""
    n_rows = int(half.row >= 0)
    samples = np.full((n_rows, 16), np.nan)
    samples[:, 8:] = half.samples
    return np.full(n_rows, half.row, np.int64), samples


def _with_waiting(half: Half, numbers: Numbers, samples: Samples) -> tuple[Numbers, Samples]:
    """Put the waiting half in front and take the invalid first packet out."""
    valid = numbers > 0
    numbers, samples = numbers[valid], samples[valid]
    if half.row < 0:
        return numbers, samples
    return np.append(2 * half.row, numbers), np.vstack((half.samples, samples))
