"""Text files of OpenBCI's GUI, every version (firmware_notes 10.1 to 10.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from emgspasm.board import CYTON, DAISY, GANGLION
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.exporters.openbci_text import NO_DATE
from emgspasm.storage.importers.counter import CYCLES, Cycle
from emgspasm.storage.importers.first_row import invalid_first_row
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.logs import read_log
from emgspasm.storage.importers.openbci_header import (
    Header,
    is_number,
    read_header,
    said_value,
    split_row,
)
from emgspasm.storage.importers.rows import Layout
from emgspasm.storage.importers.stamps import EPOCH, of_place
from emgspasm.storage.importers.table import Table, board_channels
from emgspasm.storage.importers.tabular import import_table
from emgspasm.stream import Channel

FIRST_WORDS = b"%OpenBCI"
_MEANING = re.compile(r"%Marker (?P<number>\d+) means (?P<text>.+)")
_WORDS = {"Ganglion": GANGLION, "Daisy": DAISY, "Cyton": CYTON}
"""Of the GUI's names of boards: of several that fit, the first."""
_CLOCK = re.compile(r"\d\d:\d\d:\d\d\.\d{3}")


def is_openbci_text(head: bytes) -> bool:
    """Whether a file that begins with these bytes is one."""
    return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(FIRST_WORDS)


def import_openbci_text(
    path: Path,
    head: bytes,
    sampling_frequency: float | None = None,
    assumed: tuple[str, ...] = (),
) -> Imported:
    """Read a text file of OpenBCI's GUI 1 to 6.

    Parameters
    ----------
    path : Path
        The file.
    head : bytes
        How it begins.
    sampling_frequency : float, optional
        Hertz, where its header says none.
    assumed : tuple of str
        The header of a file that lacks it: see :mod:`openbci_bare`.

    Returns
    -------
    Imported
        Channels ``EXG Channel 0`` and so on in uV, acceleration in g, other auxiliary channels
        that ever change; markers as annotations.

    Raises
    ------
    RecordingError
        If no sampling frequency is known, or the rows hold no channel.
    """
    header = read_header(path, head, assumed)
    if "Raw Aux" in header.lines[0]:
        raise RecordingError(
            f"{path}: an auxiliary file of OpenBCI's GUI ({header.lines[0]!r}) holds no electrode "
            "signal; import the file whose name begins OpenBCI-RAW- without -Aux- beside it"
        )
    fs = _sampling_frequency(header, sampling_frequency, bare=bool(assumed))
    roles = _roles(header)
    findings = [_assumption(header, roles)] if assumed else _describe_count(header, roles)
    part = partial(split_row, separator=header.separator, decimal=header.decimal)
    if invalid := invalid_first_row(path, header.offset, part, roles.exg):
        header = replace(header, offset=header.offset + invalid[0], line=header.line + 1)
        findings.append(invalid[1])
    if len(roles.exg) == 16 and fs <= 125:
        findings.append(
            "Daisy by radio: channels 9 to 16 were sampled 4 ms apart from 1 to 8, so lags between "
            "the two boards are off by that much"
        )
    return _as_exported(import_table(_table(header, fs, roles), findings), header)


def _as_exported(imported: Imported, header: Header) -> Imported:
    """Give markers the texts that the header of our own export holds, and drop its made-up date.

    The day is that of the place: stamps count universal time, and a clock stands beside them.
    """
    matches = filter(None, map(_MEANING.fullmatch, header.lines))
    meanings = {match["number"]: match["text"] for match in matches}
    annotations = tuple(
        replace(mark, text=meanings.get(mark.text, mark.text)) for mark in imported.annotations
    )
    start = imported.start
    clock = next((field for field in header.first_row if _CLOCK.search(field)), None)
    if start is not None and clock is not None:
        start = of_place(start, clock)
    if start is not None and start.date() == NO_DATE.date():
        start = None
    return replace(imported, annotations=annotations, start=start)


def _sampling_frequency(header: Header, given: float | None, *, bare: bool) -> float:
    said = said_value(header, "Sample Rate")
    fs = given if said is None else said
    if fs is None and bare:
        raise ConfigError(
            f"{header.path}: rows of OpenBCI's GUI without its header (lines that begin with %), "
            "which says the sampling frequency; give it (--sampling-frequency HZ: a Cyton has 250 "
            "by radio, with Daisy 125, a Ganglion 200)"
        )
    if fs is None or not 0 < fs < 1e6:
        raise RecordingError(
            f"{header.path}: the header gives no sampling frequency ('%Sample Rate = 250 Hz' is "
            f"missing or is {said}); add that line"
            + (", or give it (--sampling-frequency HZ)" if said is None else "")
        )
    return fs


def _assumption(header: Header, roles: Roles) -> str:
    by = "the column row" if header.names else f"{len(header.first_row)} fields a row"
    return (
        f"the header of OpenBCI's GUI is missing: by {by} taken for {len(roles.exg)} electrodes in "
        f"uV and {len(roles.acceleration)} columns of acceleration in g"
    )


def _describe_count(header: Header, roles: Roles) -> list[str]:
    said = said_value(header, "Number of channels")
    if said is None or said == len(roles.exg):
        return []
    return [
        f"the header counts {said:g} channels, its columns are of {len(roles.exg)}: these are read"
    ]


@dataclass(frozen=True, slots=True)
class Roles:
    """Fields of a row by what they hold; a clock where there is no time stamp."""

    exg: tuple[int, ...]
    acceleration: tuple[int, ...] = ()
    others: tuple[tuple[int, str], ...] = ()
    time: int | None = None
    marker: int | None = None
    clock: int | None = None


