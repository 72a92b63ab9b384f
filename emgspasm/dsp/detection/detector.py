"""The burst detector: an adaptive hysteresis double threshold, and what it needs to know.

The loop itself is in :mod:`emgspasm.dsp.detection.hysteresis`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, inf, log, sqrt
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.detection import hysteresis
from emgspasm.dsp.detection.baseline import Baseline
from emgspasm.dsp.detection.matched import emg_spectrum
from emgspasm.dsp.detection.memory import Memory, Rules, Sizes, fresh
from emgspasm.dsp.detection.noise import HOP
from emgspasm.dsp.detection.rows import Stretch, in_order, to_bursts
from emgspasm.dsp.detection.second_look import LONG, REACH
from emgspasm.dsp.detection.underway import LULL_GAPS
from emgspasm.dsp.detection.watermark import earliest_onset
from emgspasm.dsp.rates import EDGE, LOW_PASS
from emgspasm.dsp.stage import Response
from emgspasm.stream import Burst, Chunk, StreamInfo

MATCHED = 0.008
"""Seconds of half the matched filter: long enough to tell EMG from noise that is stronger at 25 Hz
[design]."""

HIDDEN = 0.5
"""Share of their delay by which filters hide the ends of a burst [sim]."""

LATELY = 30.0
"""Seconds in which the counts of faint bursts and short pauses fade to 1/e [design]."""

PAUSE = 0.2
"""Seconds; shorter pauses are those of a train [design]: syllables come 3 to 7 times a second and
are bursts for half of it (clinical facts 2)."""

LONGEST_WAIT = 1.0
"""Largest `shortest` and `merge_gap` in seconds: every burst is held back for the merge gap, and
with a longer `shortest` hardly a burst would be left [design]."""


@dataclass(slots=True)
class DetectorState:
    """Everything the detector remembers; `shift` is the delay, in samples, it corrects for.

    `sought` is no part of what it decides by: the stretches in which it sought bursts.
    """

    sizes: Sizes
    rules: Rules
    memory: Memory
    shift: int
    sought: list[Stretch] = field(default_factory=list)

    def counted(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Samples of each channel that bursts were sought in, settling left out, and the sum of
        the noise level over them; whole once the segment is finished.
        """
        return self.memory.channels["analyzed"], self.memory.channels["noise"]

    def stretches(self) -> NDArray[np.int64]:
        """Where those samples lie, shape (n, 3): channel, first sample, sample after the last.

        In order of channel and time, which is corrected as that of bursts is; whole once the
        segment is finished.
        """
        return in_order(self.sought)

    def thresholds(self) -> NDArray[np.float64]:
        """Noise level, off and on threshold of each channel, shape (3, n_channels).

        NaN where a channel is not running or still calibrating.
        """
        channels = self.memory.channels
        return np.array([channels["base"], channels["off"], channels["on"]])

    def earliest(self, stop: int) -> int:
        """Sample number before which no burst still to come begins; `stop` is where it stands."""
        return int(earliest_onset(self.memory.channels, self.sizes, stop, self.shift))


def require_lengths(shortest: float, merge_gap: float) -> None:
    """Refuse lengths of bursts and pauses that no detector can have.

    Raises
    ------
    ValueError
        Naming it.
    """
    for name, value in (("shortest", shortest), ("merge_gap", merge_gap)):
        if not 0 <= value <= LONGEST_WAIT:
            raise ValueError(f"{name}={value:g} s; it must lie in [0, {LONGEST_WAIT:g}]")


def floors(floor: float, info: StreamInfo) -> NDArray[np.float64]:
    """A floor in uV in the unit of each channel; 0 where that is not a voltage."""
    return np.array([floor / c.microvolts if c.microvolts else 0.0 for c in info.channels])


