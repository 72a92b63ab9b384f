"""Which side: laterality index and log ratio of noise-corrected amplitudes (clinical facts 5)."""

from __future__ import annotations

from math import log, nan, sqrt

UNILATERAL, DOUBTFUL = 0.6, 0.4
"""Least |LI| of a one-sided and of a doubtful activity (clinical facts 4; healthy faces stay
within 0.27-0.41 [lit: Kim 2018, derived])."""


def corrected(power: float, noise: float) -> float:
    """Amplitude without the noise's: ``sqrt(max(E^2 - base^2, 0))``.

    Parameters
    ----------
    power, noise : float
        Mean squares, uV^2.
    """
    return sqrt(max(power - noise, 0.0))


def laterality_index(affected: float, unaffected: float, floor: float = 0.0) -> float:
    """``(A - U) / (A + U)``: 1 is one side alone, 0 both alike.

    Parameters
    ----------
    affected, unaffected : float
        Noise-corrected amplitudes.
    floor : float
        Where both are at or under it the index is undefined: NaN.
    """
    if not max(affected, unaffected) > floor:
        return nan
    return (affected - unaffected) / (affected + unaffected)


def beyond(index: float, expected: float) -> float:
    """Laterality index without an expected one, log ratios subtracted; NaN stays, and so do +-1.

    ``LI = tanh(ln(A / U) / 2)``, so by the addition theorem of tanh.
    """
    return (index - expected) / (1.0 - index * expected) if abs(index) < 1.0 else index


def log_ratio(affected: float, unaffected: float) -> float:
    """``ln(A / U)``; NaN where either is nothing, for it would be a guess."""
    if not min(affected, unaffected) > 0.0:
        return nan
    return log(affected / unaffected)
