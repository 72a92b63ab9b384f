"""Figures of a treatment course: rate and burden apart, scales and weakness beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from emgspasm.labels import SIDE_LETTERS
from emgspasm.report import figures
from emgspasm.report.course.course import Course
from emgspasm.report.course.rest import FACE, PLACES
from emgspasm.report.course.rows import LARGER
from emgspasm.report.course.visits import WINDOWS
from emgspasm.storage.studies.scales import SCALES
from emgspasm.storage.studies.treatments import TOXIN
from emgspasm.storage.tables.tsv import table_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, HEAD, FOOT, SPARE = 26.0, 13.0, 10.0, 4.5
"""Millimetres of a panel, over all, under all, and between panels."""

LEFT_EDGE, PANEL, BETWEEN = 0.085, 0.405, 0.075
"""Shares of the width."""

LABEL = 0.075
"""Share of a panel's height that the name of a muscle takes."""

BESIDE, ARROW = 0.018, 0.15
"""Shares of a panel: where arrows to limits beyond it stand, and how long they are."""

TITLES = {
    "rate": "Rate: spasms per minute at rest",
    "burden": "Burden: amplitude over noise in spasms, µV",
    "mvc_ratio": "Strength: MVC, affected / other side",
}
MARKS = ("o", "s", "^", "D", "v", "P")


def course_figure(told: Course) -> Figure:
    """Rate and burden of every region, affected side filled, other side open.

    Parameters
    ----------
    told : Course
        With at least one session.
    """
    with figures.styled():
        return _course_figure(told)


def _course_figure(told: Course) -> Figure:
    rows = table_rows(told.table)
    places = [p for p in (FACE, *PLACES) if any(r["region"] == p for r in rows)]
    height = HEAD + FOOT + ROW * len(places) + SPARE * (len(places) - 1)
    drawn = figures.figure(figures.WIDTH, height)
    limits = axis_limits(told)
    for line, place in enumerate(places):
        bottom = FOOT + (len(places) - 1 - line) * (ROW + SPARE)
        for column, measure in enumerate(("rate", "burden")):
            left = LEFT_EDGE + column * (PANEL + BETWEEN)
            axes = figures.axes(drawn, left, bottom / height, PANEL, ROW / height)
            chosen = [r for r in rows if r["region"] == place and r["measure"] == measure]
            _panel(axes, told, chosen, limits, last=line == len(places) - 1)
            if column == 0:
                name = "whole side" if place == FACE else place
                axes.set_ylabel(name, fontweight="bold" if place == FACE else "normal")
            if line == 0:
                _title(axes, told, TITLES[measure])
    return drawn


def _title(axes: Axes, told: Course, text: str) -> None:
    axes.set_title(text, loc="left", pad=17, fontweight="bold")
    _name_treatments(axes, told)
    _name_windows(axes, told)


def _panel(
    axes: Axes,
    told: Course,
    rows: Sequence[dict[str, Any]],
    limits: tuple[float, float],
    *,
    last: bool,
) -> None:
    _time(axes, told, limits, last=last)
    known = [r for r in rows if r["value"] is not None]
    top = 1.12 * max((max(r["value"], r["ci_hi"] or 0) for r in known), default=1) or 1
    axes.set_ylim(-0.07 * top, top)  # points at zero are whole, and the side beside them is read
    axes.locator_params(axis="y", nbins=4)
    for side in ("L", "R"):
        mine = [r for r in known if r["side"] == side]
        affected = side == told.affected
        if affected:
            _variability(axes, mine, top)
        _line(axes, mine, side, filled=affected or told.affected is None)


def _line(axes: Axes, rows: Sequence[dict[str, Any]], side: str, *, filled: bool) -> None:
    colour = figures.SIDES[side]
    days = [r["day"] for r in rows]
    axes.plot(days, [r["value"] for r in rows], "-" if filled else ":", color=colour, lw=0.9)
    for row in rows:
        if row["ci_lo"] is not None:
            axes.plot([row["day"]] * 2, [row["ci_lo"], row["ci_hi"]], "-", color=colour, lw=0.9)
        larger = row["verdict"] == LARGER
        axes.plot(
            row["day"], row["value"], "D" if larger else "o",
            color=colour, markerfacecolor=colour if filled else "white",
            markersize=4.6 if larger else 3.8, markeredgewidth=0.8,
        )  # fmt: skip
    if rows:
        axes.annotate(
            side, (days[-1], rows[-1]["value"]), (5, 0), textcoords="offset points",
            va="center", color=colour, fontweight="bold",
        )  # fmt: skip


