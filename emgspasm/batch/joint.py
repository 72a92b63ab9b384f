"""Tables that all recordings of a call share, and those of the study they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from emgspasm.batch.jobs import Job, Outcome
from emgspasm.results.outputs import (
    make_folder,
    require_own,
    summary_rows,
    write_group,
    write_summary,
)
from emgspasm.storage.derivatives.names import RESULTS, describe_derivatives, result_path
from emgspasm.storage.derivatives.provenance import read_provenance
from emgspasm.storage.files import write_json
from emgspasm.storage.studies.collection import is_study
from emgspasm.storage.studies.lock import exclusive, locked
from emgspasm.storage.tables.dictionary import data_dictionary


def write_joint(outcomes: Sequence[Outcome], out: Path) -> tuple[str, ...]:
    """Write ``summary.tsv`` of all recordings of a call, and what describes the tables.

    Rows that earlier calls left there for other recordings stay, as their tables do.

    Returns
    -------
    tuple of str
        What is left out of the group table of a study, for people.

    Raises
    ------
    ConfigError
        If files of others have their names.
    RecordingError
        If a file cannot be written.
    """
    ended = (o.job for o in outcomes if o.error is None)
    done = sorted(ended, key=lambda job: job.path.parts)  # as `in_order` has them
    require_own(out)
    if not done:
        return ()
    make_folder(out)
    study = _study_of(out)
    # another process may add its rows at the same time
    with exclusive(out) if study is None else locked(study):
        _write_summary(done, out)
        write_json(data_dictionary(), out / "dataset.json", overwrite=True)
        if study is not None:
            describe_derivatives(out)
    return () if study is None else write_group(study, out)


def _study_of(out: Path) -> Path | None:
    """The study whose own results a folder holds; None where it is any other folder."""
    folder = out.absolute()
    if folder.parts[-2:] != RESULTS.parts or not is_study(folder.parents[1]):
        return None
    return folder.parents[1]


def rates_of(outcomes: Iterable[Outcome]) -> list[float]:
    """Sampling frequencies (Hz) of the recordings that have results, in order.

    Raises
    ------
    RecordingError
        If a result was changed or taken away meanwhile.
    """
    done = (o.job for o in outcomes if o.error is None)
    events = (result_path(job.out, job.path.stem, "events") for job in done)
    return sorted({float(read_provenance(path)["sampling_frequency"]) for path in events})


def summarized(out: Path) -> frozenset[str]:
    """Names of the recordings that ``summary.tsv`` has rows of."""
    return frozenset(row[-1] for row in summary_rows(out / "summary.tsv"))


def _write_summary(done: Sequence[Job], out: Path) -> None:
    path, names = out / "summary.tsv", {job.path.stem for job in done}
    rows = [row for row in summary_rows(path) if row[-1] not in names]
    for job in done:
        rows += summary_rows(result_path(job.out, job.path.stem, "summary"))
    write_summary(rows, path)
