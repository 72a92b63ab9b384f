"""How loops are compiled that take most of the time."""

from __future__ import annotations

from typing import Any, Final

LOOP: Final[dict[str, Any]] = {"cache": True, "nogil": True, "_nrt": False}
"""Of a function that allocates nothing: numba then counts no references to arrays.

It would at every slice and every call, atomically, which took longer than the arithmetic of a
quiet window. The option is numba's own, for such functions of its own; one that does allocate is
refused when it is compiled.
"""

SUM: Final[dict[str, Any]] = {"cache": True, "nogil": True, "fastmath": {"reassoc"}}
"""Of a function that sums: in whatever order, so that several terms are taken at once.

For sums of one length the order is always the same, so that the chunks make no difference.
"""
