"""Tables of text as other programs write them, and what is read of them."""

from __future__ import annotations

import numpy as np

from emgspasm.stream import SKIP

RNG = np.random.default_rng(7)

EPOCH = 1_700_000_000.0
"""A moment in seconds since 1970: 14 November 2023, 22:13:20."""


def exg(n_rows, n_channels):
    """Samples of electrodes in uV, shape (n_rows, n_channels)."""
    return np.round(RNG.normal(0, 1000, (n_rows, n_channels)), 2)


TWO = exg(400, 2)
"""Samples of two electrodes."""


def plain(values=TWO, names="OOC_L,OOC_R", first=None, mark=","):
    """Rows of numbers, after a column of `first(row)`."""
    lines = [names] * bool(names)
    for row, sample in enumerate(values):
        lines.append(mark.join([*([first(row)] if first else []), *map(str, sample)]))
    return "\n".join(lines) + "\n"


def clock(seconds):
    """Seconds of a day as ``HH:mm:ss.SSS``."""
    return f"{int(seconds // 3600) % 24:02d}:{int(seconds // 60) % 60:02d}:{seconds % 60:06.3f}"


def samples_of(recording):
    """All samples, shape (n_samples, n_channels); NaN where they are missing."""
    samples = np.full((recording.n_samples, len(recording.info.channels)), np.nan)
    for chunk in recording:
        samples[chunk.start : chunk.stop] = chunk.samples
    return samples


def gaps_of(recording):
    """First sample and length of every gap, by its annotations."""
    skips = [mark for mark in recording.annotations if mark.text == SKIP]
    fs = recording.info.sampling_frequency
    return [(round(mark.onset * fs), round(mark.duration * fs)) for mark in skips]
