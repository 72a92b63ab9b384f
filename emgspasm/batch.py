"""Many recordings, many processes: every file becomes the same tables the live run would give."""

from __future__ import annotations

import traceback
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
)
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from emgspasm import __version__
from emgspasm.config import LoadedConfig
from emgspasm.errors import ConfigError, EmgspasmError, RecordingError, explained
from emgspasm.postponement import postponed
from emgspasm.results.analysis import analyze_recording
from emgspasm.results.origin import origin
from emgspasm.results.outputs import (
    make_folder,
    require_own,
    summary_rows,
    write_group,
    write_results,
    write_summary,
)
from emgspasm.results.standing import Standing, standing
from emgspasm.storage.derivatives.names import describe_derivatives, result_path
from emgspasm.storage.derivatives.provenance import read_provenance
from emgspasm.storage.files import remove_temporary, write_json
from emgspasm.storage.studies.collection import is_study
from emgspasm.storage.studies.lock import locked
from emgspasm.storage.tables.dictionary import data_dictionary

if TYPE_CHECKING:
    from emgspasm.storage.montage import Montage


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
        Whether results that exist are replaced, whoever made them.
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
        Why there are no results; its notes say where in the code, if that is a fault of emgspasm.
    warnings : tuple of str
        What a reader of the results must know.
    kept : bool
        Whether the same call had made them before.
    """

    job: Job
    error: EmgspasmError | None = None
    warnings: tuple[str, ...] = ()
    kept: bool = False


def run(jobs: Sequence[Job], *, workers: int = 1, cluster: str | None = None) -> Generator[Outcome]:
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
        As each job ends. Closed before the last, it ends its processes at once.
    """
    _refuse_doubles(jobs)
    if cluster is None and (workers == 1 or len(jobs) == 1):
        yield from map(run_job, jobs)
        return
    with _executor(jobs, workers, cluster) as executor:
        # no `as_completed`: a signal amid it leaves locks that its threads wait for without end
        ended: SimpleQueue[Future[Outcome]] = SimpleQueue()
        with postponed():  # amid the making of a process it would cut that short
            begun = {_begin(executor, job): job for job in jobs}
            for future in begun:
                future.add_done_callback(ended.put)
        for _ in begun:
            future = ended.get()
            yield _end(future, begun[future])


def in_order(outcomes: Iterable[Outcome], jobs: Sequence[Job]) -> list[Outcome]:
    """Outcomes in the order of their jobs, so that the same call prints the same lines."""
    places = {(job.path, job.out): place for place, job in enumerate(jobs)}
    return sorted(outcomes, key=lambda o: places[o.job.path, o.job.out])


def _begin(executor: Executor, job: Job) -> Future[Outcome]:
    try:
        return executor.submit(run_job, job)
    except BrokenExecutor as error:  # by a job before it
        refused: Future[Outcome] = Future()
        refused.set_exception(error)
        return refused


def _end(future: Future[Outcome], job: Job) -> Outcome:
    """What became of a job, though its process may be gone."""
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001  the top of a job, on this side of its process
        return _failed(
            job,
            error,
            f"no result came back from its process ({type(error).__name__}: {error}). "
            "Analyze it again, with fewer --workers if memory is short",
        )


def run_job(job: Job) -> Outcome:
    """Analyze one recording and write its tables; whatever fails is its outcome.

    Results that the same call has made before are kept, and those it left cut are made anew.
    """
    try:
        before = _before(job)
        if before.state == "whole":
            return Outcome(job, warnings=before.warnings, kept=True)
        results = analyze_recording(
            job.path,
            job.config,
            montage=job.montage,
            sampling_frequency=job.sampling_frequency,
            gain=job.gain,
        )
        write_results(results, job.out, overwrite=job.overwrite or before.state == "cut")
    except EmgspasmError as error:
        return Outcome(job, error)
    except Exception as error:  # noqa: BLE001  the top of a job
        return _failed(job, error, str(explained(error)))
    return Outcome(job, warnings=tuple(results.provenance["warnings"]))


def _before(job: Job) -> Standing:
    """How the results of a job stand before hours of work; what is overwritten is not looked at."""
    if job.overwrite:
        return Standing()
    given = job.montage, job.sampling_frequency, job.gain
    own = partial(origin, job.path, job.config, *given, version=__version__)
    return standing(job.out, job.path.stem, own)


def _failed(job: Job, error: Exception, reason: str) -> Outcome:
    """The outcome of a job that failed in an unforeseen way."""
    failure = RecordingError(f"{job.path}: {reason}")
    failure.add_note("".join(traceback.format_exception(error)))  # survives the way to a parent
    return Outcome(job, failure)


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
    done = sorted((o.job for o in outcomes if o.error is None), key=lambda job: job.path)
    require_own(out)
    if not done:
        return ()
    make_folder(out)
    of_study = out.parent.name == "derivatives"
    # in a study another process may add its rows at the same time
    with locked(out.parent.parent) if of_study else nullcontext():
        _write_summary(done, out)
        write_json(data_dictionary(), out / "dataset.json", overwrite=True)
        if of_study:
            describe_derivatives(out)
    if of_study and is_study(out.parent.parent):
        return write_group(out.parent.parent, out)
    return ()


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


def is_summarized(job: Job, out: Path) -> bool:
    """Whether ``summary.tsv`` has the row of a recording."""
    return job.path.stem in {row[-1] for row in summary_rows(out / "summary.tsv")}


def _write_summary(done: Sequence[Job], out: Path) -> None:
    path, names = out / "summary.tsv", {job.path.stem for job in done}
    rows = [row for row in summary_rows(path) if row[-1] not in names]
    for job in done:
        rows += summary_rows(result_path(job.out, job.path.stem, "summary"))
    write_summary(rows, path)


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


@contextmanager
def _executor(jobs: Sequence[Job], workers: int, cluster: str | None) -> Iterator[Executor]:
    if cluster is None:
        others = set(active_children())
        # spawned, not forked: numba's and BLAS's threads do not survive a fork
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            try:
                yield pool
            except BaseException:  # Ctrl-C, or nobody wants the rest
                _end_workers(set(active_children()) - others, {job.out for job in jobs})
                pool.shutdown(cancel_futures=True)
                raise
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


def _end_workers(workers: Iterable[BaseProcess], folders: Iterable[Path]) -> None:
    """End processes at once, whatever they do, and remove what they had half written."""
    workers, folders = list(workers), list(folders)
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.join()
        for folder in folders:
            remove_temporary(folder, worker.pid)
