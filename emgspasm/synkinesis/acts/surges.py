"""What one side does by itself while both sides blink or move: surges of their bursts."""

from __future__ import annotations

from collections.abc import Iterable

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.bilateral import LIKELY, outlasts
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.verdicts import accompanied, verdict
from emgspasm.synkinesis.readings.reading import Reading
from emgspasm.synkinesis.spread import EYE

RISES = 2.0
"""Times the amplitude of the rest of its burst from which a surge in a movement is no chance [sim]:
the balance of both sides flutters. Of 27 false spasms that surges without this bound made, 25 rose
less, and 42 % of 556 true ones."""

LASTS = 0.1
"""Seconds that the surge of one muscle in a movement lasts at least [sim]: of 21 shorter ones of
nine generators 19 were the flutter of a muscle of few units, or whose power wanders."""


def surges(both: Iterable[Act], rules: Rules, fs: float) -> list[Reading]:
    """Surges of blinks and movements of both sides that are certainly of one side.

    Parameters
    ----------
    both : iterable of Act
    rules : Rules
    fs : float
        Hertz.
    """
    found = []
    for act in both:
        mine = [
            reading.surge
            for reading in act.readings
            if reading.surge is not None and _is_of_one_side(reading.surge, reading, act, rules, fs)
        ]
        if act.kind == "movement":
            lasting = LASTS * fs
            mine = [
                surge
                for surge in mine
                if surge.offset - surge.onset >= lasting or accompanied(surge, mine, rules, fs)
            ]
        found += mine
    return found


def _is_of_one_side(surge: Reading, whole: Reading, act: Act, rules: Rules, fs: float) -> bool:
    """Whether a surge is an eye that goes on after a blink, or leaps out of a movement."""
    if verdict(surge, (), rules, fs) != "one" or surge.least_li < LIKELY:
        return False
    if act.kind == "blink":
        return surge.site.region == EYE and outlasts(surge, act, fs)
    return surge.amplitude >= RISES * _beside(surge, whole)


def _beside(surge: Reading, whole: Reading) -> float:
    """Amplitude of a burst without its surge."""
    length, inside = whole.offset - whole.onset, surge.offset - surge.onset
    energy = whole.amplitude**2 * length - surge.amplitude**2 * inside
    return float((max(energy, 0.0) / max(length - inside, 1)) ** 0.5)
