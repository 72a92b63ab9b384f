"""Ten seconds of every channel, left against right, with what was found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from emgspasm.labels import SIDE_LETTER
from emgspasm.report.excerpts import LENGTH, Excerpt
from emgspasm.report.facts import face_order
from emgspasm.report.figures import GREY, INK, PALE, SCALE, SIDES, WIDTH, axes, figure
from emgspasm.stream import Channel
from emgspasm.units import on_screen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PIXELS = 1100
"""Columns into which the samples of a row are gathered, lowest and highest of each: more than
print or screen can show."""

BEFORE, AFTER, LANE, FOOT = 13.0, 11.0, 5.0, 5.5
"""Millimetres left and right of the rows, above and below them."""

TALLEST, FULL = 6.0, 37.0
"""Millimetres of a row at most, and of all rows together."""


def excerpt_figure(excerpt: Excerpt, events: pd.DataFrame, scale: Mapping[str, float]) -> Figure:
    """Draw an excerpt.

    Parameters
    ----------
    excerpt : Excerpt
    events : DataFrame
        Events table of the recording.
    scale : mapping
        Half the height of a row by unit, the same for all excerpts.
    """
    order = rows(excerpt.info.channels)
    step = min(TALLEST, FULL / len(order))
    height = LANE + step * len(order) + FOOT
    drawn = figure(WIDTH, height)
    ax = axes(
        drawn,
        BEFORE / WIDTH,
        FOOT / height,
        (WIDTH - BEFORE - AFTER) / WIDTH,
        (height - FOOT) / height,
    )
    for place, column in enumerate(order):
        _row(ax, excerpt, events, column, -1 - 2.0 * place, scale)
    _frame(ax, excerpt, order)
    ax.set_xlim(excerpt.choice.start, excerpt.choice.stop)
    ax.set_ylim(-2 * len(order), 2 * LANE / step)
    _events(ax, excerpt, events, 2 * LANE / step, order)
    _scale_bar(ax, excerpt, scale)
    return drawn


def rows(channels: tuple[Channel, ...]) -> list[int]:
    """Columns in the order of the face."""
    return sorted(range(len(channels)), key=lambda column: face_order(channels[column]))


def _row(
    ax: Axes,
    excerpt: Excerpt,
    events: pd.DataFrame,
    column: int,
    middle: float,
    scale: Mapping[str, float],
) -> None:
    """One channel: gaps grey, signal grey, bursts dark with a bar under them."""
    channel = excerpt.info.channels[column]
    colour = SIDES.get(SIDE_LETTER.get(channel.side or "", "B"), INK)
    start, stop = excerpt.choice.start, excerpt.choice.stop
    samples = excerpt.samples[:, column]
    for begin, end in _gaps(samples, excerpt.info.sampling_frequency):
        ax.add_patch(
            Rectangle(
                (start + begin, middle - 1), end - begin, 2, fc=PALE, ec=GREY, lw=0, hatch="xxx"
            )
        )
    times, low, high = envelope(samples, start, stop)
    factor = 0.95 / scale.get(channel.unit, 1.0)
    inside = np.zeros(len(times), bool)
    for onset, offset in _bursts(events, channel.name, start, stop):
        inside |= (times >= onset - (stop - start) / PIXELS) & (times <= offset)
        ax.add_patch(Rectangle((onset, middle - 0.98), offset - onset, 0.16, fc=colour, ec="none"))
    for part, tone, width in ((~inside, "#8c8c8c", 0.4), (inside, colour, 0.55)):
        lines = _zigzag(times, low * factor, high * factor, part, middle)
        ax.add_collection(LineCollection(lines, colors=tone, linewidths=width, capstyle="round"))


def envelope(
    samples: NDArray[np.float64], start: float, stop: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Times of columns, and the lowest and highest sample in each; NaN where there is none."""
    n = min(PIXELS, len(samples))
    edges = np.linspace(0, len(samples), n + 1).astype(int)
    present = np.where(np.isnan(samples), np.inf, samples)
    low = np.minimum.reduceat(present, edges[:-1])
    present = np.where(np.isnan(samples), -np.inf, samples)
    high = np.maximum.reduceat(present, edges[:-1])
    times = start + (stop - start) * edges[:-1] / len(samples)
    empty = ~np.isfinite(low)
    return times, np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def _zigzag(
    times: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    part: NDArray[np.bool_],
    middle: float,
) -> list[NDArray[np.float64]]:
    """Runs of columns as lines that go down and up in turn."""
    shown = part & np.isfinite(low)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]]).astype(int)))
    lines = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        first = max(first - 1, 0) if np.isfinite(low[max(first - 1, 0)]) else first
        y = np.stack([low[first:last], high[first:last]], axis=1)
        y[1::2] = y[1::2, ::-1]
        line = np.stack([np.repeat(times[first:last], 2), middle + np.clip(y.ravel(), -1, 1)], 1)
        lines.append(line)
    return lines


def _gaps(samples: NDArray[np.float64], fs: float) -> Iterator[tuple[float, float]]:
    """Seconds, from the start of the excerpt, of stretches without signal."""
    missing = np.concatenate([[False], np.isnan(samples), [False]])
    edges = np.flatnonzero(np.diff(missing.astype(int)))
    yield from ((a / fs, b / fs) for a, b in zip(edges[::2], edges[1::2], strict=True))


