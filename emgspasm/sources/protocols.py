"""What a live source may offer beyond the :class:`~emgspasm.stream.Source` protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import Literal, Protocol, runtime_checkable

from emgspasm.sources.events import SourceEvent

GOOD, FAIR, POOR, MISMATCH = 10e3, 20e3, 50e3, 10e3
"""Ohm: limits of gel electrodes on the face, and of the difference within a pair
(firmware_notes 4.5)."""


@runtime_checkable
class Eventful(Protocol):
    """A source that reports its changes of state."""

    @property
    def events(self) -> tuple[SourceEvent, ...]:
        """All changes and notes so far, in order of time."""
        ...


@runtime_checkable
class Particular(Protocol):
    """A source that knows more of its device than a stream's info holds."""

    @property
    def particulars(self) -> dict[str, object]:
        """What belongs beside a recording, as JSON: firmware, gains, skew, measured rate.

        ``SoftwareFilters`` is BIDS's: filters that changed the samples on their way, by name. A
        source that knows of none says so by an empty mapping; one that cannot know leaves it out.
        """
        ...


@dataclass(frozen=True, slots=True)
class Electrode:
    """One electrode and its impedance.

    Parameters
    ----------
    channel : str
        Label of the channel.
    pole : {"P", "N"}
        Which of the channel's two electrodes.
    ohm : float
        NaN where no test current came through.
    """

    channel: str
    pole: Literal["P", "N"]
    ohm: float

    @property
    def grade(self) -> str:
        """``good``, ``fair``, ``poor``, or ``unusable`` beyond 50 kohm and without a reading."""
        limits = ((GOOD, "good"), (FAIR, "fair"), (POOR, "poor"))
        return next((word for limit, word in limits if self.ohm <= limit), "unusable")

    def told(self, digits: int = 1) -> str:
        """The reading in words: ``"5.0 kohm"``."""
        return "no test current" if isnan(self.ohm) else f"{self.ohm / 1000:.{digits}f} kohm"


@runtime_checkable
class Impedant(Protocol):
    """A source that can measure its electrodes while it does not stream."""

    def impedances(self) -> Iterator[Electrode]:
        """Measure one electrode after the other, the source neither entered nor streaming."""
        ...
