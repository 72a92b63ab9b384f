"""Tables in a thread of their own: what came of them is said, at once or at the end."""

from __future__ import annotations

import threading

import pytest

from emgspasm.errors import RecordingError
from emgspasm.service.writing import Writing


def test_what_came_of_tables_is_said_in_their_order():
    said = []
    writing = Writing(said.append)
    writing.run(lambda: ("one", "two"))
    writing.run(lambda: ("three",))
    writing.finish(lambda _: None)
    assert said == ["one", "two", "three"]


def test_tables_that_cannot_be_written_are_said():
    said, done = [], threading.Event()

    def fail():
        raise RecordingError("the disk is full (0 MB are left). Make room")

    def say(sentence):
        said.append(sentence)
        done.set()

    writing = Writing(say)
    writing.run(fail)
    assert done.wait(10)
    writing.finish(lambda _: None)
    assert said == ["no tables: the disk is full (0 MB are left). Make room"]


def test_the_end_waits_for_tables_and_raises_what_went_wrong_in_them():
    go, said = threading.Event(), []

    def fail():
        go.wait(10)
        raise RecordingError("the disk is full")

    writing = Writing(lambda _: None)
    writing.run(fail)
    threading.Timer(0.05, go.set).start()
    with pytest.raises(RecordingError, match="disk is full"):
        writing.finish(said.append)
    assert said == ["writing the tables of what was recorded"]
