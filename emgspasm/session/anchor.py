"""Samples against the host's clock: when they were due; pure.

Samples arrive late, never early: the radio holds back up to 0.1 s, USB up to 16 ms
(firmware_notes 5.1, 5.2). So the least delay of some seconds anchors the count of samples.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

SPAN = 10.0
"""Seconds that one minimum covers; two of them are kept. A drift of 200 ppm shifts it 4 ms."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """When sample 0 was due, by the samples of the last ten to twenty seconds.

    Parameters
    ----------
    sampling_frequency : float
        Hertz.
    since : float
        Host time at which the latest span began, in seconds.
    least, before : float
        Host time of sample 0 by the earliest sample of the latest span, and of the one before.
    """

    sampling_frequency: float
    since: float = -inf
    least: float = inf
    before: float = inf

    @property
    def zero(self) -> float:
        """Host time at which sample 0 was due, in seconds; infinite before the first sample."""
        return min(self.least, self.before)

    def seen(self, stop: int, time: float) -> Anchor:
        """After the samples up to `stop` (excluded) had arrived at host time `time` (s)."""
        zero = time - stop / self.sampling_frequency
        if time - self.since > SPAN:
            return replace(self, since=time, least=zero, before=self.least)
        return self if zero >= self.least else replace(self, least=zero)

    def age(self, stop: int, time: float) -> float:
        """Seconds at host time `time` since the sample before `stop` was due; 0 before any."""
        if self.zero == inf:
            return 0.0
        return max(0.0, time - self.zero - stop / self.sampling_frequency)

    def sample_at(self, time: float) -> int:
        """Sample number that is being taken at host time `time` (s); 0 before the first."""
        if self.zero == inf:
            return 0
        return max(0, round((time - self.zero) * self.sampling_frequency))
