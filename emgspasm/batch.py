"""Many recordings, many processes: every file becomes the same tables the live run would give."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from emgspasm.config import LoadedConfig
from emgspasm.errors import ConfigError, EmgspasmError, RecordingError
from emgspasm.results import Results, analyze_recording
from emgspasm.storage.columns import SUMMARY, TABLES
from emgspasm.storage.derivatives import describe_derivatives, result_path
from emgspasm.storage.hed import events_dictionary
from emgspasm.storage.lock import locked
from emgspasm.storage.tables import data_dictionary, replacing, write_json, write_table

if TYPE_CHECKING:
    from emgspasm.storage.montage import Montage

__all__ = [
    "Job",
    "Outcome",
    "find_recordings",
    "is_study",
    "result_path",
    "results_folder",
    "run",
    "run_job",
    "write_joint",
    "write_results",
]

RECORDINGS = (".bdf", ".edf", ".xdf")
"""Suffixes taken from a folder; text files are analyzed when they are named."""


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to analyze.

    Parameters
    ----------
    path : Path
        The recording.
    out : Path
        Folder of its results.
    config : LoadedConfig
    montage : Montage or None
    sampling_frequency, gain : float or None
        For files that do not say them.
    overwrite : bool
        Whether results that exist are replaced.
    """

    path: Path
    out: Path
    config: LoadedConfig
    montage: Montage | None = None
    sampling_frequency: float | None = None
    gain: float | None = None
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    Parameters
    ----------
    job : Job
    error : EmgspasmError or None
        Why there are no results.
    warnings : tuple of str
        What a reader of the results must know.
    """

    job: Job
    error: EmgspasmError | None = None
    warnings: tuple[str, ...] = ()


def is_study(folder: Path) -> bool:
    """Whether a folder is a BIDS dataset."""
    return (folder / "dataset_description.json").is_file()


def find_recordings(source: Path) -> list[Path]:
    """Recordings that a file, a folder or a study stands for, in order of name.

    Raises
    ------
    RecordingError
        If there is no such file or folder, or the folder holds no recording.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise RecordingError(f"{source} does not exist. Check the path")
    pattern = "sub-*/**/emg/*_emg.*" if is_study(source) else "*"
    found = sorted(p for p in source.glob(pattern) if p.suffix.lower() in RECORDINGS)
    if not found:
        raise RecordingError(
            f"{source} holds no recording ({', '.join(RECORDINGS)}). "
            "Name text files themselves, or import them first"
        )
    return found


def results_folder(source: Path, recording: Path, out: Path | None) -> Path:
    """Where the results of a recording go: in a study, a folder of its derivatives.

    Raises
    ------
    ConfigError
        If no folder was named and the source is no study.
    """
    if source.is_dir() and is_study(source):
        derivatives = out or source / "derivatives" / "emgspasm"
        return derivatives / recording.parent.relative_to(source)
    if out is None:
        raise ConfigError(f"no folder for the results of {source}. Give --out DIR")
    return out


def run(jobs: Sequence[Job], *, workers: int = 1, cluster: str | None = None) -> Iterator[Outcome]:
    """Analyze recordings side by side; one that fails does not stop the others.

    Parameters
    ----------
    jobs : sequence of Job
    workers : int
        Processes.
    cluster : str, optional
        Address of a Dask scheduler, instead of processes of this machine.

    Yields
    ------
    Outcome
        As each job ends.
    """
    _refuse_doubles(jobs)
    if cluster is None and (workers == 1 or len(jobs) == 1):
        yield from map(run_job, jobs)
        return
    with _executor(workers, cluster) as executor:
        yield from (f.result() for f in as_completed([executor.submit(run_job, j) for j in jobs]))


def run_job(job: Job) -> Outcome:
    """Analyze one recording and write its tables."""
    try:
        if not job.overwrite:  # before hours of work
            refuse_existing(job.out, job.path.stem)
        results = analyze_recording(
            job.path,
            job.config,
            montage=job.montage,
            sampling_frequency=job.sampling_frequency,
            gain=job.gain,
        )
        write_results(results, job.out, overwrite=job.overwrite)
    except EmgspasmError as error:
        return Outcome(job, error)
    return Outcome(job, warnings=tuple(results.provenance["warnings"]))


