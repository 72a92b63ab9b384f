"""Options of a source: a table of the config file to a frozen dataclass, strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from emgspasm.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Options = TypeVar("Options", bound="DataclassInstance")


def read_options(kind: type[Options], table: Mapping[str, object], source: str) -> Options:
    """Read the options of a source.

    Parameters
    ----------
    kind : type
        The frozen dataclass they become.
    table : mapping
        Keys and values of the config file.
    source : str
        Name of the source, for messages.

    Raises
    ------
    ConfigError
        An unknown key, a value of the wrong type, or what `kind` itself refuses.
    """
    from cattrs import Converter, transform_error
    from cattrs.errors import BaseValidationError

    _check_keys(kind, table, source)
    converter = Converter()
    for plain in (str, int, float, bool):
        converter.register_structure_hook(plain, _exactly(plain))
    converter.register_structure_hook(str | int, _exactly(str, int))
    try:
        return converter.structure(table, kind)
    except BaseValidationError as error:
        causes = [cause for cause in error.exceptions if isinstance(cause, ConfigError)]
        text = "; ".join(map(str, causes)) or "; ".join(transform_error(error, path=source))
        raise ConfigError(text) from error


def _check_keys(kind: type[Options], table: Mapping[str, object], source: str) -> None:
    known = [each.name for each in fields(kind)]
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}"
            raise ConfigError(f"option {key!r} of source {source!r} is not known. {hint}")


def _exactly(*kinds: type) -> Callable[[Any, Any], Any]:
    """Take a value of these types as it is; a whole number is a float too, a bool is none."""
    taken = (*kinds, int) if float in kinds else kinds

    def structure(value: Any, _: Any) -> Any:
        if type(value) not in taken:
            raise ValueError(f"{value!r} is no {' or '.join(each.__name__ for each in kinds)}")
        return float(value) if float in kinds else value

    return structure
