"""What commands say while they do something else."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import click
import numba
import pytest

from emgspasm.cli.conclusion import summed
from emgspasm.cli.console import FILE, say_when_compiling

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


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_name_that_the_console_cannot_spell_does_not_end_a_command(
    emgspasm, own_process, tmp_path, encoding
):
    emgspasm("simulate", tmp_path / "\u0436.bdf", "--scenario", "healthy_rest", "--duration", "2")
    env = os.environ | {"PYTHONIOENCODING": encoding}
    done = own_process("recover", "\u0436.bdf", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert "2000 samples, 0 lost" in done.stdout


CLOSED = """
import os, sys
for number in (0, 2):
    os.close(number)
sys.argv = ["emgspasm", "--version"]
from emgspasm.cli import main
try:
    main()
except SystemExit:
    print(os.open(os.devnull, os.O_RDONLY) > 2)
"""


def test_no_file_takes_the_number_of_a_standard_one_that_was_closed():
    done = subprocess.run([sys.executable, "-c", CLOSED], stdout=subprocess.PIPE, check=True)
    assert done.stdout.endswith(b"True\n")


BAR = """
import os, pty
import click
from emgspasm.cli.console import progress

ours, theirs = pty.openpty()
os.dup2(theirs, 2)
with click.Context(click.Command("analyze")), progress(range(3), "analyze", 3) as bar:
    for number in bar:
        if number == 1:
            os.close(ours)
print("done")
"""


def test_a_progress_bar_whose_terminal_goes_away_ends_no_work():
    pytest.importorskip("pty", reason="no pseudo-terminals")
    done = subprocess.run([sys.executable, "-c", BAR], capture_output=True, text=True, check=False)
    assert done.stdout == "done\n"


def test_bursts_and_events_are_counted_in_words():
    found = Counter({("burst", "L", ""): 5, ("burst", "R", ""): 1, ("spasm", "L", "tonic"): 1})
    assert summed(found) == "6 bursts and 1 event"


def test_a_home_that_the_shell_left_is_found(monkeypatch, tmp_path):
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert FILE.convert("~/study", None, None) == tmp_path / "study"
    assert FILE.convert("./~/study", None, None) == Path("~/study")
