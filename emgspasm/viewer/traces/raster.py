"""Traces into pixels: compiled loops that draw single columns of a picture.

A column of pixels shows the samples of its own stretch of time and no others, so a picture drawn
strip by strip equals one drawn at once, and the screen only ever draws what is new. Within a column
a trace covers what lies between its lowest and highest value, the ends by their share of a pixel:
traces are smooth at no cost, and no spike is lost however many samples a column holds.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.desk.strip import BLINK, BURST, CLIPPED, FLAT, GAP, PROVISIONAL, SPASM

Pixels = NDArray[np.uint32]


@numba.njit(cache=True, nogil=True)
def flags(
    marks: NDArray[np.uint16],
    channels: NDArray[np.int64],
    held: tuple[int, int],
    columns: tuple[int, int],
    per_column: float,
) -> NDArray[np.uint16]:
    """What each column shows any of, shape (n_lanes, n_columns).

    Parameters
    ----------
    marks : ndarray of uint16, shape (n_channels, capacity)
    channels : ndarray of int
        Channel of each lane.
    held : (int, int)
        Sample numbers that are there, half open.
    columns : (int, int)
        Columns counted from sample 0, half open.
    per_column : float
        Samples in a column.
    """
    first, last = columns
    capacity = marks.shape[1]
    out = np.zeros((len(channels), last - first), np.uint16)
    for k in range(last - first):
        low = max(held[0], int(np.floor((first + k) * per_column)))
        high = min(held[1], max(low + 1, int(np.ceil((first + k + 1) * per_column))))
        for lane, channel in enumerate(channels):
            found = np.uint16(0)
            for sample in range(low, high):
                found |= marks[channel, sample % capacity]
            out[lane, k] = found
    return out


@numba.njit(cache=True, nogil=True, inline="always")
def _blend(image: Pixels, y: int, x: int, colour: int, share: float) -> None:
    """Lay a colour (0xRRGGBB) over a pixel, covering this share of it."""
    old = np.int64(image[y, x])
    part = int(256 * share)
    red = (old >> 16) & 255
    green = (old >> 8) & 255
    blue = old & 255
    red += (((colour >> 16) & 255) - red) * part >> 8
    green += (((colour >> 8) & 255) - green) * part >> 8
    blue += ((colour & 255) - blue) * part >> 8
    image[y, x] = np.uint32(0xFF000000 | (red << 16) | (green << 8) | blue)


@numba.njit(cache=True, nogil=True)
def background(
    image: Pixels,
    columns: tuple[int, int],
    found: NDArray[np.uint16],
    lanes: NDArray[np.float64],
    division: float,
    colours: NDArray[np.int64],
    event_colours: NDArray[np.int64],
    dot: int,
) -> None:
    """Draw what lies behind the traces: grid, events, gaps, clipping, bursts.

    Parameters
    ----------
    image : ndarray of uint32, shape (height, width)
        Column ``c`` is drawn at ``c % width``.
    columns : (int, int)
    found : ndarray of uint16, shape (n_lanes, n_columns)
        From :func:`flags`.
    lanes : ndarray, shape (n_lanes, 3)
        Top, centre and bottom, in pixels.
    division : float
        Columns between two lines of the grid.
    colours : ndarray of int, shape (4,)
        Panel, grid, gap, clipping; 0xRRGGBB.
    event_colours : ndarray of int, shape (8,)
        Of each bit of the marks.
    dot : int
        Pixels in a pixel of the design.
    """
    height, width = image.shape
    panel = np.uint32(0xFF000000 | colours[0])
    for k in range(columns[1] - columns[0]):
        column = columns[0] + k
        x = column % width
        image[:, x] = panel
        if int(np.floor(column / division)) != int(np.floor((column - dot) / division)):
            _cover(image, 0, height, x, colours[1], 0.75)
        for lane in range(len(lanes)):
            top, centre, bottom = int(lanes[lane, 0]), int(lanes[lane, 1]), int(lanes[lane, 2])
            here = found[lane, k]
            _cover(image, centre, centre + dot, x, colours[1], 1.0)
            for bit in range(1, 5):
                if here & (1 << bit):
                    _shade(image, (top, bottom), (column, x), bit, here, event_colours[bit], dot)
            if here & (GAP | FLAT):
                _cover(image, top, bottom, x, colours[2], 0.8)
            if here & CLIPPED:
                for y in range(max(0, top), min(height, bottom)):
                    if (column + y) % (7 * dot) < 2 * dot:
                        _blend(image, y, x, colours[3], 0.8)
            if here & BURST:
                _cover(image, bottom - 3 * dot, bottom, x, event_colours[0], 1.0)


@numba.njit(cache=True, nogil=True, inline="always")
def _cover(image: Pixels, top: int, bottom: int, x: int, colour: int, share: float) -> None:
    """Lay a colour over part of a column."""
    for y in range(max(0, top), min(image.shape[0], bottom)):
        _blend(image, y, x, colour, share)


@numba.njit(cache=True, nogil=True, inline="always")
def _shade(
    image: Pixels, lane: tuple[int, int], at: tuple[int, int], bit: int, here: int, colour: int,
    dot: int,
) -> None:  # fmt: skip
    """Shade a lane within an event, with a bar at its top: dashed while it is provisional."""
    top, bottom = lane
    column, x = at
    final = not here & PROVISIONAL
    share = 0.30 if (1 << bit) == SPASM else 0.20
    _cover(image, top, bottom, x, colour, share if final else 0.5 * share)
    if final or column % (8 * dot) < 4 * dot:
        _cover(image, top, top + 3 * dot, x, colour, 1.0)


@numba.njit(cache=True, nogil=True, inline="always")
def _between(track: NDArray[np.float32], channel: int, time: float, held: tuple[int, int]) -> float:
    """Value of a trace at a time between two samples; NaN outside."""
    capacity = track.shape[1]
    before = int(np.floor(time))
    if before < held[0] or before >= held[1]:
        return np.nan
    value = float(track[channel, before % capacity])
    if time == before:
        return value
    if before + 1 >= held[1]:
        return np.nan
    after = float(track[channel, (before + 1) % capacity])
    return value + (after - value) * (time - before)


@numba.njit(cache=True, nogil=True)
def trace(
    image: Pixels,
    columns: tuple[int, int],
    track: NDArray[np.float32],
    channels: NDArray[np.int64],
    held: tuple[int, int],
    per_column: float,
    lanes: NDArray[np.float64],
    scale: float,
    offsets: NDArray[np.float64],
    colours: NDArray[np.int64],
    lit: NDArray[np.int64],
    found: NDArray[np.uint16],
    pen: tuple[float, float, float],
) -> None:
    """Draw the traces of one track.

    Parameters
    ----------
    image, columns, channels, held, per_column, found
        As above.
    track : ndarray of float32, shape (n_channels, capacity)
        uV.
    lanes : ndarray, shape (n_lanes, 3)
        Top, centre and bottom, in pixels.
    scale : float
        Pixels in one uV.
    offsets : ndarray, shape (n_channels,)
        uV that are drawn on the centre.
    colours : ndarray of int, shape (n_lanes,)
        0xRRGGBB.
    lit : ndarray of int, shape (8,)
        Colour within spasms and blinks, by bit.
    pen : (float, float, float)
        Width in pixels, opacity, and pixels that a trace may leave its centre.
    """
    height, width = image.shape
    capacity = track.shape[1]
    half, opacity, reach = pen[0] / 2, pen[1], pen[2]
    for lane in range(len(channels)):
        channel, centre = channels[lane], lanes[lane, 1] + 0.5
        bound_low, bound_high = max(0.0, centre - reach), min(float(height), centre + reach)
        for k in range(columns[1] - columns[0]):
            column = columns[0] + k
            begin, end = column * per_column, (column + 1) * per_column
            lowest, highest = np.inf, -np.inf
            value = _between(track, channel, begin, held)
            if value == value:
                lowest = highest = value
            value = _between(track, channel, end, held)
            if value == value:
                lowest, highest = min(lowest, value), max(highest, value)
            first, last = max(held[0], int(np.ceil(begin))), min(held[1], int(np.floor(end)) + 1)
            for sample in range(first, last):
                value = track[channel, sample % capacity]
                if value == value:
                    lowest, highest = min(lowest, value), max(highest, value)
            if lowest > highest:
                continue
            top = centre - (highest - offsets[channel]) * scale - half
            bottom = centre - (lowest - offsets[channel]) * scale + half
            top = min(max(top, bound_low), bound_high - 1)
            bottom = max(min(bottom, bound_high), bound_low + 1)
            colour = colours[lane]
            if found[lane, k] & SPASM:
                colour = lit[1]
            elif found[lane, k] & BLINK:
                colour = lit[2]
            x = column % width
            for y in range(int(top), min(height, int(np.ceil(bottom)))):
                covered = min(y + 1.0, bottom) - max(float(y), top)
                _blend(image, y, x, colour, covered * opacity)


@numba.njit(cache=True, nogil=True)
def levels(
    image: Pixels,
    columns: tuple[int, int],
    thresholds: NDArray[np.float32],
    channels: NDArray[np.int64],
    held: tuple[int, int],
    per_cell: tuple[float, int],
    lanes: NDArray[np.float64],
    scale: float,
    colours: NDArray[np.int64],
    dot: int,
) -> None:
    """Draw noise level (dots), off threshold (short dashes) and on threshold (long ones).

    Parameters
    ----------
    image, columns, channels, held, lanes, scale, dot
        As above.
    thresholds : ndarray of float32, shape (3, n_channels, n_cells)
        uV.
    per_cell : (float, int)
        Samples in a column, and in a cell of the thresholds.
    colours : ndarray of int, shape (3,)
        Of noise level, off and on threshold.
    """
    height, width = image.shape
    cells = thresholds.shape[2]
    for k in range(columns[1] - columns[0]):
        column = columns[0] + k
        sample = int(np.floor(column * per_cell[0]))
        if sample < held[0] or sample >= held[1]:
            continue
        cell = (sample // per_cell[1]) % cells
        for which in range(3):
            if column % ((4 + 3 * which) * dot) > (which * 2) * dot:
                continue
            for lane in range(len(channels)):
                value = thresholds[which, channels[lane], cell]
                y = int(lanes[lane, 1] - value * scale) if value == value else -1
                if y < max(0, int(lanes[lane, 0]) - int(lanes[lane, 2] - lanes[lane, 0])):
                    continue
                for below in range(dot):
                    if y + below < height:
                        _blend(image, y + below, column % width, colours[which], 0.8)


def warm_up() -> None:
    """Compile the loops, or take them from numba's cache, before the first frame."""
    image = np.zeros((4, 4), np.uint32)
    marks = np.zeros((1, 8), np.uint16)
    channels, lanes = np.zeros(1, np.int64), np.array([[0.0, 2.0, 4.0]])
    one: Any = np.zeros(8, np.int64)
    found = flags(marks, channels, (0, 8), (0, 2), 2.0)
    background(image, (0, 2), found, lanes, 2.0, one, one, 1)
    track = np.zeros((1, 8), np.float32)
    trace(image, (0, 2), track, channels, (0, 8), 2.0, lanes, 1.0, np.zeros(1), one, one, found,
          (1.0, 1.0, 4.0))  # fmt: skip
    thresholds = np.zeros((3, 1, 4), np.float32)
    levels(image, (0, 2), thresholds, channels, (0, 8), (2.0, 2), lanes, 1.0, one, 1)
