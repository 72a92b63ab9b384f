"""The names that the lines above the first row of a plain table give its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from emgspasm.storage.importers.fields import is_number, mark_between, split

COMMENTS = ("#", "%", ";;")

_LABELS = re.compile(r"Labels:=\s*(.+)")

Fields = tuple[str, ...]


def names_above(above: Sequence[str], row: Fields, delimiter: str) -> tuple[Fields, Fields]:
    """Read the names of columns.

    Parameters
    ----------
    above : sequence of str
        Lines above the first row.
    row : tuple of str
        Its fields.
    delimiter : str
        Between them.

    Returns
    -------
    tuple of str, tuple of str
        A name for each field, or none at all; and the names, where they fit no row.
    """
    last = above[-1] if above and not above[-1].startswith(COMMENTS) else ""
    found = split(last, delimiter) if last else ()
    names = found if len(found) != len(row) - 1 else _filled_up(found, row)
    names = names if len(names) == len(row) else _said_labels(above, len(row))
    unfit = found if not names and len(found) > 1 and not any(map(is_number, found)) else ()
    return names, unfit


def _filled_up(names: Fields, row: Fields) -> Fields:
    """Add the name that is missing: of numbered rows, as R writes them, or after a last mark."""
    if not row[-1]:
        return (*names, "")
    numbered = len(names) > 1 and row[0].isdecimal()  # two fields below one name are halves
    return ("", *names) if numbered else names


def _said_labels(above: Sequence[str], n_fields: int) -> Fields:
    for comment in above:
        match = _LABELS.search(comment)
        labels = split(match[1], mark_between(match[1])) if match else ()
        if len(labels) == n_fields:
            return labels
    return ()
