"""Names of the results of a study, and what stands beside them."""

from __future__ import annotations

from pathlib import Path

from emgspasm.storage.files import write_text

RESULTS = Path("derivatives") / "emgspasm"
"""Folder of the results inside a study."""

DETECTED, REVIEWED = "_desc-bursts_", "_desc-reviewed_"
"""What stands in the names of the detector's tables, and of an expert's."""

_README = """# Results of emgspasm

Tables of every recording, named by BIDS's rules (`sub-01_task-rest_desc-bursts_events.tsv`), joint
tables of all of them, `dataset.json` (what every column means) and `methods.md` (how they were
made). Research and education only.

There is no `dataset_description.json` here on purpose. BIDS 1.11 knows EMG recordings but no
derived tables of them: with such a file this folder would claim to be a BIDS derivative that its
validator must refuse. Without it, BIDS counts the folder as a derivative in a form of its own,
which it allows.
"""


def result_path(out: Path, name: str, table: str, suffix: str = ".tsv") -> Path:
    """Path of a table; a BIDS name ``.._emg`` becomes ``.._desc-bursts_events``."""
    stem = f"{name.removesuffix('_emg')}_desc-bursts" if name.endswith("_emg") else name
    return out / (f"{stem}_{table}{suffix}" if table else f"{stem}{suffix}")


def provenance_path(out: Path, name: str) -> Path:
    """The file with the provenance of a result; it is written last."""
    return result_path(out, name, "", ".json")


def beside(events: Path, table: str) -> Path:
    """Another table of the result that an events table is of."""
    return events.with_name(f"{_stem(events)}_{table}.tsv")


def provenance_beside(events: Path) -> Path:
    """The file with the provenance of the result that an events table is of."""
    return events.with_name(f"{_stem(events)}.json")


def _stem(events: Path) -> str:
    return events.name.removesuffix("_events.tsv")


def note_path(provenance: Path) -> Path:
    """Where the same stands beside it while the results are being written."""
    return provenance.with_name(f".{provenance.name}.begun")


def describe_derivatives(folder: Path) -> None:
    """Say in the folder of a study's results what they are.

    Raises
    ------
    RecordingError
        If the file cannot be written.
    """
    write_text(_README, folder / "README", overwrite=True)
