"""The row of zeros with which many a stream begins.

The first packet leaves the board before its converter has sampled; OpenBCI's GUI and BrainFlow
write it down. Zero is no measurement, and the step from it to an electrode's offset is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from emgspasm.storage.importers.rows import LONGEST_LINE

LEFT_OUT = (
    "the first row holds 0 on every electrode, as the first packet of a stream does: no "
    "measurement, left out"
)


def zero_row_bytes(
    path: Path, offset: int, part: Callable[[str], Sequence[str]], electrodes: Sequence[int]
) -> int:
    """Bytes of a first row that holds 0 on every electrode while the second does not; else 0.

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
    """
    with path.open("rb") as file:
        file.seek(offset)
        first, second = (file.readline(LONGEST_LINE) for _ in range(2))
    zero, other = (
        _values(part(line.decode(errors="replace")), electrodes) for line in (first, second)
    )
    begins = zero is not None and other is not None and not any(zero) and any(other)
    return len(first) if begins else 0


def _values(row: Sequence[str], fields: Sequence[int]) -> list[float] | None:
    """The numbers in these fields; None if a field is none or is missing."""
    try:
        return [float(row[field]) for field in fields]
    except (ValueError, IndexError):
        return None
