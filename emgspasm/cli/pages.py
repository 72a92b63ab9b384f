"""Which pages a call of report makes, of what, and where."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from emgspasm.cli.console import page_path
from emgspasm.errors import ConfigError

SUFFIX = "_report.html"
INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Task:
    """One page to make.

    Parameters
    ----------
    source : Path
        A recording, or the events table of a result.
    stored : bool
        Whether it is a result.
    page : Path
    """

    source: Path
    stored: bool
    page: Path


def require_folder(out: Path | None, n_pages: int) -> None:
    """Refuse one page for several recordings.

    Raises
    ------
    ConfigError
        What to do instead.
    """
    if n_pages > 1 and out is not None and out.suffix:
        raise ConfigError(
            f"{out} is one page for {n_pages} recordings (each has its own). "
            "Give a folder with --out DIR, or one recording"
        )


def plan(source: Path, out: Path | None) -> list[Task]:
    """The pages that a recording, a result, a folder or a study stands for.

    Raises
    ------
    ConfigError
        If the page's name is none.
    RecordingError
        If there is nothing to report.
    """
    from emgspasm.report.stored import is_result, stored_results
    from emgspasm.storage.derivatives.names import RESULTS
    from emgspasm.storage.studies.collection import find_recordings, is_study

    if source.is_file():
        stored = is_result(source)
        return [Task(source, stored, page_path(out, _usual(source, stored=stored)))]
    if source.is_dir() and is_study(source):
        derivatives = source / RESULTS
        return _tasks(stored_results(derivatives), derivatives, out, stored=True)
    found = stored_results(source) if source.is_dir() else []
    if found:
        return _tasks(found, source, out, stored=True)
    return _tasks(find_recordings(source), source, out, stored=False)


def _tasks(found: Sequence[Path], folder: Path, out: Path | None, *, stored: bool) -> list[Task]:
    """One page a result or recording, in the same folders under `out`, in order of day."""
    found = _by_day(found)
    usual = [_usual(path, stored=stored) for path in found]
    if len(found) == 1:
        return [Task(found[0], stored, page_path(out, usual[0]))]
    require_folder(out, len(found))
    tasks = []
    for path, page in zip(found, usual, strict=True):
        elsewhere = out and out / path.parent.relative_to(folder) / page.name
        tasks.append(Task(path, stored, elsewhere or page))
    return tasks


def _by_day(found: Sequence[Path]) -> list[Path]:
    """Those of each participant in order of day; of one day, and without any, as they come."""
    from emgspasm.report.stored import recorded_on
    from emgspasm.storage.studies.placement import bids_entities

    def key(path: Path) -> tuple[str, date]:
        return bids_entities(path.name).get("sub", ""), recorded_on(path) or date.max

    return sorted(found, key=key)


def _usual(path: Path, *, stored: bool) -> Path:
    """Where the page of a recording or a result goes: beside it, but to no raw data of a study."""
    from emgspasm.storage.derivatives.names import result_path
    from emgspasm.storage.studies.collection import results_folder, study_of

    if stored:
        return path.with_name(f"{path.name.removesuffix('_events.tsv')}{SUFFIX}")
    if study_of(path) is None:
        return path.with_name(f"{path.stem}{SUFFIX}")
    return result_path(results_folder(path, path, None), path.stem, "report", ".html")


def index_path(source: Path, out: Path | None, pages: Sequence[Path]) -> Path:
    """The list of several pages: in the folder that was asked for, or above them all."""
    from emgspasm.storage.derivatives.names import RESULTS
    from emgspasm.storage.studies.collection import is_study

    folder = out or (source / RESULTS if is_study(source) else source)
    if not all(page.is_relative_to(folder) for page in pages):  # of recordings in a study's folder
        folder = Path(os.path.commonpath([page.parent for page in pages]))
    return folder / INDEX
