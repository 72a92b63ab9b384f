"""The analysis of a stream while it is recorded; what it finds is what ``analyze`` finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from emgspasm.config import LoadedConfig
from emgspasm.dsp.pipeline import analyze
from emgspasm.errors import ConfigError
from emgspasm.results.measurement import suit
from emgspasm.results.requirements import require_analyzable
from emgspasm.session.handover import Tick
from emgspasm.stream import Annotation, Chunk, StreamInfo, emg_only
from emgspasm.synkinesis.folding import Folding, fold

PROVISIONAL = 0.1
"""Seconds of signal between two updates of provisional events, if any changed [design]."""


class Analyzing:
    """Bursts and events of what was stored, chunk by chunk.

    Parameters
    ----------
    config : LoadedConfig
    info : StreamInfo
        The stream as the config's montage labels it.

    Attributes
    ----------
    pipeline : Pipeline
        The config's, with a notch once one was decided on.
    notice : str
        What was decided about mains, once that is known.
    delay : float
        Seconds by which the filters delay the signal, once mains is decided on.
    """

    def __init__(self, config: LoadedConfig, info: StreamInfo) -> None:
        self._config, self._labelled = config, info
        self.pipeline = config.pipeline
        self.notice = ""
        self.delay = 0.0

    @cached_property
    def refusal(self) -> str:
        """Why the stream is not analyzed; ``""`` if it is."""
        return refusal(self._config, self._labelled)

    def warm_up(self) -> None:
        """Compile and import what it needs, if it is needed."""
        if not self.refusal:
            warm_up(self._config, self._labelled)

    def ticks(
        self, info: StreamInfo, chunks: Iterator[Chunk], tasks: Sequence[Annotation]
    ) -> Iterator[Tick]:
        """Analyze a stream; where that is refused, only take it.

        Parameters
        ----------
        info : StreamInfo
            The stream as it is stored.
        chunks : iterator of Chunk
        tasks : sequence of Annotation
            Markers by which events go; they may come while it runs.
        """
        if self.refusal:
            for _ in chunks:
                pass
            return
        self.pipeline, stream, self.notice = suit(self._config, info, chunks)
        self.delay = self.pipeline.delay(emg_only(info))
        analyses = analyze(self.pipeline, info, stream)
        yield from fold(Folding(), self.pipeline, info, analyses, tasks, provisional=PROVISIONAL)


def warm_up(config: LoadedConfig, info: StreamInfo) -> None:
    """Compile and import what analysis needs, so that no sample waits for it on the way to disk."""
    silence = Chunk(0, np.zeros((round(5 * info.sampling_frequency), len(info.channels))))
    pipeline, stream, _ = suit(config, info, [silence])
    for _ in analyze(pipeline, info, stream):
        pass


def refusal(config: LoadedConfig, info: StreamInfo) -> str:
    """Say why a stream cannot be analyzed with this config; ``""`` if it can."""
    try:
        require_analyzable(info, config)
    except ConfigError as error:
        return str(error)
    return ""
