"""A signal ends a command wherever it comes; it is never lost and never told as a fault."""

import ctypes
import os
import signal
import sys
import time

import click
import pytest

from emgspasm.cli.interruption import come, heeded, settle, until_come
from emgspasm.cli.program import run


@ctypes.CFUNCTYPE(None)
def callback():
    """Python called from C, as by numba's compiler: what it raises is dropped."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)


def test_a_signal_that_c_drops_comes_again():
    def work():
        callback()
        time.sleep(5)

    with heeded(), pytest.raises(KeyboardInterrupt):
        work()


def test_a_signal_that_is_settled_does_not_come_again():
    with heeded():
        callback()
        settle()
        time.sleep(0.2)


def test_a_signal_that_became_another_error_ends_before_the_next_item():
    def items():
        yield 1
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt:
            yield 2

    with heeded(), pytest.raises(KeyboardInterrupt):
        assert list(until_come(items())) == [1]
    assert not come()


def test_handlers_are_as_before_when_the_command_is_over():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.unraisablehook
    with heeded():
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    after = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.unraisablehook
    assert after == before


def test_a_signal_that_the_caller_ignores_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with heeded():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_error_that_a_signal_became_is_told_as_interrupted(monkeypatch):
    def fail():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt:
            raise RuntimeError("missing Environment") from None  # as numba's compiler says

    monkeypatch.setattr(sys, "argv", ["emgspasm"])
    with heeded(), pytest.raises(KeyboardInterrupt):
        run(click.Command("fail", callback=fail))
