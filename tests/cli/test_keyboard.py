"""Keys to markers."""

import importlib.machinery
import os
import subprocess
import sys
import threading
import time
from types import ModuleType, SimpleNamespace

import pytest

from emgspasm.cli.keyboard import Line, Stroke, listening, press
from emgspasm.config import parse_config

KEYS = parse_config("[markers]\n1 = 'smile'").config.markers


def type_in(keys):
    """What a row of keys does, one a second."""
    line, strokes = Line(), []
    for second, key in enumerate(keys):
        line, stroke = press(line, key, float(second), KEYS.texts)
        strokes += [stroke] if stroke else []
    return strokes


def test_digits_mark_at_once_with_the_texts_of_the_config():
    assert type_in("1x7") == [Stroke("smile", 0.0), Stroke("marker 7", 2.0)]


def test_a_text_is_marked_where_enter_began_it():
    assert type_in("\ra q1\n") == [Stroke("a q1", 0.0)]


def test_a_text_can_be_mended_and_given_up():
    assert type_in("\rab\x7fc\r") == [Stroke("ac", 0.0)]
    assert type_in("\rab\x1b1") == [Stroke("smile", 4.0)]
    assert type_in("\r  \r") == []


def test_q_ends_and_other_keys_do_nothing():
    assert type_in("x0 \tq") == [Stroke(ends=True)]


def test_control_characters_do_not_enter_a_text():
    assert type_in("\ra\x14\x00b\r") == [Stroke("ab", 0.0)]


@pytest.fixture
def console(monkeypatch):
    """Types on a console as Windows has it, where there is no terminal of POSIX."""
    waiting = []
    module = ModuleType("msvcrt")
    module.__spec__ = importlib.machinery.ModuleSpec("msvcrt", None)
    module.kbhit = lambda: bool(waiting)
    module.getwch = lambda: waiting.pop(0)
    monkeypatch.setitem(sys.modules, "msvcrt", module)
    for name in ("termios", "tty"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    return waiting


def test_keys_of_a_windows_console_are_heard_and_arrows_are_not_taken_for_letters(console):
    heard, done = [], threading.Event()

    def take(key):
        heard.append(key)
        if key == "q":
            done.set()

    with listening(take) as listens:
        assert listens
        console += ["1", "\xe0", "H", "\0", ";", "q"]
        assert done.wait(5)
    assert heard == ["1", "q"]


@pytest.fixture
def terminal(monkeypatch):
    """Types on a terminal of POSIX, and tells what was heard up to a q."""
    pytest.importorskip("termios", reason="no terminals of POSIX")
    ours, theirs = os.openpty()

    def type_(told, encoding="utf-8"):
        stdin = open(theirs, closefd=False, encoding=encoding)  # noqa: SIM115  of the fixture
        monkeypatch.setattr(sys, "stdin", stdin)
        heard, done = [], threading.Event()
        with listening(lambda key: (heard.append(key), key == "q" and done.set())):
            os.write(ours, told)
            assert done.wait(5)
        return "".join(heard)

    yield type_
    for descriptor in (ours, theirs):
        os.close(descriptor)


def test_keys_that_a_terminal_tells_in_several_characters_mark_nothing(terminal):
    assert terminal(b"\x1b[3~\x1b[5~\x1b[15~\x1b[1;5C\x1bOP\x1b[[Aq") == "q"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_long_text_that_is_pasted_keeps_its_letters(terminal, encoding):
    text = "a" * 63 + "\N{LATIN SMALL LETTER U WITH DIAERESIS}q"
    assert terminal(text.encode(encoding), encoding)[-2] == "\xfc"


JOB = """
import threading
from emgspasm.cli.keyboard import listening
heard = threading.Event()
def take(key):
    print(key, flush=True)
    heard.set()
with listening(take) as on:
    print("listens" if on else "does not", flush=True)
    heard.wait({patience})
"""

SHELL = """
import os, signal, subprocess, sys, termios, time
signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # as shells do
terminal = os.open(sys.argv[1], os.O_RDWR)  # the leader of a session without one gets it
lines = termios.tcgetattr(terminal)
job = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdin=terminal, process_group=0,
                       stdout=subprocess.PIPE, text=True)
def told():
    print(job.stdout.readline().strip(), flush=True)
def wait():
    _, status = os.waitpid(job.pid, os.WUNTRACED)
    print("stopped" if os.WIFSTOPPED(status) else "ended", flush=True)
def press():
    print("press", flush=True)
def front(group):
    termios.tcsetattr(terminal, termios.TCSANOW, lines)
    os.tcsetpgrp(terminal, group)
"""
"""A shell that begins a job in the background."""


@pytest.fixture
def shell():
    """Runs a job of a shell that does this, and presses a key when told to; what both print."""
    pytest.importorskip("termios", reason="no jobs of POSIX")
    ours, theirs = os.openpty()

    def run(does, patience):
        call = [sys.executable, "-c", SHELL + does, os.ttyname(theirs)]
        call.append(JOB.format(patience=patience))
        with subprocess.Popen(
            call, start_new_session=True, stdout=subprocess.PIPE, text=True
        ) as process:
            told = list(iter(process.stdout.readline, "press\n"))
            while process.poll() is None:
                os.write(ours, b"1")
                time.sleep(0.05)
            return [line.strip() for line in (*told, *process.stdout)]

    yield run
    for descriptor in (ours, theirs):
        os.close(descriptor)


def test_a_job_in_the_background_is_not_stopped_for_want_of_keys(shell):
    assert shell("press(); told(); wait()", patience=0.5) == ["listens", "ended"]


def test_a_job_that_is_brought_to_the_front_hears_keys(shell):
    told = shell("told(); front(job.pid); press(); told(); wait()", patience=20)
    assert told == ["listens", "1", "ended"]


def test_a_job_hears_keys_again_after_a_while_in_the_background(shell):
    away = "front(job.pid); told(); front(os.getpgrp()); time.sleep(0.5);"
    told = shell(away + "front(job.pid); press(); told(); wait()", patience=20)
    assert told == ["listens", "1", "ended"]
