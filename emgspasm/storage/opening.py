"""One door to every recording: find out the format, read it, label its channels, store it."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.bdf import BdfWriter
from emgspasm.storage.bdf_layout import LARGEST_FULL_SCALE, LEAST_FULL_SCALE
from emgspasm.storage.edf import open_edf
from emgspasm.storage.importers.adjusted import StoredRecording, adjusted
from emgspasm.storage.importers.brainflow import brainflow_row, import_brainflow
from emgspasm.storage.importers.delimited import import_delimited, is_delimited
from emgspasm.storage.importers.openbci_bare import assumed_lines
from emgspasm.storage.importers.openbci_bdf import amplitude_finding, is_openbci_bdf
from emgspasm.storage.importers.openbci_text import import_openbci_text, is_openbci_text
from emgspasm.storage.importers.rows import quote
from emgspasm.storage.importers.sd_card import import_sd_card, sd_card_board
from emgspasm.storage.importers.sd_converted import import_sd_converted, is_sd_converted
from emgspasm.storage.importers.xdf import import_xdf
from emgspasm.storage.importers.xdf_chunks import MAGIC as XDF_MAGIC
from emgspasm.storage.montage import Montage
from emgspasm.storage.regular import require_regular
from emgspasm.storage.tables import replacing
from emgspasm.stream import SKIP, Channel, Chunk, Kind, StreamInfo

__all__ = ["StoredRecording", "import_recording", "open_recording"]

HEAD_BYTES = 1 << 16
UNDERSTOOD = (
    "BDF, BDF+, EDF and EDF+, text files of OpenBCI's GUI, SD card files of the Cyton, BrainFlow "
    "files, XDF, and plain tables (CSV, TSV, text)"
)
PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}

ELECTRODES: tuple[Kind, ...] = ("EMG", "EOG", "ECG", "EEG", "REF")
"""Kinds of channels that are rescaled: an amplifier's gain is none of a thermometer's."""

HEADROOM = 2.0
"""Full scale over the largest magnitude seen, where the device's own is unknown: nothing looks
railed that is not."""

BASE_UNITS = ("V", "A", "S", "Ohm", "Pa", "T", "N", "W", "J", "Hz", "m", "s", "g")
PREFIXES = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
"""Powers of ten, and how they stand before a unit."""

LONGEST_TEXT = 300
"""Bytes of an annotation that are kept; readers of BDF+ hold about 400."""


def open_recording(
    path: str | os.PathLike[str],
    *,
    montage: Montage | None = None,
    sampling_frequency: float | None = None,
    gain: float | None = None,
    rescale: float | None = None,
) -> StoredRecording:
    """Open a stored recording of any format understood.

    Parameters
    ----------
    path : path-like
        The file; its content says the format, not its name.
    montage : Montage, optional
        Labels for its channels.
    sampling_frequency : float, optional
        Hertz, for files that do not say it.
    gain : float, optional
        Gain of the amplifier, for SD card files, which hold bare counts.
    rescale : float, optional
        Factor for the electrode channels; 44.7392 mends BDF files of OpenBCI's GUI 5 and 6.

    Returns
    -------
    StoredRecording
        Voltages in uV; other units as in the file.

    Raises
    ------
    RecordingError
        If it cannot be read or no format fits.
    ConfigError
        If the montage does not fit, or a gain is given for a file that holds no bare counts.
    ValueError
        If a number is not positive.
    """
    _refuse_bad_numbers(sampling_frequency=sampling_frequency, gain=gain, rescale=rescale)
    path = Path(path)
    head = _read_head(path)
    _refuse_gain(path, head, gain)
    recording = _open(path, head, sampling_frequency, gain)
    columns, info = tuple(range(len(recording.info.channels))), recording.info
    if montage is not None:
        columns, info = montage.apply(info)
    info, factors = _in_microvolts(info, rescale or 1.0)
    findings = recording.findings
    if is_openbci_bdf(head):
        findings = (*findings, amplitude_finding(head, rescale))
    if info == recording.info and findings == recording.findings and set(factors) == {1.0}:
        return recording  # nothing to adjust, and it may know quicker ways to slice
    return adjusted(recording, columns, info, factors, findings)


def import_recording(
    source: StoredRecording, out_path: str | os.PathLike[str], *, overwrite: bool = False
) -> tuple[str, ...]:
    """Write a recording as native BDF+, with its annotations and channels of every kind.

    Parameters
    ----------
    source : StoredRecording
        What to write, such as :func:`open_recording` gives.
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
            _write(source, temporary)
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
    with BdfWriter(path, info, overwrite=True, equipment=info.device) as writer:
        marks = sorted(
            (mark for mark in source.annotations if mark.text != SKIP), key=lambda mark: mark.onset
        )
        for mark in marks:
            writer.annotate(replace(mark, text=storable(mark.text)))
        for chunk in source:
            same = factors == 1
            writer.write(chunk if same.all() else Chunk(chunk.start, chunk.samples * factors))


