"""The ADS1299 as the Cyton uses it: decimation filter, gain, clipping, 24 bits, lost packets.

The converter decimates through a sinc^3 filter with zeros at multiples of the data rate: -3 dB at
0.262 of the sampling frequency; -0.3, -1.7, -4.5 and -8.9 dB at 20, 50, 80 and 110 Hz of a 250 Hz
recording (firmware_notes 8.1, 8.2). Its symmetric impulse response lasts three sample periods: it
delays by one and a half less half a simulated sample. The model takes that delay out: sample n is
the moment n / sampling_frequency of the simulated world.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.simulation import kernels

FULL_SCALE = 187_500.0
"""uV at gain 24: 4.5 V / 24 (firmware_notes 1.4)."""

COUNTS = 2**23 - 1
MICROVOLTS_PER_COUNT = FULL_SCALE / COUNTS
LEAST_RATE = 8000.0
"""Hertz; the world is simulated at 8-16 kHz (clinical facts 9 [sim])."""

LEAST_RATIO = 5
"""Of simulated to recorded samples; below it sinc^3 of few terms would alias."""

LOSS_RUN = 3.0
"""Mean packets lost in a row [design]: a radio retries, then loses a few at once. More where the
loss is so heavy that less than one packet would arrive between."""


@dataclass(frozen=True, slots=True)
class ADS1299:
    """One setting of the converter.

    Parameters
    ----------
    sampling_frequency : float
        Output data rate in hertz.
    packet_loss : float
        Share of the samples that never arrive.
    """

    sampling_frequency: float
    packet_loss: float = 0.0

    @property
    def ratio(self) -> int:
        """Simulated samples in one recorded sample; odd, so the delay is a whole number."""
        least = max(LEAST_RATIO, int(np.ceil(LEAST_RATE / self.sampling_frequency)))
        return least | 1

    @property
    def simulated_frequency(self) -> float:
        """Rate of the simulated world in hertz."""
        return self.ratio * self.sampling_frequency

    @property
    def delay(self) -> int:
        """Group delay in simulated samples, taken out of the recording."""
        return 3 * (self.ratio - 1) // 2

    @property
    def weights(self) -> NDArray[np.float64]:
        """Impulse response: three moving averages over one sample period in a row."""
        box = np.full(self.ratio, 1 / self.ratio)
        return np.convolve(np.convolve(box, box), box)

    def gain(self, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
        """Magnitude of the decimation filter at frequencies in hertz.

        ``|sin(pi f / fs) / (N sin(pi f / (N fs)))|^3`` with N simulated samples a period.
        """
        angle = np.pi * np.asarray(frequencies) / self.sampling_frequency
        below = self.ratio * np.sin(angle / self.ratio)
        safe = np.where(below == 0, 1.0, below)
        return np.abs(np.where(below == 0, 1.0, np.sin(angle) / safe)) ** 3

    def decimate(self, signal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Filter and decimate simulated samples.

        Parameters
        ----------
        signal : ndarray, shape (n_samples, n_channels)
            Row 0 lies :attr:`delay` simulated samples before the first recorded sample.
        """
        weights = self.weights
        out = np.empty(((len(signal) - len(weights)) // self.ratio + 1, signal.shape[1]))
        kernels.decimate(signal, weights, self.ratio, out)
        return out


def quantize(microvolts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clip to the range of the converter and round to its counts, in uV."""
    counts = np.clip(np.rint(microvolts / MICROVOLTS_PER_COUNT), -COUNTS - 1, COUNTS)
    return np.asarray(counts * MICROVOLTS_PER_COUNT)


def arrivals(
    n_samples: int, packet_loss: float, rng: np.random.Generator
) -> Iterator[tuple[int, int]]:
    """Stretches of samples that arrive, half open, when a share of the packets is lost."""
    if packet_loss == 0:
        yield 0, n_samples
        return
    kept = max(1.0, LOSS_RUN * (1 - packet_loss) / packet_loss)
    lost = kept * packet_loss / (1 - packet_loss)
    start = 0
    while start < n_samples:
        stop = start + int(rng.geometric(1 / kept))
        yield start, min(stop, n_samples)
        start = stop + int(rng.geometric(1 / lost))
