"""SD card files of the Cyton, ``OBCI_XX.TXT`` (firmware_notes 6.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgspasm.board import CYTON, DAISY, GAINS, LARGEST_COUNT, Board, full_scale
from emgspasm.errors import ConfigError
from emgspasm.storage.importers.counter import CYCLES
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.rows import Malformed, Rows, quote, read_blocks
from emgspasm.storage.importers.table import Table, board_channels
from emgspasm.storage.importers.tabular import import_table

SAMPLING_FREQUENCY = 250.0
"""Hertz, for 16 channels too (firmware_notes 6.3)."""
G_PER_COUNT = 0.002 / 16
"""Acceleration (firmware_notes 1.8)."""

_ROW = re.compile(
    rb"[0-9A-F]{2}((?:,[0-9A-F]{6}){16}|(?:,[0-9A-F]{6}){8})(?:,[0-9A-F]{4}){0,3}\r?\n"
)
_STAMP = re.compile(rb"%(?:START|STOP) AT\s*([0-9A-F]{8})?\s*\Z")
_MILLISECONDS = re.compile(rb"([0-9A-F]{8})\s*\Z")
_FOOTER = b"%Total time"

_NIBBLES = np.full(256, -1, dtype=np.int64)
_NIBBLES[np.frombuffer(b"0123456789ABCDEF", np.uint8)] = np.arange(16)


def sd_card_board(head: bytes) -> Board | None:
    """The board of an SD card file that begins with these bytes; None for other files."""
    for line in head.splitlines(keepends=True):
        match = _ROW.match(line)
        if match:
            return DAISY if len(match[1]) // 7 == DAISY.n_channels else CYTON
        if not (_STAMP.match(line) or _MILLISECONDS.match(line) or not line.strip()):
            return None
    return None


def import_sd_card(
    path: Path,
    board: Board,
    gain: float | None,
    sampling_frequency: float | None = None,
) -> Imported:
    """Read an SD card file of the Cyton, with or without Daisy.

    Parameters
    ----------
    path : Path
        The file.
    board : Board
        The Cyton, alone or with Daisy.
    gain : float or None
        Gain of the ADS1299; the file does not hold it.
    sampling_frequency : float, optional
        Hertz, if it was set to another than 250.

    Raises
    ------
    ConfigError
        Without a gain the board has.
    RecordingError
        If no row can be read.
    """
    if gain not in GAINS:
        given = "no gain is given" if gain is None else f"the gain is {gain:g}"
        raise ConfigError(
            f"{path}: an SD card file holds bare counts and {given}; give the one the board was "
            f"set to, one of {', '.join(map(str, GAINS))} (--gain 24 is its default)"
        )
    scale, n_channels = full_scale(gain), board.n_channels
    return import_table(
        Table(
            path=path,
            rows=partial(read_sd_rows, path, n_channels, scale),
            channels=board_channels(n_channels),
            columns=tuple(range(1, n_channels + 4)),
            sampling_frequency=sampling_frequency or SAMPLING_FREQUENCY,
            device=board.name,
            counter=0,
            cycles=CYCLES[board],
            scales=(scale,),
            holds_acceleration=True,
        )
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a block: begin and length of each, line end left out."""

    raw: NDArray[np.uint8]
    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file reading is.

    Parameters
    ----------
    line, position : int
        Line number and byte of the next block.
    stamp : (int, int) or None
        The last stamp, milliseconds, and the row it stands before.
    n_rows : int
        Rows read.
    """

    line: int = 1
    position: int = 0
    stamp: tuple[int, int] | None = None
    n_rows: int = 0


def read_sd_rows(path: Path, n_channels: int, scale: float) -> Iterator[Rows]:
    """Read the rows up to the footer or the first line that is none.

    Yields
    ------
    Rows
        Counter, channels in uV, acceleration in g (0 where none is new).
    """
    place = _Place()
    size = path.stat().st_size
    for block in read_blocks(path, 0):
        lines = _lines(block)
        values, is_row = _decode(lines, n_channels, scale)
        place, end, pauses, malformed = _read_other_lines(lines, is_row, place, size)
        yield Rows(values[: np.count_nonzero(is_row[:end])], None, malformed, pauses)
        if end < len(is_row):
            return


def _lines(block: bytes) -> _Lines:
    raw = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", np.uint8)
    ends = np.flatnonzero(raw == ord("\n"))
    begins = np.concatenate(([0], ends[:-1] + 1))
    carriage = (ends > begins) & (raw[np.maximum(ends - 1, 0)] == ord("\r"))
    return _Lines(raw, begins, ends - begins - carriage)


def _decode(
    lines: _Lines, n_channels: int, scale: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Decode the lines that are rows, and tell which are."""
    short = 2 + 7 * n_channels
    values = np.zeros((len(lines.begins), n_channels + 4))
    is_row = np.zeros(len(lines.begins), dtype=bool)
    for n_aux in range(4):
        length = short + 5 * n_aux
        found = np.flatnonzero(lines.lengths == length)
        characters = lines.raw[lines.begins[found, None] + np.arange(length)]
        counter, counter_ok = _field(characters[:, :2], 2)
        signals, signals_ok = _fields(characters[:, 2:short], 6)
        values[found, 0] = counter
        values[found, 1 : n_channels + 1] = signals * (scale / LARGEST_COUNT)
        is_row[found] = counter_ok & signals_ok
        aux, aux_ok = _fields(characters[:, short:], 4)
        values[found, n_channels + 1 : n_channels + 1 + n_aux] = aux * G_PER_COUNT
        is_row[found] &= aux_ok
    return values[is_row], is_row


