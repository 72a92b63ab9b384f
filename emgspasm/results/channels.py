"""What the channels of a recording or a stream can tell, and what is odd in them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from emgspasm.labels import MUSCLES
from emgspasm.stream import Channel, StreamInfo
from emgspasm.synkinesis.measures import validity
from emgspasm.synkinesis.readings.reading import sites

TOLD = {
    "L": ("spasms of the left side", "its eye or brow and a muscle of both sides"),
    "R": ("spasms of the right side", "its eye or brow and a muscle of both sides"),
    "B": ("blinks", "both eyes"),
}
"""What rows of the summary count, by side, and by which channels they are told."""


def channel_warnings(info: StreamInfo) -> list[str]:
    """Sentences on channels of no voltage, of several units, of muscles of no face, or too few to
    tell spasms or blinks; or that none is EMG.
    """
    if not info.columns():
        return [without_emg(info)]
    channels = [info.channels[column] for column in info.columns()]
    said = [
        f"{_names(unit, 'unit', [c for c in channels if c.microvolts is None])} in "
        f"{unit or 'an unknown unit'}, not in "
        'volts: amplitudes are n/a (a montage says the unit, as unit = "uV")'
        for unit in dict.fromkeys(c.unit for c in channels if c.microvolts is None)
    ]
    units = dict.fromkeys(c.unit or "an unknown unit" for c in channels)
    if len(units) > 1:
        said.append(
            f"channels are in {' and '.join(units)}: their amplitudes cannot be compared, so that "
            "laterality, and what events are called by it, mean nothing. Say the units in a montage"
        )
    said += [
        f"{_names(code, 'muscle', channels)} of muscle {code}, none of {', '.join(MUSCLES)}: of no "
        "region of the face. If that is a slip, correct the label in a montage"
        for code in dict.fromkeys(c.muscle for c in channels if c.muscle)
        if code not in MUSCLES
    ]
    return said + _never_told(info)


def without_emg(info: StreamInfo) -> str:
    """A sentence on a recording none of whose channels is EMG."""
    return f"no EMG channel among {', '.join(info.names)}. Give --montage to say which are EMG"


def _never_told(info: StreamInfo) -> list[str]:
    """Sentences on what no recording with these channels of the face can tell."""
    sought = {column: np.array([[0, 1]]) for column in info.columns()}
    if not any(site.side and site.region for site in sites(info).values()):
        return []
    lacking: dict[str, list[str]] = {}
    for letter, (whose, by) in TOLD.items():
        if not len(validity.of_side(info, sought, letter)):
            lacking.setdefault(by, []).append(whose)
    return [
        f"{' and '.join(whose)} are n/a: they are told by {by}. Record those as well, if you can"
        for by, whose in lacking.items()
    ]


def _names(value: str, field: str, channels: Iterable[Channel]) -> str:
    names = [c.name for c in channels if getattr(c, field) == value]
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}"
