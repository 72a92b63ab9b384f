"""Writes a recording as EDF+, record by record: 16-bit counts, and annotations behind them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgspasm.storage.bdf.layout import described, encode_header, held_range, record_layout
from emgspasm.storage.bdf.record import annotation_signal
from emgspasm.storage.edf.header import Header, Signal
from emgspasm.storage.edf.signals import EVEN, is_even
from emgspasm.storage.edf.tal import encode_annotation, storable
from emgspasm.storage.exporters.dates import date_left_out
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import SKIP, Annotation

DIGITAL_MIN, DIGITAL_MAX = -32_768, 32_767
LEAST, LARGEST = -9_999_999, 99_999_999
"""Whole numbers of the eight characters of a header's field."""
SAMPLE_BYTES = 2
TIME_BYTES = 24
"""Room for the time of a record."""

CLIPPED = 0.9
"""Share of the recorder's range from which samples are clipped (clinical facts 4)."""
WIDER = 4 * EVEN
"""Share by which a range is widened that would be taken for the recorder's [design]."""


def write_edf(recording: StoredRecording, path: Path) -> tuple[str, ...]:
    """Write the finest steps that 16 bits allow; gives sentences on what EDF does not keep.

    Raises
    ------
    ValueError
        If the sampling frequency fits no record of whole microseconds, or a channel no header.
    """
    layout = record_layout(recording.info.sampling_frequency)
    n_records = max(1, -(-recording.n_samples // layout.n_samples))
    lowest, highest = _limits(recording)
    steps = (highest - lowest) / (DIGITAL_MAX - DIGITAL_MIN)
    waiting = deque(_texts(recording, n_records * layout.n_samples - recording.n_samples))
    room = _room(waiting, n_records)
    header = Header(
        sample_bytes=SAMPLE_BYTES,
        patient="X X X X",
        recording="Startdate X X X X",
        start_date="01.01.85",
        start_time="00.00.00",
        reserved="EDF+C",
        n_records=n_records,
        record_duration=layout.duration,
        signals=(*_signals(recording, lowest, highest, layout.n_samples), _annotations(room)),
    )
    with path.open("wb") as file:
        file.write(encode_header(header))
        for number, rows in enumerate(_records(recording, layout.n_samples)):
            scaled = np.rint((rows - lowest) / steps) + DIGITAL_MIN
            held = np.clip(scaled, DIGITAL_MIN, DIGITAL_MAX)  # a railed one may lie a little beyond
            file.write(np.nan_to_num(held, nan=DIGITAL_MIN).T.astype("<i2").tobytes())
            onset = layout.onset(number * layout.n_samples)
            file.write(annotation_signal(onset, waiting, room))
    return (*_step_findings(recording, steps), *date_left_out(recording))


def _signals(
    recording: StoredRecording,
    lowest: NDArray[np.float64],
    highest: NDArray[np.float64],
    n_samples: int,
) -> Iterator[Signal]:
    for channel, low, high in zip(recording.info.channels, lowest, highest, strict=True):
        if low < LEAST or high > LARGEST:
            raise ValueError(
                f"{channel.name} holds {low:.10g} to {high:.10g} {channel.unit} (a header holds "
                f"{LEAST} to {LARGEST}); leave the channel out with a montage, or export Parquet"
            )
        ranges = (float(low), float(high)), (DIGITAL_MIN, DIGITAL_MAX)
        yield described(channel, *ranges, n_samples)


def _annotations(n_bytes: int) -> Signal:
    n_samples = n_bytes // SAMPLE_BYTES
    return Signal("EDF Annotations", "", "", -1, 1, DIGITAL_MIN, DIGITAL_MAX, "", n_samples)


def _texts(recording: StoredRecording, n_padded: int) -> Iterator[bytes]:
    """Encode the annotations, and that rows behind the last sample are missing."""
    names, rate = recording.info.names, recording.info.sampling_frequency
    marks = list(recording.annotations)
    if n_padded:
        marks.append(Annotation(recording.n_samples / rate, n_padded / rate, SKIP))
    for mark in marks:
        text = SKIP if mark.text == SKIP else storable(mark.text)
        yield from encode_annotation(replace(mark, text=text), names)


def _room(waiting: deque[bytes], n_records: int) -> int:
    """Bytes of an annotation signal that takes all of these in so many records.

    A record is left only once the next annotation, at most the longest, does not fit.
    """
    share = math.ceil(sum(map(len, waiting)) / n_records) + max(map(len, waiting), default=0)
    return SAMPLE_BYTES * math.ceil((TIME_BYTES + share) / SAMPLE_BYTES)


def _records(recording: StoredRecording, n_rows: int) -> Iterator[NDArray[np.float64]]:
    """Yield the rows of one record after the other, NaN where missing."""
    rows, number = np.full((n_rows, len(recording.info.channels)), np.nan), 0
    for chunk in recording:
        done = 0
        while done < len(chunk.samples):
            record, first = divmod(chunk.start + done, n_rows)
            for _ in range(number, record):
                yield rows
                rows.fill(np.nan)
            number = record
            taken = min(n_rows - first, len(chunk.samples) - done)
            rows[first : first + taken] = chunk.samples[done : done + taken]
            done += taken
    yield rows


def _limits(recording: StoredRecording) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the finest range around the samples of each channel that EDF can state."""
    lowest = np.full(len(recording.info.channels), np.inf)
    highest = -lowest
    for chunk in recording:
        lowest = np.fmin(lowest, np.fmin.reduce(chunk.samples, initial=np.inf))
        highest = np.fmax(highest, np.fmax.reduce(chunk.samples, initial=-np.inf))
    scales = [channel.full_scale for channel in recording.info.channels]
    ranges = np.array(list(map(_range, lowest.tolist(), highest.tolist(), scales)))
    return ranges[:, 0], ranges[:, 1]


def _range(lowest: float, highest: float, full_scale: float) -> tuple[float, float]:
    """Range of a channel of which these are the smallest and the largest sample.

    A channel that was clipped keeps the recorder's. Another that happens to lie evenly about zero
    is widened, for readers would take it for a recorder's, and what comes near its ends for
    clipped.
    """
    if not lowest <= highest:  # no sample at all
        return -1.0, 1.0
    fine = 10 ** _digits(max(-lowest, highest))
    if max(-lowest, highest) >= CLIPPED * full_scale:
        limit = math.ceil(Fraction(repr(held_range(full_scale))) * fine) / fine
        return -limit, limit
    low = math.floor(lowest * fine)
    high = max(math.ceil(highest * fine), low + 1)
    if is_even(low, high):
        more = math.ceil(WIDER * (high - low))
        low, high = (low, high + more) if high >= -low else (low - more, high)
    return low / fine, high / fine


def _digits(magnitude: float) -> int:
    """Decimals that leave three digits or more of it, and fit the field with a minus sign."""
    return 0 if magnitude <= 0 else min(max(2 - math.floor(math.log10(magnitude)), 0), 5)


def _step_findings(recording: StoredRecording, steps: NDArray[np.float64]) -> Iterator[str]:
    """Sentences on channels for which the 16 bits of EDF are coarser than 0.1 uV."""
    for channel, step in zip(recording.info.channels, steps, strict=True):
        if channel.kind == "EMG" and step > 0.1:
            yield (
                f"{channel.name}: EDF keeps 16 bits, a step of {step:.2g} {channel.unit} over "
                "the range of this channel; BDF+ keeps 24"
            )
