"""What the detector remembers of each channel, as arrays that compiled loops update in place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.detection.evidence import LENGTHS
from emgspasm.dsp.detection.second_look import KINDS

IDLE, CALIBRATING, RUNNING = 0, 1, 2
GOOD, SETTLING, CUT = 0, 1, 2
SOUGHT = 3  # no burst: a stretch in which they were sought

CHANNEL = np.dtype(
    [
        ("floor", np.float64),
        ("bottom", np.float64),  # least noise level, as its power 2/3
        ("phase", np.int64),
        ("begin", np.int64),  # first sample of the run
        ("now", np.int64),  # last sample seen
        ("held", np.int64),  # samples held back for calibration
        ("analyzed", np.int64),  # samples past settling, over all runs, before `counted`
        ("noise", np.float64),  # sum of the noise level over them
        ("counted", np.int64),
        ("settled", np.int64),  # first sample past settling
        ("seen", np.int64),  # quiet values learnt in this run
        ("lower", np.int64),  # windows in a row that are too quiet for the level
        ("calm", np.int64),  # samples to come of which only one above `on` matters
        ("window", np.int64),  # where the window under way ends
        ("windows", np.int64),  # until a window is learnt
        ("step", np.int64),  # where the next look at a burst under way is due
        ("quiet", np.float64),  # power of the noise
        ("weight", np.float64),  # independent values in a sample, from the envelope's spread
        ("scatter", np.float64),  # relative variance of the quiet power 1/3, lately
        ("raw", np.float64),  # slow means of the quiet power before and after the matched filter
        ("passed", np.float64),
        ("lately", np.float64),  # fast mean behind it, between bursts
        ("narrowing", np.float64),  # what the matched filter leaves of the independent values
        ("white_weight", np.float64),  # independent values in a sample of white noise behind it
        ("matched_weight", np.float64),  # independent values in a sample behind it
        ("glow", np.float64),  # power that the filters still ring with after the last burst
        ("faint_rate", np.float64),  # faint bursts per second of a full memory, lately
        ("pause_rate", np.float64),  # short pauses between bursts, likewise
        ("filled", np.float64),  # share of that memory which this run has filled
        ("blocks", np.int64),  # blocks of matched power summed in this run
        ("total", np.float64),  # their sum
        ("evidence", np.float64),  # of a weak burst under way
        ("doubt", np.int64),  # sample since which there is evidence
        ("wanted", np.float64),  # evidence that was needed when last asked; no less is now
        ("relief", np.float64),  # evidence that the burst is over
        ("last_loud", np.int64),  # last sample at which relief was zero
        ("relieved", np.int64),  # first sample not yet added to it
        ("slope", np.float64),  # what a sample's power takes from relief, without ringing
        ("cost", np.float64),  # what every sample adds to relief
        ("unsure", np.int64),  # samples after a loud one that add nothing to it
        ("core_energy", np.float64),  # power that relief is judged by, from core to `relieved`
        ("faint", np.int64),  # whether the burst under way was found by evidence
        ("weak", np.int64),  # whether it is judged behind the matched filter
        ("base", np.float64),
        ("noise_least", np.float64),  # envelope under which a window is too quiet for the level
        ("noise_most", np.float64),  # envelope up to which a window may be noise
        ("on", np.float64),
        ("off", np.float64),
        ("leave", np.float64),  # envelope under which the burst under way may end
        ("above", np.int64),
        ("reached", np.int64),  # where the envelope reached `on` last
        ("beyond", np.int64),  # last sample at which it was above
        ("crossed", np.int64),  # where the burst under way was found
        ("refined", np.int64),  # whether `onset` is known
        ("looked", np.int64),  # whether `onset` was looked at again
        ("core", np.int64),  # where its variance steps
        ("onset", np.int64),  # where it began to swell
        ("peak", np.float64),
        ("energy", np.float64),  # sum of squares from onset to now
        ("pending", np.int64),  # a finished burst that may still be merged
        ("pending_onset", np.int64),
        ("pending_swell", np.int64),  # from its onset to its core
        ("pending_core", np.int64),  # where that ends
        ("pending_quiet", np.int64),  # and where the filters no longer ring with it
        ("pending_offset", np.int64),  # where it has faded
        ("pending_gap", np.int64),  # from its core to the next one's, if they are two
        ("pending_active", np.int64),
        ("pending_weak", np.int64),
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
    block: int  # a quarter of a window
    half: int  # of the matched filter, without its middle
    back: int  # from a crossing of the envelope to the earliest onset
    long: int  # from its onset on until a burst that lasts is looked at again
    reach: int  # by which it may then begin earlier
    doubt: int  # longest doubt that an onset is sought in
    merge: int
    pause: int  # shorter ones are those of a train
    shortest: int
    settling: int
    calibration: int
    fewest: int
    longest: int
    recent: int  # samples before now that are remembered


class Rules(NamedTuple):
    """What makes a burst: thresholds in standard deviations of the noise, and evidence."""

    on_sigma: float
    off_sigma: float
    least_spread: float
    rise: float  # variance of the weakest burst, in units of the noise's
    log_rise: float
    evidence: float  # log-likelihood ratio that makes a weak burst where bursts are rare
    relief: float  # and the one that ends a burst where pauses are rare
    ringing: float  # power that filters ring with after a burst, in units of the burst's
    fading: float  # share of that power which is left a window later
    forgetting: float  # share of the counts of faint bursts and pauses left a window later
    counting: float  # what one burst or pause adds to its count


class Memory(NamedTuple):
    """Arrays the loop updates in place, most with a row a channel."""

    channels: NDArray[np.void]
    held_envelope: NDArray[np.float64]
    held_signal: NDArray[np.float64]
    signal: NDArray[np.float64]  # of the last samples
    matched: NDArray[np.float64]  # power behind the matched filter, as it came out
    sums: NDArray[np.float64]  # `total` after each of the last blocks
    taps: NDArray[np.float64]  # of the matched filter
    ordered: NDArray[np.float64]
    arrival: NDArray[np.float64]
    spectrum: NDArray[np.float64]  # shape of EMG at evenly spaced frequencies
    decay: NDArray[np.float64]  # power in each sample after a burst, in units of the burst's
    slopes: NDArray[np.float64]  # as `slope` and `cost`, while the filters ring like that
    costs: NDArray[np.float64]
    room: NDArray[np.float64]  # to weigh a boundary in; nothing is remembered there


def fresh(
    floors: NDArray[np.float64],
    sizes: Sizes,
    capacity: int,
    spectrum: NDArray[np.float64],
    decay: NDArray[np.float64],
) -> Memory:
    """Memory before the first sample; `floors` are the least peaks of the channels."""
    n_channels = len(floors)
    channels = np.zeros(n_channels, CHANNEL)
    channels["floor"] = floors
    channels["bottom"] = np.maximum(1e-3 * np.cbrt(floors * floors), 1e-50)  # cubed, far from 0
    channels["on"] = channels["off"] = channels["base"] = np.nan

    def rows(length: int) -> NDArray[np.float64]:
        return np.zeros((n_channels, length))

    return Memory(
        channels,
        held_envelope=rows(sizes.calibration),
        held_signal=rows(sizes.calibration),
        signal=rows(sizes.recent),
        matched=rows(sizes.recent),
        sums=rows(1 << LENGTHS[-1].bit_length()),
        taps=rows(2 * sizes.half + 1),
        ordered=rows(capacity),
        arrival=rows(capacity),
        spectrum=spectrum,
        decay=decay,
        slopes=rows(len(decay)),
        costs=rows(len(decay)),
        room=np.zeros((KINDS + 2, sizes.recent + 1)),
    )
