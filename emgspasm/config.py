"""One strict TOML file says what is measured; its dataclasses are its documentation.

Unknown keys, wrong types and impossible values are refused with the nearest name or the rule.
The text of the file is stored with every result.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from emgspasm.dsp.pipeline import Pipeline
from emgspasm.errors import ConfigError
from emgspasm.storage.montage import Montage
from emgspasm.structure import structure
from emgspasm.system import read_typed, unreadable


@dataclass(frozen=True, slots=True)
class SourceTable:
    """Where a stream comes from.

    Parameters
    ----------
    kind : str
        Name of the source, as registered under the entry points ``emgspasm.sources``.
    options : mapping
        All other keys of the table; the source checks them when it is made.
    """

    kind: str
    options: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> Self:
        """Read the table ``[source]``, whose order does not matter."""
        options = {key: table[key] for key in sorted(table) if key != "kind"}
        kind = table.get("kind")
        if not isinstance(kind, str):
            raise TypeError(f"kind={kind!r}; it must name a source, such as cyton")
        return cls(kind, options)


@dataclass(frozen=True, slots=True)
class RecordingTable:
    """What only people know of a recording, whoever is recorded.

    Parameters
    ----------
    reference : str
        BIDS ``EMGReference``: ``Bipolar``, or what all channels are measured against.
    placement : str
        How electrode sites were found, in words.
    power_line_frequency : float or None
        Hertz of the mains; None where nobody said.
    """

    reference: str = "Bipolar"
    placement: str = ""
    power_line_frequency: float | None = None

    def __post_init__(self) -> None:
        hertz = self.power_line_frequency
        if hertz is not None and hertz <= 0:
            raise ValueError(
                f"power_line_frequency={hertz:g} Hz; it must be positive: 50 or 60. Leave it out "
                "if it is not known"
            )


MARKER_KEYS = tuple("123456789")
"""Keys that mark: in the terminal, the window and the browser."""


@dataclass(frozen=True, slots=True)
class MarkerTable:
    """What :data:`MARKER_KEYS` mark while a recording runs, and who else marks.

    Parameters
    ----------
    keys : mapping
        Text by key; a key without text marks ``marker N``.
    lsl : str
        Name of a marker stream of the network (LSL) that is stored too; empty for none.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    lsl: str = ""

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> Self:
        """Read the table ``[markers]``: texts of the keys ``1`` to ``9``, and ``lsl``."""
        for key, text in table.items():
            if key not in (*MARKER_KEYS, "lsl"):
                raise ValueError(
                    f"key {key!r}; markers have the keys {MARKER_KEYS[0]} to {MARKER_KEYS[-1]}, "
                    "and lsl"
                )
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"{key} = {text!r}; a marker needs a text, such as smile")
        if "'" in str(table.get("lsl", "")):
            raise ValueError(f"lsl = {table['lsl']!r}; liblsl cannot look for an apostrophe")
        texts = {key: str(table[key]).strip() for key in sorted(table)}
        return cls(lsl=texts.pop("lsl", ""), keys=texts)

    @property
    def texts(self) -> dict[str, str]:
        """What every one of :data:`MARKER_KEYS` marks."""
        return {key: self.keys.get(key, f"marker {key}") for key in MARKER_KEYS}


@dataclass(frozen=True, slots=True)
class OutletTable:
    """What is sent to the network (LSL) while recording; nothing unless it is named.

    liblsl listens on all network interfaces, without password or encryption.

    Parameters
    ----------
    signal : str
        Name of the stream of the filtered signal; empty for none.
    events : str
        Name of the stream of bursts and events, as text; empty for none.
    """

    signal: str = ""
    events: str = ""

    def __post_init__(self) -> None:
        for key, name in (("signal", self.signal), ("events", self.events)):
            if name and not (name.isprintable() and name.strip() == name):
                raise ValueError(f"{key} = {name!r}; a stream's name is printable text")
        if self.signal and self.signal == self.events:
            raise ValueError(f"signal and events are both {self.signal!r}; name them apart")


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
    source : SourceTable or None
        Where a stream comes from; stored recordings need none.
    montage : Montage or None
        Labels for a source that has none of its own; stored recordings keep theirs.
    recording : RecordingTable
    markers : MarkerTable
    outlets : OutletTable
    """

    pipeline: Pipeline = field(default_factory=Pipeline)
    mains: Literal["auto", "off"] = "auto"
    exploratory: bool = False
    source: SourceTable | None = None
    montage: Montage | None = None
    recording: RecordingTable = field(default_factory=RecordingTable)
    markers: MarkerTable = field(default_factory=MarkerTable)
    outlets: OutletTable = field(default_factory=OutletTable)


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
    def pipeline(self) -> Pipeline:
        """What finds bursts, as :func:`emgspasm.analyze` takes it."""
        return self.config.pipeline

    @property
    def sha256(self) -> str:
        """Hash of the settings that shape numbers, whatever the text says of defaults.

        Source, recording, markers and outlets say where samples come from and go to. A montage
        names channels, which every recording then does itself. Neither changes a number, nor does
        `exploratory`: it only lets there be any.
        """
        shaping = self.config.pipeline, self.config.mains
        return hashlib.sha256(repr(shaping).encode()).hexdigest()


def load_config(path: str | os.PathLike[str]) -> LoadedConfig:
    """Read a config file.

    Raises
    ------
    ConfigError
        If the file cannot be read, is no TOML, or breaks a rule.
    """
    file = Path(path)
    try:
        text = read_typed(file)
    except OSError as error:
        raise ConfigError(
            f"config {file} cannot be read ({unreadable(error, file)}). Check the path, or print "
            "a shipped one: emgspasm configs"
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
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOML, or too long or deep for Python
        path = "; a path takes / in place of \\" if "\\" in text else ""
        raise ConfigError(f"{name} is not valid TOML ({error}). Correct that line{path}") from None
    if "channel" in table:
        raise ConfigError(
            f"{name} is a montage ([[channel]]), not a config. Give it with --montage"
        )
    return LoadedConfig(structure(table, Config, name), text)