def _bursts(
    events: pd.DataFrame, channel: str, start: float, stop: float
) -> Iterator[tuple[float, float]]:
    mine = events[(events["trial_type"] == "burst") & (events["channel"] == channel)]
    ends = mine["onset"] + mine["duration"]
    mine = mine[(mine["onset"] < stop) & (ends > start)]
    for onset, length in zip(mine["onset"], mine["duration"], strict=True):
        yield max(onset, start), min(onset + length, stop)


FACES: dict[str, dict[str, Any]] = {
    "spasm": {"fc": "event", "ec": "event"},
    "blepharospasm": {"fc": "white", "ec": "event"},
    "myokymia": {"fc": "white", "ec": "event"},
    "blink": {"fc": "white", "ec": INK},
    "voluntary": {"fc": "white", "ec": GREY, "hatch": "//////"},
    "artifact": {"fc": PALE, "ec": GREY, "hatch": "xxxxxx"},
}


def _events(ax: Axes, excerpt: Excerpt, events: pd.DataFrame, top: float, order: list[int]) -> None:
    """The lane at the top: what the bursts of several muscles are taken for, not what was."""
    start, stop = excerpt.choice.start, excerpt.choice.stop
    told = events[(events["trial_type"] != "burst") & (events["status"] != "rejected")]
    seen = told[(told["onset"] < stop) & (told["onset"] + told["duration"] > start)]
    free, chosen = start, _of(seen, excerpt.choice.event_id)
    for event in seen.to_dict("records"):
        onset, offset = max(event["onset"], start), min(event["onset"] + event["duration"], stop)
        face = dict(FACES[str(event["trial_type"])])
        colour = SIDES.get(str(event["side"]), INK)
        face = {k: colour if v == "event" else v for k, v in face.items()}
        height = 0.32 * top
        ax.add_patch(Rectangle((onset, 0.12 * top), offset - onset, height, lw=0.5, **face))
        mine = event["event_id"] == excerpt.choice.event_id
        if mine:
            _shade(ax, excerpt, event, (onset, offset), order)
        label = _label(event)
        end = onset + 0.012 * len(label) * LENGTH / 1.4
        if mine or (onset >= free and not onset <= chosen <= end):  # its name has its place
            text = ax.text(onset, 0.52 * top, label, fontsize=6, va="bottom", ha="left")
            text.set_fontweight("bold" if mine else "normal")
            free = end


def _of(events: pd.DataFrame, event_id: str | None) -> float:
    """Onset of an event in seconds; NaN where it is none of these."""
    mine = events["onset"][events["event_id"] == event_id]
    return float(mine.iloc[0]) if len(mine) else float("nan")


def _label(event: Mapping[Any, Any]) -> str:
    of_class = event["trial_type"] == "voluntary" and isinstance(event["class"], str)
    name = str(event["class" if of_class else "trial_type"])
    return name if event["side"] == "B" else f"{name} {event['side']}"


def _shade(
    ax: Axes,
    excerpt: Excerpt,
    event: Mapping[Any, Any],
    span: tuple[float, float],
    order: list[int],
) -> None:
    """Tint the rows of the muscles that take part: others of the side may hold cross-talk."""
    (onset, offset), boxes = span, []
    muscles = str(event["muscles"]).split("+")
    for place, column in enumerate(order):
        channel = excerpt.info.channels[column]
        of_side = event["side"] in ("B", SIDE_LETTER.get(channel.side or ""))
        if of_side and channel.muscle in muscles:
            y = -1 - 2.0 * place
            boxes.append([(onset, y - 1), (offset, y - 1), (offset, y + 1), (onset, y + 1)])
    ax.add_collection(PolyCollection(boxes, facecolors="#fff2b3", edgecolors="none", zorder=0))


def _frame(ax: Axes, excerpt: Excerpt, order: list[int]) -> None:
    channels = excerpt.info.channels
    ax.set_yticks([-1 - 2.0 * place for place in range(len(order))])
    ax.set_yticklabels([channels[column].name for column in order])
    for label, column in zip(ax.get_yticklabels(), order, strict=True):
        label.set_color(SIDES.get(SIDE_LETTER.get(channels[column].side or "", "B"), INK))
        label.set_fontsize(6.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    for (above, below), place in zip(pairwise(order), range(len(order)), strict=False):
        if channels[above].muscle != channels[below].muscle:
            ax.axhline(-2.0 * (place + 1), color=PALE, lw=0.4, zorder=0)
    ax.axhline(0, color=PALE, lw=0.4, zorder=0)
    ticks = np.arange(excerpt.choice.start, excerpt.choice.stop + 0.5)
    ax.set_xticks(ticks)
    ax.set_xticklabels(
        [f"{t:g} s" if i in (0, len(ticks) - 1) else f"{t:g}" for i, t in enumerate(ticks)]
    )


def _scale_bar(ax: Axes, excerpt: Excerpt, scale: Mapping[str, float]) -> None:
    unit = next((c.unit for c in excerpt.info.channels if c.unit in scale), None)
    if unit is None:
        return
    x = excerpt.choice.stop + 0.012 * LENGTH
    ax.plot([x, x], [-1.95, -0.05], color=INK, lw=1.2, clip_on=False, solid_capstyle="butt")
    word = f"{2 * scale[unit]:g}\n{on_screen(unit)}"
    text = ax.text(x + 0.008 * LENGTH, -1, word, fontsize=6, va="center", linespacing=1.1)
    text.set_gid(SCALE)
