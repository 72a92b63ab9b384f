"""BrainFlow's boards: options, channels, units and how they number their rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from emgspasm import board as openbci
from emgspasm.errors import ConfigError
from emgspasm.labels import Kind
from emgspasm.sources.brainflow.session import description, library
from emgspasm.sources.cyton.daisy import DAISY_SKEW
from emgspasm.sources.numbering import UNNUMBERED, Numbering
from emgspasm.stream import Channel, StreamInfo

PLAYBACK, STREAMING = -3, -2
CYTON, GANGLION, CYTON_DAISY, GALEA = 0, 1, 2, 3
GANGLION_WIFI, CYTON_WIFI, CYTON_DAISY_WIFI, GANGLION_NATIVE = 4, 5, 6, 46
SERIAL_CYTONS = (CYTON, CYTON_DAISY)

_ACCELERATION = 64.0
"""g that no accelerometer of these boards exceeds; a file keeps steps of 8 millionths [design]."""

IP_PROTOCOLS = {"": 0, "udp": 1, "tcp": 2}

_BYTE = Numbering(cycle=256, rows=1)
_NUMBERINGS = {
    CYTON: _BYTE,
    CYTON_WIFI: _BYTE,
    CYTON_DAISY_WIFI: _BYTE,
    GALEA: _BYTE,
    -1: _BYTE,  # synthetic
    # BrainFlow stores the even number of the Daisy half; where that half is lost, the old one
    # is paired again under its old number (firmware_notes 2.1).
    CYTON_DAISY: Numbering(cycle=128, rows=1, step=2, stale=True),
    # Two rows a packet; 100-199 are the same packets in finer quantization, 201-205 impedances.
    # Firmware 2, which BrainFlow finds out by itself, counts in another way (firmware_notes 7.2).
    GANGLION: Numbering(cycle=100, rows=2, end=201, old=True),
    GANGLION_NATIVE: Numbering(cycle=100, rows=2, end=201, old=True),
    GANGLION_WIFI: Numbering(cycle=201, rows=1),  # samples, not packets (firmware_notes 7.2)
}
"""Boards whose numbering is known from BrainFlow's source and the firmware; that of others is
learned from the numbers."""


@dataclass(frozen=True, slots=True)
class BrainflowSettings:
    """Which board BrainFlow opens, and how it is reached; see BrainFlow's own list of boards.

    Parameters
    ----------
    board : str or int
        Name as BrainFlow spells it, with or without ``_BOARD`` and in any case (``"ganglion"``,
        ``"muse_s"``), or number.
    serial_port, mac_address, ip_address, serial_number, other_info : str
        What the board needs.
    ip_port : int
    ip_protocol : {"", "udp", "tcp"}
    timeout : int
        Seconds BrainFlow may look for the board; 0 for its own default.
    file : str
        What ``playback_file`` plays; a gap of the recording stays a gap.
    master_board : str or int
        Which board recorded the file, or streams to ``streaming``.
    commands : tuple of str
        Sent in turn before streaming, never after; a Cyton's bipolar EMG wants ``x1060000X``
        for every channel (firmware_notes 3.4).
    """

    board: str | int
    serial_port: str = ""
    mac_address: str = ""
    ip_address: str = ""
    ip_port: int = 0
    ip_protocol: str = ""
    serial_number: str = ""
    other_info: str = ""
    timeout: int = 0
    file: str = ""
    master_board: str | int = ""
    commands: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.ip_protocol not in IP_PROTOCOLS:
            raise ConfigError(f"ip_protocol={self.ip_protocol!r}; it must be udp or tcp, or empty")
        for command in self.commands:
            if command in ("b", "s", "v"):
                raise ConfigError(
                    f"command {command!r} starts, stops or resets the board, which emgspasm does "
                    "itself. Leave it out"
                )


@dataclass(frozen=True, slots=True)
class Board:
    """A board as BrainFlow describes it.

    Parameters
    ----------
    board_id, master_id : int
        The board to open, and the one whose rows it delivers; the same but for playback and
        streaming.
    info : StreamInfo
    rows : tuple of int
        BrainFlow's rows that are columns, in column order.
    number_row : int or None
        BrainFlow's row of package numbers.
    n_rows : int
        All of BrainFlow's rows.
    numbering : Numbering
    skews : tuple of float
        Seconds from a row's sample number to each column's sampling (firmware_notes 2.2).
    """

    board_id: int
    master_id: int
    info: StreamInfo
    rows: tuple[int, ...]
    number_row: int | None
    n_rows: int
    numbering: Numbering
    skews: tuple[float, ...]


def describe(settings: BrainflowSettings) -> Board:
    """Read BrainFlow's description of a board.

    Raises
    ------
    ConfigError
        No such board, one without biosignals, or a command it must not get.
    """
    board_id, master_id = _identify(settings)
    _check_rates(settings, master_id)
    table = description(master_id)
    kinds = _biosignals(table)
    if not kinds:
        raise ConfigError(
            f"board {settings.board!r} has no biosignal channels in BrainFlow's default preset. "
            "Choose another board"
        )
    accelerometer = tuple(table.get("accel_channels", ()))
    channels = _channels(settings, master_id, table, kinds) + tuple(
        Channel(f"ACCEL_{axis}", kind="ACCEL", unit="g", full_scale=_ACCELERATION)
        for axis, _ in zip("XYZ", accelerometer, strict=False)
    )
    rows = (*kinds, *accelerometer[:3])
    number_row = table.get("package_num_channel")
    return Board(
        board_id,
        master_id,
        StreamInfo(_sampling_frequency(settings, master_id, table), channels, str(table["name"])),
        rows,
        number_row,
        int(table["num_rows"]),
        _numbering(master_id, number_row),
        tuple(_skew(master_id, row) for row in rows),
    )


def parameters(settings: BrainflowSettings, board: Board, serial_port: str) -> dict[str, object]:
    """Fields of BrainFlow's input parameters: the way to the board."""
    given: dict[str, object] = {
        name: getattr(settings, name)
        for name in (
            "mac_address",
            "ip_address",
            "ip_port",
            "serial_number",
            "other_info",
            "timeout",
            "file",
        )
    }
    given |= {"serial_port": serial_port, "ip_protocol": IP_PROTOCOLS[settings.ip_protocol]}
    if board.board_id != board.master_id:
        given["master_board"] = board.master_id
    return given


