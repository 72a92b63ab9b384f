"""Commands about boards: emulate, devices."""

from __future__ import annotations

import click

from emgspasm.cli.console import Command, positive, say
from emgspasm.errors import ConfigError

LOOP = 600.0
"""Seconds of a scenario before it begins again."""

DAISY_MONTAGE = tuple(
    f"{muscle}_{side}"
    for side in "LR"
    for muscle in ("OOC", "ZYG", "OOR", "FRO", "COR", "MEN", "PLA", "MAS")
)
"""Sixteen channels: the left side on the Cyton, the right side on the Daisy."""


@click.command(cls=Command)
@click.option("--scenario", default="hfs_mixed", show_default=True, help="What happens in the face.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[@SECONDS]",
    help="Such as hang-up@10 or drop; may be repeated.",
)
@click.option("--boards", type=click.Choice(["cyton", "daisy"]), default="cyton", show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--speed", type=float, default=1.0, show_default=True, callback=positive)
def emulate(scenario: str, faults: tuple[str, ...], boards: str, seed: int, speed: float) -> None:
    """Emulate an OpenBCI Cyton on a pseudo-terminal, and print the port to connect to.

    It answers the board's commands and streams a simulated face until Ctrl-C. Faults happen at
    the given second of streaming, or from its beginning.
    """
    from contextlib import suppress

    from emgspasm.simulation import MONTAGE, simulate
    from emgspasm.simulation.board import RATE, EmulatedBoard, run_board
    from emgspasm.simulation.board_faults import read_fault

    montage = DAISY_MONTAGE if boards == "daisy" else MONTAGE
    try:
        wanted = tuple(map(read_fault, faults))
        face = simulate(
            scenario, sampling_frequency=RATE, duration=LOOP, seed=seed, montage=montage
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None
    board = EmulatedBoard(
        face, daisy=boards == "daisy", faults=wanted, seed=seed, speed=speed
    )
    say(f"emulated {boards} with {', '.join(montage)}; Ctrl-C ends it. Its port:")
    with suppress(KeyboardInterrupt):
        run_board(board, click.echo)
