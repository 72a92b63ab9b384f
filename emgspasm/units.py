"""Units of samples: voltages as programs spell them, and as files and screens do."""

from __future__ import annotations

import re

_MICROVOLTS = {
    **dict.fromkeys(("uV", "µV", "μV", "uv", "UV", "uVolt", "microV", "microvolts"), 1.0),
    **dict.fromkeys(("mV", "mv", "mVolt", "millivolts"), 1e3),
    **dict.fromkeys(("V", "Volt", "volt", "volts"), 1e6),
    "nV": 1e-3,
}
"""Microvolts in a unit, as programs spell it; ``MV`` could be a million volts."""


def microvolts_in(unit: str) -> float | None:
    """Microvolts in one such unit; None where it is not a voltage."""
    return _MICROVOLTS.get(unit)


def in_ascii(unit: str) -> str:
    """A unit as headers of files hold it: ``u`` for either sign of micro."""
    return unit.replace("µ", "u").replace("μ", "u")


def on_screen(text: str) -> str:
    """A text as screens and pages show it: µV for the uV of files and terminals."""
    return re.sub(r"\buV\b", "µV", text)
