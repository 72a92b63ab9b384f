"""Rows of the same table of many results, parsed together.

A data frame takes as long for the ten rows of a result as for ten thousand rows, so that parsed one
after the other the tables of a large study would take a minute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from emgspasm.errors import RecordingError
from emgspasm.results.stored import require_fit
from emgspasm.storage.tables.tsv import parse_table, table_rows

Rows = list[dict[str, Any]]


def parse_together(contents: Mapping[Path, bytes], name: str) -> dict[Path, Rows]:
    """Rows of tables, as if each were parsed alone.

    Parameters
    ----------
    contents : mapping of Path to bytes
        What was read, and where.
    name : str
        ``events``, ``summary``, ``quality``, ``pairs`` or ``trials``.

    Raises
    ------
    RecordingError
        What :func:`~emgspasm.results.stored.read_result_table` raises, naming an unfit table.
    """
    alike: dict[object, dict[Path, bytes]] = defaultdict(dict)
    for path, content in contents.items():
        key = content.partition(b"\n")[0] if _is_plain(content) else path
        alike[key][path] = content
    found: dict[Path, Rows] = {}
    for tables in alike.values():
        found |= _joined(tables, name) if len(tables) > 1 else _alone(tables, name)
    return found


def _is_plain(content: bytes) -> bool:
    """Whether every line is a whole row, of as many cells as the heading has."""
    if b'"' in content or b"\r" in content or not content.endswith(b"\n"):
        return False
    lines = content.split(b"\n")[:-1]
    n_tabs = lines[0].count(b"\t")
    return n_tabs > 0 and all(line.count(b"\t") == n_tabs for line in lines)


def _joined(tables: Mapping[Path, bytes], name: str) -> dict[Path, Rows]:
    """Rows of plain tables that have the same heading."""
    first, *others = tables
    bodies = [tables[path].partition(b"\n")[2] for path in others]
    try:
        rows = iter(_rows(tables[first] + b"".join(bodies), first, name))
    except RecordingError:  # which names the first, whichever it is of
        return _alone(tables, name)
    return {path: list(islice(rows, content.count(b"\n") - 1)) for path, content in tables.items()}


def _alone(tables: Mapping[Path, bytes], name: str) -> dict[Path, Rows]:
    return {path: _rows(content, path, name) for path, content in tables.items()}


def _rows(content: bytes, path: Path, name: str) -> Rows:
    return table_rows(require_fit(parse_table(content, path), path, name))
