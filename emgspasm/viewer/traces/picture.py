"""The picture of one column of the screen: what is drawn where, as a function of a strip."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emgspasm.desk.palette import Palette
from emgspasm.desk.strip import MARKED, Strip
from emgspasm.stream import Channel
from emgspasm.viewer.traces import raster

DIVISIONS = 10
"""Divisions of the time base across a column."""

REACH = 1.9
"""Divisions that a trace may leave its line, over its neighbours."""


@dataclass(frozen=True, slots=True)
class View:
    """How traces are shown: the same in both columns, so that left and right compare.

    Parameters
    ----------
    seconds : float
        Time base: seconds across a column.
    gain : float
        uV in a division; a line is two divisions high.
    scrolls : bool
        Whether the newest sample stays at the right edge; else the traces sweep.
    tracks : frozenset of str
        Which of ``raw``, ``filtered`` and ``envelope`` are drawn.
    levels : bool
        Whether noise level and threshold are drawn.
    mirrored : bool
        Whether the patient's right is on the left of the screen.
    """

    seconds: float = 10.0
    gain: float = 100.0
    scrolls: bool = False
    tracks: frozenset[str] = field(default=frozenset({"filtered"}))
    levels: bool = True
    mirrored: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Geometry and colours of a picture of `height` x `width` pixels.

    Parameters
    ----------
    height, width : int
        Pixels of the screen.
    dot : int
        Pixels of the screen in a pixel of the design.
    view : View
    sampling_frequency : float
        Hertz.
    channels : ndarray of int, shape (n_lanes,)
        EMG channel of each lane.
    lanes : ndarray, shape (n_lanes, 3)
        Top, centre and bottom in pixels.
    colours : dict of ndarray of int
        0xRRGGBB by use.
    """

    height: int
    width: int
    dot: int
    view: View
    sampling_frequency: float
    channels: NDArray[np.int64]
    lanes: NDArray[np.float64]
    colours: dict[str, NDArray[np.int64]]

    @property
    def per_column(self) -> float:
        """Samples in a column of pixels."""
        return self.view.seconds * self.sampling_frequency / self.width

    @property
    def division(self) -> float:
        """Pixels of the screen in a division of the gain."""
        return float(self.lanes[0, 2] - self.lanes[0, 0]) / 2 if len(self.lanes) else 1.0

    @property
    def scale(self) -> float:
        """Pixels in one uV."""
        return self.division / self.view.gain

    def column_of(self, sample: float) -> int:
        """Column of pixels, counted from sample 0, that shows a sample."""
        return int(sample / self.per_column)


def lanes(rows: NDArray[np.int64], n_lines: int, height: int) -> NDArray[np.float64]:
    """Top, centre and bottom of lines `rows` where `n_lines` share a height, shape (n_rows, 3)."""
    tall = height / max(1, n_lines)
    tops = np.floor(rows * tall)
    bottoms = np.floor((rows + 1) * tall)
    return np.stack([tops, np.floor((rows + 0.5) * tall), bottoms], axis=1)


def centre(offsets: NDArray[np.float64], strip: Strip, sampling_frequency: float) -> None:
    """Put raw traces on their lines: `offsets` become the means of the last second, if known."""
    rows = strip.read("raw", strip.stop - round(sampling_frequency), strip.stop).astype(np.float64)
    known = np.isfinite(rows)
    sums, counts = np.where(known, rows, 0.0).sum(axis=0), known.sum(axis=0)
    np.divide(sums, counts, out=offsets, where=counts > 0)


def colours(palette: Palette, channels: list[Channel]) -> dict[str, NDArray[np.int64]]:
    """Colours of a picture; a side's traces have the side's."""
    sides = [_number(palette.side_color(channel.side)) for channel in channels]
    events = [_number(palette.event_color(kind)) for kind in MARKED]
    bits = [_number(palette.text), *events, 0, 0, 0]
    faint = _number(palette.faint)
    return {
        "behind": np.array(
            [_number(c) for c in (palette.panel, palette.grid, palette.gap, palette.warning)]
        ),
        "events": np.array(bits),
        "filtered": np.array(sides, np.int64),
        "raw": np.full(len(sides), faint),
        "envelope": np.full(len(sides), _number(palette.text)),
        "plain": np.array([0, faint, faint, 0, 0, 0, 0, 0]),
        "lit": np.array(bits),
        "levels": np.array([faint, faint, _number(palette.warning)]),
        "head": np.array([_number(palette.cursor)]),
    }


def paint(
    image: NDArray[np.uint32],
    picture: Picture,
    strip: Strip,
    offsets: NDArray[np.float64],
    columns: tuple[int, int],
) -> None:
    """Draw some columns of a picture.

    Parameters
    ----------
    image : ndarray of uint32, shape (height, width)
        Column ``c`` is drawn at ``c % width``.
    picture : Picture
    strip : Strip
    offsets : ndarray, shape (n_channels,)
        uV of each raw channel that are drawn on its line.
    columns : (int, int)
        Columns counted from sample 0, half open.
    """
    if columns[0] >= columns[1]:
        return
    view, hues, dot = picture.view, picture.colours, picture.dot
    held = strip.start, strip.stop
    per_column, drawn = picture.per_column, picture.lanes
    found = raster.flags(strip.marks, picture.channels, held, columns, per_column)
    division = picture.width / DIVISIONS
    raster.background(
        image, columns, found, drawn, division, hues["behind"], hues["events"], dot
    )  # fmt: skip
    if view.levels:
        per_cell = per_column, strip.step
        raster.levels(image, columns, strip.thresholds, picture.channels, held, per_cell, drawn,
                      picture.scale, hues["levels"], dot)  # fmt: skip
    nothing = np.zeros_like(offsets)
    for name, width, opacity in (("raw", 1.0, 0.8), ("filtered", 1.1, 1.0), ("envelope", 1.4, 0.9)):
        if name not in view.tracks:
            continue
        stop = strip.stop if name == "raw" else strip.analyzed
        lit = hues["lit"] if name == "filtered" else hues["plain"]
        if name == "envelope":
            lit = np.full(8, hues["envelope"][0] if len(hues["envelope"]) else 0)
        pen = width * dot, opacity, REACH * picture.division
        raster.trace(image, columns, strip.tracks[name], picture.channels, (held[0], stop),
                     per_column, drawn, picture.scale, offsets if name == "raw" else nothing,
                     hues[name], lit, found, pen)  # fmt: skip


def erase(
    image: NDArray[np.uint32], picture: Picture, columns: tuple[int, int], *, head: bool
) -> None:
    """Blank columns of a picture; the first of them shows the head of the sweep."""
    width, panel = picture.width, 0xFF000000 | int(picture.colours["behind"][0])
    first = columns[0] % width
    last = first + columns[1] - columns[0]
    image[:, first:last] = panel
    image[:, : max(0, last - width)] = panel
    if head:
        image[:, first : first + picture.dot] = 0xFF000000 | int(picture.colours["head"][0])


def _number(colour: str) -> int:
    return int(colour[1:], 16)
