"""Words and roundings that all tables share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgspasm.dsp.rates import CROSSTALK
from emgspasm.stream import Channel


def microvolts(value: float | None, channel: Channel) -> float | None:
    """A value of a channel in microvolts; None where it is unknown or no voltage."""
    if value is None or channel.microvolts is None:
        return None
    return round(value * channel.microvolts, 4)


def crosstalk_flag(sampling_frequency: float, *, copy: bool) -> str | None:
    """The cross-talk flag at a sampling frequency (Hz): under 1000 Hz neither yes nor no.

    None where nothing like a copy was found, but one might have been missed.
    """
    if sampling_frequency < CROSSTALK:
        return "possible" if copy else None
    return "yes" if copy else "no"


def rounded(values: ArrayLike, digits: int) -> NDArray[np.float64]:
    """Values to so many decimals, each as Python's ``round`` would, which numpy's is not.

    A multiple of the last decimal is found as numpy finds it, but where a value lies so near the
    middle of two of them that the rounding of the product may decide, Python decides.
    """
    values = np.asarray(values, np.float64)
    scaled = values * 10.0**digits
    near = np.rint(scaled)
    result = near / 10.0**digits
    size = np.abs(scaled)
    open_ = (np.abs(size - np.floor(size) - 0.5) < 1e-15 * size + 1e-12) | (size > 1e15)
    for i in np.flatnonzero(open_):
        result[i] = round(float(values[i]), digits)
    return result


def rounded_or_none(value: float | None) -> float | None:
    """Four decimals of a value that may be missing."""
    return None if value is None else round(value, 4)
