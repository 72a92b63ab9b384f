"""Small signals and streams shared by the tests."""

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from emgspasm.cli import main
from emgspasm.simulation.board_port import has_terminals
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.system import ENDING

settings.register_profile("emgspasm", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("emgspasm")

os.environ["LSLAPICFG"] = str(Path(__file__).with_name("lsl_api.cfg"))  # child processes too


SHARED = ("report", "study")
"""Folders whose files share what takes long to make."""


def unit(path):
    """What one worker does: tests of a file share what is made for them, and compiled loops."""
    return path.parent if path.parent.name in SHARED else path


NEEDED_MB = 500
"""Three times what the tests were seen to hold on disk at once."""


def pytest_configure():
    """Hear Ctrl-C, and let child processes hear it, though a shell ran the tests in the background.

    A shell lets what it runs there ignore the signal.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart(session):
    """A full disk is said once, in place of thousands of failures that name no cause."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < NEEDED_MB:
        remedy = "free some, or name a folder on another disk in TMPDIR"
        pytest.exit(f"{folder}: {free} MB are free, the tests need {NEEDED_MB}: {remedy}", 4)


def pytest_collection_modifyitems(items):
    """Units in real time, then others, the largest at both ends; let tests in real time try again.

    A machine that others use may hold those up for seconds. All others pass at once or not at all.
    """
    sizes = Counter(unit(item.path) for item in items)
    live = {unit(item.path) for item in items if item.get_closest_marker("real_time")}
    place = {each: -size if each in live else size for each, size in sizes.items()}
    items.sort(key=lambda item: place[unit(item.path)])
    for item in items:
        if item.get_closest_marker("real_time"):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=1))


class Units(LoadScopeScheduling):
    """Sends each unit to a worker that is free: to one of four from the end of the tests.

    Tests in real time mostly sleep, all others keep a processor busy: neither run among themselves.
    Both kinds take about as long, on two cores by four workers.
    """

    def __init__(self, config, log):
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _assign_work_unit(self, node):
        if self.nodes.index(node) % 4 == 1:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid):
        return str(unit(Path(nodeid.partition("::")[0])))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Neither by groups nor by files as xdist does: it begins with what has the most tests."""
    return Units(config, log)


@pytest.fixture(autouse=True, scope="session")
def boards_where_they_can_be():
    """Tests with an emulated board are skipped where there are no pseudo-terminals."""
    with pytest.MonkeyPatch.context() as patch:
        if not has_terminals():
            why = "no pseudo-terminals, so no board is emulated"
            patch.setattr("emgspasm.simulation.board.require_terminals", lambda: pytest.skip(why))
        yield


@contextmanager
def handlers_kept():
    """Signals are heard as before when it is left: a command that ends listens no more."""
    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.fixture
def heard():
    """Signals that end a command are heard, also where whoever began the tests ignores them."""
    with handlers_kept():
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)
        yield


@pytest.fixture(scope="session")
def emgspasm():
    """Calls a command in this process, which has loaded what it needs; what it says and its code.

    What only a process of its own shows, such as signals and closed streams, is tested with one.
    """

    def call(*arguments, cwd=Path()):
        out, err = io.StringIO(), io.StringIO()
        line = ["emgspasm", *map(str, arguments)]
        with handlers_kept(), pytest.MonkeyPatch.context() as patch, chdir(cwd):
            patch.setattr(sys, "argv", line)
            with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
                main()
        return subprocess.CompletedProcess(line, ended.value.code, out.getvalue(), err.getvalue())

    return call


@pytest.fixture(scope="session")
def stream_info():
    """Makes a StreamInfo of EMG channels."""

    def make(n_channels=1, fs=1000.0, unit="uV", full_scale=np.inf):
        names = (f"c{i}" for i in range(n_channels))
        channels = tuple(Channel(n, unit=unit, full_scale=full_scale) for n in names)
        return StreamInfo(float(fs), channels)

    return make


@pytest.fixture(scope="session")
def cut():
    """Cuts samples into chunks at given rows."""

    def chunks(samples, cuts=(), start=0):
        edges = [0, *sorted(cuts), len(samples)]
        for low, high in pairwise(edges):
            yield Chunk(start + low, samples[low:high].copy())

    return chunks


@pytest.fixture(scope="session")
def noise_with_bursts():
    """White noise whose standard deviation is raised in stretches: the burst of the textbook."""

    def make(n_samples, stretches, noise=2.0, snr=20.0, seed=0):
        samples = np.random.default_rng(seed).normal(0.0, noise, (n_samples, 1))
        for onset, offset in stretches:
            samples[onset:offset] *= 10 ** (snr / 20)
        return samples

    return make


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 40 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