def _identify(settings: BrainflowSettings) -> tuple[int, int]:
    """Find the numbers of board and master board."""
    board_id = _number(settings.board)
    if board_id not in (PLAYBACK, STREAMING):
        return board_id, board_id
    if settings.master_board == "":
        raise ConfigError(
            f"board {settings.board!r} needs master_board: the board that recorded or streams"
        )
    return board_id, _number(settings.master_board)


def _number(board: str | int) -> int:
    ids = {each.name.removesuffix("_BOARD").lower(): each.value for each in library().BoardIds}
    del ids["no"]
    if isinstance(board, int):
        if board in ids.values():
            return board
        raise ConfigError(f"BrainFlow knows no board {board}. Name it, such as 'ganglion'")
    name = board.lower().removesuffix("_board")
    if name in ids:
        return int(ids[name])
    near = get_close_matches(name, ids, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(ids)}"
    raise ConfigError(f"BrainFlow knows no board {board!r}. {hint}")


def _biosignals(table: Mapping[str, Any]) -> dict[int, Kind]:
    """Find the rows in microvolts and what they record; a row of many kinds counts as EMG."""
    order: tuple[tuple[str, Kind], ...] = (
        ("emg_channels", "EMG"),
        ("eog_channels", "EOG"),
        ("ecg_channels", "ECG"),
        ("eeg_channels", "EEG"),
    )
    kinds: dict[int, Kind] = {}
    for key, kind in order:
        for row in table.get(key, ()):
            kinds.setdefault(row, kind)
    return dict(sorted(kinds.items()))


def _channels(
    settings: BrainflowSettings, master_id: int, table: Mapping[str, Any], kinds: dict[int, Kind]
) -> tuple[Channel, ...]:
    """Name the biosignals: EEG as BrainFlow names it, all others ``CH1`` onwards."""
    eeg = dict(zip(table.get("eeg_channels", ()), _eeg_names(table), strict=False))
    scales = _full_scales(settings, master_id, len(kinds))
    return tuple(
        Channel(
            eeg.get(row, f"CH{i + 1}") if kind == "EEG" else f"CH{i + 1}",
            kind=kind,
            full_scale=scales[i],
        )
        for i, (row, kind) in enumerate(kinds.items())
    )


def _eeg_names(table: Mapping[str, Any]) -> list[str]:
    return [name for name in str(table.get("eeg_names", "")).split(",") if name]


def _full_scales(settings: BrainflowSettings, master_id: int, n_channels: int) -> list[float]:
    """Give the largest magnitude of every channel in uV; infinite where it is not known."""
    if master_id in (GANGLION, GANGLION_NATIVE):
        return list(openbci.GANGLION.full_scales) * n_channels
    if master_id not in (*SERIAL_CYTONS, CYTON_WIFI, CYTON_DAISY_WIFI):
        return [np.inf] * n_channels
    gains = [24] * n_channels
    for letter, code in re.findall(r"x([1-8QWERTYUI])\d([0-6])\d{4}X", "".join(settings.commands)):
        if openbci.LETTERS.index(letter) < n_channels:
            gains[openbci.LETTERS.index(letter)] = openbci.GAINS[int(code)]
    return [openbci.full_scale(gain) for gain in gains]


def _check_rates(settings: BrainflowSettings, master_id: int) -> None:
    """Refuse a change of rate where the radio carries one rate only."""
    if master_id in SERIAL_CYTONS and any("~" in command for command in settings.commands):
        raise ConfigError(
            "a command with '~' would change the sampling rate of a Cyton on a serial dongle: its "
            "radio carries 250 packets a second only, while BrainFlow would report the new rate. "
            "Leave it out, or use a WiFi shield"
        )


def _sampling_frequency(
    settings: BrainflowSettings, master_id: int, table: Mapping[str, Any]
) -> float:
    """Give the rate after the commands; ``~n`` halves from 16 000 Hz, a Ganglion's from 25 600."""
    rates = re.findall(r"~([0-7])", "".join(settings.commands))
    if not rates:
        return float(table["sampling_rate"])
    fastest = 25_600 if master_id in (GANGLION, GANGLION_NATIVE, GANGLION_WIFI) else 16_000
    return fastest / 2.0 ** int(rates[-1])


def _numbering(master_id: int, number_row: int | None) -> Numbering:
    return UNNUMBERED if number_row is None else _NUMBERINGS.get(master_id, Numbering())


def _skew(master_id: int, row: int) -> float:
    return DAISY_SKEW if master_id == CYTON_DAISY and 9 <= row <= 16 else 0.0
