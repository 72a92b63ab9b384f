"""Montages: which channel of a recording is which muscle on which side."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from emgspasm.errors import ConfigError
from emgspasm.labels import Kind
from emgspasm.stream import Channel, StreamInfo
from emgspasm.system import read_typed, unreadable


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one channel of a recording is.

    Parameters
    ----------
    source : int or str
        The recording's channel: its number from 1, or its name.
    label : str
        New label, such as ``OOC_L``: muscle code, underscore, anatomical side.
    kind : str or None
        What it records, as BIDS spells it; None reads it from the label.
    unit : str or None
        Unit of its samples; None keeps the recording's.
    """

    source: int | str
    label: str
    kind: Kind | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Montage:
    """The labels of a recording's channels.

    Parameters
    ----------
    channels : tuple of Assignment
        In the order of the montage.
    ignore : tuple of int or str
        Channels to leave out, by number from 1 or by name.
    name : str
        For messages.
    """

    channels: tuple[Assignment, ...]
    ignore: tuple[int | str, ...] = ()
    name: str = "montage"

    def __post_init__(self) -> None:
        if not self.channels:
            raise ConfigError(f"{self.name}: no [[channel]]; a montage names at least one")
        _refuse_doubles(self.name, "label", [channel.label for channel in self.channels])
        sources = [*(channel.source for channel in self.channels), *self.ignore]
        _refuse_doubles(self.name, "source", [str(source) for source in sources])

    @property
    def sha256(self) -> str:
        """Hash of what it makes of channels, whatever file it came from."""
        return hashlib.sha256(repr((self.channels, self.ignore)).encode()).hexdigest()

    @staticmethod
    def from_table(table: Mapping[str, object]) -> Montage:
        """Read the table ``[montage]`` of a config, with a ``[[montage.channel]]`` each."""
        return read_montage(table, "montage")

    def apply(self, info: StreamInfo) -> tuple[tuple[int, ...], StreamInfo]:
        """Label the channels of a stream.

        Parameters
        ----------
        info : StreamInfo
            The recording's own.

        Returns
        -------
        columns : tuple of int
            Columns of the recording that stay, in the order of the new channels: those of the
            montage, then other kinds than EMG that it does not mention.
        info : StreamInfo
            The new one.

        Raises
        ------
        ConfigError
            If the montage names a channel that is not there, names one twice, or leaves an EMG
            channel of the recording unmentioned.
        """
        columns = [self._column(channel.source, info) for channel in self.channels]
        ignored = [self._column(source, info) for source in self.ignore]
        _refuse_doubles(self.name, "channel", [info.names[i] for i in (*columns, *ignored)])
        rest = [i for i in range(len(info.channels)) if i not in columns and i not in ignored]
        forgotten = [info.names[i] for i in rest if info.channels[i].kind == "EMG"]
        if forgotten:
            raise ConfigError(
                f"{self.name}: says nothing of {', '.join(forgotten)}; give each channel of the "
                "recording a label, or list it under ignore"
            )
        labelled = [
            _label(assignment, info.channels[column])
            for assignment, column in zip(self.channels, columns, strict=True)
        ]
        kept = [info.channels[i] for i in rest]
        _refuse_doubles(self.name, "label", [channel.name for channel in (*labelled, *kept)])
        return (*columns, *rest), replace(info, channels=(*labelled, *kept))

    def _column(self, source: int | str, info: StreamInfo) -> int:
        if isinstance(source, int) and 1 <= source <= len(info.names):
            return source - 1
        if source in info.names:
            return info.names.index(str(source))
        there = ", ".join(f"{i} {name!r}" for i, name in enumerate(info.names, start=1))
        raise ConfigError(
            f"{self.name}: no channel {source!r} in the recording; it has {there}. "
            "Use one of these numbers or names"
        )


def load_montage(path: str | Path) -> Montage:
    """Read a montage from a TOML file.

    Parameters
    ----------
    path : str or Path
        A file with one ``[[channel]]`` for each channel (``source``, ``label``, optionally
        ``kind`` and ``unit``) and optionally ``ignore``, a list of channels to leave out.

    Raises
    ------
    ConfigError
        If it cannot be read, is no TOML, has an unknown key, or labels something twice.
    """
    try:
        table = tomllib.loads(read_typed(Path(path)))
    except OSError as error:
        raise ConfigError(
            f"montage {path} cannot be read ({unreadable(error, Path(path))}). Check the path, or "
            "print a shipped one: emgspasm configs"
        ) from error
    except (ValueError, RecursionError) as error:  # no text, no TOML, or too deep for Python
        raise ConfigError(f"{path}: not valid TOML ({error}); correct that line") from error
    return read_montage(table, str(path))


def read_montage(table: Mapping[str, object], name: str) -> Montage:
    """Read a montage from a table of TOML; `name` is for messages.

    Raises
    ------
    ConfigError
        If it has an unknown key, or labels something twice.
    """
    _refuse_unknown(name, table, ("channel", "ignore"))
    entries = table.get("channel", [])
    ignore = table.get("ignore", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(f"{name}: channel must be written [[channel]], once for each channel")
    if not isinstance(ignore, list) or not all(_is_source(source) for source in ignore):
        raise ConfigError(f"{name}: ignore={ignore!r}; it takes a list of numbers and names")
    return Montage(tuple(_assignment(name, entry) for entry in entries), tuple(ignore), name)


def _assignment(name: str, entry: Mapping[str, object]) -> Assignment:
    _refuse_unknown(name, entry, ("source", "label", "kind", "unit"))
    source, label, kind, unit = (entry.get(key) for key in ("source", "label", "kind", "unit"))
    if not _is_source(source):
        raise ConfigError(f"{name}: source={source!r}; it takes a number from 1 or a name")
    if not isinstance(label, str) or not label.strip():
        raise ConfigError(f"{name}: label={label!r} of source {source!r}; it takes text: OOC_L")
    if kind is not None and kind not in get_args(Kind):
        raise ConfigError(
            f"{name}: kind={kind!r} of {label}; it takes one of {', '.join(get_args(Kind))}"
        )
    if unit is not None and not isinstance(unit, str):
        raise ConfigError(f"{name}: unit={unit!r} of {label}; it takes text: uV")
    return Assignment(source, label, kind, unit)  # type: ignore[arg-type] # checked above


def _is_source(source: object) -> bool:
    return type(source) in (int, str)  # True is an int, too


def _label(assignment: Assignment, channel: Channel) -> Channel:
    labelled = replace(
        Channel.from_label(assignment.label, unit=assignment.unit or channel.unit),
        full_scale=channel.full_scale,
        own_frequency=channel.own_frequency,
    )
    if assignment.kind is None or assignment.kind == labelled.kind:
        return labelled
    return replace(labelled, kind=assignment.kind, side=None, muscle=None)


def _refuse_unknown(name: str, table: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
            raise ConfigError(
                f"{name}: unknown key {key!r}; the nearest is {near[0]!r}, known are "
                f"{', '.join(known)}"
            )


def _refuse_doubles(name: str, what: str, words: list[str]) -> None:
    doubles = sorted({word for word in words if words.count(word) > 1})
    if doubles:
        raise ConfigError(f"{name}: {what} {', '.join(doubles)} twice; each may stand once")
