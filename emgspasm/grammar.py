"""How a number stands with its noun."""

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
