"""Mains: measured in the first seconds of a stream, and taken out by a notch where it stands out.

The decision is a function of the first samples alone, so that the live run and the batch run of
the same recording come to the same one, and the pipeline that follows is fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

import numpy as np

from emgspasm.dsp.filters import EDGE, Notch
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.dsp.quality import Limits, MeanSpectrum, line_ratio
from emgspasm.stream import Chunk, StreamInfo, emg_only

LOOK = 4.0
"""Seconds that are looked at [design]: seven spectra would be better, but live users wait."""


def fit_notch(
    pipeline: Pipeline, info: StreamInfo, chunks: Iterable[Chunk]
) -> tuple[Pipeline, Iterator[Chunk], str]:
    """Add a notch where the mains stands more than 6 dB over its neighbours (clinical facts 4).

    Parameters
    ----------
    pipeline : Pipeline
        Left as it is if it has a notch already.
    info : StreamInfo
    chunks : iterable of Chunk
        The stream; its first :data:`LOOK` seconds are read ahead.

    Returns
    -------
    Pipeline
    iterator of Chunk
        The whole stream, what was read ahead included.
    str
        What was decided and why, for people; ``""`` if nothing was to decide.
    """
    if any(isinstance(design, Notch) for design in pipeline.filters) or not info.columns():
        return pipeline, iter(chunks), ""
    ahead, rest = _read_ahead(chunks, round(LOOK * info.sampling_frequency))
    frequency, height, name = _strongest(info, ahead)
    stream = chain(ahead, rest)
    if not height > Limits().line_ratio or frequency >= EDGE * info.sampling_frequency:
        return pipeline, stream, ""
    notched = replace(pipeline, filters=(*pipeline.filters, Notch(frequency)))
    return (
        notched,
        stream,
        f"mains of {frequency:g} Hz stands {height:.0f} dB over its neighbours ({name}) in the "
        f'first {LOOK:g} s: a notch was added (mains = "off" in the config leaves it out)',
    )


def _read_ahead(chunks: Iterable[Chunk], n_samples: int) -> tuple[list[Chunk], Iterator[Chunk]]:
    stream = iter(chunks)
    ahead: list[Chunk] = []
    for chunk in stream:
        ahead.append(chunk)
        if chunk.stop - ahead[0].start >= n_samples:
            break
    return ahead, stream


def _strongest(info: StreamInfo, ahead: list[Chunk]) -> tuple[float, float, str]:
    """Frequency, height (dB) and channel of the highest mains peak of the first seconds."""
    emg = emg_only(info)
    if not ahead:
        return np.nan, np.nan, ""
    spectrum = MeanSpectrum(every=1)
    state = spectrum.init(emg, ahead[0])
    first, length = ahead[0].start, round(LOOK * info.sampling_frequency)
    for chunk in ahead:
        rows = max(0, min(len(chunk.samples), length - (chunk.start - first)))
        columns = chunk.samples[:rows, info.columns()]
        state, _ = spectrum.step(state, Chunk(chunk.start - first, columns))
    frequencies, heights = line_ratio(state)
    if np.isnan(heights).all():
        return np.nan, np.nan, ""
    highest = int(np.nanargmax(heights))
    return float(frequencies[highest]), float(heights[highest]), emg.names[highest]
