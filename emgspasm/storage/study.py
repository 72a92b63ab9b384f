"""A study: a folder of participants and sessions that is a valid BIDS dataset."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from emgspasm.errors import RecordingError
from emgspasm.storage.hed import VERSION
from emgspasm.storage.sidecar import SidecarPaths, write_rows
from emgspasm.storage.tables import replacing, write_json

BIDS_VERSION = "1.11.1"
"""The version that first held EMG, as corrected."""
_LABEL = re.compile(r"[0-9A-Za-z]+\Z")
_README = """# {name}

Facial surface EMG, recorded and analyzed with emgspasm. One folder a participant, in it one a
session; `emg/` holds the recordings (BDF+; missing samples are marked `BAD_ACQ_SKIP`), their
channels and markers. Results are in `derivatives/emgspasm/`. Participants are pseudonyms: keep
the key elsewhere. `treatments.tsv` and `scales.tsv` are entered by hand.

For research and education only.
"""
_IGNORED = "treatments.tsv\nscales.tsv\n"
"""BIDS knows no tables of treatments at the top of a dataset."""


_NOT_BIDS = (
    "/summary.tsv\n/dataset.json\n**/*_summary.tsv\n**/*_quality.tsv\n**/*_desc-bursts.json\n"
)
"""BIDS knows events of a derivative, but no tables like these."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a recording of a study and its sidecars belong.

    Parameters
    ----------
    folder : Path
        The ``emg`` folder of the session.
    stem : str
        What all its file names begin with: ``sub-01_ses-01_task-rest``.
    """

    folder: Path
    stem: str

    @classmethod
    def of(cls, recording: Path) -> Self | None:
        """Tell the placement of a recording by its name; None if it is none of a study."""
        if not recording.name.endswith("_emg.bdf"):
            return None
        return cls(recording.parent, recording.name.removesuffix("_emg.bdf"))

    @property
    def recording(self) -> Path:
        """The BDF+ file."""
        return self.folder / f"{self.stem}_emg.bdf"

    @property
    def sidecars(self) -> SidecarPaths:
        """The files that describe it."""
        return SidecarPaths(
            self.folder / f"{self.stem}_emg.json",
            self.folder / f"{self.stem}_channels.tsv",
            self.folder / f"{self.stem}_events.tsv",
        )


class Study:
    """A BIDS dataset of facial EMG.

    Parameters
    ----------
    path : Path
        Its folder, which :meth:`open_or_create` has made or found.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"<Study {self.path}>"

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
            study._create(name or study.path.resolve().name)
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
            If a label holds anything else.
        RecordingError
            If the folder cannot be made.
        """
        entities = {"sub": participant, "ses": session, "task": task, "run": run}
        labels = [f"{key}-{_checked(key, str(label))}" for key, label in entities.items()
                  if label is not None]  # fmt: skip
        folder = self.path.joinpath(*labels[: 1 if session is None else 2], "emg")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(
                f"{folder}: cannot be made ({error.strerror}). Choose a study you may write to"
            ) from error
        self._list(labels[0])
        return Placement(folder, "_".join(labels))

    def recordings(self) -> Iterator[Path]:
        """Yield the recordings in order of participant, session and name."""
        patterns = ("sub-*/emg/*_emg.[be]df", "sub-*/ses-*/emg/*_emg.[be]df")
        yield from sorted(path for pattern in patterns for path in self.path.glob(pattern))

    @property
    def participants(self) -> tuple[str, ...]:
        """Labels of the listed participants."""
        lines = self._participants.read_text(encoding="utf-8").splitlines()[1:]
        return tuple(line.split("\t")[0].removeprefix("sub-") for line in lines if line.strip())

    @property
    def _description(self) -> Path:
        return self.path / "dataset_description.json"

    @property
    def _participants(self) -> Path:
        return self.path / "participants.tsv"

    def _create(self, name: str) -> None:
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise RecordingError(
                f"{self.path}: is no study (it has no dataset_description.json) and not an empty "
                "folder. Name a study, or a new folder for one"
            )
        for file, text in (("README", _README.format(name=name)), (".bidsignore", _IGNORED)):
            with replacing(self.path / file, overwrite=True) as temporary:
                temporary.write_text(text, encoding="utf-8")
        write_rows(self._participants, ("participant_id",), ())
        write_json(_dataset(name), self._description)

    def _list(self, participant: str) -> None:
        """Add a participant to the table, whose other columns people may have added."""
        text = self._participants.read_text(encoding="utf-8") if self._participants.exists() else ""
        header, *rows = text.splitlines() or ["participant_id"]
        if participant in (row.split("\t")[0] for row in rows):
            return
        rows.append("\t".join([participant, *["n/a"] * header.count("\t")]))
        with replacing(self._participants, overwrite=True) as temporary:
            temporary.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")


def describe_derivatives(folder: Path) -> None:
    """Make the folder of a study's results a BIDS dataset of its own.

    Raises
    ------
    RecordingError
        If a file cannot be written.
    """
    with replacing(folder / ".bidsignore", overwrite=True) as temporary:
        temporary.write_text(_NOT_BIDS, encoding="utf-8")
    description = _dataset("emgspasm results", kind="derivative") | {"HEDVersion": VERSION}
    write_json(description, folder / "dataset_description.json", overwrite=True)


def _dataset(name: str, kind: str = "raw") -> dict[str, Any]:
    return {
        "Name": name,
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": kind,
        "GeneratedBy": [{"Name": "emgspasm", "Version": version("emgspasm")}],
    }


def _checked(key: str, label: str) -> str:
    if not _LABEL.match(label):
        raise ValueError(
            f"{key}={label!r}; BIDS labels take ASCII letters and digits only, at least one"
        )
    return label
