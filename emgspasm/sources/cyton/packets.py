"""Cyton packets: bytes in, packets out; pure.

A packet is 33 bytes: ``A0``, a counter, eight 24-bit samples, six auxiliary bytes, ``C0``..``C6``
(firmware_notes 1.2). It carries no checksum, so a packet is believed only when the bytes around
it agree: see :func:`parse`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.board import LARGEST_COUNT, full_scale

PACKET_RATE = 250.0
"""Packets per second over the serial dongle, with or without a Daisy (firmware_notes 1.1, 2.1)."""

# A packet (firmware_notes 1.2)
CHANNELS = 8
_PACKET = 33  # bytes
_HEADER = 0xA0
_END_FIRST, _END_LAST = 0xC0, 0xC6
_DEPTH = 6  # packets compared before a draw between two readings goes to the earlier one

_NO, _YES, _WAIT = 0, 1, 2  # whether bytes are a packet; _WAIT until more have come


@dataclass(frozen=True, slots=True)
class ParserState:
    """What the parser remembers between two pieces of the byte stream.

    Parameters
    ----------
    carry : bytes
        Bytes not yet decided; at most a few packets.
    last_counter : int
        Counter of the last packet believed; -1 before the first.
    touching : bool
        Whether `carry` begins right after that packet.
    skipped : int
        Bytes so far that belong to no believed packet.
    """

    carry: bytes = b""
    last_counter: int = -1
    touching: bool = False
    skipped: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Packets:
    """Packets in the order of their bytes.

    Parameters
    ----------
    counters : ndarray of uint8, shape (n_packets,)
    counts : ndarray of int32, shape (n_packets, 8)
        Samples in counts of the converter.
    n_carried : int
        How many, from the first, had arrived whole before the latest piece of the stream.
    """

    counters: NDArray[np.uint8]
    counts: NDArray[np.int32]
    n_carried: int

    def __len__(self) -> int:
        return len(self.counters)


def parse(state: ParserState, data: bytes) -> tuple[ParserState, Packets]:
    """Find the packets in the next piece of the byte stream.

    A packet is believed when its header and end byte stand 32 bytes apart and

    - it touches the believed packet before it and continues its counter, and another header
      follows, or one follows where the next packet but one should begin (the next is damaged); or
    - a header follows and the counters agree: the following one is one more, or (after a loss)
      a second whole packet and a third header follow; and its counter lies after the last
      believed one and before the following one;

    and no packet that would begin inside it goes on for longer than it does. One lost or changed
    byte then costs one packet (two, where the two before it were not both believed), and a packet
    cut short is not filled up from the next one. What cannot be seen is a changed byte among the
    samples: the protocol has no checksum (firmware_notes 1.11).

    Parameters
    ----------
    state : ParserState
        ``ParserState()`` at the start of a stream.
    data : bytes
        The next bytes, of any length: every partition of a stream gives the same packets.

    Returns
    -------
    ParserState
        To go on with.
    Packets
        Those decided by now. A packet needs two bytes of its successor, and one packet more
        where one of its own bytes looks like a header.
    """
    buffer = np.frombuffer(state.carry + data, np.uint8)
    starts, consumed, last, touching, skipped = _scan(buffer, state.last_counter, state.touching)
    carry = buffer[consumed:].tobytes()
    n_carried = int(np.count_nonzero(starts <= len(state.carry) - _PACKET))
    packets = Packets(*_unpack(buffer, starts), n_carried)
    return ParserState(carry, last, touching, state.skipped + skipped), packets


def joined(old: Packets, new: Packets) -> Packets:
    """Packets of two pieces as one; carried are those that had come whole with the first."""
    return Packets(
        np.append(old.counters, new.counters),
        np.vstack((old.counts, new.counts)),
        len(old) + new.n_carried,
    )


def microvolts_per_count(gain: float) -> float:
    """Microvolts of one count: 4.5 V / gain / (2^23 - 1) (firmware_notes 1.4)."""
    return full_scale(gain) / LARGEST_COUNT


@numba.njit(cache=True, nogil=True)
def _unpack(
    b: NDArray[np.uint8], starts: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Counters and counts of the packets at `starts`."""
    n = len(starts)
    counters, counts = np.empty(n, np.uint8), np.empty((n, CHANNELS), np.int32)
    for row in range(n):
        i = starts[row]
        counters[row] = b[i + 1]
        for channel in range(CHANNELS):
            j = i + 2 + 3 * channel
            value = int(b[j]) << 16 | int(b[j + 1]) << 8 | int(b[j + 2])
            counts[row, channel] = value - (value >> 23 << 24)
    return counters, counts


@numba.njit(cache=True, nogil=True)
def _is_frame(b: NDArray[np.uint8], i: int) -> bool:
    """Whether a header and an end byte stand where a packet at `i` has them."""
    return bool(b[i] == _HEADER and _END_FIRST <= b[i + 32] <= _END_LAST)


