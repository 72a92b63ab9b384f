"""The recording that people ask for, and its place in a study."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from emgspasm.storage.studies.placement import checked_labels
from emgspasm.storage.studies.study import Placement, Study

RUNS = 1000
"""Repetitions of a task in a session that are tried."""


@dataclass(frozen=True, slots=True)
class RecordingRequest:
    """What is to be recorded.

    Parameters
    ----------
    study : str
        Folder.
    participant, session, task : str
        Letters and digits; a session may be left out.
    """

    study: str
    participant: str
    session: str
    task: str


def placed(request: RecordingRequest) -> Placement:
    """Where it is recorded: the first run of that task that does not exist yet.

    Raises
    ------
    ValueError
        A label is missing, or holds anything but letters and digits.
    RecordingError
        The study cannot be made.
    """
    study, session = _study(request), request.session.strip() or None
    for run in (None, *range(2, RUNS)):
        place = study.place(
            request.participant.strip(), session, task=request.task.strip(), run=run
        )
        if not any(path.exists() for path in place.files):
            return place
    raise ValueError(f"task={request.task!r}; there are {RUNS} runs of it already")


@contextmanager
def placing(request: RecordingRequest) -> Iterator[Placement]:
    """Do what :func:`placed` does, and undo it where no recording has come of it."""
    study, session = _study(request), request.session.strip() or None
    with study.placing(request.participant.strip(), session, task=request.task.strip()):
        yield placed(request)


def _study(request: RecordingRequest) -> Study:
    """The study, made if missing; raises what :func:`placed` does."""
    if not request.study.strip():
        raise ValueError("give the folder of the study; it is made if missing")
    session = request.session.strip() or None
    checked_labels(request.participant.strip(), session, task=request.task.strip())
    try:
        folder = Path(request.study.strip()).expanduser()
    except RuntimeError:
        raise ValueError(
            f"study={request.study!r}; there is no user of that name. Write the whole path"
        ) from None
    return Study.open_or_create(folder)
