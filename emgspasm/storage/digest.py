"""The hash by which a result knows its recording again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from emgspasm.system import read_at

PIECE = 1 << 18
"""Bytes that are read at a time: they stay in the cache until they are in the hash."""


class Digest:
    """SHA-256 of a file, which takes bytes in as others read them, so that nobody reads them twice.

    It is always that of all bytes in their order: those that are not handed over are read.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._taken = 0

    def take(self, file: BinaryIO, raw: bytes, offset: int) -> None:
        """Take in what was read of a file at an offset, as far as it is new."""
        self._read(file, offset)
        known = self._taken - offset
        if 0 <= known < len(raw):
            self._hash.update(memoryview(raw)[known:])
            self._taken = offset + len(raw)

    def of(self, path: Path) -> str:
        """Hexadecimal digest of the file of which bytes were taken in, if any were.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        with path.open("rb", buffering=0) as file:
            self._read(file, None)
        return self._hash.hexdigest()

    def _read(self, file: BinaryIO, stop: int | None) -> None:
        """Read and take in what comes before an offset, or the rest of the file."""
        while stop is None or self._taken < stop:
            n_bytes = PIECE if stop is None else min(PIECE, stop - self._taken)
            piece = read_at(file.fileno(), n_bytes, self._taken)
            if not piece:
                return
            self._hash.update(piece)
            self._taken += len(piece)
