"""One strict TOML file says what is measured; its dataclasses are its documentation.

Unknown keys, wrong types and impossible values are refused with the nearest name or the rule.
The text of the file is stored with every result.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from emgspasm.dsp.pipeline import Pipeline
from emgspasm.errors import ConfigError

if TYPE_CHECKING:
    import cattrs


@dataclass(frozen=True, slots=True)
class Config:
    """What a config file says.

    Parameters
    ----------
    pipeline : Pipeline
        Screen, filters, envelope and detector.
    mains : {"auto", "off"}
        Whether a notch is added where the first seconds show mains; a notch among the
        pipeline's filters is used in any case.
    exploratory : bool
        Analyze recordings whose sampling frequency is too low for EMG; every output is then
        marked exploratory.
    """

    pipeline: Pipeline = field(default_factory=Pipeline)
    mains: Literal["auto", "off"] = "auto"
    exploratory: bool = False


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A config with the text it came from.

    Parameters
    ----------
    config : Config
    text : str
        TOML; empty for the defaults.
    """

    config: Config = field(default_factory=Config)
    text: str = ""

    @property
    def sha256(self) -> str:
        """Hash of what is configured, whatever the text's layout and comments."""
        return hashlib.sha256(repr(self.config).encode()).hexdigest()


def load_config(path: str | os.PathLike[str]) -> LoadedConfig:
    """Read a config file.

    Raises
    ------
    ConfigError
        If the file cannot be read, is no TOML, or breaks a rule.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"config {file} cannot be read ({error.strerror}). Check the path"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"config {file} is not UTF-8 text. Save it as UTF-8") from None
    return parse_config(text, str(file))


def parse_config(text: str, name: str = "config") -> LoadedConfig:
    """Read the text of a config file; `name` is for messages.

    Raises
    ------
    ConfigError
        If the text is no TOML or breaks a rule.
    """
    import cattrs

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is no valid TOML ({error}). Mend that line") from None
    try:
        return LoadedConfig(_converter().structure(table, Config), text)
    except cattrs.BaseValidationError as error:
        raise ConfigError(f"{name}: {next(_complaints(error, ''))}") from None


@cache
def _converter() -> cattrs.Converter:
    """Structure dataclasses strictly: no unknown keys, no silent conversions."""
    import cattrs

    from emgspasm.dsp.envelope import Envelope
    from emgspasm.dsp.filters import Filter

    converter = cattrs.Converter(forbid_extra_keys=True)
    for plain in (bool, str, int):
        converter.register_structure_hook(plain, _exactly(plain))
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook_func(partial(_stems_from, Literal), _one_of)
    converter.register_structure_hook_func(partial(_stems_from, tuple), partial(_tuple, converter))
    converter.register_structure_hook_factory(is_dataclass, partial(_dataclass, converter))
    converter.register_structure_hook(Filter, _by_kind(converter, Filter))
    converter.register_structure_hook(Envelope, _by_kind(converter, Envelope))
    return converter


def _exactly(kind: type) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return value

    return structure


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:
        raise TypeError(f"{value!r} is no finite number")
    return float(value)


def _stems_from(origin: Any, kind: Any) -> bool:
    return get_origin(kind) is origin


def _one_of(value: Any, kind: Any) -> Any:
    if value not in get_args(kind):
        raise ValueError(f"{value!r}; it must be one of {', '.join(get_args(kind))}")
    return value


def _tuple(converter: cattrs.Converter, value: Any, kind: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no array")
    items: Any = list[get_args(kind)[0]]  # type: ignore[misc]  # made at run time
    return tuple(converter.structure(value, items))


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no table")
    return value


def _dataclass(converter: cattrs.Converter, cl: type) -> Callable[[Any, Any], Any]:
    from cattrs.gen import make_dict_structure_fn

    inner: Callable[[Any, Any], Any] = make_dict_structure_fn(cl, converter)
    return lambda value, kind: inner(_table(value), kind)


def _by_kind(converter: cattrs.Converter, union: Any) -> Callable[[Any, Any], Any]:
    """Choose the class of a union by the key ``kind``: ``BandPass`` is ``"band_pass"``."""
    classes = {_snake(member.__name__): member for member in union.__args__}

    def structure(value: Any, _: Any) -> Any:
        table = dict(_table(value))
        kind = table.pop("kind", None)
        if kind not in list(classes):
            raise ValueError(f"kind={kind!r}; it must be one of {', '.join(classes)}")
        return converter.structure(table, classes[kind])

    return structure


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
    else:
        yield f"{place or 'the file'}: {error}"


def _note(error: BaseException) -> str:
    """Name of the attribute, or the number of the element, cattrs tells an error to be about."""
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
