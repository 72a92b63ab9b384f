"""Tables as TSV files: written whole or not at all, read back as data frames."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from glob import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.columns import JOINT_TABLES, TABLES, Column, labels
from emgspasm.storage.regular import refuse_special

if TYPE_CHECKING:
    import pandas as pd

MISSING = "n/a"


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column]) -> pd.DataFrame:
    """Rows as a data frame with exactly these columns; what a row lacks is missing."""
    rows = list(rows)
    return frame(((c.name, [row.get(c.name) for row in rows]) for c in columns), columns)


def frame(cells: Iterable[tuple[str, Any]], columns: Sequence[Column]) -> pd.DataFrame:
    """Cells by column as a data frame with exactly these columns.

    Parameters
    ----------
    cells : iterable of (str, array_like or scalar)
        None and NaN are missing; what is no array stands in every row. Taken one after the other,
        so that one column at a time is in memory twice.
    columns : sequence of Column
        In order; what `cells` lacks is missing.
    """
    import pandas as pd

    whole = {column.name for column in columns if column.whole}
    varying, same = {}, {}
    for name, values in cells:
        if _is_scalar(values):
            same[name] = values
        else:  # pandas' integers may be missing
            varying[name] = (
                pd.Series(values).astype("Int64") if name in whole else pd.Series(values)
            )
    index = pd.RangeIndex(len(next(iter(varying.values()), ())))
    for column in columns:
        if column.name not in varying:
            value = same.get(column.name)
            series = pd.Series(np.full(len(index), None) if value is None else value, index)
            varying[column.name] = series.astype("Int64") if column.whole else series
    return pd.DataFrame({column.name: varying[column.name] for column in columns}, copy=False)


def _is_scalar(values: Any) -> bool:
    return values is None or isinstance(values, str)


def table_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a data frame as dicts by column, None for what is missing."""
    import pandas as pd

    filled = frame.astype(object).where(frame.notna(), None)
    assert isinstance(filled, pd.DataFrame)
    return [{str(k): v for k, v in row.items()} for row in filled.to_dict("records")]


def write_table(frame: pd.DataFrame, path: Path, *, overwrite: bool = False) -> None:
    """Write a data frame as TSV, ``n/a`` for missing, seven significant digits at least.

    Raises
    ------
    ConfigError
        If the file exists and `overwrite` is False.
    RecordingError
        If it cannot be written.
    """
    with replacing(path, overwrite=overwrite) as temporary:
        frame.to_csv(temporary, sep="\t", index=False, na_rep=MISSING, lineterminator="\n")


def read_table(path: Path) -> pd.DataFrame:
    """Read a TSV file of events, truth or results; ``n/a`` is NaN.

    Raises
    ------
    RecordingError
        If the file cannot be read, is no table, or is cut.
    """
    import pandas as pd

    try:
        content = path.read_bytes()
        _refuse_cut(content, path)
        return pd.read_csv(
            BytesIO(content), sep="\t", na_values=[MISSING], keep_default_na=False,
            dtype=dict.fromkeys(labels(), str),
        )  # fmt: skip
    except OSError as error:
        raise RecordingError(f"{path} cannot be read ({error.strerror}). Check the path") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise RecordingError(
            f"{path} is no tab-separated table ({str(error).strip()}). Give a _events.tsv file"
        ) from None


def _refuse_cut(content: bytes, path: Path) -> None:
    """Refuse a table that ends inside a row, since any number of rows may be missing."""
    first, last = content.split(b"\n", 1)[0], content[content.rfind(b"\n") + 1 :]
    n_fields, n_last = first.count(b"\t") + 1, last.count(b"\t") + 1
    if last.strip() and n_last < n_fields:
        raise RecordingError(
            f"{path} is cut: its last line holds {n_last} of {n_fields} fields and has no end. "
            "Take a whole copy, or make it again"
        )


def require_numbers(frame: pd.DataFrame, path: Path, columns: Iterable[str]) -> None:
    """Refuse a table that holds words where numbers belong; cells may be missing.

    Raises
    ------
    RecordingError
        Naming the first such cell.
    """
    import pandas as pd

    for name in columns:
        cells = frame.get(name, pd.Series(dtype=float))
        wrong = (cells.notna() & pd.to_numeric(cells, errors="coerce").isna()).to_numpy().nonzero()
        for row in wrong[0]:
            raise RecordingError(
                f"{path}: {name} is {str(cells.iloc[row])[:40]!r} in line {row + 2} (a number, or "
                f"{MISSING}). Mend that cell"
            )


def write_json(content: Mapping[str, Any], path: Path, *, overwrite: bool = False) -> None:
    """Write JSON with the same promises as :func:`write_table`."""
    with replacing(path, overwrite=overwrite) as temporary:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def data_dictionary() -> dict[str, Any]:
    """Every column of every table, as ``dataset.json`` beside the results describes them."""
    return {
        f"{name}.tsv": {column.name: described(column) for column in columns}
        for name, columns in (TABLES | JOINT_TABLES).items()
    }


def described(column: Column) -> dict[str, Any]:
    """The entry of a column in a data dictionary, in the words of BIDS."""
    entry: dict[str, Any] = {"Description": column.description}
    if column.unit:
        entry["Units"] = column.unit
    if column.levels:
        entry["Levels"] = list(column.levels)
    return entry


OTHERWISE = "Use --overwrite or another name"


def refuse_existing(*paths: Path, overwrite: bool = False, remedy: str = OTHERWISE) -> None:
    """Refuse a call whose output is there already.

    Raises
    ------
    ConfigError
        Naming the first path that exists, unless `overwrite`.
    """
    for path in paths:
        if path.exists() and not overwrite:
            raise existing(path, remedy)


def existing(path: Path, remedy: str = OTHERWISE, why: str = "") -> ConfigError:
    """The error of a file that would be overwritten; `why` it is not made anew."""
    reason = f"; {why}" if why else ""
    return ConfigError(f"{path} exists (nothing is overwritten unasked{reason}). {remedy}")


@contextmanager
def replacing(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A temporary name beside `path` which takes its place when all went well.

    Raises
    ------
    ConfigError
        If `path` exists and `overwrite` is False, or it is a pipe or a device.
    RecordingError
        If the folder cannot be written to.
    """
    refuse_existing(path, overwrite=overwrite)
    refuse_special(path)
    temporary = path.with_name(f".{path.name}{_temporary(os.getpid())}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _to_disk(temporary)  # or a power cut may leave the new name on an empty file
        temporary.replace(path)
        _to_disk(path.parent)
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be written ({_reason(error)}). Check the folder and the free space"
        ) from error
    finally:
        with suppress(OSError):  # there may be no folder; the error is raised already
            temporary.unlink(missing_ok=True)


def _reason(error: OSError) -> str | None:
    """The system's reason alone: pyarrow's text holds the temporary name too."""
    return os.strerror(error.errno) if error.errno else error.strerror


def remove_temporary(folder: Path, process: int | None) -> None:
    """Remove what a process left in a folder that was killed inside :func:`replacing`."""
    for path in folder.glob(f".*{_temporary(process)}"):
        path.unlink(missing_ok=True)


def remove_leftovers(*paths: Path) -> None:
    """Remove what a process left beside these that was killed inside :func:`replacing`."""
    for path in paths:
        for left in path.parent.glob(f".{escape(path.name)}{_temporary('*')}"):
            left.unlink(missing_ok=True)


def _temporary(process: int | str | None) -> str:
    """How the names end under which a process writes."""
    return f".{process}.tmp"


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
