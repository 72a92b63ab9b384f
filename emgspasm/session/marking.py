"""Markers of a recording under way: each is stored once the recording gets to its sample."""

from __future__ import annotations

from bisect import insort_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from emgspasm.session.network import NetworkMarkers
from emgspasm.sources.events import SourceEvent
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.tal import storable
from emgspasm.stream import Annotation
from emgspasm.synkinesis.markers import concerns_tasks


class Marking:
    """What is marked in a recording, whoever marks: people, a file, the network, the source.

    :meth:`store` may be called from any thread, all else from the one that takes the samples.

    Parameters
    ----------
    known : iterable of Annotation
        Markers known beforehand.
    network : NetworkMarkers or None
    now : callable
        Number of the sample that is being taken, by the host's clock.

    Attributes
    ----------
    tasks : list of Annotation
        Stored markers that concern tasks, by which events go; their times as they are stored. It
        grows.
    """

    def __init__(
        self, known: Iterable[Annotation], network: NetworkMarkers | None, now: Callable[[], int]
    ) -> None:
        self.tasks: list[Annotation] = []
        self._network, self._now = network, now
        self._due = sorted(known, key=_latest_first)
        self._n_events = 0

    @property
    def unreached(self) -> int:
        """Markers that the recording has not got to."""
        return len(self._due)

    def begin(self, writer: BdfWriter) -> None:
        """Store into this file from now on."""
        self._writer = writer

    def store(self, marker: Annotation) -> None:
        """Store a marker now.

        Raises
        ------
        RecordingError
            The recording has ended.
        """
        self._writer.annotate(marker)
        if concerns_tasks(marker):
            self.tasks.append(replace(marker, onset=round(marker.onset, 6)))

    def catch_up(self, events: Sequence[SourceEvent]) -> None:
        """Store what the source said since, of all its `events`, and the markers that are due."""
        fs = self._writer.info.sampling_frequency
        for event in events[self._n_events :]:
            annotation = event.annotation(fs)
            onset = min(annotation.onset, self._writer.n_samples / fs)
            self._writer.annotate(Annotation(onset, 0.0, storable(annotation.text)))
        self._n_events = len(events)
        self._listen(fs)
        while self._due and self._due[-1].onset * fs < self._writer.n_samples:
            self.store(self._due.pop())

    def _listen(self, fs: float) -> None:
        """Let markers of the network be due; they may be faster than the samples they belong to."""
        if self._network is None:
            return
        for marker in self._network.take(self._now(), fs):
            storing = Annotation(marker.onset, 0.0, storable(marker.text))
            insort_left(self._due, storing, key=_latest_first)


def _latest_first(marker: Annotation) -> float:
    return -marker.onset
