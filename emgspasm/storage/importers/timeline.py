"""Where the rows of a file lie in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The rows of a file as runs of consecutive samples.

    Parameters
    ----------
    runs : ndarray of int64, shape (n_runs, 3)
        First row, number of rows and first sample number of every run, in order. Between two
        runs samples are missing, or rows were left out.
    """

    runs: NDArray[np.int64]

    @property
    def n_samples(self) -> int:
        """Samples from the first to the last, missing ones included."""
        return int(self.runs[-1, 1:].sum()) if len(self.runs) else 0

    def pieces(self, row: int, n_rows: int) -> Iterator[tuple[int, int, int]]:
        """Cut the rows ``[row, row + n_rows)`` into runs.

        Yields
        ------
        tuple of int
            First and last row (half open, counted from `row`) and the first sample number.
        """
        firsts = self.runs[:, 0]
        index = max(int(np.searchsorted(firsts, row, side="right")) - 1, 0)
        end = int(np.searchsorted(firsts, row + n_rows))
        for first, length, sample in self.runs[index:end].tolist():
            begin, end = max(first, row), min(first + length, row + n_rows)
            if begin < end:
                yield begin - row, end - row, sample + begin - first

    def sample_of(self, row: int) -> int | None:
        """Sample number of a row; None if the row was left out."""
        return next((sample for _, _, sample in self.pieces(row, 1)), None)


def from_losses(n_rows: int, losses: Sequence[tuple[int, int]]) -> Timeline:
    """Lay rows out from what was lost before some of them.

    Parameters
    ----------
    n_rows : int
        Rows in the file.
    losses : sequence of (int, int)
        A row and the samples missing just before it, in order of rows. A negative number means
        that the counter stepped back: rows are left out until it passes where it was.
    """
    runs: list[tuple[int, int, int]] = []
    row, sample, stop = 0, 0, 0
    for next_row, lost in [*losses, (n_rows, 0)]:
        skipped = min(max(stop - sample, 0), next_row - row)
        if next_row - row > skipped:
            runs.append((row + skipped, next_row - row - skipped, sample + skipped))
        sample += next_row - row
        stop = max(stop, sample)
        sample += lost
        row = next_row
    # Column by column, so that a search of the first rows copies nothing.
    return Timeline(np.array(runs, dtype=np.int64).reshape(-1, 3).copy(order="F"))
