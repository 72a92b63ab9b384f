"""Which labels and words of a study may pass, and what stands for the others.

What stands for a word is the same all over a study: two ratings by one rater stay two ratings by
one rater.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from emgspasm.labels import MUSCLES
from emgspasm.synkinesis import markers

SESSION = re.compile(r"(?:\d{1,3}|[WMD]\d{1,3}|base|baseline|pre|post)\Z", re.IGNORECASE)
"""Labels of sessions that say a visit: 01, W2, M12, baseline."""

RUN = re.compile(r"\d{1,3}\Z")
"""Numbers of runs; eight digits may be a day."""

VERSION = re.compile(r"(?:\d(?:\.\d{1,2})?|19[89]\d|20\d\d)\Z")
"""Versions of a scale: 2, 1.10, or the year of a publication; other digits may be a day."""

TASKS: Final = frozenset(re.sub(r"[^0-9A-Za-z]", "", code) for code in markers.TASKS | {"protocol"})
"""Task codes as labels of BIDS, which take letters and digits only."""

PRODUCTS: Final = frozenset(
    {"botox", "dysport", "xeomin", "jeuveau", "daxxify", "letybo", "alluzience", "azzalure",
     "bocouture", "vistabel", "myobloc", "neurobloc", "botulax", "nabota", "meditoxin", "lantox",
     "onabotulinumtoxina", "abobotulinumtoxina", "incobotulinumtoxina", "prabotulinumtoxina",
     "daxibotulinumtoxina", "letibotulinumtoxina", "rimabotulinumtoxinb"}
)  # fmt: skip
"""Products of botulinum toxin [mem]; what is not among them may be anything."""


Standing = Callable[[str], str]


def standing(passes: Callable[[str], bool], make: Callable[[int], str]) -> Standing:
    """What stands for words that may not pass, numbered in the order in which they come.

    Parameters
    ----------
    passes : callable
        Tells whether a word may stay as it is.
    make : callable
        Makes the word that stands for the n-th other one, from 1.
    """
    known: dict[str, str] = {}

    def stand(word: str) -> str:
        if passes(word):
            return word
        return known.setdefault(word, make(len(known) + 1))

    return stand


def participants(labels: Iterable[str]) -> dict[str, str]:
    """Numbers that stand for participants, in their order: 01, 02, ..."""
    known = list(dict.fromkeys(labels))
    width = max(2, len(str(len(known))))
    return {label: f"{number:0{width}}" for number, label in enumerate(known, 1)}


def session_labels(labels: Iterable[str]) -> dict[str, str]:
    """Labels of the sessions of a participant, those that are no visit numbered: x1, x2, ..."""
    stand = standing(lambda word: bool(SESSION.match(word)), lambda n: f"x{n}")
    return {label: stand(label) for label in labels}


def tasks() -> Standing:
    """Tasks of the protocol stay; any other becomes other1, other2, ..."""
    return standing(lambda word: word in TASKS, lambda n: f"other{n}")


def products() -> Standing:
    """Known products stay; any other becomes product 1, product 2, ...: units must not mix."""
    return standing(lambda word: word.lower() in PRODUCTS, lambda n: f"product {n}")


def sites() -> Standing:
    """Codes of muscles stay; any other becomes other site 1, ..."""
    return standing(lambda word: word in MUSCLES, lambda n: f"other site {n}")


def version(word: str | None, rated: date) -> str | None:
    """The version of a scale where it says one; None if it may say when somebody was rated."""
    passes = word is not None and VERSION.match(word) and word != str(rated.year)
    return word if passes else None


def raters() -> Standing:
    """Every rater becomes R1, R2, ..."""
    return standing(lambda _: False, lambda n: f"R{n}")
