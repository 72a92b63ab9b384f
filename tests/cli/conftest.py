"""An emulated board in a process of its own, and the command line as a user calls it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest

from emgspasm.cli.boards import DAISY_MONTAGE
from emgspasm.simulation import MONTAGE, simulate
from emgspasm.simulation.board import RATE, EmulatedBoard
from emgspasm.simulation.board_faults import read_fault

CONFIG = """
[source]
kind = "cyton"
inputs = [{label = "OOC_L"}, {label = "ZYG_L"}, {label = "OOC_R"}, {label = "ZYG_R"}]

[recording]
placement = "by palpation"
power_line_frequency = 50

[markers]
1 = "smile"
"""

EMGSPASM = (sys.executable, "-m", "emgspasm")


@contextmanager
def running(*arguments, **more):
    """A command that runs until it is left."""
    process = subprocess.Popen(
        [*EMGSPASM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


@contextmanager
def emulating(*arguments):
    """The port of a board that a process of its own emulates."""
    with running("emulate", *arguments) as process:
        yield process.stdout.readline().strip()


@contextmanager
def emulating_here(*faults, scenario="hfs_mixed", boards="cyton", seed=0):
    """The port of a board that this process emulates, which has loaded what it needs."""
    daisy = boards == "daisy"
    montage = DAISY_MONTAGE if daisy else MONTAGE
    face = simulate(scenario, sampling_frequency=RATE, duration=60, seed=seed, montage=montage)
    wanted = tuple(map(read_fault, faults))
    with EmulatedBoard(face, daisy=daisy, faults=wanted, seed=seed) as board:
        yield board.port


def call(*arguments, **more):
    """A command that ends by itself."""
    command = [*EMGSPASM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=180, **more)


@pytest.fixture
def emulated():
    return emulating


@pytest.fixture
def board_at():
    return emulating_here


@pytest.fixture
def own_process():
    return call


@pytest.fixture
def started():
    return running


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "cyton.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def record_to(tmp_path, config):
    """Arguments of ``record`` into a study below the test's folder."""

    def arguments(port, *more, task="rest"):
        study = tmp_path / "study"
        who = ("--study", study, "--participant", "01", "--session", "02", "--task", task)
        return ("record", "--config", config, *who, "--port", port, *more)

    return arguments
