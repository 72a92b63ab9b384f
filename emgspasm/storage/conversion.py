"""A recording of any format written as a native BDF+ file."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from emgspasm.errors import RecordingError
from emgspasm.storage.adjusted import adjusted
from emgspasm.storage.bdf.layout import LARGEST_FULL_SCALE, LEAST_FULL_SCALE, held_range
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.tal import storable
from emgspasm.storage.files import replacing
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import SKIP, Channel, StreamInfo

HEADROOM = 2.0
"""Full scale over the largest magnitude seen, where the device's own is unknown: nothing looks
railed that is not."""

BASE_UNITS = ("V", "A", "S", "Ohm", "Pa", "T", "N", "W", "J", "Hz", "m", "s", "g")
PREFIXES = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
"""Powers of ten, and how they stand before a unit."""


def import_recording(
    source: StoredRecording, out_path: str | os.PathLike[str], *, overwrite: bool = False
) -> tuple[str, ...]:
    """Write a recording as native BDF+, with its annotations and channels of every kind.

    Parameters
    ----------
    source : StoredRecording
        What to write, such as :func:`emgspasm.storage.opening.open_recording` gives.
    out_path : path-like
        The file; it appears under this name when it is whole.
    overwrite : bool
        Whether a file of that name is replaced.

    Returns
    -------
    tuple of str
        What was odd in the source and what the file cannot say, for people.

    Raises
    ------
    ConfigError
        If the file exists and `overwrite` is False.
    RecordingError
        If it cannot be written, or cannot hold such a stream.
    """
    out_path = Path(out_path)
    try:
        with replacing(out_path, overwrite=overwrite) as temporary:
            try:
                _write(source, temporary)
            except RecordingError as error:
                if isinstance(error.__cause__, OSError) and str(temporary) in str(error):
                    raise error.__cause__ from error  # it promises a part that is not kept here
                raise
    except ValueError as error:
        raise RecordingError(f"{out_path}: BDF+ cannot hold this recording: {error}") from error
    return (*source.findings, *_unscaled(source.info))


def _unscaled(info: StreamInfo) -> list[str]:
    """Say whose full scale the file will invent, for its quality then knows no clipping."""
    names = [c.name for c in info.channels if c.kind == "EMG" and not np.isfinite(c.full_scale)]
    if not names:
        return []
    return [
        (
            f"the recorder's range is not known of {', '.join(names)}: the file states twice what "
            "is seen there, so nothing in it is called clipped"
        )
    ]


def _write(source: StoredRecording, path: Path) -> None:
    info, factors = _storable(_with_full_scales(source))
    rescaled = adjusted(source, tuple(range(len(factors))), info, factors, source.findings)
    with BdfWriter(path, info, overwrite=True, equipment=info.device) as writer:
        marks = sorted(
            (mark for mark in source.annotations if mark.text != SKIP), key=lambda mark: mark.onset
        )
        for mark in marks:
            writer.annotate(replace(mark, text=storable(mark.text)))
        for chunk in rescaled:
            writer.write(chunk)


def _storable(info: StreamInfo) -> tuple[StreamInfo, tuple[float, ...]]:
    """Choose another prefix of the unit where a full scale fits no header field; with factors."""
    channels, factors = zip(*map(_prefixed, info.channels), strict=True)
    return replace(info, channels=channels), factors


def _prefixed(channel: Channel) -> tuple[Channel, float]:
    if channel.kind == "EMG":
        return replace(channel, full_scale=held_range(channel.full_scale)), 1.0
    base, exponent = ("V", -6) if channel.unit == "uV" else (channel.unit, 0)
    fits = LEAST_FULL_SCALE <= channel.full_scale <= LARGEST_FULL_SCALE
    wanted = 3 * math.floor((math.log10(channel.full_scale) + exponent) / 3)
    if fits or base not in BASE_UNITS or wanted not in PREFIXES:
        return channel, 1.0
    factor = 10.0 ** (exponent - wanted)
    unit, full_scale = PREFIXES[wanted] + base, channel.full_scale * factor
    return replace(channel, unit=unit, full_scale=full_scale), factor


def _with_full_scales(source: StoredRecording) -> StreamInfo:
    """Give every channel a full scale; where the device's is unknown, twice what is seen."""
    if all(np.isfinite(channel.full_scale) for channel in source.info.channels):
        return source.info
    largest = np.zeros(len(source.info.channels))
    for chunk in source:
        largest = np.fmax(largest, np.fmax.reduce(np.abs(chunk.samples), initial=0.0))
    channels = tuple(map(_with_full_scale, source.info.channels, largest.tolist()))
    return replace(source.info, channels=channels)


def _with_full_scale(channel: Channel, largest: float) -> Channel:
    if np.isfinite(channel.full_scale):
        return channel
    full_scale = max(HEADROOM * largest, LEAST_FULL_SCALE) if largest else 1.0
    if largest < LARGEST_FULL_SCALE < full_scale:
        full_scale = float(LARGEST_FULL_SCALE)  # counts of 24 bits: they fit, twice them does not
    return replace(channel, full_scale=full_scale)
