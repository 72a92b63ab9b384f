"""A signal ends a command wherever it comes; it is never lost and never told as a fault."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress

import click
import pytest

from emgspasm.batch import running
from emgspasm.cli.interruption import come, heed, settle, until_come
from emgspasm.cli.program import run
from emgspasm.cli.recording import until_over
from emgspasm.config import LoadedConfig
from emgspasm.postponement import postponed
from emgspasm.system import ENDING

pytestmark = pytest.mark.usefixtures("heard")

PRESSED = (signal.SIGINT, signal.SIGTERM)  # after the third, a terminal would be told nothing more


@pytest.fixture
def when_set(monkeypatch):
    """Does something before and after each time a handler is set: when a signal may come."""

    def listen(act):
        set_handler = signal.signal

        def acting(number, handler):
            act(handler)
            before = set_handler(number, handler)
            act(handler)
            return before

        monkeypatch.setattr(signal, "signal", acting)

    return listen


@ctypes.CFUNCTYPE(None)
def callback():
    """Python called from C, as by numba's compiler: what it raises is dropped."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)


def test_a_signal_that_c_drops_comes_again():
    def work():
        callback()
        time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        heed(work)


def test_a_signal_while_one_is_dropped_comes_again_without_a_word(monkeypatch, capsys):
    class Pressing(threading.Timer):
        def __init__(self, *args):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            super().__init__(*args)

    def work():
        callback()
        time.sleep(5)

    monkeypatch.setattr(threading, "Timer", Pressing)
    with pytest.raises(KeyboardInterrupt):
        heed(work)
    assert capsys.readouterr().err == ""


@ctypes.CFUNCTYPE(None)
def failing():
    raise ZeroDivisionError


def test_a_signal_while_another_error_is_dropped_comes_again(monkeypatch):
    def press(_):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)

    def work():
        failing()
        time.sleep(5)

    monkeypatch.setattr(sys, "__unraisablehook__", press)
    with pytest.raises(KeyboardInterrupt):
        heed(work)


def test_a_signal_that_is_settled_does_not_come_again():
    def work():
        callback()
        settle()
        time.sleep(0.2)

    heed(work)


def test_a_signal_that_became_another_error_ends_before_the_next_item():
    def items():
        yield 1
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt:
            yield 2

    done = []
    with pytest.raises(KeyboardInterrupt):
        heed(lambda: done.extend(until_come(items())))
    assert done == [1]
    assert not come()


class Dropping:
    """A recording in which what a signal raises is dropped, as in a callback of C."""

    config = LoadedConfig()
    events = notes = ()

    def __init__(self):
        self.waits = 0

    def wait(self, _):
        self.waits += 1
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        return self.waits > 1


def test_a_signal_whose_exception_was_dropped_ends_a_recording():
    session = Dropping()
    heed(lambda: until_over(session))
    assert session.waits == 1


def test_signals_are_ignored_when_the_command_is_over():
    hook = sys.unraisablehook
    assert heed(lambda: 7) == 7
    assert [signal.getsignal(number) for number in ENDING] == [signal.SIG_IGN] * len(ENDING)
    assert sys.unraisablehook is hook


def test_a_signal_that_the_caller_ignores_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    heed(lambda: os.kill(os.getpid(), signal.SIGINT))


def test_an_error_that_a_signal_became_is_told_as_interrupted(monkeypatch):
    def fail():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt:
            raise RuntimeError("missing Environment") from None  # as numba's compiler says

    monkeypatch.setattr(sys, "argv", ["emgspasm"])
    with pytest.raises(KeyboardInterrupt):
        heed(lambda: run(click.Command("fail", callback=fail)))


@pytest.mark.parametrize("number", PRESSED)
def test_signals_that_come_while_handlers_are_set_or_taken_away_end_nothing_but_the_work(
    when_set, number
):
    moments = []

    def press(handler):
        moments.append(handler)
        if signal.getsignal(number) not in (signal.SIG_DFL, signal.SIG_IGN):
            os.kill(os.getpid(), number)
            time.sleep(0.001)

    when_set(press)
    with pytest.raises(KeyboardInterrupt):
        heed(lambda: pytest.fail("a signal has come before"))
    assert moments.count(signal.SIG_IGN) == 2 * len(ENDING)
    assert [signal.getsignal(each) for each in ENDING] == [signal.SIG_IGN] * len(ENDING)


def test_a_signal_after_the_work_does_not_change_what_came_of_it(when_set):
    def press(handler):
        if handler is signal.SIG_IGN:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.001)

    when_set(press)
    assert heed(lambda: 7) == 7


@pytest.mark.parametrize("nth", range(4 * len(ENDING)))
def test_a_signal_while_postponing_begins_or_ends_leaves_all_others_heard(when_set, nth):
    heard, calls = [], []

    def press(handler):
        calls.append(handler)
        if len(calls) - 1 == nth:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.001)

    def work():
        when_set(press)
        with pytest.raises(KeyboardInterrupt), postponed():
            pass
        for number in PRESSED:
            try:
                os.kill(os.getpid(), number)
                time.sleep(0.001)
            except KeyboardInterrupt:
                heard.append(number)

    heed(work)
    assert heard == list(PRESSED)


def test_ctrl_c_again_while_workers_are_ended_does_not_leave_their_pool_half_shut_down(monkeypatch):
    ended = []
    shut_down = ProcessPoolExecutor.shutdown

    def pressed(pool, **options):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        shut_down(pool, **options)
        ended.append(True)

    def work():
        with running._executor([], 1, None):
            raise KeyboardInterrupt

    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", pressed)
    with pytest.raises(KeyboardInterrupt):
        heed(work)
    assert ended


AMID_TEXT = """
import sys
from emgspasm.cli.interruption import heed
press = "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(5)"
try:
    heed(lambda: exec(press))
except KeyboardInterrupt:
    sys.exit(130)
"""
"""Ctrl-C while Python runs code made from text, as whenever a dataclass is made."""


def test_ctrl_c_amid_code_made_from_text_ends_with_the_code_of_an_interruption(tmp_path):
    (tmp_path / "amid_text.py").write_text(AMID_TEXT)
    done = subprocess.run(
        [sys.executable, "-m", "amid_text"], cwd=tmp_path, check=False, capture_output=True
    )
    assert (done.returncode, done.stderr) == (130, b"")
