"""What a sampling frequency can carry (clinical facts 4, "allowed outputs"; openbci facts 8)."""

from __future__ import annotations

LOWEST = 200.0
"""Hz; below it too little of the EMG band is left. The Ganglion's rate is still taken."""

HIGH_PASS, LOW_PASS = 20.0, 450.0
"""Hz; the EMG band (clinical facts 4, after van Boxtel 2001 [lit])."""

EDGE = 0.45
"""Highest usable frequency as a share of the sampling frequency (clinical facts 4)."""

_NEEDS = (
    (500.0, "lags between muscles"),
    (1000.0, "coherence and cross-talk"),
    (2000.0, "spectra"),
    (5000.0, "evoked latencies"),
)


def bandwidth(sampling_frequency: float) -> float:
    """Hz of the EMG band that this sampling frequency (Hz) carries."""
    return min(LOW_PASS, EDGE * sampling_frequency) - HIGH_PASS


def withheld(sampling_frequency: float) -> tuple[str, ...]:
    """Outputs that this sampling frequency (Hz) cannot carry."""
    return tuple(output for needed, output in _NEEDS if sampling_frequency < needed)


def rate_warnings(sampling_frequency: float) -> tuple[str, ...]:
    """Sentences for whoever reads a result at this sampling frequency (Hz)."""
    sentences = []
    if sampling_frequency < LOWEST:
        sentences.append(
            f"exploratory: {sampling_frequency:g} Hz is under the {LOWEST:g} Hz that EMG needs; "
            "every number of this result is exploratory"
        )
    if sampling_frequency < 500:
        sentences.append(f"{sampling_frequency:g} Hz: durations are good to about 20 ms")
    missing = withheld(sampling_frequency)
    if missing:
        sentences.append(f"{sampling_frequency:g} Hz: {', '.join(missing)} withheld")
    return tuple(sentences)
