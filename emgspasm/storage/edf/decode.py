"""Compiled decoding of data records into rows of physical values."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP


def counts_of(
    raw: bytes, n_records: int, sample_bytes: int
) -> tuple[NDArray[np.signedinteger], int]:
    """The count that begins at every byte of a record, and by how many bits it is too long.

    A processor reads two bytes or four: 24 bits are read as the upper ones of 32, from the byte
    before on.

    Parameters
    ----------
    raw : bytes
        Whole records, and before them one byte of no matter what.
    n_records : int
    sample_bytes : int
        2 (EDF) or 3 (BDF).

    Returns
    -------
    ndarray of int, shape (n_records, record_bytes - sample_bytes + 1)
    int
    """
    record_bytes = (len(raw) - 1) // n_records
    shape, strides = (n_records, record_bytes - sample_bytes + 1), (record_bytes, 1)
    if sample_bytes == 3:
        return np.ndarray(shape, "<i4", raw, 0, strides), 8
    return np.ndarray(shape, "<i2", raw, 1, strides), 0


TILE = 128
"""Rows that are filled at a time: they stay in the nearest cache until all channels are in."""


@njit(**LOOP)
def decode(counts, shift, offsets, lengths, gains, zeros, out):  # type: ignore[no-untyped-def]  # numba infers
    """Decode whole records.

    Parameters
    ----------
    counts, shift
        See :func:`counts_of`.
    offsets, lengths : ndarray of int64, shape (n_channels,)
        Where each channel begins in a record (bytes) and its samples per record.
    gains, zeros : ndarray of float64, shape (n_channels,)
        A value is ``(count - zero) * gain``.
    out : ndarray of float64, shape (n_records * n_samples, n_channels)
        Filled; a channel of a lower rate holds each of its samples.
    """
    n_samples, sample_bytes = len(out) // len(counts), 3 if shift else 2
    for record in range(len(counts)):
        row, rows = counts[record], out[record * n_samples : (record + 1) * n_samples]
        for first in range(0, n_samples, TILE):
            for channel in range(len(offsets)):
                gain, zero, hold = gains[channel], zeros[channel], n_samples // lengths[channel]
                there = rows[first : first + TILE, channel]
                if hold == 1:  # without a division
                    here = row[offsets[channel] + sample_bytes * first :]
                    for i in range(len(there)):
                        there[i] = ((here[sample_bytes * i] >> shift) - zero) * gain
                else:
                    here = row[offsets[channel] :]
                    for i in range(len(there)):
                        at = sample_bytes * ((first + i) // hold)
                        there[i] = ((here[at] >> shift) - zero) * gain
