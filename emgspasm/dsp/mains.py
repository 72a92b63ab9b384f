"""Mains: measured in the first seconds of a stream, and taken out by a notch where it stands out.

The decision is a function of the first samples alone, so that the live run and the batch run of
the same recording come to the same one, and the pipeline that follows is fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

import numpy as np

from emgspasm.dsp.filters import Notch
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.dsp.quality import LINES, MeanSpectrum, SpectrumState, peak_ratio
from emgspasm.dsp.rates import EDGE
from emgspasm.stream import Chunk, StreamInfo, emg_only

LOOK = 4.0
"""Seconds that are looked at [design]: longer would be surer, but live users wait."""

NARROW, WIDE = 100.0, 30.0
"""Q of the notch for weak and for strong mains. What a notch of 0.5 Hz rings after a burst of 20 dB
lies under the noise, while at Q 30 it joins bursts 50 ms apart (measured on simulated spasms with
the first detector: F1
0.93 against 0.99). But strong mains wavers, and only the wide one follows: on the GUI's sample,
with mains of 42 dB, it leaves a third of the noise that the narrow one does."""

STRONG = 20.0
"""dB over its neighbours from which mains is strong [design]."""

NOTICEABLE = 9.0
"""dB over its neighbours from which mains is taken out. Graded are 6 dB (clinical facts 4), but in
4 s of eight channels noise alone reaches those in one recording of ten."""

MULTIPLES = range(1, 10)
"""Harmonics that are looked for."""


def fit_notch(
    pipeline: Pipeline, info: StreamInfo, chunks: Iterable[Chunk]
) -> tuple[Pipeline, Iterator[Chunk], str]:
    """Add a notch where the mains stands more than :data:`NOTICEABLE` dB over its neighbours.

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
    stream = chain(ahead, rest)
    spectrum = _spectrum(info, ahead)
    heights = {line: _highest(spectrum, line) for line in LINES}
    line = max(heights, key=lambda k: heights[k])
    if heights[line] <= NOTICEABLE or line >= EDGE * info.sampling_frequency:
        return pipeline, stream, ""
    multiples = tuple(k for k in MULTIPLES if _highest(spectrum, k * line) > NOTICEABLE)
    quality = WIDE if heights[line] > STRONG else NARROW
    notch = Notch(float(line), quality, multiples)
    notched = replace(pipeline, filters=(*pipeline.filters, notch))
    notice = (
        f"mains of {line} Hz stands {heights[line]:.0f} dB over its neighbours in the first "
        f"{LOOK:g} s: a notch was added at {', '.join(str(k * line) for k in multiples)} Hz "
        '(mains = "off" in the config leaves it out)'
    )
    return notched, stream, notice


def _read_ahead(chunks: Iterable[Chunk], n_samples: int) -> tuple[list[Chunk], Iterator[Chunk]]:
    stream = iter(chunks)
    ahead: list[Chunk] = []
    for chunk in stream:
        ahead.append(chunk)
        if chunk.stop - ahead[0].start >= n_samples:
            break
    return ahead, stream


def _spectrum(info: StreamInfo, ahead: list[Chunk]) -> SpectrumState:
    """Mean spectrum of the first seconds, as far as they are there."""
    emg = emg_only(info)
    spectrum = MeanSpectrum(every=1)
    state = spectrum.init(emg, Chunk(0, np.empty((0, len(emg.channels)))))
    for chunk in ahead:
        start = chunk.start - ahead[0].start
        rows = max(0, min(len(chunk.samples), round(LOOK * info.sampling_frequency) - start))
        state, _ = spectrum.step(state, Chunk(start, chunk.samples[:rows, info.columns()]))
    return state


def _highest(spectrum: SpectrumState, frequency: int) -> float:
    """Height in dB of a line in the channel where it is highest; -inf where none is known."""
    return float(np.nanmax(peak_ratio(spectrum, frequency), initial=-np.inf))