def _variability(axes: Axes, rows: Sequence[dict[str, Any]], top: float) -> None:
    """Lines about the baseline; changes between them are no larger than measurement variability.

    An arrow at the edge of the panel stands for one that lies beyond it; no value is under zero.
    """
    first = next((r for r in rows if r["baseline"]), None)
    if first is None or first["mdc"] is None:
        return
    for limit in (first["value"] - first["mdc"], first["value"] + first["mdc"]):
        if 0 < limit <= top:
            axes.axhline(limit, color=figures.GREY, lw=0.6, ls=(0, (1, 1.5)))
        else:
            edge, inside = (1, 1 - ARROW) if limit > top else (0, ARROW)
            arrow = {
                "arrowstyle": "->",
                "color": figures.GREY,
                "lw": 0.8,
                "shrinkA": 0,
                "shrinkB": 0,
            }
            axes.annotate("", (BESIDE, edge), (BESIDE, inside), "axes fraction", arrowprops=arrow)


def _time(axes: Axes, told: Course, limits: tuple[float, float], *, last: bool) -> None:
    axes.set_xlim(*limits)
    if told.origin is not None and told.origin.kind == TOXIN:
        for window in WINDOWS:
            axes.axvspan(window.first, window.last, color="#ececec", lw=0, zorder=0)
    for day in sorted({(t.date - told.zero).days for t in told.treatments}):
        axes.axvline(day, color=figures.INK, lw=0.9, ls="--", zorder=1)
    axes.locator_params(axis="x", integer=True)  # days
    axes.tick_params(labelbottom=last)
    if last:
        axes.set_xlabel(told.axis)


def _name_windows(axes: Axes, told: Course) -> None:
    if told.origin is None or told.origin.kind != TOXIN:
        return
    low, high = axes.get_xlim()
    for window in WINDOWS:
        middle = (window.first + window.last) / 2
        if low <= middle <= high:
            name = "base" if window.name == "baseline" else window.name
            axes.annotate(
                name, (middle, 1), (0, 1.5), xycoords=("data", "axes fraction"),
                textcoords="offset points", ha="center", color=figures.GREY, fontsize=6,
            )  # fmt: skip


def _name_treatments(axes: Axes, told: Course) -> None:
    days: dict[int, list[str]] = {}
    for each in told.treatments:
        dose = f"{each.units:g} U" if each.units is not None else ""
        word = " ".join(filter(None, (each.site, each.side, dose)))
        days.setdefault((each.date - told.zero).days, []).append(word or each.kind)
    low, high = axes.get_xlim()
    for day, words in days.items():
        if low <= day <= high:
            text = axes.annotate(
                ", ".join(words), (day, 1), (2, 9), xycoords=("data", "axes fraction"),
                textcoords="offset points", ha="left", fontsize=6,
            )  # fmt: skip
            text.set_gid(figures.SCALE)


def axis_limits(told: Course) -> tuple[float, float]:
    """Days from before the first thing shown to after the last."""
    days = [(s.day - told.zero).days for s in told.sessions if s.day]
    days += [(s.date - told.zero).days for s in told.scores]
    days += [(t.date - told.zero).days for t in told.treatments]
    if told.origin is not None and told.origin.kind == TOXIN:
        days += [d for d in (-14, 18) if min(days) <= 18]
    span = max(max(days) - min(days), 10)
    return min(days) - 0.03 * span, max(days) + 0.08 * span


def beside_figure(told: Course) -> Figure | None:
    """Scales as points, and strength as a ratio; None if there are neither."""
    with figures.styled():
        return _beside_figure(told)


