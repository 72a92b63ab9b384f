"""Keys to markers."""

import importlib.machinery
import sys
import threading
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