def _roles(header: Header) -> Roles:
    _refuse_more_numbers_than_fit(header)
    named = any(name.startswith("EXG Channel") for name in header.names)
    roles = _roles_by_name(header) if named else _roles_by_place(header)
    if not roles.exg:
        raise RecordingError(
            f"{header.path}: rows of {len(header.first_row)} fields hold no channel beside the "
            "counter; a file of OpenBCI's GUI has 4, 8 or 16 channels"
        )
    return roles


def _refuse_more_numbers_than_fit(header: Header) -> None:
    """Refuse a row whose decimal commas were taken for separators."""
    numbers = [field for field in header.first_row if ":" not in field]
    n_channels = int(said_value(header, "Number of channels") or 4)
    has_board = any(line.startswith("%Board") for line in header.lines)
    most = len(header.names) or n_channels + (17 if has_board else 5)  # firmware_notes 10.3
    if len(numbers) > most + 1 and not any("." in number for number in numbers):
        raise RecordingError(
            f"{header.path}: line {header.line} holds {len(numbers)} numbers, none with a decimal "
            f"point, where at most {most} belong: its decimal mark is the comma that also parts "
            "the fields, so nobody can tell them apart. Export it again with decimal points"
        )


def _roles_by_name(header: Header) -> Roles:
    n_fields = len(header.first_row)
    places = {name: i for i, name in reversed(list(enumerate(header.names[:n_fields])))}

    def starting(word: str) -> tuple[int, ...]:
        return tuple(i for i, n in enumerate(header.names[:n_fields]) if n.startswith(word))

    others = [(i, header.names[i]) for i in (*starting("Analog"), *starting("Digital"))]
    return Roles(
        starting("EXG Channel"),
        starting("Accel Channel"),
        tuple((i, _short(name)) for i, name in others),
        places.get("Timestamp"),
        places.get("Marker Channel"),
    )


def _short(name: str) -> str:
    """``Digital Channel 0 (D11)`` as ``D11``, so that it fits the label of a BDF."""
    match = re.search(r"\((\w+)\)", name)
    return match[1] if match else name


def _roles_by_place(header: Header) -> Roles:
    """Index, channels, 3 acceleration values, then clocks; the channel count may be unsaid."""
    row = header.first_row
    clock = next((i for i, field in enumerate(row) if _CLOCK.search(field)), None)
    if any(line.startswith("%Board") for line in header.lines):
        return _roles_of_gui_5(header, clock)
    n_numbers = clock if clock is not None else len(row)
    said = said_value(header, "Number of channels")
    n_exg = int(said) if said and 0 < said < n_numbers else n_numbers - 4
    time = clock + 1 if clock is not None and clock + 1 < len(row) else None
    acceleration = tuple(range(n_exg + 1, n_exg + 4)) if n_exg + 4 <= n_numbers else ()
    text = clock if time is None else None
    return Roles(tuple(range(1, n_exg + 1)), acceleration, time=time, clock=text)


def _roles_of_gui_5(header: Header, clock: int | None) -> Roles:
    """Rows of GUI 5 and 6 whose column row is missing: the clock is last, the stamp is large."""
    row = header.first_row
    said = said_value(header, "Number of channels")
    n_exg = int(said) if said and 0 < said < len(row) else 0
    time = next(
        (i for i, field in enumerate(row) if is_number(field) and float(field) > EPOCH[0]), None
    )
    marker = time + 1 if time is not None and time + 1 < (clock or len(row)) else None
    acceleration = tuple(range(n_exg + 1, n_exg + 4)) if n_exg + 4 < len(row) else ()
    return Roles(tuple(range(1, n_exg + 1)), acceleration, time=time, marker=marker)


def _table(header: Header, fs: float, roles: Roles) -> Table:
    n_exg = len(roles.exg)
    signals = (0, *roles.exg, *roles.acceleration, *(i for i, _ in roles.others))
    extra = [field for field in (roles.time, roles.marker) if field is not None]
    numbers = (*signals, *extra)
    # Between commas and blanks, reading itself makes points of the decimal commas.
    decimal = "." if header.separator == ", " else header.decimal
    layout = Layout(
        header.path,
        header.offset,
        header.line,
        header.separator,
        len(header.first_row),
        numbers,
        roles.clock,
        decimal,
    )
    device, cycles, scales = _board(header, n_exg)
    return Table(
        path=header.path,
        rows=partial(read_log, layout),
        channels=(
            *board_channels(n_exg, len(roles.acceleration)),
            *(Channel(name, kind="MISC", unit="count") for _, name in roles.others),
        ),
        columns=tuple(range(1, len(signals))),
        sampling_frequency=fs,
        device=device,
        counter=0,
        time=None if roles.time is None else numbers.index(roles.time),
        marker=None if roles.marker is None else numbers.index(roles.marker),
        clock=roles.clock is not None,
        cycles=cycles,
        scales=scales,
        holds_acceleration=True,
        begins_with_zeros=True,
    )


def _board(header: Header, n_exg: int) -> tuple[str, tuple[Cycle, ...], tuple[float, ...]]:
    """Name, counter cycles and full scales of the board, by its name or else its channels."""
    line = next((line for line in header.lines if line.startswith("%Board")), "")
    name = line.partition("=")[2].strip().removeprefix("OpenBCI_GUI$")
    for word, board in _WORDS.items():
        if word in name or (not name and n_exg == board.n_channels):
            return name or board.name, CYCLES[board], board.full_scales
    return name, (), ()
