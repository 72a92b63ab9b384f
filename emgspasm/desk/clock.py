"""Times of a recording as people read them."""

from __future__ import annotations


def clock(seconds: float, spacing: float = 1.0) -> str:
    """A time of the recording: ``1:02:03.5``.

    Parameters
    ----------
    seconds : float
    spacing : float
        Seconds between two times that must be told apart: gives the digits.
    """
    digits = 0 if spacing >= 1 else 1 if spacing >= 0.1 else 2
    total = round(seconds, digits)
    sign, total = ("-", -total) if total < 0 else ("", total)
    hours, rest = divmod(total, 3600)
    minutes, secs = divmod(rest, 60)
    tail = f"{secs:0{2 if not digits else 3 + digits}.{digits}f}"
    return f"{sign}{hours:.0f}:{minutes:02.0f}:{tail}" if hours else f"{sign}{minutes:.0f}:{tail}"