def write_results(results: Results, out: Path, *, overwrite: bool = False) -> None:
    """Write the tables of a recording, and what they came from.

    Raises
    ------
    RecordingError
        If one exists already and `overwrite` is False, or cannot be written.
    """
    if not overwrite:
        refuse_existing(out, results.name)
    for name, frame in results.tables().items():
        write_table(frame, result_path(out, results.name, name), overwrite=overwrite)
    if results.name.endswith("_emg"):
        dictionary = result_path(out, results.name, "events", ".json")
        write_json(events_dictionary(), dictionary, overwrite=overwrite)
    provenance = result_path(out, results.name, "", ".json")
    write_json(results.provenance, provenance, overwrite=overwrite)


def refuse_existing(out: Path, name: str) -> None:
    """Refuse to write results of a recording that are there, be it in part.

    Raises
    ------
    RecordingError
        Naming the first file that exists.
    """
    paths = [result_path(out, name, table) for table in TABLES]
    for path in (*paths, result_path(out, name, "", ".json")):
        if path.exists():
            raise RecordingError(f"{path} exists (nothing is overwritten unasked). Use --overwrite")


def write_joint(outcomes: Sequence[Outcome], out: Path, *, overwrite: bool = False) -> None:
    """Write ``summary.tsv`` of all recordings of a call, and what describes the tables.

    Unless `overwrite`, rows that earlier calls left there for other recordings stay.

    Raises
    ------
    RecordingError
        If a file cannot be written.
    """
    done = sorted((o.job for o in outcomes if o.error is None), key=lambda job: job.path)
    make_folder(out)
    of_study = out.parent.name == "derivatives"
    # in a study another process may add its rows at the same time
    with locked(out.parent.parent) if of_study else nullcontext():
        _write_summary(done, out, overwrite=overwrite)
        write_json(data_dictionary(), out / "dataset.json", overwrite=True)
        if of_study:
            describe_derivatives(out)
    if of_study and is_study(out.parent.parent):
        write_group(out.parent.parent, out)


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


def _write_summary(done: Sequence[Job], out: Path, *, overwrite: bool) -> None:
    path, names = out / "summary.tsv", {job.path.stem for job in done}
    rows = [] if overwrite else [row for row in _rows(path) if row.split("\t")[-1] not in names]
    for job in done:
        rows += _rows(result_path(job.out, job.path.stem, "summary"))
    if done:
        heading = "\t".join(column.name for column in SUMMARY)
        with replacing(path, overwrite=True) as temporary:
            temporary.write_text("\n".join([heading, *rows, ""]), encoding="utf-8")


def _rows(path: Path) -> list[str]:
    """Lines of a summary under its heading; none where there is no file."""
    return path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else []


def _refuse_doubles(jobs: Sequence[Job]) -> None:
    seen: dict[Path, Path] = {}
    for job in jobs:
        target = result_path(job.out, job.path.stem, "events")
        if target in seen:
            raise ConfigError(
                f"{seen[target]} and {job.path} would both be written to {target}. "
                "Analyze them into different folders"
            )
        seen[target] = job.path


def _heed_parent() -> None:
    """Leave Ctrl-C, which a terminal sends to workers too, to the process that started them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _executor(workers: int, cluster: str | None) -> Iterator[Executor]:
    if cluster is None:
        # spawned, not forked: numba's and BLAS's threads do not survive a fork
        with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_heed_parent) as pool:
            try:
                yield pool
            finally:  # an interrupted call does not begin what is still waiting
                pool.shutdown(cancel_futures=True)
        return
    try:
        from distributed import Client
    except ImportError:
        raise ConfigError(
            "--cluster needs Dask, which is not installed. pip install 'emgspasm[cluster]'"
        ) from None
    try:
        client = Client(cluster, timeout="10s")
    except OSError as error:
        raise ConfigError(f"no Dask scheduler at {cluster} ({error}). Check the address") from None
    with client:
        yield client.get_executor()