def _field(
    characters: NDArray[np.uint8], width: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    digits = _NIBBLES[characters]
    values = np.asarray(digits @ 16 ** np.arange(width)[::-1], dtype=np.int64)
    return values, np.asarray((digits >= 0).all(axis=-1))


def _fields(
    characters: NDArray[np.uint8], width: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Fields that begin with a comma, two's complement, shape (n_lines, n_fields)."""
    n_lines, n_characters = characters.shape
    parts = characters.reshape(n_lines, n_characters // (width + 1), width + 1)
    values, good = _field(parts[:, :, 1:], width)
    half = 1 << (4 * width - 1)
    signed = (values ^ half) - half
    return signed, good.all(axis=1) & (parts[:, :, 0] == ord(",")).all(axis=1)


def _read_other_lines(
    lines: _Lines, is_row: NDArray[np.bool_], place: _Place, size: int
) -> tuple[_Place, int, tuple[tuple[int, float], ...], Malformed | None]:
    """Go through the lines that are no rows: stamps, the footer, the first malformed one."""
    pauses: list[tuple[int, float]] = []
    rows_before = np.cumsum(is_row)
    stamp = place.stamp
    for index in np.flatnonzero(~is_row).tolist():
        begin = int(lines.begins[index])
        text = lines.raw[begin : begin + int(lines.lengths[index])].tobytes()
        row = int(rows_before[index])
        match = _STAMP.match(text) or _MILLISECONDS.match(text)
        if match and match[1]:
            milliseconds = int(match[1], 16)
            if stamp is not None and stamp[1] == place.n_rows + row and milliseconds > stamp[0]:
                pauses.append((row, (milliseconds - stamp[0]) / 1000))
            stamp = (milliseconds, place.n_rows + row)
        elif text.startswith(_FOOTER):
            return place, index, tuple(pauses), None
        elif text.strip() and not text.startswith(b"%"):
            left = size - place.position - begin
            at_end = index == len(is_row) - 1 and left <= len(text) + 2
            malformed = Malformed(place.line + index, quote(text), left, at_end)
            return place, index, tuple(pauses), malformed
    after = _Place(
        place.line + len(is_row),
        place.position + len(lines.raw),
        stamp,
        place.n_rows + int(rows_before[-1]),
    )
    return after, len(is_row), tuple(pauses), None
