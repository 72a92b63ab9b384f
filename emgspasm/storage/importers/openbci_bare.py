"""Text of OpenBCI's GUI that lost the lines before its rows, or the first of them.

The lines that are lost begin with ``%``. What they said is found from the rows: their number of
fields (firmware_notes 10.3), the counter that goes round, the clock. The sampling frequency is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from emgspasm.board import BOARDS, Board
from emgspasm.storage.importers.counter import CYCLES, choose_cycle
from emgspasm.storage.importers.openbci_header import is_number, split_line

GUI_5_WIDTHS = {4: (15, 16), 8: (24, 25), 16: (32, 33)}
"""Fields of a row of GUI 5 and 6, by electrode channels: without and with a column of markers."""
FEWEST_ROWS = 20

_CLOCK = re.compile(r"(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{3}")


@dataclass(frozen=True, slots=True)
class _Form:
    """A kind of row: the board it is of, its version, where its clock is if it has one."""

    board: Board
    is_gui_5: bool
    clock: int | None


def assumed_lines(head: bytes) -> tuple[str, ...]:
    """What stood before the rows of a text of OpenBCI's GUI.

    Parameters
    ----------
    head : bytes
        How the file begins.

    Returns
    -------
    tuple of str
        Header lines without a sampling frequency; empty if these are no such rows.
    """
    lines = head.decode("utf-8", errors="replace").strip("\ufeff\r\n ").splitlines()
    rows = [split_line(line) for line in lines[:-1] if line.strip() and line[0] != "%"]
    if rows and set(rows[0]) == {"0.0"}:  # in place of the column row
        del rows[0]
    if not rows:
        return ()
    if rows[0][0] == "Sample Index" and any(name.startswith("EXG Channel") for name in rows[0]):
        return ("%OpenBCI Raw EXG Data",)
    form = next((form for form in _forms(len(rows[0])) if _fits(form, rows)), None)
    if form is None:
        return ()
    channels = f"%Number of channels = {form.board.n_channels}"
    if form.is_gui_5:
        return ("%OpenBCI Raw EXG Data", channels, f"%Board = {form.board.name}")
    return ("%OpenBCI Raw EEG Data", channels)


def _forms(n_fields: int) -> list[_Form]:
    """Kinds of rows with so many fields."""
    forms = []
    for board in BOARDS:
        n_exg = board.n_channels
        n_clocks = n_fields - (1 + n_exg + 3)
        if n_clocks in (0, 1, 2):
            forms.append(_Form(board, is_gui_5=False, clock=1 + n_exg + 3 if n_clocks else None))
        if n_fields in GUI_5_WIDTHS[n_exg]:
            forms.append(_Form(board, is_gui_5=True, clock=n_fields - 1))
    return forms


def _fits(form: _Form, rows: list[tuple[str, ...]]) -> bool:
    """Whether rows count as such a board does, and either go round or have the clock."""
    first = rows[0]
    signals = first[1 : 1 + form.board.n_channels + 3]
    alike = [row for row in rows if len(row) == len(first) and row[0].isdecimal()]
    if len(alike) < FEWEST_ROWS or not all(map(is_number, signals)):
        return False
    if form.clock is not None and not _CLOCK.fullmatch(first[form.clock]):
        return False
    counter = np.array([int(row[0][:9]) for row in alike])
    known = CYCLES[form.board]
    goes_round = bool((np.diff(counter) < 0).any())
    return choose_cycle(counter, known) in known and (goes_round or form.clock is not None)
