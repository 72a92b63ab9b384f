"""The first minute on a machine, in which loops are compiled: a signal ends it at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEEDING = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("emgspasm", run_name="__main__", alter_sys=True)
"""
"""Runs a command that heeds Ctrl-C also where a shell in the background ignores it."""

CONFIG = Path(__file__).parents[2] / "configs" / "simulated.toml"
AT_ONCE = 15.0
"""Seconds; compiling takes a minute and more."""


@pytest.mark.slow
@pytest.mark.real_time
@pytest.mark.parametrize(
    ("command", "number", "code"),
    [
        (["record", "--participant", "01", "--task", "rest"], signal.SIGINT, 130),
        (["serve", "--port", "0"], signal.SIGTERM, 0),
    ],
    ids=["record, Ctrl-C", "serve, SIGTERM"],
)
def test_a_signal_while_loops_are_compiled_ends_the_command(tmp_path, command, number, code):
    study = tmp_path / "study"
    process = subprocess.Popen(
        [sys.executable, "-c", HEEDING, *command, "--config", CONFIG, "--study", study],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "none")},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        while "compiling" not in (line := process.stderr.readline()):
            assert line, "it ended before it compiled"
        sent = time.monotonic()
        process.send_signal(number)
        process.communicate(timeout=200)
    finally:
        process.kill()
    assert process.returncode == code
    assert time.monotonic() - sent < AT_ONCE
    assert not list(study.rglob("*.bdf"))
