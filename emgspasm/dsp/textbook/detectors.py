"""Published burst detectors, to compare with :class:`emgspasm.dsp.detection.detector.Detector`.

Each is as its authors describe it but for what a stream asks of all of them alike: the threshold
is learnt from the quietest half second of the first two after a start, and stays; bursts closer
than ``merge_gap`` are one; those shorter than ``shortest`` or under ``floor`` are dropped. None
follows noise that changes: they suit short recordings at rest, and comparison with the literature.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, inf, log

from emgspasm.dsp.detection.detector import require_lengths
from emgspasm.dsp.textbook import state
from emgspasm.dsp.textbook.memory import PAIRS, RECTIFIED, TEAGER, Rule

CALIBRATION = 2.0
FEWEST = 0.6
REST = 0.5
LONGEST = 60.0
"""Seconds: held back after a start, the least of it that is analyzed, the stretch that is rest, and
the longest burst; the default detector's where it has them."""


@dataclass(frozen=True, slots=True)
class HodgesBui:
    """Moving mean of the rectified signal over a threshold (Hodges & Bui 1996).

    Boundaries are the middle of the first and last window above.

    Parameters
    ----------
    window : float
        Seconds of a mean; 0.010, 0.025 and 0.050 were compared.
    sigmas : float
        Threshold: mean of rest plus so many standard deviations of the windows' means at rest;
        1 to 3 were compared.
    floor, shortest, merge_gap : float
        As of :class:`emgspasm.dsp.detection.detector.Detector`.
    """

    window: float = 0.025
    sigmas: float = 3.0
    floor: float = 1.0
    shortest: float = 0.020
    merge_gap: float = 0.030

    calibration, least_run = CALIBRATION, FEWEST
    certain, init = state.certain, state.init
    step, finish = state.step, state.finish

    def __post_init__(self) -> None:
        _require_positive(self, "window", "sigmas")

    def rule(self, sampling_frequency: float, settling: float = 0.0) -> Rule:
        """What the loop needs to know."""
        return _windowed(RECTIFIED, self, sampling_frequency, settling, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Lidierth:
    """Hodges & Bui's threshold that has to be kept for a while (Lidierth 1986).

    Parameters
    ----------
    window, sigmas, floor, shortest, merge_gap : float
        As of :class:`HodgesBui`.
    active : float
        Seconds above the threshold, without a break, that begin a burst.
    silent : float
        Seconds under it, without a break, that end one.
    """

    window: float = 0.010
    sigmas: float = 3.0
    active: float = 0.015
    silent: float = 0.015
    floor: float = 1.0
    shortest: float = 0.020
    merge_gap: float = 0.030

    calibration, least_run = CALIBRATION, FEWEST
    certain, init = state.certain, state.init
    step, finish = state.step, state.finish

    def __post_init__(self) -> None:
        _require_positive(self, "window", "sigmas", "active", "silent")

    def rule(self, sampling_frequency: float, settling: float = 0.0) -> Rule:
        """What the loop needs to know."""
        return _windowed(RECTIFIED, self, sampling_frequency, settling, self.active, self.silent)


@dataclass(frozen=True, slots=True)
class Tkeo:
    """Rectified Teager-Kaiser energy over a threshold (Li et al. 2007, Solnik et al. 2010).

    The energy ``x[n]^2 - x[n-1] x[n+1]`` weighs amplitude by frequency.

    Parameters
    ----------
    window, floor, shortest, merge_gap : float
        As of :class:`HodgesBui`.
    sigmas : float
        Threshold: mean of rest plus so many standard deviations of the windows' means at rest.
    active, silent : float
        As of :class:`Lidierth`.
    """

    window: float = 0.020
    sigmas: float = 6.0
    active: float = 0.010
    silent: float = 0.010
    floor: float = 1.0
    shortest: float = 0.020
    merge_gap: float = 0.030

    calibration, least_run = CALIBRATION, FEWEST
    certain, init = state.certain, state.init
    step, finish = state.step, state.finish

    def __post_init__(self) -> None:
        _require_positive(self, "window", "sigmas", "active", "silent")

    def rule(self, sampling_frequency: float, settling: float = 0.0) -> Rule:
        """What the loop needs to know."""
        return _windowed(TEAGER, self, sampling_frequency, settling, self.active, self.silent)


@dataclass(frozen=True, slots=True)
class Bonato:
    """Double threshold on pairs of squared samples (Bonato, D'Alessio & Knaflitz 1998).

    ``z = (x[2k-1]^2 + x[2k]^2) / variance`` of white Gaussian noise is chi-squared with two degrees
    of freedom; a muscle is active while at least `least` of `span` of them are above the threshold
    that `false_alarm` asks for. The whitening filter of the paper is left out: the noise of an
    amplifier is nearly white in the band, but at 2 kHz neighbours are not independent.

    Parameters
    ----------
    false_alarm : float
        Probability that `span` values of noise look active.
    span, least : int
        Second threshold: 1 of 5 in the paper.
    floor, shortest, merge_gap : float
        As of :class:`emgspasm.dsp.detection.detector.Detector`; 0.030 s in the paper.
    """

    false_alarm: float = 0.001
    span: int = 5
    least: int = 1
    floor: float = 1.0
    shortest: float = 0.030
    merge_gap: float = 0.030

    calibration, least_run = CALIBRATION, FEWEST
    certain, init = state.certain, state.init
    step, finish = state.step, state.finish

    def __post_init__(self) -> None:
        _require_positive(self)
        if not 0 < self.false_alarm < 1:
            raise ValueError(f"false_alarm={self.false_alarm:g}; a probability lies in (0, 1)")
        if not 1 <= self.least <= self.span <= 50:
            raise ValueError(
                f"least={self.least}, span={self.span}; 1 <= least <= span <= 50 is a count"
            )

    @property
    def threshold(self) -> float:
        """Threshold of ``z`` that is exceeded by chance as often as `false_alarm` says."""
        low, high = 0.0, 1.0
        for _ in range(200):  # the probability of the count grows with that of one value
            middle = (low + high) / 2
            low, high = (
                (middle, high)
                if _at_least(self.least, self.span, middle) < self.false_alarm
                else (low, middle)
            )
        return -2 * log(high)

    def rule(self, sampling_frequency: float, settling: float = 0.0) -> Rule:
        """What the loop needs to know."""
        return _rule(
            PAIRS, self, sampling_frequency, settling,
            window=2, step=2, lead=1, lag=0, span=self.span, least=self.least,
            out_span=self.span, keep=self.least, factor=self.threshold / 2, sigmas=0.0,
        )  # fmt: skip


AnyTextbook = HodgesBui | Bonato | Lidierth | Tkeo


def _at_least(least: int, span: int, probability: float) -> float:
    """Probability of `least` or more successes in `span` trials."""
    return sum(
        comb(span, k) * probability**k * (1 - probability) ** (span - k)
        for k in range(least, span + 1)
    )


def _windowed(
    value: int,
    detector: HodgesBui | Lidierth | Tkeo,
    fs: float,
    settling: float,
    active: float,
    silent: float,
) -> Rule:
    """Rule of a mean over a window that has to last."""
    window = max(2, round(detector.window * fs))
    middle = window // 2 + (value == TEAGER)
    least, out_span = max(1, round(active * fs)), max(1, round(silent * fs))
    return _rule(
        value, detector, fs, settling, window=window, step=1, lead=middle, lag=middle,
        span=least, least=least, out_span=out_span, keep=1, factor=1.0, sigmas=detector.sigmas,
    )  # fmt: skip


def _rule(
    value: int, detector: AnyTextbook, fs: float, settling: float, **own: int | float
) -> Rule:
    reach = int(max(own["span"], own["out_span"]) * own["step"] + own["window"]) + 8
    return Rule(
        value=value,
        merge=round(detector.merge_gap * fs),
        shortest=round(detector.shortest * fs),
        settling=round(settling * fs),
        calibration=round(CALIBRATION * fs),
        fewest=round(FEWEST * fs),
        rest=round(REST * fs),
        longest=round(LONGEST * fs),
        ring=1 << reach.bit_length(),
        **own,  # type: ignore[arg-type]  # fields of a Rule, as its callers name them
    )


def _require_positive(detector: AnyTextbook, *names: str) -> None:
    for name in names:
        if not 0 < getattr(detector, name) < inf:
            raise ValueError(f"{name}={getattr(detector, name):g}; it must be positive and finite")
        if name != "sigmas" and getattr(detector, name) > 0.2:
            raise ValueError(f"{name}={getattr(detector, name):g} s; it must lie in (0, 0.2]")
    if not 0 <= detector.floor < inf:
        raise ValueError(f"floor={detector.floor:g}; it must not be negative, nor infinite")
    require_lengths(detector.shortest, detector.merge_gap)