def _storable(info: StreamInfo) -> tuple[StreamInfo, NDArray[np.float64]]:
    """Give channels whose full scale fits no header field another prefix, and say the factors."""
    changed = [_prefixed(channel) for channel in info.channels]
    factors = np.array([factor for _, factor in changed])
    return replace(info, channels=tuple(channel for channel, _ in changed)), factors


def _prefixed(channel: Channel) -> tuple[Channel, float]:
    base, exponent = ("V", -6) if channel.unit == "uV" else (channel.unit, 0)
    fits = LEAST_FULL_SCALE <= channel.full_scale <= LARGEST_FULL_SCALE
    wanted = 3 * math.floor((math.log10(channel.full_scale) + exponent) / 3)
    if fits or channel.kind == "EMG" or base not in BASE_UNITS or wanted not in PREFIXES:
        return channel, 1.0
    factor = 10.0 ** (exponent - wanted)
    unit, full_scale = PREFIXES[wanted] + base, channel.full_scale * factor
    return replace(channel, unit=unit, full_scale=full_scale), factor


def storable(text: str) -> str:
    """A text as BDF+ can keep it: no control characters, which part annotations, and not long."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return printable.encode()[:LONGEST_TEXT].decode(errors="ignore") or "?"


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
    full_scale = max(HEADROOM * largest, 1.0)
    if largest < LARGEST_FULL_SCALE < full_scale:
        full_scale = float(LARGEST_FULL_SCALE)  # counts of 24 bits: they fit, twice them does not
    return replace(channel, full_scale=full_scale)


def _open(
    path: Path, head: bytes, sampling_frequency: float | None, gain: float | None
) -> StoredRecording:
    if is_edf(head):
        return open_edf(path)
    if is_openbci_text(head):
        return import_openbci_text(path, sampling_frequency)
    if head.startswith(XDF_MAGIC):
        return import_xdf(path)
    if board := sd_card_board(head):
        return import_sd_card(path, board, gain, sampling_frequency)
    if is_sd_converted(head):
        return import_sd_converted(path, head, sampling_frequency)
    if row := brainflow_row(head):
        return import_brainflow(path, row, sampling_frequency)
    if assumed := assumed_lines(head):
        return import_openbci_text(path, sampling_frequency, assumed)
    if is_delimited(path):
        return import_delimited(path, sampling_frequency)
    raise _unknown(path, head)


def is_edf(head: bytes) -> bool:
    """Whether a file that begins with these bytes is EDF or BDF."""
    return head.startswith((b"0       ", b"\xffBIOSEMI"))


def _unknown(path: Path, head: bytes) -> RecordingError:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return RecordingError(
            f"{path}: text in UTF-16 (understood is UTF-8). Save it as UTF-8, or as CSV without "
            "Unicode"
        )
    for magic, name in PACKED.items():
        if head.startswith(magic):
            return RecordingError(f"{path}: packed with {name}; unpack it first")
    return RecordingError(
        f"{path}: no format fits (it begins {quote(head)!r}); understood are {UNDERSTOOD}"
    )


def _read_head(path: Path) -> bytes:
    require_regular(path)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}; give a file that can be read") from error
    if not head.strip():
        raise RecordingError(f"{path}: the file is empty; give one that holds a recording")
    return head


def _refuse_gain(path: Path, head: bytes, gain: float | None) -> None:
    """Refuse a gain where it would change nothing, though whoever gives it thinks that it does."""
    if gain is not None and not sd_card_board(head):
        raise ConfigError(
            f"{path} is no SD card file of the Cyton, so a gain of {gain:g} has nothing to scale "
            "(other files hold volts, or a montage says their unit). Leave it out"
        )


def _in_microvolts(info: StreamInfo, rescale: float) -> tuple[StreamInfo, tuple[float, ...]]:
    """Turn every voltage into uV, and rescale the electrodes."""
    factors, channels = [], []
    for channel in info.channels:
        volts = channel.microvolts
        factor = (volts or 1.0) * (rescale if channel.kind in ELECTRODES else 1.0)
        unit = channel.unit if volts is None else "uV"
        factors.append(factor)
        channels.append(replace(channel, unit=unit, full_scale=channel.full_scale * factor))
    return replace(info, channels=tuple(channels)), tuple(factors)


def _refuse_bad_numbers(**numbers: float | None) -> None:
    for name, number in numbers.items():
        if number is not None and not (np.isfinite(number) and number > 0):
            raise ValueError(f"{name}={number}; it must be positive and finite")
