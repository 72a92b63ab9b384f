"""What the page says of muscles together, and by a letter why something of it is n/a."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

from emgspasm.anatomy import FACE_MUSCLES
from emgspasm.labels import SIDE_LETTER
from emgspasm.report.facts import Row, file_task, reviewers, side_place
from emgspasm.report.values import Value, cell, entry, matching
from emgspasm.results.analysis import Results


@dataclass(slots=True)
class Notes:
    """Reasons why something is n/a, each told once and referred to by a letter."""

    texts: dict[str, Value] = field(default_factory=dict)

    def letter(self, reason: Value) -> str:
        """The letter of a reason."""
        self.texts.setdefault(reason.exact, reason)
        return ascii_lowercase[list(self.texts).index(reason.exact) % 26]

    def listed(self) -> list[tuple[str, Value]]:
        """All reasons with their letters."""
        return [(self.letter(reason), reason) for reason in self.texts.values()]


def matrices(results: Results, notes: Notes) -> dict[str, list[tuple[str, list[dict[str, Any]]]]]:
    """Synchrony above the diagonal, lags below it, for each side that has two muscles.

    Muscles stand in the order of the recording's channels, for so the table orders a pair: its
    share is of the bursts of the first, its lag that of the second after the first.
    """
    found = {}
    for side in ("L", "R"):
        rows = matching(results.pairs, {"side": side})
        muscles = list(dict.fromkeys([*rows["muscle_a"], *rows["muscle_b"]]))
        if len(muscles) > 1:
            found[side] = [
                (a, [_pair(results, side, i, j, muscles, notes) for j in range(len(muscles))])
                for i, a in enumerate(muscles)
            ]
    return found


def is_copied(told: Mapping[str, list[tuple[str, list[dict[str, Any]]]]]) -> bool:
    """Whether cross-talk explains bursts in a cell of these matrices."""
    lines = (cells for side in told.values() for _, cells in side)
    return any(told_cell.get("copied") for cells in lines for told_cell in cells)


def _pair(
    results: Results, side: str, i: int, j: int, muscles: list[str], notes: Notes
) -> dict[str, Any]:
    """One cell of the matrix of a side."""
    if i == j:
        return {"kind": "self"}
    first, second = muscles[min(i, j)], muscles[max(i, j)]
    place: dict[str, str | None] = {"side": side, "muscle_a": first, "muscle_b": second}
    valid = cell(results, "pairs", place, "valid")
    copied = cell(results, "pairs", place, "crosstalk_flag").exact in ("yes", "possible")
    if valid.exact != "True":
        reason = cell(results, "pairs", place, "reason")
        return {"kind": "withheld", "letter": "" if reason.missing else notes.letter(reason)}
    if i < j:
        value = cell(results, "pairs", place, "sync_pct", 0)
        tone = 0 if value.missing else min(4, int(float(value.exact) // 20))
        return {"kind": "synchrony", "value": value, "tone": tone, "copied": copied}
    value = cell(results, "pairs", place, "lag_median_ms", 1)
    return {"kind": "lag", "value": value, "copied": copied}


def synkinesis(results: Results, notes: Notes) -> dict[str, Any]:
    """Trials in which another muscle moved along, by task and side, a column a muscle."""
    shares = results.provenance.get("synkinesis", [])
    muscles = [m for m in FACE_MUSCLES if any(s["muscle"] == m for s in shares)]
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for i, share in enumerate(shares):
        line = lines.setdefault(
            (share["task"], share["side"]), {"prime": share["prime"], "cells": {}}
        )
        told_cell = {
            name: entry(results, "synkinesis", i, *path, digits=2)
            for name, path in {
                "n": ("trials",), "k": ("synkinesis",), "p": ("probability",),
                "lo": ("ci", 0), "hi": ("ci", 1), "why": ("withheld",),
            }.items()
        }  # fmt: skip
        if not told_cell["why"].missing:
            told_cell["letter"] = notes.letter(told_cell["why"])  # type: ignore[assignment]  # of a note
        line["cells"][share["muscle"]] = told_cell
    tasks = list(dict.fromkeys(task for task, _ in lines))
    order = sorted(lines, key=lambda key: (tasks.index(key[0]), key[1]))  # left before right
    return {"muscles": muscles, "lines": [(*key, lines[key]) for key in order]}


def brow_lift(results: Results) -> dict[str, dict[str, Value]]:
    """Brow-lift index of every side that has both channels.

    As the summary tells it, which is that of an expert where one decided; how many spasms it is of
    is known of the detector's alone.
    """
    task, reviewed = file_task(results), bool(reviewers(results))
    told = {}
    for i, side in enumerate(row["side"] for row in results.provenance.get("brow_lift", [])):
        told[side] = {
            name: cell(results, "summary", side_place(task, side), f"brow_lift_{column}", 0)
            for name, column in (("pct", "pct"), ("lo", "ci_lo"), ("hi", "ci_hi"))
        }
        if not reviewed:
            told[side] |= {n: entry(results, "brow_lift", i, n) for n in ("joined", "spasms")}
    return told


def is_brow_withheld(results: Results) -> bool:
    """Whether the sampling frequency is too low for the brow-lift index."""
    measures = (item["measure"] for item in results.provenance.get("withheld", []))
    return any("brow_lift_pct" in measure for measure in measures)


def brow_unsought(rows: Iterable[Row]) -> set[str]:
    """Sides whose eye or brow was not analyzed, so that no spasm of theirs means nothing."""
    return {
        SIDE_LETTER.get(row["channel"].side or "", "")
        for row in rows
        if row["channel"].muscle in ("OOC", "FRO") and row["n_bursts"].missing
    }
