"""Settings sent to a board whose radio fails now and then."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager

import pytest

from emgspasm.errors import SourceError
from emgspasm.sources.cyton.dongle import open_port
from emgspasm.sources.cyton.settings import TRIES, Input, set_input

tty = pytest.importorskip("tty", reason="no pseudo-terminals")

COMMAND = b"x1060000X"
FAILURE = b"Failure: Communications timeout - Device failed to poll Host$$$"
SUCCESS = b"Success: Channel set for 1$$$"


@contextmanager
def answering(*answers):
    """A port; a command is answered with the next of these. Also what was sent to it."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    sent = []

    def answer():
        for each in answers:
            sent.append(os.read(ours, 64))
            os.write(ours, each)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    with open_port(os.ttyname(theirs)) as port:
        yield port, sent
    thread.join(5)
    os.close(theirs)
    os.close(ours)


def test_an_input_is_set_again_where_the_radio_failed():
    with answering(FAILURE, SUCCESS) as (port, sent):
        set_input(port, 1, Input("OOC_L"))
    assert sent == [COMMAND, COMMAND]


def test_what_comes_late_is_not_taken_for_the_answer_to_the_next_time():
    with answering(FAILURE + FAILURE, SUCCESS) as (port, sent):
        set_input(port, 1, Input("OOC_L"))
    assert sent == [COMMAND, COMMAND]


def test_an_input_that_cannot_be_set_is_told_with_the_last_answer():
    told = r"input 1 .* was not set: it answered 'Failure: Communications timeout .* of 3 times"
    with (
        answering(*[FAILURE] * TRIES) as (port, sent),
        pytest.raises(SourceError, match=told),
    ):
        set_input(port, 1, Input("OOC_L"))
    assert sent == [COMMAND] * TRIES
