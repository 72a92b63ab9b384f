"""What OpenBCI's boards are, wherever their samples come from: over the air, or in a file.

A further board has its name, channels and ranges here, how its files count in
:mod:`emgspasm.storage.importers.counter`, and its packets in :mod:`emgspasm.sources`. The emulated
board and the simulated converter state these again, on purpose: they test the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

GAINS = (1, 2, 4, 6, 8, 12, 24)
"""Gain of the Cyton by its code 0..6 in the channel command (firmware_notes 1.5)."""

LETTERS = "12345678QWERTYUI"
"""By which commands of the Cyton call the inputs 1 to 16 (firmware_notes 3.4)."""

LARGEST_COUNT = 2**23 - 1
"""Of a converter of 24 bits."""

LEAST_SAMPLE, LARGEST_SAMPLE = 1e-30, 1e12
"""Magnitudes of anything a recorder measured, whatever the unit: a volt is 1e9 nV, converters of
32 bits count to 2.1e9, and electrodes have noise of 1e-6 V [design]. Squares and products of
squares beyond these would leave what floating point can hold."""

_REFERENCE = 4.5e6  # uV, firmware_notes 1.4


def full_scale(gain: float) -> float:
    """Largest magnitude a channel of the Cyton can represent, in uV: 187 500 at gain 24."""
    return _REFERENCE / gain


@dataclass(frozen=True, slots=True)
class Board:
    """A board.

    Parameters
    ----------
    name : str
        As recordings and reports call it.
    n_channels : int
        Its electrode channels.
    full_scales : tuple of float
        Largest magnitudes that its settings let a channel represent, in uV, ascending.
    """

    name: str
    n_channels: int
    full_scales: tuple[float, ...]


CYTON = Board("OpenBCI Cyton", 8, tuple(full_scale(gain) for gain in reversed(GAINS)))
DAISY = Board("OpenBCI Cyton with Daisy", 16, CYTON.full_scales)
GANGLION = Board("OpenBCI Ganglion", 4, (1.2e6 / (1.5 * 51),))  # firmware_notes 7.1

BOARDS = (GANGLION, CYTON, DAISY)
"""All of them, by their channels."""
