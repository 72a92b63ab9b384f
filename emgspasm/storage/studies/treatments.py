"""Treatments of a participant, as people entered them: ``treatments.tsv``.

The software never suggests one: what a doctor did is written down so that recordings can be seen
against it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from emgspasm.labels import MUSCLES
from emgspasm.storage.studies.ledger import append_row, checked_rows, day, number, write_ledger

Kind = Literal["botulinum toxin", "mvd", "other"]
TOXIN: Kind = "botulinum toxin"
OPERATION: Kind = "mvd"
KINDS: dict[Kind, str] = {
    "botulinum toxin": "injection of botulinum toxin: a row a site",
    "mvd": "microvascular decompression of the facial nerve",
    "other": "anything else, named as product",
}
SIDES = {"left": "L", "right": "R", "both": "B", "L": "L", "R": "R", "B": "B"}
MOST_UNITS = 10_000.0
"""Units of one site beyond which an entry is taken for a slip of the finger [design]."""

TREATMENT_COLUMNS = ("participant_id", "date", "kind", "product", "site", "side", "units")
TREATMENTS_DICTIONARY = {
    "participant_id": {"Description": "Participant, as in participants.tsv"},
    "date": {"Description": "Day of the treatment, YYYY-MM-DD"},
    "kind": {"Description": "Kind of treatment", "Levels": dict(KINDS)},
    "product": {"Description": "Product; units of different products cannot be compared"},
    "site": {"Description": "Muscle code as in channel labels (OOC), or another site in words"},
    "side": {"Description": "Anatomical side", "Levels": {"L": "left", "R": "right", "B": "both"}},
    "units": {"Description": "Units of the product at this site, as entered"},
}
_WORDS = re.compile(r"[^\W_][\w .,()/+-]{0,59}\Z")


@dataclass(frozen=True, slots=True)
class Treatment:
    """One row of ``treatments.tsv``; see :data:`TREATMENTS_DICTIONARY`."""

    participant: str
    date: date
    kind: Kind
    product: str | None = None
    site: str | None = None
    side: str | None = None
    units: float | None = None


def by_day(each: Treatment) -> tuple[date, bool]:
    """What orders treatments; of one day an injection or operation is the last, which counts."""
    return each.date, each.kind in (TOXIN, OPERATION)


def treatment(row: Mapping[str, str | None]) -> Treatment:
    """Check a row of text.

    Raises
    ------
    ValueError
        Naming the cell, its value and the rule.
    """
    kind = _kind(row["kind"])
    side = _side(row["side"])
    units = None if row["units"] is None else number("units", row["units"], 0, MOST_UNITS)
    entered = Treatment(
        participant=(row["participant_id"] or "").removeprefix("sub-"),
        date=day(row["date"] or ""),
        kind=kind,
        product=_words("product", row["product"]),
        site=_site(row["site"]),
        side=side,
        units=units,
    )
    _require(entered)
    return entered


def _require(entered: Treatment) -> None:
    if not entered.participant:
        raise ValueError("participant_id is missing; say whose treatment it is")
    if entered.kind != "other" and entered.side is None:
        raise ValueError(f"side is missing; {entered.kind} has a side: left, right or both")
    if entered.units is not None and entered.kind != TOXIN:
        raise ValueError(f"units={entered.units:g}; only {TOXIN} has units")
    if entered.units == 0:
        raise ValueError("units=0; leave units out where they are not known")
    if entered.units is not None and entered.product is None:
        raise ValueError(
            f"units={entered.units:g} without a product; units of different products cannot be "
            "compared"
        )
    if entered.kind == TOXIN and entered.site is None:
        raise ValueError("site is missing; say which muscle was injected, as OOC")
    if entered.kind == "other" and entered.product is None:
        raise ValueError("product is missing; say what the other treatment was")


def _kind(text: str | None) -> Kind:
    kind = (text or "").strip().lower()
    if kind not in KINDS:
        raise ValueError(f"kind={text!r}; kinds are {', '.join(KINDS)}")
    return kind


def _side(text: str | None) -> str | None:
    if text is None:
        return None
    side = text.strip()
    if side not in SIDES and side.lower() not in SIDES:
        raise ValueError(f"side={text!r}; sides are left, right and both (L, R, B)")
    return SIDES.get(side) or SIDES[side.lower()]


def _site(text: str | None) -> str | None:
    """A muscle code, in capitals; or other words, unless they look like a misspelt code."""
    if text is None:
        return None
    code = text.strip().upper()
    if code in MUSCLES:
        return code
    near = difflib.get_close_matches(code, MUSCLES, 1, 0.6) if len(code) <= 4 else []
    if near:
        raise ValueError(f"site={text!r}; the nearest code is {near[0]}, {MUSCLES[near[0]]}")
    return _words("site", text)


def _words(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    words = " ".join(text.split())
    if not _WORDS.match(words):
        raise ValueError(f"{name}={text!r}; it takes up to 60 letters, digits and .,()/+-")
    return words


def read_treatments(study: Path) -> list[Treatment]:
    """Treatments of a study in order of participant and date.

    Raises
    ------
    RecordingError
        Naming the row that breaks a rule.
    """
    rows = checked_rows(study / "treatments.tsv", TREATMENT_COLUMNS, treatment)
    return sorted(rows, key=lambda row: (row.participant, row.date))


def append_treatment(study: Path, entered: Treatment) -> None:
    """Add a treatment; the caller holds the lock of the study."""
    append_row(study / "treatments.tsv", TREATMENT_COLUMNS, _cells(entered))


def write_treatments(study: Path, entered: Iterable[Treatment]) -> None:
    """Write all treatments of a study, which people may have entered twice: two points of a site.

    The caller holds the lock.
    """
    write_ledger(study / "treatments.tsv", TREATMENT_COLUMNS, map(_cells, entered))


def _cells(entered: Treatment) -> dict[str, object]:
    return asdict(entered) | {"participant_id": f"sub-{entered.participant}"}
