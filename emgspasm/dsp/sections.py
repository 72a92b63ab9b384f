"""The cascade of second-order sections, over several channels at once.

A recursion waits for its last value. With each channel in a lane of the processor's vectors, all
wait together; and where few rows are taken at a time, the next section begins while the last one
still waits. The compiler sees neither in loops over channels, so the innermost loop is written in
its own language (LLVM), which cuts the vectors to what the processor has.

Samples come row by row, as boards and files give them, of shape (n_samples, n_channels); what is
filtered has each channel's samples side by side in memory, as the loops that follow, channel by
channel, want them. NaN in, NaN out, and a fresh start after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP, read_only
from emgspasm.dsp.kernels import Samples, present

LANES: Final = 8
"""Channels that are filtered at once; memories are as wide as a multiple of it."""

TILE = 16
"""Rows that are filtered at a time; twice as many take as long, four times as many longer."""

_DOUBLES = ir.VectorType(ir.DoubleType(), LANES)
_INDEX = ir.IntType(64)


def _splat(builder: Any, value: Any) -> Any:
    """A number in every lane."""
    first = ir.Constant(ir.IntType(32), 0)
    one = builder.insert_element(ir.Constant(_DOUBLES, ir.Undefined), value, first)
    return builder.shuffle_vector(
        one, one, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    )


def _place(builder: Any, data: Any, index: Any) -> Any:
    """Where the lanes lie that begin with an element."""
    return builder.bitcast(builder.gep(data, [index]), _DOUBLES.as_pointer())


def _load(builder: Any, place: Any) -> Any:
    value = builder.load(place)
    value.align = 8  # that of one number
    return value


def _store(builder: Any, value: Any, place: Any) -> None:
    builder.store(value, place).align = 8


def _product_and_sum(builder: Any, x: Any, y: Any, z: Any) -> Any:
    """``x * y + z``, rounded once where the processor does both at once: always, or never."""
    kind = ir.FunctionType(_DOUBLES, [_DOUBLES] * 3)
    name = f"llvm.fmuladd.v{LANES}f64"
    function = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]  # numba's
    return builder.call(function, [x, y, z])


def _variable(builder: Any, value: Any) -> Any:
    return cgutils.alloca_once_value(builder, value)  # type: ignore[no-untyped-call]  # numba's


def _rows_filtered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Build the loop; see :func:`_filter_rows`. All it reads and writes is as in ``sosfilt``."""
    *arrays, lane = arguments
    sos, memory, source, rows = (
        context.make_array(kind)(context, builder, array)
        for kind, array in zip(signature.args[:4], arrays, strict=True)
    )
    n_rows, width = (builder.extract_value(rows.shape, axis) for axis in range(2))
    values = _variable(builder, source.data)
    with cgutils.for_range(builder, builder.extract_value(sos.shape, 0)) as sections:
        at = [builder.add(builder.mul(sections.index, _INDEX(6)), _INDEX(k)) for k in range(6)]
        b0, b1, b2, _, a1, a2 = (
            _splat(builder, builder.load(builder.gep(sos.data, [k]))) for k in at
        )
        begin = builder.add(builder.mul(builder.mul(sections.index, _INDEX(2)), width), lane)
        places = [_place(builder, memory.data, k) for k in (begin, builder.add(begin, width))]
        first, second = (_variable(builder, _load(builder, place)) for place in places)
        here = builder.load(values)
        with cgutils.for_range(builder, n_rows) as loop:
            k = builder.add(builder.mul(loop.index, width), lane)
            x = _load(builder, _place(builder, here, k))
            y = _product_and_sum(builder, b0, x, builder.load(first))
            fed = _product_and_sum(builder, b1, x, builder.load(second))
            builder.store(_product_and_sum(builder, builder.fneg(a1), y, fed), first)
            fed = builder.fmul(b2, x)
            builder.store(_product_and_sum(builder, builder.fneg(a2), y, fed), second)
            _store(builder, y, _place(builder, rows.data, k))
        for remembered, place in zip((first, second), places, strict=True):
            _store(builder, builder.load(remembered), place)
        builder.store(rows.data, values)  # the next section's
    return context.get_dummy_value()


