"""What lies between two cursors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.desk.strip import Strip


@dataclass(frozen=True, slots=True)
class Measured:
    """One channel between the cursors, in its unit; NaN where it has no signal.

    Parameters
    ----------
    peak_to_peak : float
        Largest less smallest.
    rms : float
        Root mean square; of a raw signal about its mean, since electrodes add tens of millivolts.
    """

    peak_to_peak: float
    rms: float

    def told(self, unit: str) -> str:
        """Both in words."""
        if np.isnan(self.rms):
            return "p-p n/a   RMS n/a"
        return f"p-p {self.peak_to_peak:.1f} {unit}   RMS {self.rms:.1f} {unit}"


def measure(strip: Strip, track: str, start: int, stop: int) -> list[Measured]:
    """Measure every channel over the samples from `start` to `stop`; missing ones are left out."""
    rows = strip.read(track, start, stop).astype(np.float64)
    known = [column[np.isfinite(column)] for column in rows.T]
    return [_measure(samples, about_mean=track == "raw") for samples in known]


def _measure(samples: NDArray[np.float64], *, about_mean: bool) -> Measured:
    if not len(samples):
        return Measured(np.nan, np.nan)
    if about_mean:
        samples = samples - samples.mean()
    return Measured(float(np.ptp(samples)), float(np.sqrt(np.mean(samples**2))))
