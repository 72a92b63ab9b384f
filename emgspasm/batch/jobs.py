"""One recording to analyze, and what became of it."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from emgspasm import __version__
from emgspasm.config import LoadedConfig
from emgspasm.errors import EmgspasmError, RecordingError, explained
from emgspasm.results.analysis import analyze_recording
from emgspasm.results.origin import origin
from emgspasm.results.outputs import write_results
from emgspasm.results.standing import Standing, standing

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


def in_order(outcomes: Iterable[Outcome], jobs: Sequence[Job]) -> list[Outcome]:
    """Outcomes in the order of their jobs, so that the same call prints the same lines."""
    places = {(job.path, job.out): place for place, job in enumerate(jobs)}
    return sorted(outcomes, key=lambda o: places[o.job.path, o.job.out])


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
        return _made_meanwhile(job) or Outcome(job, error)
    except Exception as error:  # noqa: BLE001  the top of a job
        return failed(job, error, str(explained(error)))
    return Outcome(job, warnings=tuple(results.provenance["warnings"]))


def _made_meanwhile(job: Job) -> Outcome | None:
    """Results that the same call, in another process, made while this one was at work."""
    try:
        before = _before(job)
    except EmgspasmError:
        return None
    return Outcome(job, warnings=before.warnings, kept=True) if before.state == "whole" else None


def _before(job: Job) -> Standing:
    """How the results of a job stand before hours of work; what is overwritten is not looked at."""
    if job.overwrite:
        return Standing()
    given = job.montage, job.sampling_frequency, job.gain
    own = partial(origin, job.path, job.config, *given, version=__version__)
    return standing(job.out, job.path.stem, own)


def failed(job: Job, error: Exception, reason: str) -> Outcome:
    """The outcome of a job that failed in an unforeseen way."""
    failure = RecordingError(f"{job.path}: {reason}")
    failure.add_note("".join(traceback.format_exception(error)))  # survives the way to a parent
    return Outcome(job, failure)
