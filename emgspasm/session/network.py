"""Markers of the network placed in a recording under way.

Whatever becomes of their sender, the recording goes on: it is said, and stored, instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from emgspasm.sources.lsl.markers import LslMarkers, by_arrival
from emgspasm.sources.lsl.session import library
from emgspasm.stream import Annotation


@runtime_checkable
class Stamped(Protocol):
    """A source whose samples carry stamps of the LSL clock."""

    def sample_at(self, lsl_time: float) -> int:
        """Sample number at a time of the local LSL clock, in seconds."""
        ...


class NetworkMarkers:
    """Markers of an LSL stream, and what went wrong with it.

    Only the thread that takes the samples may call :meth:`take`: a source places markers by the
    samples it has handed over.

    Parameters
    ----------
    inlet : LslMarkers
        Entered before the first call, and left after the last.
    source : object
        Of the samples; a :class:`Stamped` one places markers by its own stamps.
    say : callable
        Takes what goes wrong, a sentence each.

    Attributes
    ----------
    inlet : LslMarkers
    early : int
        Markers from before the first sample; they have no place in the recording.
    """

    def __init__(self, inlet: LslMarkers, source: object, say: Callable[[str], None]) -> None:
        self.inlet, self._say = inlet, say
        self._stamped = source if isinstance(source, Stamped) else None
        self._gone = False
        self._said = ""
        self.early = 0

    def take(self, now: int, sampling_frequency: float) -> tuple[Annotation, ...]:
        """Take the markers that have come, without waiting for any.

        Parameters
        ----------
        now : int
            Number of the sample that is being taken.
        sampling_frequency : float
            Hertz.
        """
        if self._gone:
            return ()
        markers = self._poll(now, sampling_frequency)
        placed = tuple(marker for marker in markers if marker.onset > 0)
        self.early += len(markers) - len(placed)
        return placed

    def _poll(self, now: int, fs: float) -> tuple[Annotation, ...]:
        at = self._stamped.sample_at if self._stamped else by_arrival(now, fs)
        failures = library().util
        try:
            markers = self.inlet.poll(at, fs)
        except failures.LostError:
            self._gone = True
            note = self._note("gone for good: its sender gives no source id")
        except failures.TimeoutError:  # back, but its clock is not measured yet
            note = self._note("interrupted; markers sent meanwhile are lost")
        except UnicodeDecodeError:
            note = self._note("not UTF-8; a marker is lost")
        else:
            if markers:  # what went wrong is over: the next time it is said again
                self._said = ""
            return markers
        return tuple(Annotation(now / fs, 0.0, text) for text in note)

    def _note(self, text: str) -> tuple[str, ...]:
        """The note, unless it is the last one again: an interruption is met at every poll."""
        note = f"markers of LSL stream {self.inlet.stream}: {text}"
        if note == self._said:
            return ()
        self._said = note
        self._say(note)
        return (note,)
