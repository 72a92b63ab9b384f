"""What OpenBCI's Cyton is, wherever its samples come from: over the air, or in a file.

The emulated board and the simulated converter state these again, on purpose: they test the rest.
"""

from __future__ import annotations

GAINS = (1, 2, 4, 6, 8, 12, 24)
"""Gain by its code 0..6 in the channel command (firmware_notes 1.5)."""

LETTERS = "12345678QWERTYUI"
"""By which commands call the inputs 1 to 16 (firmware_notes 3.4)."""

LARGEST_COUNT = 2**23 - 1

_REFERENCE = 4.5e6  # uV, firmware_notes 1.4


def full_scale(gain: float) -> float:
    """Largest magnitude a channel can represent, in uV: 187 500 at gain 24."""
    return _REFERENCE / gain
