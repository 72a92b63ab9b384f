"""The command that opens the live window."""

from __future__ import annotations

import gc
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emgspasm.cli.boards import configured_source
from emgspasm.cli.conclusion import conclude
from emgspasm.cli.console import (
    FILE,
    Command,
    positive,
    read_config,
    read_montage,
    say,
    say_when_compiling,
)
from emgspasm.cli.extras import require_extra
from emgspasm.cli.options import gain_option, port_option, rate_option
from emgspasm.cli.recording import describe
from emgspasm.errors import ConfigError, SourceError
from emgspasm.postponement import postponed

if TYPE_CHECKING:
    from emgspasm.config import LoadedConfig

SLOWEST, FASTEST = 0.25, 16.0
"""Seconds of a recording that may be shown in a second."""


@click.command(cls=Command)
@click.argument("file", required=False, type=FILE)
@click.option(
    "--config", type=FILE, help="TOML file with the settings; its [source] table names the board."
)
@port_option
@click.option("--study", type=FILE, help="Folder of the study to record into; made if missing.")
@click.option(
    "--montage", type=FILE, help="TOML file that gives side and muscle of FILE's channels."
)
@rate_option
@gain_option
@click.option("--speed", type=click.FloatRange(SLOWEST, FASTEST), default=1.0, show_default=True,
              callback=positive, help="Speed of a replay, times real time.")  # fmt: skip
def view(
    file: Path | None,
    config: Path | None,
    port: str | None,
    study: Path | None,
    montage: Path | None,
    sampling_frequency: float | None,
    gain: float | None,
    speed: float,
) -> None:
    """Open the live window: replay FILE, or show and record the board of --config.

    Left and right of the face stand side by side, with bursts and events drawn on the traces. F1 in
    the window explains what is on the screen and lists the keys. Research and education only.
    """
    if file is None and config is None:
        raise ConfigError(
            "nothing to show (neither FILE nor --config). Give a recording to replay, or a config "
            "with a [source] table: emgspasm configs simulated"
        )
    if file is not None and (port or study):
        raise ConfigError("--port and --study are for a board. Leave them out to replay a file")
    if file is None and any(given is not None for given in (montage, sampling_frequency, gain)):
        raise ConfigError(
            "--montage, --sampling-frequency and --gain are for a recording. The config of a board "
            "labels its inputs and says how it is set"
        )
    gc.disable()  # a fifth of the start would be looks for garbage; the window enables it
    try:
        loaded = with_montage(read_config(config), montage)
        require_window()
        say_when_compiling()
        if file is not None:
            _replay(file, loaded, speed, sampling_frequency, gain)
        elif config is not None:
            _live(loaded, config, port, study)
    finally:
        gc.enable()


def with_montage(loaded: LoadedConfig, path: Path | None) -> LoadedConfig:
    """The config with the montage of a file in place of its own, if there is one."""
    montage = read_montage(path)
    if montage is None:
        return loaded
    return replace(loaded, config=replace(loaded.config, montage=montage))


def _replay(
    file: Path,
    loaded: LoadedConfig,
    speed: float,
    sampling_frequency: float | None,
    gain: float | None,
) -> None:
    with postponed():  # Qt's bindings abort the process when their import is cut short
        from emgspasm.viewer import application

    application.replay(file, loaded, speed, say, sampling_frequency=sampling_frequency, gain=gain)


def _live(loaded: LoadedConfig, config: Path, port: str | None, study: Path | None) -> None:
    from emgspasm.desk.wiring import Wiring

    with postponed():  # Qt's bindings abort the process when their import is cut short
        from emgspasm.viewer import application

    configured_source(loaded, config, port)  # what is wrong with it is said before a window opens
    wiring = Wiring(loaded, lambda: configured_source(loaded, config, port), describe, conclude)
    application.live(wiring, study, say)


def require_window() -> None:
    """Refuse where no window can be shown.

    Raises
    ------
    ConfigError
        The window's libraries are not installed.
    SourceError
        There is no display.
    """
    require_extra("viewer", "; or record without: emgspasm record")
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    display = os.environ.get("DISPLAY", "")
    if os.environ.get("WAYLAND_DISPLAY") or answers(display):
        return
    missing = (
        f"display {display} does not answer" if display
        else "no display: a window cannot be shown here, neither DISPLAY nor WAYLAND_DISPLAY is set"
    )  # fmt: skip
    raise SourceError(
        f"{missing} (a window needs one). Record without a window: emgspasm record; or see what "
        "is stored: emgspasm analyze"
    )


def answers(display: str) -> bool:
    """Whether an X server listens at a display such as ``:0`` or ``host:10.0``.

    Qt aborts the whole process where none does, so it is asked beforehand.
    """
    host, _, number = display.rpartition(":")
    screen = number.split(".")[0]
    if not screen.isdigit():
        return False
    if host and host != "unix":
        return _connects(socket.AF_INET, (host, 6000 + int(screen)))
    place = f"/tmp/.X11-unix/X{screen}"  # noqa: S108  where X servers listen
    return _connects(socket.AF_UNIX, place) or _connects(socket.AF_UNIX, f"\0{place}")


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
