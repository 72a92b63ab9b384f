"""What a sampling frequency can carry (clinical facts 4, "allowed outputs"; firmware_notes 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LOWEST = 200.0
"""Hz; below it too little of the EMG band is left. The Ganglion's rate is still taken."""

LEAST = 60.0
"""Hz; below it nothing is left of what facial muscles give over 25 Hz, not even to explore."""

DAY = 86_400.0
"""Seconds, over which no time within a signal goes."""

HIGHEST = 1e6
"""Hz; no electrode's amplifier is faster, and records of a file last whole microseconds."""

HIGH_PASS, LOW_PASS = 20.0, 450.0
"""Hz; the EMG band (clinical facts 4, after van Boxtel 2001 [lit])."""

EDGE = 0.45
"""Highest usable frequency as a share of the sampling frequency (clinical facts 4)."""

MAINS_EDGE = 0.49
"""Share of the sampling frequency up to which mains is taken out: what a notch nearer to its half
would take out is too slow a beat to be told from the rest [design]."""

DURATIONS = 500.0
"""Hz under which durations are good to about 20 ms, and short pauses are lost (clinical facts
4)."""

LAGS = 500.0
"""Hz from which the lags between the muscles of a spasm are given, coarsely (clinical facts 4)."""

SYNCHRONY = 1000.0
"""Hz from which synchrony, and lags to 3 ms, are given (clinical facts 4)."""

CROSSTALK = 1000.0
"""Hz from which waveforms show cross-talk (clinical facts 4); below, it is only called possible."""

SPECTRA = 2000.0
"""Hz from which numbers of a spectrum are given (clinical facts 4)."""


class Output(NamedTuple):
    """A number of a result that not every sampling frequency carries.

    Parameters
    ----------
    needs : float
        Hertz from which it is given.
    words : str
        Its name, in the plural.
    columns : str
        Of the tables; ``""`` for what is on the screen alone.
    """

    needs: float
    words: str
    columns: str = ""


OUTPUTS = (
    Output(LAGS, "onset lags", "onset_lag_ms, syn_latency_ms"),
    Output(
        SYNCHRONY,
        "synchrony and lags of pairs",
        "n_pairs, sync_pct, sync_z, lag_median_ms, lag_iqr_ms, xcorr_peak",
    ),
    Output(CROSSTALK, "verdicts on cross-talk", "crosstalk_flag yes, no"),
    Output(CROSSTALK, "brow-lift indices", "brow_lift_pct, brow_lift_ci_lo, brow_lift_ci_hi"),
    Output(SPECTRA, "median frequencies of spectra"),
)


def bandwidth(sampling_frequency: float) -> float:
    """Hz of the EMG band that this sampling frequency (Hz) carries."""
    return min(LOW_PASS, EDGE * sampling_frequency) - HIGH_PASS


def upper_corner(sampling_frequency: float, low_pass: float) -> float | None:
    """Corner in Hz of the low-pass of a band; None where the recorder's own filter ends the band.

    A slope near the end of what is recorded rings into the pauses of a train, and takes independent
    values from short windows. Under :data:`LOWEST` it is needed all the same: without it noise is
    full of faint bursts [sim].
    """
    top = EDGE * sampling_frequency
    if low_pass <= top:
        return low_pass
    return None if sampling_frequency >= LOWEST else top


def notched(sampling_frequency: float, frequency: float, multiples: Sequence[int]) -> list[int]:
    """Multiples of a frequency (Hz) that a notch takes out: those that the rate (Hz) carries."""
    return [k for k in multiples if k * frequency < MAINS_EDGE * sampling_frequency]


def withheld(sampling_frequency: float) -> tuple[Output, ...]:
    """Outputs that this sampling frequency (Hz) cannot carry."""
    return tuple(output for output in OUTPUTS if sampling_frequency < output.needs)


def rate_warnings(sampling_frequency: float) -> tuple[str, ...]:
    """Sentences for whoever reads the tables of a result at this sampling frequency (Hz)."""
    sentences = []
    if sampling_frequency < LOWEST:
        sentences.append(
            f"exploratory: {sampling_frequency:g} Hz is under the {LOWEST:g} Hz that EMG needs; "
            "every number of this result is exploratory"
        )
    elif sampling_frequency < DURATIONS:
        sentences.append(f"{sampling_frequency:g} Hz: durations are good to about 20 ms")
    missing = [output.words for output in withheld(sampling_frequency) if output.columns]
    if missing:
        sentences.append(f"{sampling_frequency:g} Hz: {', '.join(missing)} withheld")
    return tuple(sentences)
