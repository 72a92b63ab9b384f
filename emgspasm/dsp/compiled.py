"""How the detector's loop is compiled."""

from __future__ import annotations

from typing import Any, Final

LOOP: Final[dict[str, Any]] = {"cache": True, "nogil": True, "_nrt": False}
"""Of a function that allocates nothing: numba then counts no references to arrays.

It would at every slice and every call, atomically, which took longer than the arithmetic of a
quiet window. The option is numba's own, for such functions of its own; one that does allocate is
refused when it is compiled.
"""