def _filter_rows(_typing: Any, sos: Any, memory: Any, source: Any, rows: Any, lane: Any) -> Any:
    """Filter :data:`LANES` channels of a few rows through all sections; of compiled code alone.

    Parameters
    ----------
    sos : ndarray, shape (n_sections, 6)
    memory : ndarray, shape (n_sections, 2, width)
        Of direct form II transposed; updated.
    source : ndarray, shape (at least n_rows, width)
    rows : ndarray, shape (n_rows, width)
        Filled, in these lanes.
    lane : int
        The first of the channels.
    """
    if any(array.layout != "C" for array in (sos, memory, source, rows)):
        return None
    return types.void(sos, memory, source, rows, lane), _rows_filtered


filter_rows: Final[Callable[..., None]] = intrinsic(_filter_rows)


def rest(n_sections: int, n_channels: int) -> Samples:
    """Memory of sections at rest, shape (n_sections, 2, n_channels or a little more)."""
    return np.zeros((n_sections, 2, -(-n_channels // LANES) * LANES))


@numba.njit(cache=True, nogil=True)
def sosfilt(
    sos: Samples, steady: Samples, samples: Samples, memory: Samples, running: NDArray[np.bool_]
) -> Samples:
    """Filter by second-order sections from the steady state of each channel's first sample.

    Parameters
    ----------
    sos : ndarray, shape (n_sections, 6)
        As scipy orders them, ``a0`` = 1.
    steady : ndarray, shape (n_sections, 2)
        ``scipy.signal.sosfilt_zi(sos)``: the memory of a step of height one.
    samples : ndarray, shape (n_samples, n_channels)
        Contiguous.
    memory : ndarray, of the shape of :func:`rest`
        Updated in place.
    running : ndarray of bool, shape (n_channels,)
        Whether `memory` holds a past; updated in place.

    Returns
    -------
    ndarray, shape (n_samples, n_channels)
        Direct form II transposed, as ``scipy.signal.sosfilt``; a product and a sum may be rounded
        together, where the processor does both at once.
    """
    (n_samples, n_channels), width = samples.shape, memory.shape[2]
    out, tile = np.empty((n_channels, n_samples)), np.empty((TILE, width))
    rows = read_only(samples) if n_channels == width else read_only(_widened(samples, width))
    _filter_tiles(sos, steady, rows, memory, running, tile, out)
    return out.T


@numba.njit(**LOOP)
def _filter_tiles(sos, steady, rows, memory, running, tile, out):
    """Filter rows as wide as `memory` into `out`, which has a row a channel."""
    (n_channels, n_samples), width = out.shape, memory.shape[2]
    undisturbed, row = bool(running.all()), 0
    while row < n_samples:
        n = min(TILE, n_samples - row)
        here = rows[row : row + n]
        whole = undisturbed and present(here.reshape(here.size)) == here.size
        if not whole and _comes_or_goes(here, running):
            n, undisturbed = 1, _restart(steady, here[0], memory, running)
        for lane in range(0, width, LANES):
            filter_rows(sos, memory, here, tile[:n], lane)
        for channel in range(n_channels):
            there = out[channel, row : row + n]
            for i in range(n):
                there[i] = tile[i, channel]
        row += n


@numba.njit(cache=True, nogil=True)
def _widened(samples, width):
    """The samples, and channels of zeros up to a width."""
    wide = np.zeros((len(samples), width))
    wide[:, : samples.shape[1]] = samples
    return wide


@numba.njit(**LOOP)
def _comes_or_goes(rows, running):
    """Whether a channel is missing in a row that was not before, or the other way round."""
    for row in range(len(rows)):
        for channel in range(len(running)):
            if np.isnan(rows[row, channel]) == running[channel]:
                return True
    return False


@numba.njit(**LOOP)
def _restart(steady, values, memory, running):
    """Start the channels afresh that are there again; whether all are there.

    A value that is missing makes the memory of its channel NaN, which ends here.
    """
    for channel in range(len(running)):
        present = values[channel] == values[channel]
        if present and not running[channel]:
            for section in range(len(memory)):
                for part in range(2):
                    memory[section, part, channel] = steady[section, part] * values[channel]
        running[channel] = present
    return bool(running.all())
