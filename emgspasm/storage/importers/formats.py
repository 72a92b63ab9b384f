"""Formats of recordings: how a file of each is known, and who reads it.

A further format is a module of :mod:`emgspasm.storage.importers` and a row of :data:`FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.digest import Digest
from emgspasm.storage.edf.header import is_edf
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.files import require_regular
from emgspasm.storage.importers.brainflow import brainflow_row, import_brainflow
from emgspasm.storage.importers.delimited import import_delimited
from emgspasm.storage.importers.grid import read_grid
from emgspasm.storage.importers.openbci_bare import assumed_lines
from emgspasm.storage.importers.openbci_text import import_openbci_text, is_openbci_text
from emgspasm.storage.importers.rows import HEAD_BYTES, quote
from emgspasm.storage.importers.sd_card import import_sd_card, sd_card_board
from emgspasm.storage.importers.sd_converted import import_sd_converted, is_sd_converted
from emgspasm.storage.importers.xdf import import_xdf
from emgspasm.storage.importers.xdf_chunks import MAGIC as XDF_MAGIC
from emgspasm.storage.stored import StoredRecording
from emgspasm.system import unreadable

PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is to be read.

    Parameters
    ----------
    path : Path
    head : bytes
        How it begins.
    sampling_frequency : float or None
        Hertz, for files that do not say it.
    gain : float or None
        Gain of the amplifier, for files of bare counts.
    digest : Digest or None
        Takes in what is read block by block.
    """

    path: Path
    head: bytes
    sampling_frequency: float | None
    gain: float | None
    digest: Digest | None


Reader = Callable[[], StoredRecording]


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Parameters
    ----------
    name : str
        As messages call it.
    reader : callable
        Gives what reads a file, if it is of this format, else None.
    holds_counts : bool
        Whether it holds bare counts, for which the gain must be given.
    """

    name: str
    reader: Callable[[Unread], Reader | None]
    holds_counts: bool = False


def _edf(file: Unread) -> Reader | None:
    return partial(open_edf, file.path, file.digest) if is_edf(file.head) else None


def _openbci_text(file: Unread) -> Reader | None:
    if not is_openbci_text(file.head):
        return None
    return partial(import_openbci_text, file.path, file.head, file.sampling_frequency)


def _openbci_bare(file: Unread) -> Reader | None:
    assumed = assumed_lines(file.head)
    if not assumed:
        return None
    return partial(import_openbci_text, file.path, file.head, file.sampling_frequency, assumed)


def _sd_card(file: Unread) -> Reader | None:
    board = sd_card_board(file.head)
    if board is None:
        return None
    return partial(import_sd_card, file.path, board, file.gain, file.sampling_frequency)


def _sd_converted(file: Unread) -> Reader | None:
    if not is_sd_converted(file.head):
        return None
    return partial(import_sd_converted, file.path, file.head, file.sampling_frequency)


def _brainflow(file: Unread) -> Reader | None:
    row = brainflow_row(file.head)
    return partial(import_brainflow, file.path, row, file.sampling_frequency) if row else None


def _xdf(file: Unread) -> Reader | None:
    return partial(import_xdf, file.path) if file.head.startswith(XDF_MAGIC) else None


def _delimited(file: Unread) -> Reader | None:
    grid = read_grid(file.path, file.head)
    return partial(import_delimited, grid, file.sampling_frequency) if grid else None


FORMATS = (
    Format("BDF, BDF+, EDF and EDF+", _edf),
    Format("text files of OpenBCI's GUI", _openbci_text),
    Format("SD card files of the Cyton", _sd_card, holds_counts=True),
    Format("SD card files of the Cyton", _sd_converted),
    Format("BrainFlow files", _brainflow),
    Format("XDF", _xdf),
    Format("text files of OpenBCI's GUI", _openbci_bare),
    Format("plain tables (CSV, TSV, text)", _delimited),
)
"""All formats; of several that fit, the first reads the file."""


def read(
    path: Path, sampling_frequency: float | None, gain: float | None, digest: Digest | None
) -> StoredRecording:
    """Read a file of any format; what it does not hold itself must be given.

    Parameters
    ----------
    path, sampling_frequency, gain, digest
        See :class:`Unread`.

    Returns
    -------
    StoredRecording
        As the file holds it.

    Raises
    ------
    RecordingError
        If it cannot be read or no format fits.
    ConfigError
        If a gain is given for a file that holds no bare counts.
    """
    file = Unread(path, _read_head(path), sampling_frequency, gain, digest)
    for known in FORMATS:
        reader = known.reader(file)
        if reader is not None:
            _refuse_gain(file, known)
            return reader()
    raise _unknown(path, file.head)


def _refuse_gain(file: Unread, known: Format) -> None:
    """Refuse a gain where it would silently change nothing."""
    if file.gain is not None and not known.holds_counts:
        counts = " or ".join(each.name for each in FORMATS if each.holds_counts)
        raise ConfigError(
            f"{file.path} is none of the {counts}, so a gain of {file.gain:g} has nothing to scale "
            "(other files hold volts, or a montage says their unit). Leave it out"
        )


def _read_head(path: Path) -> bytes:
    require_regular(path)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise RecordingError(
            f"{path}: {unreadable(error, path)}; give a file that can be read"
        ) from error
    if not head.strip():
        raise RecordingError(f"{path}: the file is empty; give one that holds a recording")
    return head


def _unknown(path: Path, head: bytes) -> RecordingError:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return RecordingError(
            f"{path}: text in UTF-16 (understood is UTF-8). Save it as UTF-8, or as CSV without "
            "Unicode"
        )
    for magic, name in PACKED.items():
        if head.startswith(magic):
            return RecordingError(f"{path}: packed with {name}; unpack it first")
    return RecordingError(
        f"{path}: no format fits (it begins {quote(head)!r}); understood are {_understood()}"
    )


def _understood() -> str:
    *names, last = dict.fromkeys(known.name for known in FORMATS)
    return f"{', '.join(names)}, and {last}"
