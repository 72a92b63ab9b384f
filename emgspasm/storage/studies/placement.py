"""Where a recording of a study and its sidecars belong, by its BIDS name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from emgspasm.storage.derivatives.names import RESULTS
from emgspasm.storage.studies.sidecar import SidecarPaths

_LABEL = re.compile(r"[0-9A-Za-z]+\Z")
SUFFIXES = (".bdf", ".edf")
"""Of recordings, as BIDS has them."""

_CALLED = {"sub": "participant", "ses": "session"}


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a recording of a study and its sidecars belong.

    Parameters
    ----------
    folder : Path
        The ``emg`` folder of the session.
    stem : str
        What all its file names begin with: ``sub-01_ses-01_task-rest``.
    suffix : str
        Of the recording: BDF+, or EDF as other programs make it.
    """

    folder: Path
    stem: str
    suffix: str = ".bdf"

    @classmethod
    def of(cls, recording: Path) -> Self | None:
        """Tell the placement of a recording by its name; None if it is none of a study."""
        stem, found, suffix = recording.name.rpartition("_emg")
        return cls(recording.parent, stem, suffix) if found and suffix in SUFFIXES else None

    @classmethod
    def of_result(cls, study: Path, events: Path) -> Self:
        """Tell the placement of the recording that a table among a study's results is of."""
        folder = study / events.parent.relative_to(study / RESULTS)
        return cls(folder, events.name.partition("_desc-")[0])

    @property
    def study(self) -> Path:
        """The folder of the study."""
        return self.folder.parents[2 if "_ses-" in self.stem else 1]

    @property
    def recording(self) -> Path:
        """Its file."""
        return self.folder / f"{self.stem}_emg{self.suffix}"

    @property
    def sidecars(self) -> SidecarPaths:
        """The files that describe it."""
        return SidecarPaths(
            self.folder / f"{self.stem}_emg.json",
            self.folder / f"{self.stem}_channels.tsv",
            self.folder / f"{self.stem}_events.tsv",
        )

    @property
    def files(self) -> tuple[Path, ...]:
        """The recording and what describes it, which may be there of one with another suffix."""
        described = self.sidecars
        return self.recording, described.description, described.channels, described.events


def bids_entities(name: str) -> dict[str, str]:
    """Key-value pairs of a BIDS file name: ``sub-01_task-rest_emg`` -> sub: 01, task: rest."""
    return dict(re.findall(r"(?:^|_)([a-z]+)-([a-zA-Z0-9]+)", name))


def checked_label(key: str, label: str) -> str:
    """A label as BIDS takes it.

    Raises
    ------
    ValueError
        If it holds anything but ASCII letters and digits.
    """
    if not _LABEL.match(label):
        raise ValueError(
            f"{_CALLED.get(key, key)} {label!r}; BIDS labels take ASCII letters and digits only, "
            "at least one"
        )
    return label


def checked_labels(
    participant: str, session: str | None = None, *, task: str, run: int | None = None
) -> list[str]:
    """Entities of a recording, as its name holds them: ``sub-01``, ``ses-01``, ``task-rest``.

    Callers that begin a study for a recording ask first, so that a mistyped label begins none.

    Raises
    ------
    ValueError
        If a label holds anything but ASCII letters and digits.
    """
    entities = {"sub": participant, "ses": session, "task": task, "run": run}
    return [
        f"{key}-{checked_label(key, str(label))}"
        for key, label in entities.items()
        if label is not None
    ]


def require_other_than_case(folder: Path, name: str) -> None:
    """Refuse a name that differs from one of a folder in case alone, which BIDS forbids.

    Raises
    ------
    ValueError
        On Windows and macOS the two would be one file.
    """
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    near = [other for other in names if other.casefold() == name.casefold() and other != name]
    if near:
        raise ValueError(
            f"{name} and {near[0]} differ in upper and lower case alone; BIDS forbids it, since on "
            "Windows and macOS they are one. Write it as it is there, or choose another"
        )
