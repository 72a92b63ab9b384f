"""One column of a table: its name, its meaning and its unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
    description : str
    unit : str
        ``""`` for numbers without one and for text.
    unitless : bool
        Whether it holds numbers without a unit.
    levels : tuple of str
        The words it may hold; empty if it may hold others.
    whole : bool
        Whether it holds whole numbers.
    label : bool
        Whether it holds words even where they look like numbers: 01, 4e1234567890, a channel 1.
    """

    name: str
    description: str
    unit: str = ""
    unitless: bool = False
    levels: tuple[str, ...] = ()
    whole: bool = False
    label: bool = False


def numbers(columns: Iterable[Column]) -> list[str]:
    """Names of the columns that hold numbers: with a unit or without one, or whole ones."""
    return [c.name for c in columns if c.unit or c.unitless or c.whole]


def described(column: Column) -> dict[str, Any]:
    """The entry of a column in a data dictionary, in the words of BIDS."""
    entry: dict[str, Any] = {"Description": column.description}
    if column.unit:
        entry["Units"] = column.unit
    if column.levels:
        entry["Levels"] = list(column.levels)
    return entry
