"""How loops are compiled that take most of the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numba
import numpy as np
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic
from numpy.typing import NDArray

Values = NDArray[np.float64]

LOOP: Final[dict[str, Any]] = {"cache": True, "nogil": True, "_nrt": False}
"""Of a function that allocates nothing: numba then counts no references to arrays.

It would at every slice and every call, atomically, which took longer than the arithmetic of a
quiet window. The option is numba's own, for such functions of its own; one that does allocate is
refused when it is compiled.
"""

SUM: Final[dict[str, Any]] = {**LOOP, "fastmath": {"reassoc"}}
"""Of a function that sums: in whatever order, so that several terms are taken at once.

For sums of one length the order is always the same, so that the chunks make no difference.
"""


@numba.njit(**LOOP)
def copy(values, there):
    """Copy what there is room for: several at once, as an assignment of slices does not.

    Nor are the words of its error compiled, which take longer than a filter.
    """
    n = min(len(values), len(there))
    here, there = values[:n], there[:n]
    for i in range(n):
        there[i] = here[i]


def _as_read_only(_typing: Any, array: Any) -> Any:
    """The array as one that is only read, within a compiled function.

    Samples of a chunk are read-only, held ones are not: to numba these are two types, for each of
    which all that is called with them would be compiled again.
    """

    def view(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return impl_ret_borrowed(context, builder, signature.return_type, arguments[0])  # type: ignore[no-untyped-call]

    return array.copy(readonly=True)(array), view


read_only: Final[Callable[[Values], Values]] = intrinsic(_as_read_only)  # type: ignore[assignment]  # compiled code calls it by its last argument alone