def _beside_figure(told: Course) -> Figure | None:
    rows = table_rows(told.table)
    names = [n for n in SCALES if any(r["measure"] == "scale" and r["name"] == n for r in rows)]
    ratios = [r for r in rows if r["measure"] == "mvc_ratio"]
    if not names and not ratios:
        return None
    lines = max(len(names), 1)
    each = 16.0 if lines > 1 else ROW
    height = HEAD + FOOT + each * lines + SPARE * (lines - 1)
    drawn = figures.figure(figures.WIDTH, height)
    limits = axis_limits(told)
    for line, name in enumerate(names):
        bottom = (FOOT + (lines - 1 - line) * (each + SPARE)) / height
        axes = figures.axes(drawn, LEFT_EDGE, bottom, PANEL, each / height)
        _scale(axes, [r for r in rows if r["name"] == name], name)
        _time(axes, told, limits, last=line == lines - 1)
        if line == 0:
            axes.set_title("Scales, entered by people", loc="left", pad=9, fontweight="bold")
    if ratios:
        left = LEFT_EDGE + (PANEL + BETWEEN if names else 0)
        share = (height - HEAD - FOOT) / height
        axes = figures.axes(drawn, left, FOOT / height, PANEL, share)
        _ratios(axes, told, ratios)
        _time(axes, told, limits, last=True)
    return drawn


def _scale(axes: Axes, rows: Sequence[dict[str, Any]], name: str) -> None:
    known = SCALES[name]
    raters = sorted({r["rater"] for r in rows})
    for index, rater in enumerate(raters):
        mine = [r for r in rows if r["rater"] == rater]
        axes.plot(
            [r["day"] for r in mine], [r["value"] for r in mine], MARKS[index % len(MARKS)],
            color=figures.INK, markersize=3.6,
            markerfacecolor="white" if index % 2 else figures.INK, label=rater,
        )  # fmt: skip
    margin = 0.06 * (known.high - known.low)
    axes.set_ylim(known.low - margin, known.high + margin)
    axes.set_yticks([known.low, known.high])
    axes.set_ylabel(name, rotation=0, ha="right", va="center")
    if len(raters) > 1:
        axes.legend(title="rater", fontsize=5.5, title_fontsize=5.5, frameon=False, ncols=3)


def _ratios(axes: Axes, told: Course, rows: Sequence[dict[str, Any]]) -> None:
    ends: dict[str, tuple[int, float]] = {}
    injected = {t.site for t in told.treatments if t.kind == TOXIN}
    days = {s.label: (s.day - told.zero).days for s in told.sessions if s.day}
    for index, muscle in enumerate(dict.fromkeys(r["muscles"] for r in rows)):
        mine = [r for r in rows if r["muscles"] == muscle]
        filled = muscle in injected
        values = {r["session"]: r["value"] for r in mine}
        axes.plot(  # no line over a session without the ratio
            [*days.values()], [values.get(label, float("nan")) for label in days],
            f"{MARKS[index % len(MARKS)]}-",
            color=figures.INK if filled else figures.GREY, lw=0.8, markersize=3.8,
            markerfacecolor=figures.INK if filled else "white",
        )  # fmt: skip
        ends[muscle] = mine[-1]["day"], mine[-1]["value"]
    axes.axhline(1, color=figures.GREY, lw=0.5)
    top = max(1.2, 1.1 * max(r["value"] for r in rows))
    axes.set_ylim(0, top)
    heights = apart([value for _, value in ends.values()], LABEL * top)
    for (muscle, (day, _)), height in zip(ends.items(), heights, strict=True):
        axes.annotate(
            muscle, (day, height), (5, 0), textcoords="offset points", va="center", fontsize=6,
            bbox={"facecolor": "white", "linewidth": 0, "alpha": 0.8, "pad": 0.4},
        )  # fmt: skip
    side = SIDE_LETTERS[told.affected] if told.affected else ""
    axes.set_title(f"{TITLES['mvc_ratio']} ({side})", loc="left", pad=9, fontweight="bold")


def apart(heights: Sequence[float], gap: float) -> list[float]:
    """Heights moved up as far as labels need to stand `gap` apart, in the order given."""
    moved = list(heights)
    order = sorted(range(len(moved)), key=lambda i: moved[i])
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + gap)
    return moved
