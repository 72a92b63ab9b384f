"""What the second fold remembers within one segment."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.filters import Cascade
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.dsp.responses import response
from emgspasm.stream import Annotation, Burst, StreamInfo, emg_only
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.acts.clusters import Cluster
from emgspasm.synkinesis.events.amending import Said
from emgspasm.synkinesis.events.chains import Chain
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.markers import Schedule, markers
from emgspasm.synkinesis.readings import history as past
from emgspasm.synkinesis.readings.history import History
from emgspasm.synkinesis.readings.reading import Reading, Site, sites
from emgspasm.synkinesis.spread import EYE

Remembered = TypeVar("Remembered", Experience, BlinkHistory)

STEP = 0.1
"""Seconds of the filters' answer to a step: until it has rung out [design]."""


@dataclass(slots=True)
class FoldState:
    """What waits within one segment.

    `begun` are acts of which lags are to be told; `reached` is where the last burst ends of those
    that were taken so far, in order of onset.
    """

    fs: float
    sites: dict[int, Site]
    history: History
    marked: Schedule
    cluster: Cluster
    waiting: list[Reading] = field(default_factory=list)
    unread: list[Burst] = field(default_factory=list)
    chains: dict[str, Chain] = field(default_factory=dict)
    known: Experience = field(default_factory=Experience)
    blinks: BlinkHistory = field(default_factory=BlinkHistory)
    begun: deque[Act] = field(default_factory=deque)
    reached: int = 0
    said: Said = field(default_factory=Said)


def copied(memory: Remembered) -> Remembered:
    """A copy that may change by itself, in a tenth of the time that a deep one takes."""
    other = copy(memory)
    for each in fields(memory):
        setattr(other, each.name, _copied(getattr(memory, each.name)))
    return other


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return value.copy() if isinstance(value, deque) else value


def fresh(
    pipeline: Pipeline, info: StreamInfo, start: int, annotations: Iterable[Annotation]
) -> FoldState:
    """State before sample `start`; parameters as of :meth:`Folding.init`."""
    fs = info.sampling_frequency
    shift = round(pipeline.delay(emg_only(info)) * fs)
    held = pipeline.detector.calibration + pipeline.certain(emg_only(info))
    step = _step_response(pipeline.cascade, fs)
    history = past.begin(fs, len(info.columns()), start, shift, held, step)
    places = sites(info)
    known = Experience(_beside_eyes(places.values()))
    marked = Schedule(markers(annotations, fs))
    return FoldState(fs, places, history, marked, Cluster.at(fs), known=known)


@lru_cache(maxsize=16)
def _step_response(cascade: Cascade, fs: float) -> NDArray[np.float64]:
    """What the filters make of a step of height one, read-only."""
    stepped = response(cascade.sos(fs), np.ones(round(STEP * fs)))
    stepped.flags.writeable = False
    return stepped


def _beside_eyes(places: Iterable[Site]) -> dict[str, frozenset[str]]:
    """Muscles of the facial nerve that the montage holds of each side, but for the eye's."""
    found: dict[str, frozenset[str]] = {}
    for place in places:
        if place.region:
            own = {place.muscle} if place.region != EYE else set()
            found[place.side] = found.get(place.side, frozenset()) | own
    return found
