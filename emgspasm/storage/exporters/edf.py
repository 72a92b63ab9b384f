"""Writes a recording as EDF+, through edfio, which holds its 16-bit counts (2 bytes a sample)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.bdf.layout import record_layout, transducer
from emgspasm.storage.edf.signals import EVEN, is_even
from emgspasm.storage.exporters.dates import date_left_out
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import SKIP, Annotation

DIGITAL_MIN, DIGITAL_MAX = -32_768, 32_767

CLIPPED = 0.9
"""Share of the recorder's range from which samples are clipped (clinical facts 4)."""
WIDER = 4 * EVEN
"""Share by which a range is widened that would be taken for the recorder's [design]."""


def write_edf(recording: StoredRecording, path: Path) -> tuple[str, ...]:
    """Write the finest steps that 16 bits allow; gives sentences on what EDF does not keep.

    Raises
    ------
    ValueError
        If the sampling frequency fits no record of whole microseconds.
    """
    import edfio

    layout = record_layout(recording.info.sampling_frequency)
    n_records = max(1, -(-recording.n_samples // layout.n_samples))
    lowest, highest = _limits(recording)
    counts = np.full((len(lowest), n_records * layout.n_samples), DIGITAL_MIN, np.int16)
    steps = (highest - lowest) / (DIGITAL_MAX - DIGITAL_MIN)
    for chunk in recording:
        scaled = np.rint((chunk.samples - lowest) / steps) + DIGITAL_MIN
        held = np.clip(scaled, DIGITAL_MIN, DIGITAL_MAX)  # a railed sample may lie a little beyond
        counts[:, chunk.start : chunk.stop] = np.nan_to_num(held, nan=DIGITAL_MIN).T
    signals = [
        edfio.EdfSignal.from_digital(
            row, layout.n_samples / float(layout.duration), label=channel.name,
            physical_dimension=channel.unit, transducer_type=transducer(channel),
            physical_range=(float(low), float(high)), digital_range=(DIGITAL_MIN, DIGITAL_MAX),
        )
        for row, channel, low, high in zip(
            counts, recording.info.channels, lowest, highest, strict=True
        )
    ]  # fmt: skip
    padding = counts.shape[1] - recording.n_samples
    edf = edfio.Edf(
        signals,
        annotations=list(_edf_annotations(recording, padding)),
        data_record_duration=float(layout.duration),
    )
    try:
        edf.write(path)
    except OSError as error:
        if error.errno is None:  # NumPy counts what it wrote, and does not say why no more
            raise OSError("only a part of it went to the disk") from error
        raise
    return (*_step_findings(recording, steps), *date_left_out(recording))


def _limits(recording: StoredRecording) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find whole numbers around the samples of each channel: the finest range EDF can state."""
    lowest = np.full(len(recording.info.channels), np.inf)
    highest = -lowest
    for chunk in recording:
        lowest = np.fmin(lowest, np.fmin.reduce(chunk.samples, initial=np.inf))
        highest = np.fmax(highest, np.fmax.reduce(chunk.samples, initial=-np.inf))
    scales = [channel.full_scale for channel in recording.info.channels]
    ranges = np.array(list(map(_range, lowest, highest, scales)))
    return ranges[:, 0], ranges[:, 1]


def _range(lowest: float, highest: float, full_scale: float) -> tuple[float, float]:
    """Range of a channel of which these are the smallest and the largest sample.

    A channel that was clipped keeps the recorder's. Another that happens to lie evenly about zero
    is widened, for readers would take it for a recorder's, and what comes near its ends for
    clipped.
    """
    if not lowest <= highest:  # no sample at all
        return -1.0, 1.0
    if max(-lowest, highest) >= CLIPPED * full_scale:
        return -float(np.ceil(full_scale)), float(np.ceil(full_scale))
    lowest = float(np.floor(lowest))
    highest = max(float(np.ceil(highest)), lowest + 1)
    if not is_even(lowest, highest):
        return lowest, highest
    more = float(np.ceil(WIDER * (highest - lowest)))
    return (lowest, highest + more) if highest >= -lowest else (lowest - more, highest)


def _step_findings(recording: StoredRecording, steps: NDArray[np.float64]) -> Iterator[str]:
    """Sentences on channels for which the 16 bits of EDF are coarser than 0.1 uV."""
    for channel, step in zip(recording.info.channels, steps, strict=True):
        if channel.kind == "EMG" and step > 0.1:
            yield (
                f"{channel.name}: EDF keeps 16 bits, a step of {step:.2g} {channel.unit} over "
                "the range of this channel; BDF+ keeps 24"
            )


def _edf_annotations(recording: StoredRecording, padding: int) -> Iterator[Any]:
    import edfio

    marks = list(recording.annotations)
    if padding:
        rate = recording.info.sampling_frequency
        marks.append(Annotation(recording.n_samples / rate, padding / rate, SKIP))
    for mark in marks:
        for end in [f"@@{name}" for name in mark.channels] or [""]:
            yield edfio.EdfAnnotation(mark.onset, mark.duration or None, mark.text + end)
