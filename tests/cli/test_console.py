"""What commands say while they do something else."""

import click
import numba
import pytest

from emgspasm.cli.console import say_when_compiling

SAID = "compiling for this machine, once: up to a minute\n"


def compile_two():
    for value in (1, 1.0):
        numba.njit(lambda x: x + 1)(value)


@pytest.mark.parametrize(
    ("patience", "quiet", "said"), [(0, False, SAID), (60, False, ""), (0, True, "")]
)
def test_long_compiling_is_said_once(capsys, patience, quiet, said):
    with click.Context(click.Command("analyze")) as context:
        context.meta["quiet"] = quiet
        say_when_compiling(patience)
        compile_two()
        compile_two()
    assert capsys.readouterr().err == said


def test_compiling_is_not_said_after_the_command(capsys):
    with click.Context(click.Command("analyze")):
        say_when_compiling(0)
    compile_two()
    assert capsys.readouterr().err == ""
