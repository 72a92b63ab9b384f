"""Mains: measured in the first seconds of a stream, and taken out by a notch where it stands out.

The decision is a function of the first samples alone, so that the live run and the batch run of
the same recording come to the same one, and the pipeline that follows is fixed. Mains that begins
later is said, with what takes it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.filters import Filter, Notch
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.dsp.quality import LINES, MeanSpectrum, SpectrumState, peak_ratio
from emgspasm.dsp.rates import HIGH_PASS, MAINS_EDGE
from emgspasm.stream import Chunk, StreamInfo, emg_only
from emgspasm.structure import kind_name

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

LATE = 15.0
"""dB over its neighbours from which mains of a whole recording is said where no notch takes it
out. From 9 dB on it would often be what stood just short of that in the first seconds (9.2 in
simulated faces with 1 uV of mains), or chance: where one loud second rules the mean of eight
channels, noise reaches 9 dB in half of all recordings, 12 in one of 13, 15 in one of 250."""

LOUD = 100.0
"""Power of a second, in units of that of the quietest one, beyond which it is left out [sim]. A pop
of 1 mV in all channels, in one second of four, hid mains of 32 dB; and chance rules a mean that one
second rules: where noise was louder by 29 dB in one, half of all recordings had a notch."""

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
    if heights[line] <= NOTICEABLE or line >= MAINS_EDGE * info.sampling_frequency:
        return pipeline, stream, ""
    notch = _notch(spectrum, line)
    notched = replace(pipeline, filters=(*pipeline.filters, notch))
    notice = (
        f"mains of {line} Hz stands {heights[line]:.0f} dB over its neighbours in the first "
        f"{LOOK:g} s: a notch was added at {', '.join(str(k * line) for k in notch.multiples)} Hz "
        '(mains = "off" in the config leaves it out)'
    )
    return notched, stream, notice


def missed(pipeline: Pipeline, info: StreamInfo, spectrum: SpectrumState) -> str:
    """Say that mains stands out of a whole recording which no notch of its pipeline takes out.

    Parameters
    ----------
    pipeline : Pipeline
        As :func:`fit_notch` left it.
    info : StreamInfo
    spectrum : SpectrumState
        Mean spectrum of the EMG channels.

    Returns
    -------
    str
        With the line of a config that takes it out; ``""`` if there is none.
    """
    notches = [design for design in pipeline.filters if isinstance(design, Notch)]
    taken = {round(k * notch.frequency) for notch in notches for k in notch.multiples}
    heights = {line: _highest(spectrum, line) for line in LINES if line not in taken}
    line = max(heights, key=lambda k: heights[k], default=0)
    if not heights or heights[line] <= LATE or line >= MAINS_EDGE * info.sampling_frequency:
        return ""
    at = " and ".join(f"{notch.frequency:g}" for notch in notches)
    why = (
        f"and the notch is at {at} Hz"
        if notches
        else f"but not in its first {LOOK:g} s: no notch was added"
    )
    return (
        f"mains of {line} Hz stands {heights[line]:.0f} dB over its neighbours in the whole "
        f"recording, {why}. Add a notch to the config, above its tables and in place of its "
        f"filters: {_toml((*pipeline.filters, _notch(spectrum, line)))}"
    )


def _notch(spectrum: SpectrumState, line: int) -> Notch:
    """What takes mains out: no more multiples than stand out, wide where it is strong."""
    multiples = tuple(k for k in MULTIPLES if k == 1 or _highest(spectrum, k * line) > NOTICEABLE)
    quality = WIDE if _highest(spectrum, line) > STRONG else NARROW
    return Notch(float(line), quality, multiples)


def _toml(filters: Iterable[Filter]) -> str:
    """Filters as a line of a config file."""
    tables = []
    for design in filters:
        keys = {"kind": f'"{kind_name(type(design))}"'} | asdict(design)
        told = (f"{k} = {list(v) if isinstance(v, tuple) else v}" for k, v in keys.items())
        tables.append(f"{{ {', '.join(told)} }}")
    return f"pipeline.filters = [{', '.join(tables)}]"


def _read_ahead(chunks: Iterable[Chunk], n_samples: int) -> tuple[list[Chunk], Iterator[Chunk]]:
    stream = iter(chunks)
    ahead: list[Chunk] = []
    for chunk in stream:
        ahead.append(chunk)
        if chunk.stop - ahead[0].start >= n_samples:
            break
    return ahead, stream


def _spectrum(info: StreamInfo, ahead: list[Chunk]) -> SpectrumState:
    """Mean spectrum of the first seconds, as far as they are there, without those that are loud."""
    emg, fs = emg_only(info), info.sampling_frequency
    spectrum, powers, counts = MeanSpectrum(every=1), [], []
    for second in range(round(LOOK)):
        state = spectrum.init(emg)
        edges = [min(k * round(fs), round(LOOK * fs)) for k in (second, second + 1)]
        for chunk in ahead:
            start = chunk.start - ahead[0].start
            first, stop = np.clip(np.subtract(edges, start), 0, len(chunk.samples)).tolist()
            part = chunk.samples[first:stop, info.columns()]
            spectrum.step(state, Chunk(start + first, part))
        powers.append(state.power)
        counts.append(state.count)
    kept = _quiet(np.array(powers), np.array(counts))
    whole = spectrum.init(emg)
    whole.power = np.where(kept[:, None], powers, 0.0).sum(axis=0)
    whole.count = kept.sum(axis=0)
    return whole


def _quiet(powers: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which seconds of each channel are not far louder than others; all where that leaves but one.

    Parameters
    ----------
    powers : ndarray, shape (n_seconds, n_bins, n_channels)
    counts : ndarray of int, shape (n_seconds, n_channels)
        Whether the second is there, whole.
    """
    level = np.median(powers[:, round(HIGH_PASS) :], axis=1)
    level[(counts == 0) | (level == 0)] = np.inf
    quietest, second, *_ = np.sort(level, axis=0)
    most = np.where(second <= LOUD * quietest, LOUD * quietest, np.inf)  # one tells too little
    told: NDArray[np.bool_] = (level <= most) & np.isfinite(level)
    return told


def _highest(spectrum: SpectrumState, frequency: int) -> float:
    """Height in dB of a line in the channel where it is highest; -inf where none is known."""
    return float(np.nanmax(peak_ratio(spectrum, frequency), initial=-np.inf))
