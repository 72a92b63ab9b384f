"""The command that serves a live stream to browsers."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import click

from emgspasm.cli.boards import configured_source
from emgspasm.cli.conclusion import conclude
from emgspasm.cli.console import FILE, Command, read_config, say, say_when_compiling
from emgspasm.cli.extras import require_extra
from emgspasm.cli.interruption import settle
from emgspasm.cli.options import board_port_option, live_config_option
from emgspasm.cli.recording import describe
from emgspasm.errors import SourceError
from emgspasm.system import until_set


@click.command(cls=Command)
@live_config_option
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME",
              help="Address to listen on; 0.0.0.0 lets the network look on.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True,
              help="Port to listen on; 0 takes a free one.")  # fmt: skip
@board_port_option
@click.option("--study", type=FILE, help="Folder of the study to record into; made if missing.")
def serve(config: Path, host: str, port: int, board_port: str | None, study: Path | None) -> None:
    """Show a live stream in browsers, and record it when asked.

    Prints the address to open. The page shows left and right of the face side by side, with bursts
    and events drawn on the traces. Only browsers on this machine may record and mark. Ctrl-C ends
    the service; what was recorded stays. Research and education only.
    """
    require_extra("service")
    loaded = read_config(config)
    with suppress(SourceError):  # a board that is not there yet is said on the page
        configured_source(loaded, config, board_port)
    if study is not None:
        require_study(study)
    from emgspasm.desk.wiring import Wiring
    from emgspasm.service.host import Host
    from emgspasm.service.server import serving

    wiring = Wiring(
        loaded, lambda: configured_source(loaded, config, board_port), describe, conclude
    )
    say_when_compiling()
    stream = Host(wiring, study)
    with suppress(KeyboardInterrupt), serving(stream, host, port) as (address, is_open):
        stream.begin()
        if is_open:
            say(
                f"everyone who reaches {host} can look on without a password, and nothing is "
                "encrypted; only browsers on this machine may record and mark"
            )
        say("open this address in a browser; Ctrl-C ends the service")
        click.echo(address)
        until_set(threading.Event())  # which never is
    settle()  # Ctrl-C is the way to end it; what follows is still to be done
    stream.close(say)


def require_study(study: Path) -> None:
    """Begin a study, or refuse one that cannot be recorded into, before anybody asks for it.

    Raises
    ------
    RecordingError
        If the folder is something else, or cannot be written.
    """
    from emgspasm.storage.studies.study import Study

    Study.open_or_create(study).require_writable()
