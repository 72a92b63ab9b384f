"""Tables of a config file to frozen dataclasses, strictly.

Unknown keys, wrong types and impossible values are refused with the nearest name or the rule.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from emgspasm.errors import ConfigError

if TYPE_CHECKING:
    import cattrs

T = TypeVar("T")


def structure(table: Mapping[str, Any], kind: type[T], name: str) -> T:
    """Make a dataclass of a table.

    A union of dataclasses is chosen by the key ``kind``: ``BandPass`` is ``"band_pass"``; a class
    with an ``implied_kind`` is called that, and meant where the key is left out. A class whose
    keys are its own business has a class method ``from_table``.

    Parameters
    ----------
    table : mapping
        As TOML gives it.
    kind : type
        A dataclass; its fields are the keys.
    name : str
        Where the table stands, for messages.

    Raises
    ------
    ConfigError
        An unknown key, a value of the wrong type, or one that breaks a rule.
    """
    import cattrs

    try:
        return _converter().structure(table, kind)
    except cattrs.BaseValidationError as error:
        raise ConfigError(f"{name}: {next(_complaints(error, ''))}") from None


@cache
def _converter() -> cattrs.Converter:
    """Structure dataclasses strictly: no unknown keys, no silent conversions."""
    import cattrs

    converter = cattrs.Converter(forbid_extra_keys=True)
    for plain in (bool, str, int):
        converter.register_structure_hook(plain, _exactly(plain))
    converter.register_structure_hook(str | int, _exactly(str, int))
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook_func(partial(_stems_from, Literal), _one_of)
    converter.register_structure_hook_func(partial(_stems_from, tuple), partial(_tuple, converter))
    converter.register_structure_hook_factory(is_dataclass, partial(_dataclass, converter))
    converter.register_structure_hook_func(_reads_tables, _from_table)
    converter.register_structure_hook_factory(_is_choice, partial(_by_kind, converter))
    return converter


def _exactly(*kinds: type) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if type(value) not in kinds:
            raise TypeError(
                f"{value!r} is not of type {' or '.join(kind.__name__ for kind in kinds)}"
            )
        return value

    return structure


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:
        raise TypeError(f"{value!r} is not a finite number")
    return float(value)


def _reads_tables(kind: Any) -> bool:
    return hasattr(kind, "from_table")


def _from_table(value: Any, kind: Any) -> Any:
    return kind.from_table(_table(value))


def _is_choice(kind: Any) -> bool:
    """Whether a type is a union of dataclasses."""
    return isinstance(kind, UnionType) and all(map(is_dataclass, get_args(kind)))


def _stems_from(origin: Any, kind: Any) -> bool:
    return get_origin(kind) is origin


def _one_of(value: Any, kind: Any) -> Any:
    if value not in get_args(kind):
        raise ValueError(f"{value!r}; it must be one of {', '.join(get_args(kind))}")
    return value


def _tuple(converter: cattrs.Converter, value: Any, kind: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not an array")
    items: Any = list[get_args(kind)[0]]  # type: ignore[misc]  # made at run time
    return tuple(converter.structure(value, items))


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not a table")
    return value


def _dataclass(converter: cattrs.Converter, cl: type) -> Callable[[Any, Any], Any]:
    from cattrs.gen import make_dict_structure_fn

    inner: Callable[[Any, Any], Any] = make_dict_structure_fn(cl, converter)
    return lambda value, kind: inner(_table(value), kind)


def _by_kind(converter: cattrs.Converter, union: Any) -> Callable[[Any, Any], Any]:
    """Choose the class of a union by the key ``kind``: ``BandPass`` is ``"band_pass"``."""
    classes = {kind_name(member): member for member in get_args(union)}
    implied = next((c.implied_kind for c in classes.values() if hasattr(c, "implied_kind")), None)

    def structure(value: Any, _: Any) -> Any:
        table = dict(_table(value))
        kind = table.pop("kind", implied)
        if kind not in list(classes):
            raise ValueError(f"kind={kind!r}; it must be one of {', '.join(classes)}")
        return converter.structure(table, classes[kind])

    return structure


def kind_name(member: type) -> str:
    """What a class of a union is called by the key ``kind``."""
    implied: str | None = getattr(member, "implied_kind", None)
    return implied or _snake(member.__name__)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _complaints(error: BaseException, place: str) -> Iterator[str]:
    """What is wrong, and where, as sentences."""
    import cattrs
    from cattrs.errors import ForbiddenExtraKeysError

    if isinstance(error, ForbiddenExtraKeysError):
        for key in sorted(error.extra_fields):
            yield f"unknown key {_join(place, key)}. {_nearest(key, error.cl)}"
    elif isinstance(error, cattrs.BaseValidationError):
        for inner in error.exceptions:
            yield from _complaints(inner, _join(place, _note(inner)))
    elif isinstance(error, KeyError):
        yield f"key {place} is missing. Give it a value"
    else:
        yield f"{place}: {error}" if place else str(error)


def _note(error: BaseException) -> str:
    """Name of the attribute, or number of the element, that cattrs notes on an error."""
    from cattrs import AttributeValidationNote, IterableValidationNote

    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return str(note.name)
        if isinstance(note, IterableValidationNote):
            return str(note.index)
    return ""


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place and name else place or name


def _nearest(key: str, cl: type) -> str:
    names = [f.name for f in fields(cl)] if is_dataclass(cl) else []
    near = difflib.get_close_matches(key, names, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(names)}"
