"""Many recordings side by side, in processes of this machine or of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
)
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from emgspasm.batch.jobs import Job, Outcome, failed, run_job
from emgspasm.errors import ConfigError
from emgspasm.postponement import postponed
from emgspasm.storage.derivatives.names import result_path
from emgspasm.storage.files import remove_temporary
from emgspasm.system import LOOK, MOST_PROCESSES, be_deaf, folds_case


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
    _refuse_clashes(jobs)
    if cluster is None and (workers == 1 or len(jobs) == 1):
        yield from map(run_job, jobs)
        return
    with _executor(jobs, workers, cluster) as executor:
        # no `as_completed`: a signal amid it leaves locks that its threads wait for without end
        ended: SimpleQueue[Future[Outcome]] = SimpleQueue()
        with postponed():  # amid the making of a process it would cut that short
            begun = {_begin(executor, _sent(job, cluster)): job for job in jobs}
            for future in begun:
                future.add_done_callback(ended.put)
        for _ in begun:
            future = _next(ended)
            yield _end(future, begun[future])


def _next(ended: SimpleQueue[Future[Outcome]]) -> Future[Outcome]:
    """Wait for a job to end; Ctrl-C is heard meanwhile, on Windows too."""
    while True:
        try:
            return ended.get(timeout=LOOK)
        except Empty:
            continue


def _sent(job: Job, cluster: str | None) -> Job:
    """A job as its worker takes it: those of a cluster have working folders of their own."""
    if cluster is None:
        return job
    return replace(job, path=job.path.absolute(), out=job.out.absolute())


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
        return replace(future.result(), job=job)
    except Exception as error:  # noqa: BLE001  the top of a job, on this side of its process
        return failed(
            job,
            error,
            f"no result came back from its process ({type(error).__name__}: {error}). "
            "Analyze it again, with fewer --workers if memory is short",
        )


def _refuse_clashes(jobs: Sequence[Job]) -> None:
    """Refuse recordings whose results would have one name, or that of the data dictionary."""
    seen: dict[str, Path] = {}
    folding = {out: folds_case(out) for out in {job.out for job in jobs}}
    for job in jobs:
        if job.path.stem.casefold() == "dataset":
            raise ConfigError(
                f"{job.path}: how it was analyzed would be told in dataset.json, which describes "
                "the tables. Rename the recording"
            )
        target = result_path(job.out, job.path.stem, "events")
        key = str(target).casefold() if folding[job.out] else str(target)
        if key in seen:
            raise ConfigError(
                f"{seen[key]} and {job.path} would both be written to {target}. "
                "Analyze them into different folders"
            )
        seen[key] = job.path


@contextmanager
def _executor(jobs: Sequence[Job], workers: int, cluster: str | None) -> Iterator[Executor]:
    if cluster is None:
        others = set(active_children())
        workers = min(workers, MOST_PROCESSES)
        # spawned, not forked: numba's and BLAS's threads do not survive a fork
        with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin_worker) as pool:
            try:
                yield pool
            except BaseException:  # Ctrl-C, or nobody wants the rest
                with postponed():  # Ctrl-C, again: what is half shut down fails when Python ends
                    _end_workers(set(active_children()) - others, {job.out for job in jobs})
                    pool.shutdown(cancel_futures=True)
                raise
        return
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError:
        raise ConfigError(
            '--cluster needs Dask, which is not installed. pip install "emgspasm[cluster]"'
        ) from None
    try:
        get_address_host_port(cluster)  # a client that finds out itself is in the next one's way
        client = Client(cluster, timeout="10s")
    except (OSError, ValueError) as error:  # nobody answers there, or it is no address
        raise ConfigError(f"no Dask scheduler at {cluster} ({error}). Check the address") from None
    with client:
        yield client.get_executor()


def _begin_worker() -> None:
    """Leave Ctrl-C to whoever began this process, and end with it: else a worker waits for ever."""
    be_deaf()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None  # of a worker
    parent.join()
    os._exit(1)


def _end_workers(workers: Iterable[BaseProcess], folders: Iterable[Path]) -> None:
    """End processes at once, whatever they do, and remove what they had half written."""
    workers, folders = list(workers), list(folders)
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.join()
        for folder in folders:
            remove_temporary(folder, worker.pid)
