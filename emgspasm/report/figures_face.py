"""Two faces: where the channels are, and how far spasms spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from emgspasm import anatomy
from emgspasm.labels import SIDE_LETTER
from emgspasm.report.figures import GREY, INK, SIDES, axes, cite, figure
from emgspasm.report.values import Value
from emgspasm.stream import Channel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (71.0, 58.0)
"""Millimetres."""

LABEL_X = 0.98
"""Where the labels of a side begin, in units of the drawing."""

LEAST_STEP = 0.2
"""Distance of labels."""

Side = Literal["left", "right"]


def placed(channels: Sequence[Channel]) -> list[Channel]:
    """Channels that have a place on the face."""
    return [c for c in channels if c.side in ("left", "right") and c.muscle in anatomy.FACE_MUSCLES]


def montage_figure(channels: Sequence[Channel]) -> Figure:
    """Electrode pairs of every channel that has a place on the face."""
    ax = _face()
    shown = placed(channels)
    for channel in shown:
        letter = SIDE_LETTER[str(channel.side)]
        _region(ax, channel, "#eef2f6" if letter == "L" else "#f8f1ea", GREY, 0.4)
    for channel in shown:
        colour = SIDES[SIDE_LETTER[str(channel.side)]]
        pair = anatomy.electrodes(str(channel.muscle), cast("Side", channel.side))
        ax.plot(*pair.T, "-", color=colour, lw=0.7)
        ax.plot(*pair.T, "o", ms=2.6, mew=0.6, mfc="white", mec=colour)
        ax.plot(*pair[0], "o", ms=2.6, mew=0.6, color=colour)
    for channel, y in _label_places(shown):
        _leader(ax, channel, y)
        ax.text(_label_x(channel), y, channel.name, **_label_style(channel))
    return _finished(ax)


def spread_figure(channels: Sequence[Channel], shares: Mapping[str, Value]) -> Figure:
    """Muscles shaded by the share of their side's spasms in which they take part.

    Parameters
    ----------
    channels : sequence of Channel
    shares : mapping
        Percent by channel name; missing where the side has no spasm.
    """
    ax = _face()
    shown = placed(channels)
    for channel in shown:
        value = shares[channel.name]
        share = 0.0 if value.missing else float(value.exact) / 100
        tone = str(round(0.97 - 0.62 * share, 3))
        _region(ax, channel, tone if share else "white", INK if share else GREY, 0.5)
    for channel, y in _label_places(shown):
        _leader(ax, channel, y)
        value = shares[channel.name]
        label = f"{channel.muscle} -" if value.missing else f"{channel.muscle} {value.shown} %"
        text = ax.text(_label_x(channel), y, label, **_label_style(channel))
        if not value.missing:
            cite(text, value)
    return _finished(ax)


def _face() -> Axes:
    ax = axes(figure(*SIZE), 0.0, 0.0, 1.0, 1.0)
    fills = {
        "skin": "white",
        "eye": "white",
        "iris": "#bdbdbd",
        "lip": "#ececec",
        "brow": "#8a8a8a",
    }
    for shape in anatomy.drawing():
        codes = np.full(len(shape.points), Path.LINETO)
        codes[0] = Path.MOVETO
        if shape.closed:
            codes[-1] = Path.CLOSEPOLY
        outlined = shape.name in ("skin", "line", "eye")
        patch = PathPatch(
            Path(shape.points, codes),
            fc=fills.get(shape.name, "none"),
            ec="#9a9a9a" if outlined else "none",
            lw=0.6 if shape.name == "skin" else 0.4,
            fill=shape.name in fills,
        )
        ax.add_patch(patch)
    return ax


def _finished(ax: Axes) -> Figure:
    """Frame and the words that say which side is which."""
    low, high = anatomy.EXTENT[2:]
    ax.set_ylim(low, high + 0.26)
    width = (high + 0.26 - low) * SIZE[0] / SIZE[1]
    ax.set_xlim(-width / 2, width / 2)
    ax.set_axis_off()
    for x, word, letter, ha in ((-1, "Right side", "R", "left"), (1, "Left side", "L", "right")):
        ax.text(
            x * (width / 2 - 0.02), high + 0.12, word, color=SIDES[letter], ha=ha, fontsize=7,
            fontweight="bold",
        )  # fmt: skip
    return cast("Figure", ax.figure)


def _region(ax: Axes, channel: Channel, fill: str, edge: str, width: float) -> None:
    rings = anatomy.region(str(channel.muscle), cast("Side", channel.side))
    closed = [np.concatenate([ring, ring[:1]]) for ring in rings]
    codes = []
    for ring in closed:
        codes += [Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY]
    # a hole is a hole only if it turns the other way round
    turned = [closed[0], *(ring[::-1] for ring in closed[1:])]
    ax.add_patch(PathPatch(Path(np.concatenate(turned), codes), fc=fill, ec=edge, lw=width))


def _middle(channel: Channel) -> tuple[float, float]:
    pair = anatomy.electrodes(str(channel.muscle), cast("Side", channel.side))
    x, y = pair.mean(axis=0)
    return float(x), float(y)


def _label_places(channels: Sequence[Channel]) -> list[tuple[Channel, float]]:
    """Height of every label: its electrodes', moved so that labels keep their distance."""
    placed_ones: list[tuple[Channel, float]] = []
    for side in ("left", "right"):
        mine = sorted((c for c in channels if c.side == side), key=lambda c: -_middle(c)[1])
        heights: list[float] = []
        for channel in mine:
            wanted = _middle(channel)[1]
            heights.append(min([wanted, *(h - LEAST_STEP for h in heights[-1:])]))
        placed_ones += zip(mine, heights, strict=True)
    return placed_ones


def _label_x(channel: Channel) -> float:
    return LABEL_X if channel.side == "left" else -LABEL_X


def _label_style(channel: Channel) -> dict[str, Any]:
    return {
        "color": INK,
        "ha": "left" if channel.side == "left" else "right",
        "va": "center",
        "fontsize": 6.5,
    }


def _leader(ax: Axes, channel: Channel, y: float) -> None:
    x0, y0 = _middle(channel)
    x1 = _label_x(channel) * 0.97
    ax.plot([x0, x1], [y0, y], color=GREY, lw=0.35, zorder=3)
