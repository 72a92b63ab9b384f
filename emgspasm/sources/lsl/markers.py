"""Markers of the network (LSL) as annotations at a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from emgspasm.sources.lsl.session import find, library, open_inlet
from emgspasm.stream import Annotation

_WAIT = 5.0  # seconds to look for the stream [design]


class LslMarkers:
    """A stream of markers, read beside the signal.

    A sender that goes away and comes back under its source id is connected again by liblsl;
    markers sent meanwhile are lost.

    Parameters
    ----------
    stream : str
        Name as the sender gives it; the first to answer to it is taken.
    wait : float
        Seconds to look for it on entering.

    Raises
    ------
    SourceNotFound
        On entering: no such stream.
    """

    def __init__(self, stream: str, wait: float = _WAIT) -> None:
        if "'" in stream:
            raise ValueError(f"stream={stream!r}; liblsl cannot look for an apostrophe")
        self.stream, self._wait = stream, wait
        self._inlet: Any = None

    def __enter__(self) -> Self:
        found = find(f"name='{self.stream}'", self._wait, second=0)
        self._inlet = open_inlet(found, self._wait, recover=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._inlet = None  # the inlet disconnects when nobody holds it

    def poll(
        self, sample_at: Callable[[float], int], sampling_frequency: float
    ) -> tuple[Annotation, ...]:
        """Take the markers that have come, each at its sample.

        Parameters
        ----------
        sample_at : callable
            Sample number at a time of the local LSL clock: ``LslSource.sample_at``, or
            :func:`by_arrival` for any other source.
        sampling_frequency : float
            Of the signal, in hertz.
        """
        # First: while the clock of a sender that came back is not measured, its markers wait.
        correction = self._inlet.time_correction(0.0)
        values, stamps = self._inlet.pull_chunk(0.0)
        return tuple(
            Annotation(
                sample_at(stamp + correction) / sampling_frequency, 0.0, " ".join(map(str, value))
            )
            for value, stamp in zip(values, stamps, strict=True)
        )


def by_arrival(latest: int, sampling_frequency: float) -> Callable[[float], int]:
    """Place LSL times by the sample that has just arrived, as late as its board delivers it.

    Parameters
    ----------
    latest : int
        Number of the sample that arrived last, at the time of this call.
    sampling_frequency : float
        Hertz.
    """
    clock = library().local_clock
    now = clock()
    return lambda lsl_time: max(0, latest + round((lsl_time - now) * sampling_frequency))
