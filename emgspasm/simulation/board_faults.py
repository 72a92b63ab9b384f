"""Faults an emulated board makes to order; pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan
from typing import Literal

import numpy as np

Kind = Literal[
    "drop",
    "burst",
    "daisy-half",
    "silence",
    "byte-loss",
    "truncation",
    "bit-flip",
    "bunching",
    "radio-delay",
    "hang-up",
    "streaming-at-open",
    "wrong-channel",
    "drift",
]
"""drop: single packets; burst: `count` packets in a row; daisy-half: even packets; silence: all
for `duration`; byte-loss, truncation (to `count` bytes), bit-flip: damage in a packet; bunching:
delivery every `duration` s; radio-delay: delivery held back for `duration`; hang-up: the port goes
away and comes back after `duration`; streaming-at-open; wrong-channel: no board in reach; drift:
`rate` parts of the sampling clock."""

_DEFAULTS: dict[Kind, tuple[float, float, int]] = {
    "drop": (0.05, 0.0, 1),
    "burst": (0.0, 0.0, 300),
    "daisy-half": (0.05, 0.0, 1),
    "silence": (0.0, 2.0, 1),
    "byte-loss": (0.01, 0.0, 1),
    "truncation": (0.01, 0.0, 10),
    "bit-flip": (0.01, 0.0, 1),
    "bunching": (0.0, 0.016, 1),
    "radio-delay": (0.0, 0.1, 1),
    "hang-up": (0.0, 1.0, 1),
    "streaming-at-open": (0.0, 0.0, 1),
    "wrong-channel": (0.0, 0.0, 1),
    "drift": (100e-6, 0.0, 1),
}
"""Rate, duration and count of each kind where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Parameters
    ----------
    kind : str
        A word of :data:`Kind`.
    at : float or None
        Seconds after the first start of streaming; None makes faults of a rate happen at random
        and the others from the beginning.
    rate : float
        Probability per packet; for ``drift`` the deviation of the clock (1e-4 is 100 ppm).
    duration : float
        Seconds.
    count : int
        Packets of a burst; bytes kept of a truncated packet.
    """

    kind: Kind
    at: float | None = None
    rate: float = 0.0
    duration: float = 0.0
    count: int = 1


def fault(
    kind: Kind,
    *,
    at: float | None = None,
    rate: float | None = None,
    duration: float | None = None,
    count: int | None = None,
) -> Fault:
    """Make a fault, with the usual rate, duration and count of its kind where none is given."""
    usual_rate, usual_duration, usual_count = _DEFAULTS[kind]
    return Fault(
        kind,
        at,
        usual_rate if rate is None else rate,
        usual_duration if duration is None else duration,
        usual_count if count is None else count,
    )


def read_fault(text: str) -> Fault:
    """Read a fault from ``KIND`` or ``KIND@SECONDS`` (``hang-up@10``).

    Raises
    ------
    ValueError
        An unknown kind, or a time that is no number of seconds from the start on.
    """
    kind, _, at = text.partition("@")
    found = [each for each in _DEFAULTS if each == kind]
    if not found:
        raise ValueError(f"fault {kind!r} is unknown; the kinds are {', '.join(_DEFAULTS)}")
    return fault(found[0], at=_seconds(text, at) if at else None)


def _seconds(text: str, at: str) -> float:
    try:
        seconds = float(at)
    except ValueError:
        seconds = nan
    if not 0 <= seconds < inf:
        raise ValueError(
            f"fault {text!r}: {at!r} is not a time; KIND@SECONDS takes seconds from 0 on, such as "
            "hang-up@10"
        )
    return seconds


def strike(faults: tuple[Fault, ...], number: int, age: int, data: bytes, seed: int) -> bytes:
    """Apply all faults to a packet; ``b""`` if it is lost.

    Parameters
    ----------
    faults : tuple of Fault
    number : int
        Of the packet in its run.
    age : int
        Packets since the first start of streaming; faults are scheduled by it.
    data : bytes
        The packet as the board made it.
    seed : int
        Chance depends on it and on `age` alone.
    """
    rng = np.random.default_rng((seed, age))
    for each in faults:
        if _loses(each, number, age, rng):
            return b""
    for each in faults:
        data = _damaged(each, age, data, rng)
    return data


def active(each: Fault, age: float) -> bool:
    """Whether a fault of a duration is on, `age` seconds after the first start."""
    first = each.at or 0.0
    return first <= age < first + each.duration


def _loses(each: Fault, number: int, age: int, rng: np.random.Generator) -> bool:
    match each.kind:
        case "drop":
            return _happens(each, age, rng)
        case "daisy-half":
            return number % 2 == 0 and _happens(each, age, rng)
        case "burst":
            first = round((each.at or 0.0) * 250)
            return first <= age < first + each.count
        case "silence":
            return active(each, age / 250)
        case _:
            return False


def _damaged(each: Fault, age: int, data: bytes, rng: np.random.Generator) -> bytes:
    if each.kind not in ("byte-loss", "truncation", "bit-flip") or not _happens(each, age, rng):
        return data
    place = int(rng.integers(len(data)))
    match each.kind:
        case "byte-loss":
            return data[:place] + data[place + 1 :]
        case "truncation":
            return data[: each.count]
        case _:
            flipped = data[place] ^ 1 << int(rng.integers(8))
            return data[:place] + bytes((flipped,)) + data[place + 1 :]


def _happens(each: Fault, age: int, rng: np.random.Generator) -> bool:
    if each.at is not None:
        return age == round(each.at * 250)
    return bool(rng.random() < each.rate)
