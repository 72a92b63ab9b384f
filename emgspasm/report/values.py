"""Numbers of the page: each is a cell of a table or an entry of ``X.json``, and says which.

The page computes nothing. What it shows is rounded for reading; the exact text of the cell and
its address stand in the markup (``<data value="12.4678" data-source="summary:side=L:...">``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emgspasm.errors import RecordingError
from emgspasm.storage.tables.tsv import MISSING
from emgspasm.units import on_screen

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from emgspasm.results.analysis import Results


@dataclass(frozen=True, slots=True)
class Value:
    """One cell as the page shows it.

    Parameters
    ----------
    exact : str
        The cell as the file holds it.
    shown : str
        The same, rounded for reading.
    source : str
        ``table:key=value;key=value:column``, or ``json:/path/to/entry``.
    number : bool
        Whether it is one.
    """

    exact: str
    shown: str
    source: str
    number: bool = False

    @property
    def missing(self) -> bool:
        """Whether the cell holds nothing."""
        return self.exact == MISSING

    def __str__(self) -> str:
        return self.shown

    def __html__(self) -> str:
        """Markup of the cell; templates call it."""
        from markupsafe import Markup

        if self.missing:
            tag = '<span class="missing" data-source="{}">{}</span>'
        elif self.number:
            tag = '<data value="{exact}" data-source="{}">{}</data>'
        else:
            tag = '<span data-source="{}">{}</span>'
        return Markup(tag).format(self.source, self.shown, exact=self.exact)  # noqa: S704  format escapes


def cell(
    results: Results,
    table: str,
    where: Mapping[str, str | None],
    column: str,
    digits: int | None = None,
) -> Value:
    """The cell of the only row where these columns hold these values (None: nothing).

    Parameters
    ----------
    results : Results
    table : str
        ``events``, ``summary``, ``quality``, ``pairs`` or ``trials``.
    where : mapping
        Values by column that single out the row.
    column : str
        A column the table lacks is missing, as in results of an earlier version.
    digits : int, optional
        Decimals to show; as in the table if left out.

    Raises
    ------
    RecordingError
        If several rows fit, as where one was copied by hand.
    """
    keys = ";".join(f"{k}={MISSING if v is None else v}" for k, v in where.items())
    source = f"{table}:{keys}:{column}"
    frame: pd.DataFrame = getattr(results, table)
    if column not in frame.columns:
        return Value(MISSING, MISSING, source)
    found = frame[column][_fits(frame, where)]  # of one column: to take whole rows takes long
    if len(found) > 1:
        raise RecordingError(f"{len(found)} rows at {source} (an address names one). Analyze again")
    return told(found.iloc[0] if len(found) else None, source, digits)


def matching(frame: pd.DataFrame, where: Mapping[str, str | None]) -> pd.DataFrame:
    """Rows of a table where these columns hold these values (None: nothing)."""
    return frame[_fits(frame, where)]


def _fits(frame: pd.DataFrame, where: Mapping[str, str | None]) -> npt.NDArray[np.bool_]:
    """Whether each row does."""
    fits = np.ones(len(frame), bool)
    for name, value in where.items():
        column = frame[name]
        fits &= (column.isna() if value is None else column.astype(str) == value).to_numpy()
    return fits


def entry(results: Results, *path: str | int, digits: int | None = None) -> Value:
    """What ``X.json`` holds at this path; missing if there is none."""
    value: Any = results.provenance
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
            break
    return told(value, f"json:/{'/'.join(map(str, path))}", digits)


def told(value: Any, source: str, digits: int | None = None) -> Value:
    """A value for the page; decimals apply to floats, and a text says µV."""
    import pandas as pd

    if pd.isna(value):
        return Value(MISSING, MISSING, source)
    plain = value.item() if hasattr(value, "item") else value
    shown = f"{plain:.{digits}f}" if isinstance(plain, float) and digits is not None else str(plain)
    number = isinstance(plain, int | float) and not isinstance(plain, bool)
    return Value(str(plain), _readable(shown) if number else on_screen(shown), source, number)


def _readable(shown: str) -> str:
    """A number whose minus is one; -0.0 is 0.0."""
    if not shown.startswith("-"):
        return shown
    return shown.lstrip("-") if not shown.strip("-0.") else "\N{MINUS SIGN}" + shown[1:]
