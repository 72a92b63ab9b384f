"""What a session sends to the network, and how long ago it happened: no network and no clock."""

from types import SimpleNamespace

import numpy as np
import pytest

from emgspasm.config import OutletTable
from emgspasm.session import outlets
from emgspasm.session.outlets import LINGER, Outlets
from emgspasm.stream import Burst, Chunk, Event
from emgspasm.synkinesis.folding import Folded
from support.findings import stream

INFO = stream("OOC_L", "ACCEL_X", "OOC_R", fs=250)
BURST = Burst(2, 900, 950, 9.0, 5.0, 1.0)
SPASM = Event("spasm", 800, 950, "R", "tonic", (BURST,))
BLINK = Event("blink", 700, 750, "B")
WINK = Event("voluntary", 700, 750, "L", "wink")


@pytest.fixture
def sent(monkeypatch):
    """All that becomes of outlets, in order."""
    told = []

    class Outlet:
        def __init__(self, *about):
            self.name = about[-1]
            told.append(("open", *about))

        def push(self, what, age):
            told.append((self.name, what, pytest.approx(age)))

        def close(self):
            told.append(("close", self.name))

    monkeypatch.setattr(outlets, "SignalOutlet", Outlet)
    monkeypatch.setattr(outlets, "EventOutlet", Outlet)
    monkeypatch.setattr("time.sleep", lambda seconds: told.append(("sleep", seconds)))
    return told


def tick(chunk, bursts=(), **folded):
    return SimpleNamespace(chunk=chunk, filtered="filtered", bursts=bursts), Folded(**folded)


CHUNK = Chunk(990, np.zeros((10, 3)))


def test_outlets_that_nobody_asks_for_send_nothing_and_do_not_linger(sent):
    with Outlets(OutletTable(), INFO) as mine:
        mine.push(tick(CHUNK, (BURST,), events=(SPASM,)), 1000, 0.1)
    assert sent == []


def test_streams_are_closed_once_what_was_sent_last_has_left(sent):
    with Outlets(OutletTable(signal="x", events="y"), INFO):
        assert [what for what, *_ in sent] == ["open", "open"]
    assert sent[2:] == [("sleep", LINGER), ("close", "x"), ("close", "y")]


def test_the_signal_is_that_of_the_muscles_alone(sent):
    with Outlets(OutletTable(signal="x"), INFO):
        ((_, info, _),) = sent
        assert info.names == ("OOC_L", "OOC_R")


def test_the_age_of_a_signal_is_that_of_its_last_sample_and_the_delay_of_the_filters(sent):
    with Outlets(OutletTable(signal="x"), INFO) as mine:
        sent.clear()
        mine.push(tick(CHUNK, (BURST,), events=(SPASM,)), 1050, 0.1)
        assert sent == [("x", "filtered", 51 / 250 + 0.1)]


def test_bursts_are_said_before_events_and_those_before_what_became_of_earlier_ones(sent):
    with Outlets(OutletTable(events="y"), INFO) as mine:
        sent.clear()
        mine.push(tick(CHUNK, (BURST,), events=(SPASM,), amended=((BLINK, WINK),)), 1000, 0.1)
        assert sent == [
            ("y", "burst/OOC_R", 100 / 250),
            ("y", "spasm/R/tonic", 200 / 250),
            ("y", "amended/voluntary/L/wink", 300 / 250),
        ]


def test_nothing_happened_later_than_now(sent):
    with Outlets(OutletTable(events="y"), INFO) as mine:
        sent.clear()
        mine.push(tick(CHUNK, (BURST,)), 899, 0.1)
        assert sent == [("y", "burst/OOC_R", 0.0)]
