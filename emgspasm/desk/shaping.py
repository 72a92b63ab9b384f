"""Samples of a file as the pipeline shapes them, from any point on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, runtime_checkable

import numpy as np

from emgspasm.dsp.envelope import RmsState
from emgspasm.dsp.filters import CascadeState
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.dsp.screen import ScreenState
from emgspasm.storage.conversion import import_recording
from emgspasm.storage.opening import Given, open_recording
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import Chunk, StreamInfo, emg_only


@runtime_checkable
class Sliceable(StoredRecording, Protocol):
    """A stored recording of which any stretch can be read."""

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Chunk]:
        """Present samples from `start` to `stop`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Shaped:
    """Samples of the EMG channels as they came, after the filters, after the envelope."""

    chunk: Chunk
    filtered: Chunk
    envelope: Chunk


class Shaper:
    """Screen, filters and envelope of chunks; a jump begins anew, as in ``analyze``.

    The same stages as the fold's without its detector, for pictures of a stretch of a file.

    Parameters
    ----------
    pipeline : Pipeline
    info : StreamInfo
        The whole stream.
    """

    def __init__(self, pipeline: Pipeline, info: StreamInfo) -> None:
        self._pipeline, self._emg, self._columns = pipeline, emg_only(info), info.columns()
        self._state: tuple[ScreenState, CascadeState, RmsState | CascadeState] | None = None
        self._stop = -1

    def take(self, chunk: Chunk) -> Shaped:
        """Shape the next chunk."""
        pipeline = self._pipeline
        rows = Chunk(chunk.start, np.ascontiguousarray(chunk.samples[:, self._columns]))
        if self._state is None or rows.start != self._stop:
            self._state = (
                pipeline.screen.init(self._emg, rows),
                pipeline.cascade.init(self._emg, rows),
                pipeline.envelope.init(self._emg, rows),
            )
        screen, filters, envelope = self._state
        screen, screened = pipeline.screen.step(screen, rows)
        filters, filtered = pipeline.cascade.step(filters, screened)
        envelope, level = pipeline.envelope.step(envelope, filtered)  # type: ignore[arg-type]  # the state is its own
        self._state, self._stop = (screen, filters, envelope), rows.stop
        return Shaped(rows, filtered, level)


def run_up(pipeline: Pipeline, info: StreamInfo) -> int:
    """Samples before a stretch after which filters and envelope have settled."""
    return round((pipeline.settling(emg_only(info)) + 0.5) * info.sampling_frequency)


@contextmanager
def sliceable(path: Path, given: Given) -> Iterator[Sliceable]:
    """Open a recording of any format so that any stretch can be read.

    What cannot be sliced as it is, is held as BDF+ in a temporary file meanwhile.

    Raises
    ------
    RecordingError
        It cannot be read.
    ConfigError
        Something must be given that the file does not say.
    """
    recording = given.open(path)
    if isinstance(recording, Sliceable):
        yield recording
        return
    with TemporaryDirectory(prefix="emgspasm-replay-") as folder:
        copy = Path(folder, "replay.bdf")
        import_recording(recording, copy)
        stored = open_recording(copy)
        assert isinstance(stored, Sliceable)  # native files can be sliced
        yield stored
