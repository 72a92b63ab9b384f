"""What the detector remembers of each channel, as arrays that compiled loops update in place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IDLE, CALIBRATING, RUNNING = 0, 1, 2
GOOD, SETTLING, CUT = 0, 1, 2

CHANNEL = np.dtype(
    [
        ("floor", np.float64),
        ("phase", np.int64),
        ("begin", np.int64),  # first sample of the run
        ("now", np.int64),  # last sample seen
        ("held", np.int64),  # samples held back for calibration
        ("analyzed", np.int64),  # samples past settling, over all runs, before `counted`
        ("noise", np.float64),  # sum of the noise level over them
        ("counted", np.int64),
        ("settled", np.int64),  # first sample past settling
        ("seen", np.int64),  # quiet values learnt in this run
        ("calm", np.int64),  # samples to come of which only one above `on` matters
        ("block", np.int64),  # where the window under way ends
        ("blocks", np.int64),  # until a window is learnt
        ("weight", np.float64),  # independent values in a sample, from the envelope's spread
        ("quiet", np.float64),  # power of the noise
        ("evidence", np.float64),  # that a weak burst is under way
        ("doubt", np.int64),  # sample since when
        ("relief", np.float64),  # evidence that the burst is over
        ("loud", np.int64),  # last sample without any
        ("slope", np.float64),  # what a sample's power takes from it
        ("cost", np.float64),  # and what every sample adds
        ("base", np.float64),
        ("on", np.float64),
        ("off", np.float64),
        ("above", np.int64),
        ("crossed", np.int64),  # where the envelope reached `on`
        ("refined", np.int64),  # whether `onset` is known
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

ROW = np.dtype(
    [
        ("channel", np.int64),
        ("begin", np.int64),
        ("onset", np.int64),
        ("offset", np.int64),
        ("moment", np.int64),  # sample at which the burst became certain
        ("peak", np.float64),
        ("mean", np.float64),
        ("baseline", np.float64),
        ("quality", np.int64),
    ]
)


class Sizes(NamedTuple):
    """Lengths in samples."""

    window: int
    back: int  # from a crossing of the envelope to the earliest onset
    doubt: int  # longest doubt that an onset is sought in
    merge: int
    shortest: int
    hop: int  # windows from one learnt to the next
    settling: int
    calibration: int
    fewest: int
    longest: int
    ring: int  # a power of two, so that `sample & (ring - 1)` is its place


class Rules(NamedTuple):
    """What makes a burst: thresholds in standard deviations of the noise, and evidence."""

    on_sigma: float
    off_sigma: float
    least_spread: float
    rise: float  # variance of the weakest burst, in units of the noise's
    evidence: float  # log-likelihood ratio that makes a weak burst
    relief: float  # and the one that ends a burst


class Memory(NamedTuple):
    """Arrays the loop updates in place, a row a channel."""

    channels: NDArray[np.void]
    held_envelope: NDArray[np.float64]
    held_signal: NDArray[np.float64]
    power: NDArray[np.float64]
    ordered: NDArray[np.float64]
    arrival: NDArray[np.float64]


def fresh(floors: NDArray[np.float64], sizes: Sizes, capacity: int) -> Memory:
    """Memory before the first sample; `floors` are the least thresholds of the channels."""
    n_channels = len(floors)
    channels = np.zeros(n_channels, CHANNEL)
    channels["floor"] = floors
    channels["on"] = channels["off"] = channels["base"] = np.nan
    return Memory(
        channels,
        np.zeros((n_channels, sizes.calibration)),
        np.zeros((n_channels, sizes.calibration)),
        np.zeros((n_channels, sizes.ring)),
        np.zeros((n_channels, capacity)),
        np.zeros((n_channels, capacity)),
    )