@numba.njit(cache=True, nogil=True)
def _steps(first: int, then: int) -> int:
    """Packets from one counter to the next, 1..256."""
    return (then - first - 1) % 256 + 1


@numba.njit(cache=True, nogil=True)
def _resumes(b: NDArray[np.uint8], i: int) -> int:
    """Whether, behind one damaged packet (whole or one byte short), packets go on."""
    if len(b) < i + 100:
        return _WAIT
    whole = _is_frame(b, i + 66) and b[i + 99] == _HEADER
    short = _is_frame(b, i + 65) and b[i + 98] == _HEADER
    return _YES if whole or short else _NO


@numba.njit(cache=True, nogil=True)
def _counters_agree(b: NDArray[np.uint8], i: int, last: int) -> int:
    """Whether a frame at `i`, followed by a header but out of lock, fits its neighbours."""
    own, following = int(b[i + 1]), int(b[i + 34])
    if last >= 0 and _steps(last, own) >= _steps(last, following):
        return _NO
    if _steps(own, following) == 1:
        return _YES
    if len(b) < i + 67:
        return _WAIT
    return _YES if _is_frame(b, i + 33) and b[i + 66] == _HEADER else _NO


@numba.njit(cache=True, nogil=True)
def _supported(b: NDArray[np.uint8], i: int, last: int, touching: bool) -> int:
    """Whether the neighbours of a frame at `i` speak for it."""
    if len(b) < i + 35:
        return _WAIT
    locked = touching and _steps(last, int(b[i + 1])) == 1
    if b[i + 33] != _HEADER:
        return _resumes(b, i) if locked else _NO
    return _YES if locked else _counters_agree(b, i, last)


@numba.njit(cache=True, nogil=True)
def _continues(b: NDArray[np.uint8], i: int) -> int:
    """How well a packet at `i` continues one before it: 0 not, 1 by frame, 2 by counter too."""
    if not _is_frame(b, i):
        return 0
    return 1 + (_steps(int(b[i - 32]), int(b[i + 1])) == 1)


@numba.njit(cache=True, nogil=True)
def _outlasts(b: NDArray[np.uint8], j: int, i: int) -> int:
    """Whether packets from `j` on go on for longer than packets from `i` on, ``i < j``."""
    for ahead in range(33, _DEPTH * 33, 33):
        if len(b) < j + ahead + 33:
            return _WAIT
        ours, theirs = _continues(b, i + ahead), _continues(b, j + ahead)
        if ours != theirs or ours == 0:
            return _YES if theirs > ours else _NO
    return _NO


@numba.njit(cache=True, nogil=True)
def _rivals(b: NDArray[np.uint8], j: int, i: int) -> int:
    """Whether a frame at `j`, inside the one at `i`, is followed by a header, counters rising."""
    if len(b) < j + 33:
        return _WAIT
    if not _is_frame(b, j):
        return _NO
    if len(b) < j + 35:
        return _WAIT
    own = int(b[i + 1])
    rising = _steps(own, int(b[j + 1])) < _steps(own, int(b[j + 34]))
    return _YES if b[j + 33] == _HEADER and rising else _NO


@numba.njit(cache=True, nogil=True)
def _outrun(b: NDArray[np.uint8], i: int) -> int:
    """Whether a packet beginning inside the frame at `i` is the better reading."""
    for j in range(i + 1, i + _PACKET):
        if b[j] != _HEADER:
            continue
        verdict = _rivals(b, j, i)
        if verdict == _YES:
            verdict = _outlasts(b, j, i)
        if verdict != _NO:
            return verdict
    return _NO


@numba.njit(cache=True, nogil=True)
def _verdict(b: NDArray[np.uint8], i: int, last: int, touching: bool) -> int:
    """Whether a packet begins at `i`: no, yes, or more bytes are needed to tell."""
    if not _is_frame(b, i):
        return _NO
    supported = _supported(b, i, last, touching)
    if supported != _YES:
        return supported
    outrun = _outrun(b, i)
    return _WAIT if outrun == _WAIT else _YES - outrun


@numba.njit(cache=True, nogil=True)
def _scan(
    b: NDArray[np.uint8], last: int, touching: bool
) -> tuple[NDArray[np.int64], int, int, bool, int]:
    """Find starts of packets, bytes consumed, last counter, touching, bytes skipped."""
    starts = np.empty(len(b) // _PACKET, np.int64)
    found, skipped, i = 0, 0, int(np.int64(0))  # a plain 0 is compiled for as a type of its own
    while i + _PACKET <= len(b):
        verdict = _verdict(b, i, last, touching)
        if verdict == _WAIT:
            break
        touching = verdict == _YES
        if touching:
            starts[found] = i
            last = int(b[i + 1])
        found += touching
        skipped += not touching
        i += _PACKET if touching else 1
    return starts[:found], i, last, touching, skipped
