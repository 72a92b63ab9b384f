"""Settings sent to a board whose radio fails now and then."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress

import pytest

from emgspasm.errors import SourceError, SourceNotFound
from emgspasm.sources.cyton import conversation, impedance
from emgspasm.sources.cyton.conversation import TRIES, Board
from emgspasm.sources.cyton.dongle import open_port
from emgspasm.sources.cyton.settings import CytonSettings, Input, configure, set_input

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


def test_a_daisy_is_detached_again_where_the_radio_failed():
    with answering(FAILURE, b"daisy removed$$$") as (port, sent):
        next(configure(port, CytonSettings(), Board("v3.1.2", daisy=True, banner="")))
    assert sent == [b"c", b"c"]


def test_the_test_current_is_set_again_where_the_radio_failed():
    with answering(FAILURE, b"Success: Lead off set for 4$$$") as (port, sent):
        impedance._lead_off(port, 4, "")
    assert sent == [b"z400Z", b"z400Z"]


def test_4_4_the_test_current_is_switched_off_again_where_the_radio_failed():
    with answering(b"", FAILURE, b"updating channel settings to default$$$") as (port, sent):
        impedance._current_off(port)
    assert sent == [b"s", b"d", b"d"]


def test_what_is_no_answer_of_a_dongle_is_told_printable_and_cut():
    with (
        answering(b"\x1b[2J" * 500 + b"$$$", b"8$$$") as (port, _),
        pytest.raises(SourceNotFound) as raised,
    ):
        conversation.check_radio(port)
    said = str(raised.value)
    assert said.isprintable()
    assert r"'\x1b[2J\x1b[2J" in said
    assert len(said) < 500


def test_a_banner_that_did_not_come_whole_is_told_as_such():
    with pytest.raises(SourceNotFound, match="it said nothing whole"):
        conversation.read_banner("", "/dev/ttyUSB0")


def test_a_device_that_never_stops_sending_is_told(monkeypatch):
    monkeypatch.setattr(conversation, "_DRAIN_WITHIN", 0.3)
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    over = threading.Event()

    def babble():
        while not over.wait(0.01):
            with suppress(BlockingIOError):
                os.write(ours, bytes(64))

    thread = threading.Thread(target=babble, daemon=True)
    thread.start()
    with open_port(os.ttyname(theirs)) as port, pytest.raises(SourceError, match="goes on sending"):
        conversation.silence(port)
    over.set()
    thread.join()
    os.close(theirs)
    os.close(ours)
