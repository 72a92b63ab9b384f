"""Units of samples: voltages as programs spell them, and as files and screens do."""

from __future__ import annotations

import re

_SYMBOLS = {
    **dict.fromkeys(("uV", "µV", "μV", "uv", "UV", "microV"), 1.0),
    **dict.fromkeys(("mV", "mv"), 1e3),
    "V": 1e6,
    "nV": 1e-3,
}
"""Microvolts in a unit, as programs spell it; ``MV`` could be a million volts."""

_WORDS = {
    **dict.fromkeys(("uvolt", "microvolt", "microvolts"), 1.0),
    **dict.fromkeys(("mvolt", "millivolt", "millivolts"), 1e3),
    **dict.fromkeys(("volt", "volts"), 1e6),
    **dict.fromkeys(("nanovolt", "nanovolts"), 1e-3),
}
"""The same in words, whatever the case of their letters."""


def microvolts_in(unit: str) -> float | None:
    """Microvolts in one such unit; None where it is not a voltage."""
    return _SYMBOLS.get(unit, _WORDS.get(unit.lower()))


def in_ascii(unit: str) -> str:
    """A unit as headers of files hold it: ``u`` for either sign of micro."""
    return unit.replace("µ", "u").replace("μ", "u")


def on_screen(text: str) -> str:
    """A text as screens and pages show it: µV for the uV of files and terminals."""
    return re.sub(r"\buV\b", "µV", text)
