"""One door to every recording: find out the format, read it, label its channels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import numpy as np

from emgspasm.errors import RecordingError
from emgspasm.storage.edf import open_edf
from emgspasm.storage.importers.delimited import import_delimited
from emgspasm.storage.importers.openbci_text import import_openbci_text, is_openbci_text
from emgspasm.storage.montage import Montage
from emgspasm.stream import Annotation, Chunk, Source, StreamInfo

HEAD_BYTES = 1 << 16
UNDERSTOOD = (
    "BDF+ and EDF+ (also BDF, EDF), text files of OpenBCI's GUI, SD card files of the Cyton, "
    "BrainFlow files, XDF, and plain tables (CSV, TSV, text) with a sampling frequency"
)


@runtime_checkable
class StoredRecording(Source, Protocol):
    """A stored recording: a source that knows its length, annotations and findings."""

    @property
    def n_samples(self) -> int:
        """Samples from the first to the last, missing ones included."""
        ...

    @property
    def start(self) -> datetime | None:
        """When it was recorded."""
        ...

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """Marked stretches."""
        ...

    @property
    def findings(self) -> tuple[str, ...]:
        """What was odd in the file, for people."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Relabelled:
    """A recording with a montage applied; itself a :class:`StoredRecording`.

    Parameters
    ----------
    recording : StoredRecording
        The recording.
    columns : tuple of int
        Its columns that stay, in their new order.
    info : StreamInfo
        The new channels.
    """

    recording: StoredRecording
    columns: tuple[int, ...]
    info: StreamInfo

    @property
    def n_samples(self) -> int:
        """Samples from the first to the last, missing ones included."""
        return self.recording.n_samples

    @property
    def start(self) -> datetime | None:
        """When it was recorded."""
        return self.recording.start

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """Marked stretches."""
        return self.recording.annotations

    @property
    def findings(self) -> tuple[str, ...]:
        """What was odd in the file, for people."""
        return self.recording.findings

    def __enter__(self) -> Self:
        self.recording.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.recording.__exit__(kind, value, traceback)

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the recording's chunks, their columns chosen and ordered."""
        columns = np.array(self.columns)
        for chunk in self.recording:
            yield Chunk(chunk.start, np.ascontiguousarray(chunk.samples[:, columns]))

    def stop(self) -> None:
        """End the iteration after the chunk under way."""
        self.recording.stop()


def open_recording(
    path: str | Path,
    *,
    montage: Montage | None = None,
    sampling_frequency: float | None = None,
    gain: float | None = None,
) -> StoredRecording:
    """Open a stored recording of any format understood.

    Parameters
    ----------
    path : str or Path
        The file; its content says the format, not its name.
    montage : Montage, optional
        Labels for its channels.
    sampling_frequency : float, optional
        Hertz, for files that do not say it.
    gain : float, optional
        Gain of the amplifier, for files that hold bare counts.

    Raises
    ------
    RecordingError
        If it cannot be read or no format fits.
    ConfigError
        If the montage does not fit.
    """
    recording = _open(Path(path), sampling_frequency, gain)
    if montage is None:
        return recording
    return Relabelled(recording, *montage.apply(recording.info))


def _open(path: Path, sampling_frequency: float | None, gain: float | None) -> StoredRecording:
    head = _read_head(path)
    if is_edf(head):
        return open_edf(path)
    if is_openbci_text(head):
        return import_openbci_text(path)
    return import_delimited(path, sampling_frequency)


def is_edf(head: bytes) -> bool:
    """Whether a file that begins with these bytes is EDF or BDF."""
    return head.startswith((b"0       ", b"\xffBIOSEMI"))


def _read_head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}; give a file that can be read") from error
    if not head.strip():
        raise RecordingError(f"{path}: the file is empty; give one that holds a recording")
    return head
