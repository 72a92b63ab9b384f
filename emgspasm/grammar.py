"""How numbers stand in sentences."""

from __future__ import annotations


def several(n: int, one: str, more: str = "") -> str:
    """A number with its noun, or with noun and verb.

    Parameters
    ----------
    n : int
    one : str
        What there is one of: ``recording``, ``record begins``.
    more : str
        The same of several, where it is more than an ``s``: ``records begin``.
    """
    return f"{n} {one if n == 1 else more or f'{one}s'}"


def percent(share: float, digits: int) -> str:
    """A share in percent; one that would be rounded to nothing is said to be less than a step."""
    least = 10.0**-digits
    if 0 < 100 * share < least / 2:
        return f"< {least:g} %"
    return f"{100 * share:.{digits}f} %"
