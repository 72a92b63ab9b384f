"""What the published detectors remember, and what all of them do alike: the methods of a stage.

A published detector is frozen parameters that give a :class:`Rule`; these functions are its
methods.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.detection.detector import floors
from emgspasm.dsp.detection.rows import Stretch, in_order, to_bursts
from emgspasm.dsp.stage import Response
from emgspasm.dsp.textbook import loop
from emgspasm.dsp.textbook.memory import RECTIFIED, Past, Rule, fresh
from emgspasm.stream import Burst, Chunk, StreamInfo


class Published(Protocol):
    """What the parameters of all published detectors have in common."""

    @property
    def floor(self) -> float:
        """Least peak of a burst in uV."""
        ...

    def rule(self, sampling_frequency: float, settling: float = 0.0) -> Rule:
        """What the loop needs to know; `settling` in seconds."""
        ...


@dataclass(slots=True)
class TextbookState:
    """Everything a published detector remembers; `shift` is the delay it corrects for."""

    rule: Rule
    past: Past
    shift: int
    sought: list[Stretch] = field(default_factory=list)

    def counted(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """As of :class:`emgspasm.dsp.detection.detector.DetectorState`."""
        return self.past.channels["analyzed"], self.past.channels["noise"]

    def stretches(self) -> NDArray[np.int64]:
        """As of :class:`emgspasm.dsp.detection.detector.DetectorState`."""
        return in_order(self.sought)

    def thresholds(self) -> NDArray[np.float64]:
        """Noise level and threshold (off and on are the same), in units of the envelope."""
        channels, rule = self.past.channels, self.rule
        ratio = channels["limit"] / np.where(channels["mean"] > 0, channels["mean"], np.nan)
        on = channels["base"] * (ratio if rule.value == RECTIFIED else np.sqrt(ratio))
        return np.array([channels["base"], on, on])

    def earliest(self, stop: int) -> int:
        """Sample number before which no burst still to come begins."""
        return int(loop.earliest_onset(self.past, self.rule, stop, self.shift))


def certain(self: Published, sampling_frequency: float) -> float:
    """Seconds after its offset (and the filter's delay) at which a burst is emitted."""
    rule = self.rule(sampling_frequency)
    known = rule.out_span * rule.step + rule.lag
    apart = rule.merge + (rule.span - 1) * rule.step + rule.lead
    return (max(known, apart) + 2 * rule.step) / sampling_frequency


def init(self: Published, info: StreamInfo, response: Response) -> TextbookState:
    """State before the first sample of a segment; as of the default detector."""
    fs = info.sampling_frequency
    rule = self.rule(fs, response.settling)
    past = fresh(floors(self.floor, info), rule)
    return TextbookState(rule, past, round(response.delay * fs))


def step(
    _: Published, state: TextbookState, filtered: Chunk, envelope: Chunk
) -> tuple[TextbookState, tuple[Burst, ...]]:
    """Fold one chunk; as of the default detector."""
    rows = loop.detect(
        envelope.start,
        np.ascontiguousarray(filtered.samples.T),
        np.ascontiguousarray(envelope.samples.T),
        state.rule,
        state.past,
    )
    bursts, sought = to_bursts(rows, state.shift)
    state.sought += sought
    return state, bursts


def finish(self: Published, state: TextbookState, stop: int) -> tuple[Burst, ...]:
    """Bursts that become certain because the segment ends before sample `stop`."""
    missing = Chunk(stop, np.full((1, len(state.past.channels)), np.nan))
    return step(self, state, missing, missing)[1]
