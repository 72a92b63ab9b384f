"""Files at the top of a study that make it a BIDS dataset."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from emgspasm.storage.files import write_json, write_text
from emgspasm.storage.studies.ledger import write_ledger
from emgspasm.storage.studies.scales import SCALES_DICTIONARY
from emgspasm.storage.studies.treatments import TREATMENTS_DICTIONARY

BIDS_VERSION = "1.11.1"
"""The version that first held EMG, as corrected."""

_README = """# {name}

Facial surface EMG, recorded and analyzed with emgspasm. One folder a participant, in it one a
session; `emg/` holds the recordings (BDF+; missing samples are marked `BAD_ACQ_SKIP`), their
channels and markers. Results are in `derivatives/emgspasm/`. Participants are pseudonyms: keep
the key elsewhere. `treatments.tsv` and `scales.tsv` are entered by people.

For research and education only.
"""

OWN_TABLES = {"treatments": TREATMENTS_DICTIONARY, "scales": SCALES_DICTIONARY}
"""Tables at the top of a study that BIDS does not know, by name. Treatments fit no table of BIDS;
its ``phenotype/`` takes one row a participant and session, while a score is given on any day, by
several raters. So ``.bidsignore`` names them, and each has its dictionary beside it."""

OWN_FILES = tuple(f"{name}{suffix}" for name in OWN_TABLES for suffix in (".tsv", ".json"))
"""Those tables and dictionaries, at the top of a study."""


def create(folder: Path, name: str) -> None:
    """Write what every study has, except participants; the caller holds the lock.

    Raises
    ------
    RecordingError
        If a file cannot be written.
    """
    write_text(_README.format(name=name), folder / "README", overwrite=True)
    for own, dictionary in OWN_TABLES.items():
        describe_own_table(folder, own)
        write_ledger(folder / f"{own}.tsv", tuple(dictionary), ())  # a heading to enter rows under
    write_json(dataset_description(name), folder / "dataset_description.json")


def ignore_own_files(folder: Path) -> None:
    """Name the files that BIDS does not know in ``.bidsignore``; other lines there stay."""
    path = folder / ".bidsignore"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    # and what recovery keeps beside a cut recording
    wanted = [*OWN_FILES, "*.bdf.tail", "*.edf.tail"]
    missing = [line for line in wanted if line not in lines]
    if missing:
        write_text("\n".join([*lines, *missing]) + "\n", path, overwrite=True)


def describe_own_table(folder: Path, name: str) -> None:
    """Write the dictionary of a table that BIDS does not know, where there is none."""
    ignore_own_files(folder)
    path = folder / f"{name}.json"
    if not path.exists():
        write_json(OWN_TABLES[name], path)


def dataset_description(name: str) -> dict[str, Any]:
    """Content of ``dataset_description.json``."""
    return {
        "Name": name,
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "emgspasm", "Version": version("emgspasm")}],
    }
