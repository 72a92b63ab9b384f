"""Sources by name: those of emgspasm and those of installed plug-ins.

A plug-in names a factory under the entry-point group ``emgspasm.sources``. The factory takes the
table of the config file (without its ``kind``) and returns a :class:`emgspasm.stream.Source`;
``emgspasm.testing.check_source`` tells whether it keeps the laws. A factory of boards on serial
ports says by :func:`on_port` which of its options ``--port`` sets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from emgspasm.errors import ConfigError
from emgspasm.stream import Source

Factory = TypeVar("Factory", bound=Callable[..., Any])

GROUP = "emgspasm.sources"


def names() -> tuple[str, ...]:
    """Names of all sources that are installed, in alphabetical order."""
    return tuple(sorted({each.name for each in entry_points(group=GROUP)}))


def on_port(option: str) -> Callable[[Factory], Factory]:
    """Say of a factory which option names the serial port."""

    def marked(factory: Factory) -> Factory:
        factory.port_option = option  # type: ignore[attr-defined]  # functions may have it
        return factory

    return marked


def open_source(name: str, options: Mapping[str, object], port: str | None = None) -> Source:
    """Make a source; entering it opens the device.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    options : mapping
        What the source is told; its keys are the source's own.
    port : str, optional
        Serial port, whatever the options say.

    Raises
    ------
    ConfigError
        No such source, two of the same name, options it does not take, or a port where it has
        none.
    """
    factory = _entry_point(name).load()
    if port is not None:
        options = {**options, _port_option(factory, name): port}
    source = factory(options)
    if not isinstance(source, Source):
        raise ConfigError(
            f"the plug-in of source {name!r} returned a {type(source).__name__}, which is not a "
            "Source. Its author can see why with emgspasm.testing.check_source"
        )
    return source


def _port_option(factory: object, name: str) -> str:
    option: str | None = getattr(factory, "port_option", None)
    if option is None:
        raise ConfigError(
            f"a serial port does not apply to source {name!r}, which is on none. Leave it out"
        )
    return option


def _entry_point(name: str) -> EntryPoint:
    found = {each.value: each for each in entry_points(group=GROUP, name=name)}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise ConfigError(
            f"source {name!r} is offered by {' and '.join(sorted(found))}. Uninstall one of them"
        )
    near = get_close_matches(name, names(), n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names()) or 'none'}"
    raise ConfigError(f"source {name!r} is not known. {hint}")
