"""The file of a recording, valid at every instant.

Every data record goes to the operating system in one unbuffered write, then the count in the
header is brought up to date: a killed process loses less than one record, which lasts about half
a second. The file begins with a first record that is missing altogether, since readers refuse
files without one; the first samples replace it.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.layout import RecordLayout, encode_header
from emgspasm.storage.edf.header import COUNT_OFFSET, Header
from emgspasm.storage.files import existing
from emgspasm.system import BINARY, failure, write_at


class GrowingFile:
    """A file to which data records are added.

    Parameters
    ----------
    path : Path
        Its folder must exist.
    header : Header
        It counts one record: the first, which is missing.
    layout : RecordLayout
    overwrite : bool
        Whether a file of that name is replaced.

    Attributes
    ----------
    n_records : int
        Added so far.

    Raises
    ------
    ConfigError
        If the file exists and `overwrite` is False.
    RecordingError
        If it cannot be made.
    ValueError
        If a value does not fit its field of the header.
    """

    def __init__(
        self, path: Path, header: Header, layout: RecordLayout, *, overwrite: bool
    ) -> None:
        self.n_records = 0
        self._path, self._layout = path, layout
        self._header, self._encoded = header, encode_header(header)
        self._descriptor: int | None = _create(path, overwrite)

    @property
    def closed(self) -> bool:
        """Whether nothing can be added any more."""
        return self._descriptor is None

    @property
    def descriptor(self) -> int:
        """The open file, as the system knows it; only until it is closed."""
        assert self._descriptor is not None
        return self._descriptor

    def begin(self, missing: bytes) -> None:
        """Write the header and a first record, which is missing; raises OSError."""
        self._put(self._encoded + missing, 0)

    def add(self, record: bytes) -> None:
        """Write a record behind the others; raises OSError."""
        self._put(record, self._header.begin(self.n_records))
        self.n_records += 1

    def count(self) -> None:
        """Bring the count in the header up to date; raises OSError."""
        self._put(str(self.n_records).ljust(8).encode(), COUNT_OFFSET)

    def to_disk(self) -> None:
        """Wait until what was added is on the disk, from any thread; raises OSError."""
        descriptor = self._descriptor
        if descriptor is not None:
            os.fsync(descriptor)

    def close(self) -> None:
        """Wait until all is on the disk, and close even if that fails; raises OSError."""
        descriptor, self._descriptor = self.descriptor, None
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def give_up(self, error: OSError) -> RecordingError:
        """Cut off a half-written record, close, and give the error that says what was kept."""
        n_kept = self.n_records * self._layout.n_samples
        descriptor, self._descriptor = self.descriptor, None
        with contextlib.suppress(OSError):  # the count in the header ignores the tail anyway
            os.ftruncate(descriptor, self._header.begin(max(self.n_records, 1)))
        with contextlib.suppress(OSError):  # a network disk that is full says so once more
            os.close(descriptor)
        return RecordingError(
            f"{self._path}: writing failed ({error.strerror}); {n_kept} samples "
            f"({self._layout.onset(n_kept):.1f} s) are kept in it and it opens. "
            "Make room on the disk, then begin another recording"
        )

    def _put(self, data: bytes, offset: int) -> None:
        """Write all of `data` at an offset."""
        written = write_at(self.descriptor, data, offset)
        while written < len(data):  # a full disk takes a part, then raises
            written += write_at(self.descriptor, data[written:], offset + written)


def _create(path: Path, overwrite: bool) -> int:
    flags = BINARY | os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
    try:
        return os.open(path, flags, 0o666)
    except FileExistsError as error:
        raise existing(
            path,
            "Give another name (in a study: another run, session or task)",
            "another process may be recording to it",
        ) from error
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be created ({failure(error, path)}). Choose a folder you may write to"
        ) from error
