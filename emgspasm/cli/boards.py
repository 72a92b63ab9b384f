"""Commands about boards: emulate, devices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emgspasm.cli.console import Command, columns, positive, say
from emgspasm.cli.interruption import settle
from emgspasm.cli.options import json_option
from emgspasm.cli.simulation import scenarios_that_begin
from emgspasm.errors import ConfigError, SourceNotFound

if TYPE_CHECKING:
    from emgspasm.config import LoadedConfig
    from emgspasm.dsp.quality import ChannelQuality
    from emgspasm.sources.devices import Device
    from emgspasm.sources.protocols import Electrode
    from emgspasm.stream import Source

LOOK = 10.0
"""Seconds of streaming that show a board's quality: calibration takes two of them."""

LOOP = 600.0
"""Seconds of a scenario before it begins again."""

DAISY_MONTAGE = tuple(
    f"{muscle}_{side}"
    for muscle in ("OOC", "ZYG", "OOR", "FRO", "COR", "MEN", "PLA", "MAS")
    for side in "LR"
)
"""Sixteen channels, the two sides of a muscle on one board, as in ``configs/cyton_daisy.toml``."""


@click.command(cls=Command)
@click.option(
    "--scenario",
    default="hfs_mixed",
    show_default=True,
    shell_complete=scenarios_that_begin,
    help="What happens in the face.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[@SECONDS]",
    help="Such as hang-up@10 or drop; may be repeated.",
)
@click.option(
    "--boards",
    type=click.Choice(["cyton", "daisy"]),
    default="cyton",
    show_default=True,
    help="The Cyton alone, or with a Daisy.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="The same seed gives the same face.",
)
@click.option(
    "--speed",
    type=float,
    default=1.0,
    show_default=True,
    callback=positive,
    help="Times real time.",
)
def emulate(scenario: str, faults: tuple[str, ...], boards: str, seed: int, speed: float) -> None:
    """Emulate an OpenBCI Cyton on a pseudo-terminal, and print the port to connect to.

    It answers the commands of the board and streams a simulated face until Ctrl-C. Faults happen at
    the given second of streaming; without one, those of single packets happen at random, others
    from the beginning. Their kinds: drop, burst, daisy-half, silence, byte-loss, truncation,
    bit-flip, bunching, radio-delay, hang-up, streaming-at-open, wrong-channel, drift.
    """
    from contextlib import suppress

    from emgspasm.simulation import MONTAGE, simulate
    from emgspasm.simulation.board import RATE, EmulatedBoard, run_board
    from emgspasm.simulation.board_faults import read_fault
    from emgspasm.simulation.board_port import require_terminals

    require_terminals()
    montage = DAISY_MONTAGE if boards == "daisy" else MONTAGE
    try:
        wanted = tuple(map(read_fault, faults))
        face = simulate(
            scenario, sampling_frequency=RATE, duration=LOOP, seed=seed, montage=montage
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None
    board = EmulatedBoard(face, daisy=boards == "daisy", faults=wanted, seed=seed, speed=speed)
    say(f"emulated {boards} with {', '.join(montage)}; Ctrl-C ends it. Its port:")
    with suppress(KeyboardInterrupt):
        run_board(board, click.echo, warn=say)
    settle()  # it is the way to end it


@click.command(cls=Command)
@click.argument("ports", nargs=-1, metavar="[PORT]...")
@json_option
def devices(ports: tuple[str, ...], *, as_json: bool) -> None:
    """List serial ports and the boards that answer on them, and what to do about problems.

    OpenBCI dongles are known by their USB id and are asked. Any other port is asked only if you
    name it, because other instruments may not like to be spoken to. A board that is streaming is
    stopped.
    """
    from emgspasm.sources.devices import devices as found

    rows = list(found(ports))
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows]))
    elif rows:
        click.echo(_table(rows))
    else:
        say("no serial port. Plug the dongle in; on a virtual machine, pass its USB device through")
    if silent := [row.port for row in rows if row.port in ports and not row.board]:
        raise SourceNotFound(
            f"no board answered on {', '.join(silent)}. The list tells why and what to do"
        )


def _table(rows: Sequence[Device]) -> str:
    """Ports for a terminal, one a row."""
    heading = ["port", "USB id", "board", "firmware", "radio", "latency", ""]
    cells = [
        [
            row.port,
            row.usb_id,
            row.board,
            row.firmware,
            row.radio,
            "" if row.latency_timer is None else f"{row.latency_timer} ms",
            row.problem or (row.description if row.board else "not asked; name it to ask"),
        ]
        for row in rows
    ]
    return columns([heading, *cells])


def configured_source(loaded: LoadedConfig, path: Path, port: str | None) -> Source:
    """Make the source a config names, on another port if one is given."""
    from emgspasm.sources.registry import open_source

    table = loaded.config.source
    if table is None:
        raise ConfigError(
            f"{path} has no [source] table, so nothing can be recorded. Begin with one that has: "
            "emgspasm configs cyton"
        )
    return open_source(table.kind, table.options, port)


def look(source: Source, loaded: LoadedConfig) -> tuple[list[ChannelQuality], list[str]]:
    """Stream for some seconds and judge every channel, as a recording of them is judged."""
    import tempfile

    from emgspasm.results.analysis import judge_recording
    from emgspasm.session import Session

    with tempfile.TemporaryDirectory(prefix="emgspasm-quality-") as folder:
        path = Path(folder, "look.bdf")
        say(f"streaming for {LOOK:g} s: sit still, face at rest")
        with Session(source, path, loaded, duration=LOOK) as session:
            session.wait()
        return judge_recording(path, loaded)


def electrodes(source: Source) -> list[Electrode]:
    """Measure the impedance of every electrode; none where the board cannot."""
    from emgspasm.sources.protocols import Impedant

    if not isinstance(source, Impedant):
        say("impedance is not measured: this source cannot measure it")
        return []
    say("measuring impedance, one electrode after the other, about 4 s each: stay at rest")
    measured = []
    for each in source.impedances():
        say(f"{each.channel} {each.pole}: {each.told()}, {each.grade}")
        measured.append(each)
    return measured
