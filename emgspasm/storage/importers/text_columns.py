"""Columns of text: a plain table may have one, for labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from emgspasm.errors import RecordingError
from emgspasm.storage.importers.fields import is_number, mark_between, split


def refuse_texts(lines: Sequence[str], path: Path) -> None:
    """Refuse a table whose rows hold several texts.

    Raises
    ------
    RecordingError
        With the names of these columns.
    """
    for names, first, second in zip(lines, lines[1:], lines[2:], strict=False):
        mark = mark_between(first)
        rows = [split(text, mark) for text in (names, first, second)]
        texts = [[i for i, field in enumerate(row) if not is_number(field)] for row in rows]
        alike = len({len(row) for row in rows}) == 1 and texts[1] == texts[2]
        if mark == " " or not alike or len(texts[0]) < len(rows[0]) or len(texts[1]) < 2:
            continue
        if len(texts[1]) < len(rows[1]):
            refuse_columns_of_text([rows[0][i] for i in texts[1]], path)


def refuse_columns_of_text(names: list[str], path: Path) -> NoReturn:
    """Refuse a table of which several columns hold text.

    Raises
    ------
    RecordingError
        With their names.
    """
    raise RecordingError(
        f"{path}: a plain table with {len(names)} columns of text "
        f"({', '.join(map(repr, names))}), where one is understood, as labels that last until they "
        "change. Leave out all but one"
    )
