"""SD card files of the Cyton as OpenBCI's GUI 1 to 5 converted them, ``SDconverted-*``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from emgspasm.board import CYTON, DAISY, Board
from emgspasm.errors import RecordingError
from emgspasm.storage.importers.counter import CYCLES
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.logs import read_log
from emgspasm.storage.importers.rows import Layout
from emgspasm.storage.importers.sd_card import SAMPLING_FREQUENCY
from emgspasm.storage.importers.table import Table, board_channels
from emgspasm.storage.importers.tabular import import_table

FIRST_WORDS = (b"%OBCI Data Log", b"%OBCI SD Convert")
N_ACCELERATION = 3
CONVERTED = (
    "converted from an SD card file by OpenBCI's GUI, which takes the gain for 24 and the rate for "
    "250 Hz whatever they were"
)


def is_sd_converted(head: bytes) -> bool:
    """Whether a file that begins with these bytes is one."""
    return head.startswith(FIRST_WORDS)


def import_sd_converted(
    path: Path, head: bytes, sampling_frequency: float | None = None
) -> Imported:
    """Read a converted SD card file.

    Parameters
    ----------
    path : Path
        The file.
    head : bytes
        Its beginning.
    sampling_frequency : float, optional
        Hertz, if the board was set to another than 250; what the header says is always 250.

    Raises
    ------
    RecordingError
        If no row of 8 or 16 channels can be read.
    """
    board = _board(path, head)
    width = 1 + board.n_channels + N_ACCELERATION
    # Acceleration stands only in the rows that have a new value (firmware_notes 1.8).
    layout = Layout(
        path, 0, 1, ",", width, tuple(range(width)), comments=("%",), n_optional=N_ACCELERATION
    )
    table = Table(
        path=path,
        rows=partial(read_log, layout),
        channels=board_channels(board.n_channels, N_ACCELERATION),
        columns=tuple(range(1, width)),
        sampling_frequency=sampling_frequency or SAMPLING_FREQUENCY,
        device=board.name,
        counter=0,
        cycles=CYCLES[board],
        scales=board.full_scales,
        holds_acceleration=True,
    )
    return import_table(table, [CONVERTED])


def _board(path: Path, head: bytes) -> Board:
    for line in head.splitlines():
        n_fields = line.count(b",") + 1
        for board in (DAISY, CYTON):
            if 0 <= n_fields - 1 - board.n_channels <= N_ACCELERATION:
                return board
    raise RecordingError(
        f"{path}: a conversion by OpenBCI's GUI without a row of 8 or 16 channels. Import the SD "
        "card file it was made from, OBCI_XX.TXT"
    )
