"""Writes a recording as text of OpenBCI's GUI 6, which plays it back (firmware_notes 10)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgspasm.grammar import several
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import SKIP, Annotation

BOARDS = {8: "OpenBCI_GUI$BoardCytonSerial", 16: "OpenBCI_GUI$BoardCytonSerialDaisy"}
"""Electrode channels of a board: its name in the header."""
LAP = 256
"""The counter of a packet goes from 0 to 255 (firmware_notes 1.6)."""
NO_DATE = datetime(1985, 1, 1, tzinfo=UTC)
"""Start of an anonymous recording, as its EDF header has it."""


def write_openbci(recording: StoredRecording, path: Path) -> tuple[str, ...]:
    """Write the text; a gap is a step of the counter and of the time stamps.

    Returns
    -------
    tuple of str
        What the format could not keep.

    Raises
    ------
    ValueError
        If the rate is no whole number, or there are more than 16 electrode channels.
    """
    electrodes, acceleration, others = _columns(recording)
    n_exg = _board_channels(len(electrodes))
    rate = recording.info.sampling_frequency
    if rate != int(rate):
        raise ValueError(
            f"sampling_frequency={rate} Hz; OpenBCI's GUI reads whole numbers only, resample first"
        )
    markers = sorted(
        (mark for mark in recording.annotations if mark.text != SKIP), key=lambda mark: mark.onset
    )
    numbers = {text: i for i, text in enumerate(dict.fromkeys(m.text for m in markers), start=1)}
    waiting = deque(markers)
    n_moved = free = 0
    width = 1 + n_exg + 3 + 7 + 3 + 2
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_header(n_exg, int(rate), numbers))
        for chunk in recording:
            table = np.zeros((len(chunk.samples), width))
            table[:, 1 : 1 + len(electrodes)] = chunk.samples[:, electrodes]
            table[:, 1 + n_exg : 1 + n_exg + len(acceleration)] = chunk.samples[:, acceleration]
            while waiting:  # one marker a row; in a gap: after it
                wanted = round(waiting[0].onset * rate)
                sample = max(wanted, chunk.start, free)
                if sample >= chunk.stop:
                    break
                table[sample - chunk.start, -1] = numbers[waiting.popleft().text]
                free, n_moved = sample + 1, n_moved + (sample != wanted)
            file.writelines(_lines(table, chunk.start, rate, recording.start))
    findings = _findings(recording, others, markers, n_exg - len(electrodes))
    return (*findings, *_marker_findings(n_moved, len(waiting)))


def _columns(recording: StoredRecording) -> tuple[list[int], list[int], list[str]]:
    """Choose electrode and acceleration columns; the names of all others are what is lost."""
    electrodes: list[int] = []
    acceleration: list[int] = []
    others: list[str] = []
    for column, channel in enumerate(recording.info.channels):
        if channel.kind in ("EMG", "EOG", "ECG", "EEG"):
            electrodes.append(column)
        elif channel.kind == "ACCEL" and len(acceleration) < 3:
            acceleration.append(column)
        else:
            others.append(channel.name)
    return electrodes, acceleration, others


def _board_channels(n_electrodes: int) -> int:
    for n_channels in BOARDS:
        if n_electrodes <= n_channels:
            return n_channels
    raise ValueError(
        f"{n_electrodes} electrode channels; OpenBCI's GUI knows boards of 8 and 16, so leave "
        "some out with a montage"
    )


def _header(n_exg: int, rate: int, numbers: dict[str, int]) -> Iterator[str]:
    yield "%OpenBCI Raw EXG Data\n"
    yield f"%Number of channels = {n_exg}\n"
    yield f"%Sample Rate = {rate} Hz\n"
    yield f"%Board = {BOARDS[n_exg]}\n"
    for text, number in numbers.items():
        yield f"%Marker {number} means {' '.join(text.split())}\n"
    names = ["Sample Index"]
    names += [f"EXG Channel {i}" for i in range(n_exg)]
    names += [f"Accel Channel {i}" for i in range(3)]
    names += ["Not Used"] * 7 + [f"Analog Channel {i}" for i in range(3)]
    yield ", ".join((*names, "Timestamp", "Marker Channel", "Timestamp (Formatted)")) + "\n"


def _lines(
    table: NDArray[np.float64], start: int, rate: float, begun: datetime | None
) -> Iterator[str]:
    first = (begun.replace(tzinfo=UTC) if begun else NO_DATE).timestamp()
    for row, values in enumerate(table.tolist(), start=start):
        stamp = first + row / rate
        clock = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        signals = ", ".join(map(repr, values[1:-2])).replace("nan", "NaN")  # as Java reads it
        yield f"{row % LAP}, {signals}, {stamp:.6f}, {values[-1]:.1f}, {clock}\n"


def _findings(
    recording: StoredRecording, others: list[str], markers: Sequence[Annotation], n_empty: int
) -> Iterator[str]:
    yield f"labels become EXG Channel 0 and so on: {', '.join(recording.info.names)}"
    if others:
        yield f"channels {others} have no place in OpenBCI's text and are left out"
    if n_empty:
        yield several(
            n_empty,
            "electrode channel of the board is filled with zeros",
            "electrode channels of the board are filled with zeros",
        )
    if any(marker.duration or marker.channels for marker in markers):
        yield "markers keep their onset alone; their texts are in the header"


def _marker_findings(n_moved: int, n_left: int) -> Iterator[str]:
    if n_moved:
        yield (
            several(
                n_moved,
                "marker in a gap or on a sample with another lies",
                "markers in gaps or on a sample with another lie",
            )
            + " on the next sample that is free, as a row holds one"
        )
    if n_left:
        yield several(
            n_left,
            "marker after the last sample is left out",
            "markers after the last sample are left out",
        )
