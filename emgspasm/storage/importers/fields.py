"""Fields of a line, and how what they hold is written as text."""

from __future__ import annotations

import csv
from functools import lru_cache

from emgspasm.storage.importers.rows import ERRORS, MISSING

COMMENTS = ("#", "%", ";;")

LARGEST_WHOLE = 2**53
"""Whole numbers below are exact."""


def decoded(raw: bytes) -> str:
    """A text in UTF-8, or else in the code page of Windows that spreadsheets in Europe write."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def is_comment(text: str) -> bool:
    """Whether a line is none of the table: it begins with a mark, and with no cell in error."""
    return text.lstrip().startswith(COMMENTS) and not text.lstrip().startswith(ERRORS)


def mark_between(text: str) -> str:
    """The mark between the fields of a line."""
    for mark in ("\t", ";", ","):
        if mark in text.strip():
            return mark
    return " " if " " in text.strip() else ","


@lru_cache(maxsize=512)  # lines are looked at again and again until the first row is found
def split(text: str, delimiter: str) -> tuple[str, ...]:
    """Part a line into fields, blanks and quotes stripped."""
    return tuple(part.strip().strip('"').strip() for part in _parts(text, delimiter))


def _parts(text: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return text.split()
    if '"' in text:  # a name in quotes may hold the mark itself
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True))
    return text.split(delimiter)


def is_number(field: str, decimal: str = ".") -> bool:
    """Whether a field is a number, or empty as a missing number is."""
    if field in MISSING:
        return True
    try:
        float(field.replace(decimal, "."))
    except ValueError:
        return False
    return True


def has_number(row: tuple[str, ...], decimal: str) -> bool:
    """Whether a field of a row is a number that is not missing."""
    return any(field and is_number(field, decimal) for field in row)


def marker_text(number: float) -> str:
    """A number that is a marker, whole ones to the last digit."""
    whole = float(number).is_integer() and abs(number) < LARGEST_WHOLE
    return str(int(number)) if whole else f"{number:g}"
