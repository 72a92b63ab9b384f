"""Which packets of a Cyton are to be believed, and bytes that make it hard to tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

HEADER, ENDS = 0xA0, range(0xC0, 0xC7)


def believed(b: bytes) -> list[int]:
    """Counters of the packets, by the words of `parse`, where all bytes are at hand."""
    found: list[int] = []
    i, end = 0, None
    while i < len(b) - 8 * 33:
        if _is_frame(b, i) and _is_supported(b, i, found[-1:], i == end) and not _is_outrun(b, i):
            found.append(b[i + 1])
            i = end = i + 33
        else:
            i += 1
    return found


def _is_frame(b: bytes, i: int) -> bool:
    return b[i] == HEADER and b[i + 32] in ENDS


def _steps(first: int, then: int) -> int:
    return (then - first - 1) % 256 + 1


def _is_supported(b: bytes, i: int, last: list[int], touching: bool) -> bool:
    own, following, follows = b[i + 1], b[i + 34], b[i + 33] == HEADER
    if touching and _steps(last[0], own) == 1:
        behind = any(_is_frame(b, i + n) and b[i + n + 33] == HEADER for n in (65, 66))
        return follows or behind
    rising = not last or _steps(last[0], own) < _steps(last[0], following)
    third = _is_frame(b, i + 33) and b[i + 66] == HEADER
    return follows and rising and (_steps(own, following) == 1 or third)


def _is_outrun(b: bytes, i: int) -> bool:
    rivals = (j for j in range(i + 1, i + 33) if _is_frame(b, j) and b[j + 33] == HEADER)
    rising = (j for j in rivals if _steps(b[i + 1], b[j + 1]) < _steps(b[i + 1], b[j + 34]))
    return any([*_goes_on(b, j)] > [*_goes_on(b, i)] for j in rising)


def _goes_on(b: bytes, i: int) -> Iterator[int]:
    """How five packets behind one go on: 2 by frame and counter, 1 by frame; until one does not."""
    for k in range(i + 33, i + 6 * 33, 33):
        yield _is_frame(b, k) and 1 + (_steps(b[k - 32], b[k + 1]) == 1)
        if not _is_frame(b, k):
            return


def tangled(rng: np.random.Generator) -> bytes:
    """Packets whose samples look like headers, ends and counters, some changed, some cut."""
    n = rng.integers(4, 30)
    kind, first = rng.integers(0, 4, 33), rng.integers(0, 256, 33)
    first[kind == 2], first[kind == 3] = HEADER, ENDS[0]
    first[0], first[32], kind[[0, 1, 32]] = HEADER, ENDS[0], (0, 1, 0)
    rows = first + (kind == 1) * np.arange(n)[:, None]  # those of kind 1 count
    rows[rng.random(n) < rng.choice([0, 0.1]), rng.choice([0, 1, 32])] = rng.integers(256)
    wrong = rng.random(rows.shape) < rng.choice([0, 0.003])
    rows[wrong] = rng.choice([HEADER, ENDS[0], 0, 1], wrong.sum())
    pieces = [row.tobytes() for row in (rows % 256).astype(np.uint8)]
    for place in np.flatnonzero(rng.random(n) < rng.choice([0, 0.1, 0.3])):
        low, high = np.sort(rng.integers(0, 34, 2))
        pieces[place] = pieces[place][low * rng.integers(2) : high]
    return b"".join(pieces)
