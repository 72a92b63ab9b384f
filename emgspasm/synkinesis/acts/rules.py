"""The numbers of the rules that tell bursts apart."""

from __future__ import annotations

from dataclasses import dataclass

from emgspasm.synkinesis.measures.trials import LATENCY
from emgspasm.synkinesis.measures.validity import LASTING

LONGEST_BLINK = 0.4
"""Seconds (clinical facts 2)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What tells bursts apart.

    Parameters
    ----------
    synchrony : float
        Seconds within which muscles begin together: the 15 ms of clinical facts 2 and the error
        of two detected onsets [design].
    blink : float
        Longest blink in seconds.
    along : float
        Seconds within which a synkinesis follows the movement (clinical facts 4).
    slow : float
        Hz under which a burst is no muscle's, its error considered [sim]; less at low rates.
    slowest : float
        Hz under which it is none, whatever its error [sim]: a heart or a cable.
    hum : float
        Share of its power that repeats with the mains, from which a burst is hum [sim].
    steps : float
        Share of energy from which steps explain a burst [sim]: 0.1-0.6 of muscle, 0.75-1 of pops.
    shared : int
        Other channels with the burst's waveform, about as strong, from which on it is no muscle's:
        what a muscle spreads gets weaker, and two muscles discharge each by itself [design].
    longest : float
        Seconds that one channel alone is active at most, where muscle is [design]: a tonic spasm
        lasts 8 s and less (clinical facts 9), and has company.
    """

    synchrony: float = 0.025
    blink: float = LONGEST_BLINK
    along: float = LATENCY
    slow: float = 50.0
    slowest: float = 32.0
    hum: float = 0.4
    steps: float = 0.7
    shared: int = 2
    longest: float = LASTING
