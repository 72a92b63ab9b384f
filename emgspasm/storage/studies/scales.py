"""Clinical scales, as people scored them: ``scales.tsv``. They are never computed from EMG."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from emgspasm.storage.studies.ledger import append_row, checked_rows, day, number


@dataclass(frozen=True, slots=True)
class Scale:
    """A known scale.

    Parameters
    ----------
    low, high : float
        Its range [mem].
    whole : bool
        Whether it knows whole numbers only.
    meaning : str
        What it rates, and which end is the bad one.
    """

    low: float
    high: float
    whole: bool
    meaning: str


SCALES = {
    "Jankovic": Scale(0, 8, True, "severity 0-4 plus frequency 0-4 of spasm; high is worse"),
    "Cohen-Albert": Scale(0, 4, True, "intensity of spasm; high is worse"),
    "SMC": Scale(0, 4, True, "Samsung Medical Center grade of spasm; high is worse"),
    "Sunnybrook": Scale(0, 100, True, "composite score of facial function; low is worse"),
    "House-Brackmann": Scale(1, 6, True, "grade of facial palsy; high is worse"),
    "HFS-7": Scale(0, 28, True, "quality of life, 7 items of 0-4; high is worse"),
    "HFS-30": Scale(0, 120, True, "quality of life, 30 items of 0-4; high is worse"),
    "SAQ": Scale(20, 100, False, "synkinesis assessment questionnaire; high is worse"),
}
"""The scales of clinical facts 7."""

SCORE_COLUMNS = ("participant_id", "date", "scale", "version", "rater", "value")
SCALES_DICTIONARY = {
    "participant_id": {"Description": "Participant, as in participants.tsv"},
    "date": {"Description": "Day of the rating, YYYY-MM-DD"},
    "scale": {
        "Description": "Name of the scale",
        "Levels": {k: f"{s.low:g} to {s.high:g}: {s.meaning}" for k, s in SCALES.items()},
    },
    "version": {"Description": "Version or publication of the scale that was used"},
    "rater": {"Description": "Pseudonym of the person who rated; the participant's for HFS-7"},
    "value": {"Description": "The score as entered by people; never computed"},
}
_RATER = re.compile(r"[0-9A-Za-z]{1,20}\Z")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._-]{0,29}\Z")


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """One row of ``scales.tsv``; see :data:`SCALES_DICTIONARY`."""

    participant: str
    date: date
    scale: str
    version: str | None
    rater: str
    value: float


def scale_score(row: Mapping[str, str | None]) -> ScaleScore:
    """Check a row of text.

    Raises
    ------
    ValueError
        Naming the cell, its value and the rule.
    """
    participant = (row["participant_id"] or "").removeprefix("sub-")
    if not participant:
        raise ValueError("participant_id is missing; say whose score it is")
    name = _scale(row["scale"])
    known = SCALES[name]
    value = number(f"value of {name}", row["value"] or "", known.low, known.high)
    if known.whole and value != round(value):
        raise ValueError(f"value of {name}={row['value']}; it takes whole numbers")
    version = row["version"]
    if version is not None and not _VERSION.match(version):
        raise ValueError(f"version={version!r}; it takes up to 30 letters, digits and ._-")
    return ScaleScore(
        participant, day(row["date"] or ""), name, version, rater(row["rater"] or ""), value
    )


def rater(text: str) -> str:
    """The pseudonym of a rater.

    Raises
    ------
    ValueError
        If it holds anything but letters and digits.
    """
    if not _RATER.match(text):
        raise ValueError(f"rater={text!r}; a pseudonym of up to 20 letters and digits, not a name")
    return text


def _scale(text: str | None) -> str:
    names = {name.lower(): name for name in SCALES}
    wanted = (text or "").strip().lower()
    if wanted in names:
        return names[wanted]
    near = difflib.get_close_matches(wanted, names, 1, 0.5)
    hint = f"did you mean {names[near[0]]}? Known" if near else "known"
    raise ValueError(f"scale={text!r} is unknown; {hint} are {', '.join(SCALES)}")


def read_scores(study: Path) -> list[ScaleScore]:
    """Scores of a study in order of participant and date.

    Raises
    ------
    RecordingError
        Naming the row that breaks a rule.
    """
    rows = checked_rows(study / "scales.tsv", SCORE_COLUMNS, scale_score)
    return sorted(rows, key=lambda score: (score.participant, score.date, score.scale))


def append_score(study: Path, score: ScaleScore) -> None:
    """Add a score; the caller holds the lock of the study."""
    row = asdict(score) | {"participant_id": f"sub-{score.participant}"}
    append_row(study / "scales.tsv", SCORE_COLUMNS, row)
