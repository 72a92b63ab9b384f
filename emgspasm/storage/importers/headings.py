"""The names that the lines above the first row of a plain table give its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from emgspasm.storage.importers.fields import has_number, is_comment, is_number, mark_between, split
from emgspasm.units import microvolts_in

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
    found, said = _named(above, delimiter), _said_labels(above, len(row))
    if not _counts([field for field in found if field and is_number(field)]):
        found = ()  # a setting and its number
    if above and is_comment(above[-1]) and (said or not _may_name(found, row)):
        found = ()
    names = found if len(found) != len(row) - 1 else _filled_up(found, row)
    names = names if len(names) == len(row) else said
    unfit = found if not names and len(found) > 1 and not any(map(is_number, found)) else ()
    return names, unfit


def _counts(numbers: Sequence[str]) -> bool:
    """Whether numbers among names count columns, if there are any."""
    begun = int(numbers[0]) if numbers and numbers[0] in ("0", "1") else 0
    counted = list(map(str, range(begun, begun + len(numbers))))
    return not numbers or (len(numbers) > 1 and list(numbers) == counted)


def _may_name(found: Fields, row: Fields) -> bool:
    """Whether fields of a comment are names: one alone may be any sentence."""
    return len(found) == len(row) > 1 and not any(map(is_number, found))


def _named(above: Sequence[str], delimiter: str) -> Fields:
    """Names in the last line; where that holds units, those before it with the units behind."""
    names, found = [_parted(text, delimiter) for text in ("", "", *above)[-2:]]
    units = [field.strip("()[]") for field in found]
    voltages = [unit for unit in units if microvolts_in(unit) is not None]
    if not voltages or len(names) != len(found) or has_number(names, "."):
        return found
    pairs = zip(names, units, strict=True)
    return tuple(f"{name} ({unit})" if unit else name for name, unit in pairs)


def _parted(text: str, delimiter: str) -> Fields:
    """Fields of a line, without the mark of a comment; none of an empty one."""
    if is_comment(text):
        text = text.lstrip().lstrip("#%;").strip()
    return split(text, delimiter) if text else ()


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
