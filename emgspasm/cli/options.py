"""Options that several commands have, each described once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from emgspasm.cli.console import FILE, positive

Function = TypeVar("Function", bound=Callable[..., Any])

_KEYS = {"participant": "sub-", "session": "ses-", "task": "task-"}


def bare(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001  click's signature
    """Callback of options which take a label: ``sub-01``, as tables and folders have it, is 01."""
    return None if value is None else value.removeprefix(_KEYS[param.name or ""])


config_option = click.option("--config", type=FILE, help="TOML file with the settings.")
live_config_option = click.option(
    "--config", required=True, type=FILE, help="TOML file with a [source] table."
)
montage_option = click.option(
    "--montage", type=FILE, help="TOML file that gives the side and muscle of each channel."
)
rate_option = click.option(
    "--sampling-frequency", type=float, callback=positive, help="Hz, for files that do not give it."
)
gain_option = click.option(
    "--gain", type=float, callback=positive, help="Amplifier gain of an SD card file."
)
SERIAL = "Serial port, in place of the one in the config."
port_option = click.option("--port", metavar="PORT", help=SERIAL)
board_port_option = click.option("--board-port", metavar="PORT", help=SERIAL)
listed_option = click.option(
    "--participant",
    required=True,
    metavar="ID",
    callback=bare,
    help="Participant, as in participants.tsv.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

_PLACE = (
    click.option("--study", required=True, type=FILE, help="Folder of the study; made if missing."),
    click.option(
        "--participant",
        required=True,
        metavar="ID",
        callback=bare,
        help="Pseudonym: letters and digits.",
    ),
    click.option("--session", metavar="ID", callback=bare, help="Session label."),
    click.option(
        "--task",
        required=True,
        metavar="NAME",
        callback=bare,
        help="Task label, such as rest.",
    ),
    click.option("--run", type=click.IntRange(1), help="Run number, where the task is repeated."),
)


def place_options(function: Function) -> Function:
    """Give a command the options that say where in a study a recording goes."""
    for option in reversed(_PLACE):
        function = option(function)
    return function
