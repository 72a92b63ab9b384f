"""Compiled decoding of data records into rows of physical values."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def decode24(records, offsets, lengths, gains, zeros, out):  # type: ignore[no-untyped-def]  # numba infers
    """Decode whole BDF records.

    Parameters
    ----------
    records : ndarray of uint8, shape (n_records, record_bytes)
        Raw records.
    offsets, lengths : ndarray of int64, shape (n_channels,)
        Where each channel begins in a record (bytes) and its samples per record.
    gains, zeros : ndarray of float64, shape (n_channels,)
        A value is ``(count - zero) * gain``.
    out : ndarray of float64, shape (n_records * n_samples, n_channels)
        Filled; a channel of a lower rate holds each of its samples.
    """
    n_samples = len(out) // len(records)
    for record in range(len(records)):
        first = record * n_samples
        for channel in range(len(offsets)):
            offset, gain, zero = offsets[channel], gains[channel], zeros[channel]
            hold = n_samples // lengths[channel]
            for sample in range(n_samples):
                at = offset + 3 * (sample // hold if hold > 1 else sample)
                low = np.int64(records[record, at]) | np.int64(records[record, at + 1]) << 8
                count = low | np.int64(records[record, at + 2]) << 16
                count -= (count & 0x800000) << 1
                out[first + sample, channel] = (count - zero) * gain


@njit(cache=True, nogil=True)
def decode16(records, offsets, lengths, gains, zeros, out):  # type: ignore[no-untyped-def]  # numba infers
    """Decode whole EDF records; parameters as :func:`decode24`."""
    n_samples = len(out) // len(records)
    for record in range(len(records)):
        first = record * n_samples
        for channel in range(len(offsets)):
            offset, gain, zero = offsets[channel], gains[channel], zeros[channel]
            hold = n_samples // lengths[channel]
            for sample in range(n_samples):
                at = offset + 2 * (sample // hold if hold > 1 else sample)
                count = np.int64(records[record, at]) | np.int64(records[record, at + 1]) << 8
                count -= (count & 0x8000) << 1
                out[first + sample, channel] = (count - zero) * gain
