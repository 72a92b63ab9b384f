"""The list of commands, and what runs them."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from emgspasm import __version__
from emgspasm.cli.console import tell
from emgspasm.cli.interruption import come
from emgspasm.errors import ConfigError, explained
from emgspasm.system import is_reader_gone

COMMANDS = {
    "analyze": ("analysis:analyze", "Find bursts in recordings, folders or a study."),
    "compare": ("comparing:compare", "Show the treatment course of a participant as one page."),
    "configs": ("configs:configs", "List the configs and montages that come with it; print one."),
    "demo": ("demo:demo", "Record, analyze and report without hardware: an emulated board."),
    "devices": ("boards:devices", "List serial ports, boards that answer, and what is wrong."),
    "emulate": ("boards:emulate", "Emulate a board to record from, with faults to order."),
    "export": ("files:export", "Write a recording as EDF, CSV, Parquet or OpenBCI text."),
    "import": ("files:import_", "Bring a recording made by another program into a study."),
    "quality": ("quality:quality", "Show noise, mains, clipping and losses of each channel."),
    "record": ("recording:record", "Record from a board into a study and detect bursts live."),
    "recover": ("files:recover", "Make a cut recording whole and say what was lost."),
    "review": ("review:review", "Accept, reject or relabel events as an expert."),
    "report": ("reporting:report", "Make a page of a recording to read, print and sign."),
    "score": ("scoring:score", "Compare found events with the truth, or two raters."),
    "serve": ("serving:serve", "Show a live stream in browsers, and record it when asked."),
    "study": ("study:study", "Enter treatments, scales and dates; list what a study holds."),
    "simulate": ("simulation:simulate", "Write a recording with known truth beside it."),
    "view": ("viewing:view", "Open the live window: left against right, live or replayed."),
}
"""Where each command lives, and its line in the list; imported when it is called."""


class Commands(click.Group):
    """A group that imports a command when it is called, so that ``--help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(f"emgspasm.cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown command is refused with the nearest name."""
        if not args[0].startswith("-") and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            nearest = f"; the nearest is {near[0]}" if near else ""
            ctx.fail(f"no command {args[0]!r}{nearest}. emgspasm --help lists them")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in sorted(COMMANDS.items())])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="emgspasm")
def commands() -> None:
    """Facial surface EMG: record, detect and compare spasm bursts of both sides of the face.

    Research and education only: the software describes signals, it never diagnoses. Validated on
    simulated data and on public recordings of healthy people only.
    """


def run(command: click.Command = commands) -> int:
    """Run a command with the arguments of this process; its exit code.

    Raises
    ------
    KeyboardInterrupt
        If a signal has come and the work is not done, whatever error says so.
    """
    try:
        code = command.main(standalone_mode=False)
    except click.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:  # the top of the program: users see no traceback
        if "--debug" in sys.argv:
            raise
        if come():
            raise KeyboardInterrupt from error
        if is_reader_gone(error):  # which click knows by its name alone
            sys.stdout = None  # what Python still has to say at its end goes nowhere
            return 1
        code = _explain(error)
    return code if isinstance(code, int) else 0


_POINT = " Write it with a point, as 1.5"
"""What people are told whose decimals follow a comma."""


def _explain(error: Exception) -> int:
    """Say in one line what went wrong; the exit code for it."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return 2
    if isinstance(error, click.ClickException):
        _complain(error.format_message() + _POINT * ("is not a valid float" in str(error)))
        return 2
    _complain(str(explained(error)))
    return 2 if isinstance(error, ConfigError) else 1


def _complain(text: str) -> None:
    tell(f"emgspasm: error: {' '.join(text.split())}")
