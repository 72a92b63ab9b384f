"""The files of a result: tables of a recording, and of a study's group."""

from __future__ import annotations

from pathlib import Path

from emgspasm.errors import RecordingError
from emgspasm.results import Results
from emgspasm.storage.columns import TABLES
from emgspasm.storage.derivatives import result_path
from emgspasm.storage.hed import events_dictionary
from emgspasm.storage.lock import locked
from emgspasm.storage.tables import refuse_existing, replacing, write_json, write_table


def write_results(results: Results, out: Path, *, overwrite: bool = False) -> None:
    """Write the tables of a recording, and what they came from.

    Raises
    ------
    ConfigError
        If one exists and `overwrite` is False.
    RecordingError
        If one cannot be written.
    """
    refuse_existing(*result_paths(out, results.name), overwrite=overwrite)
    for name, frame in results.tables().items():
        write_table(frame, result_path(out, results.name, name), overwrite=overwrite)
    if results.name.endswith("_emg"):
        dictionary = result_path(out, results.name, "events", ".json")
        write_json(events_dictionary(), dictionary, overwrite=overwrite)
    provenance = result_path(out, results.name, "", ".json")
    write_json(results.provenance, provenance, overwrite=overwrite)


def result_paths(out: Path, name: str) -> list[Path]:
    """Every file that may be a part of the results of a recording."""
    tables = [result_path(out, name, table) for table in TABLES]
    return [*tables, result_path(out, name, "", ".json")]


def write_group(study: Path, out: Path) -> None:
    """Write the group table of a study, and how its numbers were made.

    Raises
    ------
    RecordingError
        If a result cannot be read, or a file cannot be written.
    """
    from emgspasm.group.methods import methods_text
    from emgspasm.group.results import group_results
    from emgspasm.group.summary import group_table, write_group_table
    from emgspasm.storage.study import Study
    from emgspasm.storage.treatments import read_treatments

    with locked(study):  # so that of two processes the last one has seen all results
        results = list(group_results(Study.open(study)))
        if not results:
            return
        write_group_table(group_table(results, read_treatments(study)), out)
        with replacing(out / "methods.md", overwrite=True) as temporary:
            temporary.write_text(methods_text(results), encoding="utf-8")


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
