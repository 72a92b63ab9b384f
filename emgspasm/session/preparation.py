"""A stream made ready to be stored: columns, labels, full scales."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from emgspasm.board import GAINS, LARGEST_COUNT, full_scale
from emgspasm.config import LoadedConfig
from emgspasm.errors import ConfigError
from emgspasm.sources.protocols import Particular
from emgspasm.storage.bdf.layout import require_storable
from emgspasm.stream import Channel, Chunk, Source, StreamInfo

UNKNOWN_SCALE = full_scale(max(GAINS))
"""uV that a channel can store if its full scale is not known: 187 500, a Cyton's at gain 24."""

COUNTS = float(LARGEST_COUNT)
"""The same for channels in other units: whole numbers of 24 bits."""

ACCELERATION = 838.8607
"""The same for accelerations, in g or m/s^2: steps of a ten-thousandth [design]."""


def labelled(config: LoadedConfig, info: StreamInfo) -> tuple[tuple[int, ...], StreamInfo]:
    """Apply the config's montage to a stream: the columns that stay, and what they are.

    A channel whose full scale is unknown gets :data:`UNKNOWN_SCALE`, since a file needs one.

    Raises
    ------
    ConfigError
        The montage does not fit the stream, or a file cannot hold it.
    """
    montage = config.config.montage
    columns, info = montage.apply(info) if montage else (tuple(range(len(info.channels))), info)
    info = replace(info, channels=tuple(map(_scaled, info.channels)))
    try:
        require_storable(info)
    except ValueError as error:
        raise ConfigError(f"the stream cannot be recorded: {error}") from None
    return columns, info


def equipment(source: Source) -> str:
    """Name of the device for the header, once it has answered; a simulated one is called so."""
    known = source.particulars if isinstance(source, Particular) else {}
    return f"{source.info.device} (simulated)" if known.get("Simulated") else source.info.device


def _scaled(channel: Channel) -> Channel:
    if isfinite(channel.full_scale):
        return channel
    other = ACCELERATION if channel.unit in ("g", "m/s^2") else COUNTS
    return replace(channel, full_scale=UNKNOWN_SCALE if channel.microvolts else other)


def unscaled(columns: tuple[int, ...], info: StreamInfo, stored: StreamInfo) -> tuple[Channel, ...]:
    """Channels, as they are stored, whose full scale the source does not give.

    Parameters
    ----------
    columns : tuple of int
        Those of the source that stay.
    info, stored : StreamInfo
        The source's own, and as :func:`labelled` makes it.
    """
    scales = (info.channels[column].full_scale for column in columns)
    paired = zip(stored.channels, scales, strict=True)
    return tuple(channel for channel, scale in paired if not isfinite(scale))


def chosen(chunk: Chunk, columns: tuple[int, ...]) -> Chunk:
    """Choose columns, laid out as files are: kernels are compiled anew for another layout."""
    if columns != tuple(range(chunk.samples.shape[1])):
        return Chunk(chunk.start, np.ascontiguousarray(chunk.samples[:, columns]))
    return Chunk(chunk.start, np.ascontiguousarray(chunk.samples))
