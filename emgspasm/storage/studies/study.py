"""A study: a folder of participants and sessions that is a valid BIDS dataset.

Whatever several processes may write is changed under the lock of the study.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from emgspasm.errors import RecordingError
from emgspasm.places import writable
from emgspasm.storage.studies.dataset import OWN_FILES, create, describe_own_table
from emgspasm.storage.studies.frames import entered_frame, results_frame, sessions_frame
from emgspasm.storage.studies.lock import LOCK, locked
from emgspasm.storage.studies.participants import (
    begin_participants,
    list_participant,
    participants_path,
    read_participants,
    require_listed,
    strike_participant,
)
from emgspasm.storage.studies.placement import Placement, checked_labels, require_other_than_case
from emgspasm.storage.studies.scales import ScaleScore, append_score
from emgspasm.storage.studies.scans import forget_time, write_time
from emgspasm.storage.studies.treatments import Treatment, append_treatment
from emgspasm.system import OF_FILE_MANAGERS, in_order

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Placement", "Study", "open_study"]


def open_study(path: str | os.PathLike[str]) -> Study:
    """Open a study that is there; see :meth:`Study.open`."""
    return Study.open(path)


class Study:
    """A BIDS dataset of facial EMG.

    Parameters
    ----------
    path : Path
        Its folder, which :meth:`open` has found or :meth:`open_or_create` has made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"<Study {self.path}>"

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """Open a study that is there.

        Raises
        ------
        RecordingError
            If the folder is no study.
        """
        study = cls(Path(path))
        if not study._description.is_file():
            raise RecordingError(
                f"{study.path} is not a study (it has no dataset_description.json). Check the "
                "path; record, import and simulate --study begin one"
            )
        return study

    @classmethod
    def open_or_create(cls, path: str | os.PathLike[str], *, name: str | None = None) -> Self:
        """Open a study, or begin one in a folder that is new or empty.

        Raises
        ------
        RecordingError
            If the folder holds something else, or cannot be written.
        """
        study = cls(Path(path))
        if not study._description.exists():
            folder = os.fsencode(study.path.resolve().name)  # which may be no UTF-8, as JSON is
            study._create(name or folder.decode("utf-8", errors="replace"))
        return study

    def place(
        self, participant: str, session: str | None = None, *, task: str, run: int | None = None
    ) -> Placement:
        """Make the folder of a recording and name its files; a new participant is listed.

        Parameters
        ----------
        participant, session, task : str
            Letters and digits. A participant's label is a pseudonym.
        run : int or None
            Number of the repetition.

        Raises
        ------
        ValueError
            If a label holds anything else, or differs from another in case alone.
        RecordingError
            If the folder cannot be made.
        """
        labels = checked_labels(participant, session, task=task, run=run)
        depth = 1 if session is None else 2
        folder = self.path.joinpath(*labels[:depth], "emg")
        placement = Placement(folder, "_".join(labels))
        for path in (*folder.parents[:depth], placement.recording):
            require_other_than_case(path.parent, path.name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(
                f"{folder}: cannot be made ({error.strerror}). Choose a study you may write to"
            ) from error
        if participant not in self.participants:
            with locked(self.path):
                list_participant(self.path, participant)
        return placement

    @contextmanager
    def placing(
        self, participant: str, session: str | None = None, *, task: str, run: int | None = None
    ) -> Iterator[Placement]:
        """Do what :meth:`place` does, and undo it where no recording has come of it."""
        listed = participant in self.participants
        place = self.place(participant, session, task=task, run=run)
        try:
            yield place
        finally:
            if not place.recording.exists():
                self._vacate(place, listed=listed)

    def note_time(self, place: Placement, moment: datetime) -> None:
        """Say when a recording was made: the only place of a study that holds dates of recordings.

        Raises
        ------
        RecordingError
            If the table cannot be written.
        """
        with locked(self.path):
            write_time(place, moment)

    def forget_time(self, place: Placement) -> bool:
        """Take back when a recording was made, as another stands in its place.

        Returns
        -------
        bool
            Whether anybody had said it.

        Raises
        ------
        RecordingError
            If the table cannot be read or written.
        """
        with locked(self.path):
            return forget_time(place)

    def add_treatment(self, treatment: Treatment) -> None:
        """Add a row to ``treatments.tsv``.

        Raises
        ------
        ConfigError
            If the participant is unknown.
        RecordingError
            If the row is there already, or the table cannot be written.
        """
        self.require(treatment.participant)
        with locked(self.path):
            describe_own_table(self.path, "treatments")
            append_treatment(self.path, treatment)

    def add_score(self, score: ScaleScore) -> None:
        """Add a row to ``scales.tsv``; raises what :meth:`add_treatment` does."""
        self.require(score.participant)
        with locked(self.path):
            describe_own_table(self.path, "scales")
            append_score(self.path, score)

    def require_writable(self) -> None:
        """Refuse a study whose folder cannot be written.

        Raises
        ------
        RecordingError
            Before anybody counts on it.
        """
        if not writable(self.path):
            raise RecordingError(
                f"{self.path} cannot be written (not allowed). Choose a study you may write to"
            )

    def require(self, participant: str) -> None:
        """Refuse a participant who is not listed.

        Raises
        ------
        ConfigError
            Naming those who are.
        """
        require_listed(self.path, participant)

    def recordings(self) -> Iterator[Path]:
        """Yield the recordings in order of participant, session and name."""
        patterns = ("sub-*/emg/sub-*_emg.[be]df", "sub-*/ses-*/emg/sub-*_emg.[be]df")
        yield from in_order(path for pattern in patterns for path in self.path.glob(pattern))

    def sessions(self) -> pd.DataFrame:
        """A row a recording: participant, session, task, run, date, and path in the study."""
        return sessions_frame(self.path, self.recordings())

    def treatments(self) -> pd.DataFrame:
        """Treatments, as people entered them."""
        return entered_frame(self.path, "treatments")

    def scores(self) -> pd.DataFrame:
        """Scores of scales, as people entered them."""
        return entered_frame(self.path, "scores")

    def results(self, table: str = "summary") -> pd.DataFrame:
        """One table of the results of all recordings, an expert's where there is a review.

        Results of a recording that was replaced after it was analyzed are left out, with a warning.

        Parameters
        ----------
        table : str
            ``events``, ``summary``, ``quality``, ``pairs`` or ``trials``; columns as in
            ``dataset.json``.

        Raises
        ------
        ValueError
            If there is no such table.
        RecordingError
            If there are no results: analyze the study first.
        """
        return results_frame(self.path, table)

    @property
    def participants(self) -> tuple[str, ...]:
        """Labels of the listed participants."""
        return read_participants(self.path)

    @property
    def _description(self) -> Path:
        return self.path / "dataset_description.json"

    def _create(self, name: str) -> None:
        if self.path.exists() and (not self.path.is_dir() or self._strangers()):
            raise RecordingError(
                f"{self.path}: is not a study (it has no dataset_description.json) and not an "
                "empty folder. Name a study, or a new folder for one"
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(
                f"{self.path}: cannot be made ({error.strerror}). Choose another folder"
            ) from error
        with locked(self.path):
            if not self._description.exists():  # another process may have been quicker
                begin_participants(self.path)
                create(self.path, name)

    def _strangers(self) -> list[str]:
        """Names in the folder that the first moments of a study do not explain."""
        begun = (LOCK, "README", participants_path(self.path).name, ".bidsignore", *OWN_FILES)
        names = [p.name for p in self.path.iterdir() if p.name not in OF_FILE_MANAGERS]
        if LOCK in names:  # a study that another process is beginning, or was killed in beginning
            return [n for n in names if n not in begun and not n.endswith(".tmp")]
        return names

    def _vacate(self, place: Placement, *, listed: bool) -> None:
        """Remove folders of a place that hold nothing, and the row of who was not `listed`."""
        home = next(path for path in place.folder.parents if path.parent == self.path)
        with suppress(OSError):  # one that holds something stays, and so do those above it
            for folder in (place.folder, *place.folder.parents):
                if folder == self.path:
                    break
                folder.rmdir()
        if not listed and self.path.is_dir() and not home.exists():
            with locked(self.path):
                strike_participant(self.path, home.name.removeprefix("sub-"))
