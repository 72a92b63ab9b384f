"""``view`` as a user calls it: where no window can open, and on a real (virtual) display."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

pytest.importorskip("PySide6", reason="Qt is not installed")

from emgspasm.simulation import simulate
from emgspasm.storage.bdf.writer import BdfWriter

pytestmark = pytest.mark.real_time

PLAIN = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}


def view(*arguments, **environment):
    command = [sys.executable, "-m", "emgspasm", "view", *map(str, arguments)]
    environment = {k: v for k, v in PLAIN.items() if k != "QT_QPA_PLATFORM"} | environment
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env=environment
    )


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    path = tmp_path_factory.mktemp("view") / "patient.bdf"
    face = simulate("hfs_clonic", side="left", sampling_frequency=1000, duration=10, seed=2)
    with BdfWriter(path, face.info) as writer:
        for chunk in face:
            writer.write(chunk)
    return path


def test_without_a_display_it_says_so_and_what_to_do(patient):
    done = view(patient)
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "emgspasm record" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_display_that_does_not_answer_is_said(patient):
    done = view(patient, DISPLAY=":4711")
    assert done.returncode == 1
    assert "display :4711 does not answer" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to show"),
        (("a.bdf", "--port", "/dev/null"), "for a board"),
        (("a.bdf", "--speed", "40"), "40"),
        (("--config", "a.toml", "--montage", "b.toml"), "are for a recording"),
        (("--config", "a.toml", "--gain", "24"), "are for a recording"),
    ],
)
def test_a_wrong_call_is_refused(emgspasm, arguments, said):
    done = emgspasm("view", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_file_that_is_none_is_said_before_a_window_opens(tmp_path):
    wrong = tmp_path / "letter.bdf"
    wrong.write_text("Dear colleague")
    done = view(wrong, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 1
    assert "letter.bdf" in done.stderr


@contextmanager
def virtual_display():
    """The number of an X display of its own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1500x950x24"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_replays_on_a_display_and_ends_with_a_signal(patient, tmp_path):
    with virtual_display() as display:
        environment = {k: v for k, v in PLAIN.items() if k != "QT_QPA_PLATFORM"}
        environment |= {"DISPLAY": display, "XDG_CONFIG_HOME": str(tmp_path)}
        command = [sys.executable, "-m", "emgspasm", "view", str(patient), "--speed", "4"]
        command.append("--quiet")  # what is said in spite of it is a warning
        process = subprocess.Popen(
            command, env=environment, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
        windows = ""
        for _ in range(600):
            windows = tree(display)
            if "patient.bdf - emgspasm" in windows:
                break
            time.sleep(0.1)
        assert "patient.bdf - emgspasm - research and education only" in windows
        time.sleep(1.0)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert said == ""
    assert (tmp_path / "emgspasm" / "viewer.conf").exists()


AMID_IMPORT = """
import os, runpy, signal, sys
class Press:
    def find_spec(self, name, path=None, target=None):
        if name == "PySide6.support.deprecated":  # which shiboken imports while it begins
            os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Press())
runpy.run_module("emgspasm", run_name="__main__", alter_sys=True)
"""


def test_ctrl_c_while_qt_is_imported_is_told_in_one_line(patient):
    done = subprocess.run(
        [sys.executable, "-c", AMID_IMPORT, "view", str(patient)],
        env=PLAIN | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 130
    (told,) = filter(None, done.stderr.splitlines())
    assert told == "emgspasm: error: interrupted. What was written before stays"


def tree(display):
    """Names of all windows of a display; needs no more than Qt itself."""
    done = subprocess.run(
        ["xwininfo", "-root", "-tree", "-display", display],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout
