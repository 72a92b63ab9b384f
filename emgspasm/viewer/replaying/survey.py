"""All that is in a stored recording, found in the background while it plays."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.config import LoadedConfig
from emgspasm.desk.shaping import Sliceable
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.results.measurement import suit
from emgspasm.results.requirements import require_band
from emgspasm.stream import Burst, Event
from emgspasm.synkinesis.folding import Folding, fold


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What was found in a chunk.

    Parameters
    ----------
    bursts : tuple of Burst
    events : tuple of Event
    stop : int
        Sample number that is reached.
    valid : int
        Samples in which bursts were sought.
    levels : ndarray, shape (3, n_emg)
        Noise level, off and on threshold.
    gaps : tuple of (int, int)
        Missing samples before it.
    """

    bursts: tuple[Burst, ...]
    events: tuple[Event, ...]
    stop: int
    valid: int
    levels: NDArray[np.float64]
    gaps: tuple[tuple[int, int], ...]


class Survey:
    """The fold of ``analyze`` over a whole recording, in a thread of its own.

    Parameters
    ----------
    recording : Sliceable
    config : LoadedConfig
    idle : bool
        Only choose the pipeline: the recording is not to be analyzed.

    Attributes
    ----------
    pipeline : Pipeline
        With the notch that suits the recording.
    notice : str
        What was decided about mains.
    """

    def __init__(self, recording: Sliceable, config: LoadedConfig, *, idle: bool = False) -> None:
        require_band(recording.info, config)
        self.pipeline: Pipeline
        self.pipeline, self._chunks, self.notice = suit(config, recording.info, recording.chunks())
        self._recording = recording
        self._found: deque[Step] = deque()
        self._stopped = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="survey", daemon=True)
        if not idle:
            self._thread.start()

    @property
    def over(self) -> bool:
        """Whether the whole recording was seen."""
        return not self._thread.is_alive()

    def take(self, most: int = 200) -> list[Step]:
        """What was found since the last time, at most so many steps.

        Raises
        ------
        RecordingError
            The file went away.
        """
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return [self._found.popleft() for _ in range(min(most, len(self._found)))]

    def close(self) -> None:
        """End it."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        recording = self._recording
        info = recording.info
        try:
            analyses = analyze(self.pipeline, info, self._chunks)
            folded = fold(Folding(), self.pipeline, info, analyses, recording.annotations)
            reached = 0
            for analysis, said in folded:
                if self._stopped.is_set():
                    return
                start, stop = analysis.chunk.start, analysis.chunk.stop
                gaps = ((reached, start),) if start > reached else ()
                reached = max(reached, stop)
                valid = max(0, stop - max(start, analysis.settled))
                self._found.append(
                    Step(analysis.bursts, said.events, stop, valid, analysis.thresholds, gaps)
                )
        except BaseException as error:  # noqa: BLE001  # top of a thread: raised by take
            self._error = error
