"""What the published detectors remember of each channel, and the rule they follow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RECTIFIED, TEAGER, PAIRS = 0, 1, 2

CHANNEL = np.dtype(
    [
        ("floor", np.float64),
        ("phase", np.int64),
        ("begin", np.int64),  # first sample of the run
        ("settled", np.int64),  # first sample past settling
        ("now", np.int64),  # last sample seen
        ("held", np.int64),  # samples held back for calibration
        ("analyzed", np.int64),  # samples past settling, over all runs
        ("noise", np.float64),  # sum of the noise level over them
        ("base", np.float64),  # root mean square of rest
        ("mean", np.float64),  # of the value, at rest
        ("limit", np.float64),  # threshold of the value
        ("values", np.int64),  # values seen in this run
        ("rising", np.int64),  # of the last `span`, those above
        ("lasting", np.int64),  # of the last `out_span`, those above
        ("last", np.int64),  # last sample whose value was above
        ("open", np.int64),
        ("onset", np.int64),
        ("peak", np.float64),
        ("energy", np.float64),  # sum of squares from onset to now
        ("pending", np.int64),  # a finished burst that may still be merged
        ("pending_onset", np.int64),
        ("pending_offset", np.int64),
        ("pending_active", np.int64),
        ("pending_peak", np.float64),
        ("pending_energy", np.float64),
    ]
)


class Rule(NamedTuple):
    """What makes a burst; lengths in samples, `span` and `out_span` in values."""

    value: int  # RECTIFIED, TEAGER or PAIRS
    window: int  # samples of a value
    step: int  # samples from one value to the next
    lead: int  # from where the burst begins to the first value above
    lag: int  # from where it ends to the last value above
    span: int  # a burst begins with `least` values above of so many
    least: int
    out_span: int  # and ends with fewer than `keep` of so many
    keep: int
    factor: float  # threshold: so many means of rest
    sigmas: float  # and so many standard deviations
    merge: int
    shortest: int
    settling: int
    calibration: int
    fewest: int
    rest: int
    longest: int
    ring: int  # a power of two, so that `sample & (ring - 1)` is its place


class Past(NamedTuple):
    """Arrays the loop updates in place, a row a channel."""

    channels: NDArray[np.void]
    held_envelope: NDArray[np.float64]
    held_signal: NDArray[np.float64]
    envelope: NDArray[np.float64]
    signal: NDArray[np.float64]
    above: NDArray[np.int64]


def fresh(floors: NDArray[np.float64], rule: Rule) -> Past:
    """Memory before the first sample; `floors` are the least peaks of the channels."""
    channels = np.zeros(len(floors), CHANNEL)
    channels["floor"] = floors
    channels["base"] = channels["limit"] = channels["mean"] = np.nan
    held = (len(floors), rule.calibration)
    ring = (len(floors), rule.ring)
    return Past(
        channels,
        np.zeros(held),
        np.zeros(held),
        np.zeros(ring),
        np.zeros(ring),
        np.zeros(ring, np.int64),
    )
