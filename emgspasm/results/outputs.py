"""The files of a result: tables of a recording, and of a study's group."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.places import writable
from emgspasm.results.analysis import Results
from emgspasm.results.origin import ORIGIN
from emgspasm.storage.derivatives.names import note_path, provenance_path, result_path
from emgspasm.storage.files import refuse_existing, remove, remove_leftovers, write_json, write_text
from emgspasm.storage.studies.lock import exclusive
from emgspasm.storage.tables.columns import SUMMARY
from emgspasm.storage.tables.dictionary import TABLES
from emgspasm.storage.tables.hed import events_dictionary
from emgspasm.storage.tables.tsv import MISSING, read_cells, write_cells, write_table


def write_results(results: Results, out: Path, *, overwrite: bool = False) -> None:
    """Write the tables of a recording, and what they came from: all of them, or no new one.

    Of several processes that write into one folder, each waits for the one before it.

    Raises
    ------
    ConfigError
        If one exists and `overwrite` is False.
    RecordingError
        If one cannot be written.
    """
    paths = result_paths(out, results.name)
    make_folder(out)
    with exclusive(out):
        refuse_existing(*paths, overwrite=overwrite)
        with _noted(results, out), ExitStack() as undoing:  # a part would be in later calls' way
            for path in paths:
                if not path.exists():
                    undoing.callback(_forget, path)
            _write(results, out, overwrite=overwrite)
            undoing.pop_all()


@contextmanager
def _noted(results: Results, out: Path) -> Iterator[None]:
    """Note beside a result what it comes from, until all of it, or nothing, is there."""
    note = note_path(provenance_path(out, results.name))
    if note.exists():  # a process that wrote it was killed
        remove_leftovers(note, *result_paths(out, results.name))
    write_json({key: results.provenance[key] for key in ORIGIN}, note, overwrite=True)
    try:
        yield
    except BaseException:
        if not any(path.exists() for path in result_paths(out, results.name)):
            _forget(note)
        raise
    _forget(note)


def _forget(path: Path) -> None:
    with suppress(OSError):  # it, or its folder, was never made
        path.unlink()


def _write(results: Results, out: Path, *, overwrite: bool) -> None:
    tables = results.tables()
    for name in TABLES:
        path = result_path(out, results.name, name)
        if name in tables:
            write_table(tables[name], path, overwrite=overwrite)
        else:  # it would be taken for one of these results
            remove(path)
    if results.name.endswith("_emg"):
        dictionary = result_path(out, results.name, "events", ".json")
        write_json(events_dictionary(), dictionary, overwrite=overwrite)
    content = results.provenance | {"tables": list(tables)}
    write_json(content, provenance_path(out, results.name), overwrite=overwrite)


def result_paths(out: Path, name: str, tables: Iterable[str] = TABLES) -> list[Path]:
    """Every file of the results of a recording that has these tables; left out, of any."""
    written = [result_path(out, name, table) for table in tables]
    described = [result_path(out, name, "events", ".json")] if name.endswith("_emg") else []
    return [*written, *described, provenance_path(out, name)]


def require_own(out: Path) -> None:
    """Refuse a folder that cannot be written, or where files of others have our names.

    Raises
    ------
    ConfigError
        If ``summary.tsv`` or ``dataset.json`` there is not of emgspasm.
    RecordingError
        If the folder cannot be made or written to.
    """
    if not writable(out):
        raise RecordingError(
            f"{out} cannot be written (no folder, or not allowed). Choose another folder"
        )
    summary_rows(out / "summary.tsv")
    described = out / "dataset.json"
    if described.exists() and not _is_dictionary(described):
        raise foreign(described, "it does not describe the tables of emgspasm")


def summary_rows(path: Path) -> list[list[str]]:
    """Cells of a joint or single summary by this version's columns; none where there is no file.

    Columns that an earlier version did not have yet are ``n/a``.

    Raises
    ------
    ConfigError
        If the file is no summary of emgspasm.
    """
    if not path.exists():
        return []
    try:
        heading, *rows = read_cells(path)
    except (OSError, ValueError, csv.Error) as error:  # no text, or no line at all
        raise foreign(path, "it cannot be read as one") from error
    unknown = [name for name in heading if name not in _SUMMARY]
    if unknown or heading[-1] != _SUMMARY[-1]:
        raise foreign(path, f"its columns are {', '.join(heading)}")
    if any(len(row) != len(heading) for row in rows):
        raise foreign(path, "its rows are not as long as its heading")
    named = [dict(zip(heading, row, strict=True)) for row in rows]
    return [[row.get(name, MISSING) for name in _SUMMARY] for row in named]


def write_summary(rows: Sequence[Sequence[str]], path: Path) -> None:
    """Write cells of summaries under their heading, replacing what is there.

    Raises
    ------
    RecordingError
        If the file cannot be written.
    """
    write_cells([_SUMMARY, *rows], path)


_SUMMARY = [column.name for column in SUMMARY]


def foreign(path: Path, why: str) -> ConfigError:
    """The error of a file that has the name of a joint table and is not ours."""
    return ConfigError(
        f"{path} was not written by emgspasm ({why}; it would be replaced). "
        "Choose another folder, or move the file away"
    )


def _is_dictionary(path: Path) -> bool:
    try:
        content: Any = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and {"events.tsv", "summary.tsv"} <= content.keys()


def write_group(study: Path, out: Path) -> tuple[str, ...]:
    """Write the group table of a study, and how its numbers were made.

    Returns
    -------
    tuple of str
        What is left out, for people.

    Raises
    ------
    RecordingError
        If a result cannot be read, or a file cannot be written.
    """
    from emgspasm.results.group.methods import methods_text
    from emgspasm.results.group.results import group_results
    from emgspasm.results.group.summary import group_table, write_group_table
    from emgspasm.storage.studies.study import Study
    from emgspasm.storage.studies.treatments import read_treatments

    # so that of two processes the last one has seen all results; others may write into the study
    with exclusive(out):
        results, left_out = group_results(Study.open(study))
        if results:
            write_group_table(group_table(results, read_treatments(study)), out)
            write_text(methods_text(results), out / "methods.md", overwrite=True)
        else:  # what is left out must not be told any more
            for name in ("group_summary.tsv", "group_summary.parquet", "methods.md"):
                remove(out / name)
    return left_out


def make_folder(out: Path) -> None:
    """Make the folder of results.

    Raises
    ------
    RecordingError
        If it cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(
            f"{out} cannot be written ({error.strerror}). Choose another folder"
        ) from error
