"""The page of a treatment course: what its template needs, every number with its cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emgspasm.labels import SIDE_LETTERS
from emgspasm.report.course.course import Course
from emgspasm.report.course.rest import FACE, PLACES
from emgspasm.report.course.rows import LARGER
from emgspasm.report.page import render
from emgspasm.report.values import Value, told
from emgspasm.storage.derivatives.provenance import is_simulated
from emgspasm.storage.studies.scales import SCALES
from emgspasm.storage.studies.treatments import TOXIN
from emgspasm.storage.tables.tsv import MISSING, table_rows

DIGITS = {"rate": 1, "burden": 2, "amplitude": 1, "mvc_ratio": 2}
KEYS = ("session", "side", "region", "measure", "muscles", "name", "date", "rater")


def course_page(shown: Course) -> str:
    """The course as one self-contained page of HTML."""
    from emgspasm.report.course.figures import beside_figure, course_figure
    from emgspasm.report.figures import svg

    rows = table_rows(shown.table)
    beside = beside_figure(shown) if shown.sessions else None
    return render(
        "course.html",
        course=shown,
        simulated=any(is_simulated(r.provenance) for s in shown.sessions for r in s.results),
        side=SIDE_LETTERS.get(shown.affected or ""),
        figure=svg(course_figure(shown), "course") if shown.sessions else None,
        beside=svg(beside, "beside") if beside is not None else None,
        summary=_summary(shown, rows),
        sessions=_sessions(shown, rows),
        treatments=[_entered(r) for r in rows if r["measure"] == "treatment"],
        scores=[_entered(r) for r in rows if r["measure"] == "scale"],
        strength=any(r["measure"] == "mvc_ratio" for r in rows),
        scales=_scales(rows),
        reference=_reference(shown),
        settings=shown.sessions[0].settings if shown.sessions else None,
        windows=shown.origin is not None and shown.origin.kind == TOXIN,
        toxin=any(t.kind == TOXIN for t in shown.treatments),
        larger=LARGER,
    )


def _scales(rows: list[dict[str, Any]]) -> dict[str, str]:
    """What the scales mean that somebody scored, by name."""
    scored = {r["name"] for r in rows if r["measure"] == "scale"}
    return {
        name: f"{known.low:g} to {known.high:g}, {known.meaning}"
        for name, known in SCALES.items()
        if name in scored
    }


def _reference(shown: Course) -> str | None:
    index = shown.baseline
    return None if index is None else shown.sessions[index].label


def _cells(row: Mapping[str, Any], digits: int | None) -> dict[str, Value]:
    """The cells of a row, each with its address in the table."""
    where = ";".join(f"{key}={row[key]}" for key in KEYS if row[key] is not None)
    decimals = dict.fromkeys(("value", "ci_lo", "ci_hi", "change", "mdc"), digits) | {"valid_s": 0}
    return {
        name: told(value, f"course:{where}:{name}", decimals.get(name))
        for name, value in row.items()
    }


def _entered(row: Mapping[str, Any]) -> dict[str, Value]:
    """The cells of what people entered: a whole number has no decimals."""
    whole = isinstance(row["value"], float) and row["value"].is_integer()
    return _cells(row, 0 if whole else None)


def _summary(shown: Course, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Baseline and latest session of the affected side, region by region."""
    if not shown.sessions or shown.affected is None:
        return []
    first, last = _reference(shown), shown.sessions[-1].label
    lines = []
    for place in (FACE, *PLACES):
        line: dict[str, Any] = {"place": "whole side" if place == FACE else place}
        for measure in ("rate", "burden"):
            mine = [
                r
                for r in rows
                if (r["side"], r["region"], r["measure"]) == (shown.affected, place, measure)
            ]
            line[measure] = [
                next((_cells(r, DIGITS[measure]) for r in mine if r["session"] == label), None)
                for label in (first, last)
            ]
            line["muscles"] = next((r["muscles"] for r in reversed(mine) if r["muscles"]), MISSING)
        if line["rate"][1] is not None:
            lines.append(line)
    return lines


def _sessions(shown: Course, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line a session and side: rate and burden of the whole side."""
    lines = []
    for session in shown.sessions:
        for side in ("L", "R"):
            mine = {
                r["measure"]: _cells(r, DIGITS[r["measure"]])
                for r in rows
                if (r["session"], r["side"], r["region"]) == (session.label, side, FACE)
            }
            if mine:
                lines.append({"label": session.label, "side": SIDE_LETTERS[side], **mine})
    return lines
