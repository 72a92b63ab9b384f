"""What a recording or a stream must be to be analyzed."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from emgspasm.config import LoadedConfig
from emgspasm.dsp.rates import EDGE, HIGH_PASS, HIGHEST, LEAST, LOW_PASS, LOWEST
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.results.channels import without_emg
from emgspasm.stream import StreamInfo


def require_name(path: Path) -> None:
    """Refuse a recording whose name, which stands in its tables, would break them.

    Raises
    ------
    RecordingError
        If it holds control characters or bytes that are no UTF-8.
    """
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in path.stem):
        raise RecordingError(
            f"{path.name!a}: its name cannot stand in tables (tabs, line ends or bytes that "
            "are not UTF-8). Rename it"
        )


def require_rate(
    path: str | os.PathLike[str], info: StreamInfo, sampling_frequency: float | None
) -> None:
    """Refuse a given rate where the file itself holds another one.

    Raises
    ------
    ConfigError
        Naming both.
    """
    own = info.sampling_frequency
    if sampling_frequency is not None and abs(own - sampling_frequency) > 1e-6 * own:
        raise ConfigError(
            f"{path} was recorded at {own:g} Hz, not {sampling_frequency:g} Hz (a sampling "
            "frequency is given for files that do not say theirs). Leave it out"
        )


def require_analyzable(info: StreamInfo, config: LoadedConfig) -> None:
    """Refuse what would give numbers without meaning.

    Raises
    ------
    ConfigError
        If a channel's side or muscle is unknown, the rate too low, or nothing of the band left.
    """
    _require_emg(info)
    emg = [info.channels[column] for column in info.columns()]
    nameless = [c.name for c in emg if c.side is None or c.muscle is None]
    if nameless:
        twice = ", and a label that occurs twice is numbered" if _numbered(nameless) else ""
        raise ConfigError(
            f"side and muscle unknown of channels {', '.join(nameless)} (labels follow "
            f"OOC_L{twice}). Give --montage FILE.toml that names them: emgspasm configs "
            "montage_face8 prints one"
        )
    require_band(info, config)
    fs = info.sampling_frequency
    if fs < LOWEST and not config.config.exploratory:
        raise ConfigError(
            f"sampling frequency {fs:g} Hz ({LOWEST:g} Hz is the least for EMG: {_remaining(fs)}). "
            "Record faster, or set exploratory = true in the config"
        )


def _numbered(names: list[str]) -> bool:
    """Whether one of the names was told apart from another of its kind, as ``OOC_L (2)``."""
    return any(re.search(r" \(\d+\)\Z", name) for name in names)


def _require_emg(info: StreamInfo) -> None:
    if not info.columns():
        raise ConfigError(without_emg(info))


def require_band(info: StreamInfo, config: LoadedConfig) -> None:
    """Refuse what cannot even be filtered.

    Raises
    ------
    ConfigError
        There is no EMG channel, the rate leaves nothing of the filters' band, or is none that an
        amplifier has.
    """
    _require_emg(info)
    if info.sampling_frequency > HIGHEST:
        raise ConfigError(
            f"sampling frequency {info.sampling_frequency:g} Hz ({HIGHEST:g} Hz is the most). "
            "Give the recording's own"
        )
    if info.sampling_frequency < LEAST:
        raise ConfigError(
            f"sampling frequency {info.sampling_frequency:g} Hz ({LEAST:g} Hz is the least that "
            f"holds any EMG: signals up to {EDGE * info.sampling_frequency:g} Hz are no EMG). "
            f"Record at {LOWEST:g} Hz or more"
        )
    try:
        config.pipeline.settling(info)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _remaining(sampling_frequency: float) -> str:
    """Which part of the EMG band a sampling frequency leaves, in words."""
    top = EDGE * sampling_frequency
    return f"of {HIGH_PASS:g}-{LOW_PASS:g} Hz only {HIGH_PASS:g}-{top:g} Hz remain"
