"""The commands. Each module of this package holds some; ``program`` runs them."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import NoReturn

from emgspasm.cli.interruption import heed


def main() -> NoReturn:
    """Run the command line.

    Exit 0 done, 1 failed while running, 2 called or configured wrongly, 130 interrupted. The
    process ends: signals that would end it are ignored from then on.
    """
    _hold_standard_files()
    _say_what_can_be_said()
    try:
        code = heed(_run)
    except KeyboardInterrupt:
        code = 130
        if sys.stderr is not None:  # None where it was closed; click may not be imported yet
            sys.stderr.write("emgspasm: error: interrupted. What was written before stays\n")
    sys.exit(code)


def _run() -> int:
    from emgspasm.cli.program import run  # takes a while, in which signals are heeded already

    return run()


def _hold_standard_files() -> None:
    """Open nothing where a caller has closed 0, 1 or 2: a recording would take their numbers.

    Libraries write what they have to say to number 2, whatever lies there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest that is free


def _say_what_can_be_said() -> None:
    """Spell characters that a console lacks: it must not end a command whose work is done."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
