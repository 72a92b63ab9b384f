"""The first row of a stream, where it is no measurement.

The first packet leaves the board before its converter has sampled, and holds zeros; with a Daisy by
radio, whose samples are means of two, the first sample is half of what it should be
(firmware_notes 2.1, 2.4). OpenBCI's GUI and BrainFlow write such rows down. The step from there to
an electrode's offset, tens of millivolts, is no signal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from emgspasm.board import DAISY
from emgspasm.storage.importers.rows import LONGEST_LINE

ZEROS = (
    "the first row holds 0 on every electrode, as the first packet of a stream does: no "
    "measurement, left out"
)
HALVES = (
    "the first row is half of the second on most electrodes, as the first mean of a Daisy's stream "
    "is: no measurement, left out"
)
HALF = (0.4, 0.6)
"""Shares of the second row that are taken for half of it."""


def invalid_first_row(
    path: Path, offset: int, part: Callable[[str], Sequence[str]], electrodes: Sequence[int]
) -> tuple[int, str] | None:
    """Find a first row that is no measurement.

    Parameters
    ----------
    path : Path
        The file.
    offset : int
        Where the first row begins.
    part : callable
        Parts a line into fields, with decimal points.
    electrodes : sequence of int
        Fields of the electrodes.

    Returns
    -------
    (int, str) or None
        Its bytes, and what is said of it; None if the first row is one like the others.
    """
    with path.open("rb") as file:
        file.seek(offset)
        lines = [file.readline(LONGEST_LINE) for _ in range(2)]
    rows = [_values(part(line.decode(errors="replace")), electrodes) for line in lines]
    if not all(rows) or not any(rows[1]):
        return None
    if not any(rows[0]):
        return len(lines[0]), ZEROS
    return (len(lines[0]), HALVES) if _is_half(*rows) else None


def _is_half(first: list[float], second: list[float]) -> bool:
    shares = [one / two for one, two in zip(first, second, strict=True) if two]
    halves = sum(HALF[0] < share < HALF[1] for share in shares)
    return len(first) == DAISY.n_channels and 2 * halves >= len(shares)


def _values(row: Sequence[str], fields: Sequence[int]) -> list[float]:
    """The numbers in these fields; none at all if a field is no number or is missing."""
    try:
        return [float(row[field]) for field in fields]
    except (ValueError, IndexError):
        return []
