"""One door to every recording: read it, label its channels, turn voltages into microvolts."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from emgspasm.labels import Kind
from emgspasm.storage.adjusted import adjusted
from emgspasm.storage.digest import Digest
from emgspasm.storage.edf.recording import Recording
from emgspasm.storage.importers.formats import read
from emgspasm.storage.importers.openbci_bdf import amplitude_finding, is_openbci_bdf
from emgspasm.storage.montage import Montage
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import StreamInfo

ELECTRODES: tuple[Kind, ...] = ("EMG", "EOG", "ECG", "EEG", "REF")
"""Kinds of channels that are rescaled: an amplifier's gain is none of a thermometer's."""


def open_recording(
    path: str | os.PathLike[str],
    *,
    montage: Montage | None = None,
    sampling_frequency: float | None = None,
    gain: float | None = None,
    rescale: float | None = None,
    digest: Digest | None = None,
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
    digest : Digest, optional
        Takes in the bytes of the file, as far as they are read block by block.

    Returns
    -------
    StoredRecording
        Voltages in uV; other units as in the file.

    Raises
    ------
    RecordingError
        If it cannot be read or no format fits.
    ConfigError
        If the montage does not fit, a gain is given for a file that holds no bare counts, or a
        gain or a sampling frequency is not given that the file does not say.
    ValueError
        If a number is not positive.
    """
    _refuse_bad_numbers(sampling_frequency=sampling_frequency, gain=gain, rescale=rescale)
    recording = read(Path(path), sampling_frequency, gain, digest)
    columns, info = tuple(range(len(recording.info.channels))), recording.info
    if montage is not None:
        columns, info = montage.apply(info)
    info, factors = _in_microvolts(info, rescale or 1.0)
    findings = recording.findings
    if isinstance(recording, Recording) and is_openbci_bdf(recording.header):
        findings = (*findings, amplitude_finding(recording.header, rescale))
    if info == recording.info and findings == recording.findings and set(factors) == {1.0}:
        return recording  # nothing to adjust, and it may know quicker ways to slice
    return adjusted(recording, columns, info, factors, findings)


@dataclass(frozen=True, slots=True)
class Given:
    """What is given to read recordings, beside the files themselves.

    Parameters
    ----------
    montage : Montage or None
    sampling_frequency, gain : float or None
        For files that do not say them.
    """

    montage: Montage | None = None
    sampling_frequency: float | None = None
    gain: float | None = None

    def open(self, path: Path, digest: Digest | None = None) -> StoredRecording:
        """Open a recording, as :func:`open_recording` does."""
        return open_recording(
            path,
            montage=self.montage,
            sampling_frequency=self.sampling_frequency,
            gain=self.gain,
            digest=digest,
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