@dataclass(frozen=True, slots=True)
class Detector:
    """Adaptive hysteresis double threshold with likelihood refinement of both boundaries.

    A burst begins where the envelope reaches the upper threshold, ``on_sigma`` standard deviations
    over the noise level and at least the floor, or where a stretch that hardly stands out is,
    behind a filter matched to EMG in this channel's noise, too powerful for noise
    (:mod:`emgspasm.dsp.detection.matched`, :mod:`emgspasm.dsp.detection.evidence`); it lasts until
    the envelope is under the lower threshold and the noise is back.
    Its onset and offset are then put where a change of variance is most likely
    (maximum-likelihood change point of Gaussian noise; Staude & Wolf 1999).
    Once a clear burst is over, or has lasted for 0.3 s, its onset is looked at again
    (:mod:`emgspasm.dsp.detection.second_look`).

    Parameters
    ----------
    on_sigma, off_sigma : float
        Thresholds over the noise level in standard deviations of the quiet part
        (6 and 3: clinical facts 4 [design]), taken of the envelope's power 2/3, which is Gaussian.
    floor : float
        No burst under this many uV; converted to the channel's unit, without effect where that is
        not a voltage. Electrodes have noise of 1 to 3 uV RMS (clinical facts 9), over which the 4
        uV of clinical facts 4 are 2 to 12 dB: bursts as weak as that are to be found [sim].
    shortest : float
        Bursts shorter than this many seconds, 1 at most, are dropped (clinical facts 4), less what
        the filters hide of their ends: 1 ms at 1000 Hz, 4 ms at 250 Hz.
    merge_gap : float
        Bursts closer than this many seconds, 1 at most, are one (clinical facts 4); twice as far
        apart after one of 0.2 s that is under 14 dB, which has lulls
        (:mod:`emgspasm.dsp.detection.underway`).
    rise : float
        Variance of the weakest burst that is looked for, in units of the noise's: 2 is an SNR of
        0 dB [design].
    evidence : float
        Log-likelihood ratio at which a weak burst is taken for one where bursts are rare [sim];
        less where they come often (:mod:`emgspasm.dsp.detection.evidence`) and in a narrow band.
    relief : float
        Log-likelihood ratio for the noise at which a burst is over where short pauses are rare
        [sim]: some 25 ms of it; less where they come often
        (:mod:`emgspasm.dsp.detection.underway`).
    refine : float
        Seconds before, and after, a threshold crossing in which its boundary is sought [design].
    baseline : Baseline
        How the noise level is learnt.
    """

    on_sigma: float = 6.0
    off_sigma: float = 3.0
    floor: float = 1.0
    shortest: float = 0.020
    merge_gap: float = 0.030
    rise: float = 2.0
    evidence: float = 13.0
    relief: float = 5.5
    refine: float = 0.020
    baseline: Baseline = field(default_factory=Baseline)

    implied_kind: ClassVar[str] = "hysteresis"
    """Its name in a config, which may be left out."""

    def __post_init__(self) -> None:
        if not 0 < self.off_sigma < self.on_sigma < inf:
            raise ValueError(
                f"off_sigma={self.off_sigma:g}, on_sigma={self.on_sigma:g}; "
                "0 < off_sigma < on_sigma makes the hysteresis, both finite"
            )
        if not 0 <= self.floor < inf:
            raise ValueError(f"floor={self.floor}; it must not be negative, nor infinite")
        require_lengths(self.shortest, self.merge_gap)
        if not self.rise > 1:
            raise ValueError(f"rise={self.rise:g}; a burst has more variance than the noise: > 1")
        if not (self.evidence > 0 and self.relief > 0):
            raise ValueError(
                f"evidence={self.evidence:g}, relief={self.relief:g}; both must be positive"
            )
        if not 0 < self.refine <= 0.1:
            raise ValueError(f"refine={self.refine:g} s; it must lie in (0, 0.1]")

    @property
    def calibration(self) -> float:
        """Seconds after a start that are held back."""
        return self.baseline.calibration

    @property
    def least_run(self) -> float:
        """Seconds without a missing sample that are analyzed, at least."""
        return self.baseline.shortest

    def certain(self, sampling_frequency: float) -> float:
        """Seconds after its offset (and the filter's delay) at which a burst is emitted.

        At the latest, as a rule: the longest merge gap, the longest doubt, and the windows in which
        the doubt ends and an onset is sought. Where no doubt follows, two windows after the merge
        gap. After a fade that looks like neither, or with a longer envelope, a little later.
        """
        sizes = self._sizes(sampling_frequency)
        latest = LULL_GAPS * sizes.merge + sizes.doubt + 3 * sizes.window + sizes.half
        return latest / sampling_frequency

    def init(self, info: StreamInfo, response: Response) -> DetectorState:
        """State before the first sample of a segment.

        Parameters
        ----------
        info : StreamInfo
            The channels it will see.
        response : Response
            Of the stages before.
        """
        fs = info.sampling_frequency
        sizes = self._sizes(fs, response.delay, response.settling)
        window = sizes.window / fs
        # a narrower band has fewer moments at which noise may look like a burst: it asks for less
        # evidence, by the logarithm of their number
        narrow = log(min(EDGE * fs / LOW_PASS, 1.0))
        # a window has no more degrees of freedom than samples; the MAD of few or quantised values
        # may say less spread than that, which would make a threshold of nothing
        rules = Rules(
            self.on_sigma,
            self.off_sigma,
            0.5 * sqrt(2 / (9 * sizes.window)),
            self.rise,
            log(self.rise),
            max(self.evidence + narrow, 1.0),
            self.relief + narrow,
            ringing=response.ringing,
            fading=exp(-window / response.fading),
            forgetting=exp(-window / LATELY),
            counting=1 / LATELY,
        )
        capacity = max(25, round(self.baseline.memory * fs) // (HOP * sizes.window))
        decay = np.array(response.decay, np.float64)
        memory = fresh(floors(self.floor, info), sizes, capacity, emg_spectrum(fs), decay)
        return DetectorState(sizes, rules, memory, shift=round(response.delay * fs))

    def step(
        self, state: DetectorState, filtered: Chunk, envelope: Chunk
    ) -> tuple[DetectorState, tuple[Burst, ...]]:
        """Fold one chunk.

        Parameters
        ----------
        state : DetectorState
            Consumed.
        filtered, envelope : Chunk
            The same samples after the filters and after the envelope.

        Returns
        -------
        DetectorState
        tuple of Burst
            Those that became certain, in the order in which they did, ties by channel;
            `channel` counts the columns of the chunks.
        """
        rows = hysteresis.detect(
            envelope.start,
            np.ascontiguousarray(filtered.samples.T),
            np.ascontiguousarray(envelope.samples.T),
            state.sizes,
            state.rules,
            state.memory,
        )
        bursts, sought = to_bursts(rows, state.shift)
        state.sought += sought
        return state, bursts

    def finish(self, state: DetectorState, stop: int) -> tuple[Burst, ...]:
        """Bursts that become certain because the segment ends before sample `stop`."""
        missing = Chunk(stop, np.full((1, len(state.memory.channels)), np.nan))
        return self.step(state, missing, missing)[1]

    def _sizes(self, fs: float, delay: float = 0.0, settling: float = 0.0) -> Sizes:
        window = max(2, round(self.refine * fs))
        block = max(1, window // 4)
        half = max(2, round(MATCHED * fs))
        hidden = round(HIDDEN * delay * fs)
        calibration = max(8 * window, round(self.baseline.calibration * fs))
        return Sizes(
            window=window,
            block=block,
            half=half,
            back=2 * window + half + block,
            long=LONG * window,
            reach=REACH * window,
            doubt=10 * window,
            merge=round(self.merge_gap * fs),
            pause=round(PAUSE * fs),
            shortest=max(round(self.shortest * fs) - hidden, 0),
            settling=round(settling * fs),
            calibration=calibration,
            fewest=min(calibration, max(4 * window, round(self.baseline.shortest * fs))),
            longest=round(self.baseline.longest_burst * fs),
            recent=(LONG + REACH + 2) * window + 2 * half,
        )
