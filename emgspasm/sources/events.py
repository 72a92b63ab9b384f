"""Changes of state that a live source reports while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emgspasm.stream import Annotation

State = Literal["closed", "probing", "configuring", "streaming", "stalled", "reconnecting"]

AWAY: tuple[State, ...] = ("stalled", "reconnecting")
"""States in which nothing comes of a stream that had begun."""


@dataclass(frozen=True, slots=True)
class SourceEvent:
    """A change of a source's state, or a note about its stream.

    Parameters
    ----------
    time : float
        Host time in seconds, on the source's clock.
    sample : int
        Sample number the stream stood at.
    state : str
        State from now on.
    text : str
        Why, for people.
    """

    time: float
    sample: int
    state: State
    text: str

    def annotation(self, sampling_frequency: float) -> Annotation:
        """As an annotation of a recording; `sampling_frequency` in hertz."""
        return Annotation(self.sample / sampling_frequency, 0.0, f"{self.state}: {self.text}")
