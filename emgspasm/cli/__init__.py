"""The commands. Each module of this package holds some; ``program`` runs them."""

from __future__ import annotations

import signal
import sys
from io import TextIOWrapper
from typing import NoReturn

from emgspasm.cli.interruption import heeded


def main() -> NoReturn:
    """Run the command line.

    Exit 0 done, 1 failed while running, 2 called or configured wrongly, 130 interrupted. The
    process ends: Ctrl-C is ignored from then on.
    """
    code = 130
    _say_what_can_be_said()
    try:
        try:
            with heeded():
                from emgspasm.cli.program import run  # after `heeded`: it takes a while

                code = run()
        finally:  # one more Ctrl-C would tear at an interpreter that ends
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:  # which may come as soon as signals are heeded
        if sys.stderr is not None:  # None where it was closed; click may not be imported yet
            sys.stderr.write("emgspasm: error: interrupted. What was written before stays\n")
    sys.exit(code)


def _say_what_can_be_said() -> None:
    """Spell characters that a console lacks: it must not end a command whose work is done."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
